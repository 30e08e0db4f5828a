"""Suggestions in a real browser: shown, accepted, changed, rejected, by mouse and by key."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import nblabel as nl
from nblabel.tasks.context import PROVENANCE

CAT = {"label": "cat", "left": 100, "top": 80, "width": 200, "height": 120}
DOG = {"label": "dog", "left": 400, "top": 100, "width": 100, "height": 300}
PREDICTION = [{**CAT, "score": 0.93}, {**DOG, "score": 0.61}, {"label": "cat", "left": 20, "top": 300, "width": 60, "height": 60, "score": 0.22}]


@pytest.fixture
def suggesting(photographs, tmp_path):
    opened = []

    def make(suggest, task=None, attribute="things"):
        frame = nl.read_manifest(photographs)
        if isinstance(suggest, list):
            frame["yolo"] = [suggest] + [None] * (len(frame) - 1)
        column = "yolo" if isinstance(suggest, list) else suggest
        task = task or nl.BoundingBox(["cat", "dog"])
        opened.append(nl.label(frame, task, attribute=attribute, store=tmp_path / "store.db", suggest=column))
        return opened[-1]

    yield make
    for widget in opened:
        widget.close()


def states(widget):
    return widget.suggestions["state"].tolist()


def test_enter_accepts_the_surest_then_submits(plain_page, suggesting):
    widget = suggesting(PREDICTION)
    labeler = plain_page.show(widget)
    proposal = labeler.root.locator('[data-nblabel="proposal"]')
    expect(proposal).to_contain_text("0.93")
    labeler.press("Enter")
    expect(proposal).to_contain_text("0.61")
    assert labeler.entries() == ["cat"]
    labeler.press("Shift+Delete")
    expect(proposal).to_contain_text("0.22")
    labeler.press("Enter")
    expect(proposal).to_have_count(0)
    plain_page.settle(labeler)
    assert states(widget) == ["accepted", "rejected", "accepted"]
    labeler.press("Control+z")
    expect(proposal).to_contain_text("0.22")
    labeler.press("Shift+Delete")
    labeler.press("Enter")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    assert [box["class_id"] for box in widget.data.loc[0, "things"]["annotations"]] == [0]
    assert widget.data.loc[0, "things-metadata"][PROVENANCE] == [{"origin": "suggested", "score": 0.93, "source": "yolo"}]


def test_what_is_moved_is_accepted_as_it_is_then(plain_page, suggesting):
    widget = suggesting(PREDICTION)
    labeler = plain_page.show(widget)
    labeler.tool("select")
    labeler.drag((200, 140), (220, 140))
    plain_page.settle(labeler)
    assert states(widget) == ["changed", "waiting", "waiting"]
    (box,) = widget.value
    assert box["left"] == pytest.approx(120, abs=2)
    labeler.click(450, 250)
    labeler.press("Delete")
    plain_page.settle(labeler)
    assert states(widget) == ["changed", "rejected", "waiting"]


def test_all_above_a_threshold(plain_page, suggesting, pytestconfig):
    widget = suggesting(PREDICTION)
    labeler = plain_page.show(widget)
    labeler.root.locator('[data-nblabel="threshold"]').fill("0.6")
    if target := pytestconfig.getoption("--screenshot"):
        labeler.root.screenshot(path=target)
    labeler.action("accept-all")
    expect(labeler.root.locator(".suggestions")).to_contain_text("0 of 1")
    plain_page.settle(labeler)
    assert states(widget) == ["accepted", "accepted", "waiting"]
    for _ in range(9):
        labeler.press("<")
    expect(labeler.root.locator('[data-nblabel="proposal"]')).to_contain_text("0.22")
    widget.undo()
    plain_page.deliver()
    expect(labeler.root.locator(".suggestion")).to_have_count(3)
    widget.accept(above=0.9)
    plain_page.deliver()
    expect(labeler.root.locator(".suggestion")).to_have_count(2)


def test_what_a_function_suggests_appears_when_it_is_there_and_its_errors_too(plain_page, suggesting):
    def suggest(images):
        return [([CAT], [0.8]) if image.mode == "RGB" else None for image in images]

    widget = suggesting(suggest)
    labeler = plain_page.show(widget)
    plain_page.wait_until(lambda: labeler.root.locator('[data-nblabel="proposal"]').count() == 1)
    labeler.press("Enter")
    plain_page.settle(labeler)
    assert widget.value == [CAT]

    def fail(sources):
        raise RuntimeError("no weights")

    widget = suggesting(fail, attribute="others")
    labeler = plain_page.show(widget)
    plain_page.wait_until(lambda: labeler.root.locator('[data-nblabel="notice"]').count() == 1)
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("RuntimeError: no weights")
    labeler.drag((100, 80), (300, 200))
    plain_page.settle(labeler)
    assert len(widget.value) == 1


def test_classes_are_suggested(plain_page, suggesting):
    widget = suggesting([{"label": "dog", "score": 0.7}], task=nl.ImageClassification(["cat", "dog"]), attribute="class")
    labeler = plain_page.show(widget)
    expect(labeler.root.locator('[data-nblabel="proposal"]')).to_contain_text("dog")
    labeler.press("Enter")
    plain_page.settle(labeler)
    assert widget.value == "dog"
