"""Learns what `nblabel.assist` weighs cues by from generated pictures, and writes ``cue_weights.py`` and the two networks beside it.

::

    python tests/benchmarks/cue_weights.py --font NotoColorEmoji.ttf --photographs FOLDER [--pictures 4000]

Run it after a change of the cues (``pip install jax optax``; about an hour on two cores). Pictures come from ``training_pictures.py``; no other
picture takes part. The font is Debian's ``fonts-noto-color-emoji``. The weights that are shipped were learned with the photographs of the
demonstration and those of Debian's packages ``lomiri-wallpapers-16.04`` and ``lomiri-wallpapers-20.04`` (CC0, CC BY and CC BY-SA; those that are
photographs, reduced to 900 pixels).

1. Logistic regression on first cues gives a first estimate.
2. A network learns from first cues, landmarks and the second cues for that estimate; a logistic regression mixes its judgement with the cues at full
   resolution.
3. Both go on to learn from the second cues for their own estimate, so that they can be asked twice.
4. Another network and regression learn what the clicks of a person who corrects such proposals change.
"""

from __future__ import annotations

import argparse
import os
import pickle
import tempfile
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from network_training import train
from segmentation import extremes_of, next_click, overlap
from training_pictures import training_picture

import nblabel.assist
from nblabel.assist import Point, Prompts, corrections, cues, proposals
from nblabel.assist import cue_weights as present
from nblabel.assist.network import weigh
from nblabel.assist.view import halved, resize

HOME = Path(nblabel.assist.__file__).parent
PIXELS = 400
PENALTY = 1e-3
CLICKS = 6
EPOCHS = 14
WORKERS = 2


def fit(samples):
    """Fit weights, the constant last, to a list of (cues, truth): (pixels, cues) and (pixels,) arrays, one pair a picture.

    Logistic regression with a small penalty by Newton's method.
    """
    x = np.concatenate([np.c_[values, np.ones(len(values))] for values, _ in samples]).astype(np.float32)
    y = np.concatenate([truth for _, truth in samples]).astype(np.float32)
    weight = np.concatenate([np.full(len(truth), 1 / len(truth), np.float32) for _, truth in samples])
    found = np.zeros(x.shape[1])
    for _ in range(12):
        expected = cues.share(x @ found.astype(np.float32))
        slope = (x.T @ (weight * (expected - y))).astype(float) + PENALTY * len(samples) * found
        bend = ((x * (weight * expected * (1 - expected))[:, None]).T @ x).astype(float) + PENALTY * len(samples) * np.eye(len(found))
        found -= np.linalg.solve(bend, slope)
    return found.astype(np.float32)


def drawn(values, truth, where, number):
    """Draw pixels of a picture: (pixels, cues) and (pixels,)."""
    places = np.flatnonzero(where)
    places = np.random.default_rng(number).choice(places, PIXELS) if len(places) else places
    return values.reshape(len(values), -1)[:, places].T.astype(np.float16), truth.ravel()[places] > 0.5


def jittered(truth, number):
    """Give extreme points as a person clicks them: a little beside the true place in every third picture."""
    random = np.random.default_rng([7, number])
    height, width = truth.shape
    moved = random.normal(0, 1.5 if number % 3 == 0 else 0, (4, 2))
    return tuple(
        Point(float(np.clip(p.x + dx, 0, width)), float(np.clip(p.y + dy, 0, height))) for p, (dx, dy) in zip(extremes_of(truth), moved, strict=True)
    )


def squared(planes, side):
    """Halve planes and lay them into the corner of a square, the planes last."""
    half = halved(planes)
    square = np.zeros((side, side, len(planes)), np.float16)
    square[: half.shape[1], : half.shape[2]] = half.transpose(1, 2, 0)
    return square


def look(number, picture, folder):
    """Keep the scene of a picture, its true mask on the view, the first cues and the way out; give pixels to learn from."""
    image, mask = picture(number)
    scene = cues.Scene.of(image, jittered(mask, number))
    view = scene.view
    truth = resize(mask[view.top : view.bottom, view.left : view.right], view.shape)
    first, out = cues.first_cues(scene)
    (folder / f"{number}.pickle").write_bytes(pickle.dumps((scene, truth.astype(np.float16), first.astype(np.float16), out)))
    return drawn(first, truth, scene.inside, number)


