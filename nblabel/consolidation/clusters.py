"""What several workers marked, put together: which marks are the same thing, and whether it is a thing at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nblabel.consolidation.votes import Votes, calibrated, dawid_skene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]

__all__ = ["Existence", "cluster", "existence"]


def cluster(similarity: Floats, workers: Integers, *, least: float) -> Integers:
    """Put things together that are alike, never two of one worker.

    Parameters
    ----------
    similarity : numpy.ndarray
        (n, n) symmetric, 0 to 1.
    workers : numpy.ndarray
        (n,): who marked each thing.
    least : float
        Mean similarity below which two clusters stay apart.

    Returns
    -------
    numpy.ndarray
        (n,) integers from 0: the cluster of each thing, numbered by their first things.

    Notes
    -----
    Agglomerative clustering with average linkage, the most similar pair first.

    Examples
    --------
    >>> alike = np.array([[1, 0.9, 0.8], [0.9, 1, 0.7], [0.8, 0.7, 1]])
    >>> cluster(alike, np.array([0, 1, 0]), least=0.5).tolist()
    [0, 0, 1]
    """
    groups = [group for component in _components(similarity >= least) for group in _agglomerate(similarity, workers, component, least)]
    numbers = np.empty(len(workers), np.intp)
    for number, group in enumerate(sorted(groups, key=min)):
        numbers[group] = number
    return numbers


def _components(linked: NDArray[np.bool_]) -> list[list[int]]:
    """Give the connected parts of a graph; only within one can means reach the threshold."""
    unseen = set(range(len(linked)))
    parts = []
    while unseen:
        part, front = [], [unseen.pop()]
        while front:
            one = front.pop()
            part.append(one)
            near = [other for other in np.flatnonzero(linked[one]).tolist() if other in unseen]
            unseen.difference_update(near)
            front += near
        parts.append(sorted(part))
    return parts


def _agglomerate(similarity: Floats, workers: Integers, members: list[int], least: float) -> list[list[int]]:
    groups = [[one] for one in members]
    alike = similarity[np.ix_(members, members)].astype(np.float64)
    alike[workers[members][:, None] == workers[members]] = -1
    while len(groups) > 1:
        first, second = sorted(divmod(int(alike.argmax()), len(groups)))
        if alike[first, second] < least:
            break
        sizes = len(groups[first]), len(groups[second])
        merged = (sizes[0] * alike[first] + sizes[1] * alike[second]) / sum(sizes)
        merged[(alike[first] < 0) | (alike[second] < 0)] = -1
        alike[first] = alike[:, first] = merged
        alike = np.delete(np.delete(alike, second, 0), second, 1)
        groups[first] += groups.pop(second)
    return groups


@dataclass(frozen=True, kw_only=True, slots=True)
class Existence:
    """How probable it is that each cluster is a thing at all.

    Attributes
    ----------
    posterior, confidence : numpy.ndarray
        (c,): by the model, and calibrated.
    skill : numpy.ndarray
        (m, 2, 2): how often a worker marks (second index of the last axis) what is nothing, and what is a thing.
    """

    posterior: Floats
    confidence: Floats
    skill: Floats

    def accepted(self, *, eager: bool) -> NDArray[np.bool_]:
        """Accept the clusters that are more probable than not.

        Parameters
        ----------
        eager : bool
            Accept also those that make the expected F1 score higher: right where workers miss much, as they do with spans.

        Notes
        -----
        With the clusters in falling order of probability, accepting the first a of them has the expected F1 of about 2 * sum(p[:a]) / (a + sum(p)).
        """
        least = 0.5
        if eager and len(self.posterior):
            falling = np.sort(self.posterior)[::-1]
            scores = 2 * np.cumsum(falling) / (np.arange(1, len(falling) + 1) + falling.sum())
            least = min(least, float(falling[int(scores.argmax())]))
        return np.asarray(self.posterior >= least)


def existence(marked: Sequence[tuple[Integers, Integers]], workers: int, gold: dict[int, int]) -> Existence:
    """Judge clusters by who marked them and who saw the item and did not.

    Parameters
    ----------
    marked : sequence
        For each cluster the workers who marked it, and all who worked on its item.
    workers : int
        Number of workers.
    gold : dict
        For clusters of which it is known: 1 if it is a thing, else 0.
    """
    clusters = np.repeat(np.arange(len(marked)), [len(seen) for _, seen in marked])
    seen = np.concatenate([everyone for _, everyone in marked]) if marked else np.empty(0, np.intp)
    answers = np.concatenate([np.isin(everyone, who) for who, everyone in marked]) if marked else np.empty(0, bool)
    shape = (len(marked), workers, 2)
    votes = Votes(items=clusters.astype(np.intp), workers=seen.astype(np.intp), labels=answers.astype(np.intp), shape=shape, gold=gold)
    verdict = dawid_skene(votes)
    return Existence(posterior=verdict.posterior[:, 1], confidence=calibrated(votes, verdict)[:, 1], skill=verdict.confusion)
