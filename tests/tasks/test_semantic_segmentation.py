from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nblabel import schema
from nblabel.errors import AnnotationError, SchemaError, TaskError
from nblabel.geometry import bands, runs
from nblabel.geometry.mask_png import encode_mask
from nblabel.labels import Label
from nblabel.tasks.base import Context, Media
from nblabel.tasks.semantic_segmentation import Mask, MaskFile, SemanticSegmentation

FIXTURES = Path(__file__).parents[1] / "fixtures" / "semantic-segmentation"
TASK = SemanticSegmentation(["road", "car"])
MEDIA = Media(width=6, height=4, depth=3)
GREEN, BLUE = "#2ca02c", "#1f77b4"


def pixels(value):
    mask = schema.load(value, Mask)
    return bands.join(mask.bands, mask.width, mask.height)


def grid(rows):
    return np.array([[int(sign) for sign in row] for row in rows], np.uint8)


@pytest.mark.parametrize("case", json.loads((FIXTURES / "changes.json").read_text()), ids=lambda case: case["name"])
def test_change_and_its_inverse(case):
    text = json.dumps(case["value"])
    media = Media(width=case["value"]["width"], height=case["value"]["height"], depth=3)
    result, inverse = TASK.apply(case["value"], case["change"], media)
    np.testing.assert_array_equal(pixels(case["value"]), grid(case["before"]))
    np.testing.assert_array_equal(pixels(result), grid(case["after"]))
    assert result == case["result"]
    assert TASK.apply(result, inverse, media)[0] == case["value"]
    assert json.dumps(case["value"]) == text


MASKS = st.integers(1, 150).flatmap(lambda height: arrays(np.uint8, (height, 5), elements=st.integers(0, 2)))


@given(MASKS, st.data())
def test_any_mask_survives_and_any_change_is_taken_back(mask, data):
    other = data.draw(arrays(np.uint8, mask.shape, elements=st.integers(0, 2)))
    media = Media(width=mask.shape[1], height=mask.shape[0])
    first, last = TASK.begin(mask, media), TASK.begin(other, media)
    np.testing.assert_array_equal(TASK.annotation(first), mask)
    change = TASK.difference(first, last)
    assert (change is None) == np.array_equal(mask, other)
    if change is not None:
        reached, inverse = TASK.apply(first, change, media)
        np.testing.assert_array_equal(TASK.annotation(reached), other)
        assert TASK.apply(reached, inverse, media)[0] == first
        assert sum(reached["counts"]) == np.count_nonzero(other)


def test_a_stretch_longer_than_a_run_is_several():
    codes = np.zeros(2 * runs.LONGEST + 5, np.uint8)
    codes[-1] = 7
    packed = runs.encode(codes)
    assert len(packed) == 4
    np.testing.assert_array_equal(runs.decode(packed), codes)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"classes": ["boat"], "runs": ""}, "class 'boat' is not one of the task's"),
        ({"classes": [], "runs": runs.to_text(runs.encode(np.full(3, 1, np.uint8)))}, r"codes \[1\] stand for no class"),
        ({"classes": [], "runs": runs.to_text(runs.encode(np.zeros(25, np.uint8)))}, "covers 25 pixels, the image has 6 x 4"),
        ({"classes": [], "runs": "AAA"}, "runs are base64"),
        ({"classes": [], "runs": "AAAA"}, "runs are base64"),
        ({"classes": "road", "runs": ""}, "Expected `array`"),
    ],
)
def test_refused_change(change, text):
    with pytest.raises((AnnotationError, SchemaError), match=text):
        TASK.apply(TASK.begin(None, MEDIA), change, MEDIA)


def test_a_change_needs_the_image_that_the_mask_was_made_for():
    with pytest.raises(AnnotationError, match="6 x 4 pixels, the image 60 x 40"):
        TASK.apply(TASK.begin(None, MEDIA), {"classes": [], "runs": ""}, Media(width=60, height=40))


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (np.zeros((3, 6), np.uint8), r"shape \(3, 6\), its image \(height, width\) = \(4, 6\)"),
        (np.zeros((4, 6)), "expected whole numbers"),
        (np.full((4, 6), 3), "index 3 stands for no class; expected {0: 'BACKGROUND', 1: 'road', 2: 'car'}"),
        (np.full((4, 6), -1), "index -1 stands for no class"),
        ("mask.png", "expected whole numbers"),
    ],
)
def test_refused_annotation(annotation, text):
    with pytest.raises(AnnotationError, match=text):
        TASK.begin(annotation, MEDIA)


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (["road", "Background"], "index 0, what nobody painted"),
        ([Label("a", color="#111111"), Label("b", color="#111111")], "its color '#111111' is that of 'a'"),
        ([Label("a", color="#FFFFFF")], "its color '#FFFFFF' is that of 'BACKGROUND'"),
        ([str(number) for number in range(255)], "255 classes do not fit"),
    ],
)
def test_refused_labels(labels, text):
    with pytest.raises(TaskError, match=text):
        SemanticSegmentation(labels)


