"""Checks that every task type passes, for those who write one; and workers who do not exist, for demonstrations and tests.

>>> from nblabel.tasks.bounding_box import BoundingBox
>>> box = {"label": "cat", "left": 1, "top": 2, "width": 3, "height": 4}
>>> check_task(BoundingBox(["cat"]), [[], [box], [box, box]], Media(width=64, height=48, depth=3))
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from nblabel import schema
from nblabel.tasks.base import Context, Media, Task
from nblabel.wire import TaskView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nblabel.workforce import LabelingJob, Worker

__all__ = ["SimulatedWorker", "check_task"]

_CREATED = datetime(2024, 3, 4, 9, 51, 0, 148118, tzinfo=UTC)


class SimulatedWorker:
    """A worker who labels jobs as told: right with a given probability, else wrong in a way that people are.

    Parameters
    ----------
    worker : Worker
        Whose door is used; see `nblabel.workforce.Team.as_worker`.
    truth : mapping
        The right annotation of each object, by its line in the manifest.
    accuracy : float
        Probability of a right answer, for each class, verdict, box or span; a wrong one is another class, is moved or missed; a mask is shifted.
    bias : str, optional
        The class that wrong answers have; any other one by default.
    seed : int
        Makes the same worker answer the same.

    Examples
    --------
    ::

        truth = dict(enumerate(df["true_class"]))
        for name, accuracy in {"ann": 0.95, "bob": 0.8, "cyd": 0.6}.items():
            SimulatedWorker(team.as_worker(name), truth, accuracy=accuracy).label(job)
    """

    def __init__(self, worker: Worker, truth: Mapping[int, Any], *, accuracy: float = 0.9, bias: str | None = None, seed: int = 0) -> None:
        self.worker = worker
        self._truth = truth
        self._accuracy = accuracy
        self._bias = bias
        self._random = random.Random(f"{worker.name}/{seed}")  # noqa: S311 - simulation, not security

    def label(self, job: LabelingJob, *, limit: int | None = None) -> int:
        """Answer all objects that the job has for this worker, or `limit` of them; gives how many."""
        done = 0
        while (limit is None or done < limit) and (item := self.worker.next(job)) is not None:
            item.submit(self.answer(self._truth[item.place], [label.name for label in job.task.labels]))
            done += 1
        return done

    def answer(self, truth: Any, names: Sequence[str]) -> Any:
        """Say what the worker would answer where `truth` is right."""
        if isinstance(truth, str):
            return truth if self._right() else self._other(truth, names)
        if isinstance(truth, Mapping) and "annotation" in truth:
            return {**truth, "annotation": self.answer(truth["annotation"], names)}
        if isinstance(truth, Mapping):
            return truth if self._right() else {**truth, "label": self._other(truth["label"], names)}
        if isinstance(truth, np.ndarray):
            return truth if self._right() else np.roll(truth, (self._random.randint(2, 8), self._random.randint(2, 8)), (0, 1))
        if all(isinstance(part, str) for part in truth):
            return [name for name in names if (name in truth) == self._right()]
        return [found for part in truth if (found := part if self._right() else self._distorted(part, names)) is not None]

    def _right(self) -> bool:
        return self._random.random() < self._accuracy

    def _other(self, name: str, names: Sequence[str]) -> str:
        others = [other for other in names if other != name]
        if self._bias in others:
            return self._bias
        return self._random.choice(others) if others else name

    def _distorted(self, part: dict[str, Any], names: Sequence[str]) -> dict[str, Any] | None:
        """Miss a part, give it another class, or get its place wrong."""
        kind = self._random.choice(["missed", "label", "place"])
        if kind == "missed":
            return None
        if kind == "label":
            return {**part, "label": self._other(part["label"], names)}
        if "startOffset" in part:
            return {**part, "startOffset": part["startOffset"] + (part["endOffset"] - part["startOffset"]) // 2}
        return {**part, "width": part["width"] * self._random.uniform(0.5, 0.9), "height": part["height"] * self._random.uniform(0.5, 0.9)}


def check_task(task: Task, annotations: Sequence[Any], media: Media) -> None:
    """Check that a task keeps the promises of `nblabel.tasks.Task`.

    Parameters
    ----------
    task : Task
        The task.
    annotations : sequence
        At least two annotations that a person could give, in the form that ``w.value`` gives.
    media : Media
        What they were given to.

    Raises
    ------
    AssertionError
        When a promise is broken; it says which.
    """
    _expect(len(annotations) > 1, "give at least two annotations")
    _expect(schema.load(_through_json(schema.dump(task.view())), TaskView) == task.view(), "the task's view survives JSON")
    for annotation in annotations:
        _check_annotation(task, annotation, media)
        if task.suggestible:
            _check_suggestions(task, annotation, media)
    for before, after in permutations(annotations, 2):
        _check_change(task, before, after, media)


def _check_annotation(task: Task, annotation: Any, media: Media) -> None:
    value = task.begin(annotation, media)
    _expect(_through_json(value) == value, "a value is plain JSON data", value)
    _expect(task.same(task.annotation(value), annotation), "begin and annotation are inverse", annotation, task.annotation(value))
    _expect(task.same(task.annotation(task.restore(annotation)), annotation), "restore and annotation are inverse", annotation)
    _expect(task.difference(value, value) is None, "a value does not differ from itself", value)
    reference = f"mask{task.suffix}" if task.reference else ""
    label, metadata = task.encode(annotation, Context(media=media, job_name="Job", created=_CREATED, reference=reference))
    _expect(metadata.get("job-name") == "labeling-job/job", "the metadata names the job", metadata)
    _expect(metadata.get("creation-date") == "2024-03-04T09:51:00.148118", "the metadata has the creation date", metadata)
    _expect(str(metadata.get("type", "")).startswith("groundtruth/"), "the metadata names Ground Truth's type", metadata)
    again = task.decode(_through_json(label), _through_json(metadata))
    if task.reference:
        make = task.file(value)
        content = b"" if make is None else make()
        again = task.annotation(task.resolve(task.restore(again), {label: content}.__getitem__, media))
    _expect(task.same(again, annotation), "encode and decode are inverse", annotation, again)
    task.tidy(annotation)
    shown = "word " * (media.length or 0) if task.media == "text" else Image.new("RGB", (32, 24))
    depicted = task.depict(value, shown, media)
    _expect((depicted.image is None) == (task.media == "text"), "an image is depicted by an image, a text by its runs", depicted)
    _expect("".join(run.text for run in depicted.runs) == (shown if isinstance(shown, str) else ""), "the whole text is depicted", depicted)


def _check_change(task: Task, before: Any, after: Any, media: Media) -> None:
    first, last = task.begin(before, media), task.begin(after, media)
    change = task.difference(first, last)
    _expect(change is not None, "two annotations differ", before, after)
    text = json.dumps(first)
    reached, inverse = task.apply(first, _through_json(change), media)
    _expect(json.dumps(first) == text, "apply leaves the value given as it was", first)
    _expect(task.same(task.annotation(reached), after), "the difference leads to the other value", after, task.annotation(reached))
    _expect(task.apply(reached, _through_json(inverse), media)[0] == first, "the inverse leads back", first)


def _check_suggestions(task: Task, annotation: Any, media: Media) -> None:
    """Check that an annotation, taken for a prediction, becomes suggestions that lead to it when all are accepted."""
    suggestions, refusals = task.suggestions(annotation, media, "model")
    _expect(not refusals, "what can be annotated can be suggested", refusals)
    _expect(task.suggestions(annotation, media, "model")[0] == suggestions, "ids of suggestions do not depend on chance", suggestions)
    parts = [suggestion.part for suggestion in suggestions]
    _expect([part["id"] for part in parts] == [suggestion.id for suggestion in suggestions], "a suggested part has the suggestion's id", parts)
    if not parts:
        return
    empty = task.begin(None, media)
    value, _ = task.apply(empty, _through_json(task.accept(empty, parts)), media)
    present = task.parts(value)
    _expect([present.get(part["id"]) for part in parts] == parts, "an accepted suggestion is a part of the value", parts, value)
    origins = [found["origin"] for found in task.provenance(value, {suggestion.id: suggestion for suggestion in suggestions})]
    _expect(origins == ["suggested"] * len(parts), "an accepted suggestion is known for one", origins)


def _through_json(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


def _expect(truth: bool, promise: str, *facts: Any) -> None:  # noqa: FBT001
    if not truth:
        raise AssertionError(": ".join([promise, *map(repr, facts)]))
