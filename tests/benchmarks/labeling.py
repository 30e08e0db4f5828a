"""What a gesture and the opening of a large frame cost, beside the limit of the same disk in the same run.

Run ``python tests/benchmarks/labeling.py``; it prints medians and ratios.
"""

from __future__ import annotations

import secrets
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import pandas as pd
from PIL import Image

import nblabel as nl

GESTURES = 200
ROWS = 100_000


def median_ms(action, times):
    """Time an action, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append(1000 * (time.perf_counter() - start))
    return statistics.median(taken)


def bare_commit(folder):
    """Give the least that durability costs: one row in SQLite, synchronous and with a rollback journal."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("CREATE TABLE rows (text)")
    return lambda: connection.execute("INSERT INTO rows VALUES (?)", ("x" * 300,))


def gesture(widget):
    """Give one drawn box, as the front end sends it."""
    item = widget._session.ids[0]

    def draw():
        box = {"id": secrets.token_hex(6), "label": "cat", "left": 1, "top": 2, "width": 30, "height": 40}
        operation = {
            "id": secrets.token_hex(12),
            "item": item,
            "kind": "change",
            "change": {"created": [box], "updated": [], "deleted": [], "at": []},
        }
        reply, _ = widget._session.reply({"id": "1", "method": "commit", "params": operation})
        assert "result" in reply, reply
        undo, _ = widget._session.reply({"id": "2", "method": "undo", "params": {}})
        assert "result" in undo, undo

    return draw


def main():
    """Measure and print."""
    task = nl.BoundingBox(["cat", "dog"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Image.new("RGB", (640, 480)).save(folder / "0.jpg")
        commit = median_ms(bare_commit(folder), GESTURES)
        widget = nl.label(pd.DataFrame({"source-ref": [str(folder / "0.jpg")]}), task, attribute="things", store=folder / "small.db")
        drawn = median_ms(gesture(widget), GESTURES // 2) / 2
        widget.close()
        print(f"durable gesture, from message to receipt: {drawn:.2f} ms, {drawn / commit:.1f} times a bare commit on this disk ({commit:.2f} ms)")

        manifest = folder / "large.manifest"
        manifest.write_text("".join(f'{{"source-ref":"{number}.jpg"}}\n' for number in range(ROWS)), encoding="utf-8")
        read = median_ms(lambda: nl.read_manifest(manifest), 3)
        store = folder / "large.db"
        for when in ("first", "again"):
            frame = nl.read_manifest(manifest)
            start = time.perf_counter()
            widget = nl.label(frame, task, attribute="things", store=store)
            taken = 1000 * (time.perf_counter() - start)
            widget.close()
            print(f"nl.label on {ROWS:,} rows, {when}: {taken:.0f} ms, {taken / read:.1f} times reading the manifest ({read:.0f} ms)")


if __name__ == "__main__":
    main()
