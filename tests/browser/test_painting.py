"""Masks with mouse and keys: the real widget and the real module in a plain page."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

import nblabel as nl
from nblabel.geometry.mask_png import encode_mask

ATTRIBUTE = "parts-ref"
GREEN = "#2ca02c"
WIDTH, HEIGHT = 64, 48
PROPOSAL = '[data-nblabel="proposal"]'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working directory, with a picture of 64 x 48 pixels: a bright square of 20 x 20 on a dark ground."""
    monkeypatch.chdir(tmp_path)
    picture = Image.new("RGB", (WIDTH, HEIGHT), (30, 40, 60))
    picture.paste((250, 230, 120), (20, 14, 40, 34))
    for name in ("a.png", "b.png"):
        picture.save(name)
    return tmp_path


@pytest.fixture
def show(plain_page, folder):
    """Show a labeler of the two pictures."""
    widgets = []

    def show(frame=None, **options):
        frame = pd.DataFrame({"source-ref": ["a.png", "b.png"]}) if frame is None else frame
        widgets.append(nl.label(frame, nl.SemanticSegmentation(["cat", "dog"]), attribute=ATTRIBUTE, store="store.db", **options))
        return widgets[-1], plain_page.show(widgets[-1])

    yield show
    for widget in widgets:
        widget.close()


@pytest.fixture
def widget_and_labeler(show):
    return show()


@pytest.fixture
def widget(widget_and_labeler):
    return widget_and_labeler[0]


@pytest.fixture
def labeler(widget_and_labeler):
    return widget_and_labeler[1]


