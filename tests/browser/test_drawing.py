"""Boxes with mouse and keys: the real widget and the real module in a plain page."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

import nblabel as nl

ATTRIBUTE = "things"


@pytest.fixture
def widget(photographs, tmp_path):
    frame = nl.read_manifest(photographs)
    widget = nl.label(frame, nl.BoundingBox(["cat", "dog"], instructions="Draw tight boxes."), attribute=ATTRIBUTE, store=tmp_path / "store.db")
    yield widget
    widget.close()


@pytest.fixture
def labeler(plain_page, widget):
    return plain_page.show(widget)


def box(label, left, top, width, height):
    return {"label": label, "left": left, "top": top, "width": width, "height": height}


def near(annotation, *boxes):
    """Expect these boxes, to half a screen pixel."""
    assert [part["label"] for part in annotation] == [part["label"] for part in boxes]
    for part, wanted in zip(annotation, boxes, strict=True):
        for side in ("left", "top", "width", "height"):
            assert part[side] == pytest.approx(wanted[side], abs=1.5)


def test_a_drag_draws_a_box_that_python_has(plain_page, labeler, widget):
    labeler.drag((100, 80), (300, 200))
    labeler.press("2")
    labeler.drag((400, 100), (500, 400))
    plain_page.settle(labeler)

    near(widget.value, box("cat", 100, 80, 200, 120), box("dog", 400, 100, 100, 300))
    assert labeler.entries() == ["cat", "dog"]


def test_submit_writes_the_row_as_ground_truth_does_and_moves_on(plain_page, labeler, widget):
    labeler.drag((100, 80), (300, 200))
    labeler.action("submit")
    labeler.expect_place(2)
    plain_page.settle(labeler)

    label, metadata = widget.data.loc[0, [ATTRIBUTE, f"{ATTRIBUTE}-metadata"]]
    (found,) = label["annotations"]
    assert label["image_size"] == [{"width": 640, "height": 480, "depth": 3}]
    assert list(found) == ["class_id", "top", "left", "height", "width"]
    near([{"label": "cat", **found}], box("cat", 100, 80, 200, 120))
    assert metadata["objects"] == [{"confidence": 0}]
    assert metadata["class-map"] == {"0": "cat"}
    assert metadata["type"] == "groundtruth/object-detection"
    assert metadata["job-name"] == "labeling-job/things"
    assert widget.index == 1
    assert (widget.progress.submitted, widget.progress.total) == (1, 4)


def test_an_image_without_objects_is_a_label_too(plain_page, labeler, widget):
    labeler.press("Enter")
    labeler.expect_place(2)
    plain_page.settle(labeler)

    assert widget.data.loc[0, ATTRIBUTE]["annotations"] == []
    assert widget.data.loc[0, f"{ATTRIBUTE}-metadata"]["class-map"] == {}


def test_move_resize_relabel_and_delete(plain_page, labeler, widget):
    labeler.drag((100, 80), (300, 200))
    labeler.tool("select")
    labeler.drag((200, 140), (250, 190))
    plain_page.settle(labeler)
    near(widget.value, box("cat", 150, 130, 200, 120))

    labeler.drag((350, 250), (400, 300))
    plain_page.settle(labeler)
    near(widget.value, box("cat", 150, 130, 250, 170))

    labeler.choose("dog")
    plain_page.settle(labeler)
    near(widget.value, box("dog", 150, 130, 250, 170))

    labeler.press("Delete")
    plain_page.settle(labeler)
    assert widget.value == []


def test_a_box_never_leaves_the_image(plain_page, labeler, widget):
    labeler.drag((600, 400), (700, 520))
    plain_page.settle(labeler)
    near(widget.value, box("cat", 600, 400, 40, 80))
    assert widget.value[0]["left"] + widget.value[0]["width"] <= 640


def test_two_clicks_draw_a_box_and_escape_drops_one(plain_page, labeler, widget):
    labeler.click(100, 80)
    labeler.click(300, 200)
    labeler.click(400, 300)
    labeler.press("Escape")
    plain_page.settle(labeler)
    near(widget.value, box("cat", 100, 80, 200, 120))


def test_a_corner_that_was_clicked_does_not_follow_to_the_next_item(plain_page, labeler, widget):
    labeler.click(100, 80)
    labeler.press("d")
    labeler.expect_place(2)
    labeler.click(300, 400)
    labeler.press("Escape")
    plain_page.settle(labeler)
    assert widget.value == []


def test_an_arrow_key_at_the_border_changes_nothing(plain_page, labeler, widget):
    labeler.drag((-10, -10), (100, 100))
    labeler.press("ArrowLeft")
    plain_page.settle(labeler)
    labeler.press("Control+z")
    plain_page.settle(labeler)
    assert widget.value == []


def test_undo_and_redo_by_keys_buttons_and_python(plain_page, labeler, widget):
    labeler.drag((100, 80), (300, 200))
    labeler.drag((400, 100), (500, 400))
    labeler.press("Control+z")
    plain_page.settle(labeler)
    assert len(widget.value) == 1

    labeler.action("undo")
    plain_page.settle(labeler)
    assert widget.value == []

    labeler.press("Control+Shift+z")
    labeler.action("redo")
    plain_page.settle(labeler)
    near(widget.value, box("cat", 100, 80, 200, 120), box("cat", 400, 100, 100, 300))

    widget.undo()
    plain_page.deliver()
    expect(labeler.root.locator(".entry")).to_have_count(1)
    widget.redo()
    plain_page.deliver()
    expect(labeler.root.locator(".entry")).to_have_count(2)


def test_keys_alone_are_enough(plain_page, labeler, widget):
    labeler.press("n")
    for key in ("Shift+ArrowRight", "ArrowDown", "Alt+Shift+ArrowRight", "Alt+ArrowUp"):
        labeler.press(key)
    plain_page.settle(labeler)
    near(widget.value, box("cat", 240 + 10, 180 + 1, 160 + 10, 120 - 1))

    labeler.press("Enter")
    labeler.expect_place(2)
    labeler.press("a")
    labeler.expect_place(1)
    labeler.press("d")
    labeler.press("s")
    labeler.expect_place(3)
    plain_page.settle(labeler)
    assert (widget.progress.submitted, widget.progress.skipped) == (1, 1)


def test_a_class_key_after_drawing_is_for_the_next_box(plain_page, labeler, widget):
    labeler.drag((100, 80), (200, 200))
    labeler.press("2")
    labeler.drag((300, 80), (400, 200))
    labeler.press("1")
    labeler.click(350, 140)
    labeler.press("1")
    plain_page.settle(labeler)
    assert [part["label"] for part in widget.value] == ["cat", "cat"]


def test_a_class_key_is_for_the_next_box_even_after_one_was_chosen(plain_page, labeler, widget):
    labeler.drag((100, 80), (200, 200))
    labeler.click(150, 140)
    labeler.drag((300, 80), (400, 200))
    labeler.press("2")
    labeler.drag((450, 80), (550, 200))
    plain_page.settle(labeler)
    assert [part["label"] for part in widget.value] == ["cat", "cat", "dog"]


def test_shift_click_begins_a_box_inside_another(plain_page, labeler, widget):
    labeler.drag((100, 80), (500, 400))
    labeler.page.keyboard.down("Shift")
    labeler.click(200, 160)
    labeler.page.keyboard.up("Shift")
    labeler.click(300, 260)
    plain_page.settle(labeler)
    near(widget.value, box("cat", 100, 80, 400, 320), box("cat", 200, 160, 100, 100))


def test_the_wheel_of_a_resting_pointer_belongs_to_the_page(plain_page, labeler):
    labeler.drag((100, 80), (300, 200))
    before = labeler.stage.get_attribute("data-zoom")
    labeler.page.wait_for_timeout(1700)
    labeler.page.mouse.wheel(0, -300)
    labeler.page.wait_for_timeout(100)
    assert labeler.stage.get_attribute("data-zoom") == before


def test_keys_follow_the_pointer_unless_somebody_writes(plain_page, labeler, widget):
    page = labeler.page
    page.evaluate("""() => { const field = document.createElement("input"); field.id = "field"; document.body.prepend(field); field.focus(); }""")
    page.mouse.move(*labeler.screen(100, 100))
    page.mouse.move(*labeler.screen(200, 150), steps=3)
    page.keyboard.press("2")
    assert page.locator("#field").input_value() == "2"

    page.evaluate("document.activeElement.blur()")
    page.mouse.move(*labeler.screen(220, 170), steps=3)
    page.keyboard.press("2")
    expect(labeler.root.locator('[data-nblabel-label="dog"]')).to_have_attribute("aria-pressed", "true")


def test_zoom_and_pan_leave_boxes_where_they_are(plain_page, labeler, widget):
    before = float(labeler.stage.get_attribute("data-zoom"))
    x, y = labeler.screen(320, 240)
    labeler.page.mouse.move(x - 5, y)
    labeler.page.mouse.move(x, y)
    labeler.page.mouse.wheel(0, -600)
    expect(labeler.stage).not_to_have_attribute("data-zoom", str(before))
    assert labeler.screen(320, 240) == pytest.approx((x, y), abs=1)

    labeler.page.mouse.move(x, y)
    labeler.page.mouse.down(button="middle")
    labeler.page.mouse.move(x + 60, y + 40, steps=4)
    labeler.page.mouse.up(button="middle")
    assert labeler.screen(320, 240) == pytest.approx((x + 60, y + 40), abs=1)

    labeler.drag((300, 220), (350, 260))
    labeler.press("f")
    assert float(labeler.stage.get_attribute("data-zoom")) == pytest.approx(before)
    plain_page.settle(labeler)
    near(widget.value, box("cat", 300, 220, 50, 40))


def test_a_value_set_in_python_shows_at_once(plain_page, labeler, widget):
    widget.value = [box("dog", 10, 20, 30, 40)]
    plain_page.deliver()
    expect(labeler.root.locator(".entry .text")).to_have_text(["dog"])
    widget.submit()
    plain_page.deliver()
    labeler.expect_place(2)
    assert widget.data.loc[0, ATTRIBUTE]["annotations"] == [{"class_id": 1, "top": 20, "left": 10, "height": 40, "width": 30}]


def test_two_views_of_one_widget_stay_in_step(plain_page, labeler, widget):
    other = plain_page.show(widget)
    labeler.drag((100, 80), (300, 200))
    plain_page.settle(labeler)
    expect(other.root.locator(".entry .text")).to_have_text(["cat"])

    other.action("submit")
    plain_page.settle(other)
    labeler.expect_place(2)
    other.expect_place(2)
    plain_page.settle(labeler)
    assert widget.progress.submitted == 1


def test_the_help_lists_the_keys_that_are_bound(labeler):
    labeler.press("?")
    dialog = labeler.root.locator('[data-nblabel="help"]')
    expect(dialog).to_contain_text("Submit")
    expect(dialog).to_contain_text("dog")
    labeler.page.keyboard.press("Enter")
    labeler.page.keyboard.press("s")
    labeler.expect_place(1)
    labeler.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_the_keys_are_those_that_were_asked_for(plain_page, photographs, tmp_path):
    task = nl.BoundingBox(["cat", "dog"])
    widget = nl.label(
        nl.read_manifest(photographs), task, attribute=ATTRIBUTE, store=tmp_path / "store.db", keys=nl.Keys("cvat", {"skip": "Ctrl+Space"})
    )
    labeler = plain_page.show(widget)
    labeler.press("f")
    labeler.expect_place(2)
    labeler.press("Control+Space")
    labeler.expect_place(3)
    labeler.press("d")
    labeler.expect_place(2)
    expect(labeler.root.locator('[data-nblabel-tool="box"] kbd')).to_have_text("N")
    expect(labeler.root.locator('[data-nblabel-action="skip"] kbd')).to_have_text("Ctrl Space")
    labeler.press("F1")
    rows = labeler.root.locator('[data-nblabel="help"] tr')
    expect(rows.filter(has_text="Next item").locator("kbd")).to_have_text(["F"])
    widget.close()
    with pytest.raises(nl.errors.TaskError, match="'d' for 'skip' is the key of 'next'"):
        nl.label(nl.read_manifest(photographs), task, attribute=ATTRIBUTE, store=tmp_path / "store.db", keys={"skip": "d"})


def test_a_thousand_classes_are_searched(plain_page, photographs, tmp_path):
    labels = [f"class {number}" for number in range(1_000)]
    widget = nl.label(nl.read_manifest(photographs), nl.BoundingBox(labels), attribute=ATTRIBUTE, store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    labeler.press("/")
    labeler.page.keyboard.type("977")
    expect(labeler.root.locator(".label")).to_have_count(1)
    labeler.page.keyboard.press("Enter")
    expect(labeler.root.locator('[data-nblabel-label="class 977"]')).to_be_visible()
    labeler.drag((100, 80), (300, 200))
    plain_page.settle(labeler)
    assert [part["label"] for part in widget.value] == ["class 977"]
    widget.close()


def test_the_labeler_is_as_dark_as_the_page_says(plain_page, labeler):
    scheme = "view => getComputedStyle(document.querySelector('#view-0 > div')).colorScheme"
    for light, expected in (("false", "dark"), ("true", "light")):
        labeler.page.evaluate("light => { document.body.dataset.jpThemeLight = light; }", light)
        labeler.page.wait_for_function(f"() => ({scheme})() === '{expected}'")


def test_instructions_are_there_to_be_read(plain_page, photographs, tmp_path):
    full = "Leave out <b>shadows</b>.\n\n* and **tails**, see [here](https://example.com/)"
    task = nl.BoundingBox(
        ["cat"], instructions=nl.Instructions(short="Tight boxes.", full=full, good=[np.zeros((20, 30), np.uint8)], bad=["nowhere.png"])
    )
    widget = nl.label(nl.read_manifest(photographs), task, attribute=ATTRIBUTE, store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    expect(labeler.root).to_contain_text("Tight boxes.")
    labeler.root.get_by_role("button", name="Read the instructions").click()
    dialog = labeler.root.get_by_role("dialog")
    expect(dialog).to_contain_text("Leave out <b>shadows</b>.")
    expect(dialog.locator("li > strong")).to_have_text("tails")
    expect(dialog.locator("a")).to_have_attribute("href", "https://example.com/")
    expect(dialog.get_by_role("img", name="Good example 1")).to_have_js_property("width", 30)
    expect(dialog).to_contain_text("nowhere.png: no such file")
    widget.close()


def test_markup_in_names_is_text(plain_page, photographs, tmp_path):
    evil = '<img src=x onerror="window.hurt = true">'
    task = nl.BoundingBox([evil, "dog"], instructions=evil)
    widget = nl.label(nl.read_manifest(photographs), task, attribute=ATTRIBUTE, store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    labeler.drag((100, 80), (300, 200))
    expect(labeler.root.locator(f".entry .text:has-text({evil[:4]!r})")).to_have_text(evil)
    plain_page.settle(labeler)
    assert plain_page.page.evaluate("window.hurt") is None
    assert labeler.root.locator("img").count() == 0
    widget.close()
