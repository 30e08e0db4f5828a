"""Masks, the whole way in a real JupyterLab: paint, auto-segment, undo, a kernel that is killed, submit, and the PNG pixel by pixel."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import expect

import nblabel as nl

CELLS = [
    "import os\nimport nblabel as nl\nimport pandas as pd",
    """df = pd.DataFrame({"source-ref": ["coffee.jpg", "cat.jpg"]})
w = nl.label(df, nl.SemanticSegmentation(["cup", "saucer", "spoon", "table"], instructions="Give every pixel a class."), attribute="parts-ref")
w""",
]
PHOTOS = Path(nl.__file__).parent / "demo" / "photos"
# The topmost, leftmost, lowest and rightmost points of two things in the photograph.
CUP = ((270, 18), (172, 120), (210, 306), (407, 110))
SAUCER = ((185, 70), (78, 190), (300, 388), (478, 220))


def counts(notebook):
    return ast.literal_eval(notebook.evaluate("{int(index): int((w.value == index).sum()) for index in set(w.value.flat) if index}"))


def auto_segment(labeler, points):
    labeler.tool("auto-segment")
    for point in points:
        labeler.click(*point)
    expect(labeler.root.locator('[data-nblabel="proposal"]')).to_be_visible(timeout=60_000)


def test_paint_auto_segment_undo_and_submit_over_a_killed_kernel(jupyterlab, tab, pytestconfig):
    folder = jupyterlab.work / "masks"
    folder.mkdir()
    for name in ("coffee.jpg", "cat.jpg"):
        shutil.copy(PHOTOS / name, folder)
    notebook = jupyterlab.open(tab, "masks/masks.ipynb", CELLS)
    notebook.run_all()
    labeler = notebook.labeler()
    notebook.wait_idle()

    labeler.choose("saucer")
    auto_segment(labeler, SAUCER)
    labeler.press("Enter")
    labeler.choose("cup")
    auto_segment(labeler, CUP)
    if target := pytestconfig.getoption("--screenshot-masks"):
        labeler.root.scroll_into_view_if_needed()
        labeler.root.screenshot(path=target)
    labeler.press("Enter")
    labeler.wait_saved()
    found = counts(notebook)
    assert found[1] > 20_000
    assert found[2] > 20_000

    labeler.choose("table")
    labeler.tool("rectangle")
    labeler.drag((0.5, 350.5), (59.5, 399.5))
    labeler.tool("brush")
    labeler.drag((520, 50), (560, 90))
    labeler.press("Control+z")
    labeler.wait_saved()
    assert counts(notebook) == {**found, 4: 60 * 50}

    # The kernel dies in mid-session; what was acknowledged is there again.
    os.kill(int(notebook.evaluate("os.getpid()")), signal.SIGKILL)
    tab.get_by_role("dialog").get_by_role("button", name="Ok").click(timeout=60_000)
    notebook.wait_idle()
    notebook.run_all()
    labeler = notebook.labeler()
    notebook.wait_idle()
    assert counts(notebook) == {**found, 4: 60 * 50}
    labeler.expect_place(1)
    assert sorted(labeler.entries()) == ["cup", "saucer", "table"]

    expected = np.array(ast.literal_eval(notebook.evaluate("w.value.tolist()")), np.uint8)
    labeler.action("submit")
    labeler.expect_place(2)
    labeler.wait_saved()
    label, metadata = ast.literal_eval(notebook.evaluate("(df.loc[0, 'parts-ref'], df.loc[0, 'parts-ref-metadata'])"))
    assert json.dumps(metadata["internal-color-map"]["1"]) == '{"class-name": "cup", "hex-color": "#2ca02c", "confidence": 0}'
    with Image.open(folder / label) as image:
        assert (image.mode, image.size) == ("P", (600, 400))
        np.testing.assert_array_equal(np.asarray(image), expected)
    np.testing.assert_array_equal(nl.read_mask(folder / label, metadata["internal-color-map"]), expected)
