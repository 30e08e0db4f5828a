"""Consolidation of annotations that are lists of things, each with a class and a place: boxes and spans.

Things of different workers that lie on one another become clusters. For each cluster there are three questions: is it a thing at all (who marked it,
and who saw the item and did not), of which class, and where exactly?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nblabel.consolidation.agreement import krippendorff_alpha, pairwise_alpha
from nblabel.consolidation.answers import Answers, Consolidation, mean_by_item, pair_scores
from nblabel.consolidation.clusters import cluster, existence
from nblabel.consolidation.votes import Votes, calibrated, dawid_skene, evidence, majority

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]

__all__ = ["Marks", "agreement", "consolidate", "match_score"]

LEAST = 0.4
"""Mean likeness below which things of different workers are different things."""
ALIKE = 0.5
"""Likeness from which two workers count as having marked the same thing, as COCO and Pascal VOC have it."""
_OTHER_CLASS = 0.8

_NOWHERE = np.empty((0, 4))  # wide enough for every kind of place

METHODS = {"dawid-skene": dawid_skene, "majority": majority, "aws": majority}


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """All things that were marked.

    Attributes
    ----------
    places : numpy.ndarray
        (t, d) numbers: where each thing is.
    labels : list of str
        Their classes.
    answers : numpy.ndarray
        (t,): the answer that each is part of.
    """

    places: Floats
    labels: list[str]
    answers: Integers

    @classmethod
    def of(cls, answers: Answers, place: Callable[[Any], Sequence[float]]) -> Marks:
        """Collect the things of all answers; `place` gives the numbers of one."""
        counts = [len(annotation) for annotation in answers.annotations]
        things = [thing for annotation in answers.annotations for thing in annotation]
        places = np.array([place(thing) for thing in things], float) if things else _NOWHERE
        return cls(places=places, labels=[thing["label"] for thing in things], answers=np.repeat(np.arange(len(counts)), counts))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Clusters:
    """Which marks are one thing; `items` says of what item each cluster is."""

    numbers: Integers
    items: Integers
    seen: list[Integers]

    def __len__(self) -> int:
        return len(self.items)


def consolidate(
    answers: Answers,
    place: Callable[[Any], Sequence[float]],
    method: str,
    *,
    likeness: Callable[[Floats, Floats], Floats],
    settle: Callable[[Floats, Integers, Integers, tuple[int, int], str], Floats],
    rebuild: Callable[[str, Floats], dict[str, Any]],
    eager: bool = False,
) -> Consolidation:
    """Make one list of things of several.

    Parameters
    ----------
    answers : Answers
        Annotations are lists of things with a ``label``.
    place : callable
        The d numbers that say where a thing is.
    method : str
        ``dawid-skene``, ``majority`` (more than half of the workers marked it), or ``aws`` (at least half did).
    likeness : callable
        (n, d) and (m, d) places to (n, m), 0 to 1.
    settle : callable
        Places, their clusters and workers, the numbers of both, and the method, to the place of each cluster, (c, d).
    rebuild : callable
        Makes a thing of its class and place.
    eager : bool
        Whether things are also accepted that most workers missed, see `Existence.accepted`.
    """
    n, m = answers.shape
    marks = Marks.of(answers, place)
    workers = answers.workers[marks.answers]
    clusters = _clusters(answers, marks, likeness)
    who = [workers[clusters.numbers == number] for number in range(len(clusters))]
    share = np.array([len(marked) / len(seen) for marked, seen in zip(who, clusters.seen, strict=True)])
    if method == "dawid-skene":
        judged = existence(list(zip(who, clusters.seen, strict=True)), m, _known(answers, marks, clusters, place, likeness))
        accepted, sure = judged.accepted(eager=eager), judged.confidence
    else:
        accepted, sure = share >= 0.5 if method == "aws" else share > 0.5, share  # noqa: PLR2004
    names, name_sure = _label_clusters(marks, clusters, workers, m, method)
    places = settle(marks.places, clusters.numbers, workers, (len(clusters), m), method) if len(clusters) else marks.places
    found: list[list[Any]] = [[] for _ in range(n)]
    confidence: list[list[float]] = [[] for _ in range(n)]
    for number in np.flatnonzero(accepted).tolist():
        item = int(clusters.items[number])
        found[item].append(rebuild(names[number], places[number]))
        confidence[item].append(float(sure[number] * name_sure[number]))
    for item, annotation in answers.gold.items():
        found[item], confidence[item] = list(annotation), [1.0] * len(annotation)
    answered = np.bincount(answers.items, minlength=n) > 0
    return Consolidation(
        annotations=[
            annotation if told or item in answers.gold else None for item, (annotation, told) in enumerate(zip(found, answered, strict=True))
        ],
        confidence=list(confidence),
        agreement=mean_by_item(pair_scores(answers, match_score(marks, answers, likeness)), n),
        workers=_workers(answers, marks, clusters, accepted, places, likeness),
    )


def match_score(marks: Marks, answers: Answers, likeness: Callable[[Floats, Floats], Floats]) -> Callable[[Any, Any], float]:
    """Give the score of two answers: F1 of things that lie on one another (`ALIKE`) and have the same class, 1 where both are empty."""
    places = {id(annotation): np.flatnonzero(marks.answers == number) for number, annotation in enumerate(answers.annotations)}

    def score(one: Any, other: Any) -> float:
        first, second = places[id(one)], places[id(other)]
        if not len(first) or not len(second):
            return float(len(first) == len(second))
        alike = likeness(marks.places[first], marks.places[second])
        same = np.array([[marks.labels[a] == marks.labels[b] for b in second] for a in first])
        return 2 * _matched(np.where(same, alike, 0)) / (len(first) + len(second))

    return score


def agreement(answers: Answers, place: Callable[[Any], Sequence[float]], likeness: Callable[[Floats, Floats], Floats]) -> pd.DataFrame:
    """Measure agreement about whether there is a thing, of what class it is, and where it is, for all classes and for each.

    Notes
    -----
    Detection and label: Krippendorff's alpha, nominal, over clusters; a thing's class is that of most who marked it. Location: 1 minus the mean
    unlikeness of marks of one cluster over that of marks of one item, whoever made them.
    """
    marks = Marks.of(answers, place)
    workers = answers.workers[marks.answers]
    clusters = _clusters(answers, marks, likeness)
    names, _ = _label_clusters(marks, clusters, workers, answers.shape[1], "majority")
    marked = np.full((answers.shape[1], len(clusters)), np.nan)
    for number, seen in enumerate(clusters.seen):
        marked[seen, number] = 0
    marked[workers, clusters.numbers] = 1
    classes = sorted(set(marks.labels))
    label = np.full(marked.shape, np.nan)
    label[workers, clusters.numbers] = [classes.index(name) for name in marks.labels]
    near, far = _distances(answers, marks, clusters, likeness)
    rows: list[tuple[str, str | None, float]] = []
    for name in [None, *classes]:
        own = np.array([name is None or one == name for one in names], bool)
        rows.append(("detection", name, krippendorff_alpha(marked[:, own])))
        rows.append(("label", name, krippendorff_alpha(label if name is None else np.where(np.isnan(label), np.nan, label == classes.index(name)))))
        mine = own[near[0].astype(np.intp)] if len(near[0]) else np.empty(0, bool)
        rows.append(("location", name, pairwise_alpha(near[1][mine], far)))
    return pd.DataFrame(rows, columns=["measure", "label", "alpha"])


def _clusters(answers: Answers, marks: Marks, likeness: Callable[[Floats, Floats], Floats]) -> _Clusters:
    numbers = np.zeros(len(marks.labels), np.intp)
    items: list[int] = []
    seen: list[Integers] = []
    codes = np.array([{name: code for code, name in enumerate(dict.fromkeys(marks.labels))}[label] for label in marks.labels], np.intp)
    for item, places in answers.by_item():
        own = np.flatnonzero(np.isin(marks.answers, places))
        if not len(own):
            continue
        alike = likeness(marks.places[own], marks.places[own])
        alike = np.where(codes[own][:, None] == codes[own], alike, _OTHER_CLASS * alike)
        found = cluster(alike, answers.workers[marks.answers[own]], least=LEAST)
        numbers[own] = found + len(items)
        count = int(found.max()) + 1
        items += [item] * count
        seen += [answers.workers[places]] * count
    return _Clusters(numbers=numbers, items=np.array(items, np.intp), seen=seen)


def _known(
    answers: Answers, marks: Marks, clusters: _Clusters, place: Callable[[Any], Sequence[float]], likeness: Callable[[Floats, Floats], Floats]
) -> dict[int, int]:
    """Tell of the clusters of items whose annotation is known whether they are in it."""
    known = {}
    for number in np.flatnonzero(np.isin(clusters.items, list(answers.gold))).tolist():
        truth = np.array([place(thing) for thing in answers.gold[int(clusters.items[number])]], float)
        middle = np.median(marks.places[clusters.numbers == number], axis=0, keepdims=True)
        known[number] = int(len(truth) > 0 and likeness(middle, truth).max() >= ALIKE)
    return known


def _label_clusters(marks: Marks, clusters: _Clusters, workers: Integers, count: int, method: str) -> tuple[list[str], Floats]:
    """Choose the class of each cluster, and say how sure that is."""
    names = sorted(set(marks.labels))
    if not names:
        return [], np.empty(0)
    codes = {name: code for code, name in enumerate(names)}
    labels = np.array([codes[label] for label in marks.labels], np.intp)
    votes = Votes(items=clusters.numbers, workers=workers, labels=labels, shape=(len(clusters), count, len(names)))
    verdict = METHODS[method](votes)
    if method == "dawid-skene":
        # By who said it alone: what is frequent elsewhere does not outvote those who saw this thing.
        choice, sure = evidence(votes, verdict.confusion).argmax(1), calibrated(votes, verdict)
    else:
        choice, sure = verdict.choice, verdict.posterior
    return [names[label] for label in choice], sure[np.arange(len(choice)), choice] if len(names) > 1 else np.ones(len(choice))


def _matched(alike: Floats) -> int:
    """Count pairs that are alike enough, each thing in one pair, the most alike first."""
    count = 0
    left = alike.copy()
    while left.size and left.max() >= ALIKE:
        one, other = divmod(int(left.argmax()), left.shape[1])
        left[one], left[:, other] = 0, 0
        count += 1
    return count


def _distances(
    answers: Answers, marks: Marks, clusters: _Clusters, likeness: Callable[[Floats, Floats], Floats]
) -> tuple[tuple[Floats, Floats], Floats]:
    """Give (clusters, unlikeness) of pairs of different workers within a cluster, and the unlikeness of all such pairs within an item."""
    near: list[tuple[int, float]] = []
    far: list[float] = []
    for _, places in answers.by_item():
        own = np.flatnonzero(np.isin(marks.answers, places))
        first, second = np.triu_indices(len(own), 1)
        others = marks.answers[own[first]] != marks.answers[own[second]]
        apart = 1 - likeness(marks.places[own], marks.places[own])[first, second]
        together = others & (clusters.numbers[own[first]] == clusters.numbers[own[second]])
        near += zip(clusters.numbers[own[first[together]]].tolist(), apart[together].tolist(), strict=True)
        far += apart[others].tolist()
    return (np.array([number for number, _ in near], float), np.array([distance for _, distance in near], float)), np.array(far, float)


def _workers(
    answers: Answers,
    marks: Marks,
    clusters: _Clusters,
    accepted: NDArray[np.bool_],
    places: Floats,
    likeness: Callable[[Floats, Floats], Floats],
) -> pd.DataFrame:
    """Judge workers by what was accepted: how much of it they marked, how much of what they marked it is, and how exactly they did."""
    m = answers.shape[1]
    workers = answers.workers[marks.answers]
    good = accepted[clusters.numbers] if len(marks.labels) else np.empty(0, bool)
    marked = np.bincount(workers, minlength=m)
    right = np.bincount(workers[good], minlength=m)
    possible = np.zeros(m)
    for number in np.flatnonzero(accepted):
        possible[clusters.seen[number]] += 1
    alike = np.array([likeness(marks.places[[one]], places[[clusters.numbers[one]]])[0, 0] for one in np.flatnonzero(good)])
    exactness = np.bincount(workers[good], weights=alike, minlength=m)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall = right / marked, right / possible
        return pd.DataFrame(
            {
                "answers": np.bincount(answers.workers, minlength=m),
                "accuracy": 2 * right / (marked + possible),
                "precision": precision,
                "recall": recall,
                "overlap": exactness / right,
            }
        )
