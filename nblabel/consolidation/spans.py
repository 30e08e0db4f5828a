"""Consolidation of spans of a text: which are there, of which class, and where their edges are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel.consolidation import things

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from nblabel.consolidation.answers import Answers, Consolidation

    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]

__all__ = ["consolidate_spans", "overlap", "span_agreement", "voted_edges"]


def overlap(one: Floats, other: Floats) -> Floats:
    """Give the Jaccard index of spans.

    Parameters
    ----------
    one, other : numpy.ndarray
        (n, 2) and (m, 2): start and end, the end exclusive.

    Returns
    -------
    numpy.ndarray
        (n, m), 0 to 1.

    Examples
    --------
    >>> overlap(np.array([[0, 4]]), np.array([[2, 6], [4, 8]])).round(2)
    array([[0.33, 0.  ]])
    """
    shared = np.minimum(one[:, None, 1], other[None, :, 1]) - np.maximum(one[:, None, 0], other[None, :, 0])
    shared = np.maximum(shared, 0)
    union = (one[:, 1] - one[:, 0])[:, None] + (other[:, 1] - other[:, 0])[None] - shared
    return np.asarray(shared / np.maximum(union, 1))


def voted_edges(edges: Floats, weights: Floats) -> tuple[int, int]:
    """Choose where a span begins and ends: the mode, else the median.

    Parameters
    ----------
    edges : numpy.ndarray
        (n, 2): the start and end that each worker marked.
    weights : numpy.ndarray
        (n,): what each worker's vote counts.

    Examples
    --------
    >>> voted_edges(np.array([[0, 4], [0, 5], [1, 6]]), np.ones(3))
    (0, 5)
    """
    start, end = (_mode_or_median(side, weights) for side in edges.T)
    if start >= end:
        # Of starts and ends that do not go together, the span of the worker who counts most stands as it is.
        start, end = edges[int(weights.argmax())].tolist()
    return start, end


def _mode_or_median(places: Floats, weights: Floats) -> int:
    found, which = np.unique(places, return_inverse=True)
    votes = np.bincount(which.ravel(), weights=weights)
    best = np.flatnonzero(np.isclose(votes, votes.max()))
    if len(best) == 1:
        return int(found[best[0]])
    order = np.argsort(places, kind="stable")
    half = np.cumsum(weights[order])
    return int(places[order][int(np.searchsorted(half, half[-1] / 2))])


def consolidate_spans(answers: Answers, method: str) -> Consolidation:
    """Make one list of spans of several, see `nblabel.consolidation.things`.

    Parameters
    ----------
    answers : Answers
        Annotations are lists of ``{"label", "startOffset", "endOffset"}``, offsets in code points, the end exclusive.
    method : str
        ``dawid-skene`` (votes on edges weighed by the workers' overlap with all others), ``majority`` or ``aws`` (all votes alike).
    """
    found = things.consolidate(answers, _place, method, likeness=overlap, settle=_settle, rebuild=_span, eager=True)
    for annotation, confidence in zip(found.annotations, found.confidence, strict=True):
        if annotation:
            order = sorted(range(len(annotation)), key=lambda place: (annotation[place]["startOffset"], annotation[place]["endOffset"]))
            annotation[:] = [annotation[place] for place in order]
            confidence[:] = [confidence[place] for place in order]
    return found


def span_agreement(answers: Answers) -> pd.DataFrame:
    """Measure agreement about detection, class and location of spans."""
    return things.agreement(answers, _place, overlap)


def _place(span: dict[str, Any]) -> tuple[int, int]:
    return span["startOffset"], span["endOffset"]


def _settle(edges: Floats, clusters: Integers, workers: Integers, shape: tuple[int, int], method: str) -> Floats:
    count, m = shape
    care = np.ones(m)
    if method == "dawid-skene":
        sums, pairs = np.ones(m), np.ones(m)
        for number in range(count):
            own = np.flatnonzero(clusters == number)
            np.add.at(sums, workers[own], overlap(edges[own], edges[own]).sum(1) - 1)
            np.add.at(pairs, workers[own], len(own) - 1)
        care = sums / pairs
    return np.array([voted_edges(edges[clusters == number], care[workers[clusters == number]]) for number in range(count)], float).reshape(count, 2)


def _span(label: str, edges: Floats) -> dict[str, Any]:
    return {"label": label, "startOffset": int(edges[0]), "endOffset": int(edges[1])}
