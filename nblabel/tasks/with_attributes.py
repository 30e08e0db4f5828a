"""Attributes of whole items: what is written down of an image or a text beside what is labeled in it, such as the weather.

Format: Ground Truth has such attributes in its video and point cloud tasks only, where each frame has an object ``frame-attributes`` (SageMaker
developer guide, "Label category configuration file" and "Output data"). Labels of images and texts have the same object in their metadata.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from statistics import median_low
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from nblabel import schema
from nblabel.attributes import Attribute, as_attributes, check_attributes, lacking_attribute
from nblabel.consolidation.choices import choice_agreement
from nblabel.depiction import Depiction, Entry
from nblabel.errors import AnnotationError, TaskError
from nblabel.keys import Keys
from nblabel.tasks.base import Context, Media, Task

if TYPE_CHECKING:
    from PIL import Image

    from nblabel.consolidation import Answers, Consolidation
    from nblabel.labels import Label
    from nblabel.wire import LabelView, Suggestion, TaskView

__all__ = ["Described", "DescribedChange", "WithAttributes"]

_KEY = "frame-attributes"
_VERDICTS = "verification"
_PARTS = {"annotation", "attributes"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """The value of a task, and what is written down of the item."""

    work: Any
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class DescribedChange:
    """A change of the work, and attributes that take the place of those before; null is no change."""

    work: Any = None
    attributes: dict[str, Any] | None = None


class WithAttributes(Task):
    """Do a task, and write down attributes of each item.

    Parameters
    ----------
    task : Task
        What is done in the item, of any type but `nblabel.Verification`.
    attributes : iterable of str or Attribute
        What is written down of each item.

    Raises
    ------
    TaskError
        When `task` is none, or has attributes of items itself or judges labels; when there are no attributes, or one is for certain classes only.

    Notes
    -----
    Attributes may be added to a job that was begun without them.

    When several workers answered, an attribute becomes what most of those said who wrote it down (of a tie, what was said first), a number the middle
    one of theirs (of two, the lower). Predictions are of the work; attributes in them are left out.

    Examples
    --------
    >>> from nblabel.tasks.image_classification import ImageClassification
    >>> task = WithAttributes(ImageClassification(["road", "rail"]), [Attribute("weather", choices=["dry", "wet"], required=True), "note"])
    >>> task
    WithAttributes(ImageClassification(['road', 'rail']), ['weather', 'note'])

    An annotation has both; what the task itself takes as one is taken too, and leaves the attributes as they are:

    >>> value = task.begin({"annotation": "road", "attributes": {"weather": "wet"}}, Media())
    >>> task.annotation(task.begin("rail", Media(), value))
    {'annotation': 'rail', 'attributes': {'weather': 'wet'}}
    """

    wire_types = (Described, DescribedChange)

    task: Task
    """What is done in the item."""
    attributes: tuple[Attribute, ...]
    """What is written down of it."""

    def __init__(self, task: Task, attributes: Iterable[str | Attribute]) -> None:
        if not isinstance(task, Task) or isinstance(task, WithAttributes) or task.type == _VERDICTS:
            example = "nl.WithAttributes(nl.BoundingBox(['cat', 'dog']), ['weather'])"
            raise TaskError(f"task is {task!r}, expected what is done in each item, such as {example}")
        self.attributes = as_attributes(attributes)
        if not self.attributes:
            raise TaskError(f"attributes: there are none; use {task!r} as it is")
        for attribute in self.attributes:
            if attribute.labels:
                raise TaskError(f"attribute {attribute.name!r}: an item has no class; give attributes of parts to the task itself")
        self.of = task.of
        _take(self, task)

    def _arguments(self) -> str:
        return f"{self.task!r}, {[attribute.name for attribute in self.attributes]}"

    @property
    def groundtruth_type(self) -> str:
        """The type of the labels of the task; see `Task.groundtruth_type`."""
        return self.task.groundtruth_type

    def view(self, keys: Keys = Keys()) -> TaskView:  # noqa: B008 - it is frozen
        """Describe the task to the front end of what is done in the item; see `Task.view`."""
        view = self.task.view(keys)
        attributes = [{**schema.dump(one), "choices": list(one.choices), "labels": list(one.labels)} for one in self.attributes]
        return replace(view, settings={**view.settings, "itemAttributes": attributes})

    def label_views(self) -> list[LabelView]:
        """Describe the classes; see `Task.label_views`."""
        return self.task.label_views()

    def naming(self, labels: Iterable[str | Label]) -> Self:
        """Give this task with other classes; see `Task.naming`."""
        return self._with(self.task.naming(labels))

    def knowing(self, class_ids: Iterable[tuple[str, int]]) -> Self:
        """Give this task with ids for classes that it does not have; see `Task.knowing`."""
        return self._with(self.task.knowing(class_ids))

    def _with(self, task: Task) -> Self:
        made = copy(self)
        _take(made, task)
        return made

    def begin(self, annotation: Any, media: Media, present: Any = None) -> dict[str, Any]:
        """Make the value for an annotation, with or without attributes; see `Task.begin`."""
        before = None if present is None else _described(present)
        known = {} if before is None else before.attributes
        work, attributes = _told(annotation) if annotation is not None else (None, {})
        attributes = self._accept(known if attributes is None else attributes, known)
        return _dump(Described(work=self.task.begin(work, media, None if before is None else before.work), attributes=attributes))

    def apply(self, value: Any, change: Any, media: Media) -> tuple[dict[str, Any], dict[str, Any]]:
        """Apply a change of the work or of the attributes; see `Task.apply`."""
        before, wanted = _described(value), _change(change)
        work, inverse = (before.work, None) if wanted.work is None else self.task.apply(before.work, wanted.work, media)
        attributes = before.attributes if wanted.attributes is None else self._accept(wanted.attributes, before.attributes)
        back = DescribedChange(work=inverse, attributes=None if wanted.attributes is None else before.attributes)
        return _dump(Described(work=work, attributes=attributes)), dict(schema.dump(back))

    def lacking(self, value: Any) -> str | None:
        """Ask for what the task wants, then for required attributes; see `Task.lacking`."""
        described = _described(value)
        name = lacking_attribute(self.attributes, "", described.attributes)
        return self.task.lacking(described.work) or (None if name is None else f"This item needs {name!r}.")

    def difference(self, before: Any, after: Any) -> dict[str, Any] | None:
        """Give the change between two values; see `Task.difference`."""
        one, other = _described(before), _described(after)
        work = self.task.difference(one.work, other.work)
        attributes = None if one.attributes == other.attributes else other.attributes
        return None if work is None and attributes is None else dict(schema.dump(DescribedChange(work=work, attributes=attributes)))

    def annotation(self, value: Any) -> dict[str, Any]:
        """Give the annotation and the attributes; see `Task.annotation`."""
        described = _described(value)
        return {"annotation": self.task.annotation(described.work), "attributes": described.attributes}

    def bare(self, annotation: Any) -> Any:
        """Give the annotation without the attributes; see `Task.bare`."""
        return self.task.bare(_told(annotation)[0])

    def depict(self, value: Any, shown: Image.Image | str, media: Media) -> Depiction:
        """Show the work, and list the attributes; see `Task.depict`."""
        described = _described(value)
        depiction = self.task.depict(described.work, shown, media)
        told = [Entry(name, detail=str(text)) for name, text in described.attributes.items()]
        return replace(depiction, entries=[*told, *depiction.entries])

    def encode(self, annotation: Any, context: Context) -> tuple[Any, dict[str, Any]]:
        """Write an annotation as the task does, and the attributes into its metadata; see `Task.encode`."""
        work, attributes = _told(annotation)
        return _with_attributes(self.task.encode(work, context), attributes or {})

    def write(self, value: Any, context: Context) -> tuple[Any, dict[str, Any]]:
        """Write a value; see `Task.write`."""
        described = _described(value)
        return _with_attributes(self.task.write(described.work, context), described.attributes)

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
        """Read an annotation and attributes; see `Task.decode`."""
        found = (metadata or {}).get(_KEY)
        attributes = {str(name): told for name, told in found.items()} if isinstance(found, Mapping) else {}
        return {"annotation": self.task.decode(label, metadata), "attributes": attributes}

    def class_map(self, label: Any, metadata: Mapping[str, Any] | None) -> dict[str, str]:
        """Tell which class an index in a label means; see `Task.class_map`."""
        return self.task.class_map(label, metadata)

    def align(self, annotation: Any, text: str) -> tuple[Any, str | None]:
        """Bring an annotation in line with its text; see `Task.align`."""
        work, unit = self.task.align(annotation["annotation"], text)
        return {**annotation, "annotation": work}, unit

    def restore(self, annotation: Any) -> dict[str, Any]:
        """Make the value for an annotation of a manifest; see `Task.restore`."""
        work, attributes = _told(annotation)
        return _dump(Described(work=self.task.restore(work), attributes=attributes or {}))

    def resolve(self, value: Any, read: Callable[[str], bytes], media: Media) -> dict[str, Any]:
        """Read what the work refers to; see `Task.resolve`."""
        described = _described(value)
        return _dump(replace(described, work=self.task.resolve(described.work, read, media)))

    def file(self, value: Any) -> Callable[[], bytes] | None:
        """Give what makes the file of the work; see `Task.file`."""
        return self.task.file(_described(value).work)

    def same(self, one: Any, other: Any) -> bool:
        """Compare annotations and attributes; see `Task.same`."""
        (work, attributes), (others, said) = _told(one), _told(other)
        return self.task.same(work, others) and (attributes or {}) == (said or {})

    def answer_content(self, annotation: Any, media: Media) -> dict[str, Any]:
        """Write an annotation as the task does, and the attributes beside it; see `Task.answer_content`."""
        work, attributes = _told(annotation)
        return {**self.task.answer_content(work, media), _KEY: {"attributes": attributes or {}}}

    def read_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Read what `answer_content` wrote; see `Task.read_answer`."""
        work = self.task.read_answer({name: part for name, part in content.items() if name != _KEY})
        told = content.get(_KEY) or {}
        attributes = told.get("attributes") or {} if isinstance(told, Mapping) else told
        if not isinstance(attributes, Mapping):
            raise AnnotationError(f"expected {{'attributes': {{name: value}}}} under {_KEY!r}, got {told!r:.80}")
        return {"annotation": work, "attributes": dict(attributes)}

    def answer_classes(self, content: Mapping[str, Any]) -> list[str]:
        """List the classes in an answer; see `Task.answer_classes`."""
        return self.task.answer_classes({name: part for name, part in content.items() if name != _KEY})

    def consolidate(self, answers: Answers, method: str) -> Consolidation:
        """Consolidate the work as the task does, and each attribute by itself; see `Task.consolidate`."""
        found = self.task.consolidate(self._works(answers), method)
        said: list[dict[str, Any]] = [{} for _ in found.annotations]
        for item, places in answers.by_item():
            told = [answers.annotations[place]["attributes"] for place in places.tolist()]
            said[item] = _agreed([answers.gold[item]["attributes"]] if item in answers.gold else told)
        described = [
            None if work is None else {"annotation": work, "attributes": attributes} for work, attributes in zip(found.annotations, said, strict=True)
        ]
        return replace(found, annotations=described)

    def agreement(self, answers: Answers) -> pd.DataFrame:
        """Measure agreement about the work, and about each attribute under its name; see `Task.agreement`."""
        tables = [self.task.agreement(self._works(answers))]
        for attribute in self.attributes:
            said = [annotation["attributes"].get(attribute.name) for annotation in answers.annotations]
            places = np.array([place for place, text in enumerate(said) if text is not None], np.intp)
            told = replace(
                answers, items=answers.items[places], workers=answers.workers[places], annotations=[str(said[place]) for place in places], gold={}
            )
            table = choice_agreement(told)
            tables.append(table[table["label"].isna()].assign(measure=attribute.name))
        return pd.concat([table.astype({"label": object}) for table in tables], ignore_index=True)

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give the rows of the task's parts; see `Task.tidy`."""
        return self.task.tidy(_told(annotation)[0])

    def predicted(self, cell: Any, metadata: Mapping[str, Any] | None) -> Any:
        """Read a prediction of the work; see `Predictable.predicted`."""
        return self.task.predicted(cell, metadata)

    def fetch(self, prediction: Any, read: Callable[[str], bytes]) -> Any:
        """Read what a prediction of the work refers to; see `Predictable.fetch`."""
        return self.task.fetch(prediction, read)

    def suggestions(self, prediction: Any, media: Media, source: str) -> tuple[list[Suggestion], list[str]]:
        """Make suggestions of a prediction of the work; see `Predictable.suggestions`."""
        return self.task.suggestions(_told(prediction)[0], media, source)

    def parts(self, value: Any) -> dict[str, dict[str, Any]]:
        """Give the parts of the work; see `Predictable.parts`."""
        return self.task.parts(_described(value).work)

    def accept(self, value: Any, parts: Iterable[Any]) -> dict[str, Any]:
        """Give the change that takes suggested parts into the work; see `Predictable.accept`."""
        return dict(schema.dump(DescribedChange(work=self.task.accept(_described(value).work, parts))))

    def provenance(self, value: Any, suggestions: Mapping[str, Suggestion]) -> list[dict[str, Any]]:
        """Tell of each part of the work where it came from; see `Predictable.provenance`."""
        return self.task.provenance(_described(value).work, suggestions)

    def _accept(self, attributes: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        plain = {name: told.item() if isinstance(told, np.generic) else told for name, told in attributes.items()}
        check_attributes(self.attributes, plain, path="/attributes", known=known)
        return plain

    @staticmethod
    def _works(answers: Answers) -> Answers:
        """Give answers and gold without the attributes."""
        gold = {item: annotation["annotation"] for item, annotation in answers.gold.items()}
        return replace(answers, annotations=[annotation["annotation"] for annotation in answers.annotations], gold=gold)


def _take(made: WithAttributes, task: Task) -> None:
    """Take a task in, and what it is towards others."""
    made.task = copy(task)
    made.task.of = None
    made.labels, made.instructions, made.class_ids = task.labels, task.instructions, task.class_ids
    made.type, made.title, made.media, made.actions = task.type, task.title, task.media, task.actions
    made.groundtruth_types, made.reference, made.suffix = task.groundtruth_types, task.reference, task.suffix
    made.segments, made.segmenter, made.suggestible = task.segments, task.segmenter, task.suggestible


def _described(value: Any) -> Described:
    """Take a value apart; one from before the job had attributes is the work alone."""
    if isinstance(value, Mapping) and value.keys() == {"work", "attributes"}:
        return Described(work=value["work"], attributes=dict(value["attributes"]))
    return Described(work=value)


def _change(change: Any) -> DescribedChange:
    """Take a change apart; one from before the job had attributes is a change of the work."""
    if isinstance(change, Mapping) and change.keys() == {"work", "attributes"}:
        return schema.load(change, DescribedChange)
    return DescribedChange(work=change)


def _told(annotation: Any) -> tuple[Any, dict[str, Any] | None]:
    """Take apart what a person gave: the annotation, and the attributes where they are given."""
    if not isinstance(annotation, Mapping) or not annotation.keys() & _PARTS:
        return annotation, None
    if not annotation.keys() <= _PARTS or "annotation" not in annotation or not isinstance(annotation.get("attributes", {}), Mapping):
        raise AnnotationError(f"expected an annotation, or {{'annotation': ..., 'attributes': {{name: value}}}}, got {annotation!r:.80}")
    return annotation["annotation"], dict(annotation["attributes"]) if "attributes" in annotation else None


def _with_attributes(written: tuple[Any, dict[str, Any]], attributes: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    label, metadata = written
    return label, {**metadata, _KEY: dict(attributes)} if attributes else metadata


def _agreed(said: list[dict[str, Any]]) -> dict[str, Any]:
    """Make one set of attributes of several."""
    names = dict.fromkeys(name for attributes in said for name in attributes)
    return {name: _most([attributes[name] for attributes in said if name in attributes]) for name in names}


def _most(values: list[Any]) -> Any:
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return median_low(values)
    most, _ = Counter(map(repr, values)).most_common(1)[0]
    return next(value for value in values if repr(value) == most)


def _dump(value: Described) -> dict[str, Any]:
    return {"work": value.work, "attributes": dict(value.attributes)}
