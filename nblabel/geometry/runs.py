"""Runs of equal pixels: the form in which masks are kept, sent and changed.

A run is one unsigned 32-bit number, little-endian: the code of its pixels in the upper 8 bits, their number in the lower 24. Runs follow each other
in row order; a longer stretch is several runs of one code. As text (JSON) they are base64.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel.errors import AnnotationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["KEEP", "LONGEST", "decode", "encode", "expand", "from_text", "gap", "pack", "to_text", "trim"]

KEEP = 255
"""In a change: pixels that stay as they are."""

LONGEST = (1 << 24) - 1
"""Pixels that one run can hold."""

_NUMBER = np.dtype("<u4")


def encode(codes: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Write pixels as runs.

    Parameters
    ----------
    codes : ndarray of uint8, shape (n,)
        A code for each pixel.

    Examples
    --------
    >>> encode(np.array([0, 0, 3, 3, 3], np.uint8)) == [2, (3 << 24) + 3]
    array([ True,  True])
    """
    if not codes.size:
        return np.empty(0, _NUMBER)
    starts = np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1])
    lengths = np.diff(starts, append=codes.size)
    found = codes[starts].astype(np.uint32)
    if lengths.max() > LONGEST:
        parts = -(-lengths // LONGEST)
        last = np.cumsum(parts) - 1
        rests = lengths - (parts - 1) * LONGEST
        found, lengths = np.repeat(found, parts), np.full(int(parts.sum()), LONGEST)
        lengths[last] = rests
    return pack(found, lengths)


def pack(codes: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.uint32]:
    """Write codes and numbers of pixels, none above `LONGEST`, as runs."""
    packed: NDArray[np.uint32] = (codes.astype(np.uint32) << 24 | lengths.astype(np.uint32)).astype(_NUMBER)
    return packed


def expand(runs: NDArray[np.uint32]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Give the code and the number of pixels of each run."""
    return (runs >> 24).astype(np.uint8), (runs & LONGEST).astype(np.int64)


def decode(runs: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Read pixels from runs, shape (n,)."""
    return np.repeat(*expand(runs))


def gap(pixels: int) -> NDArray[np.uint32]:
    """Give runs that keep so many pixels as they are."""
    parts = [LONGEST] * (pixels // LONGEST) + ([pixels % LONGEST] if pixels % LONGEST else [])
    return np.array([KEEP << 24 | part for part in parts], _NUMBER)


def trim(change: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Leave out what keeps the last pixels as they are."""
    painted = np.flatnonzero(change >> 24 != KEEP)
    return change[: painted[-1] + 1] if painted.size else change[:0]


def to_text(runs: NDArray[np.uint32]) -> str:
    """Write runs as base64."""
    return base64.b64encode(runs.astype(_NUMBER, copy=False).tobytes()).decode()


def from_text(text: str) -> NDArray[np.uint32]:
    """Read what `to_text` wrote.

    Raises
    ------
    AnnotationError
        When the text is no base64 of whole runs.
    """
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), _NUMBER)
    except (binascii.Error, ValueError) as error:
        raise AnnotationError(f"runs are base64 of 4 bytes each, got {text!r:.40} ({error}); reload the item") from error
