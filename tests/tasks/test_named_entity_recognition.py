from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblabel.errors import AnnotationError, SchemaError
from nblabel.tasks.base import Context, Media
from nblabel.tasks.named_entity_recognition import NamedEntityRecognition

FIXTURES = Path(__file__).parents[1] / "fixtures" / "named-entity-recognition"
MEDIA = Media(length=40)
TASK = NamedEntityRecognition(["Person", "Place", "Date"])
PEOPLE = ["a", "\U0001f600", "\U0001d49c", "\u200d", "\u0301", "\r\n", "\u05e9", "\u4e2d", " ", "\U0001f469\u200d\U0001f467"]


def read(name):
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


LABELS = read("labels.json")


def named(cases):
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def entity(label, start, end):
    return {"label": label, "startOffset": start, "endOffset": end}


@named(read("changes.json"))
def test_change_and_its_inverse(case):
    assert TASK.apply(case["value"], case["change"], MEDIA) == (case["after"], case["inverse"])
    assert TASK.apply(case["after"], case["inverse"], MEDIA)[0] == case["value"]


@named(LABELS["encode"])
def test_label_as_ground_truth_writes_it(case):
    context = Context(media=MEDIA, job_name=LABELS["job_name"], created=datetime.fromisoformat(LABELS["created"]))
    label, metadata = TASK.encode(case["annotation"], context)
    assert json.dumps([label, metadata]) == json.dumps([case["label"], case["metadata"]])


@named(LABELS["encode"] + LABELS["decode"])
def test_label_read_back(case):
    assert TASK.decode(case["label"], case["metadata"]) == case["annotation"]
    assert TASK.annotation(TASK.restore(case["annotation"])) == case["annotation"]
    assert TASK.tidy(case["annotation"]).to_dict("records") == case["annotation"]


@named(LABELS["unreadable"])
def test_unreadable_label(case):
    with pytest.raises(AnnotationError):
        TASK.decode(case["label"], case["metadata"])


@pytest.mark.parametrize(
    ("span", "path"),
    [
        ({"label": "Cow", "start": 0, "end": 1}, "/created/0/label"),
        ({"label": "Person", "start": 3, "end": 3}, "/created/0"),
        ({"label": "Person", "start": -1, "end": 3}, "/created/0"),
        ({"label": "Person", "start": 39, "end": 41}, "/created/0"),
        ({"label": "Person", "start": 0.5, "end": 3}, "/created/0/start"),
    ],
)
def test_refused_span_says_where(span, path):
    with pytest.raises((AnnotationError, SchemaError)) as error:
        TASK.apply([], {"created": [{"id": "n", **span}]}, MEDIA)
    assert error.value.path == path


def test_annotation_from_a_frame_and_numpy_numbers():
    expected = [entity("Person", 1, 2)]
    for given_form in (expected, pd.DataFrame(expected), [entity("Person", np.int64(1), np.float32(2))]):
        assert TASK.annotation(TASK.begin(given_form, MEDIA)) == expected
    for wrong in ("spans", {"label": "Person"}, 3, [3]):
        with pytest.raises(AnnotationError):
            TASK.begin(wrong, MEDIA)


SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=5, unique=True)


@given(SPANS, st.tuples(st.integers(0, 12), st.integers(1, 6)))
def test_a_span_that_overlaps_another_is_refused_where_the_task_forbids_it(others, new):
    strict = NamedEntityRecognition(["Person"], overlapping=False)
    start, end = new[0], sum(new)
    value = strict.restore([entity("Person", *span) for span in others])  # those of a manifest stay, whatever they do
    change = {"created": [{"id": "new", "label": "Person", "start": start, "end": end}]}
    if any(start < other_end and other_start < end for other_start, other_end in others):
        with pytest.raises(AnnotationError, match="overlap"):
            strict.apply(value, change, MEDIA)
    else:
        assert len(strict.apply(value, change, MEDIA)[0]) == len(others) + 1


def units(text, offset):
    return len(text[:offset].encode("utf-16-le")) // 2


@given(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=12).map("".join), st.data())
def test_utf_16_units_of_a_browser_are_told_from_code_points(text, data):
    edges = data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True).map(sorted))
    true = [entity("Person", *edges)]
    foreign = [entity("Person", *(units(text, edge) for edge in edges))]
    aligned, unit = TASK.align(foreign, text)
    if true == foreign:
        assert (aligned, unit) in [(true, None), (true, "code points"), (true, "unclear")]
    elif foreign[0]["endOffset"] > len(text):
        assert (aligned, unit) == (true, "UTF-16")
    else:
        assert (aligned, unit) == (foreign, "unclear")
    kept, unit = TASK.align(true, text)
    # What is in code points is never changed.
    assert kept == true
    assert unit != "UTF-16"


@pytest.mark.parametrize(
    ("text", "span", "expected", "unit"),
    [
        ("abc", (0, 3), (0, 3), None),
        ("\U0001f600 Ada", (3, 6), (2, 5), "UTF-16"),
        ("\U0001f600 Ada", (1, 5), (1, 5), "code points"),
        ("\U0001f600 Ada ", (2, 5), (2, 5), "unclear"),
        ("\U0001f600 Ada", (3, 9), (3, 9), "neither"),
    ],
)
def test_units_by_example(text, span, expected, unit):
    assert TASK.align([entity("Person", *span)], text) == ([entity("Person", *expected)], unit)


def test_offsets_as_the_front_end_counts_them():
    for case in read("offsets.json"):
        assert case["units"] == [units(case["text"], offset) for offset in range(len(case["text"]) + 1)]
