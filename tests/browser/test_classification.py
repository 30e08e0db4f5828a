"""Classes for whole images and texts, with mouse and keys: the real widget and the real module in a plain page."""

from __future__ import annotations

import pandas as pd
import pytest
from playwright.sync_api import expect

import nblabel as nl

TEXTS = ["The soup was cold.", "Great plot,\n  weak ending. 😀", "<img src=x onerror=alert(1)>", "שלום עולם and more"]
TONES = ["critical", "approving", "neutral"]


@pytest.fixture
def show(plain_page, tmp_path):
    """Show a task on texts, or on a frame; gives the widget and the means to drive it."""
    opened = []

    def begin(task, frame=None):
        frame = pd.DataFrame({"source": TEXTS}) if frame is None else frame
        opened.append(nl.label(frame, task, attribute="tone", store=tmp_path / "store.db"))
        return opened[-1], plain_page.show(opened[-1])

    yield begin
    for widget in opened:
        widget.close()


def pressed(labeler):
    return labeler.root.locator('.label[aria-pressed="true"]').evaluate_all("found => found.map(({ dataset }) => dataset.nblabelLabel)")


def test_one_key_labels_a_text_and_moves_on(plain_page, show):
    widget, labeler = show(nl.TextClassification(TONES))
    shown = labeler.root.locator('[data-nblabel="text"]')
    for place, key in enumerate("1231"):
        assert shown.text_content() == TEXTS[place]
        labeler.press(key)
        if place < 3:
            labeler.expect_place(place + 2)
    plain_page.settle(labeler)

    assert widget.data["tone"].tolist() == [0, 1, 2, 0]
    metadata = widget.data.loc[1, "tone-metadata"]
    assert list(metadata) == ["class-name", "confidence", "type", "human-annotated", "creation-date", "job-name"]
    assert (metadata["class-name"], metadata["confidence"], metadata["type"]) == ("approving", 0, "groundtruth/text-classification")
    assert widget.progress.submitted == 4


def test_a_wrong_key_is_taken_back_across_items(plain_page, show):
    widget, labeler = show(nl.TextClassification(TONES))
    labeler.press("1")
    labeler.expect_place(2)
    labeler.press("1")
    labeler.expect_place(3)
    labeler.press("Control+z")
    labeler.expect_place(2)
    assert pressed(labeler) == ["critical"]
    assert labeler.root.locator(".chip").inner_text() == "Draft"
    labeler.press("2")
    labeler.expect_place(3)
    plain_page.settle(labeler)
    assert widget.data["tone"].tolist()[:2] == [0, 1]
    assert pd.isna(widget.data["tone"].tolist()[2])


def test_nothing_is_submitted_before_a_class_is_chosen(plain_page, show):
    widget, labeler = show(nl.TextClassification(TONES))
    labeler.press("Enter")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("Choose a class first")
    labeler.expect_place(1)
    with pytest.raises(ValueError, match="choose a class first"):
        widget.submit()
    assert widget.progress.submitted == 0
    widget.value = "neutral"
    widget.submit()
    assert widget.data.loc[0, "tone"] == 2


def test_several_classes_are_toggled_and_none_of_these_excludes_them(plain_page, show, photographs):
    widget, labeler = show(nl.ImageClassification(TONES, multiple=True), nl.read_manifest(photographs))
    labeler.press("2")
    labeler.press("3")
    labeler.choose("critical")
    labeler.press("3")
    assert pressed(labeler) == ["critical", "approving"]
    labeler.press("Enter")
    labeler.expect_place(2)
    labeler.press("1")
    labeler.press("0")
    assert pressed(labeler) == ["None of these"]
    labeler.press("Enter")
    labeler.expect_place(3)
    labeler.press("Enter")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("None of these")
    plain_page.settle(labeler)

    assert widget.data["tone"].tolist()[:2] == [[1, 0], []]
    metadata = widget.data.loc[0, "tone-metadata"]
    assert metadata["class-map"] == {"1": "approving", "0": "critical"}
    assert metadata["confidence-map"] == {"1": 0, "0": 0}
    assert metadata["type"] == "groundtruth/image-classification-multilabel"
    assert widget.value is None


