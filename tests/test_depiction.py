from __future__ import annotations

import base64
import io
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nblabel as nl
from nblabel.depiction import MOST_CHARACTERS, MOST_ENTRIES, Depiction, Entry, Run, to_html
from nblabel.tasks.base import Media
from nblabel.tasks.bounding_box import BoundingBox
from nblabel.tasks.named_entity_recognition import NamedEntityRecognition
from nblabel.tasks.semantic_segmentation import SemanticSegmentation
from nblabel.tasks.verification import Verification

WHOLE = Media(width=640, height=480, depth=3)
SHOWN = Image.new("RGB", (320, 240), "white")
BOX = {"label": "cat", "left": 100, "top": 80, "width": 200, "height": 120}


def rgb(color):
    return tuple(bytes.fromhex(color[1:]))


def test_boxes_are_drawn_to_the_scale_of_the_picture():
    task = BoundingBox(["cat", "dog"], attributes=["breed"])
    value = task.begin([{**BOX, "attributes": {"breed": "Manx"}}, {**BOX, "label": "dog", "left": 0, "top": 0}], WHOLE)
    depicted = task.depict(value, SHOWN, WHOLE)
    assert depicted.entries == [
        Entry("cat", task.labels[0].color, "200 x 120 at 100, 80, breed: Manx"),
        Entry("dog", task.labels[1].color, "200 x 120 at 0, 0"),
    ]
    assert depicted.image.size == (320, 240)
    assert depicted.image.getpixel((150, 70)) == rgb(task.labels[0].color)
    assert depicted.image.getpixel((120, 70)) == (255, 255, 255)
    assert depicted.image.getpixel((1, 40)) == rgb(task.labels[1].color), "also at the border"
    assert SHOWN.getpixel((150, 70)) == (255, 255, 255), "what is shown elsewhere stays as it is"


@pytest.mark.parametrize("box", [{"left": -50, "width": 20}, {"left": 638, "width": 200}, {"top": 479, "height": 1}, {"width": 0.1, "height": 0.1}])
def test_boxes_of_any_kind_are_drawn(box):
    task = BoundingBox(["猫 & <b>"], clip=False)
    value = task.restore([{**BOX, "label": "猫 & <b>", **box}])
    assert task.depict(value, SHOWN, WHOLE).image.size == SHOWN.size


def test_a_mask_lies_over_the_picture():
    task = SemanticSegmentation(["road", "car"])
    mask = np.zeros((480, 640), np.uint8)
    mask[100:200, 100:300] = 2
    depicted = task.depict(task.begin(mask, WHOLE), SHOWN, WHOLE)
    assert depicted.entries == [Entry("car", task.labels[1].color, "6.5%")]
    assert depicted.image.getpixel((10, 10)) == (255, 255, 255)
    assert depicted.image.getpixel((100, 75)) == pytest.approx([(level + 255) / 2 for level in rgb(task.labels[1].color)], abs=1)
    assert task.depict(task.begin(None, WHOLE), SHOWN, WHOLE).image.getcolors() == [(320 * 240, (255, 255, 255))]


def test_spans_may_nest_and_cross():
    task = NamedEntityRecognition(["Person", "Place"])
    text = "Ada of London"
    spans = [("Person", 0, 13), ("Place", 7, 13), ("Person", 4, 8)]
    value = task.restore([{"label": label, "startOffset": start, "endOffset": end} for label, start, end in spans])
    runs = task.depict(value, text, Media(length=13)).runs
    assert [(run.text, len(run.colors), list(run.ends)) for run in runs] == [
        ("Ada ", 1, []),
        ("of ", 2, []),
        ("L", 3, ["Person"]),
        ("ondon", 2, ["Person", "Place"]),
    ]
    assert [run.text for run in task.depict([], "", Media(length=0)).runs] == [""]


def test_a_verdict_stands_before_what_was_judged():
    task = Verification(BoundingBox(["cat"]), of="boxes")
    value = {**task.preset({"annotations": [{"class_id": 0, **{side: BOX[side] for side in ("left", "top", "width", "height")}}]}, None, str)}
    value["verdict"] = {"label": task.labels[0].name, "comments": ["tight"]}
    verdict, judged = task.depict(value, SHOWN, WHOLE).entries
    assert (verdict.label, verdict.detail) == (task.labels[0].name, "tight")
    assert judged.label == "cat"


