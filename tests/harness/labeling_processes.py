"""Processes that label as fast as they can, to be killed at any moment.

For each line ``<name> <count> <store>`` on stdin a process is forked off that commits `count` operations through a session; it says
``try <operation>`` before each and ``done <sequence> <id>`` once that is acknowledged. The line ``end`` is answered by ``end`` when all are gone.
Forking makes a process in milliseconds, where a new interpreter takes a second. What is labeled follows from the store's name: see `KINDS`.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from PIL import Image

from nblabel.session import Session
from nblabel.store import Store
from nblabel.tasks.bounding_box import BoundingBox
from nblabel.tasks.named_entity_recognition import NamedEntityRecognition
from nblabel.tasks.text_classification import TextClassification

ITEMS = 40
SUBMIT_EVERY = 5


CLASSES = [f"class {number}" for number in range(7)]


class Items:
    """Items that all have the same content."""

    def __init__(self, ids, content):
        self.ids = ids
        self._content = content

    def name(self, index):
        return f"item {index}"

    def load(self, index):
        return self._content


def picture():
    """Make a small picture."""
    file = io.BytesIO()
    Image.new("L", (64, 48)).save(file, "PNG")
    return file.getvalue()


class Boxes:
    """Boxes that are called as the operations that made them are."""

    task = BoundingBox(["cat"])
    content = picture()

    def change(self, name, number):
        """Give the change of an operation."""
        return {"created": [{"id": name, "label": "cat", "left": 1, "top": 1, "width": 5, "height": 5}]}

    def check(self, values, changes):
        """Compare the values of the items with the names and numbers of the operations that changed each, in their order."""
        for place, value in values.items():
            assert [part["id"] for part in value] == [name for name, _ in changes.get(place, [])], "log and annotations differ"


class Spans(Boxes):
    """Spans that are called as the operations that made them are."""

    task = NamedEntityRecognition(["name"])
    content = "Ada \U0001f600 moved to London.".encode()

    def change(self, name, number):
        """Give the change of an operation."""
        return {"created": [{"id": name, "label": "name", "start": number % 9, "end": 10 + number % 9}]}


class Choices:
    """A choice for each text, which takes the place of the one before."""

    task = TextClassification(CLASSES, multiple=True)
    content = "Ada \U0001f600 moved to London.".encode()

    def change(self, name, number):
        """Give the change of an operation."""
        return {"labels": [CLASSES[number % len(CLASSES)]], "none": False}

    def check(self, values, changes):
        """Compare the values of the items with the names and numbers of the operations that changed each, in their order."""
        for place, value in values.items():
            expected = self.change(*changes[place][-1]) if place in changes else {"labels": [], "none": False}
            assert value == expected, "log and annotations differ"


KINDS = {"boxes": Boxes(), "spans": Spans(), "choices": Choices()}


def kind_of(path):
    """Give what is labeled in a store: its name begins with that."""
    return KINDS[Path(path).stem.partition("-")[0]]


def begin(path):
    """Open the store and begin a session on it."""
    store, kind = Store(path), kind_of(path)
    job = store.job("things", kind.task)
    ids = store.add_items(job, [(f"item-{number}", 0) for number in range(ITEMS)])
    return store, Session(store.journal(job, "ann"), kind.task, Items(ids, kind.content), name="things")


def operations(kind, ids, name, count):
    """Make the operations of a process: changes, now and then a submission of what was changed just before."""
    for number in range(count):
        submits = number % SUBMIT_EVERY == SUBMIT_EVERY - 1
        operation = {"id": f"{name}-{number}", "item": ids[(number - submits) * 7 % len(ids)]}
        if submits:
            yield {**operation, "kind": "submit"}
        else:
            yield {**operation, "kind": "change", "change": kind.change(operation["id"], number)}


def label(path, name, count):
    """Commit operations and say so."""
    store, session = begin(path)
    with store:
        for operation in operations(kind_of(path), session.ids, name, count):
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
