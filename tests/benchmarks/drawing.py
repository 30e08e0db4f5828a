"""What many boxes and many classes cost on the screen: the time of a frame while the image is moved, beside that of an image without any.

Run ``python tests/benchmarks/drawing.py``; it prints medians and ratios. It needs a Chromium, as the tests do.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

import toolchain
from harness.page import PlainPage
from harness.photographs import save_photographs

import nblabel as nl

SIZES = (0, 100, 1_000, 10_000)
MOVES = 60
# Moves the image by the wheel's zoom, one step a frame, and gives the times between frames.
MEASURE = """
async ([x, y, moves]) => {
  const stage = document.querySelector("#view-0 > div").shadowRoot.querySelector("[data-nblabel=stage]");
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  let before = await frame();
  for (let move = 0; move < moves; move++) {
    const deltaY = move % 2 ? 20 : -20;
    stage.dispatchEvent(new WheelEvent("wheel", { deltaY, ctrlKey: true, clientX: x, clientY: y, bubbles: true, cancelable: true }));
    const now = await frame();
    times.push(now - before);
    before = now;
  }
  return times;
}
"""


def boxes(count):
    """Spread boxes over an image of 640 by 480 pixels."""
    return [{"label": f"class {n % 300}", "left": 6 * (n % 100), "top": 4.5 * (n // 100) % 450, "width": 20, "height": 15} for n in range(count)]


def frame_ms(page, monkeypatch, folder, count):
    """Give the median time of a frame, in milliseconds."""
    task = nl.BoundingBox([f"class {n}" for n in range(300)])
    widget = nl.label(nl.read_manifest(save_photographs(folder)), task, attribute="things", store=folder / "store.db")
    widget.value = boxes(count)
    labeler = PlainPage(page, monkeypatch).show(widget)
    x, y = labeler.screen(320, 240)
    times = page.evaluate(MEASURE, [x, y, MOVES])
    widget.close()
    return statistics.median(times)


def main():
    """Measure all sizes in one browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=toolchain.chromium())
        baseline = None
        for count in SIZES:
            monkeypatch = pytest.MonkeyPatch()
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            with tempfile.TemporaryDirectory() as folder:
                found = frame_ms(page, monkeypatch, Path(folder), count)
            baseline = baseline or found
            print(f"{count:>6} boxes: {found:6.1f} ms a frame, {found / baseline:4.1f} times an empty image")
            page.close()
            monkeypatch.undo()
        browser.close()


if __name__ == "__main__":
    main()
