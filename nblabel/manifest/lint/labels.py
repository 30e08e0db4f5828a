"""Rules for label attributes and their metadata: developer guide, "Output data" and `LabelAttributeName` of the API reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel.errors import FrameError
from nblabel.manifest.attributes import check_attribute_name, metadata_name
from nblabel.manifest.dates import read_date
from nblabel.manifest.lint.rules import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nblabel.manifest.lint.record import Label, Line, Manifest

_LONGEST_NAME = 256
_RESPONSES = "worker-response-ref"
_ONE_CLASS = ("image-classification", "text-classification", "label-verification", "video-classification")


@rule("label", "ERROR_NO_LABEL_ATTRIBUTES", "error", remedy="Give both, or neither; without its metadata nobody can read a label.")
def half_a_pair(label: Label) -> Iterator[Problem]:
    """A line has a label without its metadata, or metadata without its label."""
    if label.found is None:
        yield Problem(f"the line has {label.pair.label!r} and no {label.pair.metadata!r}", label.name)
    elif label.value is None and _RESPONSES not in label.metadata and not _failure(label):
        yield Problem(f"the line has {label.pair.metadata!r} and no {label.pair.label or label.name!r}", label.name)


@rule("label", "LABELING_FAILED", "warning", remedy="See what it says; then give the item to a new job.")
def labeling_failed(label: Label) -> Iterator[Problem]:
    """The metadata say why there is no label: the labeling of the item failed."""
    if reason := _failure(label):
        yield Problem(f"'failure-reason' is {reason!r:.200}", label.name)


@rule("label", "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", "error", remedy="Write the metadata as Ground Truth does.")
def invalid_metadata(label: Label) -> Iterator[Problem]:
    """The metadata of a label lacks a field, or a field is not of its form."""
    if label.found is None or _failure(label):
        return
    name = label.pair.metadata
    if not isinstance(label.found, dict):
        yield Problem(f"{name!r} is {label.found!r:.80}, expected an object", label.name)
        return
    found = label.metadata
    if not isinstance(found.get("type"), str):
        yield Problem(f"'type' is {found.get('type')!r:.80}, expected one such as 'groundtruth/object-detection'", label.name)
    if found.get("human-annotated") not in {"yes", "no"}:
        yield Problem(f"'human-annotated' is {found.get('human-annotated')!r:.80}, expected 'yes' or 'no'", label.name)
    if read_date(found.get("creation-date")) is None:
        yield Problem(f"'creation-date' is {found.get('creation-date')!r:.80}, expected a date such as '2024-03-04T09:51:00.148118'", label.name)
    if label.type in {f"groundtruth/{kind}" for kind in _ONE_CLASS} and not isinstance(found.get("class-name"), str):
        yield Problem(f"'class-name' is {found.get('class-name')!r:.80}, expected the name of the class", label.name)
    for value in _confidences(found):
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            yield Problem(f"a 'confidence' is {value!r:.80}, expected a number from 0 to 1", label.name)


@rule("label", "ERROR_UNSUPPORTED_USE_CASE_TYPE", "warning", remedy="Correct it; labels of a form of your own have the type groundtruth/custom.")
def unknown_type(label: Label) -> Iterator[Problem]:
    """The type of a label is none that Ground Truth writes."""
    if isinstance(label.metadata.get("type"), str) and label.kind is None:
        yield Problem(f"'type' is {label.metadata['type']!r:.80}", label.name)


@rule(
    "label",
    "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT",
    "error",
    remedy="Write the label as its type has it, or label the item anew.",
)
def invalid_label(label: Label) -> Iterator[Problem]:
    """A label does not have the form that its type has."""
    if label.problem is not None:
        yield Problem(label.problem, label.name)
    elif label.kind is not None and label.kind.reference and label.value is not None and not (isinstance(label.value, str) and label.value.strip()):
        yield Problem(f"expected the path or URL of a file, got {label.value!r:.80}", label.name)


@rule("label", "INVALID_FRAME_ATTRIBUTES", "warning", remedy="Write an object of names, and of texts or numbers; nl.WithAttributes does.")
def invalid_frame_attributes(label: Label) -> Iterator[Problem]:
    """What is written down of a whole item does not have the form that Ground Truth's attributes of frames have."""
    found = label.metadata.get("frame-attributes", {})
    values = found.values() if isinstance(found, dict) else [None]
    if not all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in values):
        yield Problem(f"'frame-attributes' is {found!r:.80}, expected an object of texts and numbers", label.name)


