"""How good and how fast auto-segment is, beside classical peers on the same pictures in the same run.

::

    python tests/benchmarks/segmentation.py [--pictures FOLDER] [--composites 60] [--limit N]

Without a folder only generated pictures are measured. A folder holds NAME.jpg beside NAME.png, 0 where the object is not; what stands before the
first ``_`` of a name is its set. Such pictures are, for example, the GrabCut set (Rother et al. 2004) and objects of BSDS500 (Arbelaez et al. 2011),
which their terms do not let us include. Peers run where their packages are installed: ``pip install opencv-python-headless scikit-image``.

A person is imitated: the four extreme points of the true mask first, then clicks at the centre of the largest error, by the usual rule (Sofiiuk et
al. 2022): the error pixel that is farthest from any other pixel. Clicks are counted with the four, at most 20. IoU is intersection over union.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from composites import composite
from PIL import Image
from segmentation_peers import PEERS

from nblabel.assist import CueSegmenter, Mark, Point, Prompts

FIRST_TEST_COMPOSITE = 1_000_000
MOST_CLICKS = 20
SHOWN = 5
ENOUGH = 0.9


@dataclass
class Result:
    """What one method reached on one picture: IoU after the extreme points and after each click, and seconds of work."""

    overlaps: list = field(default_factory=list)
    proposal: float = 0.0
    corrections: list = field(default_factory=list)

    def after(self, clicks):
        return self.overlaps[min(clicks, len(self.overlaps) - 1)]

    def clicks_to(self, wanted):
        return next((4 + number for number, overlap in enumerate(self.overlaps) if overlap >= wanted), MOST_CLICKS)


def extremes_of(mask):
    """Give the four extreme points of a mask: the middle ones of its outermost rows and columns."""
    rows, columns = np.nonzero(mask)
    places = [np.flatnonzero(line == end) for line in (rows, columns) for end in (line.min(), line.max())]
    return tuple(Point(columns[place[len(place) // 2]] + 0.5, rows[place[len(place) // 2]] + 0.5) for place in places)


def overlap(mask, truth):
    return np.count_nonzero(mask & truth) / max(np.count_nonzero(mask | truth), 1)


def next_click(mask, truth):
    """Click on the centre of the largest error."""
    missing, excess = depth(truth & ~mask), depth(mask & ~truth)
    positive = missing.max() >= excess.max()
    row, column = np.unravel_index(np.argmax(missing if positive else excess), mask.shape)
    return Mark.click(column + 0.5, row + 0.5, positive=bool(positive))


def depth(area):
    """Give the squared distance of each pixel of an area to the outside, beyond the picture included."""
    padded = np.pad(area, 1)
    above = np.zeros(padded.shape)
    for row in range(1, padded.shape[0]):
        above[row] = np.where(padded[row], above[row - 1] + 1, 0)
    below = np.zeros(padded.shape)
    for row in range(padded.shape[0] - 2, -1, -1):
        below[row] = np.where(padded[row], below[row + 1] + 1, 0)
    squares = np.square(np.minimum(above, below))
    found = squares.copy()
    shift = 1
    while shift * shift < found.max():
        found[:, shift:] = np.minimum(found[:, shift:], squares[:, :-shift] + shift * shift)
        found[:, :-shift] = np.minimum(found[:, :-shift], squares[:, shift:] + shift * shift)
        shift += 1
    return found[1:-1, 1:-1]


def correct_until(segmenter, image, truth, clicks):
    """Propose and correct with a segmenter of ours."""
    result = Result()
    prompts = Prompts(extremes=extremes_of(truth))
    start = time.process_time()
    embedding = segmenter.embed(image)
    mask = segmenter.predict(embedding, prompts)
    result.proposal = time.process_time() - start
    result.overlaps.append(overlap(mask, truth))
    while len(result.overlaps) <= clicks and (len(result.overlaps) <= SHOWN or max(result.overlaps) < ENOUGH):
        prompts = replace(prompts, marks=(*prompts.marks, next_click(mask, truth)))
        start = time.process_time()
        mask = segmenter.predict(embedding, prompts)
        result.corrections.append(time.process_time() - start)
        result.overlaps.append(overlap(mask, truth))
    return result


def propose_with(peer, image, truth):
    """Propose with a peer."""
    points = extremes_of(truth)
    start = time.process_time()
    mask = peer(image, [(point.x, point.y) for point in points])
    return Result([overlap(mask, truth)], time.process_time() - start)


def sets(arguments):
    """Give the pictures by set: name, image and true mask."""
    found = defaultdict(list)
    for path in sorted(Path(arguments.pictures).glob("*.png")) if arguments.pictures else ():
        truth = np.asarray(Image.open(path).convert("L")) > 0
        found[path.stem.partition("_")[0]].append((path.stem, np.asarray(Image.open(path.with_suffix(".jpg")).convert("RGB")), truth))
    for number in range(arguments.composites):
        found["composites"].append((f"composite {number}", *composite(FIRST_TEST_COMPOSITE + number)))
    return {name: pictures[: arguments.limit] for name, pictures in found.items()}


def show(name, results, clicks):
    """Print a row of the table."""
    first = np.array([result.overlaps[0] for result in results])
    row = f"{name:34} {100 * first.mean():6.1f} {100 * (first < 0.5).mean():5.0f} {100 * (first >= ENOUGH).mean():5.0f}"
    row += f" {1000 * np.mean([result.proposal for result in results]):7.0f}"
    if clicks:
        row += "   " + " ".join(f"{100 * np.mean([result.after(number) for result in results]):5.1f}" for number in range(1, SHOWN + 1))
        row += "   " + " ".join(f"{np.mean([result.clicks_to(wanted) for result in results]):5.2f}" for wanted in (0.85, ENOUGH))
        row += f" {100 * np.mean([max(result.overlaps) < ENOUGH for result in results]):5.0f}"
        row += f" {1000 * np.mean([seconds for result in results for seconds in result.corrections]):7.0f}"
    print(row, flush=True)


def quality(arguments):
    """Print IoU and clicks, ours and the peers'."""
    segmenter = CueSegmenter()
    clicks = 0 if arguments.proposals_only else MOST_CLICKS - 4
    for name, pictures in sets(arguments).items():
        print(f"\n{name}: {len(pictures)} pictures. IoU in %, time in ms of processor time")
        print(f"{'':34} {'IoU':>6} {'<50':>5} {'>=90':>5} {'ms':>7}   {'after 1..5 clicks':29}   {'to85':>5} {'to90':>5} {'never':>5} {'ms':>7}")
        ours = [correct_until(segmenter, image, truth, clicks) for _, image, truth in pictures]
        show("nblabel", ours, clicks)
        for peer_name, peer in PEERS.items():
            show(peer_name, [propose_with(peer, image, truth) for _, image, truth in pictures], 0)
        if arguments.each:
            for (picture, _, _), result in zip(pictures, ours, strict=True):
                print(f"  {picture:20} {' '.join(f'{100 * result.after(number):5.1f}' for number in range(SHOWN + 1))}  {result.clicks_to(ENOUGH):3}")


