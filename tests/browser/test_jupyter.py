"""The whole way in a real JupyterLab and a real Notebook 7: mouse, keys, kernel, DataFrame, manifest."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import time

import pytest
from harness.photographs import save_photographs
from harness.proxy import Proxy
from playwright.sync_api import expect

import nblabel as nl
from nblabel.demo import make_project

IMPORT = "import nblabel as nl"
LABEL = """df = nl.read_manifest("photos.manifest")
w = nl.label(df, nl.BoundingBox(["cat", "dog"], attributes=["note", nl.Attribute("colour", choices=["red"])]), attribute="things")
w"""
WRITE = 'w.sync()\nnl.write_manifest(df, "labeled.manifest")'


@pytest.fixture(params=["jupyterlab", "notebook7"])
def server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def project(server, request):
    """A folder of its own in the server's, with photographs."""
    folder = server.work / request.node.name.replace("[", "-").replace("]", "")
    folder.mkdir()
    save_photographs(folder)
    return folder


OWN = ["h", "Shift+h", "Alt+h", "e", "r", "i", "g", "x", "n", "t", "p", "]", "[", ".", ",", "/", "Control+d", "Control+c", "Control+v", "Control+z"]
"""Keys of the labeler, and letters that profiles of other tools give to it; those of command mode are in the test."""


def read_cells(notebook, index):
    """The label and its metadata in one row of the kernel's frame."""
    row = f"df.iloc[{index}]"
    return ast.literal_eval(notebook.evaluate(f"({row}['things'], {row}['things-metadata'])"))


def draw_two_and_submit(labeler):
    labeler.drag((100, 80), (300, 200))
    labeler.choose("dog")
    labeler.drag((400, 100), (500, 400))
    labeler.wait_saved()
    labeler.action("submit")
    labeler.expect_place(2)
    labeler.drag((50, 50), (150, 150))
    labeler.wait_saved()


def test_draw_read_restart_and_write(server, project, tab):
    notebook = server.open(tab, f"{project.name}/label.ipynb", [IMPORT, LABEL, WRITE])
    notebook.run_all()
    labeler = notebook.labeler()
    draw_two_and_submit(labeler)

    label, metadata = read_cells(notebook, 0)
    assert [part["class_id"] for part in label["annotations"]] == [0, 1]
    assert label["annotations"][0]["left"] == pytest.approx(100, abs=1.5)
    assert label["annotations"][1]["height"] == pytest.approx(300, abs=3)
    assert metadata["class-map"] == {"0": "cat", "1": "dog"}
    assert notebook.evaluate("(w.index, w.progress.submitted, len(w.value))") == "(1, 1, 1)"

    notebook.restart()
    notebook.run_all()
    labeler = notebook.labeler()
    labeler.expect_place(2)
    assert labeler.entries() == ["dog"]
    notebook.wait_idle()
    assert read_cells(notebook, 0) == (label, metadata)

    lines = (project / "photos.manifest").read_text(encoding="utf-8").splitlines()
    first = {**json.loads(lines[0]), "things": label, "things-metadata": metadata}
    lines[0] = json.dumps(first, separators=(",", ":"))
    assert (project / "labeled.manifest").read_text(encoding="utf-8") == "\n".join(lines) + "\n"


def test_keys_do_not_leak_into_the_notebook(server, project, tab):
    notebook = server.open(tab, f"{project.name}/keys.ipynb", [IMPORT, LABEL, "'last'"])
    notebook.run_all()
    labeler = notebook.labeler()
    notebook.wait_idle()
    before = notebook.cells()
    labeler.drag((100, 80), (300, 200))
    # Command mode: insert above and below, delete, cut, copy, paste, Markdown, code, heading, merge, find, restart.
    for key in ["a", "b", "d", "d", "x", "c", "v", "z", "m", "y", "1", "j", "k", "Shift+m", "f", "0", "0", "o", "l", *OWN]:
        labeler.press(key)
    # All that can have the focus must be as quiet: buttons, the list, the numbers of a box, what is written down of it.
    labeler.press(".")
    parts = labeler.root.locator("button:visible, input:visible, select:visible, [tabindex]:visible")
    assert parts.count() > 20
    for place in range(parts.count()):
        parts.nth(min(place, parts.count() - 1)).focus()
        for key in ["a", "b", "d", "d", "x", "z", "m"]:
            tab.keyboard.press(key)
        if labeler.page.evaluate("() => document.fullscreenElement !== null"):
            labeler.page.evaluate("() => document.exitFullscreen()")
    assert notebook.cells() == before
    assert notebook.evaluate("1 + 1") == "2"


