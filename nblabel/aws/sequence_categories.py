"""The label category file of video frames and point clouds.

Source: developer guide, "Label category configuration file with label category and frame attributes reference".
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from nblabel.attributes import Attribute, as_attributes
from nblabel.aws.builtin import builtin_task
from nblabel.aws.markup import escape, paragraphs
from nblabel.errors import RequestError
from nblabel.labels import as_instructions, as_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nblabel.labels import Instructions, Label

__all__ = ["sequence_category_file"]

Shape = Literal["BoundingBox", "Polygon", "Polyline", "Keypoint", "Cuboid"]

_VERSION = "2020-03-01"
_SHAPES = ("BoundingBox", "Polygon", "Polyline", "Keypoint")
_LINKED = ("BoundingBox", "Cuboid")
_MOST_LABELS, _MOST_ATTRIBUTES, _MOST_TEXTS, _MOST_CHOICES = 30, 10, 5, 10
_LONGEST_NAME, _LONGEST_DESCRIPTION, _LONGEST_SHORT, _LONGEST_FULL = 16, 128, 254, 2047


def sequence_category_file(
    task: str,
    labels: Iterable[str | Label],
    *,
    instructions: str | Instructions | None = None,
    attributes: Iterable[str | Attribute | Mapping[str, Any]] = (),
    frame_attributes: Iterable[str | Attribute | Mapping[str, Any]] = (),
    annotation_type: Shape | Sequence[Shape] | None = None,
    of: str | None = None,
    verify: bool = False,
) -> bytes:
    """Write the label category file of a job whose objects are video frames or point clouds.

    Parameters
    ----------
    task : str
        One of the names in `nblabel.aws.BUILTIN_TASKS`: ``"VideoObjectTracking"``, ``"Adjustment3DPointCloudObjectDetection"``, ...
    labels : iterable of str or Label
        The classes, 1 to 30, of up to 16 characters.
    instructions : str or Instructions, optional
        What workers are told: up to 254 characters that stay in sight, up to 2,047 in full, both as HTML.
    attributes : iterable of Attribute, optional
        What is written down of every shape; one with `Attribute.labels` belongs to these classes alone. Up to 10 for a class, 5 of them free texts.
    frame_attributes : iterable of Attribute, optional
        What is written down of every frame; each needs a description. Up to 10, 5 of them free texts.
    annotation_type : str or sequence of str, optional
        What is drawn in video frames: ``"BoundingBox"`` by default, ``"Polygon"``, ``"Polyline"`` or ``"Keypoint"``. For the tracking of point clouds
        with camera images, ``["BoundingBox", "Cuboid"]`` links both.
    of : str, optional
        The label attribute that is adjusted or verified, which such a task needs.
    verify : bool, optional
        Whether labels may only be looked at: no class and no attribute of theirs can be changed, those of frames can.

    Returns
    -------
    bytes
        The file, to be put where ``label_categories=`` of `labeling_job_request` says.

    Raises
    ------
    RequestError
        Ground Truth would refuse it.

    Examples
    --------
    >>> occluded = Attribute("occluded", choices=["no", "yes"])
    >>> sequence_category_file("VideoObjectDetection", ["car"], attributes=[occluded], annotation_type="Polygon").decode()  # doctest: +ELLIPSIS
    '{"documentVersion":"2020-03-01","categoryGlobalAttributes":[{"name":"occluded","type":"string","enum":["no","yes"]}],"labels":[{"label":"car"}],...
    """
    builtin = builtin_task(task)
    if not builtin.sequence:
        _refuse("task", task, "it is not one of video frames or point clouds", "use nblabel.aws.labeling_job_request for the names of those")
    if (of is None) == (builtin.purpose == "adjust"):
        rule, remedy = (
            ("it needs the label attribute that it begins with", "give of=") if of is None else ("it begins with no labels", "leave of= out")
        )
        _refuse("auditLabelAttributeName", of, f"{task}: {rule}", remedy)
    if verify and of is None:
        _refuse("editsAllowed", task, "labels are verified by an Adjustment task whose labels cannot be edited", f"use 'Adjustment{task}'")
    classes = as_labels(labels)
    told = as_instructions(instructions)
    per_shape, per_frame = as_attributes(attributes), as_attributes(frame_attributes)
    _check_classes(classes)
    _check_attributes(per_shape, per_frame, [label.name for label in classes])
    edits = {} if of is None else {"editsAllowed": "none" if verify else "any"}
    general = [_attribute(each) | (edits if verify else {}) for each in per_shape if not each.labels]
    content = {
        "documentVersion": _VERSION,
        **_given(frameAttributes=[_attribute(each) for each in per_frame], categoryGlobalAttributes=general),
        "labels": [_class(label, per_shape, edits, verify=verify) for label in classes],
        "instructions": _instructions(told),
        **_given(annotationType=_annotation_type(task, annotation_type), auditLabelAttributeName=of),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _given(**found: Any) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value}


def _class(label: Label, attributes: Iterable[Attribute], edits: dict[str, str], *, verify: bool) -> dict[str, Any]:
    own = [_attribute(each) | (edits if verify else {}) for each in attributes if each.labels and each.belongs_to(label.name)]
    return {"label": label.name, **_given(categoryAttributes=own), **edits}


def _attribute(attribute: Attribute) -> dict[str, Any]:
    limits = {} if attribute.minimum is None or attribute.maximum is None else {"minimum": int(attribute.minimum), "maximum": int(attribute.maximum)}
    return {
        "name": attribute.name,
        **_given(description=attribute.description),
        "type": attribute.type,
        **limits,
        **_given(enum=list(attribute.choices), isRequired=attribute.required),
    }


def _instructions(told: Instructions) -> dict[str, str]:
    short, full = escape(told.short), paragraphs(told.full or told.short)
    for name, text, most in (("shortInstruction", short, _LONGEST_SHORT), ("fullInstruction", full, _LONGEST_FULL)):
        if len(text) > most:
            _refuse(f"instructions.{name}", text, f"it has {len(text):,} characters as HTML, the worker page takes {most:,}", "make it shorter")
    if told.good or told.bad:
        _refuse("instructions", "examples", "the worker page of AWS shows texts alone", "leave good= and bad= out")
    return {"shortInstruction": short, "fullInstruction": full}


def _annotation_type(task: str, given: Shape | Sequence[Shape] | None) -> str | list[dict[str, str]] | None:
    name = "annotationType"
    if "Video" in task:
        shape = "BoundingBox" if given is None else given
        if not isinstance(shape, str) or shape not in _SHAPES:
            _refuse(name, given, f"in video frames it must be one of {', '.join(_SHAPES)}", "choose one of them")
        return shape
    if given is None:
        return None
    if isinstance(given, str) or sorted(given) != list(_LINKED) or not task.endswith("3DPointCloudObjectTracking"):
        _refuse(name, given, f"of point clouds, only their tracking has one, {list(_LINKED)}", "leave annotation_type= out")
    return [{"type": shape} for shape in _LINKED]


def _check_classes(classes: Sequence[Label]) -> None:
    if not 1 <= len(classes) <= _MOST_LABELS:
        _refuse("labels", len(classes), f"video frames and point clouds have 1 to {_MOST_LABELS} classes", "split them into several jobs")
    for label in classes:
        if len(label.name) > _LONGEST_NAME:
            _refuse("labels", label.name, f"the name of a class has at most {_LONGEST_NAME} characters here", "shorten it")


def _check_attributes(per_shape: Sequence[Attribute], per_frame: Sequence[Attribute], classes: Sequence[str]) -> None:
    for each in (*per_shape, *per_frame):
        _check_attribute(each)
    for each in per_frame:
        if not each.description or each.labels:
            rule = "an attribute of frames needs a description, and belongs to no class"
            _refuse("frameAttributes", each.name, rule, "give description=, and leave labels= out")
    for each in per_shape:
        if unknown := [name for name in each.labels if name not in classes]:
            _refuse("categoryAttributes", each.name, f"{unknown[0]!r} is not one of the classes {list(classes)}", "correct its labels=")
    _check_count("frameAttributes", per_frame)
    for name in classes:
        _check_count(f"categoryAttributes of {name!r}", [each for each in per_shape if each.belongs_to(name)])


def _check_attribute(attribute: Attribute) -> None:
    field = f"the attribute {attribute.name!r}"
    numbers = (attribute.minimum, attribute.maximum)
    if len(attribute.name) > _LONGEST_NAME:
        _refuse(field, attribute.name, f"its name has at most {_LONGEST_NAME} characters", "shorten it")
    if len(attribute.description or "") > _LONGEST_DESCRIPTION:
        _refuse(field, attribute.description, f"its description has at most {_LONGEST_DESCRIPTION} characters", "shorten it")
    if attribute.type == "number" and any(number is None or not float(number).is_integer() for number in numbers):
        _refuse(field, numbers, "a number needs a minimum and a maximum, both whole", "give minimum= and maximum=")
    if len(attribute.choices) > _MOST_CHOICES or any(len(choice) > _LONGEST_NAME for choice in attribute.choices):
        _refuse(
            field, attribute.choices, f"it has at most {_MOST_CHOICES} choices of up to {_LONGEST_NAME} characters", "leave some out, or shorten them"
        )


def _check_count(field: str, attributes: Sequence[Attribute]) -> None:
    texts = Counter(each.type == "string" and not each.choices for each in attributes)[True]
    if len(attributes) > _MOST_ATTRIBUTES or texts > _MOST_TEXTS:
        found = [each.name for each in attributes]
        _refuse(field, found, f"there are at most {_MOST_ATTRIBUTES}, of which {_MOST_TEXTS} free texts", "leave some out, or give choices=")


def _refuse(field: str, value: Any, rule: str, remedy: str) -> NoReturn:
    raise RequestError(field, value, rule, remedy=remedy)
