"""Help with labeling: masks proposed from a few clicks, behind one protocol.

>>> from nblabel.assist import CueSegmenter, Point, Prompts
>>> import numpy as np
>>> image = np.zeros((60, 80, 3), np.uint8)
>>> image[20:40, 30:60] = 200
>>> segmenter = CueSegmenter()
>>> embedding = segmenter.embed(image)
>>> mask = segmenter.predict(embedding, Prompts(extremes=(Point(45, 20), Point(30, 30), Point(45, 39), Point(59, 30))))
>>> mask.shape, mask.dtype, bool(mask[30, 45]), bool(mask[5, 5])
((60, 80), dtype('bool'), True, False)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel.assist.cue_segmenter import CueSegmenter
from nblabel.assist.onnx_segmenter import OnnxSegmenter
from nblabel.assist.prompts import Box, Mark, Point, Prompts
from nblabel.assist.segmenter import CallableSegmenter, Cancelled, Segmenter, never
from nblabel.errors import AssistError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Box",
    "CallableSegmenter",
    "Cancelled",
    "CueSegmenter",
    "Mark",
    "OnnxSegmenter",
    "Point",
    "Prompts",
    "Segmenter",
    "as_segmenter",
    "never",
]


def as_segmenter(segmenter: Segmenter | Callable[..., Any] | None = None) -> Segmenter:
    """Give the segmenter that is meant.

    Parameters
    ----------
    segmenter : Segmenter, callable or None
        None gives the default, `CueSegmenter`; a function ``predict(image, prompts) -> mask`` becomes a `CallableSegmenter`.

    Raises
    ------
    AssistError
        When it is none of these.

    Examples
    --------
    >>> as_segmenter().name
    'cues'
    >>> as_segmenter("sam")
    Traceback (most recent call last):
    nblabel.errors.AssistError: 'sam' is no segmenter: expected an object with embed and predict, or a function predict(image, prompts) -> mask
    """
    if segmenter is None:
        return CueSegmenter()
    if isinstance(segmenter, type):
        raise AssistError(f"{segmenter.__name__} is a class, expected a segmenter made of it: {segmenter.__name__}(...)")
    if isinstance(segmenter, Segmenter):
        return segmenter
    if callable(segmenter):
        return CallableSegmenter(segmenter)
    raise AssistError(f"{segmenter!r} is no segmenter: expected an object with embed and predict, or a function predict(image, prompts) -> mask")