def second_look(number, folder, *, again):
    """Give what the network learns from, three squares: cues, truth and where it counts; `again` after a round of judgement."""
    scene, truth, first, logit, out = _seen(number, folder, again=again)
    second = cues.second_cues(scene, out, cues.share(logit) * scene.inside)
    whole = squared(np.concatenate([first, cues.landmarks(scene), second]), cues.SIDE // 2)
    return whole, *(squared(plane[None], cues.SIDE // 2)[..., 0] for plane in (truth, scene.inside.astype(np.float32)))


def judged(number, folder, *, again):
    """Give pixels with all cues and the network's judgement."""
    scene, truth, first, logit, out = _seen(number, folder, again=again)
    return drawn(proposals.judge(scene, first, out, logit), truth, scene.inside, number)


def _seen(number, folder, *, again):
    scene, truth, first, out = pickle.loads((folder / f"{number}.pickle").read_bytes())
    first = first.astype(np.float32)
    logit = weigh(first, present.FIRST)
    if again:
        logit = weigh(proposals.judge(scene, first, out, logit), present.SECOND)
    return scene, truth.astype(np.float32), first, logit, out


def correction_samples(number, picture):
    """Look on while a person corrects the proposal; give what was seen, and what should have changed."""
    image, truth = picture(number)
    segmenter = nblabel.assist.CueSegmenter()
    embedding = segmenter.embed(image)
    alone = number % CLICKS == 0  # clicks and nothing before them
    prompts = Prompts() if alone else Prompts(extremes=jittered(truth, number))
    mask = np.zeros(truth.shape, bool) if alone else segmenter.predict(embedding, prompts)
    samples = []
    for _ in range(CLICKS):
        if overlap(mask, truth) > 0.97:
            break
        mark = next_click(mask, truth)
        seen = segmenter.look(embedding, prompts, mask, mark)
        view = seen.view
        right = resize(truth[view.top : view.bottom, view.left : view.right], view.shape)
        if seen.open.any():
            samples.append((seen, (right if mark.positive else 1 - right).astype(np.float16)))
        prompts = replace(prompts, marks=(*prompts.marks, mark))
        mask = segmenter.predict(embedding, prompts)
    return samples


def correction_squares(sample):
    """Give what the network of corrections learns from: three squares."""
    seen, right = sample
    whole = squared(np.concatenate([seen.cues, seen.landmarks]), corrections.SIDE // 2)
    return whole, *(squared(plane[None].astype(np.float32), corrections.SIDE // 2)[..., 0] for plane in (right, seen.open))


def judged_correction(number, sample):
    """Give pixels with the cues of a correction and the network's judgement."""
    seen, right = sample
    return drawn(seen.judge(), right, seen.open, number)


def write(**learned):
    """Write the module, with what was learned in the place of what is there."""
    for name, values in learned.items():
        setattr(present, name, values)
    parts = [
        ("FIRST", cues.FIRST, present.FIRST),
        ("SECOND", (*cues.FIRST, *cues.SECOND, "network"), present.SECOND),
        ("CORRECTION", (*corrections.CUES, "network"), present.CORRECTION),
    ]
    lines = [
        '"""What cues are worth; written by ``tests/benchmarks/cue_weights.py``, learned from generated pictures only. The constant comes last."""',
        "",
    ]
    lines += ["from __future__ import annotations", "", "import numpy as np", "", '__all__ = ["CORRECTION", "FIRST", "SECOND"]', ""]
    for name, names, values in parts:
        lines += [f"{name} = np.array(", "    ["]
        known = values if len(values) == len(names) + 1 else np.zeros(len(names) + 1)  # other cues than before, and not learned yet
        lines += [f"        {value:.4f},  # {cue}" for cue, value in zip((*names, "constant"), known, strict=True)]
        lines += ["    ],", "    dtype=np.float32,", ")"]
    (HOME / "cue_weights.py").write_text("\n".join(lines) + "\n", encoding="utf-8")


def in_processes(function, items):
    """Do the same for many in new processes, which read the weights that were written last."""
    with get_context("spawn").Pool(WORKERS) as pool:
        return pool.map(function, items, 8)


def learn_proposals(numbers, picture, folder):
    """Learn steps 1 to 3."""
    write(FIRST=fit(in_processes(partial(look, picture=picture, folder=folder), numbers)))
    network = None
    for again, epochs in ((False, EPOCHS), (True, EPOCHS // 2)):
        squares = in_processes(partial(second_look, folder=folder, again=again), numbers)
        network = train(*map(np.stack, zip(*squares, strict=True)), channels=16, epochs=epochs, begin=network)
        network.write(HOME / "proposal_network.npz")
        write(SECOND=fit(in_processes(partial(judged, folder=folder, again=again), numbers)))


def learn_corrections(numbers, picture):
    """Learn step 4."""
    samples = [sample for some in in_processes(partial(correction_samples, picture=picture), numbers) for sample in some]
    squares = map(correction_squares, samples)
    train(*map(np.stack, zip(*squares, strict=True)), channels=12, epochs=EPOCHS).write(HOME / "correction_network.npz")
    write(CORRECTION=fit([judged_correction(number, sample) for number, sample in enumerate(samples)]))


def main():
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--font", required=True, help="file of Noto Color Emoji")
    parser.add_argument("--photographs", required=True, help="folder of JPEG files")
    parser.add_argument("--pictures", type=int, default=4000)
    parser.add_argument("--corrections-only", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    numbers = range(arguments.pictures)
    picture = partial(training_picture, font=arguments.font, folder=arguments.photographs)
    if not arguments.corrections_only:
        with tempfile.TemporaryDirectory() as folder:
            learn_proposals(numbers, picture, Path(folder))
    learn_corrections(numbers[: arguments.pictures // 3], picture)


if __name__ == "__main__":
    main()
