"""Two workers label a job, each in a labeler of their own: the real widgets in a plain page."""

from __future__ import annotations

import pandas as pd
import pytest
from playwright.sync_api import expect

import nblabel as nl

TEXTS = ["The soup was cold.", "Great plot, weak ending.", "Not bad at all."]


@pytest.fixture
def team(tmp_path):
    workforce = nl.LocalWorkforce(tmp_path / "store.db")
    yield workforce.team("critics")
    workforce.store.close()


def test_objects_come_one_after_another(plain_page, team):
    frame = pd.DataFrame({"source": TEXTS})
    job = frame.nblabel.push(nl.TextClassification(["critical", "approving"]), team, name="tone", workers_per_object=1)
    ann, bob = (team.as_worker(name).label(job) for name in ("ann", "bob"))
    first, second = plain_page.show(ann), plain_page.show(bob)
    text = '[data-nblabel="text"]'
    expect(first.root.locator(text)).to_have_text(TEXTS[0])
    expect(second.root.locator(text)).to_have_text(TEXTS[1])
    first.press("1")
    expect(first.root.locator(text)).to_have_text(TEXTS[2])
    second.press("2")
    expect(second.root.locator('[data-nblabel="notice"]')).to_contain_text("All items are done: 1 submitted")
    first.press("2")
    expect(first.root.locator('[data-nblabel="notice"]')).to_contain_text("All items are done: 2 submitted")
    plain_page.settle(first)
    assert job.status == "Completed"
    assert job.responses().sort_values("item")["annotation"].tolist() == ["critical", "approving", "approving"]
    for widget in (ann, bob):
        widget.close()
