"""Consolidation of masks: which class each pixel has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nblabel.consolidation.agreement import krippendorff_alpha
from nblabel.consolidation.answers import Answers, Consolidation, mean_by_item, pair_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.uint8]

__all__ = ["Voted", "consolidate_masks", "mask_agreement", "mask_score", "smoothed_vote", "vote_masks"]

POWER = 8.0
PULL = 2.0
"""Images that a worker's care on all images counts for on one."""
ROUNDS = 5
CLOSE = 1e-3
SAMPLE = 250_000
"""Pixels, about, on which masks are compared; all of them are voted on."""
SAMPLE_FOR_ALPHA = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Voted:
    """Masks made of several.

    Attributes
    ----------
    masks : list of numpy.ndarray
        One (height, width) uint8 an item.
    shares : list of dict
        For each item and class the mean share of the weighted vote that its pixels got.
    skill : numpy.ndarray
        (m,): mean intersection over union of a worker's masks with what the others painted.
    """

    masks: list[Mask]
    shares: list[dict[int, float]]
    skill: Floats


def vote_masks(stacks: Sequence[NDArray[np.uint8]], workers: Sequence[Sequence[int]], count: int) -> Voted:
    """Let workers vote on each pixel, those whose masks agree with the others' counting more.

    Parameters
    ----------
    stacks : sequence of numpy.ndarray
        (w, height, width) uint8 an item: the class index of every pixel, by worker.
    workers : sequence
        For each item its w workers.
    count : int
        Number of workers.

    Notes
    -----
    A worker's weight on an item is a power of the mean intersection over union of that mask with the vote of the *other* workers, drawn towards the
    worker's mean over all items.
    """
    weights = [np.ones(len(stack)) for stack in stacks]
    skill = np.ones(count)
    for _ in range(ROUNDS):
        quality = [_qualities(stack, weight) for stack, weight in zip(stacks, weights, strict=True)]
        sums, totals = np.zeros(count), np.zeros(count)
        for who, found in zip(workers, quality, strict=True):
            np.add.at(sums, list(who), found)
            np.add.at(totals, list(who), 1)
        skill = sums / np.maximum(totals, 1)
        drawn = [(found + PULL * skill[list(who)]) / (1 + PULL) for who, found in zip(workers, quality, strict=True)]
        before, weights = weights, [np.maximum(found, 1e-3) ** POWER for found in drawn]
        if max((float(np.abs(a / a.max() - b / b.max()).max()) for a, b in zip(before, weights, strict=True)), default=0) < CLOSE:
            break
    masks = [_vote(stack, weight) for stack, weight in zip(stacks, weights, strict=True)]
    return Voted(masks=[mask for mask, _ in masks], shares=[_by_class(mask, share) for mask, share in masks], skill=skill)


def smoothed_vote(stack: NDArray[np.uint8]) -> tuple[Mask, dict[int, float]]:
    """Count votes for each pixel together with its eight neighbours', as Ground Truth documents it.

    Returns
    -------
    mask, shares
        (height, width) uint8, and for each class the mean share of the votes that its pixels got.
    """
    classes = np.unique(stack)
    counts = np.stack([_with_neighbours((stack == one).sum(0, dtype=np.uint16)) for one in classes])
    mask = classes[counts.argmax(0)]
    share = counts.max(0) / counts.sum(0)
    return mask, _by_class(mask, share)


def _with_neighbours(counts: NDArray[np.uint16]) -> NDArray[np.uint16]:
    height, width = counts.shape
    padded = np.pad(counts, 1, mode="edge")
    return np.asarray(sum(padded[top : top + height, left : left + width] for top in range(3) for left in range(3)), np.uint16)


def _qualities(stack: NDArray[np.uint8], weights: Floats) -> Floats:
    """Compare each mask with what the others vote for; (w,) mean intersection over union of the classes that either has."""
    if len(stack) == 1:
        return np.ones(1)
    step = max(1, int((stack[0].size / SAMPLE) ** 0.5))
    small = stack[:, ::step, ::step].reshape(len(stack), -1)
    classes = np.unique(small)
    given = small[None] == classes[:, None, None]
    scores = np.einsum("kwp,w->kp", given, weights)
    found = np.empty(len(stack))
    for number, weight in enumerate(weights):
        others = (scores - weight * given[:, number]).argmax(0)
        own = given[:, number]
        theirs = others == np.arange(len(classes))[:, None]
        union = (own | theirs).sum(1)
        present = (union > 0) & ((classes > 0) | (len(classes) == 1))
        found[number] = ((own & theirs).sum(1)[present] / union[present]).mean() if present.any() else 1.0
    return found


