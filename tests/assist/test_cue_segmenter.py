"""How the default segmenter proposes and corrects, on generated pictures."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from harness.scenes import draw_animal, draw_scene, extremes_of, overlap

from nblabel.assist import Box, CueSegmenter, Mark, Point, Prompts, corrections, cue_weights, cues
from nblabel.assist.network import Network


@pytest.fixture(scope="module")
def scene():
    return draw_scene(320, 240)


@pytest.fixture(scope="module")
def segmenter():
    return CueSegmenter()


def hidden_part(image, truth):
    """Give an object a part that looks like the background, and the true mask with it."""
    image, truth = image.copy(), truth.copy()
    truth[180:215, 110:150] = True
    image[180:215, 110:150] = image[5:40, 5:45]
    return image, truth


def test_extreme_points(segmenter, scene):
    image, truth = scene
    assert overlap(segmenter.predict(segmenter.embed(image), extremes_of(truth)), truth) > 0.95


def test_extreme_points_of_what_is_hard_to_tell_from_its_surroundings(segmenter):
    image, truth = draw_animal()
    assert overlap(segmenter.predict(segmenter.embed(image), extremes_of(truth)), truth) > 0.97


def test_extreme_points_need_not_be_exact_or_in_order(segmenter, scene):
    image, truth = scene
    points = extremes_of(truth).extremes
    shifts = [(3, 1), (-2, 3), (1, -3), (2, -2)]
    moved = tuple(Point(point.x + dx, point.y + dy) for point, (dx, dy) in zip(points, shifts, strict=True))
    embedding = segmenter.embed(image)
    masks = [segmenter.predict(embedding, Prompts(extremes=tuple(moved[number] for number in order))) for order in ([0, 1, 2, 3], [2, 0, 3, 1])]
    assert overlap(masks[0], truth) > 0.9
    assert (masks[0] == masks[1]).all()


def test_box(segmenter, scene):
    image, truth = scene
    rows, columns = np.nonzero(truth)
    box = Box(float(columns.min()), float(rows.min()), float(np.ptp(columns) + 1), float(np.ptp(rows) + 1))
    assert overlap(segmenter.predict(segmenter.embed(image), Prompts(box=box)), truth) > 0.9


def test_box_that_reaches_beyond_the_image(segmenter):
    image, truth = draw_scene(200, 150)
    image, truth = image[:, 60:], truth[:, 60:]
    mask = segmenter.predict(segmenter.embed(image), Prompts(box=Box(-40, 25, 141, 90)))
    assert overlap(mask, truth) > 0.85


def test_object_that_fills_the_image(segmenter):
    image, truth = draw_scene(200, 150)
    rows, columns = np.nonzero(truth)
    part = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    assert overlap(segmenter.predict(segmenter.embed(image[part]), extremes_of(truth[part])), truth[part]) > 0.85


def test_a_click_alone_finds_something_around_it(segmenter, scene):
    image, truth = scene
    mask = segmenter.predict(segmenter.embed(image), Prompts(marks=(Mark.click(150, 110),)))
    assert mask.sum() > truth.sum() / 3
    assert (mask & truth).sum() / mask.sum() > 0.95


@pytest.mark.parametrize("mark", [Mark.click(130, 198), Mark((Point(118, 190), Point(142, 207)))], ids=["click", "scribble"])
def test_positive_marks_bring_in_what_was_missed(segmenter, scene, mark):
    image, truth = hidden_part(*scene)
    embedding, prompts = segmenter.embed(image), extremes_of(truth)
    before = segmenter.predict(embedding, prompts)
    after = segmenter.predict(embedding, replace(prompts, marks=(mark,)))
    part = slice(180, 215), slice(110, 150)
    assert after[part].sum() > before[part].sum() + 400
    assert overlap(after, truth) > overlap(before, truth)
    assert (after | ~before).all(), "a positive mark takes nothing away"


def test_negative_marks_take_out_what_is_too_much(segmenter, scene):
    image, truth = scene
    given = truth.copy()
    given[20:60, 200:260] = True
    after = segmenter.predict(segmenter.embed(image), Prompts(marks=(Mark.click(230, 40, positive=False),)), given)
    assert after[20:60, 200:260].mean() < 0.3
    assert (after[70:] == truth[70:]).all()


def test_corrections_are_local(segmenter):
    image, truth = draw_scene(640, 480, seed=3)
    rows, columns = np.mgrid[:480, :640]
    embedding, prompts = segmenter.embed(image), extremes_of(truth)
    mask = segmenter.predict(embedding, prompts)
    width = prompts.extremes[3].x - prompts.extremes[1].x
    for x, y, positive in ((175.5, 330.5, True), (300.5, 240.5, False), (490.5, 300.5, False)):
        prompts = replace(prompts, marks=(*prompts.marks, Mark.click(x, y, positive=positive)))
        after = segmenter.predict(embedding, prompts)
        changed = after != mask
        assert changed.any()
        assert np.hypot(rows - y, columns - x)[changed].max() < 0.45 * width
        assert (after[changed] == positive).all()
        mask = after


def test_a_mark_on_the_right_side_already_changes_nothing(segmenter, scene):
    image, truth = scene
    embedding, prompts = segmenter.embed(image), extremes_of(truth)
    before = segmenter.predict(embedding, prompts)
    after = segmenter.predict(embedding, replace(prompts, marks=(Mark.click(150, 110), Mark.click(10, 10, positive=False))))
    assert (after == before).all()


def test_forgotten_steps_are_done_again(segmenter, scene):
    image, truth = scene
    marks = tuple(Mark.click(20 + 9 * number, 20 + 10 * number, positive=number % 2 == 0) for number in range(20))
    prompts = replace(extremes_of(truth), marks=marks)
    embedding = segmenter.embed(image)
    whole = segmenter.predict(embedding, prompts)
    early = segmenter.predict(embedding, replace(prompts, marks=marks[:2]))
    assert (segmenter.predict(segmenter.embed(image), replace(prompts, marks=marks[:2])) == early).all()
    assert (segmenter.predict(embedding, prompts) == whole).all()


def test_what_was_learned_fits_the_cues():
    home = files("nblabel.assist")
    proposal, correction = Network.read(home / "proposal_network.npz"), Network.read(home / "correction_network.npz")
    assert len(proposal.spread) == len(cues.FIRST) + len(cues.LANDMARKS) + len(cues.SECOND)
    assert len(correction.spread) == len(corrections.CUES) + len(corrections.LANDMARKS)
    assert (2 * proposal.side, 2 * correction.side) == (cues.SIDE, corrections.SIDE)
    lengths = {name: len(getattr(cue_weights, name)) for name in ("FIRST", "SECOND", "CORRECTION")}
    assert lengths == {"FIRST": len(cues.FIRST) + 1, "SECOND": len(cues.FIRST) + len(cues.SECOND) + 2, "CORRECTION": len(corrections.CUES) + 2}
