from __future__ import annotations

import io

import pytest
from PIL import Image

from nblabel.errors import MediaError
from nblabel.session import Session
from nblabel.store import Store
from nblabel.tasks.bounding_box import BoundingBox


def png(width=64, height=48):
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return file.getvalue()


class Photos:
    """Items of a session without a frame; `media` may be changed."""

    def __init__(self, ids, media):
        self.ids = ids
        self.media = media
        self.reads = []

    def name(self, index):
        return f"photo-{index}.png"

    def load(self, index):
        self.reads.append(index)
        if self.media[index] is None:
            raise MediaError("the file is gone")
        return self.media[index]


@pytest.fixture
def task():
    return BoundingBox(["cat", "dog"])


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def photos(store, task):
    job = store.job("things", task)
    ids = store.add_items(job, [(f"photo-{number}.png", 0) for number in range(5)])
    return Photos(ids, [png()] * 3 + [None, b"not an image"])


@pytest.fixture
def start(store, task, photos):
    """Begin a session as a new process would."""

    def begin(worker="ann"):
        return Session(store.journal(store.job("things", task), worker), task, photos, name="things")

    return begin


@pytest.fixture
def session(start):
    return start()
