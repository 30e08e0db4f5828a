"""What it takes to label 20 texts and 50 images: actions of a hand, and seconds that the interface itself needs, in a real browser.

Run ``python tests/benchmarks/actions.py``. A key, a click, a double click or a drag is one action. The seconds are those of a script that never
thinks, up to the last acknowledgement; they are no person's, but bound how fast one can be.

The counts of other tools are those of their interfaces (spanmark 0.1.1, ipyannotations 0.5.1, pigeonXT 0.7.3, driven with the same script in the
JupyterLab 3.6 that they run in): a span is marked with the active class and a digit changes that in spanmark and ipyannotations; a text is handed in
by A (spanmark) or Enter (ipyannotations); an image takes one key (ipyannotations) or one click on its class (pigeonXT). At full speed, on two busy
cores, they took about as long as nblabel in JupyterLab 4: 50 images 7.5 s (ipyannotations), 7.6 s (pigeonXT) and 7.3 s, 20 texts 3.3 s (spanmark)
and 5.3 s, all of it saved. From a key to the next image nblabel took 32 ms (median, at a hand's pace), since that waits for no kernel.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pandas as pd
import toolchain
from harness.labeler import Labeler, TextLabeler
from harness.page import PlainPage
from PIL import Image
from playwright.sync_api import sync_playwright

import nblabel as nl

TEXTS = 20
IMAGES = 50
RUN = 10
"""Images of one class that follow one another."""
CLASSES = ["animal", "plant", "thing", "place", "food"]


class Patch:
    """Sets attributes for good."""

    def setattr(self, target, name, value):
        """Do as pytest's monkeypatch does."""
        setattr(target, name, value)


class Hand:
    """Counts what a person would do."""

    def __init__(self):
        self.actions = 0

    def __call__(self, action, *given, **options):
        self.actions += 1
        action(*given, **options)


def spans(host, folder):
    """A person and a place in each text; the class that is active comes first."""
    texts = [f"In {place} lived {person} once." for place, person in [("London", "Ada"), ("Paris", "Marie")] * (TEXTS // 2)]
    names = [("Ada", "London"), ("Marie", "Paris")] * (TEXTS // 2)
    task = nl.NamedEntityRecognition(["Person", "Place"])
    widget = nl.label(pd.DataFrame({"source": texts}), task, attribute="names", store=folder / "spans.db")
    labeler, hand = host.show(widget, TextLabeler), Hand()
    start = time.perf_counter()
    for number, (person, place) in enumerate(names):
        labeler.expect_place(number + 1)
        first, other, key = (person, place, "2") if number % 2 == 0 else (place, person, "1")
        hand(labeler.click_on, first, click_count=2)
        hand(host.page.keyboard.press, key)
        hand(labeler.click_on, other, click_count=2)
        hand(host.page.keyboard.press, "Enter")
    host.settle(labeler)
    seconds = time.perf_counter() - start
    assert all(len(label["annotations"]["entities"]) == 2 for label in widget.data["names"])
    return hand.actions, seconds


def images(folder):
    """Small pictures in runs of one class."""
    paths = [folder / f"{number}.png" for number in range(IMAGES)]
    for number, path in enumerate(paths):
        Image.new("RGB", (160, 120), (5 * number, 90, 200 - 4 * number)).save(path)
    return pd.DataFrame({"source-ref": list(map(str, paths))})


def one_by_one(host, folder):
    """A key for each image."""
    widget = nl.label(images(folder), nl.ImageClassification(CLASSES), attribute="kind", store=folder / "one.db")
    labeler, hand = host.show(widget, Labeler), Hand()
    start = time.perf_counter()
    for number in range(IMAGES):
        labeler.expect_place(number + 1)
        hand(labeler.press, str(number // RUN + 1))
    host.settle(labeler)
    seconds = time.perf_counter() - start
    assert widget.data["kind"].tolist() == [number // RUN for number in range(IMAGES)]
    return hand.actions, seconds


def in_a_grid(host, folder):
    """A selection and a key for each run, a key for each page."""
    widget = nl.label(images(folder), nl.ImageClassification(CLASSES), attribute="kind", store=folder / "grid.db")
    labeler, hand = host.show(widget, Labeler), Hand()
    start = time.perf_counter()
    hand(labeler.press, "g")
    for page in range(0, IMAGES, 24):
        last = min(page + 24, IMAGES)
        labeler.root.locator(f'[data-nblabel-item="{last - 1}"] canvas').wait_for()
        for run in range(page // RUN, (last - 1) // RUN + 1):
            ends = max(run * RUN, page), min(run * RUN + RUN, last) - 1
            hand(labeler.root.locator(f'[data-nblabel-item="{ends[0]}"]').click)
            if ends[1] > ends[0]:
                hand(labeler.root.locator(f'[data-nblabel-item="{ends[1]}"]').click, modifiers=["Shift"])
            hand(host.page.keyboard.press, str(run + 1))
        if last < IMAGES:
            hand(host.page.keyboard.press, "PageDown")
    host.settle(labeler)
    seconds = time.perf_counter() - start
    assert widget.data["kind"].tolist() == [number // RUN for number in range(IMAGES)]
    return hand.actions, seconds


def main():
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        browser = playwright.chromium.launch(executable_path=toolchain.chromium())
        print(f"{'':38}{'actions':>8}{'seconds':>9}   others")
        for what, script, others in [
            (f"{TEXTS} texts, two spans each", spans, f"spanmark {4 * TEXTS}, ipyannotations {4 * TEXTS}"),
            (f"{IMAGES} images, one by one", one_by_one, f"pigeonXT {IMAGES}, ipyannotations {IMAGES}"),
            (f"{IMAGES} images in runs of {RUN}, in a grid", in_a_grid, f"pigeonXT {IMAGES}, ipyannotations {IMAGES}"),
        ]:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            actions, seconds = script(PlainPage(page, Patch()), Path(name))
            print(f"{what:38}{actions:8}{seconds:9.1f}   {others}")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
