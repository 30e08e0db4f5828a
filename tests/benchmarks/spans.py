"""How a text of 200,000 characters with 2,000 spans feels, beside a short one with 20 in the same browser.

``python tests/benchmarks/spans.py`` prints, for both: the time until the text is there, from a key press to the next frame (mark, label, undo), and
of a frame while scrolling. The last column is the ratio of the two.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import pandas as pd
import toolchain
from harness.labeler import TextLabeler
from harness.page import PlainPage
from playwright.sync_api import sync_playwright

import nblabel as nl

WORDS = [*"the plot of Ada Lovelace moved from London to Paris while Charles Babbage wrote engines and".split(), "\U0001f600"]  # noqa: SIM905
FRAME = """
async (key) => {
  const root = document.querySelector("[id^=view]:last-of-type > div").shadowRoot;
  const stage = root.querySelector('[data-nblabel="stage"]');
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  stage.focus();
  await frame();
  const start = performance.now();
  stage.dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true, composed: true, cancelable: true }));
  await frame();
  return performance.now() - start;
}
"""
SCROLL = """
async () => {
  const root = document.querySelector("[id^=view]:last-of-type > div").shadowRoot;
  const pages = root.querySelector(".pages");
  const times = [];
  let before = performance.now();
  for (let step = 0; step < 60; step += 1) {
    pages.scrollTop += 200;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    const now = performance.now();
    times.push(now - before);
    before = now;
  }
  return times;
}
"""


class Patch:
    """Sets attributes for good."""

    def setattr(self, target, name, value):
        """Do as pytest's monkeypatch does."""
        setattr(target, name, value)


def make_text(length, lines, seed=3):
    chance = random.Random(seed)
    parts, size = [], 0
    while size < length:
        word = chance.choice(WORDS)
        parts.append(word + (".\n" if lines and chance.random() < 0.01 else " "))
        size += len(parts[-1])
    return "".join(parts)[:length]


def make_spans(text, count, seed=4):
    chance = random.Random(seed)
    starts = sorted(chance.sample(range(len(text) - 40), count))
    return [{"label": chance.choice(["Person", "Place"]), "startOffset": start, "endOffset": start + chance.randint(3, 30)} for start in starts]


def measure(browser, text, spans):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    host = PlainPage(page, Patch())
    with tempfile.TemporaryDirectory() as folder:
        widget = nl.label(
            pd.DataFrame({"source": [text]}), nl.NamedEntityRecognition(["Person", "Place"]), attribute="names", store=Path(folder, "s.db")
        )
        widget.value = spans
        start = page.evaluate("performance.now()")
        labeler = host.show(widget, TextLabeler)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
        shown = page.evaluate("performance.now()") - start
        marked = [page.evaluate(FRAME, {"key": "ArrowRight"}) for _ in range(15)]
        labeled = []
        for _ in range(5):
            page.evaluate(FRAME, {"key": "ArrowRight"})
            labeled.append(page.evaluate(FRAME, {"key": "1"}))
        undone = [page.evaluate(FRAME, {"key": "z", "ctrlKey": True}) for _ in range(5)]
        host.settle(labeler)
        frames = page.evaluate(SCROLL)
        widget.close()
    page.close()
    return {
        "shown": shown,
        "mark the next word": median(marked),
        "label what is marked": median(labeled),
        "undo": median(undone),
        "frame while scrolling": median(frames),
        "longest frame while scrolling": max(frames),
    }


def main():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=toolchain.chromium())
        short = make_text(2_000, lines=True)
        small = measure(browser, short, make_spans(short, 20))
        for name, lines in [("in lines", True), ("in one line", False)]:
            text = make_text(200_000, lines)
            large = measure(browser, text, make_spans(text, 2_000))
            print(f"\n200,000 characters {name}, 2,000 spans" + " " * 14 + "ms     2,000 / 20 ms    ratio")
            for what, time in large.items():
                print(f"{what:50}{time:10.1f}{small[what]:12.1f}{time / small[what]:12.1f}")
        browser.close()


if __name__ == "__main__":
    main()
