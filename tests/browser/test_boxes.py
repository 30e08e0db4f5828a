"""What makes boxes a tool for every day: copies, attributes, four points, edges, order, numbers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import nblabel as nl

ATTRIBUTE = "things"
CARS = [nl.Attribute("colour", choices=["red", "blue"], required=True), nl.Attribute("year", type="number", minimum=1900, maximum=2100)]


@pytest.fixture
def widget(photographs, tmp_path):
    task = nl.BoundingBox(["cat", "dog"], attributes=CARS, clip=False)
    widget = nl.label(nl.read_manifest(photographs), task, attribute=ATTRIBUTE, store=tmp_path / "store.db")
    yield widget
    widget.close()


@pytest.fixture
def labeler(plain_page, widget):
    return plain_page.show(widget)


def field(labeler, name):
    return labeler.root.locator(f'[data-nblabel-field="{name}"]')


def test_every_key_of_the_table_does_something(labeler, widget):
    labeler.press("?")
    rows = labeler.root.locator('[data-nblabel="help"] [data-nblabel-key]')
    actions = set(rows.evaluate_all("rows => rows.flatMap(row => row.dataset.nblabelKey.split(' '))"))
    bound = {action for action, keys in widget._task["keys"].items() if keys}
    assert {action for action in actions if not action.startswith("label-")} == bound - {"search", "instructions"}  # what this task has no use for


def test_copies_within_an_item_to_another_and_from_the_one_before(plain_page, labeler, widget):
    labeler.drag((100, 80), (200, 160))
    labeler.press("Control+d")
    plain_page.settle(labeler)
    first, copy = widget.value
    assert copy == {**first, "left": first["left"] + 10, "top": first["top"] + 10}

    labeler.press("Control+c")
    labeler.press("d")
    labeler.expect_place(2)
    labeler.press("Control+v")
    plain_page.settle(labeler)
    assert widget.value == [copy]
    labeler.press("r")
    plain_page.settle(labeler)
    assert widget.value == [copy]

    labeler.press("d")
    labeler.expect_place(3)
    labeler.press("r")
    plain_page.settle(labeler)
    assert widget.value == [copy]
    labeler.press("Control+z")
    plain_page.settle(labeler)
    assert widget.value == []


def test_numbers_and_attributes_are_written(plain_page, labeler, widget):
    labeler.drag((100, 80), (200, 160))
    labeler.press("Enter")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("Every cat needs “colour”")
    labeler.expect_place(1)
    expect(labeler.root.locator(".entry .lacking")).to_have_count(1)

    labeler.press("e")
    field(labeler, "attribute colour").select_option("blue")
    field(labeler, "attribute year").fill("1999")
    labeler.page.keyboard.press("Tab")
    field(labeler, "left").fill("50.5")
    labeler.page.keyboard.press("Enter")
    expect(labeler.stage).to_be_focused()
    field(labeler, "width").focus()
    labeler.page.keyboard.press("Shift+ArrowUp")
    plain_page.settle(labeler)
    (found,) = widget.value
    assert (found["left"], found["attributes"]) == (50.5, {"colour": "blue", "year": 1999})
    assert found["width"] == pytest.approx(110, abs=1.5)

    # What is not acceptable leaves everything as it was.
    for name, text, expected, kept in (("attribute year", "3000", "at most 2100", "1999"), ("left", "abc", "Left: expected a number", "50.5")):
        field(labeler, name).fill(text)
        labeler.page.keyboard.press("Enter")
        expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text(expected)
        expect(field(labeler, name)).to_have_value(kept)
    plain_page.settle(labeler)
    assert widget.value == [found]

    labeler.press("Enter")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    (written,) = widget.data.loc[0, ATTRIBUTE]["annotations"]
    assert list(written) == ["class_id", "top", "left", "height", "width", "label-category-attributes"]
    assert written["label-category-attributes"] == {"colour": "blue", "year": 1999}


def test_four_points_edges_borders_and_order(plain_page, labeler, widget):
    labeler.press("x")
    for point in ((200, 100), (150, 150), (260, 170), (190, 220)):
        labeler.click(*point)
    labeler.press("b")
    labeler.press("g")
    labeler.drag((264, 60), (420, 218))
    labeler.press("g")
    labeler.drag((600, 400), (700, 450))
    plain_page.settle(labeler)
    points, snapped, reaching = widget.value
    assert points["left"] == pytest.approx(150, abs=1)
    assert points["height"] == pytest.approx(120, abs=1.5)
    assert snapped["left"] == points["left"] + points["width"]
    assert snapped["top"] + snapped["height"] == pytest.approx(points["top"] + points["height"])
    assert reaching["left"] + reaching["width"] == pytest.approx(700, abs=1.5)

    labeler.press("[")
    plain_page.settle(labeler)
    assert widget.value == [reaching, points, snapped]
    widget.undo()
    assert widget.value == [points, snapped, reaching]

    labeler.action("clip")
    labeler.drag((500, 460), (560, 520))
    plain_page.settle(labeler)
    assert widget.value[-1]["top"] + widget.value[-1]["height"] == 480


def test_the_picture_can_be_made_brighter_and_its_pixels_be_seen(labeler):
    labeler.press("i")
    field(labeler, "brightness").fill("1.5")
    field(labeler, "smooth").uncheck()
    canvas = labeler.stage.locator("canvas").first
    assert canvas.evaluate("canvas => [canvas.style.filter, canvas.getContext('2d').imageSmoothingEnabled]") == ["brightness(1.5) contrast(1)", False]
    labeler.root.get_by_role("button", name="As it is").click()
    labeler.page.keyboard.press("Escape")
    assert canvas.evaluate("canvas => canvas.style.filter") == ""
    expect(labeler.root.locator('[data-nblabel="picture"]')).to_have_count(0)
    expect(labeler.stage).to_be_focused()


def test_attributes_and_boxes_come_back(photographs, tmp_path, plain_page, labeler, widget):
    widget.value = [{"label": "cat", "left": -20, "top": 2, "width": 60, "height": 30, "attributes": {"colour": "red"}}]
    widget.submit()
    nl.write_manifest(widget.data, tmp_path / "out.manifest")
    task = nl.BoundingBox(["cat", "dog"], attributes=CARS, clip=False)
    again = nl.label(nl.read_manifest(tmp_path / "out.manifest"), task, attribute=ATTRIBUTE, store=tmp_path / "other.db")
    again.index = 0
    assert again.value == [{"label": "cat", "left": -20, "top": 2, "width": 60, "height": 30, "attributes": {"colour": "red"}}]
    with pytest.raises(nl.errors.AnnotationError, match="/0/attributes/colour: colour is 'green', expected one of"):
        again.value = [{"label": "cat", "left": 1, "top": 2, "width": 60, "height": 30, "attributes": {"colour": "green"}}]
    again.close()
