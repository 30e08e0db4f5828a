"""Rules for the files that labels refer to, of which masks are most; developer guide, "Semantic segmentation job output".

Files are looked at where they are on this machine, or when asked to.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from nblabel.errors import AnnotationError, MediaError, StorageError
from nblabel.geometry.mask_png import check_mask, parse_color_map
from nblabel.manifest.lint.rules import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nblabel.manifest.lint.record import Label

_MASKS = "groundtruth/semantic-segmentation"


@rule("label", "LABEL_FILE_NOT_FOUND", "error", remedy="Check the path; one that is relative starts from the folder of the manifest.")
def file_not_found(label: Label) -> Iterator[Problem]:
    """The file that a label refers to is not there."""
    if isinstance(label.content, StorageError):
        yield Problem(str(label.content), label.name)


@rule("label", "LABEL_FILE_UNREADABLE", "error", remedy="Write the file as its type has it, or label the item anew.")
def file_unreadable(label: Label) -> Iterator[Problem]:
    """The file that a label refers to does not have the form that its type has."""
    if not isinstance(label.content, bytes) or label.kind is None:
        return
    if label.type == _MASKS:
        yield from _mask_problems(label, "mask-unreadable")
        return
    try:
        label.kind.decode(label.content, label.metadata)
    except AnnotationError as error:
        yield Problem(str(error), label.name)


@rule("label", "INVALID_COLOR_MAP", "error", remedy="Write an index, class-name and hex-color for each class, with a colour of its own.")
def invalid_color_map(label: Label) -> Iterator[Problem]:
    """The metadata of a mask does not say which colour is which class."""
    if label.type != _MASKS or label.found is None:
        return
    found = label.metadata.get("internal-color-map")
    if not isinstance(found, dict):
        yield Problem(f"'internal-color-map' is {found!r:.80}, expected an object", label.name)
        return
    try:
        entries = parse_color_map(found)
    except MediaError as error:
        yield Problem(str(error), label.name)
        return
    colors: dict[str, str] = {}
    for name, color in entries.values():
        other = colors.setdefault(color, name)
        if other != name:
            yield Problem(f"{other!r} and {name!r} have the same colour {color}", label.name)


@rule("label", "MASK_SIZE_DIFFERS", "error", remedy="Give the mask of this image, in the size in which the image is stored.")
def mask_size_differs(label: Label) -> Iterator[Problem]:
    """A mask has another size than its image."""
    yield from _mask_problems(label, "mask-size")


@rule("label", "MASK_COLOR_UNKNOWN", "error", remedy="Add the colour to internal-color-map, or paint these pixels with a class.")
def mask_color_unknown(label: Label) -> Iterator[Problem]:
    """A mask has a colour that its metadata does not explain."""
    yield from _mask_problems(label, "mask-colors")


@rule("label", "MASK_NOT_INDEXED", "warning", remedy="Save it as 8-bit palette PNG, index for index; training with SageMaker takes no other.")
def mask_not_indexed(label: Label) -> Iterator[Problem]:
    """A mask is a coloured picture, not one of class indices with a palette."""
    if label.type == _MASKS and isinstance(label.content, bytes) and not list(_mask_problems(label, "mask-unreadable")):
        with Image.open(io.BytesIO(label.content)) as image:
            if image.mode not in {"L", "P"}:
                yield Problem(f"the mask is of the mode {image.mode}, expected a palette", label.name)


def _mask_problems(label: Label, code: str) -> Iterator[Problem]:
    if label.type != _MASKS or not isinstance(label.content, bytes):
        return
    if label.mask_problems is None:
        width, height = (int(side) for side in label.line.sizes[0]) if label.line.sizes else (None, None)
        found = label.metadata.get("internal-color-map")
        label.mask_problems = check_mask(label.content, found if isinstance(found, dict) else None, width=width, height=height)
    for problem in label.mask_problems:
        if problem.code == code:
            yield Problem(problem.message, label.name)
