"""Every task type in every host: as a notebook shows it, in a plain page, in a worker template of Ground Truth."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from harness.labeler import Labeler, TextLabeler
from harness.page import PlainPage
from harness.photographs import picture
from harness.worker import WorkerPage, payload
from PIL import Image
from playwright.sync_api import expect

import nblabel as nl
from nblabel.aws.lambdas import post_annotation
from nblabel.tasks import task_types
from nblabel.tasks.base import Media
from nblabel.template_answers import read_annotation

TEXT = "Ada moved to London \U0001f600\r\nin 1835 </script> {{ x }}."
URL = "s3://bucket/a b/1.jpg"
CLASSES = ["cat", 'a "dog" </script> {{ x }}']


def draw_boxes(labeler):
    labeler.drag((100, 80), (300, 200))
    labeler.choose(CLASSES[1])
    labeler.drag((400, 100), (500, 400))
    labeler.press("Control+z")
    labeler.press("Control+y")


def paint(labeler):
    labeler.tool("rectangle")
    labeler.drag((100, 80), (300, 200))
    labeler.choose(CLASSES[1])
    labeler.drag((200, 150), (400, 300))


def mark(labeler):
    labeler.drag_over("Ada")
    labeler.choose(CLASSES[1])
    labeler.click_on("1835", click_count=2)


def classify(labeler):
    labeler.press("2")


CASES = {
    "bounding-box": (nl.BoundingBox(CLASSES, attributes=["note"]), draw_boxes),
    "semantic-segmentation": (nl.SemanticSegmentation(CLASSES), paint),
    "named-entity-recognition": (nl.NamedEntityRecognition(CLASSES), mark),
    "image-classification": (nl.ImageClassification(CLASSES, multiple=True), classify),
    "text-classification": (nl.TextClassification(CLASSES, multiple=True), classify),
}


def turned():
    """A photograph that a browser would turn by its orientation tag."""
    image, written = picture(640, 480, 40), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


@pytest.fixture
def worker_page(tab):
    page = WorkerPage(tab)
    page.add(URL, turned())
    yield page
    assert page.refused == []


def driver_of(task):
    return TextLabeler if task.media == "text" else Labeler


def in_notebook(page, monkeypatch, task, gesture, tmp_path, *, anywidget):
    with monkeypatch.context() as patch:
        host = PlainPage(page, patch)
        data = TEXT if task.media == "text" else turned()
        widget = nl.label(data, task, store=tmp_path / f"{anywidget}.db")
        labeler = host.show(widget, driver_of(task), anywidget=anywidget)
        gesture(labeler)
        host.settle(labeler)
        found = widget.value
        widget.close()
        return found


def alike(one, other):
    """Compare annotations; the stages of hosts differ in size, so a pixel of the screen is not the same part of the image."""
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and (one == other).mean() > 0.99 and set(np.unique(one)) == set(np.unique(other))
    if isinstance(one, list) and one and isinstance(one[0], dict) and "left" in one[0]:
        return [box["label"] for box in one] == [box["label"] for box in other] and all(
            box[side] == pytest.approx(same[side], abs=2) for box, same in zip(one, other, strict=True) for side in ("left", "top", "width", "height")
        )
    return one == other


def test_there_is_a_case_for_every_task_type():
    assert CASES.keys() == set(task_types()) - {"verification"}, "what verifies shows the module of what it verifies"


@pytest.mark.parametrize("name", CASES)
def test_the_same_gestures_give_the_same_annotation(name, worker_page, chromium, monkeypatch, tmp_path):
    task, gesture = CASES[name]
    page = worker_page.page
    labeler = worker_page.show(
        nl.aws.worker_template(task, labeler=True), {"taskObject": TEXT if task.media == "text" else URL}, driver_of(task)
    ).wait_ready()
    gesture(labeler)
    labeler.wait_saved()
    before = labeler.entries()
    page.reload()
    labeler.wait_ready()
    assert labeler.entries() == before, "a reload loses nothing"
    expect(labeler.root.locator('[data-nblabel-action="skip"], [data-nblabel-action="next"], [data-nblabel-tool="auto-segment"]')).to_have_count(0)
    labeler.action("submit")
    content = worker_page.content()
    assert list(content) == ["nblabel"]
    assert page.evaluate("localStorage.length") == 0, "what was handed in is not kept"
    answered = read_annotation(task, content)
    if task.media == "image":
        assert [json.loads(content["nblabel"])[side] for side in ("width", "height")] == [640, 480], "as it is stored, not as a browser turns it"

    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    for anywidget in (True, False):
        shown = in_notebook(context.new_page(), monkeypatch, task, gesture, tmp_path, anywidget=anywidget)
        assert alike(task.annotation(task.begin(shown, task_media(task))), answered), (anywidget, shown, answered)
    context.close()

    # The same by the Lambda function, in the form of Ground Truth.
    request = tmp_path / "request.json"
    request.write_text(json.dumps(payload(content, text=task.media == "text")))
    event = {"labelCategories": CLASSES, "labelAttributeName": "made-ref" if task.reference else "made", "payload": {"s3Uri": str(request)}}
    made = post_annotation(event, None)[0]["consolidatedAnnotation"]["content"]
    label, metadata = made.values()
    value = task.resolve(task.restore(task.decode(label, metadata)), lambda ref: Path(ref).read_bytes(), task_media(task))
    found = task.annotation(value)
    assert alike(found, answered)


def task_media(task):
    return Media(length=len(TEXT)) if task.media == "text" else Media(width=640, height=480, depth=3)


def test_a_worker_reads_the_instructions_and_hears_what_fails(worker_page, tmp_path):
    page = worker_page.page
    picture(60, 40, 90).save(tmp_path / "good.png")
    told = nl.Instructions(short="Draw <b>tight</b> boxes.", full="# Rules\n\nNo {{ shadows }}.", good=["s3://bucket/good.png"])
    task = nl.BoundingBox(["cat", "dog"], instructions=told)
    worker_page.add("s3://bucket/good.png", (tmp_path / "good.png").read_bytes())
    template = nl.aws.worker_template(task, labeler=True)
    labeler = worker_page.show(template, {"source-ref": URL}, Labeler).wait_ready()
    labeler.action("instructions")
    expect(labeler.root.get_by_role("dialog")).to_contain_text("No {{ shadows }}.")
    expect(labeler.root.locator("dialog canvas, [role=dialog] canvas").first).to_be_visible()
    page.keyboard.press("Escape")
    labeler.drag((100, 80), (300, 200))
    labeler.wait_saved()
    # Amazon's script did not come.
    worker_page.elements = ""
    page.reload()
    labeler.wait_ready()
    labeler.action("submit")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("did not load; reload the page")
    worker_page.elements = None
    page.reload()
    labeler.wait_ready()
    assert labeler.entries() == ["cat"]
    labeler.press("Enter")
    assert read_annotation(task, worker_page.content())[0]["label"] == "cat"
    # Another job, or another object, begins with nothing.
    labeler.drag((100, 80), (300, 200))
    labeler.wait_saved()
    worker_page.add("s3://bucket/2.jpg", turned())
    assert worker_page.show(template, {"taskObject": "s3://bucket/2.jpg"}, Labeler).wait_ready().entries() == []
    labeler = worker_page.show(template, {"taskObject": "s3://bucket/none.jpg"}, Labeler)
    expect(labeler.root.get_by_role("alert").first).to_contain_text("It cannot be loaded (HTTP 403)")
    labeler.action("submit")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("cannot be submitted")
    assert page.evaluate("window.answers") is None
    worker_page.refused.clear()
