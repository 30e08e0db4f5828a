"""Worker templates in a real browser: what users wrote stays text, and what can be pressed answers."""

from __future__ import annotations

import pandas as pd
import pytest
from harness.labeler import Labeler, TextLabeler
from harness.markup import CORPUS, VECTORS, expect_nothing_ran
from harness.photographs import save_photographs
from playwright.sync_api import expect

import nblabel as nl

NAMES = [text for text in dict.fromkeys([*VECTORS, *CORPUS[::9], 'quo"te', "it's", "{{ x }}", "{% raw %}", "</crowd-form>"]) if len(text) <= 250][:50]
HARD = "\n\n".join(CORPUS)
SOME = "\n\n".join(CORPUS[::11])  # a template has room for less
ALIKE = pd.DataFrame({"source": [HARD]})


@pytest.fixture
def shown(tab):
    """Open the pages of a preview as the notebook has them, but with nothing between them and the window that is watched."""

    def show(preview):
        assert preview.problems == []
        tab.on("request", lambda request: pytest.fail(request.url) if request.url.startswith("http") else None)
        tab.set_content(preview.pages[0])
        return tab

    return show


@pytest.fixture
def image(tmp_path):
    frame = nl.read_manifest(save_photographs(tmp_path)).iloc[:1]
    box = {"class_id": 0, "left": 160, "top": 120, "width": 320, "height": 240}
    label = {"annotations": [box], "image_size": [{"width": 640, "height": 480, "depth": 3}]}
    metadata = {"class-map": {"0": NAMES[0]}, "type": "groundtruth/object-detection"}
    return frame.assign(**{"old": [label], "old-metadata": [metadata]})


def tasks(tmp_path):
    told = nl.Instructions(short=HARD, full=HARD, good=[str(tmp_path / "0.jpg")])
    boxes = nl.BoundingBox(NAMES, instructions=told)
    return [
        boxes,
        nl.Adjustment(boxes, of="old"),
        nl.Verification(boxes, NAMES, of="old", instructions=told),
        nl.SemanticSegmentation(NAMES, instructions=told),
        nl.ImageClassification(NAMES, instructions=told),
        nl.ImageClassification(NAMES, multiple=True, instructions=told),
        nl.TextClassification(NAMES, instructions=told),
        nl.TextClassification(NAMES, multiple=True, instructions=told),
    ]


@pytest.mark.parametrize("number", range(8))
def test_nothing_of_the_corpus_runs_in_templates_of_elements(number, shown, image, tmp_path):
    task = tasks(tmp_path)[number]
    page = shown(nl.aws.preview(task, ALIKE if task.media == "text" else image))
    expect(page.locator("button.choice")).to_have_count(len(NAMES))
    assert page.locator("button.choice").all_text_contents() == NAMES
    page.locator("summary").click()
    examples = page.locator("full-instructions img")
    expect(examples).to_have_count(1)
    assert examples.evaluate("image => image.naturalWidth") == 640
    page.wait_for_timeout(100)
    assert page.evaluate("window.hurt") is None
    assert page.locator("full-instructions").locator("script, iframe, object, embed, svg, form").count() == 0
    if "Box" in type(task).__name__ and task.of:
        expect(page.locator(".box")).to_have_text(NAMES[0])


@pytest.mark.parametrize("kind", ["image", "text"])
def test_nothing_of_the_corpus_runs_in_templates_with_the_labeler(kind, shown, image):
    told = nl.Instructions(short=SOME, full=SOME)
    task = nl.BoundingBox(NAMES, instructions=told) if kind == "image" else nl.NamedEntityRecognition(NAMES, instructions=told)
    page = shown(nl.aws.preview(nl.aws.worker_template(task, labeler=True), ALIKE if kind == "text" else image))
    labeler = (Labeler if kind == "image" else TextLabeler)(page).wait_ready()
    assert labeler.root.locator("[data-nblabel-label]").evaluate_all("all => all.map(one => one.dataset.nblabelLabel)") == NAMES
    labeler.action("instructions")
    if kind == "text":
        assert labeler.text.text_content() == HARD
        expect_nothing_ran(page)
    assert page.evaluate("window.hurt") is None


def test_in_the_notebook_it_is_in_a_sandbox_and_answers(tab, image):
    told = nl.aws.preview(nl.ImageClassification(["cat", "dog"], instructions="Which?"), image)
    tab.set_content(f"<script>window.secret = 1</script>{told._repr_html_()}")
    frame = tab.frame_locator("iframe")
    frame.get_by_role("button", name="dog").click()
    expect(frame.get_by_role("button", name="dog")).to_have_attribute("aria-pressed", "true")
    frame.get_by_role("button", name="Submit").click()
    expect(frame.locator("output")).to_have_text('This would be handed in: {"crowd-image-classifier":{"label":"dog"}}')
    expect(frame.get_by_text("Preview: Amazon's own elements look and work otherwise.")).to_be_visible()
    reached = tab.frames[1].evaluate("() => { try { return parent.secret; } catch { return 'nothing'; } }")
    assert reached == "nothing"
