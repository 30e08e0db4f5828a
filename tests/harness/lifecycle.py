"""What a labeling job does from push to result, wherever it runs: a contract that test classes of each workforce inherit.

They give two fixtures: ``push(frame, name, **options)``, which asks two workers for each object whether a text is good or bad, and
``work(job, count=None)``, which lets both answer `count` more objects, all of them by default: every second line of the manifest is bad.
"""

from __future__ import annotations

import pandas as pd
import pytest

import nblabel as nl

TASK = nl.TextClassification(["good", "bad"])
NAMES = ["good", "bad", "good", "bad"]
COUNTERS = ["TotalLabeled", "HumanLabeled", "MachineLabeled", "FailedNonRetryableError", "Unlabeled"]


class Lifecycle:
    @pytest.fixture
    def frame(self):
        return pd.DataFrame({"source": ["Lovely.", "Dreadful.", "Quite nice.", "Never again."], "price": [4, 3, 2, 1]}, index=list("abcd"))

    def test_from_push_to_result(self, push, work, frame):
        job = push(frame, "tone")
        assert job.status in {"Initializing", "InProgress"}
        assert list(job.counts) == COUNTERS
        assert job.counts["Unlabeled"] == 4
        assert job.wait(0) in {"Initializing", "InProgress"}
        work(job)
        assert job.wait(poll=0.01) == "Completed"
        assert job.counts == {**dict.fromkeys(COUNTERS, 0), "TotalLabeled": 4, "HumanLabeled": 4}
        result = job.result()
        assert result.index.tolist() == list("abcd")
        assert result["price"].tolist() == [4, 3, 2, 1]
        assert [cell["class-name"] for cell in result["tone-metadata"]] == NAMES
        assert {cell["job-name"] for cell in result["tone-metadata"]} == {"labeling-job/tone"}
        assert list(frame.columns) == ["source", "price"]

    def test_answers_are_there_beside_the_labels(self, push, work, frame):
        job = push(frame, "tone")
        work(job)
        answers = job.responses()
        assert list(answers.columns) == ["item", "worker", "annotation", "submitted", "seconds"]
        assert answers.groupby("item")["annotation"].agg(list).tolist() == [[name] * 2 for name in NAMES]
        assert answers["worker"].nunique() == 2
        assert nl.consolidate(answers, TASK)["annotation"].tolist() == NAMES
        assert job.agreement()["alpha"].iloc[0] == 1
        assert job.workers()["answers"].tolist() == [4, 4]

    def test_what_there_is_by_now_can_be_had(self, push, work, frame):
        job = push(frame, "tone")
        assert job.result()["tone"].isna().all()
        work(job, 2)
        assert job.result()["tone"].notna().tolist() == [True, True, False, False]
        assert job.status == "InProgress"

    def test_pushing_again_gives_the_same_job(self, push, work, frame):
        work(push(frame, "tone"), 1)
        assert push(frame, "tone").counts["TotalLabeled"] == 1
        with pytest.raises(nl.errors.NblabelError, match="under another name"):
            push(frame.iloc[::-1], "tone")

    def test_a_stopped_job_keeps_what_it_has_and_is_continued_by_chaining(self, push, work, frame):
        job = push(frame, "tone")
        work(job, 1)
        job.stop()
        assert job.wait(poll=0.01) == "Stopped"
        partial = job.result()
        rest = push(partial, "tone-rest", attribute="tone")
        assert rest.counts["Unlabeled"] == 3
        work(rest)
        complete = rest.result()
        assert [cell["class-name"] for cell in complete["tone-metadata"]] == NAMES
        assert [cell["job-name"] for cell in complete["tone-metadata"]] == ["labeling-job/tone"] + ["labeling-job/tone-rest"] * 3
        assert push(complete, "again").counts["Unlabeled"] == 4
