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
    notice = second.root.locator('[data-nblabel="notice"]')
    expect(notice).to_contain_text("All items are done: 1 submitted. 1 more is with others")
    second.action("next")
    expect(notice).to_contain_text("There is nothing to do now. 1 more is with others")
    first.press("2")
    expect(first.root.locator('[data-nblabel="notice"]')).to_contain_text("All items are done: 2 submitted")
    plain_page.settle(first)
    assert job.status == "Completed"
    assert job.responses().sort_values("item")["annotation"].tolist() == ["critical", "approving", "approving"]
    for widget in (ann, bob):
        widget.close()


def test_what_others_give_back_is_found_by_looking_again(plain_page, team):
    frame = pd.DataFrame({"source": TEXTS[:2]})
    job = frame.nblabel.push(nl.TextClassification(["critical", "approving"]), team, name="tone", workers_per_object=1)
    ann = team.as_worker("ann")
    held = ann.next(job)
    bob = team.as_worker("bob").label(job)
    page = plain_page.show(bob)
    expect(page.root.locator(".place")).to_have_text("1 / 2")
    page.press("1")
    expect(page.root.locator('[data-nblabel="notice"]')).to_contain_text("1 more is with others")
    held.release()
    page.action("next")
    expect(page.root.locator('[data-nblabel="text"]')).to_have_text(TEXTS[0])
    page.press("2")
    expect(page.root.locator('[data-nblabel="notice"]')).to_contain_text("All items are done: 2 submitted. You can still go back")
    plain_page.settle(page)
    assert job.status == "Completed"
    bob.close()


def test_who_gets_known_objects_wrong_is_told_and_given_no_more(plain_page, team):
    frame = pd.DataFrame({"source": TEXTS})
    task = nl.TextClassification(["critical", "approving"])
    job = frame.nblabel.push(task, team, name="tone", workers_per_object=1, gold={0: "critical"}, most_gold_errors=0)
    bob = team.as_worker("bob").label(job)
    page = plain_page.show(bob)
    page.press("2")
    expect(page.root.locator('[data-nblabel="notice"]')).to_contain_text("'bob' got 1 object wrong whose annotation is known")
    assert job.counts["TotalLabeled"] == 1
    bob.close()
