"""Spans of texts with mouse and keys: the real widget and the real module in a plain page."""
# ruff: noqa: RUF001 - letters of other scripts are what is tested

from __future__ import annotations

import itertools
import re

import pandas as pd
import pytest
from harness.labeler import TextLabeler
from playwright.sync_api import expect

import nblabel as nl

TEXTS = [
    "Ada Lovelace moved to London in 1835. She met Charles Babbage in London, at the Royal Society of London; not in Londonderry.",
    "😀 𝒜da 👩\u200d👩\u200d👧 Café (e\u0301t\u00e9)\r\n  two\tblanks\nשלום לעולם, אני גר בתל אביב.\n",
    "<img src=x onerror=alert(1)> & </div><script>alert(2)</script>",
]
ATTRIBUTE = "ents"


@pytest.fixture
def show(plain_page, tmp_path):
    opened = []

    def begin(texts=TEXTS, **settings):
        task = nl.NamedEntityRecognition(["Person", "Place", "Organisation"], **settings)
        opened.append(nl.label(pd.DataFrame({"source": texts}), task, attribute=ATTRIBUTE, store=tmp_path / "store.db"))
        return opened[-1], plain_page.show(opened[-1], TextLabeler)

    yield begin
    for widget in opened:
        widget.close()


def pieces(widget):
    """Class and text of each span."""
    text = widget.data.loc[widget.index, "source"]
    return [(span["label"], text[span["startOffset"] : span["endOffset"]]) for span in widget.value]


def test_drag_two_clicks_and_double_click_mark_text_with_the_active_class(plain_page, show):
    widget, labeler = show()
    labeler.drag_over("da Love")
    labeler.press("2")
    labeler.click_on("1835", click_count=2)
    labeler.press("3")
    labeler.click_on("Royal")
    labeler.click_on("London", 2)
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "Ada Lovelace"), ("Place", "1835"), ("Organisation", "Royal Society of London")]

    labeler.action("submit")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    label, metadata = widget.data.loc[0, [ATTRIBUTE, f"{ATTRIBUTE}-metadata"]]
    assert label["annotations"]["entities"][0] == {"label": "Person", "startOffset": 0, "endOffset": 12}
    assert label["annotations"]["labels"][1] == {"label": "Place", "shortDisplayName": "plac"}
    assert metadata["entities"] == [{"confidence": 0}] * 3
    assert metadata["type"] == "groundtruth/text-span"


def test_text_first_then_its_class(plain_page, show):
    widget, labeler = show()
    labeler.tool("select")
    labeler.drag_over("Charles", "Babbage")
    expect(labeler.root.locator(".marks .marked")).to_have_count(1)
    plain_page.settle(labeler)
    assert widget.value == []
    labeler.choose("Person")
    labeler.click_on("London")
    labeler.press("2")
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "Charles Babbage"), ("Place", "London")]


def test_all_of_it_by_keyboard_alone(plain_page, show):
    widget, labeler = show()
    for key in ["ArrowRight", "Shift+ArrowRight", "Enter", "ArrowRight", "ArrowRight", "ArrowRight", "2"]:
        labeler.press(key)
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "Ada Lovelace"), ("Place", "London")]

    for key in [".", ".", "Alt+ArrowRight", "Alt+ArrowRight", "Alt+ArrowLeft", "Alt+Shift+ArrowLeft", "3"]:
        labeler.press(key)
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "Ada Lovelace"), ("Organisation", "to London in")]
    labeler.press("Delete")
    labeler.press("Control+z")
    labeler.press("Control+z")
    plain_page.settle(labeler)
    assert pieces(widget)[1] == ("Place", "to London in")
    labeler.press("Enter")
    labeler.expect_place(2)


