"""What masks of 24 megapixels cost: PNG files, strokes in the kernel, strokes and frames in the browser, memory.

Run ``python tests/benchmarks/masks.py [--browser]``. Each figure stands beside a peer or a limit that was measured in the same run.
"""

from __future__ import annotations

import argparse
import io
import secrets
import statistics
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
from PIL import Image

from nblabel.geometry import bands, runs
from nblabel.geometry.mask_png import decode_mask, encode_mask
from nblabel.store import Store, Subject, Wish
from nblabel.tasks.base import Media
from nblabel.tasks.semantic_segmentation import SemanticSegmentation
from nblabel.wire import Operation

WIDTH, HEIGHT = 6000, 4000
TASK = SemanticSegmentation([f"class {number}" for number in range(12)])
ROUNDS = 5


def timed(action, rounds=ROUNDS):
    """Give the median of the seconds that something takes."""
    seconds = []
    for _ in range(rounds):
        begin = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def blobs(rough):
    """A mask of 12 classes: overlapping discs, with ragged edges if `rough`."""
    random = np.random.default_rng(7)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(400):
        radius, left, top = int(random.integers(40, 400)), int(random.integers(WIDTH)), int(random.integers(HEIGHT))
        rows = slice(max(top - radius, 0), min(top + radius, HEIGHT))
        columns = slice(max(left - radius, 0), min(left + radius, WIDTH))
        y, x = np.ogrid[rows, columns]
        distance = np.hypot(y - top, x - left)
        if rough:
            distance = distance + random.normal(0, 6, distance.shape)
        mask[rows, columns][distance < radius] = random.integers(1, 13)
    return mask


def disc(left, top, radius, code=1):
    """The change that a click with a round brush makes."""
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    painted = np.where((y - top) ** 2 + (x - left) ** 2 < radius**2, np.uint8(code), np.uint8(runs.KEEP))
    return {"classes": ["class 0"], "runs": runs.to_text(runs.trim(runs.encode(painted.reshape(-1))))}


def files(mask):
    colors = TASK.colors()
    palette = [int(color[place : place + 2], 16) for color in colors for place in (1, 3, 5)] + [255] * (768 - 3 * len(colors))
    image = Image.fromarray(mask)
    image.putpalette(palette)

    def pillow():
        file = io.BytesIO()
        image.save(file, "PNG")
        return file.getvalue()

    data = encode_mask(mask, colors)
    entries = {str(index): {"class-name": name, "hex-color": colors[index]} for name, index in TASK.class_ids.items()}
    ours, peer = timed(lambda: encode_mask(mask, colors)), timed(pillow, 3)
    size = len(data) / len(pillow())
    print(f"  encode   {ours * 1e3:7.1f} ms, Pillow {peer * 1e3:7.1f} ms: {peer / ours:4.1f} times as fast; {size:.2f} of the size")
    ours = timed(lambda: decode_mask(data, entries))
    peer = timed(lambda: np.asarray(Image.open(io.BytesIO(data))))
    print(f"  decode   {ours * 1e3:7.1f} ms, Pillow {peer * 1e3:7.1f} ms without classes: {peer / ours:4.2f} times as fast")
    parts = bands.cut(mask)
    ours, limit = timed(lambda: bands.cut(mask)), timed(mask.copy)
    print(f"  to runs  {ours * 1e3:7.1f} ms ({sum(map(len, parts)) / 1e6:.2f} MB), a copy {limit * 1e3:6.1f} ms")
    print(f"  from runs{timed(lambda: bands.join(parts, WIDTH, HEIGHT)) * 1e3:7.1f} ms")


def strokes(mask):
    media = Media(width=WIDTH, height=HEIGHT, depth=3)
    subject = Subject(media=media)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder, "store.db")) as store:
        job = store.job("masks", TASK)
        (item,) = store.add_items(job, [("a.jpg", 0)])
        journal = store.journal(job, "owner")
        begin = time.perf_counter()
        journal.replace([Wish(item, lambda _: TASK.begin(mask, media), subject)], TASK)
        whole = time.perf_counter() - begin
        raw = timed(lambda: Path(folder, "raw").write_bytes(mask.tobytes()))
        print(f"  a whole mask until it is durable {whole * 1e3:6.1f} ms; its bytes into a file without fsync {raw * 1e3:6.1f} ms")
        for radius in (20, 150):
            seconds = []
            for number in range(8):
                change = disc(400 + 700 * number, 2000, radius, number % 2)
                begin = time.perf_counter()
                journal.commit([(Operation(id=secrets.token_hex(12), item=item, kind="change", change=change), subject)], TASK)
                seconds.append(time.perf_counter() - begin)
            size = len(change["runs"])
            print(f"  a stroke of radius {radius:3} until it is durable {statistics.median(seconds) * 1e3:6.1f} ms; its message {size / 1e3:5.1f} kB")
        tracemalloc.start()
        value = journal.work(item).value
        journal.commit([(Operation(id=secrets.token_hex(12), item=item, kind="change", change=disc(3000, 1000, 150)), subject)], TASK)
        TASK.annotation(value)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        print(f"  memory of a stroke and of w.value at its peak {peak / 1e6:.0f} MB, the array itself {mask.nbytes / 1e6:.0f} MB")


