"""How a job goes, shown in a cell."""

from __future__ import annotations

import asyncio

import pandas as pd
import pytest
from harness import loops

import nblabel as nl
from nblabel.widgets import monitor as module


@pytest.fixture
def team(tmp_path):
    workforce = nl.LocalWorkforce(tmp_path / "store.db")
    yield workforce.team("cats")
    workforce.store.close()


@pytest.fixture
def job(team):
    frame = pd.DataFrame({"source": ["a", "b", "c"]})
    return frame.nblabel.push(nl.TextClassification(["good", "bad"]), team, name="mood", workers_per_object=2)


def texts(monitor):
    return [label.value for label in monitor._workers.children]


def answer(job, team, name, *annotations):
    for annotation in annotations:
        team.as_worker(name).next(job).submit(annotation)


def test_says_how_it_goes_in_text_and_as_a_widget(job, team):
    shown = job.show()
    assert repr(shown) == "mood: InProgress, 0 of 3 labeled, 0 answers"
    answer(job, team, "<b>ann</b>", "good", "bad")
    answer(job, team, "bob", "good", "good", "good")
    assert texts(shown) == [], "it changes when it is refreshed"
    shown.refresh()
    lines = repr(shown).splitlines()
    assert lines[0] == "mood: InProgress, 2 of 3 labeled, 5 answers"
    assert lines[2].split()[:2] == ["bob", "3"]
    assert lines[-1].startswith("agreement (alpha): label ")
    assert texts(shown)[::4] == ["worker", "bob", "<b>ann</b>"]
    assert all(type(label).__name__ == "Label" for label in shown._workers.children), "names are shown as text, never as HTML"
    assert (shown._bar.value, shown._bar.max) == (2, 3)
    data, _ = shown._repr_mimebundle_()
    assert data["text/plain"] == repr(shown)
    assert "application/vnd.jupyter.widget-view+json" in data


def test_known_objects_have_a_column_once_somebody_answered_one(team):
    frame = pd.DataFrame({"source": ["a", "b"]})
    job = frame.nblabel.push(nl.TextClassification(["good", "bad"]), team, name="mood", workers_per_object=2, gold={1: "good"})
    answer(job, team, "ann", "good")
    shown = job.show()
    assert texts(shown)[:4] == ["worker", "answers", "seconds", "accuracy"]
    answer(job, team, "ann", "bad")
    shown.refresh()
    assert texts(shown)[4::5] == ["gold", "0"]


def test_refreshes_itself_until_the_job_is_over(job, team, monkeypatch):
    monkeypatch.setattr(module, "_SECONDS", 0.01)

    async def until(happened):
        while not happened():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)

    async def watch():
        shown = job.show()
        answer(job, team, "ann", "good", "good", "good")
        await until(lambda: "3 answers" in repr(shown))
        answer(job, team, "bob", "good", "good", "good")
        await until(lambda: not shown.is_live)
        return repr(shown)

    found = loops.run(watch)
    assert found.startswith("mood: Completed, 3 of 3 labeled, 6 answers")