def test_granularity_never_cuts_what_people_see_as_one_character(plain_page, show):
    widget, labeler = show()
    labeler.action("next")
    labeler.expect_place(2)
    assert labeler.text.text_content() == TEXTS[1]
    labeler.press("g")
    labeler.press("g")
    expect(labeler.root.locator('[data-nblabel-granularity="character"]')).to_have_attribute("aria-pressed", "true")
    for piece in ["👩\u200d👩\u200d👧", "e\u0301"]:
        left, right, top = labeler.place(piece)
        plain_page.page.mouse.move(left + 1, top)
        plain_page.page.mouse.down()
        plain_page.page.mouse.move(left + (right - left) * 0.7, top, steps=3)
        plain_page.page.mouse.up()
    for key in ["ArrowRight", "2"]:
        labeler.press(key)
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "👩\u200d👩\u200d👧"), ("Person", "e\u0301"), ("Place", "t")]

    labeler.press("g")
    labeler.drag_over("𝒜da")
    labeler.press("g")
    labeler.drag_over("גר")
    plain_page.settle(labeler)
    assert pieces(widget)[3:] == [("Place", "𝒜da"), ("Place", "שלום לעולם, אני גר בתל אביב.")]


def test_right_to_left_text_is_walked_in_the_direction_in_which_it_is_read(plain_page, show):
    widget, labeler = show(["שלום לעולם"])
    for key in ["ArrowLeft", "ArrowLeft", "Enter"]:
        labeler.press(key)
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "לעולם")]


def test_what_is_written_from_right_to_left_is_resized_at_its_right_beginning(plain_page, show):
    widget, labeler = show(["שלום לעולם, אני גר בתל אביב עם Ada Lovelace"])

    def drag(start, end):
        mouse = plain_page.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=5)
        mouse.up()

    labeler.click_on("אביב", click_count=2)
    labeler.click_on("אביב")
    left, right, top = labeler.place("אביב")
    drag((right, top), (labeler.place("בתל")[1] - 3, top))
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "בתל אביב")]
    drag((left, top), (labeler.place("עם")[0] + 3, top))
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "בתל אביב עם")]
    # Latin letters in the same line begin at their left.
    labeler.click_on("Ada", click_count=2)
    labeler.click_on("Ada")
    drag((labeler.place("Ada")[1], top), (labeler.place("Lovelace")[1] - 3, top))
    plain_page.settle(labeler)
    assert pieces(widget)[1:] == [("Person", "Ada Lovelace")]


def test_ends_are_dragged_and_classes_changed(plain_page, show):
    widget, labeler = show()
    labeler.click_on("London", click_count=2)
    labeler.click_on("London")
    expect(labeler.root.locator(".marks .handle")).to_have_count(2)
    _, right, top = labeler.place("London")
    plain_page.page.mouse.move(right, top)
    plain_page.page.mouse.down()
    plain_page.page.mouse.move(labeler.place("1835")[1] - 2, top, steps=5)
    plain_page.page.mouse.up()
    labeler.choose("Place")
    plain_page.settle(labeler)
    assert pieces(widget) == [("Place", "London in 1835")]
    labeler.action("remove")
    plain_page.settle(labeler)
    assert widget.value == []


def test_all_places_that_read_alike_are_looked_at_then_labeled_in_one_step(plain_page, show):
    widget, labeler = show()
    labeler.press("2")
    labeler.click_on("London", click_count=2)
    labeler.click_on("London")
    labeler.press("x")
    bar = labeler.root.locator('[data-nblabel="identical"]')
    expect(bar).to_contain_text("2 more places")
    expect(labeler.root.locator(".marks .found")).to_have_count(2)
    bar.locator('[data-nblabel-option="wholeWord"]').click()
    expect(bar).to_contain_text("3 more places")
    bar.locator('[data-nblabel-option="wholeWord"]').click()
    labeler.press("Enter")
    plain_page.settle(labeler)
    assert pieces(widget) == [("Place", "London")] * 3
    labeler.press("Control+z")
    plain_page.settle(labeler)
    assert pieces(widget) == [("Place", "London")]


def test_spans_lie_in_one_another_unless_the_task_forbids_it(plain_page, show):
    widget, labeler = show()
    labeler.drag_over("Royal", "Society")
    plain_page.page.keyboard.down("Shift")
    labeler.click_on("Society")
    plain_page.page.keyboard.up("Shift")
    labeler.press("2")
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "Royal Society"), ("Place", "Society")]


