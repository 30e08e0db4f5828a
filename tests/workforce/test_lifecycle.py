"""The lifecycle of a job of a local team."""

from __future__ import annotations

import pytest
from harness.lifecycle import NAMES, TASK, Lifecycle


class TestLocalWorkforce(Lifecycle):
    @pytest.fixture
    def push(self, team):
        return lambda frame, name, **options: frame.nblabel.push(TASK, team, name=name, workers_per_object=2, **options)

    @pytest.fixture
    def work(self, team):
        def answer(job, count=None):
            for worker in map(team.as_worker, ["ann", "bob"]):
                done = 0
                while (count is None or done < count) and (item := worker.next(job)) is not None:
                    item.submit(NAMES[item.place])
                    done += 1

        return answer