def test_labels_of_a_manifest_are_shown_and_only_what_is_changed_is_written(plain_page, show, tmp_path):
    lines = [
        '{"source":"one","tone":"0","tone-metadata":{"class-name":"critical","confidence":0.00,"type":"groundtruth/text-classification"}}\n',
        '{"source":"two","tone":4,"tone-metadata":{"class-name":"angry","confidence":0.5,"type":"groundtruth/text-classification"}}\n',
        '{"source":"three"}\n',
    ]
    (tmp_path / "in.manifest").write_text("".join(lines))
    frame = nl.read_manifest(tmp_path / "in.manifest")
    widget, labeler = show(nl.TextClassification(TONES), frame)
    labeler.expect_place(3)
    assert widget.progress.submitted == 2
    labeler.action("previous")
    labeler.expect_place(2)
    assert widget.value == "angry"
    labeler.press("1")
    labeler.expect_place(3)
    plain_page.settle(labeler)
    nl.write_manifest(frame, tmp_path / "out.manifest")
    written = (tmp_path / "out.manifest").read_text().splitlines(keepends=True)
    assert [written[0], written[2]] == [lines[0], lines[2]]
    assert '"tone":0' in written[1]


def test_a_text_object_is_read_by_reference(plain_page, show, tmp_path):
    (tmp_path / "a.txt").write_bytes("one\r\ntwo é😀".encode())
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe")
    frame = pd.DataFrame({"source-ref": [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]})
    widget, labeler = show(nl.TextClassification(TONES), frame)
    assert labeler.root.locator('[data-nblabel="text"]').text_content() == "one\r\ntwo é😀"
    labeler.press("1")
    labeler.expect_place(2)
    expect(labeler.root.locator(".cover")).to_contain_text("not a text in UTF-8")
    plain_page.settle(labeler)
    assert widget.data.loc[0, "tone"] == 0