def test_spans_that_must_not_overlap_do_not(plain_page, show):
    widget, labeler = show(overlapping=False)
    labeler.drag_over("Ada", "Lovelace")
    labeler.drag_over("Lovelace", "moved")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("must not overlap")
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "Ada Lovelace")]
    with pytest.raises(ValueError, match=r"spans 0:12 and 4:18 overlap"):
        widget.value = [{"label": "Person", "startOffset": start, "endOffset": end} for start, end in [(0, 12), (4, 18)]]


def test_what_a_text_holds_is_shown_and_never_run(plain_page, show):
    widget, labeler = show()
    plain_page.page.on("dialog", lambda dialog: pytest.fail("a text was run"))
    widget.index = 2
    plain_page.deliver()
    labeler.expect_place(3)
    assert labeler.text.text_content() == TEXTS[2]
    assert labeler.root.locator(".pages img, .pages script").count() == 0
    labeler.drag_over("onerror")
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "onerror")]


class Finger:
    """A finger on the screen, as the browser hears of it."""

    def __init__(self, page):
        self._session = page.context.new_cdp_session(page)
        self._session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        self._page = page

    def drag(self, start, end, *, rest=0, steps=6):
        """Put it down, let it rest, move it and lift it."""
        self._send("touchStart", start)
        self._page.wait_for_timeout(rest)
        for step in range(1, steps + 1):
            self._send("touchMove", tuple(a + (b - a) * step / steps for a, b in zip(start, end, strict=True)))
        self._session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def tap(self, place):
        """Touch and lift."""
        self.drag(place, place, steps=0)

    def _send(self, kind, place):
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": place[0], "y": place[1]}]})


def test_a_finger_marks_sideways_or_after_a_rest_holds_ends_and_scrolls(plain_page, show):
    long = "\n".join(["Ada Lovelace moved to London.", *(f"line {number} of many" for number in range(60))])
    widget, labeler = show([long])
    finger = Finger(plain_page.page)
    left, right, top = labeler.place("Ada Lovelace")
    finger.drag((left + 2, top), (right - 2, top + 3))
    plain_page.settle(labeler)
    assert pieces(widget) == [("Person", "Ada Lovelace")]

    left, right, top = labeler.place("London")
    finger.tap(((left + right) / 2, top))
    finger.tap(((left + right) / 2, top))
    plain_page.settle(labeler)
    assert pieces(widget)[1:] == [("Person", "London")]
    finger.tap(((left + right) / 2, top))
    expect(labeler.root.locator(".marks .handle")).to_have_count(2)
    finger.drag((left - 8, top + 5), (labeler.place("moved")[0] + 2, top + 5))
    plain_page.settle(labeler)
    assert pieces(widget)[1:] == [("Person", "moved to London")]

    pages = labeler.root.locator(".pages")
    start, end = labeler.place("line 2")[0] + 2, labeler.place("line 4")
    finger.drag((start, labeler.place("line 2")[2]), (end[1], end[2]), rest=500)
    plain_page.settle(labeler)
    assert pieces(widget)[2:] == [("Person", "line 2 of many\nline 3 of many\nline 4")]
    assert pages.evaluate("pages => pages.scrollTop") == 0
    finger.drag((start, labeler.place("line 9")[2]), (start + 4, labeler.place("line 1")[2]), steps=12)
    plain_page.wait_until(lambda: pages.evaluate("pages => pages.scrollTop") > 0)
    plain_page.settle(labeler)
    assert len(widget.value) == 3


