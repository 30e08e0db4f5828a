"""What `nblabel.assist.Segmenter` promises, for every segmenter that we have."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from harness.onnx_models import FAMILIES, write_models
from harness.scenes import draw_scene, extremes_of, overlap

from nblabel.assist import Box, CallableSegmenter, CueSegmenter, Mark, OnnxSegmenter, Point, Prompts, Segmenter, as_segmenter
from nblabel.errors import AssistError, CancelledError


def fill_box(image, prompts):
    assert image.dtype == np.uint8
    assert image.shape[2] == 3
    mask = np.zeros(image.shape[:2], np.uint8)
    points = prompts.extremes or [point for mark in prompts.marks for point in mark.points]
    x, y = [point.x for point in points], [point.y for point in points]
    mask[int(min(y)) : int(max(y)) + 1, int(min(x)) : int(max(x)) + 1] = 7
    return mask


@pytest.fixture(scope="module")
def scene():
    return draw_scene(160, 120)


@pytest.fixture(scope="module", params=["cues", "function", *FAMILIES])
def segmenter(request, tmp_path_factory):
    if request.param == "cues":
        return CueSegmenter()
    if request.param == "function":
        return CallableSegmenter(fill_box)
    return OnnxSegmenter(*write_models(tmp_path_factory.mktemp("models"), request.param))


def test_is_a_segmenter(segmenter):
    assert isinstance(segmenter, Segmenter)
    assert segmenter.name


def test_mask_is_a_new_bool_array_of_the_images_size(segmenter, scene):
    image, truth = scene
    embedding = segmenter.embed(image)
    masks = [segmenter.predict(embedding, extremes_of(truth)) for _ in range(2)]
    for mask in masks:
        assert mask.shape == image.shape[:2]
        assert mask.dtype == bool
        assert mask.flags.writeable
    masks[0][:] = True
    assert not masks[1].all()
    assert (segmenter.predict(embedding, extremes_of(truth)) == masks[1]).all()


def test_marks_bind(segmenter, scene):
    image, truth = scene
    far, near, line = Mark.click(150.5, 110, positive=True), Mark.click(80, 60, positive=False), Mark((Point(20, 90), Point(60, 97.5), Point(70, 60)))
    mask = segmenter.predict(segmenter.embed(image), replace(extremes_of(truth), marks=(far, near, line)))
    for mark in (far, near, line):
        assert (mask[mark.pixels(width=160, height=120)] == mark.positive).all()


def test_of_contradicting_marks_the_later_one_counts(segmenter, scene):
    image, truth = scene
    marks = (Mark.click(80, 60, positive=False), Mark.click(80, 60), Mark.click(20, 20), Mark.click(20, 20, positive=False))
    mask = segmenter.predict(segmenter.embed(image), replace(extremes_of(truth), marks=marks))
    assert mask[60, 80]
    assert not mask[20, 20]


def test_points_on_the_far_edges_belong_to_the_last_pixels(segmenter, scene):
    image, _ = scene
    mask = segmenter.predict(segmenter.embed(image), Prompts(marks=(Mark.click(160, 120), Mark.click(0, 0))))
    assert mask[119, 159]
    assert mask[0, 0]


@pytest.mark.parametrize("image", [np.zeros((1, 1), np.uint8), np.full((2, 90, 3), 255, np.uint8), np.full((90, 2, 4), 9, np.uint8)], ids=str)
def test_tiny_and_flat_images(segmenter, image):
    height, width = image.shape[:2]
    corners = (Point(0, 0), Point(width, 0), Point(width, height), Point(0, height))
    embedding = segmenter.embed(image)
    for prompts in (Prompts(extremes=corners), Prompts(box=Box(0, 0, width, height), marks=(Mark.click(0, 0),))):
        assert segmenter.predict(embedding, prompts).shape == (height, width)


@pytest.mark.parametrize("kind", ["grey", "grey with an axis", "alpha"])
def test_kinds_of_images(segmenter, scene, kind):
    image, truth = scene
    grey = image[..., 0]
    opaque = np.dstack([image, np.full_like(grey, 255)])
    given, same = {"grey": (grey, np.dstack([grey] * 3)), "grey with an axis": (grey[..., None], np.dstack([grey] * 3)), "alpha": (opaque, image)}[
        kind
    ]
    first, second = (segmenter.predict(segmenter.embed(array), extremes_of(truth)) for array in (given, same))
    assert (first == second).all()


def test_repeats_bit_by_bit(segmenter, scene):
    image, truth = scene
    prompts = replace(extremes_of(truth), marks=(Mark.click(30, 30), Mark.click(100, 70, positive=False), Mark.click(75, 15)))
    once = segmenter.embed(image)
    steps = [segmenter.predict(once, replace(prompts, marks=prompts.marks[:count])) for count in range(4)]
    at_once = segmenter.predict(segmenter.embed(image.copy()), prompts)
    assert (steps[3] == at_once).all()
    assert (segmenter.predict(once, replace(prompts, marks=prompts.marks[:1])) == steps[1]).all()


@pytest.mark.parametrize(
    ("prompts", "words"),
    [
        (Prompts(), "no prompts"),
        (Prompts(extremes=(Point(1, 1),) * 3), "extremes has 3 points, expected 4"),
        (Prompts(extremes=(Point(1, 1), Point(1, 1), Point(161, 1), Point(1, 1))), r"extremes\[2\] is at \(161, 1\), outside the image of 160 x 120"),
        (Prompts(marks=(Mark.click(1, 1), Mark((Point(1, 1), Point(-0.5, 3))))), r"marks\[1\].points\[1\] is at \(-0.5, 3\)"),
        (Prompts(marks=(Mark.click(float("nan"), 1),)), r"marks\[0\].points\[0\] is at \(nan, 1\)"),
        (Prompts(marks=(Mark(()),)), r"marks\[0\] has no points"),
        (Prompts(box=Box(10, 10, 0, 5)), "box is 0 x 5 at"),
        (Prompts(box=Box(10, 10, float("inf"), 5)), "box is inf x 5 at"),
        (Prompts(box=Box(170, 10, 20, 5)), r"box at \(170, 10\) is outside the image of 160 x 120"),
    ],
)
def test_prompts_that_do_not_fit_are_refused_by_name(segmenter, scene, prompts, words):
    with pytest.raises(AssistError, match=words):
        segmenter.predict(segmenter.embed(scene[0]), prompts)


@pytest.mark.parametrize(
    "image", [np.zeros((4, 4), np.uint16), np.zeros((4, 4, 2), np.uint8), np.zeros((0, 4, 3), np.uint8), np.zeros(4, np.uint8)], ids=str
)
def test_what_is_no_image_is_refused(segmenter, image):
    with pytest.raises(AssistError, match="an image is a uint8 array of shape"):
        segmenter.embed(image)


def test_cancel(segmenter, scene):
    image, truth = scene
    wanted = threading.Event()
    embedding = segmenter.embed(image)
    before = segmenter.predict(embedding, extremes_of(truth), cancelled=wanted.is_set)
    wanted.set()
    with pytest.raises(CancelledError):
        segmenter.embed(image, cancelled=wanted.is_set)
    with pytest.raises(CancelledError):
        segmenter.predict(embedding, replace(extremes_of(truth), marks=(Mark.click(30, 30),)), cancelled=wanted.is_set)
    assert (segmenter.predict(embedding, extremes_of(truth)) == before).all()


def test_a_function_is_a_segmenter(scene):
    image, truth = scene
    segmenter = as_segmenter(lambda image, prompts: np.zeros(image.shape[:2]))
    assert not segmenter.predict(segmenter.embed(image), extremes_of(truth)).any()
    assert as_segmenter(segmenter) is segmenter
    assert isinstance(as_segmenter(), CueSegmenter)


@pytest.mark.parametrize("wrong", ["sam", 3, CueSegmenter])
def test_what_is_no_segmenter_is_refused(wrong):
    with pytest.raises(AssistError, match=r"no segmenter|is a class"):
        as_segmenter(wrong)


def test_a_function_that_gives_another_size_is_refused(scene):
    image, truth = scene
    segmenter = CallableSegmenter(lambda image, prompts: np.zeros((3, 4)), name="three by four")
    with pytest.raises(AssistError, match=r"three by four gave an array of shape \(3, 4\) for an image of shape \(120, 160\)"):
        segmenter.predict(segmenter.embed(image), extremes_of(truth))
    with pytest.raises(AssistError, match="cannot start from a mask"):
        segmenter.predict(segmenter.embed(image), extremes_of(truth), truth)


def test_huge_image():
    image, truth = draw_scene(4000, 3000)
    segmenter = CueSegmenter()
    mask = segmenter.predict(segmenter.embed(image), extremes_of(truth))
    assert mask.shape == truth.shape
    assert overlap(mask, truth) > 0.9
