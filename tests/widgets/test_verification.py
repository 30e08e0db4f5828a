"""Labels that are there already, judged in a cell: every task type."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import nblabel as nl

CAT = {"label": "cat", "left": 1, "top": 2, "width": 10, "height": 20}
CASES = {
    "boxes": (nl.BoundingBox(["cat", "dog"]), [CAT]),
    "class": (nl.ImageClassification(["cat", "dog"]), "cat"),
    "classes": (nl.ImageClassification(["cat", "dog"], multiple=True), ["cat"]),
    "mask": (nl.SemanticSegmentation(["cat", "dog"]), np.pad(np.ones((10, 12), np.uint8), ((5, 33), (6, 46)))),
    "spans": (nl.NamedEntityRecognition(["cat", "dog"]), [{"label": "cat", "startOffset": 0, "endOffset": 4}]),
    "text class": (nl.TextClassification(["cat", "dog"]), "cat"),
}


def label(start, frame, task, annotation, *, attribute="old", rows=range(3)):
    w = start(frame, task=task, attribute=attribute)
    for row in rows:
        w.index = row
        w.value = annotation
        w.submit()


@pytest.mark.parametrize("case", CASES)
def test_labels_are_judged_and_stay_as_they_are(case, start, folder):
    task, annotation = CASES[case]
    frame = pd.DataFrame({"source": ["text 1", "text 2", "text 3"]} if task.media == "text" else {"source-ref": ["a.png", "b.png", "c.png"]})
    of = "old-ref" if task.reference else "old"
    label(start, frame, task, annotation, attribute=of)
    old = frame.copy()
    judging = nl.Verification(task, of=of)
    w = start(frame, task=judging, attribute="check")
    shown = w.get_state()["_opening"]["item"]["value"]["shown"]
    assert task.same(task.annotation(shown), annotation)
    with pytest.raises(ValueError, match="choose a class first"):
        w.submit()
    w.value = "Correct"
    w.submit()
    w.value = {"label": "Incorrect", "comments": ["Too wide."]}
    w.submit()
    assert frame["check"].tolist()[:2] == [0, 1]
    good, bad = frame["check-metadata"][:2]
    assert (good["type"], good["class-name"], good["confidence"]) == ("groundtruth/label-verification", "Correct", 0)
    assert "worker-feedback" not in good
    assert not {"adjustment-status"} & {*good, *bad}
    assert bad["worker-feedback"] == [{"comment": "Too wide."}]
    pd.testing.assert_frame_equal(frame[list(old)], old)

    fresh = frame[list(old)].copy()
    again = start(fresh, task=judging, attribute="check")
    assert (again.index, again.progress.submitted) == (2, 2)
    pd.testing.assert_frame_equal(fresh, frame)
    again.index = 1
    assert again.value == {"label": "Incorrect", "comments": ["Too wide."]}
    pd.testing.assert_frame_equal(old.copy().nblabel.join("check"), frame)


def test_verdicts_of_a_manifest_are_shown_with_the_labels_that_they_are_about(start, frame):
    label(start, frame, nl.BoundingBox(["cat"]), [CAT])
    w = start(frame, task=nl.Verification(nl.BoundingBox(["cat"]), ["good", "bad"], of="old"), attribute="check")
    w.value = {"label": "bad", "comments": ["No cat."]}
    w.submit()
    other = start(frame, task=nl.Verification(nl.BoundingBox(["cat"]), ["good", "bad"], of="old"), attribute="check", store="other.db")
    assert (other.progress.submitted, other.index) == (1, 1)
    other.index = 0
    assert other.value == {"label": "bad", "comments": ["No cat."]}
    assert frame.nblabel.annotations("check")[["label", "comments"]].iloc[0].tolist() == ["bad", ["No cat."]]


def test_a_row_without_a_label_says_so_and_can_be_skipped(start, frame):
    label(start, frame, nl.BoundingBox(["cat"]), [CAT], rows=[1])
    w = start(frame, task=nl.Verification(nl.BoundingBox(["cat"]), of="old"), attribute="check")
    assert "no label in 'old' to verify" in w.get_state()["_opening"]["item"]["error"]
    w.skip()
    assert w.index == 1
    w.value = "Correct"
    w.submit()
    assert frame["check"].notna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: nl.Verification(["cat"], of="old"), "expected what the labels are of"),
        (lambda: nl.Verification(nl.Adjustment(nl.BoundingBox(["cat"]), of="old"), of="new"), "with a plain BoundingBox"),
    ],
)
def test_wrong_tasks_are_refused(make, text):
    with pytest.raises(nl.errors.TaskError, match=text):
        make()


@pytest.mark.parametrize("value", ["Perfect", 3, {"label": "Correct", "comments": "fine"}, {"comment": "fine"}])
def test_wrong_verdicts_are_refused(value, start, frame):
    label(start, frame, nl.BoundingBox(["cat"]), [CAT])
    w = start(frame, task=nl.Verification(nl.BoundingBox(["cat"]), of="old"), attribute="check")
    with pytest.raises(ValueError, match=r"a\.png"):
        w.value = value