def test_the_page_can_be_reloaded(server, project, tab):
    notebook = server.open(tab, f"{project.name}/reload.ipynb", [IMPORT, LABEL])
    notebook.run_all()
    draw_two_and_submit(notebook.labeler())
    tab.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    notebook = server.visit(tab, f"{project.name}/reload.ipynb")
    labeler = notebook.labeler()
    labeler.expect_place(2)
    assert labeler.entries() == ["dog"]
    labeler.drag((200, 200), (300, 300))
    labeler.wait_saved()
    assert notebook.evaluate("len(w.value)") == "2"


def run_in_folder(server, tab, name, *cells, url=None):
    """Run a notebook that labels photographs, in a folder of its own."""
    folder = server.work / name
    folder.mkdir()
    save_photographs(folder)
    notebook = server.open(tab, f"{name}/{name}.ipynb", [IMPORT, LABEL, *cells], url=url)
    notebook.run_all()
    return folder, notebook


def test_first_paint_needs_no_answer_from_the_kernel(jupyterlab, tab):
    busy = "import pathlib, time\nwhile not pathlib.Path('stop').exists():\n    time.sleep(0.05)\npathlib.Path('stopped').touch()"
    folder, notebook = run_in_folder(jupyterlab, tab, "busy", busy)
    labeler = notebook.labeler()
    labeler.drag((100, 80), (300, 200))
    labeler.drag((400, 100), (500, 400))
    expect(labeler.root.locator(".entry")).to_have_count(2)
    # A busy kernel answers at once where it has a thread for the widget by now, else after the cell: then it shows that the work waits.
    expect(labeler.status).to_have_attribute("data-state", re.compile("offline|saved"), timeout=20_000)
    assert not (folder / "stopped").exists()

    (folder / "stop").touch()
    notebook.wait_for_file(folder / "stopped")
    notebook.wait_idle()
    labeler.wait_saved()
    assert notebook.evaluate("len(w.value)") == "2"


ROW = """import ipywidgets
w = nl.label("1.jpg", nl.BoundingBox(["cat"]))
count = ipywidgets.Label("no box yet")
w.observe(lambda change: setattr(count, "value", f"{len(change.new)} box"), "value")
ipywidgets.HBox([w, ipywidgets.VBox([count, ipywidgets.Button(description="beside")])])"""


def test_one_item_in_a_row_with_other_widgets_has_what_they_leave(jupyterlab, tab):
    folder = jupyterlab.work / "row"
    folder.mkdir()
    save_photographs(folder)
    notebook = jupyterlab.open(tab, "row/row.ipynb", [IMPORT, ROW])
    notebook.run_all()
    labeler = notebook.labeler()
    labeler.drag((50, 50), (200, 200))
    expect(tab.locator(".jp-OutputArea").get_by_text("1 box", exact=True)).to_be_visible()
    place, button = labeler.root.bounding_box(), tab.get_by_role("button", name="beside").bounding_box()
    assert place["width"] > 400
    assert place["x"] + place["width"] <= button["x"]


def test_labeling_goes_on_while_a_cell_runs_and_the_frame_changes_only_between_cells(jupyterlab, tab):
    watch = """import pathlib, time
seen = []
pathlib.Path("running").touch()
while not pathlib.Path("stop").exists():
    seen.append(int(df["things"].notna().sum()))
    time.sleep(0.05)
before = int(df["things"].notna().sum())
w.sync()
after = int(df["things"].notna().sum())"""
    folder, notebook = run_in_folder(jupyterlab, tab, "threads")
    labeler = notebook.labeler()
    notebook.wait_idle()
    labeler.drag((100, 80), (300, 200))
    labeler.wait_saved()

    notebook.execute(watch)
    notebook.wait_for_file(folder / "running")
    labeler.action("submit")
    labeler.expect_place(2)
    labeler.action("submit")
    labeler.expect_place(3)
    labeler.wait_saved()
    (folder / "stop").touch()
    notebook.wait_idle()
    assert notebook.evaluate("(set(seen), before, after)") == "({0}, 0, 2)"


