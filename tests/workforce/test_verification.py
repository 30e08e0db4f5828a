"""Labels that are there already, judged by a team."""

from __future__ import annotations

import json

import nblabel as nl


def test_a_team_judges(frame, task, team, tmp_path):
    job = frame.iloc[:3].nblabel.push(task, team, name="mood", workers_per_object=1)
    ann, bob, cyd = (team.as_worker(name) for name in ("ann", "bob", "cyd"))
    while (item := ann.next(job)) is not None:
        item.submit("good")
    labeled = frame.assign(**job.result().reindex(frame.index)[["mood", "mood-metadata"]])

    judging = nl.Verification(task, ["fine", "wrong"], of="mood")
    check = labeled.nblabel.push(judging, team, name="check", output=tmp_path / "out", workers_per_object=3)
    assert check.counts["Unlabeled"] == 3
    for worker, verdict in ((ann, "fine"), (bob, "fine"), (cyd, {"label": "wrong", "comments": ["It is bad."]})):
        while (item := worker.next(check)) is not None:
            item.submit(verdict)
    result = check.result()
    metadata = result["check-metadata"][0]
    assert (result["check"][0], metadata["class-name"], metadata["type"]) == (0, "fine", "groundtruth/label-verification")
    assert 0.5 < metadata["confidence"] <= 0.95
    assert metadata["worker-feedback"] == [{"comment": "It is bad."}]
    assert result["check"].notna().tolist() == [True] * 3 + [False] * 3
    assert set(check.agreement()["label"].dropna()) == {"fine", "wrong"}
    (response,) = (tmp_path / "out/check/annotations/worker-response/iteration-1/1").glob("*.json")
    answers = [answer["answerContent"] for answer in json.loads(response.read_text())["answers"]]
    assert answers[-1] == {"crowd-classifier": {"label": "wrong", "workerComment": "It is bad."}}
    assert check.task.read_answer(answers[-1]) == {"label": "wrong", "comments": ["It is bad."]}
