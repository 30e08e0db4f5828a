"""Labeling jobs that run in Ground Truth: created, followed, stopped, and brought back."""

from __future__ import annotations

import json
import logging
import random
import time
from typing import TYPE_CHECKING, Any, Literal

from nblabel import storage
from nblabel.aws.arns import TeamArn
from nblabel.aws.model import check_request
from nblabel.aws.service import explained, sagemaker_client
from nblabel.binding import Cells, LabelColumns
from nblabel.errors import FrameError, RequestError, ServiceError
from nblabel.manifest import metadata_name, read_manifest
from nblabel.storage.s3 import current_region
from nblabel.workforce import open_job
from nblabel.workforce.output import CONSOLIDATION_RESPONSES, OUTPUT_MANIFEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from nblabel.aws.plan import LabelingJobPlan
    from nblabel.tasks import Task
    from nblabel.workforce.finished import FinishedJob
    from nblabel.workforce.job import Status

__all__ = ["GroundTruthJob", "attach", "create_labeling_job"]

_log = logging.getLogger(__name__)

_GOING = ("Initializing", "InProgress", "Stopping")
_LONGEST_POLL = 60.0
_GROWTH = 1.5
_ALIKE = ("OutputConfig", "LabelAttributeName", "RoleArn", "InputConfig")
"""What a job and a request for it have in common, word for word, when the request made the job."""


class GroundTruthJob:
    """A labeling job of the service; made by ``df.nblabel.push`` with a team of Ground Truth, or by `attach`.

    Names and states are those of `nblabel.workforce.LabelingJob`, which are Ground Truth's.

    Attributes
    ----------
    name : str
        The job's name.
    region : str
        Its region.
    """

    def __init__(
        self, name: str, region: str, *, task: Task | None = None, frame: pd.DataFrame | None = None, places: Sequence[int] = (), client: Any = None
    ) -> None:
        self.name = name
        self.region = region
        self._task = task
        self._frame = frame
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
            if status not in _GOING or left <= 0:
                return status
            time.sleep(min(poll * random.uniform(0.8, 1.2), left))  # noqa: S311 - so that many waiters do not ask at once
            poll = min(poll * _GROWTH, _LONGEST_POLL)

    def stop(self) -> None:
        """End the job; what was labeled is kept. It cannot be continued, but its result can be pushed under another name."""
        with explained("StopLabelingJob"):
            self._client.stop_labeling_job(LabelingJobName=self.name)

    def result(self) -> pd.DataFrame:
        """Give the labels.

        Returns
        -------
        DataFrame
            A copy of the frame that was pushed, its label column and metadata column filled where there is a label by now, also while the job goes
            on; of a job that was attached to, its output manifest.

        Raises
        ------
        FrameError
            When the job was attached to, and has not written its output manifest yet.
        StorageError
            When what the job wrote may not be read.
        """
        found = self.describe()
        root, attribute = self._root(found), found["LabelAttributeName"]
        place = found.get("LabelingJobOutput", {}).get("OutputDatasetS3Uri") or f"{root}/{OUTPUT_MANIFEST}"
        written = storage.exists(place)
        if self._frame is None:
            if not written:
                raise FrameError(f"job {self.name!r} is {found['LabelingJobStatus']}, and has written no output manifest yet; wait for it")
            return read_manifest(place)
        labels = self._labels(place, attribute) if written else _consolidated(root, attribute)
        filled = self._frame.copy()
        columns = LabelColumns(filled, attribute)
        columns.prepare()
        columns.write_all([(self._places[line], cells) for line, cells in sorted(labels.items())])
        return filled

    def open(self) -> FinishedJob:
        """Open what the job has written: answers, consolidated annotations, masks; see `nblabel.open_job`."""
        return open_job(self.output, task=self._task)

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

    def _root(self, found: dict[str, Any]) -> str:
        return f"{found['OutputConfig']['S3OutputPath'].rstrip('/')}/{self.name}"

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


