"""The segmenter that needs no model: colours inside and outside of what was pointed at, and the shape that extreme points leave open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from nblabel.assist.prompts import Mark, Point, Prompts
from nblabel.assist.segmenter import Cancelled, as_rgb, check_prompts, never, obey, stop_if

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CueSegmenter"]

_SIDE = 192
_BINS = 12
_REACH = 0.12
_CORE = 0.8
_ALIKE = 30


@dataclass
class _Embedding:
    image: NDArray[np.uint8]
    proposals: dict[Prompts, NDArray[np.bool_]] = field(default_factory=dict)


class CueSegmenter:
    """The default: no model and no weights to download."""

    name = "cues"

    def embed(self, image: NDArray[np.uint8], *, cancelled: Cancelled = never) -> _Embedding:
        """See `Segmenter.embed`."""
        stop_if(cancelled)
        return _Embedding(as_rgb(image))

    def predict(
        self, embedding: _Embedding, prompts: Prompts, previous: NDArray[np.bool_] | None = None, *, cancelled: Cancelled = never
    ) -> NDArray[np.bool_]:
        """See `Segmenter.predict`."""
        height, width = embedding.image.shape[:2]
        mask = check_prompts(prompts, previous, (height, width))
        stop_if(cancelled)
        if mask is None:
            start = Prompts(extremes=prompts.extremes, box=prompts.box)
            if start not in embedding.proposals:
                embedding.proposals[start] = _propose(embedding.image, start)
            mask = embedding.proposals[start].copy()
        for mark in prompts.marks:
            stop_if(cancelled)
            _correct(embedding.image, mask, mark)
        return obey(mask, prompts)


def _propose(image: NDArray[np.uint8], start: Prompts) -> NDArray[np.bool_]:
    """Compare the colours of the ellipse in the box with those around it."""
    height, width = image.shape[:2]
    mask = np.zeros((height, width), bool)
    corners = list(start.extremes)
    if not corners and start.box is not None:
        box = start.box
        corners = [Point(box.left, box.top), Point(box.left + box.width, box.top + box.height)]
    if not corners:
        return mask
    x, y = [point.x for point in corners], [point.y for point in corners]
    w, h = max(x) - min(x) + 1, max(y) - min(y) + 1
    left, right = max(int(min(x) - 0.2 * w), 0), min(int(max(x) + 0.2 * w) + 1, width)
    top, bottom = max(int(min(y) - 0.2 * h), 0), min(int(max(y) + 0.2 * h) + 1, height)
    part = Image.fromarray(np.ascontiguousarray(image[top:bottom, left:right]))
    part.thumbnail((_SIDE, _SIDE))
    pixels = np.asarray(part)
    rows, columns = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    u = ((columns + 0.5) * (right - left) / pixels.shape[1] + left - (min(x) + w / 2)) / (w / 2)
    v = ((rows + 0.5) * (bottom - top) / pixels.shape[0] + top - (min(y) + h / 2)) / (h / 2)
    radius = np.sqrt(u**2 + v**2)
    inside = (abs(u) <= 1) & (abs(v) <= 1)
    bins = (pixels // (256 // _BINS + 1)).astype(int) @ np.array([_BINS * _BINS, _BINS, 1])
    counts = [np.bincount(bins[where], minlength=_BINS**3) / max(where.sum(), 1) + 1e-4 for where in (radius < _CORE, ~inside)]
    score = 0.7 * np.log(counts[0] / counts[1])[bins] + 4 * (1.05 - radius)
    smooth = np.asarray(Image.fromarray(score.astype(np.float32)).resize((right - left, bottom - top), Image.Resampling.BILINEAR))
    mask[top:bottom, left:right] = smooth > 0
    mask[: int(min(y))] = mask[int(max(y)) + 1 :] = False
    mask[:, : int(min(x))] = mask[:, int(max(x)) + 1 :] = False
    return mask


def _correct(image: NDArray[np.uint8], mask: NDArray[np.bool_], mark: Mark) -> None:
    """Give the pixels near a mark that are coloured like it to the side that it says, in place."""
    height, width = mask.shape
    reach = max(3.0, _REACH * max(height, width))
    rows, columns = mark.pixels(width=width, height=height)
    color = image[rows, columns].mean(axis=0)
    top, bottom = max(int(rows.min() - reach), 0), int(rows.max() + reach) + 1
    left, right = max(int(columns.min() - reach), 0), int(columns.max() + reach) + 1
    part = image[top:bottom, left:right].astype(np.float32)
    alike = np.abs(part - color).max(axis=2) < _ALIKE
    y, x = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    near = np.zeros(alike.shape, bool)
    for row, column in zip(rows[:: max(1, int(reach / 3))], columns[:: max(1, int(reach / 3))], strict=True):
        near |= (y - row) ** 2 + (x - column) ** 2 < reach**2
    mask[top:bottom, left:right][alike & near] = mark.positive
