"""What many boxes and many classes cost on the screen, for each frame of a gesture.

The time is that of JavaScript on the page's main thread; beside it stands the time between frames. The limit is measured in the same run: three times
what an empty image takes, and a share of what the canvas takes to stroke as many rectangles once, with nothing else done. Zooming may cost one such
painting a frame; pointing and drawing a fifth of one, since the boxes at rest stay as they are.

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
ROUNDS = 3
SHARES = {"zoom": 1.0, "point": 0.2, "draw": 0.2}
# One event a frame; gives the times between frames.
GESTURES = """
async ([gesture, x, y, moves]) => {
  const stage = document.querySelector("#view-0 > div").shadowRoot.querySelector("[data-nblabel=stage]");
  stage.setPointerCapture = () => undefined;
  const frame = () => new Promise(requestAnimationFrame);
  const pointer = (kind, place, buttons) => stage.dispatchEvent(new PointerEvent(kind, {
    pointerId: 1, pointerType: "mouse", isPrimary: true, button: kind === "pointermove" ? -1 : 0, buttons,
    clientX: x + place, clientY: y + place, bubbles: true, cancelable: true, shiftKey: true,
  }));
  const act = {
    zoom: (move) => stage.dispatchEvent(new WheelEvent("wheel", {
      deltaY: move % 2 ? 20 : -20, ctrlKey: true, clientX: x, clientY: y, bubbles: true, cancelable: true,
    })),
    point: (move) => pointer("pointermove", move, 0),
    draw: (move) => pointer("pointermove", move + 10, 1),
  }[gesture];
  if (gesture === "draw") pointer("pointerdown", 0, 1);
  const times = [];
  let before = await frame();
  for (let move = 0; move < moves; move++) {
    act(move);
    const now = await frame();
    times.push(now - before);
    before = now;
  }
  if (gesture === "draw") pointer("pointercancel", 0, 0);
  return times;
}
"""
# The time of painting as many rectangles, and no more.
BARE = """
([count, rounds]) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [960, 720];
  const context = canvas.getContext("2d");
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    context.clearRect(0, 0, 960, 720);
    context.lineWidth = 2;
    for (let n = 0; n < count; n++) {
      context.strokeStyle = n % 2 ? "#1f77b4" : "#ff7f0e";
      context.strokeRect(9 * (n % 100), 6.75 * Math.floor(n / 100) % 675, 30, 22);
    }
    times.push(performance.now() - before);
  }
  return times.sort((one, other) => one - other)[Math.floor(rounds / 2)];
}
"""


def boxes(count):
    """Spread boxes over an image of 640 by 480 pixels."""
    return [{"label": f"class {n % 300}", "left": 6 * (n % 100), "top": 4.5 * (n // 100) % 450, "width": 20, "height": 15} for n in range(count)]


def measure(page, monkeypatch, folder, count):
    """Give milliseconds of JavaScript and between frames by gesture, and of the bare painting."""
    task = nl.BoundingBox([f"class {n}" for n in range(300)])
    widget = nl.label(nl.read_manifest(save_photographs(folder)), task, attribute="things", store=folder / "store.db")
    widget.value = boxes(count)
    labeler = PlainPage(page, monkeypatch).show(widget)
    x, y = labeler.screen(320, 240)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def script_seconds():
        return next(one["value"] for one in session.send("Performance.getMetrics")["metrics"] if one["name"] == "ScriptDuration")

    found = {}
    for gesture in SHARES:
        scripts, frames = [], []
        for _ in range(ROUNDS):
            before = script_seconds()
            frames += page.evaluate(GESTURES, [gesture, x, y, MOVES])
            scripts.append((script_seconds() - before) * 1000 / MOVES)
        found[gesture] = statistics.median(scripts), statistics.median(frames)
    bare = page.evaluate(BARE, [count, 15])
    widget.close()
    return found, bare


def main():
    """Measure all sizes in one browser."""
    over = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=toolchain.chromium())
        empty = {}
        for count in SIZES:
            monkeypatch = pytest.MonkeyPatch()
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            with tempfile.TemporaryDirectory() as folder:
                found, bare = measure(page, monkeypatch, Path(folder), count)
            empty = empty or found
            for gesture, (script, frame) in found.items():
                limit = empty[gesture][0] * 3 + bare * SHARES[gesture]
                print(f"{count:>6} boxes, {gesture:5}: {script:6.2f} ms of JavaScript a frame (limit {limit:6.2f}), {frame:5.1f} ms between frames")
                over += [f"{count} boxes, {gesture}"] * (script > limit)
            page.close()
            monkeypatch.undo()
        browser.close()
    print("over the limit: " + (", ".join(over) or "nothing"))
    return bool(over)


if __name__ == "__main__":
    raise SystemExit(main())
