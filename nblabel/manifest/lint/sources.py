"""Rules for what is labeled: developer guide, "Input data quotas". Files are looked at where they are on this machine, or when asked to."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nblabel.errors import StorageError
from nblabel.manifest.lint.files import Measured
from nblabel.manifest.lint.rules import Problem, rule
from nblabel.media import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nblabel.manifest.lint.record import Line

__all__ = ["IMAGE_FORMATS", "IMAGE_SUFFIXES", "MOST_BYTES"]

_SOURCE = "source-ref"
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")
IMAGE_FORMATS = ("JPEG", "MPO", "PNG")
MOST_BYTES = 40_000_000
_LARGEST_FOR_REKOGNITION = 15_000_000
_SHORTEST_SIDE, _LONGEST_SIDE = 64, 4_096


@rule("line", "WARNING_UNANNOTATED_RECORD", "warning", remedy="Label it, or leave it out before training.")
def unlabeled(line: Line) -> Iterator[Problem]:
    """A line has no label, although others have."""
    if line.expects_label and line.unreadable is None and not line.labels:
        yield Problem("the line has no label")


@rule("line", "SOURCE_NOT_FOUND", "warning", remedy="Check the path; one that is relative starts from the folder of the manifest.")
def source_not_found(line: Line) -> Iterator[Problem]:
    """The file that a line refers to is not there."""
    if line.source and line.files and isinstance(error := line.files.size(line.source, line.folder), StorageError):
        yield Problem(str(error), _SOURCE)


@rule("line", "ERROR_INVALID_IMAGE", "error", remedy="Save the image as JPEG or PNG.")
def invalid_image(line: Line) -> Iterator[Problem]:
    """An image is neither JPEG nor PNG, or damaged."""
    if not line.source or not line.is_image:
        return
    suffix = posixpath.splitext(line.source)[1].lower()
    if suffix and suffix not in IMAGE_SUFFIXES:
        yield Problem(f"{line.source!r:.80} does not end in {', '.join(IMAGE_SUFFIXES)}", _SOURCE)
    elif isinstance(line.measured, str):
        yield Problem(f"{line.source!r:.80}: {line.measured}", _SOURCE)
    elif line.measured is not None and line.measured.format not in IMAGE_FORMATS:
        yield Problem(f"{line.source!r:.80} is {line.measured.format}", _SOURCE)


@rule("line", "IMAGE_TOO_LARGE", "error", remedy="Make the image smaller, or cut it into tiles.")
def image_too_large(line: Line) -> Iterator[Problem]:
    """An image has more than 40 MB, or more than 100 million pixels."""
    if not line.source or not line.is_image:
        return
    size = line.files.size(line.source, line.folder) if line.files else None
    if isinstance(size, int) and size > MOST_BYTES:
        yield Problem(f"the file has {size:,} bytes", _SOURCE)
    for width, height in line.sizes:
        if width * height > MAX_PIXELS:
            yield Problem(f"the image has {width} x {height} pixels", _SOURCE)


@rule("line", "IMAGE_TOO_LARGE_FOR_REKOGNITION", "warning", remedy="Keep it for Ground Truth; for Rekognition Custom Labels, compress the image.")
def too_large_for_rekognition(line: Line) -> Iterator[Problem]:
    """An image has more than 15 MB, which Rekognition Custom Labels does not take."""
    size = line.files.size(line.source, line.folder) if line.files and line.source and line.is_image else None
    if isinstance(size, int) and _LARGEST_FOR_REKOGNITION < size <= MOST_BYTES:
        yield Problem(f"the file has {size:,} bytes", _SOURCE)


@rule("line", "ERROR_INVALID_IMAGE_DIMENSION", "warning", remedy="Keep it for Ground Truth; for Rekognition Custom Labels, scale the image.")
def invalid_dimension(line: Line) -> Iterator[Problem]:
    """A side of an image has less than 64 or more than 4,096 pixels, which Rekognition Custom Labels does not take."""
    for width, height in line.sizes:
        if not (min(width, height) >= _SHORTEST_SIDE and max(width, height) <= _LONGEST_SIDE):
            yield Problem(f"the image has {width} x {height} pixels", _SOURCE)


@rule("line", "IMAGE_SIZE_DIFFERS", "error", remedy="Label the image as it is stored; EXIF orientation is not applied.")
def image_size_differs(line: Line) -> Iterator[Problem]:
    """A label says another size of the image than the image has."""
    if isinstance(line.measured, Measured):
        for label in line.labels:
            if label.image_size not in {None, line.measured[:2]}:
                width, height = label.image_size or (0, 0)
                shown = f"{line.measured.width} x {line.measured.height}"
                yield Problem(f"'image_size' is {width} x {height}, the image has {shown} pixels", label.name)
