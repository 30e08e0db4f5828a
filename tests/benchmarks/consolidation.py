"""Consolidation beside other methods: accuracy, calibration and CPU time; masks and boxes of generated scenes.

    python tests/benchmarks/consolidation.py [--crowd FOLDER]

FOLDER holds public crowdsourcing data: pairs ``NAME_crowd.txt`` ("item worker label" a line) and ``NAME_truth.txt`` ("item label"), or
``NAME_answer.csv`` (question,worker,answer) and ``NAME_truth.csv`` (question,truth). With crowd-kit installed (``pip install crowd-kit``) its
methods run beside ours.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import pandas as pd

from nblabel.consolidation.boxes import average_boxes, iou, similar_half
from nblabel.consolidation.masks import mask_score, smoothed_vote, vote_masks
from nblabel.consolidation.votes import Votes, aws_dawid_skene, calibrated, dawid_skene, majority

try:
    from crowdkit.aggregation import GLAD, MACE, DawidSkene, MajorityVote, SegmentationEM, SegmentationRASA
except ImportError:
    DawidSkene = None


# ---- classes


def read(folder: Path, name: str) -> tuple[list[tuple[str, str, str]], dict[str, str]]:
    """Read answers (item, worker, label) and the truth of items."""
    if (folder / f"{name}_crowd.txt").exists():
        answers = [line.split() for line in (folder / f"{name}_crowd.txt").read_text().splitlines() if line.strip()]
        truth = [line.split() for line in (folder / f"{name}_truth.txt").read_text().splitlines() if line.strip()]
    else:
        answers, truth = (list(csv.reader((folder / f"{name}_{kind}.csv").open()))[1:] for kind in ("answer", "truth"))
    return [tuple(row[:3]) for row in answers], dict(row[:2] for row in truth)


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Mean distance of confidence and accuracy over ten bins, weighed by their sizes."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    return sum((bins == one).mean() * abs(confidence[bins == one].mean() - right[bins == one].mean()) for one in np.unique(bins))


def compare_classes(folder: Path) -> None:
    """Print a table a data set."""
    rows = []
    for name in sorted({path.name.rsplit("_", 1)[0] for path in folder.glob("*_truth.*")}):
        answers, truth = read(folder, name)
        items, workers, labels = (sorted(set(column)) for column in zip(*answers, strict=True))
        labels = sorted({*labels, *truth.values()})
        codes = [{key: place for place, key in enumerate(keys)} for keys in (items, workers, labels)]
        columns = (np.array([code[key] for key in column], np.intp) for code, column in zip(codes, zip(*answers, strict=True), strict=True))
        parts = dict(zip(("items", "workers", "labels"), columns, strict=True))
        votes = Votes(**parts, shape=(len(items), len(workers), len(labels)))
        known = np.array([codes[2][truth[item]] if item in truth else -1 for item in items])

        def score(name, method, found, confidence, seconds, known=known):
            right = (found == known)[known >= 0]
            rows.append((name, method, 100 * right.mean(), calibration_error(confidence[known >= 0], right), seconds))

        for method, engine in (("majority", majority), ("aws", aws_dawid_skene), ("nblabel", dawid_skene)):
            start = time.process_time()
            verdict = engine(votes)
            sure = calibrated(votes, verdict) if method == "nblabel" else verdict.posterior
            score(name, method, verdict.choice, sure[np.arange(len(items)), verdict.choice], time.process_time() - start)
        if DawidSkene is None:
            continue
        frame = pd.DataFrame(answers, columns=["task", "worker", "label"])
        peers = {"MajorityVote": MajorityVote(), "DawidSkene": DawidSkene(n_iter=100), "MACE": MACE(random_state=0), "GLAD": GLAD()}
        for method, peer in peers.items():
            start = time.process_time()
            found = peer.fit_predict(frame).loc[items]
            seconds = time.process_time() - start
            sure = peer.probas_.loc[items].max(axis=1).to_numpy()
            score(name, f"crowd-kit {method}", np.array([codes[2][label] for label in found]), sure, seconds)
    table = pd.DataFrame(rows, columns=["data", "method", "accuracy", "calibration error", "CPU s"])
    print(table.to_string(index=False, float_format="%.3f"))
    print()
    print(table.groupby("method")[["accuracy", "calibration error", "CPU s"]].mean().to_string(float_format="%.3f"))


def compare_independent() -> None:
    """Print how sure the default is of workers who err independently, each with so many answers."""
    random = np.random.default_rng(3)
    print("independent workers: classes, accuracy, items, answers an item: right, confidence, calibration error")
    for k in (2, 4, 10):
        for accuracy in ([0.9] * 5, [0.7] * 5, [0.95, 0.9, 0.8, 0.7, 0.6], [0.85] * 30):
            for n, asked in ((50, 3), (300, 3), (1000, 3), (300, 5)):
                truth = random.integers(0, k, n)
                workers = np.argsort(random.random((n, len(accuracy))), axis=1)[:, :asked]
                wrong = random.random((n, asked)) >= np.array(accuracy)[workers]
                labels = np.where(wrong, (truth[:, None] + random.integers(1, k, (n, asked))) % k, truth[:, None])
                items = np.repeat(np.arange(n), asked)
                votes = Votes(items=items, workers=workers.ravel(), labels=labels.ravel(), shape=(n, len(accuracy), k))
                verdict = dawid_skene(votes)
                right, sure = verdict.choice == truth, calibrated(votes, verdict)[np.arange(n), verdict.choice]
                team = f"{len(accuracy)} x {np.mean(accuracy):.2f}"
                print(f"  {k:3} {team:10} {n:5} {asked}: {right.mean():.3f} {sure.mean():.3f} {calibration_error(sure, right):.3f}")


# ---- masks and boxes of generated scenes: two good workers, two sloppy ones, one who guesses


def disc(radius: int) -> list[tuple[int, int]]:
    """Offsets within a radius."""
    reach = range(-radius, radius + 1)
    return [(down, right) for down in reach for right in reach if down**2 + right**2 <= radius**2]


def grown(mask: np.ndarray, radius: int) -> np.ndarray:
    """Grow a mask by so many pixels, or shrink it."""
    if radius < 0:
        return ~grown(~mask, -radius)
    return np.any([np.roll(mask, offset, (0, 1)) for offset in disc(radius)], axis=0)


def shape(random: np.random.Generator, height: int = 160, width: int = 200) -> np.ndarray:
    """Some ellipses in one another."""
    down, right = np.mgrid[:height, :width]
    mask = np.zeros((height, width), bool)
    for _ in range(random.integers(2, 6)):
        middle = random.uniform(40, height - 40), random.uniform(50, width - 50)
        angle, (long, short) = random.uniform(0, np.pi), random.uniform(12, 40, 2)
        along = (right - middle[1]) * np.cos(angle) + (down - middle[0]) * np.sin(angle)
        across = (down - middle[0]) * np.cos(angle) - (right - middle[1]) * np.sin(angle)
        mask |= (along / long) ** 2 + (across / short) ** 2 < 1
    return mask


def answers_to(mask: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Masks of five workers."""
    good = [np.roll(grown(mask, random.integers(-2, 3)), random.integers(-2, 3, 2), (0, 1)) for _ in range(2)]
    sloppy = [np.roll(grown(mask, 5), random.integers(-12, 13, 2), (0, 1)) for _ in range(2)]
    return np.stack([*good, *sloppy, shape(random)]).astype(np.uint8)


