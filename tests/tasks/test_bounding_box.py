from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblabel.attributes import Attribute
from nblabel.errors import AnnotationError, SchemaError
from nblabel.tasks.base import Context, Media
from nblabel.tasks.bounding_box import BoundingBox

FIXTURES = Path(__file__).parents[1] / "fixtures" / "bounding-box"
MEDIA = Media(width=640, height=480, depth=3)
ATTRIBUTES = [Attribute("colour", choices=["red", "blue"]), Attribute("year", type="number", minimum=1900, maximum=2100)]
TASK = BoundingBox(["cat", "dog"], attributes=ATTRIBUTES)


def read(name):
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


LABELS = read("labels.json")
LABEL_TASK = BoundingBox(LABELS["labels"])


def named(cases):
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


@named(read("changes.json"))
def test_change_and_its_inverse(case):
    before = json.dumps(case["value"])
    assert TASK.apply(case["value"], case["change"], MEDIA) == (case["after"], case["inverse"])
    assert TASK.apply(case["after"], case["inverse"], MEDIA)[0] == case["value"]
    assert json.dumps(case["value"]) == before


@named(read("refused.json"))
def test_refused_change_says_where(case):
    with pytest.raises((AnnotationError, SchemaError)) as error:
        TASK.apply(case["value"], case["change"], MEDIA)
    assert error.value.path == case["path"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ((-0.004, -1e-12, 10, 20), (0, 0, 9.996, 20)),
        ((600, 470.5, 40.006, 9.50001), (600, 470.5, 40, 9.5)),
        ((-0.01, -0.01, 640.02, 480.02), (0, 0, 640, 480)),
        ((0.1, 0.1, 639.9000000001, 479.9), (0.1, 0.1, 639.9, 479.9)),
        ((0, 0, 640, 480), (0, 0, 640, 480)),
    ],
)
def test_what_reaches_over_the_image_by_a_rounding_error_is_cut_off(given, kept):
    sides = ["left", "top", "width", "height"]
    box = {"label": "cat"} | dict(zip(sides, given, strict=True))
    other = {"id": "a", "label": "cat", "left": 1, "top": 1, "width": 1, "height": 1}
    changes = [{"created": [{"id": "b"} | box]}, {"updated": [{"id": "a"} | box]}]
    values = [TASK.begin([box], MEDIA), *(TASK.apply([other], change, MEDIA)[0] for change in changes)]
    for value in values:
        found = [value[-1][side] for side in sides]
        assert found == pytest.approx(kept)
        assert min(found) >= 0
        assert found[0] + found[2] <= 640
        assert found[1] + found[3] <= 480


@given(st.floats(0, 640, exclude_max=True), st.floats(0, 0.009))
def test_what_is_cut_off_ends_at_the_border(left, over):
    box = {"label": "cat", "left": left, "top": 0, "width": 640 - left + over, "height": 1}
    (kept,) = TASK.begin([box], MEDIA)
    assert kept["left"] + kept["width"] <= 640


def test_a_box_of_which_nothing_is_in_the_image_is_refused():
    with pytest.raises(AnnotationError, match=r"^/0/left: the box reaches from -0.008 to -0.003, outside the image's 0 to 640"):
        TASK.begin([{"label": "cat", "left": -0.008, "top": 0, "width": 0.005, "height": 1}], MEDIA)


@named(LABELS["encode"])
def test_label_as_ground_truth_writes_it(case):
    created = datetime.fromisoformat(LABELS["created"])
    context = Context(media=Media(**LABELS["media"]), job_name=LABELS["job_name"], created=created)
    label, metadata = LABEL_TASK.encode(case["annotation"], context)
    # Compared as text: the order of keys and the form of numbers count.
    assert json.dumps([label, metadata]) == json.dumps([case["label"], case["metadata"]])


@named(LABELS["encode"] + LABELS["decode"])
def test_label_read_back(case):
    assert LABEL_TASK.decode(case["label"], case["metadata"]) == case["annotation"]
    assert LABEL_TASK.annotation(LABEL_TASK.restore(case["annotation"])) == case["annotation"]


@named(LABELS["unreadable"])
def test_unreadable_label(case):
    with pytest.raises(AnnotationError):
        LABEL_TASK.decode(case["label"], case["metadata"])


def test_restore_refuses_what_is_no_number():
    with pytest.raises(AnnotationError, match=r"^/0: expected numbers of pixels"):
        TASK.restore([{"label": "cat", "left": float("nan"), "top": 1, "width": 1, "height": 1}])


def test_annotation_from_a_frame_and_numpy_numbers():
    box = {"label": "cat", "left": np.int64(1), "top": np.float32(2.5), "width": 3, "height": 4}
    expected = [{"label": "cat", "left": 1, "top": 2.5, "width": 3, "height": 4}]
    for given_form in ([box], pd.DataFrame([box]), (box,)):
        assert TASK.annotation(TASK.begin(given_form, MEDIA)) == expected


@pytest.mark.parametrize("annotation", ["boxes", {"label": "cat"}, 3, [3], [{"label": "cat"}]])
def test_annotation_that_is_none(annotation):
    with pytest.raises((AnnotationError, SchemaError)):
        TASK.begin(annotation, MEDIA)


def test_tidy():
    box = {"label": "cat", "left": 1, "top": 2, "width": 3, "height": 4}
    assert TASK.tidy([box]).to_dict("records") == [box]
    assert list(TASK.tidy([]).columns) == ["label", "left", "top", "width", "height"]


def boxes(ids):
    side = st.floats(1, 200).map(lambda number: round(number, 2))
    fields = {"label": st.sampled_from(["cat", "dog"]), "left": side, "top": side, "width": side, "height": side}
    return st.fixed_dictionaries({"id": ids, **fields})


NAMES = st.sampled_from("abcdefgh")
VALUES = st.lists(boxes(NAMES), unique_by=lambda box: box["id"]).map(lambda value: TASK.apply([], {"created": value}, MEDIA)[0])


@given(VALUES, VALUES)
def test_the_difference_between_two_values_leads_from_one_to_the_other_and_back(before, after):
    change = TASK.difference(before, after)
    if change is None:
        assert before == after
        return
    reached, inverse = TASK.apply(before, change, MEDIA)
    assert {box["id"]: box for box in reached} == {box["id"]: box for box in after}
    assert TASK.apply(reached, inverse, MEDIA)[0] == before


@given(VALUES)
def test_encode_and_decode_are_inverse(value):
    annotation = TASK.annotation(value)
    context = Context(media=MEDIA, job_name="job", created=datetime.fromisoformat("2024-01-01T00:00:00+00:00"))
    label, metadata = TASK.encode(annotation, context)
    assert TASK.decode(json.loads(json.dumps(label)), json.loads(json.dumps(metadata))) == annotation
