"""Labels that are judged, with mouse and keys: the real widget and the real module in a plain page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import nblabel as nl

CAT = {"label": "cat", "left": 60, "top": 40, "width": 150, "height": 120}
DOG = {"label": "dog", "left": 230, "top": 90, "width": 60, "height": 80}
TEXT = "Ada Lovelace met Charles Babbage in London."
SPANS = [{"label": "Person", "startOffset": 0, "endOffset": 12}, {"label": "Place", "startOffset": 36, "endOffset": 42}]


@pytest.fixture
def judge(plain_page, tmp_path):
    """Label all rows of a frame alike, then show the labels to be judged; gives the widget and the means to drive it."""
    opened = []

    def begin(frame, task, annotation, of="old"):
        first = nl.label(frame, task, attribute=of, store=tmp_path / "store.db")
        opened.append(first)
        for _ in range(len(frame)):
            first.value = annotation
            first.submit()
        opened.append(nl.label(frame, nl.Verification(task, of=of), attribute="check", store=tmp_path / "store.db"))
        return opened[-1], plain_page.show(opened[-1])

    yield begin
    for widget in opened:
        widget.close()


def test_boxes_are_judged_by_a_key_after_a_comment(plain_page, judge, photographs):
    frame = nl.read_manifest(photographs).iloc[:3]
    _, labeler = judge(frame, nl.BoundingBox(["cat", "dog"]), [CAT, DOG])
    assert labeler.entries() == ["cat", "dog"]
    labeler.drag((80, 60), (140, 120))
    labeler.click(120, 100)
    labeler.press("Delete")
    assert labeler.entries() == ["cat", "dog"]
    labeler.press("e")
    plain_page.page.keyboard.type("The dog is a cat 1.")
    plain_page.page.keyboard.press("Enter")
    plain_page.page.keyboard.press("2")
    labeler.expect_place(2)
    labeler.press("1")
    labeler.expect_place(3)
    labeler.choose("Correct")
    plain_page.settle(labeler)
    assert frame["check"].tolist() == [1, 0, 0]
    labeler.press("Control+z")
    plain_page.settle(labeler)
    assert frame["check"].notna().tolist() == [True, True, False]
    assert frame.loc[0, "check-metadata"]["worker-feedback"] == [{"comment": "The dog is a cat 1."}]
    assert "worker-feedback" not in frame.loc[1, "check-metadata"]
    assert frame.loc[0, "old"]["annotations"][0]["left"] == 60

    labeler.action("previous")
    labeler.action("previous")
    labeler.expect_place(1)
    assert labeler.root.locator('[data-nblabel-field="comment"]').input_value() == "The dog is a cat 1."
    assert labeler.root.locator('.label[aria-pressed="true"]').get_attribute("data-nblabel-label") == "Incorrect"


def test_a_mask_is_only_looked_at(plain_page, judge, photographs):
    frame = nl.read_manifest(photographs).iloc[:1]
    mask = np.zeros((480, 640), np.uint8)
    mask[40:160, 60:210] = 1
    _, labeler = judge(frame, nl.SemanticSegmentation(["cat", "dog"]), mask, of="old-ref")
    assert labeler.entries() == ["cat"]
    labeler.press("b")
    before = labeler.stage.screenshot()
    labeler.click(20, 20)
    plain_page.settle(labeler)
    assert labeler.entries() == ["cat"]
    plain_page.page.mouse.move(1, 1)
    assert labeler.stage.screenshot() == before
    labeler.press("1")
    plain_page.settle(labeler)
    assert frame["check"].tolist() == [0]


def test_spans_are_only_looked_at(plain_page, judge):
    frame = pd.DataFrame({"source": [TEXT] * 2})
    _, labeler = judge(frame, nl.NamedEntityRecognition(["Person", "Place"]), SPANS)
    assert labeler.entries() == ["Ada Lovelace", "London"]
    labeler.root.locator('[data-nblabel="text"]').dblclick(position={"x": 120, "y": 12})
    assert labeler.entries() == ["Ada Lovelace", "London"]
    labeler.press("2")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    assert frame["check"].tolist()[0] == 1
