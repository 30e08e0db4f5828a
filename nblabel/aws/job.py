"""A labeling job that runs in Ground Truth: followed, stopped, and brought back."""

from __future__ import annotations

import json
import logging
import random
import time
from typing import TYPE_CHECKING, Any, Literal

from nblabel import storage
from nblabel.aws.labels import filled, with_files
from nblabel.aws.service import explained, sagemaker_client
from nblabel.binding import Cells
from nblabel.errors import FrameError
from nblabel.manifest import metadata_name, read_manifest
from nblabel.workforce import FinishedJob
from nblabel.workforce.output import CONSOLIDATION_RESPONSES, OUTPUT_MANIFEST

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from nblabel.tasks import Task
    from nblabel.workforce.job import Status

__all__ = ["GOING", "GroundTruthJob"]

_log = logging.getLogger(__name__)

GOING = ("Initializing", "InProgress", "Stopping")
"""The states of a job that is not over."""

_LONGEST_POLL = 60.0
_GROWTH = 1.5


class GroundTruthJob:
    """A labeling job of the service; made by ``df.nblabel.push`` with a team of Ground Truth, or by `attach`.

    Names and states are those of `nblabel.workforce.LabelingJob`, which are Ground Truth's.

    Attributes
    ----------
    name : str
        The job's name.
    region : str
        Its region.
    frame : DataFrame or None
        The rows that were pushed; None of a job that was attached to.
    """

    def __init__(
        self, name: str, region: str, *, task: Task | None = None, frame: pd.DataFrame | None = None, places: Sequence[int] = (), client: Any = None
    ) -> None:
        self.name = name
        self.region = region
        self.frame = frame
        self._task = task
        self._places = places
        self._client = client or sagemaker_client(region)

    def __repr__(self) -> str:
        return f"GroundTruthJob({self.name!r}, region={self.region!r})"  # no more: saying how far it is would take a call of AWS

    def describe(self) -> dict[str, Any]:
        """Give all that the service says of the job (DescribeLabelingJob).

        Raises
        ------
        ServiceError
            When there is no such job in the region, or it may not be looked at.
        """
        with explained("DescribeLabelingJob"):
            found: dict[str, Any] = self._client.describe_labeling_job(LabelingJobName=self.name)
        return found

    @property
    def status(self) -> Status:
        """Where the job stands."""
        status: Status = self.describe()["LabelingJobStatus"]
        return status

    @property
    def counts(self) -> dict[str, int]:
        """Objects by how far they are: TotalLabeled, HumanLabeled, MachineLabeled, FailedNonRetryableError, Unlabeled."""
        return dict(self.describe()["LabelCounters"])

    @property
    def failure_reason(self) -> str | None:
        """Why the job failed, in the service's words; None where it did not."""
        return self.describe().get("FailureReason")

    def wait(self, timeout: float | None = None, *, poll: float = 5.0) -> Status:
        """Wait until the job is over; how far it is goes to the log (``logging``, level INFO).

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait at most.
        poll : float
            Seconds between the first two looks; they become rarer, down to one a minute, and each time somewhat different.

        Returns
        -------
        str
            The status: one of those of a job that goes on when the time ran out.
        """
        end = None if timeout is None else time.monotonic() + timeout
        told = None
        while True:
            found = self.describe()
            status: Status = found["LabelingJobStatus"]
            if (news := (status, found["LabelCounters"]["TotalLabeled"])) != told:
                _log.info("%s: %s, %d labeled", self.name, *news)
                told = news
            left = float("inf") if end is None else end - time.monotonic()
            if status not in GOING or left <= 0:
                return status
            time.sleep(min(poll * random.uniform(0.8, 1.2), left))  # noqa: S311 - so that many waiters do not ask at once
            poll = min(poll * _GROWTH, _LONGEST_POLL)

    def stop(self) -> None:
        """End the job; what was labeled is kept. It cannot be continued, but its result can be pushed under another name."""
        with explained("StopLabelingJob"):
            self._client.stop_labeling_job(LabelingJobName=self.name)

    def result(self, *, download: str | os.PathLike[str] | None = None) -> pd.DataFrame:
        """Give the labels.

        Parameters
        ----------
        download : path, optional
            A folder into which files that labels refer to are brought (masks, sequence files), those that are not there yet; the cells then name
            them there. By default they name them on S3, where `nblabel.read_mask` reads them, too.

        Returns
        -------
        DataFrame
            A copy of the frame that was pushed, its label column and metadata column filled where there is a label by now, also while the job goes
            on; of a job that was attached to, the lines of its manifest with the labels.

        Raises
        ------
        FrameError
            When the job was attached to, takes objects from a topic, and has written no output manifest yet.
        StorageError
            When what the job wrote may not be read.
        """
        found = self.describe()
        attribute = found["LabelAttributeName"]
        frame = self._lines(found) if self.frame is None else filled(self.frame, attribute, self.labels(found))
        return frame if download is None else with_files(frame, attribute, download)

    def labels(self, found: Mapping[str, Any] | None = None) -> dict[int, Cells]:
        """Give labels with their metadata by row of the frame that was pushed; `found` is what `describe` said."""
        found = found or self.describe()
        place, attribute = self._output_manifest(found), found["LabelAttributeName"]
        labels = self._labels(place, attribute) if storage.exists(place) else _consolidated(self._root(found), attribute)
        return {self._places[line]: cells for line, cells in sorted(labels.items())}

    @property
    def objects(self) -> int:
        """How many lines the job's input manifest has."""
        return len(self._places) if self.frame is not None else len(read_manifest(_input_manifest(self.describe())))

    def open(self) -> FinishedJob:
        """Open what the job has written: answers, consolidated annotations, masks; see `nblabel.open_job`. At its beginning that is nothing."""
        root = self.output
        return FinishedJob(root, {file.name: file for file in storage.list_files(root)}, self._task, None)

    def responses(self) -> pd.DataFrame:
        """Give what workers answered so far, a row an answer; see `nblabel.workforce.FinishedJob.responses`."""
        return self.open().responses()

    def agreement(self, *, by: Literal["item", "worker"] | None = None) -> pd.DataFrame:
        """Measure how far workers agree, in all, or by item (its line) or worker; see `nblabel.agreement`."""
        return self.open().agreement(by=by)

    def confusion(self) -> pd.DataFrame:
        """Count what each worker says where consolidation says what; see `nblabel.confusion`."""
        return self.open().confusion()

    def workers(self) -> pd.DataFrame:
        """Judge workers: answers, estimated accuracy and more (`nblabel.worker_skill`), and mean seconds an answer."""
        return self.open().workers()

    @property
    def output(self) -> str:
        """S3 URL of the folder that holds what the job writes."""
        return self._root(self.describe())

    def _root(self, found: Mapping[str, Any]) -> str:
        # An ARN has the name in lower case, what the job writes has it as it was given.
        return f"{found['OutputConfig']['S3OutputPath'].rstrip('/')}/{found['LabelingJobName']}"

    def _output_manifest(self, found: Mapping[str, Any]) -> str:
        place: str | None = found.get("LabelingJobOutput", {}).get("OutputDatasetS3Uri")
        return place or f"{self._root(found)}/{OUTPUT_MANIFEST}"

    def _lines(self, found: Mapping[str, Any]) -> pd.DataFrame:
        """Read the manifest of a job that was attached to, with the labels there are."""
        place = self._output_manifest(found)
        if storage.exists(place):
            return read_manifest(place)
        attribute = found["LabelAttributeName"]
        return filled(read_manifest(_input_manifest(found)), attribute, _consolidated(self._root(found), attribute))

    def _labels(self, place: str, attribute: str) -> dict[int, Cells]:
        """Read the output manifest, by line."""
        manifest = read_manifest(place)
        if len(manifest) != len(self._places):
            raise FrameError(f"{place} has {len(manifest):,} lines, {len(self._places):,} were pushed; read it with nl.read_manifest, and look")
        about = metadata_name(attribute)
        if attribute not in manifest.columns or about not in manifest.columns:
            return {}
        found = enumerate(zip(manifest[attribute], manifest[about], strict=True))
        return {line: Cells(label, metadata) for line, (label, metadata) in found if isinstance(metadata, dict)}


def _input_manifest(found: Mapping[str, Any]) -> str:
    source = found["InputConfig"]["DataSource"].get("S3DataSource")
    if source is None:
        name, status = found["LabelingJobName"], found["LabelingJobStatus"]
        raise FrameError(f"job {name!r} takes its objects from a topic, is {status}, and has written no output manifest yet; wait for it")
    return str(source["ManifestS3Uri"])


def _consolidated(root: str, attribute: str) -> dict[int, Cells]:
    """Read what the service has consolidated of a job that goes on, by line; later batches count."""
    labels: dict[int, Cells] = {}
    for file in sorted(storage.list_files(f"{root}/{CONSOLIDATION_RESPONSES}"), key=lambda file: file.name):
        for each in json.loads(storage.read_bytes(file.ref)):
            content = each["consolidatedAnnotation"]["content"]
            if attribute in content and isinstance(content.get(metadata_name(attribute)), dict):
                labels[int(each["datasetObjectId"])] = Cells(content[attribute], content[metadata_name(attribute)])
    return labels
