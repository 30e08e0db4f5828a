"""Consolidation of boxes: which are there, of which class, and where their sides are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel.consolidation import things

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from nblabel.consolidation.answers import Answers, Consolidation

    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]

__all__ = ["Averaged", "average_boxes", "box_agreement", "consolidate_boxes", "iou", "similar_half"]

PULL = 1.0
"""Boxes that the prior of a worker's variance is worth."""
FREEDOM = 2.0
"""Degrees of freedom of the errors (Student's t): few, because some boxes are simply wrong."""
ROUNDS = 30
CLOSE = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Averaged:
    """Boxes made of several.

    Attributes
    ----------
    sides : numpy.ndarray
        (c, 4): left, top, right, bottom in the pixels of what was given.
    spread : numpy.ndarray
        (m,): standard deviation of each worker's sides, as a share of the box's size.
    """

    sides: Floats
    spread: Floats


def iou(one: Floats, other: Floats) -> Floats:
    """Give the Jaccard index (intersection over union) of boxes.

    Parameters
    ----------
    one, other : numpy.ndarray
        (n, 4) and (m, 4): left, top, right, bottom.

    Returns
    -------
    numpy.ndarray
        (n, m), 0 to 1.

    Examples
    --------
    >>> iou(np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 0, 3, 2], [0, 0, 2, 2]])).round(3)
    array([[0.333, 1.   ]])
    """
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    union = _area(one)[:, None] + _area(other)[None] - shared
    return np.asarray(shared / np.maximum(union, 1e-12))


def average_boxes(sides: Floats, clusters: Integers, workers: Integers, shape: tuple[int, int]) -> Averaged:
    """Average the boxes of each cluster, those of careful workers counting more.

    Parameters
    ----------
    sides : numpy.ndarray
        (n, 4): left, top, right, bottom.
    clusters, workers : numpy.ndarray
        (n,) integers: the cluster of each box, and who drew it.
    shape : tuple of int
        Numbers of clusters and of workers.

    Notes
    -----
    Iteratively reweighted least squares with one variance a worker, drawn towards that of all, and Student's t against boxes that are wrong
    altogether (K. L. Lange, R. J. A. Little and J. M. G. Taylor, JASA 84, 1989). It begins at the medians. A box's distance from an average that it
    is part of is corrected for its own part in it.
    """
    c, m = shape
    middle = _medians(sides, clusters, c)
    size = np.maximum(np.stack([middle[:, 2] - middle[:, 0], middle[:, 3] - middle[:, 1]], 1), 1e-9)[:, [0, 1, 0, 1]][clusters]
    variance = np.ones(m)
    share = np.zeros(len(sides))
    for step in range(ROUNDS):
        distance = (((sides - middle[clusters]) / size) ** 2).mean(1) / np.maximum(1 - share, 0.2)
        scale = variance[workers] if step else np.full(len(sides), np.median(distance) + 1e-9)
        trust = (FREEDOM + 4) / (FREEDOM + 4 * distance / scale)
        # A cluster of one says nothing of its worker's care.
        told = np.where(np.bincount(clusters, minlength=c)[clusters] > 1, 1.0, 0.0)
        squares = np.bincount(workers, weights=told * trust * distance, minlength=m)
        counts = np.bincount(workers, weights=told, minlength=m)
        pooled = squares.sum() / max(counts.sum(), 1) + 1e-9
        variance = (squares + PULL * pooled) / (counts + PULL)
        weights = trust / variance[workers]
        share = weights / np.bincount(clusters, weights=weights, minlength=c)[clusters]
        before, middle = middle, np.stack([np.bincount(clusters, weights=share * side, minlength=c) for side in sides.T], 1)
        if np.abs(middle - before).max(initial=0) < CLOSE * max(float(size.max(initial=1)), 1):
            break
    return Averaged(sides=middle, spread=np.sqrt(variance))


def similar_half(sides: Floats, clusters: Integers, count: int) -> Floats:
    """Average the most similar boxes of each cluster, at least half of them, as Ground Truth documents it; (c, 4)."""
    found = np.empty((count, 4))
    for number in range(count):
        own = sides[clusters == number]
        closest = np.argsort(-iou(own, own).sum(1), kind="stable")[: len(own) // 2 + 1]
        found[number] = own[closest].mean(0)
    return found


def _medians(sides: Floats, clusters: Integers, count: int) -> Floats:
    return np.array([np.median(sides[clusters == number], axis=0) for number in range(count)]).reshape(count, 4)


def _area(sides: Floats) -> Floats:
    return np.asarray(np.prod(np.maximum(sides[:, 2:] - sides[:, :2], 0), axis=1))


def consolidate_boxes(answers: Answers, method: str) -> Consolidation:
    """Make one list of boxes of several, see `nblabel.consolidation.things`.

    Parameters
    ----------
    answers : Answers
        Annotations are lists of ``{"label", "left", "top", "width", "height"}``.
    method : str
        ``dawid-skene`` (sides by `average_boxes`), ``majority`` (sides by the median), or ``aws`` (sides by `similar_half`).
    """
    return things.consolidate(answers, _place, method, likeness=iou, settle=_settle, rebuild=_box)


def box_agreement(answers: Answers) -> pd.DataFrame:
    """Measure agreement about detection, class and location of boxes."""
    return things.agreement(answers, _place, iou)


def _place(box: dict[str, Any]) -> tuple[float, float, float, float]:
    return box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"]


def _settle(sides: Floats, clusters: Integers, workers: Integers, shape: tuple[int, int], method: str) -> Floats:
    if method == "aws":
        return similar_half(sides, clusters, shape[0])
    return _medians(sides, clusters, shape[0]) if method == "majority" else average_boxes(sides, clusters, workers, shape).sides


def _box(label: str, sides: Floats) -> dict[str, Any]:
    left, top, right, bottom = sides.tolist()
    return {"label": label, "left": left, "top": top, "width": right - left, "height": bottom - top}
