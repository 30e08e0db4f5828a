"""What goes wrong around a labeler: after each, nothing that was acknowledged is lost, nothing is doubled, and the person is told what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

import nblabel as nl
from nblabel.session import requests
from nblabel.store import Store

ATTRIBUTE = "things"


@pytest.fixture
def open_widget(photographs, tmp_path):
    """Make a widget as a notebook's cell does, each a notebook of its own: with a frame read anew."""
    opened = []

    def make(store=tmp_path / "store.db"):
        opened.append(nl.label(nl.read_manifest(photographs), nl.BoundingBox(["cat", "dog"]), attribute=ATTRIBUTE, store=store))
        return opened[-1]

    yield make
    for widget in opened:
        widget.close()


@pytest.fixture
def widget(open_widget):
    return open_widget()


def notice(labeler):
    return labeler.root.locator('[data-nblabel="notice"]')


def test_a_page_that_goes_in_mid_drag_leaves_all_that_was_finished(plain_page, widget):
    labeler = plain_page.show(widget)
    labeler.drag((100, 80), (300, 200))
    plain_page.settle(labeler)
    mouse = plain_page.page.mouse
    mouse.move(*labeler.screen(400, 100))
    mouse.down()
    mouse.move(*labeler.screen(500, 300), steps=4)
    plain_page.page.reload()

    again = plain_page.show(widget)
    expect(again.root.locator(".entry")).to_have_count(1)
    mouse.up()
    again.drag((400, 100), (500, 300))
    plain_page.settle(again)
    assert len(widget.value) == 2


@pytest.mark.parametrize(
    ("break_it", "mend_it", "told"),
    [
        ("max_page_count = 1", "max_page_count = 1000000", "the disk is full; nothing was written; free some space"),
        ("query_only = ON", "query_only = OFF", "it may only be read; check the permissions"),
    ],
    ids=["full disk", "read-only"],
)
def test_a_store_that_cannot_be_written_for_a_while(plain_page, widget, break_it, mend_it, told):
    labeler = plain_page.show(widget)
    labeler.drag((100, 80), (300, 200))
    plain_page.settle(labeler)
    with widget._store._database.read() as connection:
        connection.execute(f"PRAGMA {break_it}")
    widths = range(20, 200, 10)
    for width in widths:  # more than what fits into pages that are there already
        labeler.drag((400 - width, 100), (400, 100 + width), steps=1)
    expect(labeler.status).to_have_attribute("data-state", "error")
    expect(notice(labeler)).to_contain_text("Not saved yet, but kept in this browser")
    expect(notice(labeler)).to_contain_text(told)
    expect(labeler.root.locator(".entry")).to_have_count(1 + len(widths))
    plain_page.page.reload()

    again = plain_page.show(widget)
    expect(again.root.locator(".entry")).to_have_count(1 + len(widths))
    expect(again.status).to_have_attribute("data-state", "error")
    with widget._store._database.read() as connection:
        connection.execute(f"PRAGMA {mend_it}")
    again.root.get_by_role("button", name="Try again now").click()
    plain_page.settle(again)
    expect(notice(again)).to_have_count(0)
    assert len(widget.value) == 1 + len(widths)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system has no folder in which nobody may write")
def test_a_folder_that_may_only_be_read(plain_page, open_widget, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir("/proc/self/task")
    widget = open_widget(store=None)
    labeler = plain_page.show(widget)
    expect(notice(labeler)).to_contain_text("This folder cannot hold the labels' store")
    expect(notice(labeler)).to_contain_text(str(tmp_path / "state"))
    labeler.root.get_by_role("button", name="Dismiss").click()
    labeler.drag((100, 80), (300, 200))
    plain_page.settle(labeler)
    assert len(open_widget(store=None).value) == 1


def test_two_notebooks_draw_on_one_image_and_only_what_was_seen_is_handed_in(plain_page, open_widget):
    one, other = (plain_page.show(open_widget()) for _ in range(2))
    one.drag((100, 80), (300, 200))
    plain_page.settle(one)
    other.action("submit")
    expect(notice(other)).to_contain_text("was changed elsewhere meanwhile, in another notebook")
    other.action("previous")
    other.expect_place(1)
    expect(other.root.locator(".entry")).to_have_count(1)
    other.drag((400, 100), (500, 300))
    plain_page.settle(other)
    other.action("submit")
    other.expect_place(2)
    plain_page.settle(other)
    last = open_widget()
    assert len(last.data.loc[0, ATTRIBUTE]["annotations"]) == 2
    assert last.progress.submitted == 1


def test_two_notebooks_in_one_browser_are_cut_off_and_each_sends_its_own(plain_page, open_widget, photographs, tmp_path):
    first = open_widget()
    second = nl.label(nl.read_manifest(photographs), nl.BoundingBox(["car"]), attribute="cars", store=tmp_path / "store.db")
    one, other = plain_page.show(first), plain_page.show(second)
    plain_page.cut()
    one.drag((100, 80), (300, 200))
    other.drag((400, 100), (500, 300))
    other.drag((40, 30), (60, 90))
    plain_page.page.reload()

    one, other = plain_page.show(first), plain_page.show(second)
    plain_page.settle(one)
    plain_page.settle(other)
    assert [box["label"] for box in first.value] == ["cat"]
    assert [box["label"] for box in second.value] == ["car", "car"]
    with Store(tmp_path / "store.db") as store:
        kinds = [len(store.journal(store.find_job(name)[0], "owner").log()) for name in (ATTRIBUTE, "cars")]
    assert kinds == [1, 2]
    second.close()


def test_what_comes_next_is_there_before_it_is_asked_for(plain_page, widget, monkeypatch):
    asked = []
    handle = requests.handle

    def listen(session, method, params, origin):
        asked.append((method, params.get("index")))
        return handle(session, method, params, origin)

    monkeypatch.setattr(requests, "handle", listen)
    labeler = plain_page.show(widget)
    plain_page.settle(labeler)
    assert [index for method, index in asked if method == "open"] == [1, 2]

    plain_page.cut()
    for number in (2, 3):
        labeler.press("d")
        labeler.expect_place(number)
    labeler.press("d")
    expect(labeler.root.locator(".cover.quiet")).to_have_text("Loading…")
    plain_page.cut(connected=True)
    labeler.press("a")
    labeler.press("d")
    labeler.expect_place(4)
    plain_page.settle(labeler)
    assert [index for method, index in asked if method == "open"] == [1, 2, 3]


def test_full_screen_shows_the_whole_labeler_and_leads_back(plain_page, widget):
    labeler = plain_page.show(widget)
    before = labeler.root.bounding_box()
    zoom = float(labeler.stage.get_attribute("data-zoom"))
    labeler.press("m")
    plain_page.page.wait_for_function("document.fullscreenElement !== null")
    expect(labeler.root).to_have_css("height", f"{plain_page.page.viewport_size['height']}px")
    assert float(labeler.stage.get_attribute("data-zoom")) > zoom
    labeler.drag((100, 80), (300, 200))
    plain_page.settle(labeler)
    (box,) = widget.value
    assert [box[side] for side in ("left", "top", "width", "height")] == pytest.approx([100, 80, 200, 120], abs=2)
    labeler.press("m")
    plain_page.page.wait_for_function("document.fullscreenElement === null")
    assert labeler.root.bounding_box() == before
