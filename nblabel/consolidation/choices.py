"""Consolidation of classes: one an item, or a set of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nblabel.consolidation.agreement import krippendorff_alpha
from nblabel.consolidation.answers import Answers, Consolidation, mean_by_item, pair_scores
from nblabel.consolidation.votes import Verdict, Votes, aws_dawid_skene, calibrated, dawid_skene, majority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

__all__ = ["choice_agreement", "choice_score", "consolidate_choices", "consolidate_sets", "set_agreement", "set_score"]

METHODS: dict[str, Callable[[Votes], Verdict]] = {"dawid-skene": dawid_skene, "majority": majority, "aws": aws_dawid_skene}


def consolidate_choices(answers: Answers, method: str) -> Consolidation:
    """Find the class of each item from what several workers chose.

    Parameters
    ----------
    answers : Answers
        Annotations are class names.
    method : str
        One of `METHODS`.

    Notes
    -----
    ``dawid-skene`` weighs workers and calibrates confidence, see `nblabel.consolidation.votes`; ``majority`` gives the share of votes; ``aws`` gives
    the posterior of Ground Truth's published algorithm, to two digits as there.
    """
    names = sorted({*answers.annotations, *answers.gold.values()}) or [""]
    votes = _votes(answers, names)
    verdict = METHODS[method](votes)
    sure = _sureness(votes, verdict, method)
    choice = verdict.choice
    answered = votes.per_item() > 0
    right = verdict.posterior[votes.items, votes.labels] if len(votes.items) else np.empty(0)
    return Consolidation(
        annotations=[names[label] if told else None for label, told in zip(choice, answered, strict=True)],
        confidence=[float(sure[item, label]) for item, label in enumerate(choice)],
        agreement=mean_by_item(pair_scores(answers, choice_score), answers.shape[0]),
        workers=_workers(answers, right),
    )


def consolidate_sets(answers: Answers, method: str) -> Consolidation:
    """Find the classes of each item from the sets that several workers chose: a yes or no for each class, workers judged over all classes.

    Parameters
    ----------
    answers : Answers
        Annotations are lists of class names.
    method : str
        One of `METHODS`. ``aws`` keeps every class that anybody chose, as Ground Truth's output does, with its confidence.
    """
    names = sorted({name for chosen in [*answers.annotations, *answers.gold.values()] for name in chosen})
    n, m = answers.shape
    k = len(names)
    if not k:
        return _nothing_chosen(answers)
    codes = {name: place for place, name in enumerate(names)}
    given = np.zeros((len(answers.annotations), k), np.intp)
    for place, chosen in enumerate(answers.annotations):
        given[place, [codes[name] for name in chosen]] = 1
    gold = {item * k + codes[name]: int(name in chosen) for item, chosen in answers.gold.items() for name in names}
    votes = Votes(
        items=(answers.items[:, None] * k + np.arange(k)).ravel(),
        workers=np.repeat(answers.workers, k),
        labels=given.ravel(),
        shape=(n * k, m, 2),
        gold=gold,
        strata=np.tile(np.arange(k), n),
    )
    verdict = METHODS[method](votes)
    sure = _sureness(votes, verdict, method)[:, 1].reshape(n, k)
    anybody = np.bincount(votes.items, weights=votes.labels, minlength=n * k).reshape(n, k) > 0
    chosen = anybody if method == "aws" else verdict.choice.reshape(n, k) == 1
    answered = np.bincount(answers.items, minlength=n) > 0
    return Consolidation(
        annotations=[[names[place] for place in np.flatnonzero(chosen[item])] if answered[item] else None for item in range(n)],
        confidence=[[float(sure[item, place]) for place in np.flatnonzero(chosen[item])] for item in range(n)],
        agreement=mean_by_item(pair_scores(answers, set_score), n),
        workers=_workers(answers, verdict.posterior[votes.items, votes.labels].reshape(-1, k).mean(1)),
    )


def choice_score(one: Any, other: Any) -> float:
    """Tell whether two chose the same: 1 or 0."""
    return float(one == other)


def set_score(one: Iterable[str], other: Iterable[str]) -> float:
    """Compare two sets of classes: their Jaccard index, 1 where both are empty."""
    first, second = set(one), set(other)
    return len(first & second) / len(first | second) if first | second else 1.0


def choice_agreement(answers: Answers) -> pd.DataFrame:
    """Measure agreement about the class: of all classes together, and of each against all others."""
    names = sorted(set(answers.annotations))
    rows = [("label", None, krippendorff_alpha(_table(answers, [float(names.index(name)) for name in answers.annotations])))]
    rows += [("label", name, krippendorff_alpha(_table(answers, [float(one == name) for one in answers.annotations]))) for name in names]
    return pd.DataFrame(rows, columns=["measure", "label", "alpha"])


def set_agreement(answers: Answers) -> pd.DataFrame:
    """Measure agreement about each class that was or was not chosen, and about all of them."""
    names = sorted({name for chosen in answers.annotations for name in chosen})
    tables = [_table(answers, [float(name in chosen) for chosen in answers.annotations]) for name in names]
    rows: list[tuple[str, str | None, float]] = [("label", None, krippendorff_alpha(np.hstack(tables)) if tables else float("nan"))]
    rows += [("label", name, krippendorff_alpha(table)) for name, table in zip(names, tables, strict=True)]
    return pd.DataFrame(rows, columns=["measure", "label", "alpha"])


def _votes(answers: Answers, names: list[str]) -> Votes:
    codes = {name: place for place, name in enumerate(names)}
    return Votes(
        items=answers.items,
        workers=answers.workers,
        labels=np.array([codes[name] for name in answers.annotations], np.intp),
        shape=(*answers.shape, len(names)),
        gold={item: codes[name] for item, name in answers.gold.items()},
    )


def _sureness(votes: Votes, verdict: Verdict, method: str) -> NDArray[np.float64]:
    if method == "dawid-skene":
        return calibrated(votes, verdict)
    return verdict.posterior.round(2) if method == "aws" else verdict.posterior


def _workers(answers: Answers, right: NDArray[np.float64]) -> pd.DataFrame:
    m = answers.shape[1]
    counts = np.bincount(answers.workers, minlength=m)
    sums = np.bincount(answers.workers, weights=right, minlength=m)
    return pd.DataFrame({"answers": counts, "accuracy": np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)})


def _nothing_chosen(answers: Answers) -> Consolidation:
    n = answers.shape[0]
    answered = np.bincount(answers.items, minlength=n) > 0
    return Consolidation(
        annotations=[[] if told else None for told in answered],
        confidence=[[] for _ in range(n)],
        agreement=mean_by_item(pair_scores(answers, set_score), n),
        workers=_workers(answers, np.ones(len(answers.annotations))),
    )


def _table(answers: Answers, values: list[float]) -> NDArray[np.float64]:
    """Arrange values by worker and item, NaN where there is none."""
    n, m = answers.shape
    table = np.full((m, n), np.nan)
    table[answers.workers, answers.items] = values
    return table