def test_html_is_short_and_can_be_encoded():
    depiction = Depiction(entries=[Entry("cat")] * (MOST_ENTRIES + 5), runs=[Run("x" * 10_000), Run("y")])
    html = to_html(depiction, title="a\ud800b", facts=[])
    assert html.count("■") == MOST_ENTRIES
    assert "and 5 more" in html
    assert "x" * MOST_CHARACTERS + "…" in html
    assert "a\N{REPLACEMENT CHARACTER}b" in html.encode().decode()


def test_a_snapshot_of_each_state(tmp_path, monkeypatch, front_end):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (1280, 960), "teal").save(tmp_path / "a.png")
    widget = nl.label(pd.DataFrame({"source-ref": ["a.png", "b.png"]}), BoundingBox(["cat"]), attribute="things")
    widget.value = [BOX]
    taken = widget.snapshot()
    assert re.fullmatch(r"a\.png: Bounding boxes, item 1 of 2, draft, 0 submitted, .* UTC; cat 200 x 120 at 100, 80", repr(taken))
    assert taken.image.size == (640, 480)
    (source,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', taken._repr_html_())
    assert Image.open(io.BytesIO(base64.b64decode(source))).size == (640, 480)
    assert taken._repr_jpeg_().startswith(b"\xff\xd8\xff")
    widget.submit()
    taken = widget.snapshot()
    assert "b.png" in repr(taken)
    assert taken.image is None
    assert taken._repr_jpeg_() is None
    assert "1 submitted" in taken.html
    widget.close()


def test_a_large_image_that_is_slow_to_decode_is_depicted_on_demand_only(tmp_path, monkeypatch, front_end):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (2400, 1800), "teal").save(tmp_path / "a.png")
    widget = nl.label("a.png", BoundingBox(["cat"]))
    widget.value = [{**BOX, "left": 2000}]
    html = widget._repr_mimebundle_()[0]["text/html"]
    (source,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', html)
    ground = Image.open(io.BytesIO(base64.b64decode(source)))
    assert (ground.size, ground.getpixel((5, 5))) == ((640, 480), (208, 208, 208))
    assert "200 x 120 at 2000, 80" in html
    assert "The image is large and was left out; w.snapshot() has it." in html
    assert widget.snapshot().image.getpixel((5, 5)) == pytest.approx((0, 128, 128), abs=3)
    assert "left out" not in widget.snapshot().html
    widget.close()


def test_what_cannot_be_depicted_is_told_and_the_labeler_is_shown(tmp_path, monkeypatch, front_end, caplog):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 48)).save(tmp_path / "a.png")
    widget = nl.label("a.png", BoundingBox(["cat"]))
    monkeypatch.setattr(BoundingBox, "depict", lambda *_: 1 / 0)
    bundle, _ = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "It cannot be depicted (ZeroDivisionError" in bundle["text/html"]
    assert "cannot be depicted" in caplog.text
    widget.close()


def test_an_export_shows_the_picture_in_the_widgets_place(tmp_path, monkeypatch, front_end):
    nbformat, nbconvert = pytest.importorskip("nbformat"), pytest.importorskip("nbconvert")
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 48)).save(tmp_path / "a.png")
    widget = nl.label("a.png", BoundingBox(["cat"]))
    bundle, _ = widget._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", bundle, execution_count=1)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("w", outputs=[output])])
    exported, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    assert "data:image/jpeg;base64," in exported
    assert "run the cell to label" in exported
    assert widget.model_id not in exported
    widget.close()


def test_a_labeler_is_shown_even_where_its_store_cannot_be_read(tmp_path, monkeypatch, front_end):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 48)).save(tmp_path / "a.png")
    widget = nl.label("a.png", BoundingBox(["cat"]))
    widget._store.close()
    bundle, _ = widget._repr_mimebundle_()
    assert bundle.keys() == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    widget.close()
