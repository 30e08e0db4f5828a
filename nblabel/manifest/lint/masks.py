"""Rules for the files that labels refer to, of which masks are most; developer guide, "Semantic segmentation job output".

Files are looked at where they are on this machine, or when asked to.
"""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING

from PIL import Image

from nblabel.errors import AnnotationError, MediaError, StorageError
from nblabel.geometry.mask_png import BACKGROUND, check_mask, chunk_names, decode_mask, parse_color_map
from nblabel.manifest.lint.rules import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nblabel.manifest.lint.record import Label

_MASKS = "groundtruth/semantic-segmentation"
_CHUNKS = ["IHDR", "PLTE", "IDAT", "IEND"]
_INDEXED = {"1", "L", "P"}
_BITS = 8
_DEPTH = 24  # where a PNG file has its bits a channel


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
    """A mask is a coloured picture, or has less than 8 bits a pixel; not class indices of 8 bits with a palette."""
    content = _readable(label)
    if content is None:
        return
    with Image.open(io.BytesIO(content)) as image:
        mode = image.mode
    depth = content[_DEPTH]
    if mode not in _INDEXED:
        yield Problem(f"the mask is of the mode {mode}, expected a palette", label.name)
    elif depth < _BITS:
        yield Problem(f"the mask has {depth} bits a pixel, expected {_BITS}", label.name)


@rule("label", "MASK_CHUNKS_DIFFER", "warning", remedy="Save it as palette PNG without transparency, colour profile, text or animation.")
def mask_chunks_differ(label: Label) -> Iterator[Problem]:
    """A mask of indices has other parts than header, palette, pixels and end (IHDR, PLTE, IDAT, IEND), which Ground Truth writes in this order."""
    content = _readable(label)
    if content is None:
        return
    names = chunk_names(content)
    with Image.open(io.BytesIO(content)) as image:
        indexed = image.mode in _INDEXED
    if indexed and [name for name, _ in groupby(names)] != _CHUNKS:
        yield Problem(f"the mask has the chunks {', '.join(name for name, _ in groupby(names)):.80}, expected {', '.join(_CHUNKS)}", label.name)


@rule("label", "MASK_INDICES_DIFFER", "warning", remedy="Write the mask anew: colours tell its classes here, but training reads the indices.")
def mask_indices_differ(label: Label) -> Iterator[Problem]:
    """A mask has the colour of a class under another index than its class map has, as some masks of 2020 have."""
    content = _readable(label)
    found = label.metadata.get("internal-color-map")
    # Where index 0 is a real class, nobody says how the indices in the file are counted.
    if content is None or not isinstance(found, dict) or found.get("0", {"class-name": BACKGROUND})["class-name"].upper() != BACKGROUND:
        return
    mask = decode_mask(content, found)
    for index, match in mask.moved.items():
        yield Problem(f"index {index} has the colour of class {match} ({mask.names[match]!r:.80})", label.name)


def _readable(label: Label) -> bytes | None:
    """Return the file of a mask that can be read."""
    readable = label.type == _MASKS and isinstance(label.content, bytes) and not list(_mask_problems(label, "mask-unreadable"))
    return label.content if readable and isinstance(label.content, bytes) else None


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