def speed():
    """Print the time of a proposal and of a correction by size of the picture."""
    print("\nspeed: milliseconds, wall and processor")
    for width, height in ((640, 480), (4000, 3000), (6000, 4000)):
        small, truth = composite(FIRST_TEST_COMPOSITE + 3)
        image = np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))
        prompts = Prompts(extremes=extremes_of(np.asarray(Image.fromarray(truth).resize((width, height), Image.Resampling.NEAREST))))
        center = Mark.click(np.mean([p.x for p in prompts.extremes]), np.mean([p.y for p in prompts.extremes]), positive=False)
        taken = defaultdict(list)
        for _ in range(7):
            segmenter = CueSegmenter()
            embedding = segmenter.embed(image)
            for step, given in (("proposal", prompts), ("correction", replace(prompts, marks=(center,)))):
                wall, processor = time.perf_counter(), time.process_time()
                segmenter.predict(embedding, given)
                taken[step].append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor)))
        for step, times in taken.items():
            wall, processor = np.median(times, axis=0)
            print(f"{width * height / 1e6:5.1f} megapixels, {step:10} {wall:6.0f} {processor:6.0f}")


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", help="folder of pictures with true masks")
    parser.add_argument("--composites", type=int, default=60, help="number of generated pictures")
    parser.add_argument("--limit", type=int, help="number of pictures of each set")
    parser.add_argument("--proposals-only", action="store_true", help="make no corrections")
    parser.add_argument("--each", action="store_true", help="print each picture")
    arguments = parser.parse_args()
    quality(arguments)
    speed()


if __name__ == "__main__":
    main()
