"""A mask in bands of rows, so that a stroke on a large one costs what it touches and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nblabel.errors import AnnotationError
from nblabel.geometry import runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["ROWS", "Painted", "cut", "join", "paint"]

ROWS = 64
"""Rows of a band; the last one may have fewer."""


class Painted(NamedTuple):
    """What painting a mask gave.

    Attributes
    ----------
    bands : list of str
        The new bands.
    inverse : ndarray
        Runs that lead back.
    counts : ndarray of int64, shape (256,)
        By how many the pixels of each code became more.
    """

    bands: list[str]
    inverse: NDArray[np.uint32]
    counts: NDArray[np.int64]


def cut(mask: NDArray[np.uint8]) -> list[str]:
    """Write a mask, shape (height, width), as bands; one without any pixel but 0 is the empty text."""
    return [_write(mask[row : row + ROWS].reshape(-1)) for row in range(0, len(mask), ROWS)]


def join(bands: Sequence[str], width: int, height: int) -> NDArray[np.uint8]:
    """Read the mask that `cut` wrote, shape (height, width).

    Raises
    ------
    AnnotationError
        When the bands do not have the pixels of such a mask.
    """
    mask = np.zeros((height, width), np.uint8)
    _check(bands, height)
    for place, text in enumerate(bands):
        if text:
            part = mask[place * ROWS : (place + 1) * ROWS]
            part[:] = _read(text, part.size).reshape(part.shape)
    return mask


def paint(bands: Sequence[str], change: NDArray[np.uint32], width: int, height: int) -> Painted:
    """Paint runs over a mask; the bands given stay as they are.

    Parameters
    ----------
    bands : sequence of str
        The mask.
    change : ndarray of uint32
        Runs over the image from its first pixel on, `runs.KEEP` for pixels that stay; what they do not reach stays too.
    width, height : int
        Size of the mask in pixels.

    Raises
    ------
    AnnotationError
        When the runs reach over the image.
    """
    _check(bands, height)
    codes, lengths = runs.expand(change)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    if len(ends) and (ends[-1] > width * height or lengths.min() < 1):
        raise AnnotationError(f"the change covers {ends[-1]} pixels, the image has {width} x {height}; reload the item")
    after, back = list(bands), []
    counts = np.zeros(256, np.int64)
    done = 0
    for place in _touched(starts, ends, codes, width * ROWS):
        low, high = place * width * ROWS, min((place + 1) * ROWS, height) * width
        first, last = np.searchsorted(ends, low, "right"), np.searchsorted(starts, high, "left")
        within = np.minimum(ends[first:last], high) - np.maximum(starts[first:last], low)
        patch = np.repeat(codes[first:last], within)
        whole = _read(bands[place], high - low)
        old = whole[: patch.size].copy()
        different = (patch != runs.KEEP) & (patch != old)
        if not different.any():
            continue
        counts += np.bincount(patch[different], minlength=256) - np.bincount(old[different], minlength=256)
        back += [runs.gap(low - done), runs.encode(np.where(different, old, np.uint8(runs.KEEP)))]
        whole[: patch.size][different] = patch[different]
        after[place] = _write(whole)
        done = low + patch.size
    return Painted(after, runs.trim(np.concatenate(back)) if back else change[:0], counts)


def _touched(starts: NDArray[np.int64], ends: NDArray[np.int64], codes: NDArray[np.uint8], size: int) -> list[int]:
    """Give the places of the bands, of `size` pixels each, that a change paints on."""
    painted = codes != runs.KEEP
    firsts, lasts = starts[painted] // size, (ends[painted] - 1) // size
    return sorted({place for first, last in set(zip(firsts.tolist(), lasts.tolist(), strict=True)) for place in range(first, last + 1)})


def _check(bands: Sequence[str], height: int) -> None:
    if len(bands) != -(-height // ROWS):
        raise AnnotationError(f"a mask of {height} rows has {-(-height // ROWS)} bands, got {len(bands)}; reload the item")


def _write(codes: NDArray[np.uint8]) -> str:
    return runs.to_text(runs.encode(codes)) if codes.any() else ""


def _read(text: str, size: int) -> NDArray[np.uint8]:
    if not text:
        return np.zeros(size, np.uint8)
    codes = runs.decode(runs.from_text(text))
    if codes.size != size:
        raise AnnotationError(f"a band has {codes.size} pixels, expected {size}; reload the item")
    return codes
