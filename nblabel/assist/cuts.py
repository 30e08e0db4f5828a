"""From how likely each pixel is to a mask: what is worth taking in, and smooth borders that keep to the edges of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nblabel.assist.view import Array

__all__ = ["cut", "edge_weights", "expected_overlap"]

_STEP = np.float32(1 / np.sqrt(8))
_LOOKS = 6
_LEAST_OVERLAP = 0.2


def expected_overlap(probability: Array) -> float:
    """Give the intersection over union to expect of the mask that is best in this regard.

    A pixel adds to it when its odds are above this number, not only when they are above 1: where much is unsure, it is better to take in more
    (Lipton, Elkan and Naryanaswamy 2014, "Optimal Thresholding of Classifiers to Maximize F1 Measure"; Nowozin 2014, for intersection over union).

    Examples
    --------
    >>> expected_overlap(np.array([[1.0, 1.0, 0.4, 0.1]]))
    0.8
    >>> round(expected_overlap(np.array([[1.0, 0.4, 0.4, 0.4]])), 3)
    0.55
    """
    overlap = 1.0
    for _ in range(_LOOKS):
        mask = probability > overlap / (1 + overlap)
        shared = float(probability[mask].sum())
        overlap = shared / max(float(probability.sum()) + np.count_nonzero(mask) - shared, 1e-6)
    return max(float(overlap), _LEAST_OVERLAP)


def edge_weights(lab: Array, *, strength: float) -> tuple[Array, Array]:
    """Give what a border between neighbours costs, across (height, width - 1) and down (height - 1, width): little where colours differ much.

    As in GrabCut (Rother, Kolmogorov and Blake 2004), differences count beside their mean over the view.
    """
    across = np.square(np.diff(lab, axis=1)).sum(axis=-1)
    down = np.square(np.diff(lab, axis=0)).sum(axis=-1)
    count = across.size + down.size
    mean = (across.sum() + down.sum()) / max(count, 1) + 1e-6
    return strength * np.exp(-across / (2 * mean)) + 0.1, strength * np.exp(-down / (2 * mean)) + 0.1


def cut(evidence: Array, weights: tuple[Array, Array], *, rounds: int) -> Array:
    """Divide a view so that the evidence inside is large and the border cheap.

    Parameters
    ----------
    evidence : (height, width) float32 array
        Log of the odds that a pixel is inside.
    weights : pair of arrays
        From `edge_weights`.
    rounds : int
        The answer is nearer to the best one after more.

    Returns
    -------
    (height, width) float32 array
        From 0, outside, to 1, inside; in between only where the division is not settled.

    Notes
    -----
    The relaxed minimum cut (Nikolova, Esedoglu and Chan 2006) by the primal-dual method of Chambolle and Pock (2011).
    """
    across, down = weights
    least_across, least_down = -across, -down
    inside = (evidence > 0).astype(np.float32)
    ahead, after = inside.copy(), np.empty_like(inside)
    flow_across, flow_down = np.zeros_like(across), np.zeros_like(down)
    change_across, change_down, step = np.empty_like(across), np.empty_like(down), np.empty_like(inside)
    for _ in range(rounds):
        np.subtract(ahead[:, 1:], ahead[:, :-1], out=change_across)
        np.add(flow_across, np.multiply(change_across, _STEP, out=change_across), out=flow_across)
        np.maximum(np.minimum(flow_across, across, out=flow_across), least_across, out=flow_across)
        np.subtract(ahead[1:], ahead[:-1], out=change_down)
        np.add(flow_down, np.multiply(change_down, _STEP, out=change_down), out=flow_down)
        np.maximum(np.minimum(flow_down, down, out=flow_down), least_down, out=flow_down)
        np.copyto(step, evidence)
        step[:, 1:] -= flow_across
        step[:, :-1] += flow_across
        step[1:] -= flow_down
        step[:-1] += flow_down
        np.add(inside, np.multiply(step, _STEP, out=step), out=after)
        np.minimum(np.maximum(after, 0, out=after), 1, out=after)
        np.subtract(np.multiply(after, 2, out=ahead), inside, out=ahead)
        inside, after = after, inside
    return inside
