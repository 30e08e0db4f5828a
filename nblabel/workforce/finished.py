"""A labeling job as its output tree has it, whoever ran it: Ground Truth, or `nblabel.workforce.output`."""

from __future__ import annotations

import json
import logging
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from nblabel import responses, storage
from nblabel.confidences import confidence_of
from nblabel.errors import AnnotationError, FrameError, NblabelError, StorageError, TaskError
from nblabel.labels import MAX_NAME
from nblabel.manifest import read_manifest
from nblabel.manifest.kinds import groundtruth_type
from nblabel.manifest.origin import folders
from nblabel.manifest.pairs import Pair, cells, find_pair, pairs
from nblabel.tasks import label_reader
from nblabel.tasks.base import Media
from nblabel.template_answers import element_content, read_annotation
from nblabel.workforce.answer_files import FileAnswer, Problem, read_answer_files
from nblabel.workforce.output import OUTPUT_MANIFEST, WORKER_RESPONSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nblabel.storage import File
    from nblabel.tasks import Task

__all__ = ["FinishedJob", "open_job"]

_log = logging.getLogger(__name__)
_LABELS = "annotation-tool/data.json"
_FILES = "annotations/consolidated-annotation/output"
_JOB = "labeling-job/"
_SHOWN = 3
_WRONG = (NblabelError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading foreign data may run into."""


def open_job(location: str | os.PathLike[str], *, task: Task | None = None, attribute: str | None = None) -> FinishedJob:
    """Open a labeling job from its output tree, one of Ground Truth or one of ours.

    Parameters
    ----------
    location : path or URL
        The job's folder, which has ``manifests/`` and ``annotations/`` in it: output path and job name; or its output manifest, as
        ``DescribeLabelingJob`` names it in ``LabelingJobOutput.OutputDatasetS3Uri``.
    task : Task, optional
        What was asked. By default it is found by the type that the labels' metadata name, its classes in labels and answers.
    attribute : str, optional
        The label attribute; by default the one whose metadata name this job, else the last one.

    Returns
    -------
    FinishedJob
        The job. Nothing but the listing was read yet.

    Raises
    ------
    StorageError
        When no job is there, or when it may not be read.

    Examples
    --------
    ::

        job = nl.open_job("s3://bucket/out/my-cat-job")
        job.result(); job.responses(); job.agreement(); job.workers()
        nl.consolidate(job.responses(), job.task)                   # our consolidation, beside Ground Truth's: job.consolidated()
    """
    name = os.fspath(location).rstrip("/\\").removesuffix(OUTPUT_MANIFEST).rstrip("/\\")
    files = {file.name: file for file in storage.list_files(name)}
    if OUTPUT_MANIFEST not in files and not any(file.startswith(f"{WORKER_RESPONSES}/") for file in files):
        jobs = sorted(
            {file.split("/")[0] for file in files if file.endswith(f"/{OUTPUT_MANIFEST}") and file.count("/") == OUTPUT_MANIFEST.count("/") + 1}
        )
        advice = f"open one of the jobs in it: {jobs[:_SHOWN]}" if jobs else "give the folder of the job: its output path and its name"
        raise StorageError(f"there is no labeling job: neither {OUTPUT_MANIFEST} nor {WORKER_RESPONSES}/; {advice}", uri=name)
    return FinishedJob(name, files, task, attribute)


class FinishedJob:
    """A labeling job in an output tree; made by `open_job`.

    Attributes
    ----------
    location : str
        The folder or URL.
    name : str
        The job's name: the last part of it.
    """

    def __init__(self, location: str, files: Mapping[str, File], task: Task | None, attribute: str | None) -> None:
        self.location = location
        self.name = os.path.basename(os.path.abspath(location)) if storage.is_local(location) else location.rpartition("/")[2]  # noqa: PTH100, PTH119
        self._files = files
        self._given = task
        self._attribute = attribute

    def __repr__(self) -> str:
        return f"FinishedJob({self.location!r}, {len({answer.item for answer in self._read[0]})} objects answered, {len(self._read[0])} answers)"

    @cached_property
    def task(self) -> Task:
        """What was asked.

        Raises
        ------
        TaskError
            When no task type is known for the labels; open the job with ``task=``.
        """
        if self._given is not None:
            return self._given
        if self._reader is None:
            kinds = self._types or "not named, since there is no output manifest with labels"
            raise TaskError(f"{self.location}: the type of its labels is {kinds}; say what was asked: nl.open_job(..., task=nl.BoundingBox([...]))")
        return self._reader.naming(names) if (names := self._names(self._reader)) else self._reader

    @property
    def attribute(self) -> str:
        """The label attribute.

        Raises
        ------
        FrameError
            When the output manifest has none.
        """
        return self._pair.attribute

    def result(self) -> pd.DataFrame:
        """Give the output manifest, as `nblabel.read_manifest` does: without loss, label files referred to.

        Raises
        ------
        StorageError
            When there is none, of a job that is still at its beginning for instance.
        """
        return read_manifest(f"{self.location}/{OUTPUT_MANIFEST}")

    def responses(self) -> pd.DataFrame:
        """Give what workers answered, a row an answer.

        Returns
        -------
        DataFrame
            Columns item (the line in the manifest, from 0), worker (Ground Truth's pseudonym), annotation (as ``w.value`` gives it, masks in the
            class indices of `task`), submitted (UTC; NaT where the file does not say) and seconds (NaN likewise). Where no task type is known for the
            job, an annotation is the answer's content as it stands. Answers that cannot be read are in `problems`, and are told of by the log.
        """
        kept, _ = self._answers
        if self.problems.shape[0]:
            first = self.problems.iloc[:_SHOWN]
            told = "; ".join(f"{file}: {problem}" for file, problem in zip(first["file"], first["problem"], strict=True))
            _log.warning("%d answers or files were left out, see job.problems: %s", len(self.problems), told)
        return pd.DataFrame(
            {
                "item": pd.Series([answer.item for answer, _ in kept], dtype=int),
                "worker": pd.Series([answer.worker for answer, _ in kept], dtype=object),
                "annotation": responses.object_column([annotation for _, annotation in kept]),
                "submitted": pd.Series([answer.submitted for answer, _ in kept], dtype="datetime64[ns, UTC]"),
                "seconds": pd.Series([answer.seconds for answer, _ in kept], dtype=float),
            }
        )

    def consolidated(self) -> pd.DataFrame:
        """Give the consolidated annotations, in the form of `nblabel.consolidate`.

        Returns
        -------
        DataFrame
            A row an object that has a label: item (the line), annotation (masks as arrays of class indices of `task`) and confidence, as the metadata
            say. A label that cannot be read is None, and the log tells why.

        Notes
        -----
        A mask is looked for in this tree first, where its name is known, so that a tree that was copied from S3 is complete.
        """
        frame = self.result()
        metadata = cells(frame, self._pair.metadata)
        labels = metadata if self._pair.label is None else cells(frame, self._pair.label)
        bases = folders(frame)
        rows = []
        for place in np.flatnonzero([label is not None for label in labels]).tolist():
            about = metadata[place] if isinstance(metadata[place], dict) else {}
            try:
                annotation = self._label(labels[place], about, bases[place])
            except _WRONG as error:
                _log.warning("line %d: its label cannot be read (%s)", place, error)
                annotation = None
            rows.append((place, annotation, None if annotation is None else confidence_of(self.task, annotation, about)))
        return pd.DataFrame(
            {
                "item": pd.Series([place for place, _, _ in rows], dtype=int),
                "annotation": responses.object_column([annotation for _, annotation, _ in rows]),
                "confidence": responses.object_column([confidence for _, _, confidence in rows]),
            }
        )

    def agreement(self, *, by: Literal["item", "worker"] | None = None) -> pd.DataFrame:
        """Measure how far workers agree, in all, or by item (its line) or worker; see `nblabel.agreement`."""
        return responses.agreement(self.responses(), self.task, by=by)

    def confusion(self) -> pd.DataFrame:
        """Count what each worker says where consolidation says what; see `nblabel.confusion`."""
        return responses.confusion(self.responses(), self.task)

    def workers(self) -> pd.DataFrame:
        """Judge workers: answers, estimated accuracy and more (`nblabel.worker_skill`), and mean seconds an answer."""
        frame = self.responses()
        skill = responses.worker_skill(frame, self.task)
        skill["seconds"] = frame.groupby("worker")["seconds"].mean()
        return skill

    @property
    def problems(self) -> pd.DataFrame:
        """What could not be read of the answers: file, problem."""
        return pd.DataFrame([*self._read[1], *self._answers[1]], columns=list(Problem._fields), dtype=object)

    # Inner workings

    @cached_property
    def _read(self) -> tuple[list[FileAnswer], list[Problem]]:
        below = f"{WORKER_RESPONSES}/"
        return read_answer_files(file for name, file in self._files.items() if name.startswith(below))

    @cached_property
    def _answers(self) -> tuple[list[tuple[FileAnswer, Any]], list[Problem]]:
        """Give each answer with its annotation, and what could not be understood."""
        answers, _ = self._read
        if self._given is None and self._reader is None:
            return [(answer, answer.content) for answer in answers], []
        kept, problems = [], []
        for answer in answers:
            try:
                kept.append((answer, self._annotation(answer.content)))
            except _WRONG as error:
                problems.append(Problem(answer.file, f"answer of {answer.worker}: {error}"))
        return kept, problems

    def _annotation(self, answered: Mapping[str, Any]) -> Any:
        content = element_content(self.task, answered)
        if strange := [name for name in self.task.answer_classes(content) if name not in self.task.class_ids]:
            raise AnnotationError(f"class {strange[0]!r} is not one of the task's: {[label.name for label in self.task.labels]}")
        found = self.task.annotation(self.task.begin(read_annotation(self.task, answered), Media()))
        if found is None:
            raise AnnotationError(f"it says nothing: {content!r:.80}")
        return found

    @cached_property
    def _pair(self) -> Pair:
        """Find the label attribute that this job wrote."""
        frame = self.result()
        if self._attribute is not None:
            return find_pair(frame, self._attribute)
        known = pairs(frame)
        if not known:
            raise FrameError(f"{self.location}: its output manifest has no label attribute: no line is labeled yet")
        wrote = (pair for pair in known if any(self._is_ours(about) for about in cells(frame, pair.metadata)))
        return next(wrote, known[-1])

    def _is_ours(self, metadata: Any) -> bool:
        name = metadata.get("job-name") if isinstance(metadata, dict) else None
        return isinstance(name, str) and name.removeprefix(_JOB).lower() == self.name.lower()

    @cached_property
    def _metadata(self) -> list[tuple[Any, dict[str, Any]]]:
        """Give labels and metadata of the lines that have them; none where there is no output manifest."""
        try:
            frame, pair = self.result(), self._pair
        except (StorageError, FrameError):
            if self._attribute is not None:
                raise
            return []
        labels = cells(frame, pair.metadata if pair.label is None else pair.label)
        return [(label, about) for label, about in zip(labels, cells(frame, pair.metadata), strict=True) if isinstance(about, dict)]

    @property
    def _types(self) -> str:
        return ", ".join(dict.fromkeys(name for _, about in self._metadata if (name := groundtruth_type(about))))

    @cached_property
    def _reader(self) -> Task | None:
        """Find the task type that reads the labels."""
        names = (groundtruth_type(about) for _, about in self._metadata)
        return next((reader for name in dict.fromkeys(names) if name and (reader := label_reader(name)) is not None), None)

    def _names(self, reader: Task) -> list[str]:
        """Find the classes: those of the label category file, those of labels by their indices, and those that only answers have."""
        found: list[Any] = self._category_file()
        numbered: dict[str, int] = {}
        for label, about in self._metadata:
            for index, name in reader.class_map(label, about).items():
                if index.isdecimal():
                    numbered.setdefault(name, int(index))
        found += sorted(numbered, key=numbered.__getitem__)
        for answer in self._read[0]:
            try:
                found += reader.answer_classes(element_content(reader, answer.content))
            except _WRONG:
                continue  # it is reported where it is read
        return list(dict.fromkeys(name for name in found if isinstance(name, str) and 0 < len(name) <= MAX_NAME))

    def _category_file(self) -> list[Any]:
        file = self._files.get(_LABELS)
        try:
            return [] if file is None else [entry["label"] for entry in json.loads(storage.read_bytes(file.ref))["labels"]]
        except _WRONG as error:
            _log.warning("%s: it is no label category file (%s); classes are taken from labels and answers", _LABELS, error)
            return []

    def _label(self, label: Any, metadata: dict[str, Any], base: str | None) -> Any:
        value = self.task.restore(self.task.decode(label, metadata))
        return self.task.annotation(self.task.resolve(value, lambda ref: self._file(ref, base), Media()))

    def _file(self, ref: str, base: str | None) -> bytes:
        """Read a file that a label refers to: from this tree where it is in it."""
        name = ref.replace("\\", "/").rpartition("/")[2]
        here = self._files.get(f"{_FILES}/{name}")
        return storage.read_bytes(here.ref if here is not None else storage.resolve(ref, [base, "."]))
