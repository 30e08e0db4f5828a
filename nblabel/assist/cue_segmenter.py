"""The segmenter that needs nothing downloaded: cues from the picture and the points, judged by what generated pictures taught."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel.assist.corrections import Correction, look
from nblabel.assist.prompts import Box, Point, Prompts
from nblabel.assist.proposals import Proposal, propose
from nblabel.assist.segmenter import Cancelled, as_rgb, check_prompts, never, obey, stop_if
from nblabel.assist.view import resize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nblabel.assist.prompts import Mark

__all__ = ["CueSegmenter"]

_REMEMBERED = 16
_REACH = 0.35
_WANING = 0.9
_ALONE = 0.2
_NOTHING = np.zeros((1, 1), np.float32)


@dataclass
class _Embedding:
    image: NDArray[np.uint8]
    proposals: OrderedDict[Prompts, Proposal] = field(default_factory=OrderedDict)
    corrected: OrderedDict[Prompts, NDArray[np.uint8]] = field(default_factory=OrderedDict)  # packed, eight pixels a byte


class CueSegmenter:
    """The default: nothing to download, nothing to install.

    Made for four extreme points (Papadopoulos et al. 2017), and right at once where the object differs from its surroundings in colour or texture.
    A mark changes only what is near it. What a model would know of the world, it does not: that a shadow is no part of a cup, a head is of a horse.
    """

    name = "cues"

    def __repr__(self) -> str:
        return "CueSegmenter()"

    def embed(self, image: NDArray[np.uint8], *, cancelled: Cancelled = never) -> _Embedding:
        """See `Segmenter.embed`."""
        stop_if(cancelled)
        return _Embedding(as_rgb(image))

    def predict(
        self, embedding: _Embedding, prompts: Prompts, previous: NDArray[np.bool_] | None = None, *, cancelled: Cancelled = never
    ) -> NDArray[np.bool_]:
        """See `Segmenter.predict`."""
        shape = embedding.image.shape[0], embedding.image.shape[1]
        mask = check_prompts(prompts, previous, shape)
        stop_if(cancelled)
        if mask is not None:
            prompts = Prompts(marks=prompts.marks)
            for number, mark in enumerate(prompts.marks):
                stop_if(cancelled)
                self._correct(embedding, _first(prompts, number), mask, mark)
            return obey(mask, prompts)
        start = _first(prompts, 0)
        done = next((n for n in range(len(prompts.marks), 0, -1) if _first(prompts, n) in embedding.corrected), 0)
        if done:
            mask = np.unpackbits(embedding.corrected[_first(prompts, done)], count=shape[0] * shape[1]).reshape(shape).view(bool)
        else:
            proposal = self._proposal(embedding, start, cancelled)
            mask = np.zeros(shape, bool) if proposal is None else proposal.mask(shape)
        for number in range(done, len(prompts.marks)):
            stop_if(cancelled)
            self._correct(embedding, _first(prompts, number), mask, prompts.marks[number])
            known = _first(prompts, number + 1)
            obey(mask, known)
            _remember(embedding.corrected, known, np.packbits(mask))
        return obey(mask, prompts)

    def look(self, embedding: _Embedding, earlier: Prompts, mask: NDArray[np.bool_], mark: Mark) -> Correction:
        """Give what a further mark is judged by."""
        proposal = self._proposal(embedding, _first(earlier, 0), never)
        height, width = mask.shape
        if proposal is not None:
            view = proposal.view
            size = np.sqrt((view.right - view.left) * (view.bottom - view.top)) / 1.5
        elif mask.any():
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            size = np.sqrt((rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1))
        else:
            size = _ALONE / _REACH * max(height, width)
        reach = max(_REACH * float(size) * _WANING ** len(earlier.marks), 8.0)
        against = [other for other in earlier.marks if other.positive != mark.positive]
        prior, frame = (_NOTHING, None) if proposal is None else (proposal.logit, proposal.view)
        return look(embedding.image, mask, mark, against=against, reach=reach, prior=prior, frame=frame)

    def _correct(self, embedding: _Embedding, earlier: Prompts, mask: NDArray[np.bool_], mark: Mark) -> None:
        seen = self.look(embedding, earlier, mask, mark)
        if not (seen.open & seen.seeds).any():
            return
        turned = seen.decide()
        view = seen.view
        part = mask[view.top : view.bottom, view.left : view.right]
        part[resize(turned, part.shape) > 0.5] = mark.positive

    def _proposal(self, embedding: _Embedding, start: Prompts, cancelled: Cancelled) -> Proposal | None:
        if start not in embedding.proposals:
            extremes = start.extremes or _middles(start.box, embedding.image)
            if not extremes:
                return None
            _remember(embedding.proposals, start, propose(embedding.image, extremes, cancelled))
        return embedding.proposals[start]


def _middles(box: Box | None, image: NDArray[np.uint8]) -> tuple[Point, ...]:
    """Give the middles of a box's sides, in the image."""
    if box is None:
        return ()
    height, width = image.shape[:2]
    left, top = max(box.left, 0.0), max(box.top, 0.0)
    right, bottom = min(box.left + box.width, float(width)), min(box.top + box.height, float(height))
    x, y = (left + right) / 2, (top + bottom) / 2
    return Point(x, top), Point(right, y), Point(x, bottom), Point(left, y)


def _first(prompts: Prompts, marks: int) -> Prompts:
    return Prompts(extremes=prompts.extremes, box=prompts.box, marks=prompts.marks[:marks])


def _remember(store: OrderedDict[Prompts, Any], key: Prompts, value: Any) -> None:
    store[key] = value
    while len(store) > _REMEMBERED:
        store.popitem(last=False)
