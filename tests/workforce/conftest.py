"""A team, and texts to be labeled."""

from __future__ import annotations

import pandas as pd
import pytest

import nblabel as nl


class Clock:
    """Time that passes when a test says so."""

    def __init__(self):
        self.now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def team(tmp_path, clock):
    workforce = nl.LocalWorkforce(tmp_path / "store.db", clock=clock)
    yield workforce.team("cats")
    workforce.store.close()


@pytest.fixture
def frame():
    return pd.DataFrame({"source": [f"text {number}" for number in range(6)], "price": [3, 1, 2, 9, 5, 4]})


@pytest.fixture
def task():
    return nl.TextClassification(["good", "bad"])
