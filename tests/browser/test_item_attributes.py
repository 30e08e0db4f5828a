"""Attributes of whole items with mouse and keys: the real widget and the real module in a plain page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import nblabel as nl

ITEM = [nl.Attribute("weather", choices=["dry", "wet"], required=True), nl.Attribute("people", type="number", minimum=0)]


@pytest.fixture
def show(plain_page, photographs, tmp_path):
    opened = []

    def begin(task, attribute, **settings):
        opened.append(nl.label(nl.read_manifest(photographs), task, attribute=attribute, store=tmp_path / "store.db", **settings))
        return opened[-1], plain_page.show(opened[-1])

    yield begin
    for widget in opened:
        widget.close()


def field(labeler, name):
    return labeler.root.locator(f'[data-nblabel-field="attribute {name}"]')


def test_boxes_and_what_is_said_of_the_image(plain_page, show):
    """A job begun without attributes gets some; a refused submission leads to what is lacking; undo, copies and both ways to Python."""
    early, labeler = show(nl.BoundingBox(["cat", "dog"]), "pets")
    labeler.drag((60, 40), (200, 160))
    plain_page.settle(labeler)
    early.close()

    widget, labeler = show(nl.WithAttributes(nl.BoundingBox(["cat", "dog"]), ITEM), "pets")
    assert labeler.entries() == ["cat"]
    labeler.press("Enter")
    expect(labeler.root.locator(".banner")).to_contain_text("This item needs “weather”.")
    expect(field(labeler, "weather")).to_be_focused()
    plain_page.page.keyboard.press("w")
    expect(field(labeler, "weather")).to_have_value("wet")
    plain_page.page.keyboard.press("Tab")
    plain_page.page.keyboard.type("3")
    plain_page.page.keyboard.press("Enter")
    expect(labeler.stage).to_be_focused()
    labeler.drag((230, 90), (290, 170))
    plain_page.settle(labeler)
    assert widget.value["attributes"] == {"weather": "wet", "people": 3}
    assert len(widget.value["annotation"]) == 2

    for _ in range(2):
        labeler.press("Control+z")
    plain_page.settle(labeler)
    assert widget.value["attributes"] == {"weather": "wet"}
    assert len(widget.value["annotation"]) == 1
    labeler.press("Enter")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    assert widget.data.loc[0, "pets-metadata"]["frame-attributes"] == {"weather": "wet"}

    labeler.press("r")
    plain_page.settle(labeler)
    assert widget.value["attributes"] == {"weather": "wet"}
    widget.value = {"annotation": [], "attributes": {"weather": "dry", "people": 2}}
    plain_page.settle(labeler)
    expect(field(labeler, "people")).to_have_value("2")
    assert labeler.entries() == []


def test_a_class_does_not_finish_an_item_that_lacks_an_attribute(plain_page, show):
    widget, labeler = show(nl.WithAttributes(nl.ImageClassification(["cat", "dog"]), ITEM), "kind")
    labeler.press("2")
    expect(field(labeler, "weather")).to_be_visible()
    labeler.press("Enter")
    expect(field(labeler, "weather")).to_be_focused()
    plain_page.page.keyboard.press("d")
    plain_page.page.keyboard.press("Enter")
    plain_page.page.keyboard.press("Enter")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    assert widget.data.loc[0, "kind"] == 1
    assert widget.data.loc[0, "kind-metadata"]["frame-attributes"] == {"weather": "dry"}

    labeler.press("g")
    labeler.root.locator(".tile").nth(2).click()
    plain_page.page.keyboard.press("1")
    plain_page.settle(labeler)
    assert widget.progress.submitted == 1
    widget.index = 2
    assert widget.value == {"annotation": "cat", "attributes": {}}