@rule("label", "ERROR_MISSING_CLASS_MAP_ID", "error", remedy="Add the id and its name to the class map.")
def missing_class(label: Label) -> Iterator[Problem]:
    """A label has a class id that the class map of its metadata lacks."""
    if label.kind is None or label.problem is not None:
        return
    for index in dict.fromkeys(_class_ids(label.value)):
        if index not in label.classes:
            yield Problem(f"class id {index} is not in the class map, which has {list(label.classes)!r:.80}", label.name)


@rule("label", "ERROR_INVALID_LABEL_NAME_LENGTH", "error", remedy="Name the class with 1 to 256 characters.")
def invalid_class_name(label: Label) -> Iterator[Problem]:
    """The name of a class is empty, or has more than 256 characters."""
    for index, name in label.classes.items():
        if not 0 < len(name) <= _LONGEST_NAME:
            yield Problem(f"the name of class {index} has {len(name)} characters", label.name)


@rule("line", "ERROR_NO_VALID_LABEL_ATTRIBUTES", "error", remedy="Repair one of them, or take all of them out and label the item anew.")
def no_valid_label(line: Line) -> Iterator[Problem]:
    """A line has labels, and none of them is well formed."""
    if line.labels and line.invalid.issuperset(label.name for label in line.labels):
        yield Problem(f"none of {[label.name for label in line.labels]} is well formed")


@rule("manifest", "INVALID_ATTRIBUTE_NAME", "error", remedy="Rename the attribute and its metadata.")
def invalid_attribute_name(manifest: Manifest) -> Iterator[Problem]:
    """A label attribute has a name that Ground Truth does not allow."""
    for pair in manifest.pairs:
        try:
            check_attribute_name(pair.attribute)
        except FrameError as error:
            yield Problem(str(error), pair.attribute)


@rule("manifest", "INVALID_REFERENCE_NAME", "error", remedy="Rename the attribute and its metadata.")
def invalid_reference_name(manifest: Manifest) -> Iterator[Problem]:
    """The name of a label attribute ends in -ref although its labels are no files, or does not although they are."""
    for pair in manifest.pairs:
        for name in manifest.types[pair.attribute]:
            kind = manifest.kinds[name]
            if kind is not None and pair.label is not None and kind.reference != pair.attribute.endswith("-ref") and name != "groundtruth/custom":
                wanted = "must end in -ref" if kind.reference else "must not end in -ref"
                yield Problem(f"labels of the type {name} stand under a name that {wanted}", pair.attribute)


@rule("manifest", "METADATA_NAME_DIFFERS", "error", remedy="Rename one of the two, so that the one is the other with -metadata at the end.")
def metadata_name_differs(manifest: Manifest) -> Iterator[Problem]:
    """A label and its metadata have names that do not pair, so that Ground Truth does not find the one by the other."""
    for pair in manifest.pairs:
        if pair.label is not None and pair.metadata != metadata_name(pair.label):
            yield Problem(f"the metadata of {pair.label!r} is {pair.metadata!r}, expected {metadata_name(pair.label)!r}", pair.attribute)


@rule("manifest", "CLASS_MAPS_DIFFER", "warning", remedy="Give each class one id in all lines before training on the ids.")
def class_maps_differ(manifest: Manifest) -> Iterator[Problem]:
    """A class id stands for different classes on different lines."""
    for attribute, ids in manifest.names.items():
        for index, names in ids.items():
            if len(names) > 1:
                shown = ", ".join(f"{name!r} ({count:,} times)" for name, count in names.most_common(3))
                yield Problem(f"class id {index} is {shown}", attribute)


def _failure(label: Label) -> str | None:
    """Return why an item that has no label was not labeled."""
    reason = label.metadata.get("failure-reason") if label.value is None else None
    return reason if isinstance(reason, str) and reason else None


def _class_ids(label: Any) -> list[str]:
    """Return the class ids in a label, as class maps have them."""
    if isinstance(label, dict):
        parts = label.get("annotations")
        parts = parts if isinstance(parts, list) else []
        return [str(part[key]) for part in parts if isinstance(part, dict) for key in ("class_id", "class-id") if key in part]
    return [str(index) for index in label if isinstance(index, int | str)] if isinstance(label, list) else []


def _confidences(metadata: dict[str, Any]) -> list[Any]:
    found = [metadata["confidence"]] if "confidence" in metadata else []
    numbers = metadata.get("confidence-map")
    return [*found, *(numbers.values() if isinstance(numbers, dict) else ())]
