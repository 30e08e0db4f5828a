"""How long the next image takes, beside jupyter-bbox-widget in the same JupyterLab; what a gesture, a widget and 200 images cost.

Run ``python tests/benchmarks/switching.py`` with a Python that has jupyter-bbox-widget beside nblabel and its test tools: an environment of its own,
since the package is none of nblabel's. Times end when the decoded image is on screen; medians, in milliseconds.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import toolchain
from harness.jupyter import JupyterServer
from PIL import Image
from playwright.sync_api import sync_playwright

SIZES = {"12 MP": (4000, 3000), "24 MP": (6000, 4000)}
IMAGES = 12
LONG = 200
CELLS = [
    """import gc, glob, resource
import pandas as pd
import nblabel as nl
from jupyter_bbox_widget import BBoxWidget
files = sorted(glob.glob("*.jpg"))
frame = pd.DataFrame({"source-ref": files * (LONG // len(files) + 1)})
def rss():
    gc.collect()
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]) // 1024""".replace("LONG", str(LONG)),
    'w = nl.label(frame, nl.BoundingBox(["cat", "dog"]), attribute="things")\nw',
    """p = BBoxWidget(image=files[0], classes=["cat", "dog"])
place = 0
@p.on_submit
def following():
    global place
    place += 1
    p.image = files[place % len(files)]
p""",
]

# Both begin with a click or a word from Python (`act`), and end two frames after the image that is wanted is decoded.
OURS = """async ([act, number]) => {
  const root = [...document.querySelectorAll("*")].map((host) => host.shadowRoot?.querySelector('[data-nblabel="labeler"]')).find(Boolean);
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const start = performance.now();
  if (act === null) root.querySelector('[data-nblabel-action="submit"]').click();
  else window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code: act, store_history: false });
  do await frame();
  while (root.querySelector(".place b").textContent !== String(number) || root.querySelector(".cover"));
  await frame();
  return performance.now() - start;
}"""
THEIRS = """async ([act]) => {
  const root = document.querySelector(".image-measure").closest(".wrapper");
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const before = root.querySelector("img").src;
  const start = performance.now();
  if (act === null) root.querySelector("button.success").click();
  else window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code: act, store_history: false });
  do await frame();
  while (root.querySelector("img").src === before);
  await root.querySelector("img").decode();
  await frame();
  return performance.now() - start;
}"""
DURABLE = """() => new Promise((done) => {
  const root = [...document.querySelectorAll("*")].map((host) => host.shadowRoot?.querySelector('[data-nblabel="labeler"]')).find(Boolean);
  const before = root.querySelectorAll(".entry").length;
  window.addEventListener("pointerup", () => {
    const start = performance.now();
    const look = () => {
      const saved = root.querySelector('[data-nblabel="status"]').dataset.state === "saved";
      if (saved && root.querySelectorAll(".entry").length > before) done(performance.now() - start);
      else setTimeout(look, 1);
    };
    setTimeout(look, 1);
  }, { once: true, capture: true });
})"""


def save_images(folder, size):
    """Save photographs of sorts: structure at all scales, as a camera's files have it."""
    random = np.random.default_rng(0)
    for number in range(IMAGES):
        coarse = random.integers(0, 255, (size[1] // 12, size[0] // 12, 3), np.uint8)
        Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(folder / f"{number:02}.jpg", quality=88)


def renderer_megabytes():
    """Memory of the Chromium processes that show pages of this run, MB."""
    parents, shares = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[folder.name] = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if b"--type=renderer" in (folder / "cmdline").read_bytes():
                lines = (folder / "smaps_rollup").read_text().splitlines()
                shares[folder.name] = int(next(line for line in lines if line.startswith("Pss:")).split()[1])
        except OSError:
            continue
    return sum(share for process, share in shares.items() if str(os.getpid()) in _ancestors(process, parents)) // 1024


def _ancestors(process, parents):
    while process in parents:
        process = parents[process]
        yield process


def measure(notebook, page, size):
    """Measure with images of one size; prints a line for each figure."""
    labeler = notebook.labeler()
    notebook.wait_idle()
    page.wait_for_selector(".image-measure img")
    median = statistics.median
    submitted, told = [], []
    for number in range(2, IMAGES + 1):
        page.wait_for_timeout(700)  # a person looks at an image, and the next is fetched meanwhile
        submitted.append(page.evaluate(OURS, [None, number]))
    theirs = []
    for _ in range(2, IMAGES + 1):
        page.wait_for_timeout(700)
        theirs.append(page.evaluate(THEIRS, [None]))
    their_told = []
    for turn in range(6):
        number = 40 + 20 * turn  # far from all that was fetched ahead
        told.append(page.evaluate(OURS, [f"w.index = {number}", number + 1]))
        page.wait_for_timeout(700)
        their_told.append(page.evaluate(THEIRS, [f"p.image = files[{turn + 1}]"]))
        page.wait_for_timeout(700)
    name = next(name for name, pixels in SIZES.items() if pixels == size)
    for what, ours, others in (("submit to the next image", submitted, theirs), ("jump to an image not fetched", told, their_told)):
        one, other = median(ours), median(others)
        print(f"{name}: {what} {one:.0f}, jupyter-bbox-widget {other:.0f}: {other / one:.1f} times", flush=True)
    return labeler


def durable(labeler, page):
    """Measure from the end of a drag to the receipt."""
    taken = []
    page.wait_for_timeout(1000)
    for turn in range(12):
        page.evaluate(f"() => {{ window.durable = ({DURABLE})(); }}")
        labeler.drag((100 + 300 * turn, 200), (220 + 300 * turn, 600))  # far from the handles of the one before
        taken.append(page.evaluate("window.durable"))
    print(f"from the end of a drag to the durable receipt: {statistics.median(taken):.0f}")


def long_run(notebook, page):
    """Submit image after image and see what stays."""
    notebook.execute("w.index = 0")
    page.wait_for_timeout(1500)
    notes = {}
    place = int(notebook.evaluate("w.index"))
    for number in range(LONG):
        if number in {20, LONG - 1}:
            page.wait_for_timeout(1500)
            notes[number] = renderer_megabytes(), int(notebook.evaluate("rss()"))
        place = place + 1
        page.evaluate(OURS, [f"w.index = {place % (LONG - 1)}", place % (LONG - 1) + 1])
    for number, (page_megabytes, kernel) in notes.items():
        print(f"after {number:3} images: pages {page_megabytes} MB, kernel {kernel} MB")


def main():
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=toolchain.chromium())
        with JupyterServer(Path(name), application="jupyterlab") as server:
            for title, size in SIZES.items():
                folder = server.work / title.replace(" ", "")
                folder.mkdir()
                save_images(folder, size)
                page = browser.new_page(viewport={"width": 1280, "height": 1400})
                notebook = server.open(page, f"{folder.name}/a.ipynb", CELLS)
                notebook.run_all()
                labeler = measure(notebook, page, size)
                if title == "12 MP":
                    durable(labeler, page)
                    weights = json.loads(
                        notebook.evaluate("""__import__("json").dumps([
                        sum(len(str(part)) for part in (w._esm, w._task)), sum(len(str(part)) for part in (p._esm, p._css))])""").strip("'")
                    )
                    print(f"bytes of a widget without its image: {weights[0]:,}, jupyter-bbox-widget {weights[1]:,}")
                    long_run(notebook, page)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
