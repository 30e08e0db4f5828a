"""Bounding boxes: Ground Truth's object detection.

Formats: SageMaker developer guide, "Output data", section *Bounding box job output*.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from numbers import Real
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel import schema
from nblabel.attributes import Attribute, as_attributes, check_attributes, lacking_attribute
from nblabel.consolidation.boxes import box_agreement, consolidate_boxes
from nblabel.depiction import Depiction, Entry, draw_boxes
from nblabel.errors import AnnotationError
from nblabel.keys import Keys
from nblabel.tasks.base import Context, Media, Task, free_id, keep_ids
from nblabel.tasks.shapes import apply_parts, parts_difference, reorder_parts

if TYPE_CHECKING:
    from PIL import Image

    from nblabel.consolidation import Answers, Consolidation
    from nblabel.keys import Keymap
    from nblabel.labels import Instructions, Label
    from nblabel.wire import TaskView

__all__ = ["BoundingBox", "Box", "BoxChange"]

# A box drawn to the border of the image may miss it by a rounding error of the browser's arithmetic; what reaches over is cut off.
_SLACK = 0.01
_ELEMENT = "boundingBox"
_COLUMNS = ["label", "left", "top", "width", "height"]
_ATTRIBUTES = "label-category-attributes"
_ARROWS = {"left": "ArrowLeft", "right": "ArrowRight", "up": "ArrowUp", "down": "ArrowDown"}
_ACTIONS: Keymap = {
    "tool-box": ("b",),
    "tool-extreme-points": ("x",),
    "tool-select": ("v",),
    "new-box": ("n",),
    "front": ("]",),
    "back": ("[",),
    "snap": ("g",),
    "clip": ("Shift+g",),
    **{f"move-{way}": (key,) for way, key in _ARROWS.items()},
    **{f"move-{way}-10": (f"Shift+{key}",) for way, key in _ARROWS.items()},
    **{f"resize-{way}": (f"Alt+{key}",) for way, key in _ARROWS.items()},
    **{f"resize-{way}-10": (f"Alt+Shift+{key}",) for way, key in _ARROWS.items()},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A box in pixels of the stored image, origin top left, and what is written down of its object."""

    id: str
    label: str
    left: float
    top: float
    width: float
    height: float
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxChange:
    """What one gesture did to the boxes of an item.

    Their order is the drawing order; new boxes come last unless `at` says where. `order` names all boxes there are then, in a new order; an empty one
    changes nothing.
    """

    created: list[Box] = field(default_factory=list)
    updated: list[Box] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    order: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Drawn:
    label: str
    left: float
    top: float
    width: float
    height: float
    attributes: dict[str, Any] = field(default_factory=dict)