PAINT = """
async () => {
  const frames = [];
  window.stop = false;
  await new Promise((done) => {
    const step = (now) => {
      frames.push(now);
      if (window.stop) done();
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  const gaps = frames.slice(1).map((now, place) => now - frames[place]).sort((one, other) => one - other);
  return { median: gaps[gaps.length >> 1], p95: gaps[Math.floor(0.95 * gaps.length)], count: gaps.length };
}
"""


def browser(mask):
    """Paint in a real Chromium and tell how long JavaScript works for each movement of the hand."""
    import pandas as pd
    import pytest
    from playwright.sync_api import sync_playwright

    import nblabel as nl

    sys.path.insert(0, str(Path(__file__).parents[1]))
    from harness.page import PlainPage
    from toolchain import chromium

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        noise = np.random.default_rng(1).integers(0, 255, (HEIGHT // 50, WIDTH // 50, 3), np.uint8)
        Image.fromarray(noise).resize((WIDTH, HEIGHT)).save("a.jpg", quality=80)
        launched = playwright.chromium.launch(executable_path=chromium(), args=["--enable-precise-memory-info"])
        page = launched.new_page(viewport={"width": 1520, "height": 1000})
        host = PlainPage(page, patch)
        widget = nl.label(pd.DataFrame({"source-ref": ["a.jpg"]}), TASK, attribute="masks-ref", store="store.db")
        widget.value = mask
        labeler = host.show(widget)
        page.evaluate("document.querySelector('#view-0').firstElementChild.shadowRoot.querySelector('.body').style.height = '840px'")
        page.wait_for_timeout(500)
        size = labeler.stage.bounding_box()
        print(f"  view of {size['width']:.0f} x {size['height']:.0f}, zoom {float(labeler.stage.get_attribute('data-zoom')):.2f}")
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")

        def script_seconds():
            return next(metric["value"] for metric in session.send("Performance.getMetrics")["metrics"] if metric["name"] == "ScriptDuration")

        for radius in (20, 150):
            # Brush sizes are set as a person would: by the slider's own event.
            page.evaluate(SET_SIZE, 2 * radius)
            x, y = labeler.screen(500, 2000)
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + 5, y)
            page.evaluate(f"() => void (window.frames_seen = ({PAINT})())")  # nobody waits for it yet
            before = script_seconds()
            moves = 120
            for move in range(moves):
                page.mouse.move(x + 5 + 6 * move, y + 60 * np.sin(move / 9))
            spent = script_seconds() - before
            found = page.evaluate("async () => { window.stop = true; return await window.frames_seen; }")
            begin = time.perf_counter()
            page.mouse.up()
            host.settle(labeler)
            durable = time.perf_counter() - begin
            print(
                f"  brush of radius {radius:3}: {spent / moves * 1e3:5.2f} ms of JavaScript a movement; frames {found['median']:.1f} ms,"
                f" 95 % below {found['p95']:.1f} ms; until durable after letting go {durable * 1e3:.0f} ms"
            )
        heap = page.evaluate("performance.memory.usedJSHeapSize")
        print(f"  JavaScript heap {heap / 1e6:.0f} MB (the mask and what is being painted are {2 * mask.nbytes / 1e6:.0f} MB of it or beside it)")
        widget.close()
        launched.close()


SET_SIZE = """
(size) => {
  const slider = document.querySelector("#view-0").firstElementChild.shadowRoot.querySelector('[data-nblabel-field="size"]');
  slider.value = (100 * Math.log(size)) / Math.log(400);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--browser", action="store_true", help="paint in a real Chromium, too")
    options = parser.parse_args()
    for name, rough in (("smooth", False), ("rough", True)):
        mask = blobs(rough)
        print(f"{name} mask of {WIDTH} x {HEIGHT} pixels")
        files(mask)
        strokes(mask)
        if options.browser:
            browser(mask)


if __name__ == "__main__":
    main()
