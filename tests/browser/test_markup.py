"""Markup in whatever people and files can write: it is shown as the text that it is, and nothing of it runs."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from harness.markup import CORPUS, expect_nothing_ran, expect_nothing_runs
from playwright.sync_api import expect

import nblabel as nl


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


def test_in_values_of_attributes_and_in_texts(plain_page, photographs, tmp_path):
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

    frame = pd.DataFrame({"source": ["\n".join(CORPUS)]})
    for task in (nl.TextClassification(CORPUS[:20]), nl.NamedEntityRecognition(CORPUS[:20])):
        widget = nl.label(frame.copy(), task, attribute="things", store=tmp_path / "texts.db")
        plain_page.show(widget)
        widget.close()
        (tmp_path / "texts.db").unlink()


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


def _bundle(shown):
    made = shown._repr_mimebundle_() if hasattr(shown, "_repr_mimebundle_") else {}
    return (made[0] if isinstance(made, tuple) else made) or {}