def test_a_browser_without_highlights_paints_the_grounds_itself_below_the_text(plain_page, show):
    page = plain_page.page
    page.add_init_script("delete CSS.highlights")
    page.reload()
    widget, labeler = show(["Oxford in the United Kingdom " * 3])
    assert not page.evaluate("'highlights' in CSS")
    widget.value = [{"label": "Person", "startOffset": 0, "endOffset": end} for end in (6, 9, 13, 20, 28, 40)]
    plain_page.settle(labeler)
    grounds, bars = labeler.root.locator(".grounds .ground"), labeler.root.locator(".marks .bar")
    expect(grounds).to_have_count(6)
    assert grounds.first.evaluate("ground => getComputedStyle(ground).backgroundColor") not in {"", "rgba(0, 0, 0, 0)"}
    # What comes later in the page is painted above what comes before it, among positioned elements.
    drawn = "sheet => [...sheet.children].filter((part) => getComputedStyle(part).position !== 'static').map((part) => part.className)"
    assert labeler.root.locator(".sheet").evaluate(drawn) == ["grounds", "document", "marks"]
    # However many lie in one another, their lines neither meet nor reach the next line of text.
    boxes = sorted((box["y"], box["height"]) for box in (bars.nth(place).bounding_box() for place in range(6)))
    assert all(above + height < below for (above, height), (below, _) in itertools.pairwise(boxes))
    line = float(labeler.root.locator(".sheet").evaluate("sheet => parseFloat(getComputedStyle(sheet).lineHeight)"))
    assert sum(boxes[-1]) < grounds.first.bounding_box()["y"] + line
    widget.value = []
    plain_page.settle(labeler)
    expect(grounds).to_have_count(0)


def test_suggested_spans_are_accepted_changed_and_rejected(plain_page, tmp_path):
    names = nl.suggest.dictionary({"Place": ["London"], "Person": ["Ada", "Charles Babbage"]})
    task = nl.NamedEntityRecognition(["Person", "Place"])
    widget = nl.label(pd.DataFrame({"source": TEXTS[:1]}), task, attribute=ATTRIBUTE, store=tmp_path / "store.db", suggest=names)
    labeler = plain_page.show(widget, TextLabeler)
    suggested = labeler.root.locator('.marks .names i[data-suggested="true"]')
    plain_page.wait_until(lambda: suggested.count() == 5)
    assert widget.value == []
    expect(labeler.root.locator(".suggestion").first).to_contain_text("AdaPerson")
    labeler.click_on("London")
    labeler.press("Delete")
    labeler.click_on("Charles")
    labeler.choose("Person")
    labeler.press("2")
    labeler.click_on("Ada")
    labeler.press("Alt+ArrowRight")
    plain_page.settle(labeler)
    assert pieces(widget) == [("Place", "Charles Babbage"), ("Person", "Ada Lovelace")]
    expect(suggested).to_have_count(2)
    labeler.action("submit")
    plain_page.settle(labeler)
    origins = [part["origin"] for part in widget.data.loc[0, f"{ATTRIBUTE}-metadata"]["nblabel-provenance"]]
    assert origins == ["changed", "changed"]
    # The notice that all is done leaves the beginning of the text to be read.
    notice = labeler.root.locator('[data-nblabel="notice"]')
    expect(notice).to_contain_text("All items are done")
    assert notice.bounding_box()["y"] > labeler.place("Ada")[2] + 30
    widget.close()


@pytest.mark.parametrize("text", ["I am in it, so be on it.", "אם לא, גם אז זה לי."])
def test_names_of_spans_a_word_apart_neither_cover_one_another_nor_stray(plain_page, show, text):
    widget, labeler = show([text])
    words = [match.span() for match in re.finditer(r"\w+", text)]
    widget.value = [{"label": "Organisation", "startOffset": start, "endOffset": end} for start, end in words]
    plain_page.settle(labeler)
    names = labeler.root.locator(".marks .names i")
    expect(names).to_have_count(len(words))
    places = sorted((name.bounding_box() for name in names.all() if name.is_visible()), key=lambda place: place["x"])
    assert len(words) > len(places) > 2
    for one, other in itertools.pairwise(places):
        assert one["y"] == other["y"]
        assert one["x"] + one["width"] < other["x"]
    first, name = labeler.place(text[slice(*words[0])]), places[-1 if text[0] > "z" else 0]
    assert name["x"] == pytest.approx(first[0], abs=2) or name["x"] + name["width"] == pytest.approx(first[1], abs=2)