def test_what_is_drawn_on_a_dead_kernel_waits_and_is_saved_by_the_next(jupyterlab, tab):
    _, notebook = run_in_folder(jupyterlab, tab, "killed")
    labeler = notebook.labeler()
    notebook.wait_idle()
    labeler.drag((100, 80), (300, 200))
    labeler.wait_saved()
    os.kill(int(notebook.evaluate("__import__('os').getpid()")), signal.SIGKILL)
    tab.get_by_role("dialog").get_by_role("button", name="Ok").click(timeout=60_000)
    labeler.drag((400, 100), (500, 400))
    expect(labeler.status).to_have_attribute("data-state", "offline", timeout=20_000)
    expect(labeler.status).to_have_text("1 change waits in this browser")
    expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("If you restarted the kernel, run this cell again")
    notebook.run_all()
    labeler = notebook.labeler()
    notebook.wait_idle()
    labeler.wait_saved()
    assert notebook.evaluate("(len(w.value), w.history['operation'].tolist())") == "(2, ['change', 'change'])"


def test_a_connection_that_is_cut_for_half_a_minute_loses_and_doubles_nothing(jupyterlab, tab):
    with Proxy(int(jupyterlab.url.rpartition(":")[2])) as proxy:
        _, notebook = run_in_folder(jupyterlab, tab, "cut", url=f"http://127.0.0.1:{proxy.port}")
        labeler = notebook.labeler()
        notebook.wait_idle()
        labeler.drag((100, 80), (300, 200))
        labeler.wait_saved()

        proxy.cut()
        began = time.monotonic()
        # JupyterLab tells of it, too, over everything else.
        told = tab.get_by_role("dialog").filter(has_text="Server Connection Error")
        told.get_by_role("checkbox").check(timeout=60_000)
        told.get_by_role("button").last.click()
        labeler.drag((400, 100), (500, 400))
        labeler.action("submit")
        labeler.expect_place(2)
        labeler.drag((50, 50), (150, 150))
        expect(labeler.status).to_have_attribute("data-state", "offline", timeout=20_000)
        expect(labeler.status).to_have_text("3 changes wait in this browser")
        expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("kept in this browser and saved when it answers")
        tab.wait_for_timeout(max(30_000 - 1000 * (time.monotonic() - began), 0))
        expect(labeler.status).to_have_text("3 changes wait in this browser")

        proxy.mend()
        labeler.wait_saved(timeout=60_000)
        notebook.wait_idle()
        label, _ = read_cells(notebook, 0)
        assert [round(box["width"], -1) for box in label["annotations"]] == [200, 100]
        assert notebook.evaluate("(w.index, len(w.value), w.history['operation'].tolist())") == "(1, 1, ['change', 'change', 'submit', 'change'])"


def test_the_quickstart_runs_and_can_be_labeled(jupyterlab, tab, pytestconfig):
    folder = make_project(jupyterlab.work / "demo")
    notebook = jupyterlab.visit(tab, "demo/quickstart.ipynb")
    notebook.run_all()
    labeler = notebook.labeler()
    notebook.wait_idle()
    labeler.expect_place(2)
    labeler.drag((60, 8), (430, 296))
    labeler.choose("object")
    labeler.wait_saved()
    if target := pytestconfig.getoption("--screenshot"):
        labeler.root.scroll_into_view_if_needed()
        labeler.root.screenshot(path=target)
    labeler.action("submit")
    labeler.expect_place(3)
    labeler.wait_saved()
    notebook.run_all()
    notebook.labeler().expect_place(3)
    notebook.wait_idle()
    labels = nl.read_manifest(folder / "labeled.manifest")["things"]
    assert labels.notna().sum() == 2
    assert [len(label["annotations"]) for label in labels[labels.notna()]] == [2, 1]
    shutil.rmtree(folder)
