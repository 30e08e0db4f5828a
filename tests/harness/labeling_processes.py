"""Processes that label as fast as they can, to be killed at any moment.

For each line ``<name> <count> <store>`` on stdin a process is forked off that commits `count` operations through a session; it says
``try <operation>`` before each and ``done <sequence> <id>`` once that is acknowledged. The line ``end`` is answered by ``end`` when all are gone.
Forking makes a process in milliseconds, where a new interpreter takes a second.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from contextlib import suppress

from PIL import Image

from nblabel.session import Session
from nblabel.store import Store
from nblabel.tasks.bounding_box import BoundingBox

ITEMS = 40
SUBMIT_EVERY = 5


class Pictures:
    """Small pictures as items."""

    def __init__(self, ids):
        self.ids = ids
        file = io.BytesIO()
        Image.new("L", (64, 48)).save(file, "PNG")
        self._png = file.getvalue()

    def name(self, index):
        return f"picture {index}"

    def load(self, index):
        return self._png


def begin(path):
    """Open the store and begin a session on it."""
    store = Store(path)
    task = BoundingBox(["cat"])
    job = store.job("things", task)
    ids = store.add_items(job, [(f"picture-{number}", 0) for number in range(ITEMS)])
    return store, Session(store.journal(job, "ann"), task, Pictures(ids), name="things")


def operations(ids, name, count):
    """Make the operations of a process: boxes that are called as their operation is, now and then a submission."""
    for number in range(count):
        operation = {"id": f"{name}-{number}", "item": ids[number * 7 % len(ids)]}
        if number % SUBMIT_EVERY == SUBMIT_EVERY - 1:
            yield {**operation, "kind": "submit"}
        else:
            box = {"id": operation["id"], "label": "cat", "left": 1, "top": 1, "width": 5, "height": 5}
            yield {**operation, "kind": "change", "change": {"created": [box]}}


def label(path, name, count):
    """Commit operations and say so."""
    store, session = begin(path)
    with store:
        for operation in operations(session.ids, name, count):
            say("try", json.dumps(operation))
            reply, _ = session.reply({"id": "1", "method": "commit", "params": operation})
            if "error" in reply:
                say("error", reply["error"]["message"])
                return
            say("done", reply["result"]["sequence"], operation["id"])


def say(*words):
    """Write a line in one piece."""
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


def main():
    """Fork a process for each line of stdin."""
    gc.freeze()  # what is here before the fork is shared, not copied
    for line in sys.stdin:
        if line == "end\n":
            wait_for_all()
            say("end")
            continue
        name, count, path = line.rstrip("\n").split(" ", 2)
        child = os.fork()
        if child == 0:
            say("born", os.getpid())  # the child itself, so that it comes before all else that it says
            label(path, name, int(count))
            os._exit(0)
    wait_for_all()


def wait_for_all():
    """Wait until no process is left."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


if __name__ == "__main__":
    main()
