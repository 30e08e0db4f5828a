"""What image and text classification have in common: classes for the whole item, one or several.

Formats: SageMaker developer guide, "Output data", sections *Classification job output* and *Multi-label classification job output*; the exclusion
category is that of ``crowd-image-classifier-multi-select``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pandas as pd

from nblabel import schema
from nblabel.consolidation.choices import choice_agreement, consolidate_choices, consolidate_sets, set_agreement
from nblabel.depiction import Depiction, Entry
from nblabel.errors import AnnotationError, TaskError
from nblabel.keys import Keys
from nblabel.tasks.base import Context, Media, Task, free_id
from nblabel.wire import LabelView

if TYPE_CHECKING:
    from PIL import Image

    from nblabel.consolidation import Answers, Consolidation
    from nblabel.labels import Instructions, Label
    from nblabel.wire import TaskView

__all__ = ["Choice", "Classification"]

_NONE_OF_THESE = "None of these"
_EXCLUSION_KEYS = "0n"
_EXCLUSION_COLOR = "#8c8c8c"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The classes of an item, and whether a person said that none fits; as a change it takes the place of the choice before."""

    labels: list[str] = field(default_factory=list)
    none: bool = False


class Classification(Task):
    """Choose the class of an item, or all classes that fit.

    Parameters
    ----------
    labels : iterable of str or Label
        The classes; a class's place in the list is its index in the output.
    multiple : bool, optional
        Whether an item may have several classes.
    exclusion : str, optional
        What the choice is called that excludes all classes; only with `multiple`, ``"None of these"`` by default.
    instructions : str or Instructions, optional
        What the person who labels is told.

    Raises
    ------
    TaskError
        When there is an exclusion without `multiple`, or a class of the same name.
    """

    label_keys: ClassVar[str] = "1234567890qwertyuiophjklzxc"
    wire_types: ClassVar[tuple[type, ...]] = (Choice,)

    def __init__(
        self,
        labels: Iterable[str | Label],
        *,
        multiple: bool = False,
        exclusion: str | None = None,
        instructions: str | Instructions | None = None,
    ) -> None:
        super().__init__(labels, instructions=instructions)
        if exclusion is not None and not multiple:
            raise TaskError("exclusion= needs multiple=True; where an item has one class, make 'none of these' a class of its own")
        self.multiple = multiple
        self.exclusion = (exclusion or _NONE_OF_THESE) if multiple else None
        if self.exclusion in self.class_ids:
            raise TaskError(f"{self.exclusion!r} is a class and excludes all classes; name one of the two otherwise: exclusion=")

    def _arguments(self) -> str:
        return f"{super()._arguments()}{', multiple=True' if self.multiple else ''}"

    @property
    def groundtruth_type(self) -> str:
        """The type of labels of one class, or of several; see `Task.groundtruth_type`."""
        return self.groundtruth_types[self.multiple]

    @classmethod
    def reader(cls, groundtruth_type: str) -> Self:
        """Make a task that can read labels; see `Task.reader`."""
        task = super().reader(groundtruth_type)
        task.multiple = groundtruth_type == cls.groundtruth_types[True]
        task.exclusion = _NONE_OF_THESE if task.multiple else None
        return task

    def view(self, keys: Keys = Keys()) -> TaskView:  # noqa: B008 - it is frozen
        """Describe the task to a front end; see `Task.view`."""
        view = super().view(keys)
        view.settings.update(multiple=self.multiple, exclusion=self.exclusion)
        return view

    def label_views(self) -> list[LabelView]:
        """Describe the classes to a front end, to which what excludes all of them is a class like the others."""
        views = super().label_views()
        if self.exclusion is not None:
            taken = {label.key for label in self.labels}
            key = next((key for key in _EXCLUSION_KEYS if key not in taken), None)
            views.append(LabelView(name=self.exclusion, color=_EXCLUSION_COLOR, key=key))
        return views

    def begin(self, annotation: Any, media: Media, present: Any = None) -> dict[str, Any]:  # noqa: ARG002
        """Make the value for a class name, or for a list of them; see `Task.begin`."""
        if annotation is None:
            return _dump(Choice())
        return _dump(self._accept(self._choice(annotation), known=(present or {}).get("labels", ())))

    def apply(self, value: Any, change: Any, media: Media) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ARG002
        """Put one choice in the place of another; see `Task.apply`."""
        before = schema.load(value, Choice)
        return _dump(self._accept(schema.load(change, Choice), known=before.labels)), _dump(before)

    def lacking(self, value: Any) -> str | None:
        """Ask for a choice where there is none; see `Task.lacking`."""
        if value["labels"] or value["none"]:
            return None
        return f"choose the classes first, or {self.exclusion!r}" if self.multiple else "choose a class first"

    def difference(self, before: Any, after: Any) -> dict[str, Any] | None:
        """Give the choice that takes the other's place; see `Task.difference`."""
        return None if before == after else dict(after)

    def annotation(self, value: Any) -> str | list[str] | None:
        """Give the class name, or the list of them, None while nothing is chosen; see `Task.annotation`.

        Raises
        ------
        AnnotationError
            When the item has several classes, chosen when the task allowed them.
        """
        names: list[str] = value["labels"]
        if self.multiple:
            return list(names) if names or value["none"] else None
        if len(names) > 1:
            raise AnnotationError(f"{names} were chosen here before, but this task takes one class; give it multiple=True, or another attribute=")
        return names[0] if names else None

    def depict(self, value: Any, shown: Image.Image | str, media: Media) -> Depiction:
        """List the classes; see `Task.depict`."""
        names = [self.exclusion] if value["none"] and self.exclusion else value["labels"]
        return replace(super().depict(value, shown, media), entries=[Entry(name, self.color_of(name)) for name in names])

    def encode(self, annotation: Any, context: Context) -> tuple[int | list[int], dict[str, Any]]:
        """Write classes as Ground Truth does; see `Task.encode`.

        Confidence is that of `Context.sureness`.
        """
        ids = dict(self.class_ids)
        names = annotation if self.multiple else [annotation]
        for name in names:
            ids.setdefault(name, free_id(ids))
        common = context.metadata(self.groundtruth_type)
        if not self.multiple:
            return ids[annotation], {"class-name": annotation, "confidence": context.sureness(), **common}
        class_map = {str(ids[name]): name for name in names}
        confidences = {index: context.sureness(place) for place, index in enumerate(class_map)}
        return [ids[name] for name in names], {"class-map": class_map, "confidence-map": confidences, **common}

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> str | list[str]:
        """Read classes from a label; an index may be a text, as some files have it; see `Task.decode`."""
        indices = [_index(index) for index in (label if isinstance(label, list) else [label])]
        class_map = self.class_map(label, metadata)
        names = [self._class_name(index, class_map) for index in indices]
        if self.multiple:
            return list(dict.fromkeys(names))
        if len(names) != 1:
            raise AnnotationError(f"expected the index of one class, got {label!r:.80}")
        return names[0]

    def class_map(self, label: Any, metadata: Mapping[str, Any] | None) -> dict[str, str]:
        """Tell which class an index means; a single class has its name beside it; see `Task.class_map`."""
        found = super().class_map(label, metadata)
        name = (metadata or {}).get("class-name")
        if isinstance(name, str) and not isinstance(label, list):
            found.setdefault(_index(label), name)
        return found

    def restore(self, annotation: Any) -> dict[str, Any]:
        """Make the value for classes of a manifest, whether the task has them or not; see `Task.restore`."""
        return _dump(self._choice(annotation))

    def answer_content(self, annotation: Any, media: Media) -> dict[str, Any]:  # noqa: ARG002
        """Write the choice as the classifier element of the media answers; see `Task.answer_content`."""
        element = "crowd-image-classifier" if self.media == "image" else "crowd-classifier"
        return {f"{element}-multi-select": {"labels": list(annotation)}} if self.multiple else {element: {"label": annotation}}

    def read_answer(self, content: Mapping[str, Any]) -> Any:
        """Read the answer of a classifier element; see `Task.read_answer`."""
        name = "labels" if self.multiple else "label"
        for found in content.values():
            if isinstance(found, Mapping) and name in found:
                return found[name]
        raise AnnotationError(f"expected {name!r} in the answer, got {content!r:.80}")

    def consolidate(self, answers: Answers, method: str) -> Consolidation:
        """Make one choice an item of several; see `Task.consolidate`."""
        return consolidate_sets(answers, method) if self.multiple else consolidate_choices(answers, method)

    def agreement(self, answers: Answers) -> pd.DataFrame:
        """Measure agreement about classes; see `Task.agreement`."""
        return set_agreement(answers) if self.multiple else choice_agreement(answers)

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row a class: label."""
        return pd.DataFrame({"label": pd.Series([annotation] if isinstance(annotation, str) else annotation, dtype=object)})

    def separate(self, prediction: Any, media: Media) -> list[tuple[Any, float | None]]:
        """Take predicted classes apart: a name, a name and its score, or a list of ``{"label", "score"}``; see `Task.separate`."""
        names, *scores = prediction if isinstance(prediction, tuple) else (prediction,)
        if isinstance(names, str | Mapping):
            names, scores = [names], [scores]
        if isinstance(names, list):
            names = [{"label": name} if isinstance(name, str) else name for name in names]
        parts = (names, *scores) if scores else names
        separated = super().separate(parts, media)
        return [([part.get("label")] if self.multiple else part.get("label", ""), score) for (part,), score in separated]

    def predicted(self, cell: Any, metadata: Mapping[str, Any] | None) -> Any:
        """Read a prediction from a cell, also classes as Ground Truth writes them, by index; see `Task.predicted`."""
        if isinstance(cell, str | Mapping) or metadata is None:
            return cell
        found = self.decode(cell, metadata)
        confidences = metadata.get("confidence-map") or {}
        if isinstance(found, str):
            return found, metadata.get("confidence")
        return found, [confidences.get(str(_index(index))) for index in cell]

    def parts(self, value: Any) -> dict[str, dict[str, Any]]:
        """Give the classes that an item has; see `Task.parts`."""
        return {name: {"id": name, "label": name} for name in value["labels"]}

    def identify(self, part: Mapping[str, Any], source: str) -> str:  # noqa: ARG002
        """Name a suggested class by itself; see `Task.identify`."""
        return str(part["id"])

    def accept(self, value: Any, parts: Iterable[Any]) -> Any:
        """Give the change that chooses suggested classes; see `Task.accept`."""
        names = [part["label"] for part in parts]
        labels = list(dict.fromkeys([*value["labels"], *names])) if self.multiple else names[:1]
        return self.difference(value, {**value, "labels": labels, "none": False})

    def _choice(self, annotation: Any) -> Choice:
        if isinstance(annotation, str):
            return Choice(labels=[annotation])
        if isinstance(annotation, Mapping | bytes) or not isinstance(annotation, Iterable):
            wanted = "a list of class names" if self.multiple else "a class name"
            raise AnnotationError(f"expected {wanted}, got {annotation!r:.80}")
        names = [_name(name, place) for place, name in enumerate(annotation)]
        return Choice(labels=names, none=self.multiple and not names)

    def _accept(self, choice: Choice, *, known: Iterable[str]) -> Choice:
        names = [label.name for label in self.labels]
        for place, name in enumerate(choice.labels):
            if name not in names and name not in known:
                raise AnnotationError(f"label {name!r} is not one of the task's: {names}", path=f"/labels/{place}")
            if name in choice.labels[:place]:
                raise AnnotationError(f"label {name!r} is chosen twice; name each class once", path=f"/labels/{place}")
        if not self.multiple and (len(choice.labels) > 1 or choice.none):
            raise AnnotationError(f"got {choice.labels}, but this task takes one class; for several make it with multiple=True", path="/labels")
        if choice.none and choice.labels:
            raise AnnotationError(f"{choice.labels} and {self.exclusion!r} exclude each other; choose the ones or the other", path="/none")
        return choice

    def _class_name(self, index: str, class_map: Mapping[str, str]) -> str:
        if index in class_map:
            return class_map[index]
        if index in self.class_ids:  # some files have the name where the index belongs
            return index
        position = int(index) if index.isdecimal() else -1
        return self.labels[position].name if 0 <= position < len(self.labels) else f"#{index}"


def _name(name: Any, place: int) -> str:
    if not isinstance(name, str):
        raise AnnotationError(f"expected the name of a class, got {name!r:.80}", path=f"/labels/{place}")
    return str(name)


def _index(index: Any) -> str:
    """Give a class index as class maps have it."""
    if isinstance(index, float) and index.is_integer():
        return str(int(index))
    if isinstance(index, bool | Mapping | list) or not isinstance(index, int | str):
        raise AnnotationError(f"expected the index of a class, got {index!r:.80}")
    return str(index)


def _dump(choice: Choice) -> dict[str, Any]:
    return dict(schema.dump(choice))