def _consolidated(root: str, attribute: str) -> dict[int, Cells]:
    """Read what the service has consolidated of a job that goes on, by line; later batches count."""
    labels: dict[int, Cells] = {}
    for file in sorted(storage.list_files(f"{root}/{CONSOLIDATION_RESPONSES}"), key=lambda file: file.name):
        for each in json.loads(storage.read_bytes(file.ref)):
            content = each["consolidatedAnnotation"]["content"]
            if attribute in content and isinstance(content.get(metadata_name(attribute)), dict):
                labels[int(each["datasetObjectId"])] = Cells(content[attribute], content[metadata_name(attribute)])
    return labels


def attach(name: str, *, region: str | None = None, task: Task | None = None) -> GroundTruthJob:
    """Pick up a labeling job of the account, whoever made it.

    Parameters
    ----------
    name : str
        Its name, or its ARN.
    region : str, optional
        Its region; that of the ARN, or of boto3's own configuration by default.
    task : Task, optional
        What was asked; by default it is found by what the labels say, as `nblabel.open_job` does.

    Raises
    ------
    ServiceError
        When there is no such job, or it may not be looked at.
    RequestError
        When no region is known.
    """
    if name.startswith("arn:"):
        region, name = name.split(":")[3], name.rpartition("/")[2]
    if region is None:
        region = current_region()
    if region is None:
        raise RequestError("region", None, "the job's region is not known", remedy="give region=, or set AWS_DEFAULT_REGION")
    job = GroundTruthJob(name, region, task=task)
    job.describe()
    return job


def create_labeling_job(plan: LabelingJobPlan) -> GroundTruthJob:
    """Upload what a plan names, and create its job; a job that the same plan made before is found.

    Raises
    ------
    RequestError
        When another job has the name.
    ServiceError, StorageError
        When SageMaker or S3 refuses, or cannot be reached.
    """
    request = plan.request
    region = TeamArn.parse(request["HumanTaskConfig"]["WorkteamArn"]).region
    client = sagemaker_client(region)
    job = GroundTruthJob(request["LabelingJobName"], region, task=plan.task, frame=plan.frame, places=plan.places, client=client)
    manifest = request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"]
    if _exists(job, request):
        if not _is_there(manifest, plan.files[manifest]):
            rule = f"the job of this name was made from other rows: {manifest} is not what these would give"
            raise RequestError(
                "LabelingJobName", job.name, rule, remedy=f"push the rows as they were, or under another name; or attach({job.name!r})"
            )
        return job
    for url, content in plan.files.items():
        if not _is_there(url, content):
            storage.write_bytes_atomic(url, [content], kms_key=request["OutputConfig"].get("KmsKeyId"))
    check_request("sagemaker", "CreateLabelingJob", request)
    try:
        with explained("CreateLabelingJob"):
            client.create_labeling_job(**request)
    except ServiceError as error:
        # A request that was sent again after its answer got lost finds the job that it made.
        if error.reason != "ResourceInUse" or not _exists(job, request):
            raise
    return job


def _exists(job: GroundTruthJob, request: dict[str, Any]) -> bool:
    """Tell whether the service has the job already.

    Raises
    ------
    RequestError
        When it has another one of that name.
    """
    try:
        found = job.describe()
    except ServiceError as error:
        if error.reason in {"ResourceNotFound", "ResourceNotFoundException"}:
            return False
        raise
    if differing := [name for name in _ALIKE if not _holds(found.get(name), request.get(name))]:
        rule = f"the account has another job of this name, whose {differing[0]} is {found.get(differing[0])!r:.120}; names are used once for all time"
        raise RequestError("LabelingJobName", job.name, rule, remedy="push under another name")
    return True


def _holds(found: Any, asked: Any) -> bool:
    """Tell whether what the service says holds what was asked; it adds defaults of its own."""
    if isinstance(asked, dict):
        return isinstance(found, dict) and all(_holds(found.get(name), value) for name, value in asked.items())
    return bool(found == asked)


def _is_there(url: str, content: bytes) -> bool:
    return storage.exists(url) and storage.size(url) == len(content) and storage.read_bytes(url) == content
