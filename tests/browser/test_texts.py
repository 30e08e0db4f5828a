"""Nothing that was done to a text is lost: cut connections, reloads, two views, a new frame."""

from __future__ import annotations

import pandas as pd
import pytest
from harness.labeler import TextLabeler
from playwright.sync_api import expect

import nblabel as nl

TEXTS = ["Ada moved to London \U0001f600 in 1835.", "Charles stayed."]


@pytest.fixture
def open_widget(tmp_path):
    opened = []

    def make():
        frame = pd.DataFrame({"source": TEXTS})
        opened.append(nl.label(frame, nl.NamedEntityRecognition(["Person", "Place"]), attribute="names", store=tmp_path / "store.db"))
        return opened[-1]

    yield make
    for widget in opened:
        widget.close()


def marked(widget):
    return [TEXTS[widget.index][span["startOffset"] : span["endOffset"]] for span in widget.value]


def test_spans_that_were_made_while_cut_off_outlive_a_reload_and_a_restart(plain_page, open_widget):
    widget = open_widget()
    labeler = plain_page.show(widget, TextLabeler)
    plain_page.cut()
    labeler.click_on("1835", click_count=2)
    labeler.drag_over("Ada")
    expect(labeler.root.locator(".entry")).to_have_count(2)
    plain_page.page.reload()
    again = plain_page.show(widget, TextLabeler)
    expect(again.root.locator(".entry")).to_have_count(2)
    plain_page.settle(again)
    assert marked(widget) == ["1835", "Ada"]
    again.action("submit")
    plain_page.settle(again)
    later = open_widget()
    assert later.data.loc[0, "names"] == widget.data.loc[0, "names"]
    assert later.index == 1


def test_two_views_of_a_text_are_in_step(plain_page, open_widget):
    widget = open_widget()
    one, other = plain_page.show(widget, TextLabeler), plain_page.show(widget, TextLabeler)
    one.click_on("London", click_count=2)
    plain_page.settle(one)
    expect(other.root.locator(".entry")).to_have_count(1)
    expect(other.root.locator(".marks .names")).to_have_count(1)
    other.stage.scroll_into_view_if_needed()
    other.press("Control+z")
    plain_page.settle(other)
    expect(one.root.locator(".entry")).to_have_count(0)
    assert widget.value == []


def test_what_python_sets_is_shown_and_undone_like_a_gesture(plain_page, open_widget):
    widget = open_widget()
    labeler = plain_page.show(widget, TextLabeler)
    widget.value = [{"label": "Place", "startOffset": 13, "endOffset": 19}]
    plain_page.settle(labeler)
    expect(labeler.root.locator(".entry")).to_contain_text("London")
    labeler.press("Control+z")
    plain_page.settle(labeler)
    assert widget.value == []