class BoundingBox(Task):
    """Draw a box around every object of the given classes.

    Parameters
    ----------
    labels : iterable of str or Label
        The classes; a class's place in the list is its ``class_id``.
    attributes : iterable of str or Attribute, optional
        What is written down of every box.
    clip : bool, optional
        Whether boxes end at the border of the image. When False, boxes of objects that reach out of the picture may do so too.
    instructions : str or Instructions, optional
        What the person who labels is told.

    Notes
    -----
    Ground Truth's bounding boxes have no attributes; they are written as its video and point cloud tasks write theirs: the key
    ``label-category-attributes`` of each annotation that has any.

    Examples
    --------
    >>> task = BoundingBox(["cat", "dog"], instructions="Draw tight boxes.")
    >>> task
    BoundingBox(['cat', 'dog'])

    An annotation is a list of boxes:

    >>> media = Media(width=640, height=480, depth=3)
    >>> value = task.begin([{"label": "dog", "left": 10, "top": 20.5, "width": 30, "height": 40}], media)
    >>> task.annotation(value)
    [{'label': 'dog', 'left': 10, 'top': 20.5, 'width': 30, 'height': 40}]

    With attributes, a box that has some has a key for them: ``{"label": "dog", ..., "attributes": {"breed": "Collie"}}``.
    """

    type = "bounding-box"
    title = "Bounding boxes"
    media = "image"
    groundtruth_types = ("groundtruth/object-detection",)
    actions = _ACTIONS
    wire_types = (Attribute, Box, BoxChange)

    attributes: tuple[Attribute, ...] = ()
    clip: bool = True

    def __init__(
        self,
        labels: Iterable[str | Label],
        *,
        attributes: Iterable[str | Attribute] = (),
        clip: bool = True,
        instructions: str | Instructions | None = None,
    ) -> None:
        super().__init__(labels, instructions=instructions)
        self.attributes = as_attributes(attributes)
        self.clip = clip

    def view(self, keys: Keys = Keys()) -> TaskView:  # noqa: B008 - it is frozen
        """Describe the task to a front end; see `Task.view`."""
        view = super().view(keys)
        attributes = [{**schema.dump(one), "choices": list(one.choices), "labels": list(one.labels)} for one in self.attributes]
        view.settings.update(attributes=attributes, clip=self.clip)
        return view

    def lacking(self, value: Any) -> str | None:
        """Say which box lacks a required attribute; see `Task.lacking`."""
        for box in value:
            name = lacking_attribute(self.attributes, box["label"], box.get("attributes", {}))
            if name is not None:
                return f"Every {box['label']} needs {name!r}."
        return None

    def begin(self, annotation: Any, media: Media, present: Any = None) -> list[dict[str, Any]]:
        """Make the value for a list of boxes; see `Task.begin`."""
        drawn = schema.load(_plain(annotation), list[_Drawn]) if annotation is not None else []
        boxes = [Box(id=_new_id(), **{side.name: getattr(box, side.name) for side in fields(box)}) for box in drawn]
        value = _dump(self._accept(boxes, media, path="", known=schema.load(present or [], list[Box])))
        return keep_ids(value, present) if present else value

    def apply(self, value: Any, change: Any, media: Media) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Apply a `BoxChange`; see `Task.apply`."""
        before = schema.load(value, list[Box])
        wanted = schema.load(change, BoxChange)
        created = self._accept(wanted.created, media, path="/created", known=before)
        updated = self._accept(wanted.updated, media, path="/updated", known=before)
        after, inverse = apply_parts(before, replace(wanted, created=created, updated=updated), what="box")
        order = [box.id for box in before] if wanted.order else []
        after = reorder_parts(after, wanted.order, what="box") if wanted.order else after
        return _dump(after), schema.dump(BoxChange(**inverse._asdict(), order=order))

    def difference(self, before: Any, after: Any) -> dict[str, Any] | None:
        """Give the `BoxChange` between two values; see `Task.difference`."""
        return parts_difference(before, after)

    def annotation(self, value: Any) -> list[dict[str, Any]]:
        """Give the boxes of a value without their ids; see `Task.annotation`."""
        return [_with_attributes({column: box[column] for column in _COLUMNS}, box.get("attributes")) for box in value]

    def depict(self, value: Any, shown: Image.Image | str, media: Media) -> Depiction:
        """Draw the boxes into the image; see `Task.depict`."""
        if isinstance(shown, str) or not media.width:
            return super().depict(value, shown, media)
        scale, entries, boxes = shown.width / media.width, [], []
        for box in value:
            left, top, width, height = (box[side] for side in _COLUMNS[1:])
            said = [f"{width:.0f} x {height:.0f} at {left:.0f}, {top:.0f}"]
            said += [f"{name}: {found}" for name, found in box.get("attributes", {}).items()]
            entries.append(Entry(box["label"], self.color_of(box["label"]), ", ".join(said)))
            boxes.append((box["label"], entries[-1].color, (left * scale, top * scale, (left + width) * scale, (top + height) * scale)))
        return Depiction(entries=entries, image=draw_boxes(shown, boxes))

    def encode(self, annotation: Any, context: Context) -> tuple[dict[str, Any], dict[str, Any]]:
        """Write boxes as Ground Truth does; see `Task.encode`.

        Confidence is that of `Context.sureness`.
        """
        ids = dict(self.class_ids)
        for box in annotation:
            ids.setdefault(box["label"], free_id(ids))
        present = sorted({ids[box["label"]] for box in annotation})
        names = {position: name for name, position in ids.items()}
        media = context.media
        label = {
            "image_size": [{"width": media.width, "height": media.height, "depth": media.depth}],
            "annotations": [
                _with_attributes(
                    {"class_id": ids[box["label"]], "top": box["top"], "left": box["left"], "height": box["height"], "width": box["width"]},
                    box.get("attributes"),
                    key=_ATTRIBUTES,
                )
                for box in annotation
            ],
        }
        metadata = {
            "objects": [{"confidence": context.sureness(place)} for place in range(len(annotation))],
            "class-map": {str(position): names[position] for position in present},
            **context.metadata(self.groundtruth_type),
        }
        return label, metadata

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        """Read boxes from a label attribute; see `Task.decode`.

        A ``class_id`` that the class map lacks is taken for one of this task's labels, or else shown as ``#<id>``.
        """
        if not isinstance(label, Mapping) or not isinstance(label.get("annotations"), Sequence):
            raise AnnotationError(f"expected an object with 'annotations', as Ground Truth writes bounding boxes, got {label!r:.80}")
        class_map = (metadata or {}).get("class-map") or {}
        boxes = []
        for position, found in enumerate(label["annotations"]):
            try:
                name = self._class_name(str(found["class_id"]), class_map)
                box = {"label": name, **{side: _number(found[side]) for side in _COLUMNS[1:]}}
                boxes.append(_with_attributes(box, dict(found.get(_ATTRIBUTES) or {})))
            except (KeyError, OverflowError, TypeError, ValueError) as error:
                raise AnnotationError(f"not a box with class_id, left, top, width, height ({error!r})", path=f"/annotations/{position}") from error
        return boxes

    def restore(self, annotation: Any) -> list[dict[str, Any]]:
        """Make the value for boxes of a manifest, whatever their classes; see `Task.restore`."""
        for position, box in enumerate(annotation):
            if not all(math.isfinite(box[side]) for side in _COLUMNS[1:]):
                raise AnnotationError(f"expected numbers of pixels, got {box!r:.80}", path=f"/{position}")
        # One call for all: the system's random numbers are what takes the time when a large manifest is taken in.
        ids = secrets.token_hex(6 * len(annotation))
        return [{"id": ids[12 * place : 12 * place + 12], "attributes": {}, **box} for place, box in enumerate(annotation)]

    def answer_content(self, annotation: Any, media: Media) -> dict[str, Any]:
        """Write boxes as ``crowd-bounding-box`` answers; see `Task.answer_content`."""
        boxes = [{side: box[side] for side in ("height", "label", "left", "top", "width")} for box in annotation]
        return {_ELEMENT: {"boundingBoxes": boxes, "inputImageProperties": {"height": media.height, "width": media.width}}}

    def read_answer(self, content: Mapping[str, Any]) -> Any:
        """Read the answer of a ``crowd-bounding-box``; see `Task.read_answer`."""
        boxes = next((found["boundingBoxes"] for found in content.values() if isinstance(found, Mapping) and "boundingBoxes" in found), None)
        if not isinstance(boxes, list):
            raise AnnotationError(f"expected 'boundingBoxes' in the answer, got {content!r:.80}")
        return [{column: box[column] for column in _COLUMNS} for box in boxes]

    def consolidate(self, answers: Answers, method: str) -> Consolidation:
        """Make one list of boxes an item of several; see `Task.consolidate`."""
        return consolidate_boxes(answers, method)

    def agreement(self, answers: Answers) -> pd.DataFrame:
        """Measure agreement about boxes; see `Task.agreement`."""
        return box_agreement(answers)

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row a box: label, left, top, width, height (px), and ``attributes.<name>`` for each that occurs."""
        frame = pd.DataFrame(annotation, columns=_COLUMNS, dtype=object).astype(dict.fromkeys(_COLUMNS[1:], float))
        for name in dict.fromkeys(name for box in annotation for name in box.get("attributes", ())):
            frame[f"attributes.{name}"] = [box.get("attributes", {}).get(name) for box in annotation]
        return frame

    def separate(self, prediction: Any, media: Media) -> list[tuple[Any, float | None]]:
        """Take predicted boxes apart, cut off where they reach over the image; see `Task.separate`."""
        return [([_clipped(box, media) if self.clip else box for box in boxes], score) for boxes, score in super().separate(prediction, media)]

    def _class_name(self, class_id: str, class_map: Mapping[str, Any]) -> str:
        if class_id in class_map:
            return str(class_map[class_id])
        position = int(class_id) if class_id.isdecimal() else -1
        return self.labels[position].name if 0 <= position < len(self.labels) else f"#{class_id}"

    def _accept(self, boxes: Iterable[Box], media: Media, *, path: str, known: Sequence[Box]) -> list[Box]:
        names = {box.label for box in known}
        attributes = {box.id: box.attributes for box in known}
        anybody = {name: value for box in known for name, value in box.attributes.items()}
        accepted = []
        for position, box in enumerate(boxes):
            self._check(box, path=f"{path}/{position}", known=names)
            before = attributes.get(box.id, anybody)
            check_attributes(self.attributes, box.attributes, path=f"{path}/{position}/attributes", known=before)
            accepted.append(self._inside(box, media, path=f"{path}/{position}"))
        return accepted

    def _check(self, box: Box, *, path: str, known: Iterable[str]) -> None:
        names = [label.name for label in self.labels]
        if box.label not in names and box.label not in known:
            raise AnnotationError(f"label {box.label!r} is not one of the task's: {names}", path=f"{path}/label")
        for side in _COLUMNS[1:]:
            number = getattr(box, side)
            if not math.isfinite(number):
                raise AnnotationError(f"{side} is {number}, expected a number of pixels", path=f"{path}/{side}")
        for side in ("width", "height"):
            if getattr(box, side) <= 0:
                raise AnnotationError(f"{side} is {getattr(box, side)}, expected more than 0 pixels", path=f"{path}/{side}")

    def _inside(self, box: Box, media: Media, *, path: str) -> Box:
        """Cut off what reaches over the image by no more than `_SLACK`; where boxes may reach over it, they must touch it."""
        left, width = self._span(box.left, box.width, media.width, path=f"{path}/left")
        top, height = self._span(box.top, box.height, media.height, path=f"{path}/top")
        return replace(box, left=left, top=top, width=width, height=height)

    def _span(self, start: float, length: float, limit: int | None, *, path: str) -> tuple[float, float]:
        end = start + length
        if limit is None or (start >= 0 and end <= limit):
            return start, length
        first, last = max(start, 0), min(end, limit)
        over = self.clip and (start < -_SLACK or end > limit + _SLACK)
        if over or first >= last:
            raise AnnotationError(f"the box reaches from {start} to {end}, outside the image's 0 to {limit} pixels", path=path)
        return (first, last - first) if self.clip else (start, length)


