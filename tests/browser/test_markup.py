"""Markup in whatever people and files can write: it is shown as the text that it is, and nothing of it runs."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from harness.markup import CORPUS, expect_nothing_ran, expect_nothing_runs
from playwright.sync_api import expect

import nblabel as nl
from nblabel.tasks.base import Context, Media

SNAPSHOT_ELEMENTS = {"div", "b", "bdi", "i", "img", "small", "span"}


@pytest.fixture(autouse=True)
def _nothing_runs(plain_page):
    yield
    expect_nothing_ran(plain_page.page)


def test_the_corpus_is_large_and_would_hurt(plain_page):
    assert len(set(CORPUS)) > 300
    page = plain_page.page.context.new_page()
    page.set_content("".join(CORPUS))
    page.wait_for_function("window.hurt > 10")
    page.close()


def test_in_labels_names_instructions_and_attributes(plain_page, tmp_path):
    frame = pd.DataFrame({"source-ref": [f"{number} {text}" for number, text in enumerate(CORPUS)]})
    instructions = nl.Instructions(short=CORPUS[1], full="\n\n".join(CORPUS), good=CORPUS[:3])
    attributes = [nl.Attribute(text) for text in CORPUS[:5]]
    task = nl.BoundingBox([nl.Label(text, description=text) for text in CORPUS], attributes=attributes, instructions=instructions)
    widget = nl.label(frame, task, attribute="things", store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    for number in range(0, len(CORPUS), 12):
        labeler.press("/")
        labeler.root.locator('[data-nblabel="search"]').fill(CORPUS[number])
        expect(labeler.root.locator(".label .text").filter(has_text=re.compile(r"\S")).first).to_be_visible()
        labeler.page.keyboard.press("Escape")
    expect(labeler.root.locator(".name")).to_have_text(f"0 {CORPUS[0]}", use_inner_text=False)
    labeler.root.get_by_role("button", name="Read the instructions").click()
    expect(labeler.root.locator('[data-nblabel="instructions"]')).to_contain_text("onerror=window.hurt")
    labeler.page.keyboard.press("Escape")
    labeler.press("?")
    labeler.page.keyboard.press("Escape")
    for number in range(1, len(CORPUS), 40):
        widget.index = number
        plain_page.deliver()
        expect(labeler.root.locator(".cover strong")).to_have_text(f"{number} {CORPUS[number]}")
    widget.close()


def test_in_values_of_attributes(plain_page, photographs, tmp_path):
    task = nl.BoundingBox(CORPUS, attributes=["note"])
    widget = nl.label(nl.read_manifest(photographs), task, attribute="things", store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    widget.value = [{"label": text, "left": 2, "top": 2, "width": 50, "height": 50, "attributes": {"note": text}} for text in CORPUS]
    plain_page.deliver()
    for number in range(25):
        labeler.press(".")
        if number % 8 == 0:
            expect(labeler.root.locator('[data-nblabel-field="attribute note"]')).to_have_value(CORPUS[number].replace("\n", ""))
    widget.close()


def test_in_texts_their_spans_and_what_is_suggested(plain_page, tmp_path):
    text, starts = "\n".join(CORPUS), list(itertools.accumulate((len(one) + 1 for one in CORPUS), initial=0))
    spans = [
        {"label": CORPUS[-1 - place], "startOffset": start, "endOffset": start + len(one)}
        for place, (start, one) in enumerate(zip(starts, CORPUS, strict=False))
    ]
    frame = pd.DataFrame({"source": [text], "guess": [spans[1::2]]})
    task = nl.NamedEntityRecognition([nl.Label(one, short_name=one) for one in CORPUS], instructions=CORPUS[0])
    widget = nl.label(frame, task, attribute="things", store=tmp_path / "store.db", suggest="guess")
    labeler = plain_page.show(widget)
    widget.value = spans[::2]
    plain_page.deliver()
    assert labeler.root.locator('[data-nblabel="text"]').text_content() == text
    expect(labeler.root.locator(".entry")).not_to_have_count(0)
    expect(labeler.root.locator(".marks .names i").first).to_be_visible()
    for key in (".", "x", "Enter", ".", "."):
        labeler.press(key)
    labeler.press("Shift+Enter")
    plain_page.settle(labeler)
    assert len(widget.value) >= len(CORPUS)
    widget.close()


def test_in_tiles_and_classes_of_a_grid(plain_page, tmp_path):
    frame = pd.DataFrame({"source": CORPUS[:24], "guess": [[{"label": one, "score": 0.5}] for one in CORPUS[24:48]]})
    task = nl.TextClassification(CORPUS, multiple=True, exclusion=f"none {CORPUS[0]}")
    widget = nl.label(frame, task, attribute="things", store=tmp_path / "store.db", suggest="guess")
    labeler = plain_page.show(widget)
    labeler.press("g")
    tiles, chips = labeler.root.locator(".tile"), labeler.root.locator(".class-chip")
    expect(chips).to_have_count(24)
    assert tiles.locator(".picture").all_text_contents() == CORPUS[:24]
    labeler.page.keyboard.press("Control+a")
    labeler.page.keyboard.press("Enter")
    expect(labeler.root.locator('.class-chip[data-suggested="true"]')).to_have_count(0)
    assert chips.all_text_contents() == CORPUS[24:48]
    plain_page.settle(labeler)
    widget.close()


def test_in_what_python_shows(plain_page, tmp_path):
    frame = pd.DataFrame({"source-ref": CORPUS})
    task = nl.BoundingBox(CORPUS, attributes=CORPUS[:5], instructions=CORPUS[0])
    widget = nl.label(frame, task, attribute="things", store=tmp_path / "store.db")
    shown = [widget, task, task.labels[0], task.attributes[0], task.instructions, widget.progress, widget.data]
    with pd.option_context("display.max_rows", None, "display.max_colwidth", None):
        html = [one._repr_html_() for one in shown if hasattr(one, "_repr_html_")]
        html += [bundle["text/html"] for one in shown if "text/html" in (bundle := _bundle(one))]
    assert sum(text.count("window.hurt") for text in html) >= len(CORPUS)
    page = plain_page.page.context.new_page()
    expect_nothing_runs(page, "".join(html))
    page.close()
    widget.close()


def test_in_snapshots_of_all_task_types(plain_page, photographs, tmp_path, monkeypatch):
    monkeypatch.setattr("nblabel.depiction.MOST_ENTRIES", len(CORPUS))
    monkeypatch.setattr("nblabel.depiction.MOST_CHARACTERS", 10**6)
    images, texts = nl.read_manifest(photographs), pd.DataFrame({"source": ["\n".join(CORPUS)]})
    box = {"left": 2, "top": 2, "width": 50, "height": 50}
    parts = [{"label": text, **box, "attributes": {"note": text}} for text in CORPUS]
    spans = [{"label": text, "startOffset": place, "endOffset": place + 40} for place, text in enumerate(CORPUS)]
    mask = np.tile(np.arange(1, 251, dtype=np.uint8), (480, 3))[:, :640]
    works = [
        (images, nl.BoundingBox(CORPUS, attributes=["note"]), parts),
        (images, nl.SemanticSegmentation(CORPUS[:250]), mask),
        (images, nl.ImageClassification(CORPUS, multiple=True, exclusion=f"no {CORPUS[0]}"), CORPUS),
        (texts, nl.TextClassification(CORPUS, multiple=True), CORPUS),
        (texts, nl.NamedEntityRecognition(CORPUS), spans),
    ]
    boxed = works[0][1]
    works.append((images, nl.WithAttributes(boxed, CORPUS), {"annotation": parts, "attributes": {text: text for text in CORPUS}}))
    label, metadata = boxed.encode(parts, _context())
    labeled = images.assign(**{"labeled": [label] * len(images), "labeled-metadata": [metadata] * len(images)})
    works += [(labeled, nl.Verification(boxed, CORPUS, of="labeled"), {"label": text, "comments": [text]}) for text in (CORPUS[0], CORPUS[-1])]
    shown = []
    for number, (frame, task, annotation) in enumerate(works):
        widget = nl.label(frame.copy(), task, name=f"work-{number}", store=tmp_path / "store.db")
        widget.value = annotation
        shown.append(widget.snapshot().html)
        widget.close()
    frame = pd.DataFrame({"source-ref": [f"a/{text}" for text in CORPUS[:2]]})
    widget = nl.label(frame, works[0][1], attribute="unreadable", store=tmp_path / "store.db")
    shown.append(widget.snapshot().html)
    widget.close()
    page = plain_page.page.context.new_page()
    expect_nothing_runs(page, "".join(shown))
    # Nothing but what a snapshot is made of.
    assert set(page.evaluate("[...document.body.querySelectorAll('*')].map(({ localName }) => localName)")) == SNAPSHOT_ELEMENTS
    text = page.evaluate("document.body.textContent")
    assert all(one in text for one in CORPUS if "\n" not in one)
    page.close()


def _context():
    return Context(media=Media(width=640, height=480, depth=3), job_name="job", created=datetime(2024, 3, 4, tzinfo=UTC))


def _bundle(shown):
    made = shown._repr_mimebundle_() if hasattr(shown, "_repr_mimebundle_") else {}
    return (made[0] if isinstance(made, tuple) else made) or {}
