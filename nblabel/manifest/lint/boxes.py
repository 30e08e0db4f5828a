"""Rules for bounding boxes; sizes are those that Rekognition Custom Labels takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nblabel.manifest.lint.rules import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nblabel.manifest.lint.record import Label

_BOXES = "groundtruth/object-detection"
_MOST = 50
_SLACK = 0.01  # rounding in the browser that drew them


@rule("label", "IMAGE_SIZE_MISSING", "error", remedy="Write image_size with width, height and depth of the image as it is stored.")
def image_size_missing(label: Label) -> Iterator[Problem]:
    """A label of bounding boxes does not say how large the image is."""
    if label.type == _BOXES and label.annotation is not None and isinstance(label.value, dict) and label.image_size is None:
        yield Problem(f"'image_size' is {label.value.get('image_size')!r:.80}, expected [{{'width', 'height', 'depth'}}]", label.name)


@rule("label", "ERROR_INVALID_BOUNDING_BOX", "error", remedy="Draw the box anew; check that image_size is that of the stored image, not turned.")
def invalid_box(label: Label) -> Iterator[Problem]:
    """A bounding box reaches out of its image, or has no size."""
    for place, box in enumerate(label.boxes):
        fault = _fault(label, box)
        if fault:
            yield Problem(f"box {place} {fault}", label.name)


@rule("label", "ERROR_BOUNDING_BOX_TOO_SMALL", "warning", remedy="Take the box out, or draw it anew.")
def box_too_small(label: Label) -> Iterator[Problem]:
    """A bounding box is not larger than 1 x 1 pixels."""
    for place, box in enumerate(label.boxes):
        if 0 < box["width"] <= 1 or 0 < box["height"] <= 1:
            yield Problem(f"box {place} has {box['width']} x {box['height']} pixels", label.name)


@rule("label", "ERROR_TOO_MANY_BOUNDING_BOXES", "warning", remedy="Leave it for Ground Truth; for Rekognition Custom Labels, cut the image up.")
def too_many_boxes(label: Label) -> Iterator[Problem]:
    """An image has more than 50 bounding boxes, the most that Rekognition Custom Labels takes."""
    if len(label.boxes) > _MOST:
        yield Problem(f"the image has {len(label.boxes)} boxes", label.name)


@rule(
    "label",
    "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE",
    "error",
    remedy='Write one {"confidence": ...} a box under "objects".',
)
def missing_confidence(label: Label) -> Iterator[Problem]:
    """The metadata does not have a confidence for each bounding box."""
    if label.type != _BOXES or label.annotation is None:
        return
    found = label.metadata.get("objects")
    objects = found if isinstance(found, list) else []
    known = [entry.get("confidence") for entry in objects if isinstance(entry, dict)]
    if len(objects) != len(label.boxes) or not all(isinstance(number, int | float) and 0 <= number <= 1 for number in known[: len(objects)]):
        yield Problem(f"there are {len(label.boxes)} boxes, and 'objects' is {found!r:.80}", label.name)


@rule("label", "ERROR_NO_VALID_ANNOTATIONS", "error", remedy="Draw the boxes anew.")
def no_valid_box(label: Label) -> Iterator[Problem]:
    """No bounding box of an image lies in it."""
    if label.boxes and all(_fault(label, box) for box in label.boxes):
        yield Problem(f"none of the {len(label.boxes)} boxes lies in the image", label.name)


@rule("label", "WARNING_NO_ANNOTATIONS", "warning", remedy="Leave it, if there is nothing to be seen; training leaves such images out.")
def no_boxes(label: Label) -> Iterator[Problem]:
    """A person labeled an image and drew no bounding box."""
    if _is_empty(label) and label.metadata.get("human-annotated") == "yes":
        yield Problem("the image has no boxes", label.name)


@rule("label", "WARNING_NO_ATTRIBUTE_ANNOTATIONS", "warning", remedy="Let a person look at the image.")
def no_machine_boxes(label: Label) -> Iterator[Problem]:
    """A machine labeled an image and found no bounding box."""
    if _is_empty(label) and label.metadata.get("human-annotated") == "no":
        yield Problem("the image has no boxes", label.name)


def _fault(label: Label, box: dict[str, Any]) -> str | None:
    """Return what keeps a box from lying in its image."""
    left, top, right, bottom = box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"]
    width, height = label.image_size or (math.inf, math.inf)
    if not all(map(math.isfinite, (left, top, right, bottom))) or box["width"] <= 0 or box["height"] <= 0:
        return f"has left {left}, top {top}, width {box['width']}, height {box['height']}"
    if min(left, top) < -_SLACK or right > width + _SLACK or bottom > height + _SLACK:
        return f"reaches from ({left}, {top}) to ({right}, {bottom}), the image has {width} x {height} pixels"
    return None


def _is_empty(label: Label) -> bool:
    return label.type == _BOXES and label.annotation is not None and not label.boxes
