from __future__ import annotations

import pytest

from nblabel.store import Store


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "labels" / "store.db") as opened:
        yield opened
