"""Whatever workers do, and whenever: as many answers count as were asked for, and none is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import nblabel as nl

WORKERS = ["ann", "bob", "cyd", "dan"]
WANTED = 2
LIMIT = 60


class Crowd(RuleBasedStateMachine):
    """Four workers at four texts, two answers each, and a clock that jumps."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.now = 1_700_000_000.0
        workforce = nl.LocalWorkforce(Path(self.folder.name, "store.db"), clock=lambda: self.now)
        self.team = workforce.team("crowd")
        frame = pd.DataFrame({"source": ["a", "b", "c", "d"]})
        task = nl.TextClassification(["x", "y"])
        self.job = frame.nblabel.push(task, self.team, name="job", workers_per_object=WANTED, task_time_limit_in_seconds=LIMIT)
        self.workers = {name: self.team.as_worker(name) for name in WORKERS}
        self.taken = {}  # every object that a worker ever took: also those whose time is over
        self.submitted = {}  # by line: workers in the order of their first submission
        self.declined = set()

    def teardown(self):
        if hasattr(self, "folder"):
            self.team.workforce.store.close()
            self.folder.cleanup()

    @rule(name=st.sampled_from(WORKERS))
    def take(self, name):
        item = self.workers[name].next(self.job)
        if item is None:
            return
        assert name not in self.submitted.get(item.place, [])
        assert (name, item.place) not in self.declined
        self.taken[name, item.place] = item

    @rule(name=st.sampled_from(WORKERS), place=st.integers(0, 3), label=st.sampled_from("xy"))
    def submit(self, name, place, label):
        if (name, place) not in self.taken:
            return
        order = self.submitted.setdefault(place, [])
        if name not in order:
            order.append(name)
        assert self.taken[name, place].submit(label) == (name in order[:WANTED])

    @rule(name=st.sampled_from(WORKERS), place=st.integers(0, 3))
    def draft(self, name, place):
        if (name, place) in self.taken:
            self.taken[name, place].draft("x")

    @rule(name=st.sampled_from(WORKERS), place=st.integers(0, 3), decline=st.booleans())
    def leave(self, name, place, decline):
        if (name, place) in self.taken and name not in self.submitted.get(place, []):
            item = self.taken.pop((name, place))
            (item.decline if decline else item.release)()
            if decline:
                self.declined.add((name, place))

    @rule(name=st.sampled_from(WORKERS), place=st.integers(0, 3))
    def renew(self, name, place):
        if (name, place) in self.taken:
            try:
                self.taken[name, place].heartbeat()
            except nl.errors.SessionError:
                assert self.now > 1_700_000_000.0 or name in self.submitted.get(place, []) or len(self.submitted.get(place, [])) >= WANTED

    @rule(seconds=st.sampled_from([1, LIMIT // 2, LIMIT + 1]))
    def pass_time(self, seconds):
        self.now += seconds

    @invariant()
    def as_many_count_as_were_asked_for(self):
        if not hasattr(self, "job"):
            return
        found = self.job.responses().groupby("item")["worker"].agg(list).to_dict()
        ids = {name: worker.worker_id for name, worker in self.workers.items()}
        assert found == {place: [ids[name] for name in order[:WANTED]] for place, order in self.submitted.items()}
        closed = sum(len(order) >= WANTED for order in self.submitted.values())
        assert self.job.counts["TotalLabeled"] == closed


TestCrowd = Crowd.TestCase
TestCrowd.settings = settings(max_examples=25, stateful_step_count=25)


@pytest.fixture
def job(frame, task, team):
    return frame.nblabel.push(task, team, name="mood", workers_per_object=1, task_time_limit_in_seconds=LIMIT)


def test_an_object_is_given_to_no_more_than_are_asked(job, team):
    places = [team.as_worker(name).next(job).place for name in WORKERS]
    assert places == [0, 1, 2, 3]


def test_drafts_outlive_the_time_and_come_back_to_the_same_worker_first(job, team, clock):
    ann, bob = team.as_worker("ann"), team.as_worker("bob")
    for _ in range(2):
        ann.next(job).submit("good")
    item = ann.next(job)
    item.draft("bad")
    clock.now += LIMIT + 1
    assert bob.next(job).place == 2
    bob.next(job).release()
    again = ann.next(job)
    assert (again.place, again.annotation) == (2, "bad")


def test_a_late_submission_counts_while_an_answer_is_lacking_and_is_kept_otherwise(job, team, clock):
    ann, bob = team.as_worker("ann"), team.as_worker("bob")
    late = ann.next(job)
    clock.now += LIMIT + 1
    other = bob.next(job)
    assert other.place == late.place
    assert late.submit("good")
    assert not other.submit("bad")
    assert job.responses()["annotation"].tolist() == ["good"]
    assert other.annotation == "bad"


def test_a_heartbeat_gives_the_full_time_again(job, team, clock):
    ann, bob = team.as_worker("ann"), team.as_worker("bob")
    item = ann.next(job)
    for _ in range(4):
        clock.now += LIMIT - 1
        item.heartbeat()
    assert bob.next(job).place == 1
    clock.now += LIMIT + 1
    item.heartbeat()  # nobody took it meanwhile
    clock.now += LIMIT + 1
    bob.next(job).release()
    bob_again = bob.next(job)
    assert bob_again.place == 0
    with pytest.raises(nl.errors.SessionError, match="others have it now"):
        item.heartbeat()


def test_no_more_objects_are_under_way_than_allowed(frame, task, team):
    job = frame.nblabel.push(task, team, name="mood", workers_per_object=2, max_concurrent_task_count=1)
    ann, bob, cyd = (team.as_worker(name) for name in WORKERS[:3])
    first = ann.next(job)
    second = bob.next(job)
    assert (first.place, second.place) == (0, 0)
    assert cyd.next(job) is None
    first.submit("good")
    assert ann.next(job) is None
    second.submit("good")
    assert cyd.next(job).place == 1
