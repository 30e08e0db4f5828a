"""Two notebooks in one job, and a labeler among other widgets."""

from __future__ import annotations

import asyncio

import ipywidgets
import pytest
import traitlets
from harness import loops

import nblabel as nl
from nblabel.errors import ConflictError
from nblabel.widgets import labeler as labeler_module

BOX = {"label": "cat", "left": 1, "top": 2, "width": 10, "height": 20}
DOG = {"label": "dog", "left": 5, "top": 2, "width": 10, "height": 20}


def test_what_the_other_changed_unseen_is_not_submitted_and_not_lost(start, frame):
    first, second = start(frame, attribute="things"), start(frame.copy(), attribute="things")
    first.value = [BOX]
    with pytest.raises(ConflictError, match=r"a.png: it was changed elsewhere meanwhile, in another notebook"):
        second.submit()
    assert second.progress.submitted == 0
    second.sync()
    assert second.value == [BOX]
    second.value = [BOX, DOG]
    second.submit()
    first.sync()
    assert len(first.data.loc[0, "things"]["annotations"]) == 2


def test_a_notebook_that_is_idle_follows_the_other(start, frame, monkeypatch):
    monkeypatch.setattr(labeler_module, "_FOLLOW_SECONDS", 0.02)

    async def follow():
        first = start(frame, attribute="things")
        second = start(frame.copy(), attribute="things")
        first.value = [BOX]
        first.submit()
        for _ in range(500):
            if second.progress.submitted:
                break
            await asyncio.sleep(0.02)
        assert len(second.data.loc[0, "things"]["annotations"]) == 1
        first.close()
        second.close()

    loops.run(follow)


def test_two_workers_see_nothing_of_each_other_and_one_worker_all_of_his(frame, task, front_end):
    with nl.LocalWorkforce().store as store:
        team = nl.LocalWorkforce(store.path).team("cats")
        job = frame.nblabel.push(task, team, name="pets", workers_per_object=2)
        ann, bob, ann_again = (team.as_worker(name).label(job) for name in ("ann", "bob", "ann"))
        ann.value = [BOX]
        ann_again.sync()
        assert ann_again.value == [BOX], "a second notebook of hers"
        assert bob.value == []
        bob.value = [DOG]
        bob.submit()
        ann_again.value = [BOX, DOG]
        with pytest.raises(ConflictError, match="another notebook"):
            ann.submit()
        ann.sync()
        ann.submit()
        assert sorted(job.responses()["annotation"], key=len) == [[DOG], [BOX, DOG]]
        for widget in (ann, bob, ann_again):
            widget.close()
        team.workforce.store.close()


def test_one_item_among_other_widgets(start, folder):
    widget = start("a.png")
    box = ipywidgets.VBox([widget, ipywidgets.Label("count")])
    assert widget in box.children
    heard, mirror = [], ipywidgets.IntText()
    widget.observe(lambda change: heard.append(change["new"]), "value")
    traitlets.dlink((widget, "value"), (mirror, "value"), len)
    widget.value = [BOX, DOG]
    assert heard == [[BOX, DOG]]
    assert mirror.value == 2
    widget.value = []
    assert mirror.value == 0
