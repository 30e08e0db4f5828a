"""What goes into consolidation and what comes out, whatever is labeled."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["Answers", "Consolidation", "pair_scores"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What workers said of items.

    Attributes
    ----------
    items, workers : numpy.ndarray
        (v,) integers, parallel to `annotations`; a worker answers an item once.
    annotations : list
        As the task has them: a class name, a list of boxes, a mask, ...
    shape : tuple of int
        Numbers of items and of workers.
    gold : dict
        Annotations that are known to be right, by item.
    """

    items: NDArray[np.intp]
    workers: NDArray[np.intp]
    annotations: list[Any]
    shape: tuple[int, int]
    gold: dict[int, Any] = field(default_factory=dict)

    def by_item(self) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Yield each item with the places of its answers, items without any left out."""
        order = np.argsort(self.items, kind="stable")
        starts = np.flatnonzero(np.diff(self.items[order], prepend=-1))
        for places in np.split(order, starts[1:]):
            if len(places):
                yield int(self.items[places[0]]), places


@dataclass(frozen=True, kw_only=True, slots=True)
class Consolidation:
    """What several annotations make together.

    Attributes
    ----------
    annotations : list
        One an item, None where there was no answer.
    confidence : list
        One an item, 0 to 1: a number, or for annotations of several parts a list parallel to them (for masks a number by class name).
    agreement : numpy.ndarray
        (n,): how much the item's answers agree with one another, 0 to 1; NaN where there is only one.
    workers : pandas.DataFrame
        A row a worker: how many answers, estimated accuracy, and what else the task tells of workers.
    """

    annotations: list[Any]
    confidence: list[Any]
    agreement: NDArray[np.float64]
    workers: pd.DataFrame


def pair_scores(answers: Answers, score: Callable[[Any, Any], float]) -> pd.DataFrame:
    """Compare every two answers to the same item.

    Parameters
    ----------
    answers : Answers
        What is compared.
    score : callable
        How alike two annotations are, 0 to 1.

    Returns
    -------
    DataFrame
        Columns item, one, other (workers), score.

    Examples
    --------
    >>> answers = Answers(items=np.array([0, 0]), workers=np.array([0, 1]), annotations=["cat", "cat"], shape=(1, 2))
    >>> pair_scores(answers, lambda one, other: float(one == other))
       item  one  other  score
    0     0    0      1    1.0
    """
    found = answers.annotations
    rows = [
        (item, int(answers.workers[one]), int(answers.workers[other]), float(score(found[one], found[other])))
        for item, places in answers.by_item()
        for one, other in combinations(places.tolist(), 2)
    ]
    return pd.DataFrame(rows, columns=["item", "one", "other", "score"]).astype({"item": int, "one": int, "other": int, "score": float})


def mean_by_item(pairs: pd.DataFrame, count: int) -> NDArray[np.float64]:
    """Give the mean score of each item, (n,), NaN where it has no pair."""
    return pairs.groupby("item")["score"].mean().reindex(range(count)).to_numpy(float)
