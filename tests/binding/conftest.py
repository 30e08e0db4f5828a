from __future__ import annotations

import pandas as pd
import pytest
from PIL import Image

from nblabel.binding import Binding
from nblabel.store import Store
from nblabel.tasks.bounding_box import BoundingBox

NAMES = ["a.png", "b.png", "c.png", "d.png"]


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
def store(folder):
    with Store() as opened:
        yield opened


@pytest.fixture
def bind(store, task):
    def bound(frame, attribute="things", **options):
        return Binding(frame, attribute, options.pop("task", task), store, **options)

    return bound