def test_as_many_classes_as_fit_have_colours_of_their_own():
    task = SemanticSegmentation([str(number) for number in range(254)])
    assert len(set(task.colors())) == 255
    assert task.colors()[:3] == ["#ffffff", GREEN, BLUE]


def test_label_and_metadata_are_ground_truths():
    created = datetime(2024, 3, 5, 17, 25, 32, 47919, UTC)
    context = Context(media=MEDIA, job_name="Parts", created=created, reference="out/0.png")
    assert TASK.encode(np.zeros((4, 6), np.uint8), context) == (
        "out/0.png",
        {
            "internal-color-map": {
                "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0},
                "1": {"class-name": "road", "hex-color": GREEN, "confidence": 0},
                "2": {"class-name": "car", "hex-color": BLUE, "confidence": 0},
            },
            "type": "groundtruth/semantic-segmentation",
            "human-annotated": "yes",
            "creation-date": "2024-03-05T17:25:32.047919",
            "job-name": "labeling-job/parts",
        },
    )


def color_map(**classes):
    entries = {"0": {"class-name": "BACKGROUND", "hex-color": "#ffffff"}}
    return entries | {index: {"class-name": name, "hex-color": color} for name, (index, color) in classes.items()}


def open_mask(data, entries, task=TASK, media=MEDIA):
    value = task.restore(task.decode("old.png", {"internal-color-map": entries}))
    return task.resolve(value, {"old.png": data}.__getitem__, media)


def test_a_mask_that_was_there_is_opened_by_its_colours_and_keeps_classes_that_the_task_lacks():
    indices = np.array([[0, 1, 2, 3, 0, 0]] * 4, np.uint8)
    data = encode_mask(indices, ["#ffffff", "#123456", GREEN, BLUE])
    value = open_mask(data, color_map(tree=("7", "#123456"), car=("2", GREEN), road=("3", BLUE)))
    task = TASK.knowing([("tree", 7)])
    np.testing.assert_array_equal(task.annotation(value)[0], [0, 7, 2, 1, 0, 0])

    # Untouched, it keeps file and colours; painted, it gets a file of its own.
    context = Context(media=MEDIA, job_name="j", created=datetime(2024, 3, 5, tzinfo=UTC), reference="new.png")
    label, metadata = task.write(value, context)
    assert (label, metadata["internal-color-map"]["7"]["hex-color"], task.file(value)) == ("old.png", "#123456", None)
    changed, _ = task.apply(value, {"classes": ["car"], "runs": runs.to_text(runs.encode(np.full(1, 1, np.uint8)))}, MEDIA)
    label, metadata = task.write(changed, context)
    assert label == "new.png"
    assert [entry["class-name"] for entry in metadata["internal-color-map"].values()] == ["BACKGROUND", "road", "car", "tree"]
    again = task.resolve(task.restore(task.decode(label, metadata)), {"new.png": task.file(changed)()}.__getitem__, MEDIA)
    np.testing.assert_array_equal(task.annotation(again)[0], [2, 7, 2, 1, 0, 0])
    np.testing.assert_array_equal(task.annotation(again)[1:], task.annotation(value)[1:])


@pytest.mark.parametrize(
    ("shape", "colors", "text"),
    [
        ((5, 6), [GREEN], "old.png: the mask has 6 x 5 pixels, its image 6 x 4; give the mask of this image"),
        ((4, 6), ["#000000"], r"internal-color-map lacks 1 of its colours: #000000 \(3 pixels\)"),
    ],
)
def test_a_mask_that_does_not_fit_is_not_opened(shape, colors, text):
    mask = np.zeros(shape, np.uint8)
    mask[1, :3] = 1
    mask[2, :3] = 2
    with pytest.raises(AnnotationError, match=text):
        open_mask(encode_mask(mask, ["#ffffff", GREEN, *colors]), color_map(road=("1", GREEN)))


@pytest.mark.parametrize("label", [None, "", {"annotations": []}, 3])
def test_a_label_that_names_no_file(label):
    with pytest.raises(AnnotationError, match="expected the path or URL of a mask"):
        TASK.decode(label, {})


def test_a_label_without_metadata_is_read_by_its_indices():
    assert TASK.decode("a.png", None) == MaskFile(reference="a.png", color_map=None)
    value = TASK.resolve(TASK.restore(MaskFile(reference="a.png")), lambda _: encode_mask(np.full((4, 6), 2, np.uint8), []), MEDIA)
    assert TASK.annotation(value)[0, 0] == 2