def test_one_text_is_labeled_without_a_frame(plain_page, tmp_path):
    widget = nl.label("It was fine.", nl.TextClassification(TONES), store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    labeler.press("3")
    plain_page.settle(labeler)
    assert widget.value == "neutral"
    assert widget.data.loc[0, "text-classification"] == 2
    widget.close()


def test_many_items_at_once_in_a_grid(plain_page, show):
    widget, labeler = show(nl.TextClassification(TONES), pd.DataFrame({"source": [f"text number {place}" for place in range(30)]}))
    labeler.press("g")
    tiles = labeler.root.locator(".tile")
    expect(tiles).to_have_count(24)
    expect(tiles.nth(23)).to_contain_text("text number 23")
    tiles.nth(2).click()
    tiles.nth(5).click(modifiers=["Shift"])
    plain_page.page.keyboard.press("2")
    expect(labeler.root.locator('.tile[data-state="submitted"]')).to_have_count(4)
    plain_page.page.keyboard.press("1")
    plain_page.settle(labeler)
    assert widget.progress.submitted == 5
    assert widget.data["tone"].tolist()[:8] == [None, None, 1, 1, 1, 1, 0, None]

    plain_page.page.keyboard.press("Control+z")
    plain_page.page.keyboard.press("Control+z")
    plain_page.wait_until(lambda: tiles.locator(".class-chip").count() == 0)
    plain_page.settle(labeler)
    plain_page.page.keyboard.press("PageDown")
    expect(tiles).to_have_count(6)
    plain_page.page.keyboard.press("s")
    plain_page.page.keyboard.press("Escape")
    expect(labeler.root.locator('[data-nblabel="grid"]')).to_have_count(0)
    assert widget.progress.skipped == 0


def test_the_grid_begins_at_the_item_on_show_and_is_left_for_the_one_at_hand(plain_page, show):
    widget, labeler = show(nl.TextClassification(TONES), pd.DataFrame({"source": [f"text number {place}" for place in range(30)]}))
    widget.index = 26
    plain_page.deliver()
    labeler.expect_place(27)
    labeler.press("g")
    tiles = labeler.root.locator(".tile")
    expect(tiles).to_have_count(6)
    expect(tiles.nth(2)).to_have_attribute("data-current", "true")
    plain_page.page.keyboard.press("2")
    expect(tiles.nth(2)).to_have_attribute("data-state", "submitted")
    assert pressed(labeler) == []
    plain_page.page.keyboard.press("g")
    labeler.expect_place(28)
    labeler.action("previous")
    labeler.expect_place(27)
    assert pressed(labeler) == ["approving"]
    labeler.action("next")
    labeler.expect_place(28)
    plain_page.settle(labeler)
    assert (widget.index, widget.data.loc[26, "tone"]) == (27, 1)

    labeler.press("g")
    plain_page.page.keyboard.press("PageUp")
    labeler.root.locator('[data-nblabel-item="4"]').dblclick()
    labeler.expect_place(5)
    assert labeler.root.locator('[data-nblabel="text"]').text_content() == "text number 4"
    labeler.press("3")
    labeler.expect_place(6)
    plain_page.settle(labeler)
    assert widget.data.loc[4, "tone"] == 2


def test_keys_reach_the_grid_wherever_the_hand_clicked_and_never_the_item_below(plain_page, show):
    widget, labeler = show(nl.TextClassification(TONES), pd.DataFrame({"source": [f"text number {place}" for place in range(3)]}))
    labeler.press("g")
    expect(labeler.root.locator(".tile")).to_have_count(3)
    labeler.root.locator("aside").click(position={"x": 100, "y": 400})
    for key in ["s", "n", "ArrowRight", "1"]:
        plain_page.page.keyboard.press(key)
    labeler.stage.focus()
    plain_page.page.keyboard.press("ArrowRight")
    plain_page.page.keyboard.press("2")
    expect(labeler.root.locator(".grid-hint")).not_to_contain_text("done")
    for key in ["ArrowLeft", "ArrowLeft", "3"]:
        plain_page.page.keyboard.press(key)
    expect(labeler.root.locator(".grid-hint")).to_contain_text("This page is done")
    plain_page.settle(labeler)
    assert widget.data["tone"].tolist() == [2, 0, 1]
    assert widget.progress.skipped == 0


def test_nothing_is_done_to_a_part_of_a_selection_whose_other_items_are_on_their_way(plain_page, show):
    widget, labeler = show(nl.TextClassification(TONES), pd.DataFrame({"source": [f"text number {place}" for place in range(3)]}))
    plain_page.cut()
    labeler.press("g")
    expect(labeler.root.locator(".tile")).to_have_count(3)
    plain_page.page.keyboard.press("Control+a")
    expect(labeler.root.locator('.tile[aria-selected="true"]')).to_have_count(3)
    plain_page.page.keyboard.press("1")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("still on their way")
    assert widget.progress.submitted == 0


def test_all_of_the_grid_by_keyboard_alone(plain_page, show):
    widget, labeler = show(nl.TextClassification(TONES, multiple=True), pd.DataFrame({"source": [f"text number {place}" for place in range(26)]}))
    labeler.press("g")
    tiles = labeler.root.locator(".tile")
    expect(tiles.nth(23)).to_contain_text("text number 23")
    keys = ["Space", "ArrowRight", "ArrowRight", "Space", "1", "Escape"]  # the first and the third
    keys += ["ArrowDown", "Shift+ArrowRight", "3", "0"]  # two of the next row: none of these takes the place of the class
    keys += ["Control+a", "2", "Enter", "PageDown"]
    for key in keys:
        plain_page.page.keyboard.press(key)
    expect(tiles).to_have_count(2)
    plain_page.page.keyboard.press("PageUp")
    expect(labeler.root.locator('.tile[data-state="submitted"]')).to_have_count(24)
    columns = len(labeler.root.locator(".tiles").evaluate("tiles => getComputedStyle(tiles).gridTemplateColumns").split())
    plain_page.page.keyboard.press("Escape")
    labeler.expect_place(1)
    plain_page.settle(labeler)
    found = widget.data["tone"].tolist()
    assert found[:24] == [[0, 1] if place in {0, 2} else [1] for place in range(24)]
    assert columns > 1
    assert found[24:] == [None, None]


@pytest.mark.parametrize("multiple", [False, True])
def test_what_is_suggested_is_accepted_for_many_in_the_grid(plain_page, tmp_path, multiple):
    asked, count = [], 20  # more than are asked for ahead of the item on show

    def guess(texts):
        asked.extend(texts)
        return [[("neutral", 0.8), ("critical", 0.3)] if text == "text 4" else [("critical", 0.9), ("neutral", 0.4)] for text in texts]

    def suggest(texts):
        return [[{"label": label, "score": score} for label, score in found][: None if multiple else 1] for found in guess(texts)]

    frame = pd.DataFrame({"source": [f"text {place}" for place in range(count)]})
    task = nl.TextClassification(TONES, multiple=multiple)
    widget = nl.label(frame, task, attribute="tone", store=tmp_path / "store.db", suggest=suggest)
    labeler = plain_page.show(widget)
    labeler.press("g")
    tiles, suggested = labeler.root.locator(".tile"), labeler.root.locator('.class-chip[data-suggested="true"]')
    plain_page.wait_until(lambda: suggested.count() == (2 * count if multiple else count))
    expect(labeler.root.locator(".suggestions")).not_to_be_visible()
    expect(tiles.nth(4)).to_contain_text("neutral 0.80")
    tiles.nth(1).click()
    plain_page.page.keyboard.press("3")
    tiles.nth(1).click()
    plain_page.page.keyboard.press("Control+a")
    expect(labeler.root.locator('[data-nblabel-action="grid-finish"]')).to_contain_text("Accept")
    plain_page.page.keyboard.press("Enter")
    expect(suggested).to_have_count(0)
    if multiple:
        plain_page.page.keyboard.press("Control+a")
        plain_page.page.keyboard.press("Enter")
    plain_page.settle(labeler)
    assert sorted(asked) == sorted(frame["source"])
    expected = [[0, 2]] * count if multiple else [0] * count
    expected[1], expected[4] = ([2], [2, 0]) if multiple else (2, 2)
    assert widget.data["tone"].tolist() == expected
    provenance = [metadata.get("nblabel-provenance", [{}])[0] for metadata in widget.data["tone-metadata"]]
    assert provenance[4] == {"origin": "suggested", "score": 0.8, "source": "suggest"}
    # Whoever chooses what is suggested accepts it, by whatever key.
    assert provenance[1] == ({"origin": "suggested", "score": 0.4, "source": "suggest"} if multiple else {})

    for _ in range(2 if multiple else 1):
        plain_page.page.keyboard.press("Control+z")
    plain_page.wait_until(lambda: suggested.count() == (2 * count - 2 if multiple else count - 1))
    plain_page.settle(labeler)
    assert widget.progress.submitted == (0 if multiple else 1)
    widget.close()


def test_all_that_is_suggested_for_a_text_is_accepted_or_turned_down(plain_page, tmp_path):
    frame = pd.DataFrame({"source": TEXTS, "guess": [[{"label": tone, "score": 0.9 - place / 5} for place, tone in enumerate(TONES)]] * 4})
    task = nl.TextClassification(TONES, multiple=True)
    widget = nl.label(frame, task, attribute="tone", store=tmp_path / "store.db", suggest="guess")
    labeler = plain_page.show(widget)
    proposal = labeler.root.locator('[data-nblabel="proposal"]')
    expect(proposal).to_contain_text("critical")
    labeler.press("Shift+Delete")
    expect(proposal).to_contain_text("approving")
    labeler.action("accept-all")
    expect(proposal).to_have_count(0)
    assert pressed(labeler) == ["approving", "neutral"]
    labeler.press("Control+z")
    assert pressed(labeler) == []
    labeler.press("Shift+Enter")
    labeler.press("Enter")
    labeler.expect_place(2)
    labeler.press("0")
    labeler.press("Enter")
    labeler.expect_place(3)
    plain_page.settle(labeler)
    assert widget.data["tone"].tolist()[:2] == [[1, 2], []]
    assert [part["origin"] for part in widget.data.loc[0, "tone-metadata"]["nblabel-provenance"]] == ["suggested", "suggested"]
    assert widget.suggestions["state"].tolist() == ["waiting"] * 3
    widget.index = 1
    assert widget.suggestions["state"].tolist() == ["rejected"] * 3
    widget.index = 0
    assert widget.suggestions["state"].tolist() == ["rejected", "accepted", "accepted"]
    widget.close()


def test_choices_made_while_cut_off_outlive_a_reload(plain_page, show):
    widget, labeler = show(nl.TextClassification(TONES))
    plain_page.cut()
    labeler.press("2")
    labeler.expect_place(2)
    plain_page.page.reload()
    again = plain_page.show(widget)
    plain_page.settle(again)
    assert widget.data["tone"].tolist() == [1, None, None, None]
    again.press("g")
    tiles = again.root.locator(".tile")
    expect(tiles.nth(3)).to_contain_text("and more")
    plain_page.cut()
    plain_page.page.keyboard.press("Control+a")
    plain_page.page.keyboard.press("3")
    expect(again.root.locator('.tile[data-state="submitted"]')).to_have_count(4)
    plain_page.page.reload()
    plain_page.settle(plain_page.show(widget))
    assert widget.data["tone"].tolist() == [2] * 4


def test_two_views_of_a_choice_are_in_step_the_grid_too(plain_page, show):
    widget, one = show(nl.TextClassification(TONES, multiple=True))
    other = plain_page.show(widget)
    one.press("1")
    expect(other.root.locator('[data-nblabel-label="critical"]')).to_have_attribute("aria-pressed", "true")
    other.stage.scroll_into_view_if_needed()
    other.press("g")
    tiles = other.root.locator(".tile")
    expect(tiles.nth(0).locator(".class-chip")).to_have_text(["critical"])
    widget.value = ["neutral"]
    plain_page.deliver()
    expect(tiles.nth(0).locator(".class-chip")).to_have_text(["neutral"])
    plain_page.page.keyboard.press("2")
    expect(one.root.locator('[data-nblabel-label="approving"]')).to_have_attribute("aria-pressed", "true")
    plain_page.page.keyboard.press("Enter")
    plain_page.settle(other)
    assert widget.data.loc[0, "tone"] == [2, 1]


def test_classes_of_several_images_in_a_grid(plain_page, show, photographs):
    widget, labeler = show(nl.ImageClassification(TONES, multiple=True), nl.read_manifest(photographs))
    labeler.press("g")
    tiles = labeler.root.locator(".tile")
    expect(tiles.locator("canvas")).to_have_count(4)
    tiles.nth(0).click()
    plain_page.page.keyboard.press("1")
    plain_page.page.keyboard.press("Control+a")
    plain_page.page.keyboard.press("1")
    plain_page.page.keyboard.press("3")
    plain_page.page.keyboard.press("Enter")
    plain_page.settle(labeler)
    assert widget.data["tone"].tolist() == [[0, 2]] * 4


def test_a_thousand_classes_are_searched(plain_page, show):
    widget, labeler = show(nl.TextClassification([f"class {number}" for number in range(1000)]))
    labeler.press("/")
    plain_page.page.keyboard.press("Enter")
    labeler.press("/")
    plain_page.page.keyboard.type("class 777")
    expect(labeler.root.locator(".label kbd").first).to_have_text("↵")
    plain_page.page.keyboard.press("Enter")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    assert widget.data.loc[0, "tone"] == 777
