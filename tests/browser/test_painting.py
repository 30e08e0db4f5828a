"""Masks with mouse and keys: the real widget and the real module in a plain page."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import nblabel as nl

ATTRIBUTE = "parts-ref"


@pytest.fixture
def widget(photographs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame = nl.read_manifest(photographs)
    widget = nl.label(frame, nl.SemanticSegmentation(["cat", "dog"]), attribute=ATTRIBUTE, store=tmp_path / "store.db")
    yield widget
    widget.close()


@pytest.fixture
def labeler(plain_page, widget):
    return plain_page.show(widget)


def test_brush_and_eraser_paint_whole_pixels_and_submit_writes_a_png(plain_page, labeler, widget, request):
    labeler.drag((100, 100), (300, 100))
    labeler.press("2")
    labeler.drag((400, 200), (400, 300))
    labeler.tool("eraser")
    labeler.drag((200, 60), (200, 140))
    plain_page.settle(labeler)

    mask = widget.value
    assert mask.shape == (480, 640)
    assert mask.dtype == np.uint8
    assert (mask[100, 120], mask[100, 200], mask[250, 400], mask[5, 5]) == (1, 0, 2, 0)
    assert labeler.entries() == ["cat", "dog"]

    labeler.action("submit")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    label, metadata = widget.data.loc[0, [ATTRIBUTE, f"{ATTRIBUTE}-metadata"]]
    with Image.open(label) as image:
        assert image.mode == "P"
        np.testing.assert_array_equal(np.asarray(image), mask)
    assert metadata["internal-color-map"]["2"] == {"class-name": "dog", "hex-color": "#1f77b4", "confidence": 0}
