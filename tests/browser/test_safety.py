"""Nothing a person did is lost: cut connections, reloads, unreadable items, a dead kernel."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import nblabel as nl

ATTRIBUTE = "things"


@pytest.fixture
def open_widget(photographs, tmp_path):
    """Make a widget as a notebook's cell does: each time with a frame read anew."""
    opened = []

    def make():
        frame = nl.read_manifest(photographs)
        opened.append(nl.label(frame, nl.BoundingBox(["cat", "dog"]), attribute=ATTRIBUTE, store=tmp_path / "store.db"))
        return opened[-1]

    yield make
    for widget in opened:
        widget.close()


def test_what_was_drawn_while_cut_off_waits_visibly_and_is_saved_once(plain_page, open_widget):
    widget = open_widget()
    labeler = plain_page.show(widget)
    plain_page.cut()
    labeler.drag((100, 80), (300, 200))
    labeler.drag((400, 100), (500, 400))
    expect(labeler.status).to_have_attribute("data-state", "offline", timeout=15_000)
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("kept in this browser")
    assert widget.value == []

    plain_page.cut(connected=True)
    labeler.root.get_by_role("button", name="Try again now").click()
    plain_page.settle(labeler)
    assert len(widget.value) == 2
    assert len(open_widget().value) == 2


def test_a_page_reloaded_while_cut_off_still_has_everything(plain_page, open_widget):
    widget = open_widget()
    labeler = plain_page.show(widget)
    plain_page.cut()
    labeler.drag((100, 80), (300, 200))
    expect(labeler.root.locator(".entry")).to_have_count(1)
    plain_page.page.reload()

    again = plain_page.show(widget)
    expect(again.root.locator(".entry")).to_have_count(1)
    plain_page.settle(again)
    assert [part["label"] for part in widget.value] == ["cat"]


def test_what_waits_survives_another_labeler_of_the_job(plain_page, open_widget):
    first, second = open_widget(), open_widget()
    cut_off = plain_page.show(first)
    plain_page.cut()
    cut_off.drag((100, 80), (300, 200))
    other = plain_page.show(second)
    other.drag((400, 100), (500, 400))
    plain_page.settle(other)
    plain_page.page.reload()

    again = plain_page.show(second)
    plain_page.settle(again)
    assert len(second.value) == 2


def test_what_cannot_be_saved_now_is_kept_until_it_can(plain_page, open_widget, photographs):
    widget = open_widget()
    labeler = plain_page.show(widget)
    plain_page.cut()
    labeler.drag((100, 80), (300, 200))
    expect(labeler.root.locator(".entry")).to_have_count(1)
    plain_page.page.reload()
    picture = photographs.parent / "0.jpg"
    content = picture.read_bytes()
    picture.unlink()

    later = open_widget()
    labeler = plain_page.show(later)
    expect(labeler.status).to_have_attribute("data-state", "error")
    assert later.value == []
    picture.write_bytes(content)
    labeler.root.get_by_role("button", name="Try again now").click()
    plain_page.settle(labeler)
    assert len(later.value) == 1


def test_a_new_frame_after_a_restart_has_all_earlier_work(plain_page, open_widget):
    first = open_widget()
    labeler = plain_page.show(first)
    labeler.drag((100, 80), (300, 200))
    labeler.action("submit")
    labeler.expect_place(2)
    labeler.drag((50, 50), (150, 150))
    plain_page.settle(labeler)

    second = open_widget()
    assert second.data.loc[0, ATTRIBUTE] == first.data.loc[0, ATTRIBUTE]
    assert second.data.loc[0, f"{ATTRIBUTE}-metadata"] == first.data.loc[0, f"{ATTRIBUTE}-metadata"]
    assert second.index == 1
    assert second.value == first.value

    labeler = plain_page.show(second)
    labeler.expect_place(2)
    assert labeler.entries() == ["cat"]
    labeler.action("undo")
    plain_page.settle(labeler)
    assert second.value == []


def test_an_unreadable_image_says_why_and_can_be_skipped(plain_page, open_widget, photographs):
    (photographs.parent / "0.jpg").write_bytes(b"not an image")
    (photographs.parent / "1.jpg").unlink()
    widget = open_widget()
    labeler = plain_page.show(widget)
    expect(labeler.root.locator(".cover")).to_contain_text("not an image of a known kind")
    labeler.press("Enter")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("Skip it")
    labeler.action("skip")
    labeler.expect_place(2)
    expect(labeler.root.locator(".cover")).to_contain_text("1.jpg")
    labeler.action("skip")
    labeler.expect_place(3)
    plain_page.settle(labeler)
    assert widget.progress.skipped == 2
    assert widget.data[ATTRIBUTE].isna().all()


def test_what_is_drawn_on_an_image_whose_file_is_gone_by_then_is_saved(plain_page, open_widget, photographs):
    widget = open_widget()
    labeler = plain_page.show(widget)
    for picture in photographs.parent.glob("*.jpg"):
        picture.unlink()
    labeler.drag((100, 80), (300, 200))
    plain_page.settle(labeler)
    labeler.action("submit")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    assert len(widget.data.loc[0, ATTRIBUTE]["annotations"]) == 1


def test_an_image_turned_by_exif_is_labeled_on_its_stored_grid(plain_page, tmp_path):
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (300, 200), "teal").save(tmp_path / "turned.jpg", exif=exif)
    widget = nl.label(str(tmp_path / "turned.jpg"), nl.BoundingBox(["cat"]))
    labeler = plain_page.show(widget)
    labeler.drag((200, 20), (290, 180))
    plain_page.settle(labeler)
    (box,) = widget.value
    assert (box["left"], box["top"]) == pytest.approx((200, 20), abs=1)
    assert (box["width"], box["height"]) == pytest.approx((90, 160), abs=2)
    widget.close()


def test_an_exception_in_a_callback_is_shown_and_stops_nothing(plain_page, open_widget):
    widget = open_widget()
    seen = []

    def fail(submission):
        seen.append(submission.index)
        raise RuntimeError("no disk for my copy")

    widget.on_submit(fail)
    labeler = plain_page.show(widget)
    labeler.action("submit")
    plain_page.settle(labeler)
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("no disk for my copy")
    labeler.expect_place(2)
    assert seen == [0]
    assert widget.data.loc[0, ATTRIBUTE]["annotations"] == []