def _vote(stack: NDArray[np.uint8], weights: Floats) -> tuple[Mask, Floats]:
    mask = stack[0].copy()
    share = np.ones(mask.shape)
    differ = (stack != stack[0]).any(0)
    if differ.any():
        votes = stack[:, differ]
        classes = np.unique(votes)
        scores = np.stack([weights @ (votes == one) for one in classes])
        mask[differ] = classes[scores.argmax(0)]
        share[differ] = scores.max(0) / weights.sum()
    return mask, share


def _by_class(mask: Mask, share: Floats) -> dict[int, float]:
    sums = np.bincount(mask.ravel(), weights=share.ravel())
    counts = np.bincount(mask.ravel())
    return {int(one): float(sums[one] / counts[one]) for one in np.flatnonzero(counts)}


def consolidate_masks(answers: Answers, method: str) -> Consolidation:
    """Make one mask of several.

    Parameters
    ----------
    answers : Answers
        Annotations are (height, width) uint8 arrays of class indices, those of one item of one size.
    method : str
        ``dawid-skene`` (workers weighed, see `vote_masks`), ``majority`` (a plain vote on each pixel), or ``aws`` (`smoothed_vote`).

    Returns
    -------
    Consolidation
        Confidence is a dict by class index.
    """
    n, m = answers.shape
    grouped = list(answers.by_item())
    stacks = [np.stack([answers.annotations[place] for place in places.tolist()]) for _, places in grouped]
    if method == "dawid-skene":
        voted = vote_masks(stacks, [answers.workers[places].tolist() for _, places in grouped], m)
        results = list(zip(voted.masks, voted.shares, strict=True))
    else:
        results = [smoothed_vote(stack) if method == "aws" else _plain_vote(stack) for stack in stacks]
    masks: list[Mask | None] = [None] * n
    confidence: list[dict[int, float]] = [{} for _ in range(n)]
    for (item, _), (mask, shares) in zip(grouped, results, strict=True):
        masks[item], confidence[item] = mask, shares
    for item, mask in answers.gold.items():
        masks[item], confidence[item] = mask, dict.fromkeys(np.unique(mask).tolist(), 1.0)
    overlaps = np.array([mask_score(annotation, masks[item]) for item, annotation in zip(answers.items, answers.annotations, strict=True)], float)
    counts = np.bincount(answers.workers, minlength=m)
    with np.errstate(invalid="ignore"):
        accuracy = np.bincount(answers.workers, weights=overlaps, minlength=m) / counts
    return Consolidation(
        annotations=masks,
        confidence=list(confidence),
        agreement=mean_by_item(pair_scores(answers, mask_score), n),
        workers=pd.DataFrame({"answers": counts, "accuracy": accuracy}),
    )


def mask_score(one: Mask, other: Mask | None) -> float:
    """Give the mean intersection over union of the classes that either mask has, background (0) left out unless it is all there is."""
    if other is None or one.shape != other.shape:
        return 0.0
    size = int(max(one.max(initial=0), other.max(initial=0))) + 1
    table = np.bincount((one.astype(np.int64) * size + other).ravel(), minlength=size * size).reshape(size, size)
    shared, union = np.diag(table), table.sum(0) + table.sum(1) - np.diag(table)
    present = union > 0
    present[0] = present[0] and not present[1:].any()
    return float((shared[present] / union[present]).mean())


def mask_agreement(answers: Answers) -> pd.DataFrame:
    """Measure agreement about the class of pixels, and of each class against all others: Krippendorff's alpha, nominal, over a grid of pixels."""
    units = []
    for _, places in answers.by_item():
        stack = np.stack([answers.annotations[place] for place in places.tolist()])
        step = max(1, int((stack[0].size / SAMPLE_FOR_ALPHA) ** 0.5))
        values = np.full((answers.shape[1], stack[0, ::step, ::step].size), np.nan)
        values[answers.workers[places]] = stack[:, ::step, ::step].reshape(len(stack), -1)
        units.append(values)
    table = np.hstack(units) if units else np.empty((answers.shape[1], 0))
    classes = np.unique(table[~np.isnan(table)]).astype(int).tolist()
    rows: list[tuple[str, int | None, float]] = [("label", None, krippendorff_alpha(table))]
    rows += [("label", one, krippendorff_alpha(np.where(np.isnan(table), np.nan, table == one))) for one in classes]
    return pd.DataFrame(rows, columns=["measure", "label", "alpha"], dtype=object).astype({"alpha": float})


def _plain_vote(stack: NDArray[np.uint8]) -> tuple[Mask, dict[int, float]]:
    mask, share = _vote(stack, np.ones(len(stack)))
    return mask, _by_class(mask, share)
