"""Answers of the labeler in a worker template: what its form hands in, as a task reads it.

The form has one hidden field, which Ground Truth puts into a worker's answer as it stands: ``{"nblabel": "<JSON>"}``. The JSON is that of `Answer`;
its value has the form that it has in every other host, so one reading of it is enough.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nblabel import schema
from nblabel.errors import AnnotationError
from nblabel.tasks.base import Media
from nblabel.tasks.with_attributes import WithAttributes

if TYPE_CHECKING:
    from nblabel.tasks import Task

__all__ = ["FIELD", "Answer", "element_content", "handed_in", "read_annotation"]

FIELD = "nblabel"
"""The name of the form's field."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is handed in: what the metadata of such labels say under ``type``, the task's working value, and the size of the image in pixels."""

    groundtruth_type: str
    value: Any
    width: int | None = None
    height: int | None = None


def handed_in(content: Mapping[str, Any]) -> Answer | None:
    """Find what the labeler handed in; None in the answer of another worker page.

    Raises
    ------
    AnnotationError
        When it is none of ours, or was cut off.
    """
    found = content.get(FIELD)
    if not isinstance(found, str):
        return None
    try:
        return schema.load(json.loads(found), Answer)
    except ValueError as error:  # what a schema refuses is one, too
        raise AnnotationError(f"expected what the labeler hands in under {FIELD!r}, got {found!r:.80} ({error})") from error


def element_content(task: Task, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a worker's answer as the crowd element of a task answers, whichever worker page it came from.

    Raises
    ------
    AnnotationError
        When nothing can be made of it.

    Examples
    --------
    >>> from nblabel.tasks.text_classification import TextClassification
    >>> task = TextClassification(["good", "bad"])
    >>> made = '{"groundtruth_type": "groundtruth/text-classification", "value": {"labels": ["bad"]}}'
    >>> element_content(task, {"nblabel": made})
    {'crowd-classifier': {'label': 'bad'}}
    >>> element_content(task, {"crowd-classifier": {"label": "bad"}})
    {'crowd-classifier': {'label': 'bad'}}
    """
    answer = handed_in(content)
    if answer is None:
        return content
    knowing, annotation = _meant(task, answer)
    return knowing.answer_content(annotation, Media(width=answer.width, height=answer.height))


def read_annotation(task: Task, content: Mapping[str, Any]) -> Any:
    """Read a worker's answer, whichever worker page it came from; see `Task.read_answer`.

    Raises
    ------
    AnnotationError
        When nothing can be made of it.
    """
    answer = handed_in(content)
    return task.read_answer(content) if answer is None else _meant(task, answer)[1]


def _meant(task: Task, answer: Answer) -> tuple[Task, Any]:
    """Give the annotation of an answer, and the task with the classes that the answer has."""
    if answer.groundtruth_type not in task.groundtruth_types:
        raise AnnotationError(f"the answer is one of {answer.groundtruth_type!r}, which {type(task).__name__} does not read")
    value = answer.value
    if isinstance(value, Mapping) and "work" in value and not isinstance(task, WithAttributes):
        value = value["work"]  # what was written down of the item is for a task that asks for it
    work = value.get("work", value) if isinstance(value, Mapping) else value
    try:
        # A mask says its classes itself, which the task need not have.
        knowing = task.knowing((name, 0) for name in (work.get("classes", []) if isinstance(work, Mapping) else []))
        return knowing, knowing.annotation(value)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise AnnotationError(f"the answer {value!r:.80} is no value of {type(task).__name__} ({error})") from error
