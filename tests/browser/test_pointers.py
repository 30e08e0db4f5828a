"""Fingers and pens, and what a person is told when a gesture or a key does nothing."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

import nblabel as nl


@pytest.fixture
def widget(photographs, tmp_path):
    widget = nl.label(nl.read_manifest(photographs), nl.BoundingBox(["cat", "dog"]), attribute="things", store=tmp_path / "store.db")
    yield widget
    widget.close()


@pytest.fixture
def labeler(plain_page, widget):
    return plain_page.show(widget)


class Hand:
    """Fingers on a touch screen, and a pen."""

    def __init__(self, labeler):
        self._labeler = labeler
        self._session = labeler.page.context.new_cdp_session(labeler.page)

    def touch(self, kind, *places):
        """Fingers begin, move or end at image pixels."""
        self._touch(kind, *(self._labeler.screen(*place) for place in places))

    def _touch(self, kind, *points):
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    def spread(self, place):
        """Move two fingers apart around an image pixel."""
        x, y = self._labeler.screen(*place)
        self._touch("Start", (x - 20, y))
        self._touch("Start", (x - 20, y), (x + 20, y))
        for step in range(1, 6):
            self._touch("Move", (x - 20 - 4 * step, y), (x + 20 + 4 * step, y))
        self._touch("End")

    def tap(self, place):
        self.touch("Start", place)
        self.touch("End")

    def pen(self, kind, place):
        """A pen is pressed, moved or released at an image pixel."""
        x, y = self._labeler.screen(*place)
        event = {
            "type": f"mouse{kind}",
            "x": x,
            "y": y,
            "pointerType": "pen",
            "button": "left",
            "buttons": 0 if kind == "Released" else 1,
            "clickCount": 1,
        }
        self._session.send("Input.dispatchMouseEvent", event)


def sides(value):
    return [[round(box[side]) for side in ("left", "top", "width", "height")] for box in value]


def test_a_finger_draws_by_a_drag_and_by_two_taps_and_two_fingers_zoom_without_drawing(plain_page, labeler, widget):
    hand = Hand(labeler)
    hand.touch("Start", (100, 80))
    for step in range(1, 6):
        hand.touch("Move", (100 + 40 * step, 80 + 20 * step))
    hand.touch("End")
    plain_page.settle(labeler)
    assert sides(widget.value) == [[100, 80, 200, 100]]

    hand.tap((400, 300))
    before = float(labeler.stage.get_attribute("data-zoom"))
    corner = labeler.screen(400, 300)
    hand.spread((320, 240))
    assert float(labeler.stage.get_attribute("data-zoom")) > 1.2 * before
    assert labeler.screen(400, 300) != corner

    hand.tap((440, 340))
    plain_page.settle(labeler)
    assert sides(widget.value) == [[100, 80, 200, 100], [400, 300, 40, 40]]


def test_a_pen_draws_and_the_hand_that_rests_beside_it_does_not(plain_page, labeler, widget):
    hand = Hand(labeler)
    hand.pen("Pressed", (100, 80))
    hand.pen("Moved", (150, 120))
    hand.touch("Start", (500, 400))
    hand.pen("Moved", (300, 200))
    hand.touch("End")
    hand.pen("Released", (300, 200))
    plain_page.settle(labeler)
    assert sides(widget.value) == [[100, 80, 200, 120]]


def test_a_key_that_can_do_nothing_says_what_to_do(labeler):
    sentences = {
        "Delete": "Select what to delete first.",
        "ArrowLeft": "Select a box first",
        "]": "Select a box first",
        "a": "This is the first item.",
        "Shift+Enter": "No suggestion is shown here.",
        "Control+d": "Select what to duplicate first.",
        ".": "Nothing is labeled on this item yet.",
        "e": "Select one in the list or on the stage first.",
        "Control+z": "Nothing to undo.",
    }
    for key, sentence in sentences.items():
        labeler.press(key)
        expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text(sentence)

    labeler.click(100, 80)
    labeler.press("Enter")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("Too small for a box.")
    labeler.expect_place(1)


def test_a_pen_and_fingers_paint_masks_and_fill_areas(plain_page, photographs, tmp_path):
    task = nl.SemanticSegmentation(["cat", "dog"])
    widget = nl.label(nl.read_manifest(photographs), task, attribute="parts-ref", store=tmp_path / "store.db", output=tmp_path)
    labeler = plain_page.show(widget)
    hand = Hand(labeler)
    hand.pen("Pressed", (100, 100))
    hand.touch("Start", (500, 400))
    for step in range(1, 6):
        hand.pen("Moved", (100 + 20 * step, 100))
    hand.touch("End")
    hand.pen("Released", (200, 100))
    plain_page.settle(labeler)
    mask = widget.value
    assert mask[100, 95:206].tolist() == [1] * 111
    rows, columns = np.nonzero(mask)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == pytest.approx((90, 110, 90, 210), abs=2)

    labeler.choose("dog")
    hand.touch("Start", (300, 300))
    for step in range(1, 6):
        hand.touch("Move", (300, 300 + 10 * step))
    hand.touch("End")
    plain_page.settle(labeler)
    assert widget.value[300:351, 300].tolist() == [2] * 51
    painted = np.count_nonzero(widget.value)
    hand.spread((320, 240))
    plain_page.settle(labeler)
    assert np.count_nonzero(widget.value) == painted
    labeler.press("f")

    labeler.tool("rectangle")
    hand.tap((400, 50))
    hand.tap((450, 80))
    plain_page.settle(labeler)
    assert widget.value[50:80, 400:450].min() == 2
    labeler.tool("fill")
    labeler.choose("cat")
    hand.tap((425, 65))
    plain_page.settle(labeler)
    assert set(np.unique(widget.value[50:80, 400:450])) == {1}
    widget.close()