def _with_attributes(box: dict[str, Any], attributes: Mapping[str, Any] | None, *, key: str = "attributes") -> dict[str, Any]:
    """Add attributes to a box that has any: what has none is written as Ground Truth writes it."""
    return {**box, key: dict(attributes)} if attributes else box


def _clipped(box: Mapping[str, Any], media: Media) -> dict[str, Any]:
    """Cut off what reaches over the image; what is no box, or lies outside, is left for `_check` and `_span` to refuse."""
    clipped = dict(box)
    for start, length, limit in (("left", "width", media.width), ("top", "height", media.height)):
        if limit is None or not all(isinstance(box.get(side), Real) for side in (start, length)):
            continue
        first, last = max(box[start], 0), min(box[start] + box[length], limit)
        if first < last:
            clipped |= {start: first, length: last - first}
    return clipped


def _plain(annotation: Any) -> Any:
    """Accept what users have at hand: frames, and numbers of numpy's types."""
    if isinstance(annotation, pd.DataFrame):
        annotation = annotation.to_dict("records")
    if isinstance(annotation, str | bytes | Mapping) or not isinstance(annotation, Iterable):
        raise AnnotationError(f"expected a list of boxes {{'label', 'left', 'top', 'width', 'height'}}, got {annotation!r:.80}")
    return [_item(box) for box in annotation]


def _item(cell: Any) -> Any:
    if isinstance(cell, Mapping):
        return {key: _item(part) for key, part in cell.items()}
    return cell.item() if hasattr(cell, "item") else cell


def _dump(boxes: Sequence[Box]) -> list[dict[str, Any]]:
    whole = [replace(box, left=_number(box.left), top=_number(box.top), width=_number(box.width), height=_number(box.height)) for box in boxes]
    return list(schema.dump(whole))


def _number(value: Any) -> float:
    """Ground Truth writes whole pixels as integers."""
    number = float(value)
    return int(number) if number.is_integer() else number


def _new_id() -> str:
    return secrets.token_hex(6)