def compare_masks(count: int = 60) -> None:
    """Print the mean intersection over union with the truth."""
    random = np.random.default_rng(5)
    truths = [shape(random) for _ in range(count)]
    stacks = [answers_to(mask, random) for mask in truths]

    def report(method, masks, seconds):
        print(
            f"masks  {method:28} IoU {100 * np.mean([mask_score(np.uint8(a), np.uint8(b)) for a, b in zip(masks, truths, strict=True)]):.2f}", end=""
        )
        print(f"  {1000 * seconds / count:.2f} ms CPU an image")

    def timed(method, make):
        start = time.process_time()
        masks = make()
        report(method, masks, time.process_time() - start)

    timed("majority", lambda: [stack.sum(0) > 2 for stack in stacks])
    timed("aws", lambda: [smoothed_vote(stack)[0] for stack in stacks])
    timed("nblabel, all images together", lambda: vote_masks(stacks, [range(5)] * count, 5).masks)
    timed("nblabel, each image alone", lambda: [vote_masks([stack], [range(5)], 5).masks[0] for stack in stacks])
    if DawidSkene is None:
        return
    frame = pd.DataFrame(
        [(item, worker, mask.astype(bool)) for item, stack in enumerate(stacks) for worker, mask in enumerate(stack)],
        columns=["task", "worker", "segmentation"],
    )
    for peer in (SegmentationEM(), SegmentationRASA()):
        timed(f"crowd-kit {type(peer).__name__}", lambda peer=peer: list(peer.fit_predict(frame).loc[range(count)]))


def compare_boxes(count: int = 300) -> None:
    """Print the mean intersection over union with the truth."""
    random = np.random.default_rng(5)
    middle, size = random.uniform(50, 400, (count, 2)), random.uniform(30, 150, (count, 2))
    truth = np.hstack([middle - size / 2, middle + size / 2])
    scale = np.tile(size, 2)
    good = [truth + random.normal(0, 0.02, truth.shape) * scale for _ in range(2)]
    sloppy = [truth + np.array([-12, -12, 12, 12]) + random.normal(0, 0.05, truth.shape) * scale for _ in range(2)]
    guess = np.hstack([middle[::-1] - size / 2, middle[::-1] + size / 2])
    drawn = np.stack([*good, *sloppy, guess])
    sides, clusters, workers = drawn.reshape(-1, 4), np.tile(np.arange(count), 5), np.repeat(np.arange(5), count)
    alone = [average_boxes(drawn[:, item], np.zeros(5, np.intp), np.arange(5), (1, 5)).sides[0] for item in range(count)]
    for method, found in {
        "mean": drawn.mean(0),
        "median": np.median(drawn, axis=0),
        "aws": similar_half(sides, clusters, count),
        "nblabel, all images together": average_boxes(sides, clusters, workers, (count, 5)).sides,
        "nblabel, each image alone": np.array(alone),
    }.items():
        print(f"boxes  {method:28} IoU {100 * np.diag(iou(found, truth)).mean():.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crowd", type=Path, help="folder with public crowdsourcing data")
    options = parser.parse_args()
    if options.crowd:
        compare_classes(options.crowd)
        print()
    compare_independent()
    print()
    compare_masks()
    compare_boxes()