def mask_of(*rectangles):
    """A mask with rectangles of classes: (index, left, top, right, bottom)."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for index, left, top, right, bottom in rectangles:
        mask[top:bottom, left:right] = index
    return mask


def middle(x, y):
    return x + 0.5, y + 0.5


def expect_mask(plain_page, labeler, widget, mask):
    plain_page.settle(labeler)
    np.testing.assert_array_equal(widget.value, mask)


def rectangle(labeler, left, top, right, bottom):
    labeler.tool("rectangle")
    labeler.drag(middle(left, top), middle(right - 1, bottom - 1))


def test_brush_and_eraser_paint_whole_pixels_and_submit_writes_a_png(plain_page, labeler, widget):
    labeler.drag((10, 10), (30, 10))
    labeler.press("2")
    labeler.drag((40, 20), (40, 30))
    labeler.tool("eraser")
    labeler.drag((20, 5), (20, 15))
    plain_page.settle(labeler)
    mask = widget.value
    assert (mask.shape, mask.dtype) == ((HEIGHT, WIDTH), np.uint8)
    assert (mask[10, 5], mask[10, 20], mask[25, 40], mask[47, 2]) == (1, 0, 2, 0)
    assert labeler.entries() == ["cat", "dog"]

    labeler.action("submit")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    label, metadata = widget.data.loc[0, [ATTRIBUTE, f"{ATTRIBUTE}-metadata"]]
    assert not Path(label).is_absolute()
    with Image.open(label) as image:
        assert image.mode == "P"
        np.testing.assert_array_equal(np.asarray(image), mask)
    assert metadata["internal-color-map"]["2"] == {"class-name": "dog", "hex-color": "#1f77b4", "confidence": 0}
    np.testing.assert_array_equal(nl.read_mask(label, metadata["internal-color-map"]), mask)


def test_a_brush_of_one_pixel_paints_one_pixel_and_shift_click_draws_a_line(plain_page, labeler, widget):
    labeler.press("\\")
    labeler.click(*middle(7, 5))
    expect_mask(plain_page, labeler, widget, mask_of((1, 7, 5, 8, 6)))
    labeler.page.keyboard.down("Shift")
    labeler.click(*middle(12, 5))
    labeler.page.keyboard.up("Shift")
    expect_mask(plain_page, labeler, widget, mask_of((1, 7, 5, 13, 6)))


def test_areas_are_filled_to_the_pixel_by_drags_and_by_clicks(plain_page, labeler, widget):
    rectangle(labeler, 2, 3, 12, 9)
    labeler.press("2")
    labeler.click(*middle(20, 3))
    labeler.click(*middle(24, 6))
    expect_mask(plain_page, labeler, widget, mask_of((1, 2, 3, 12, 9), (2, 20, 3, 25, 7)))

    labeler.tool("polygon")
    for corner in ((30, 30), (40, 30)):
        labeler.click(*corner)
    labeler.press("Enter")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("three corners")
    for corner in ((40, 40), (30, 40)):
        labeler.click(*corner)
    labeler.click(50, 45)
    labeler.press("Control+z")
    labeler.press("Enter")
    mask = mask_of((1, 2, 3, 12, 9), (2, 20, 3, 25, 7), (2, 30, 30, 40, 40))
    expect_mask(plain_page, labeler, widget, mask)

    # Right button: what a tool does, undone.
    labeler.tool("rectangle")
    labeler.page.mouse.move(*labeler.screen(*middle(2, 3)))
    labeler.page.mouse.down(button="right")
    labeler.page.mouse.move(*labeler.screen(*middle(5, 4)), steps=4)
    labeler.page.mouse.up(button="right")
    mask[3:5, 2:6] = 0
    expect_mask(plain_page, labeler, widget, mask)

    labeler.press("1")
    labeler.tool("freehand")
    labeler.click(50, 10)
    for point in ((58, 10), (58, 18), (50, 18)):
        labeler.page.mouse.move(*labeler.screen(*point), steps=8)
    labeler.click(50, 18)
    plain_page.settle(labeler)
    assert widget.value[14, 54] == 1
    assert (widget.value[8:20, 48:60] == 1).sum() == pytest.approx(64, abs=8)


def test_only_what_has_no_class_and_locked_classes(plain_page, labeler, widget):
    rectangle(labeler, 0, 0, 10, 10)
    labeler.press("2")
    labeler.press("u")
    rectangle(labeler, 5, 0, 20, 10)
    expect_mask(plain_page, labeler, widget, mask_of((2, 5, 0, 20, 10), (1, 0, 0, 10, 10)))
    labeler.press("u")
    labeler.press("1")
    labeler.press("l")  # locks the active class
    labeler.press("2")
    rectangle(labeler, 0, 0, 30, 10)
    expect_mask(plain_page, labeler, widget, mask_of((2, 0, 0, 30, 10), (1, 0, 0, 10, 10)))


def test_fill_holes_crumbs_and_gaps(plain_page, labeler, widget):
    rectangle(labeler, 10, 10, 30, 30)
    labeler.tool("rectangle")
    labeler.page.mouse.move(*labeler.screen(*middle(15, 15)))
    labeler.page.mouse.down(button="right")
    labeler.page.mouse.move(*labeler.screen(*middle(19, 19)), steps=4)
    labeler.page.mouse.up(button="right")
    rectangle(labeler, 40, 40, 42, 42)
    hole, crumb = (0, 15, 15, 20, 20), (1, 40, 40, 42, 42)
    expect_mask(plain_page, labeler, widget, mask_of((1, 10, 10, 30, 30), hole, crumb))

    labeler.press("y")
    expect_mask(plain_page, labeler, widget, mask_of((1, 10, 10, 30, 30), hole))
    labeler.press("n")
    expect_mask(plain_page, labeler, widget, mask_of((1, 10, 10, 30, 30)))
    labeler.press("Control+z")
    labeler.press("2")
    labeler.tool("fill")
    labeler.click(*middle(17, 17))
    expect_mask(plain_page, labeler, widget, mask_of((1, 10, 10, 30, 30), (2, 15, 15, 20, 20)))

    labeler.click(*middle(1, 1))
    expect(labeler.root.locator('[data-nblabel-action="next-gap"]')).to_contain_text("Every pixel has a class")
    rectangle_out = (60, 45, 62, 47)
    labeler.tool("rectangle")
    labeler.page.mouse.move(*labeler.screen(*middle(60, 45)))
    labeler.page.mouse.down(button="right")
    labeler.page.mouse.move(*labeler.screen(*middle(61, 46)), steps=4)
    labeler.page.mouse.up(button="right")
    labeler.action("next-gap")
    left, top, zoom = (float(labeler.stage.get_attribute(f"data-{name}")) for name in ("x", "y", "zoom"))
    size = labeler.stage.bounding_box()
    assert left + size["width"] / zoom / 2 == pytest.approx((rectangle_out[0] + rectangle_out[2]) / 2)
    assert top + size["height"] / zoom / 2 == pytest.approx((rectangle_out[1] + rectangle_out[3]) / 2)


def test_the_wand_takes_what_has_one_colour(plain_page, labeler, widget):
    labeler.tool("wand")
    labeler.click(*middle(25, 20))
    square = mask_of((1, 20, 14, 40, 34))
    expect_mask(plain_page, labeler, widget, square)
    labeler.press("2")
    # Dragged far enough, the tolerance takes the whole picture; half way back it takes what a click takes.
    x, y = labeler.screen(*middle(5, 5))
    labeler.page.mouse.move(x, y)
    labeler.page.mouse.down()
    labeler.page.mouse.move(x + 500, y, steps=5)
    labeler.page.mouse.move(x + 40, y, steps=5)
    labeler.page.mouse.up()
    expect_mask(plain_page, labeler, widget, np.where(square, 1, 2).astype(np.uint8))


def extremes(labeler, left, top, right, bottom):
    labeler.tool("auto-segment")
    x, y = (left + right) / 2, (top + bottom) / 2
    for point in ((x, top), (left, y), (x, bottom), (right, y)):
        labeler.click(*point)


def test_four_extreme_points_propose_a_mask_that_enter_accepts(plain_page, labeler, widget):
    extremes(labeler, 20, 14, 39.9, 33.9)
    plain_page.wait_until(lambda: labeler.root.locator(PROPOSAL).count() == 1)
    assert not widget.value.any()
    labeler.press("Enter")
    plain_page.settle(labeler)
    expect(labeler.root.locator(PROPOSAL)).to_have_count(0)
    truth = mask_of((1, 20, 14, 40, 34))
    assert (widget.value & truth).sum() / (widget.value | truth).sum() > 0.9
    labeler.press("Control+z")
    expect_mask(plain_page, labeler, widget, mask_of())


def test_a_proposal_is_refined_dropped_and_never_keeps_one_from_painting(plain_page, show):
    go_on, asked = threading.Event(), []

    def slow(image, prompts):
        asked.append(prompts)
        assert go_on.wait(60)
        mask = np.zeros(image.shape[:2], bool)
        mask[:, : 10 * (1 + len(prompts.marks))] = True
        return mask

    widget, labeler = show(segmenter=slow)
    labeler.tool("auto-segment")
    labeler.drag((2, 2), (20, 20))
    plain_page.wait_until(lambda: asked)
    assert (asked[0].box.left, asked[0].extremes) == (pytest.approx(2, abs=0.2), ())
    offer = labeler.root.locator('[data-nblabel="offer"]')
    plain_page.wait_until(lambda: "Looking for the object" in offer.text_content())
    rectangle(labeler, 50, 0, 60, 4)  # painted, and durable, while the segmenter still works
    expect_mask(plain_page, labeler, widget, mask_of((1, 50, 0, 60, 4)))

    go_on.set()
    plain_page.wait_until(lambda: labeler.root.locator(PROPOSAL).count() == 1)
    labeler.tool("auto-segment")
    labeler.press("Escape")
    expect(labeler.root.locator(PROPOSAL)).to_have_count(0)
    expect_mask(plain_page, labeler, widget, mask_of((1, 50, 0, 60, 4)))

    labeler.drag((2, 2), (20, 20))
    plain_page.wait_until(lambda: len(asked) == 2 and labeler.root.locator(PROPOSAL).count() == 1)
    labeler.page.keyboard.down("Shift")
    labeler.click(12, 12)
    labeler.page.keyboard.up("Shift")
    plain_page.wait_until(lambda: len(asked) == 3)
    assert [mark.positive for mark in asked[2].marks] == [False]
    plain_page.wait(200)
    labeler.action("accept")
    mask = mask_of((1, 50, 0, 60, 4), (1, 0, 0, 20, HEIGHT))
    mask[12, 12] = 0  # where a mark says that it does not belong to the object
    expect_mask(plain_page, labeler, widget, mask)


def test_what_a_segmenter_raises_is_told(plain_page, show):
    def broken(image, prompts):
        raise RuntimeError("no weights")

    widget, labeler = show(segmenter=broken)
    labeler.tool("auto-segment")
    labeler.drag((2, 2), (20, 20))
    plain_page.wait_until(lambda: labeler.root.locator(".offer.failed").count() == 1)
    expect(labeler.root.locator(".offer")).to_contain_text("broken failed (RuntimeError: no weights)")
    labeler.press("Escape")
    expect(labeler.root.locator(".offer")).to_have_count(0)
    expect_mask(plain_page, labeler, widget, mask_of())


def test_what_was_painted_is_there_again_and_undo_goes_back_over_it(plain_page, show):
    _, labeler = show()
    rectangle(labeler, 0, 0, 10, 10)
    labeler.press("2")
    rectangle(labeler, 5, 5, 20, 20)
    plain_page.settle(labeler)

    again, labeler = show()
    np.testing.assert_array_equal(again.value, mask_of((1, 0, 0, 10, 10), (2, 5, 5, 20, 20)))
    labeler.press("Control+z")
    expect_mask(plain_page, labeler, again, mask_of((1, 0, 0, 10, 10)))
    labeler.press("Control+z")
    expect_mask(plain_page, labeler, again, mask_of())
    labeler.press("Control+Shift+z")
    expect_mask(plain_page, labeler, again, mask_of((1, 0, 0, 10, 10)))


def test_python_paints_too(plain_page, labeler, widget):
    widget.value = mask_of((2, 3, 3, 9, 9))
    plain_page.wait_until(lambda: labeler.entries() == ["dog"])
    labeler.press("Control+z")
    expect_mask(plain_page, labeler, widget, mask_of())


def frame_with_mask(mask, **changes):
    Path("old.png").write_bytes(encode_mask(mask, ["#ffffff", GREEN, "#123456"]))
    entries = {"1": {"class-name": "cat", "hex-color": GREEN}, "2": {"class-name": "tree", "hex-color": "#123456"}}
    metadata = {"internal-color-map": entries, "type": "groundtruth/semantic-segmentation", "creation-date": "2024-03-05T17:25:32"}
    cells = {"source-ref": "a.png", ATTRIBUTE: "old.png", f"{ATTRIBUTE}-metadata": metadata} | changes
    return pd.DataFrame({name: pd.Series([cell], dtype=object) for name, cell in cells.items()})


def test_a_mask_that_was_there_is_opened_and_only_what_is_painted_changes(plain_page, show):
    mask = mask_of((1, 0, 0, 10, 10), (2, 30, 30, 40, 40))
    widget, labeler = show(frame_with_mask(mask))
    assert labeler.entries() == ["cat", "tree (unknown)"]
    rectangle(labeler, 0, 0, 3, 3)
    labeler.press("2")
    rectangle(labeler, 0, 0, 2, 2)
    labeler.press("Enter")
    plain_page.settle(labeler)
    label, metadata = widget.data.loc[0, [ATTRIBUTE, f"{ATTRIBUTE}-metadata"]]
    entries = metadata["internal-color-map"]
    names = {index: entry["class-name"] for index, entry in entries.items()}
    assert names == {"0": "BACKGROUND", "1": "cat", "2": "dog", "3": "tree"}
    expected = mask_of((1, 0, 0, 10, 10), (3, 30, 30, 40, 40), (2, 0, 0, 2, 2))
    np.testing.assert_array_equal(nl.read_mask(label, entries), expected)
    np.testing.assert_array_equal(nl.read_mask("old.png"), mask)


@pytest.mark.parametrize(
    ("mask", "changes", "text"),
    [
        (np.zeros((10, 10), np.uint8), {}, "10 x 10 pixels, its image 64 x 48"),
        (mask_of((3, 0, 0, 9, 9)), {}, "lacks 1 of its colours"),
        (mask_of(), {ATTRIBUTE: "gone.png"}, "no such file"),
        (mask_of(), {ATTRIBUTE: "photo.jpg"}, "a JPEG cannot be a mask"),
    ],
)
def test_a_mask_that_cannot_be_opened_is_told_of_and_stays(plain_page, show, folder, mask, changes, text):
    Image.new("RGB", (WIDTH, HEIGHT)).save("photo.jpg")
    frame = frame_with_mask(mask, **changes)
    before = Path("old.png").read_bytes()
    widget, labeler = show(frame)
    expect(labeler.root.locator(".cover")).to_contain_text(text)
    labeler.drag((5, 5), (20, 20))
    labeler.action("submit")
    plain_page.wait(100)
    assert widget.value is None
    assert widget.progress.submitted == 1
    assert frame.loc[0, ATTRIBUTE] == changes.get(ATTRIBUTE, "old.png")
    assert Path("old.png").read_bytes() == before


@pytest.mark.parametrize("width", [620, 480, 360])
def test_a_narrow_page_keeps_the_stage_beside_the_tools(labeler, width):
    labeler.page.set_viewport_size({"width": width, "height": 900})
    tools, stage, controls = (labeler.root.locator(part).bounding_box() for part in (".toolbar", ".stage", ".controls"))
    assert stage["x"] >= tools["x"] + tools["width"]
    assert stage["y"] < tools["y"] + tools["height"] / 2
    assert stage["height"] > 200
    for control in labeler.root.locator(".controls > *:visible").all():
        place = control.bounding_box()
        assert controls["x"] <= place["x"]
        assert place["x"] + place["width"] <= controls["x"] + controls["width"]
    labeler.wait_ready()
    labeler.drag((10, 10), (30, 20))
    labeler.wait_saved()


def test_predicted_classes_are_suggested_one_by_one_and_paint_only_what_has_no_class(plain_page, show, pytestconfig):
    predicted = mask_of((1, 20, 14, 40, 34), (2, 2, 2, 12, 12))

    def model(images):
        return [(predicted, {"cat": 0.9, "dog": 0.4}) if image.mode == "RGB" else None for image in images]

    widget, labeler = show(suggest=model)
    proposal = labeler.root.locator(PROPOSAL)
    plain_page.wait_until(lambda: proposal.count() == 1)
    if target := pytestconfig.getoption("--screenshot"):
        labeler.root.screenshot(path=target)
    expect(proposal).to_contain_text("0.90")
    labeler.press("2")
    rectangle(labeler, 30, 20, 50, 30)
    labeler.press("Enter")
    expect(proposal).to_contain_text("0.40")
    labeler.press("Shift+Delete")
    expect(proposal).to_have_count(0)
    expect_mask(plain_page, labeler, widget, mask_of((1, 20, 14, 40, 34), (2, 30, 20, 50, 30)))
    assert widget.suggestions["state"].tolist() == ["changed", "rejected"]
    for _ in range(3):
        labeler.press("Control+z")
    expect(labeler.root.locator(".suggestion")).to_have_count(2)
    expect_mask(plain_page, labeler, widget, mask_of())
    labeler.action("accept-all")
    expect_mask(plain_page, labeler, widget, predicted)
    assert widget.suggestions["state"].tolist() == ["accepted", "accepted"]
    labeler.action("submit")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    assert [part["origin"] for part in widget.data.loc[0, f"{ATTRIBUTE}-metadata"]["nblabel-provenance"]] == ["suggested", "suggested"]