def test_tidy_gives_a_row_for_each_class():
    mask = np.zeros((4, 6), np.uint8)
    mask[1:3, 2:5] = 2
    frame = TASK.tidy(mask)
    assert frame.to_dict("records") == [{"label": "car", "pixels": 6, "share": 0.25, "left": 2, "top": 1, "width": 3, "height": 2}]
    assert list(TASK.tidy(np.zeros((4, 6), np.uint8)).columns) == list(frame.columns)


ROAD_AND_CAR = grid(["000000", "011100", "000222", "000222"])


@pytest.mark.parametrize(
    ("prediction", "scores"),
    [
        (ROAD_AND_CAR, [None, None]),
        (ROAD_AND_CAR.tolist(), [None, None]),
        ((ROAD_AND_CAR, 0.5), [0.5, 0.5]),
        ((ROAD_AND_CAR, {"car": np.float32(0.75)}), [None, 0.75]),
        ([{"label": "road", "mask": ROAD_AND_CAR == 1, "score": 0.25}, {"label": "car", "mask": ROAD_AND_CAR == 2}], [0.25, None]),
        (pd.DataFrame({"label": ["road", "car"], "mask": [ROAD_AND_CAR == 1, ROAD_AND_CAR == 2], "confidence": [1, 0.5]}), [1, 0.5]),
    ],
)
def test_forms_of_predictions(prediction, scores):
    suggestions, refusals = TASK.suggestions(prediction, MEDIA, "model")
    assert refusals == []
    assert [(one.part["label"], one.part["pixels"], one.score) for one in suggestions] == [("road", 3, scores[0]), ("car", 6, scores[1])]
    empty = TASK.begin(None, MEDIA)
    value, inverse = TASK.apply(empty, TASK.accept(empty, [one.part for one in suggestions]), MEDIA)
    np.testing.assert_array_equal(TASK.annotation(value), ROAD_AND_CAR)
    assert TASK.apply(value, inverse, MEDIA)[0] == empty


def test_what_has_a_class_keeps_it_and_the_first_of_two_predictions_wins():
    suggestions, _ = TASK.suggestions([{"label": "car", "mask": ROAD_AND_CAR >= 0}, {"label": "road", "mask": ROAD_AND_CAR == 2}], MEDIA, "model")
    before = TASK.begin(np.where(ROAD_AND_CAR == 1, 1, 0), MEDIA)
    after, _ = TASK.apply(before, TASK.accept(before, [one.part for one in suggestions]), MEDIA)
    np.testing.assert_array_equal(TASK.annotation(after), np.where(ROAD_AND_CAR == 1, 1, 2))
    origins = TASK.provenance(after, {one.id: one for one in suggestions})
    assert [(origin["label"], origin["origin"]) for origin in origins] == [("road", "changed"), ("car", "changed")]
    assert TASK.provenance(before, {one.id: one for one in suggestions}) == [{"label": "road", "origin": "human"}]


@pytest.mark.parametrize(
    ("prediction", "words"),
    [
        (ROAD_AND_CAR + 1, "index 3 stands for no class"),
        ([{"label": "cow", "mask": ROAD_AND_CAR}, {"label": "car", "mask": ROAD_AND_CAR}], "'cow' is not one of the task's"),
        ([{"label": "road"}, {"label": "car", "mask": ROAD_AND_CAR}], "expected 'mask'"),
        ([{"label": "road", "mask": np.ones((2, 2))}, {"label": "car", "mask": ROAD_AND_CAR}], "got float64 of shape (2, 2)"),
        ([{"label": "road", "mask": ROAD_AND_CAR, "score": "much"}, {"label": "car", "mask": ROAD_AND_CAR}], "expected a number as score"),
    ],
)
def test_what_of_a_prediction_cannot_be_suggested_is_said_and_the_rest_is_suggested(prediction, words):
    suggestions, (refusal,) = TASK.suggestions(prediction, MEDIA, "model")
    assert words in refusal
    assert suggestions[-1].part["label"] == "car"


@pytest.mark.parametrize("prediction", [np.zeros((3, 3), int), np.zeros((4, 6)), [[1, 2], [1]], "mask.png", 3])
def test_what_is_no_mask_is_no_prediction(prediction):
    with pytest.raises(AnnotationError, match="shape"):
        TASK.suggestions(prediction, MEDIA, "model")


def test_a_ragged_prediction_does_not_fit_into_a_message(monkeypatch):
    monkeypatch.setattr("nblabel.tasks.semantic_segmentation.MOST_RUNS", 4)
    suggestions, (refusal,) = TASK.suggestions(ROAD_AND_CAR, MEDIA, "model")
    assert [one.part["label"] for one in suggestions] == ["road"]
    assert "'car'" in refusal
    assert "more than 4 runs" in refusal
