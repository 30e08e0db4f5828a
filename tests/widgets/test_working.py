"""Workers label a job in notebooks, through the usual labeler."""

from __future__ import annotations

import pytest

import nblabel as nl

LIMIT = 100
BOX = {"label": "cat", "left": 1, "top": 2, "width": 10, "height": 20}
OTHER = {**BOX, "left": 30}


class Clock:
    now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def team(folder, front_end, clock):
    workforce = nl.LocalWorkforce(clock=clock)
    yield workforce.team("cats")
    workforce.store.close()


@pytest.fixture
def job(frame, task, team):
    return frame.nblabel.push(task, team, name="pets", workers_per_object=1, task_time_limit_in_seconds=LIMIT)


@pytest.fixture
def work(job, team):
    made = []

    def start(name):
        made.append(team.as_worker(name).label(job))
        return made[-1]

    yield start
    for widget in made:
        widget.close()


def names_of(widget):
    return [widget._session.name_of(index) for index in range(len(widget._session))]


def test_objects_come_one_after_another(job, work):
    ann, bob = work("ann"), work("bob")
    assert (names_of(ann), names_of(bob)) == (["a.png"], ["b.png"])
    ((_, opening, _),) = ann.comm.sent
    assert opening["state"]["_opening"]["progress"]["total"] == 1
    assert opening["state"]["_opening"]["item"]["next"] is None, "nothing that was not given is fetched ahead"
    ann.comm.customs()
    item = ann._session.ids[0]
    change = {"id": "one", "item": item, "kind": "change", "change": {"created": [{"id": "x", **BOX}]}}
    ann.comm.ask("commit", change)
    replies = [message for message, _ in ann.comm.ask("commit", {"id": "two", "item": item, "kind": "submit"}) if "result" in message]
    assert (replies[0]["result"]["next"], replies[0]["result"]["progress"]["total"]) == (1, 2)
    again = [message for message, _ in ann.comm.ask("commit", {"id": "two", "item": item, "kind": "submit"}) if "result" in message]
    assert again[0]["result"]["next"] == 1
    assert names_of(ann) == ["a.png", "c.png"]
    bob.value = [OTHER]
    bob.submit()
    assert bob._session.view(0)[0].next is None
    ann.index = 1
    ann.submit()
    assert job.status == "Completed"
    assert job.responses().set_index("item")["annotation"].to_dict() == {0: [BOX], 1: [OTHER], 2: []}
    assert ann.data["annotation"].tolist() == [[BOX], []]


def test_callbacks_hear_of_answers(work):
    ann, heard = work("ann"), []
    ann.on_submit(heard.append)
    ann.value = [BOX]
    ann.submit()
    ((submission),) = heard
    assert (submission.source, submission.annotation) == ("a.png", [BOX])
    assert submission.label["boundingBox"]["boundingBoxes"] == [{**BOX}]


def test_skipping_declines(job, work, team):
    ann = work("ann")
    ann.skip()
    assert names_of(ann) == ["a.png", "b.png"]
    assert job.failures == {0: "1 worker declined it"}
    assert ann.index == 1


def test_what_was_handed_in_is_changed_but_not_taken_back(job, work):
    ann = work("ann")
    ann.value = [BOX]
    ann.submit()
    ann.undo()
    assert len(job.responses()) == 1
    ann.index = 0
    with pytest.raises(nl.errors.SessionError, match="stays so"):
        ann.skip()
    session = ann._session
    submitted = next(outcome.operation.id for outcome in session._journal.since(0) if outcome.operation.kind == "submit")
    reply, _ = session.reply({"id": "1", "method": "commit", "params": {"id": "u", "item": session.ids[0], "kind": "submit", "undoes": submitted}})
    assert "stays so" in reply["error"]["message"]
    ann.value = [OTHER]
    assert job.responses()["annotation"].tolist() == [[BOX]]
    ann.submit()
    assert job.responses()["annotation"].tolist() == [[OTHER]]


def test_the_time_is_renewed_while_somebody_works(work, clock, team, job):
    ann = work("ann")
    for left in range(4):
        clock.now += LIMIT - 1
        ann.value = [{**BOX, "left": left}]
    assert names_of(work("bob")) == ["b.png"]


def test_a_late_answer_is_kept_and_the_worker_is_told(work, clock, job):
    ann = work("ann")
    clock.now += LIMIT + 1
    bob = work("bob")
    assert names_of(bob) == ["a.png"]
    ann.comm.customs()
    ann.value = [BOX]
    ann.value = [OTHER]
    notices = [message["params"]["message"] for message, _ in ann.comm.customs() if message.get("event") == "notice"]
    assert len(notices) == 1
    assert "others have it now" in notices[0]
    bob.submit()
    ann.submit()
    notices = [message["params"]["message"] for message, _ in ann.comm.customs() if message.get("event") == "notice"]
    assert "does not count" in notices[0]
    assert job.responses()["annotation"].tolist() == [[]]
    assert ann._session.annotation(0) == [OTHER]
    assert names_of(ann) == ["a.png", "c.png"]


def test_run_again_and_continue(work, team, job):
    ann = work("ann")
    ann.value = [BOX]
    ann.submit()
    ann.value = [OTHER]
    again = work("ann")
    assert (names_of(again), again.index, again.value) == (["a.png", "b.png"], 1, [OTHER])
    assert "1 of 2 submitted" in repr(again)


def test_many_at_once_from_python(work, job):
    ann = work("ann")
    ann.set({0: [BOX]}, submit=True)
    assert names_of(ann) == ["a.png", "b.png"]
    assert job.counts["TotalLabeled"] == 1
    with pytest.raises(nl.errors.FrameError, match="by the place"):
        ann.set({"a.png": [BOX]})


def test_nothing_to_do_is_said(work, team, job):
    for name in ("ann", "bob", "cyd"):
        work(name)
    with pytest.raises(nl.errors.SessionError, match=r"nothing to do for 'dan' in job 'pets' \(InProgress\)"):
        work("dan")
    with pytest.raises(nl.errors.SessionError, match="not in team"):
        team.workforce.team("dogs").as_worker("eve").label(job)
