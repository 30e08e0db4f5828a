from __future__ import annotations

import comm
import pandas as pd
import pytest
from comm.base_comm import BaseComm
from PIL import Image

from nblabel.tasks.bounding_box import BoundingBox

NAMES = ["a.png", "b.png", "c.png"]


class Page(BaseComm):
    """The far end of a widget's comm: what a browser would get, and its way of answering."""

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        self.__dict__.setdefault("sent", []).append((msg_type, data, buffers or []))

    def customs(self):
        """Take the custom messages sent so far."""
        found = [(data["content"], buffers) for kind, data, buffers in self.sent if kind == "comm_msg" and data["method"] == "custom"]
        self.sent.clear()
        return found

    def ask(self, method, params=None, number="1"):
        """Send a request as the front end does and return everything that comes back."""
        content = {"id": number, "method": method, "params": params or {}, "origin": "page"}
        message = {"content": {"comm_id": self.comm_id, "data": {"method": "custom", "content": content}}, "buffers": [], "metadata": {}}
        self.handle_msg(message)
        return self.customs()


@pytest.fixture(autouse=True)
def page(monkeypatch):
    """Give the comms of all widgets made in a test, newest last."""
    made = []

    def create(**keys):
        made.append(Page(**keys))
        return made[-1]

    monkeypatch.setattr(comm, "create_comm", create)
    return made


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in NAMES:
        Image.new("RGB", (64, 48)).save(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def frame(folder):
    return pd.DataFrame({"source-ref": NAMES})


@pytest.fixture
def task():
    return BoundingBox(["cat", "dog"])


@pytest.fixture
def start(front_end, folder, task):
    """Make labelers that are closed in the end."""
    from nblabel import label

    made = []

    def labeler(data, **options):
        made.append(label(data, options.pop("task", task), **options))
        return made[-1]

    labeler.made = made
    yield labeler
    for widget in made:
        widget.close()


@pytest.fixture
def labeler(start, frame):
    return start(frame, attribute="things")
