"""Labels that are there already, adjusted in a cell: every task type."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

import nblabel as nl

CAT = {"label": "cat", "left": 1, "top": 2, "width": 10, "height": 20}
DOG = {"label": "dog", "left": 5, "top": 6, "width": 7, "height": 8}
WORD = {"label": "cat", "startOffset": 0, "endOffset": 4}
OTHER = {"label": "dog", "startOffset": 5, "endOffset": 6}
MASK = np.pad(np.ones((10, 12), np.uint8), ((5, 33), (6, 46)))

CASES = {
    "boxes": (nl.BoundingBox(["cat", "dog"]), [CAT], [CAT, DOG]),
    "class": (nl.ImageClassification(["cat", "dog"]), "cat", "dog"),
    "classes": (nl.ImageClassification(["cat", "dog"], multiple=True), ["cat"], ["dog", "cat"]),
    "mask": (nl.SemanticSegmentation(["cat", "dog"]), MASK, 2 * MASK),
    "spans": (nl.NamedEntityRecognition(["cat", "dog"]), [WORD], [WORD, OTHER]),
    "text class": (nl.TextClassification(["cat", "dog"]), "cat", "dog"),
    "text classes": (nl.TextClassification(["cat", "dog"], multiple=True), ["cat"], []),
}


@pytest.fixture(params=CASES)
def case(request, folder):
    task, before, after = CASES[request.param]
    items = {"source": ["text 1", "text 2", "text 3"]} if task.media == "text" else {"source-ref": ["a.png", "b.png", "c.png"]}
    return task, before, after, pd.DataFrame(items), "-ref" if task.reference else ""


def test_work_begins_with_the_labels_and_says_whether_it_changed_them(start, case):
    task, before, after, frame, ref = case
    first = start(frame, task=task, attribute=f"old{ref}")
    for _ in range(3):
        first.value = before
        first.submit()
    old = frame[[f"old{ref}", f"old{ref}-metadata"]].copy()

    w = start(frame, task=nl.Adjustment(task, of=f"old{ref}"), attribute=f"new{ref}")
    assert (w.index, w.progress.submitted) == (0, 0)
    assert task.same(w.value, before)
    w.submit()
    w.value = after
    w.submit()
    w.value = after
    w.undo()
    assert task.same(w.value, before)
    w.submit()
    status = [metadata["adjustment-status"] for metadata in frame[f"new{ref}-metadata"]]
    assert status == ["unadjusted", "adjusted", "unadjusted"]
    assert list(frame[f"new{ref}-metadata"][0])[-1] == "adjustment-status"
    assert frame[f"new{ref}-metadata"][0]["type"] == old[f"old{ref}-metadata"][0]["type"]
    assert [frame[f"new{ref}"][row] == old[f"old{ref}"][row] for row in range(3)] == [True, False, True]
    pd.testing.assert_frame_equal(frame[list(old)], old)

    fresh = frame[[*frame.columns[:3]]].copy()
    again = start(fresh, task=nl.Adjustment(task, of=f"old{ref}"), attribute=f"new{ref}")
    assert again.progress.submitted == 3
    pd.testing.assert_frame_equal(fresh, frame)
    pd.testing.assert_frame_equal(frame[[*frame.columns[:3]]].copy().nblabel.join(f"new{ref}"), frame)


def boxes(frame, *rows, start):
    w = start(frame, task=nl.BoundingBox(["cat", "dog"]), attribute="old")
    for row in rows:
        w.index = row
        w.value = [CAT]
        w.submit()


def test_a_row_without_a_label_begins_empty(start, frame):
    boxes(frame, 0, start=start)
    w = start(frame, task=nl.Adjustment(nl.BoundingBox(["cat", "dog"]), of="old"), attribute="new")
    w.index = 1
    assert w.value == []
    w.value = [DOG]
    w.submit()
    assert frame["new-metadata"][1]["adjustment-status"] == "adjusted"


def test_what_is_not_begun_follows_the_labels_and_what_is_begun_stays(start, frame):
    boxes(frame, 0, 1, 2, start=start)
    task = nl.Adjustment(nl.BoundingBox(["cat", "dog"]), of="old")
    w = start(frame, task=task, attribute="new")
    w.value = [CAT, DOG]
    w.index = 1
    w.submit()
    for row in range(3):
        frame["old"].iat[row]["annotations"][0]["left"] = 3
    again = start(frame, task=task, attribute="new")
    moved = {**CAT, "left": 3}
    found = []
    for row in range(3):
        again.index = row
        found.append(again.value)
    assert found == [[CAT, DOG], [CAT], [moved]]
    assert frame["new-metadata"][1]["adjustment-status"] == "unadjusted"


def test_classes_of_the_labels_keep_their_ids(start, frame):
    w = start(frame, task=nl.BoundingBox(["cat", "emu", "dog"]), attribute="old")
    w.value = [DOG]
    w.submit()
    w = start(frame, task=nl.Adjustment(nl.BoundingBox(["cat"]), of="old"), attribute="new")
    w.submit()
    assert frame["new-metadata"][0]["class-map"] == {"2": "dog"}


def test_labels_that_cannot_be_read_are_told_of(start, frame, caplog):
    frame["old"] = ["nonsense", None, None]
    with caplog.at_level(logging.WARNING):
        w = start(frame, task=nl.Adjustment(nl.BoundingBox(["cat"]), of="old"), attribute="new")
    assert w.value == []
    assert "rows whose label in 'old' cannot be worked on, and which begin with nothing: 1; the first one is row 0" in caplog.text


@pytest.mark.parametrize(("of", "attribute", "text"), [("old", "old", "needs another name"), ("odd", "new", "no column 'odd'")])
def test_columns_must_be_there_and_differ(start, frame, of, attribute, text):
    boxes(frame, 0, start=start)
    with pytest.raises(nl.errors.FrameError, match=text):
        start(frame, task=nl.Adjustment(nl.BoundingBox(["cat"]), of=of), attribute=attribute, store="other.db")


def test_only_a_task_is_adjusted_and_only_once():
    with pytest.raises(nl.errors.TaskError, match="expected what the labels are of"):
        nl.Adjustment("boxes", of="old")
    with pytest.raises(nl.errors.TaskError, match="begins with the labels of 'old' already"):
        nl.Adjustment(nl.Adjustment(nl.BoundingBox(["cat"]), of="old"), of="new")
