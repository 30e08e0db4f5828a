"""Learns the weights in ``nblabel/assist/cue_weights.py`` from generated pictures, and writes that file.

Run ``python tests/benchmarks/cue_weights.py`` after a change of the cues. Logistic regression with a small penalty by Newton's method, on pixels
drawn evenly from ``composites.py``; no other picture takes part. The same code and versions give the same weights.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from composites import composite
from segmentation import extremes_of, next_click, overlap

import nblabel.assist
from nblabel.assist import Point, Prompts, corrections, cues
from nblabel.assist import cue_weights as present
from nblabel.assist.view import resize

HOME = Path(nblabel.assist.__file__).parent / "cue_weights.py"
PIXELS = 600
PENALTY = 1e-3
CLICKS = 4
LOOKS = []  # what `look` gave, for processes that are made afterwards


def fit(samples):
    """Fit weights, the constant last, to a list of (cues, truth): (pixels, cues) and (pixels,) arrays, one pair a picture."""
    x = np.concatenate([np.c_[values, np.ones(len(values))] for values, _ in samples]).astype(float)
    y = np.concatenate([truth for _, truth in samples]).astype(float)
    weight = np.concatenate([np.full(len(truth), 1 / len(truth)) for _, truth in samples])
    found = np.zeros(x.shape[1])
    for _ in range(15):
        expected = cues.share(x @ found).astype(float)
        slope = x.T @ (weight * (expected - y)) + PENALTY * weight.sum() * found
        bend = (x * (weight * expected * (1 - expected))[:, None]).T @ x + PENALTY * weight.sum() * np.eye(len(found))
        found -= np.linalg.solve(bend, slope)
    return found.astype(np.float32)


def drawn(values, truth, where, number):
    """Draw pixels of a picture: (pixels, cues) and (pixels,)."""
    places = np.flatnonzero(where)
    places = np.random.default_rng(number).choice(places, PIXELS) if len(places) else places
    return values.reshape(len(values), -1)[:, places].T, truth.ravel()[places]


def jittered(truth, number):
    """Give extreme points as a person clicks them: a little beside the true place in every third picture."""
    random = np.random.default_rng([7, number])
    height, width = truth.shape
    moved = random.normal(0, 1.5 if number % 3 == 0 else 0, (4, 2))
    return tuple(
        Point(float(np.clip(p.x + dx, 0, width)), float(np.clip(p.y + dy, 0, height))) for p, (dx, dy) in zip(extremes_of(truth), moved, strict=True)
    )


def look(number):
    """Give the scene of a composite, its true mask on the view, the first cues and the way out."""
    image, truth = composite(number)
    scene = cues.Scene.of(image, jittered(truth, number))
    view = scene.view
    small = resize(truth[view.top : view.bottom, view.left : view.right], view.shape) > 0.5
    values, out = cues.first_cues(scene)
    return scene, small, values.astype(np.float16), out


def second_sample(given):
    """Draw the second cues for the estimates of the first weights, or of the second weights where there are some already."""
    number, first, second = given
    scene, truth, values, out = LOOKS[number]
    values = values.astype(np.float32)
    estimate = weighed(values, first) * scene.inside
    both = np.concatenate([values, cues.second_cues(scene, out, estimate)])
    if second is not None:
        both = np.concatenate([values, cues.second_cues(scene, out, weighed(both, second) * scene.inside)])
    return drawn(both, truth, scene.inside, number)


def weighed(values, weights):
    return cues.share(np.tensordot(weights[:-1], values, 1) + weights[-1])


def correction_samples(number):
    """Draw the cues of corrections, along the clicks of a person who corrects the proposal."""
    image, truth = composite(number)
    segmenter = nblabel.assist.CueSegmenter()
    embedding = segmenter.embed(image)
    prompts = Prompts(extremes=jittered(truth, number))
    mask = segmenter.predict(embedding, prompts)
    samples = []
    for step in range(CLICKS):
        if overlap(mask, truth) > 0.97:
            break
        mark = next_click(mask, truth)
        seen = segmenter.look(embedding, prompts, mask, mark)
        view = seen.view
        right = (resize(truth[view.top : view.bottom, view.left : view.right], view.shape) > 0.5) == mark.positive
        if seen.open.any():
            samples.append(drawn(seen.cues, right, seen.open, 100 * number + step))
        prompts = replace(prompts, marks=(*prompts.marks, mark))
        mask = segmenter.predict(embedding, prompts)
    return samples


def write(first, second, correction):
    """Write the module."""
    parts = [("FIRST", cues.FIRST, first), ("SECOND", cues.FIRST + cues.SECOND, second), ("CORRECTION", corrections.CUES, correction)]
    lines = [
        '"""What cues are worth; written by ``tests/benchmarks/cue_weights.py``, learned from generated pictures only. The constant comes last."""',
        "",
    ]
    lines += ["from __future__ import annotations", "", "import numpy as np", "", '__all__ = ["CORRECTION", "FIRST", "SECOND"]', ""]
    for name, names, values in parts:
        lines += [f"{name} = np.array(", "    ["]
        lines += [f"        {value:.4f},  # {cue}" for cue, value in zip((*names, "constant"), values, strict=True)]
        lines += ["    ],", "    dtype=np.float32,", ")"]
    HOME.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=480)
    parser.add_argument("--corrections-only", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    numbers = range(arguments.pictures)
    first, second, correction = present.FIRST, present.SECOND, present.CORRECTION
    if not arguments.corrections_only:
        with Pool(2) as pool:
            LOOKS.extend(pool.map(look, numbers, 8))
        first = fit([drawn(values, truth, scene.inside, number) for number, (scene, truth, values, _) in enumerate(LOOKS)])
        with Pool(2) as pool:
            second = fit(pool.map(second_sample, [(number, first, None) for number in numbers], 8))
            second = fit(pool.map(second_sample, [(number, first, second) for number in numbers], 8))
        write(first, second, correction)
        present.FIRST, present.SECOND = first, second
    with Pool(2) as pool:  # new processes, which use the weights just learned
        samples = pool.map(correction_samples, numbers[: arguments.pictures // 4], 4)
        correction = fit([sample for some in samples for sample in some])
    write(first, second, correction)


if __name__ == "__main__":
    main()
