"""Texts, the whole way in a real JupyterLab: spans and choices by mouse and keys, a kernel that is killed, and the manifest."""

from __future__ import annotations

import os
import signal

from harness.labeler import TextLabeler
from playwright.sync_api import expect

import nblabel as nl

CELLS = [
    "import os\nimport pandas as pd\nimport nblabel as nl",
    """texts = pd.DataFrame({"source": ["Ada \U0001f600 moved to London.", "Paris is not in Texas.", "Nobody went anywhere."]})
places = nl.suggest.dictionary({"Place": ["London", "Paris", "Texas"]})
names = nl.label(texts, nl.NamedEntityRecognition(["Person", "Place"]), attribute="names", suggest=places)
names""",
    """tones = nl.label(texts, nl.TextClassification(["calm", "loud"]), attribute="tone")
tones""",
]


def labelers(tab):
    cells = tab.locator(".jp-CodeCell")
    return [TextLabeler(tab, cells.nth(number)).wait_ready(60_000) for number in (1, 2)]


def test_spans_and_choices_over_a_killed_kernel(jupyterlab, tab, pytestconfig):
    notebook = jupyterlab.open(tab, "texts/texts.ipynb", CELLS)
    notebook.run_all()
    names, tones = labelers(tab)
    notebook.wait_idle()
    before = notebook.cells()
    expect(names.root.locator(".suggestion")).to_have_count(1)
    names.click_on("Ada", click_count=2)
    # The first accepts London. The others are keys of the notebook's command mode, some of which mean something here.
    for key in ["Enter", "b", "c", "y", "z", "x", "Escape", "ArrowRight", "Escape"]:
        names.press(key)
    names.press("Enter")
    names.expect_place(2)
    names.press("Shift+Enter")
    names.wait_saved()
    if target := pytestconfig.getoption("--screenshot"):
        names.root.screenshot(path=target)

    tones.root.scroll_into_view_if_needed()
    tones.press("2")
    tones.expect_place(2)
    tones.press("g")
    expect(tones.root.locator(".tile").nth(2)).to_contain_text("Nobody")
    for key in ["a", "b", "x", "y", "Shift+ArrowRight", "1"]:
        tab.keyboard.press(key)
    expect(tones.root.locator('.tile[data-state="submitted"]')).to_have_count(3)
    tones.wait_saved()
    assert notebook.cells() == before
    assert notebook.evaluate("(texts['tone'].tolist(), len(names.value))") == "([1, 0, 0], 2)"

    # The kernel dies in mid-session; what was acknowledged is there again.
    os.kill(int(notebook.evaluate("os.getpid()")), signal.SIGKILL)
    tab.get_by_role("dialog").get_by_role("button", name="Ok").click(timeout=60_000)
    notebook.wait_idle()
    notebook.run_all()
    names, tones = labelers(tab)
    notebook.wait_idle()
    names.expect_place(2)
    names.root.scroll_into_view_if_needed()
    expect(names.root.locator(".entry .text")).to_have_text(["Paris", "Texas"])
    names.press("Enter")
    names.expect_place(3)
    names.wait_saved()
    notebook.execute("names.sync(); nl.write_manifest(texts, 'labeled.manifest')")
    notebook.wait_idle()

    written = nl.read_manifest(jupyterlab.work / "texts" / "labeled.manifest")
    assert written["tone"].tolist() == [1, 0, 0]
    found = written.nblabel.annotations("names")
    assert list(zip(found["label"], found["text"], strict=True)) == [("Person", "Ada"), ("Place", "London"), ("Place", "Paris"), ("Place", "Texas")]
    assert found["startOffset"].tolist() == [0, 15, 0, 16]
    origins = [[part["origin"] for part in metadata["nblabel-provenance"]] for metadata in written["names-metadata"].tolist()[:2]]
    assert origins == [["human", "suggested"], ["suggested", "suggested"]]
