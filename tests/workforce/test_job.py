"""Jobs and teams, from the first push to the result."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nblabel as nl
from nblabel.testing import SimulatedWorker

TRUTH = dict(enumerate(["good", "bad", "good", "bad", "good", "bad"]))


def label_all(job, team, accuracies):
    for name, accuracy in accuracies.items():
        SimulatedWorker(team.as_worker(name), TRUTH, accuracy=accuracy).label(job)


def test_from_push_to_result(frame, task, team):
    job = frame.nblabel.push(task, team, name="mood", workers_per_object=3)
    assert (job.status, job.counts["Unlabeled"]) == ("InProgress", 6)
    label_all(job, team, {"ann": 1, "bob": 1, "cyd": 0.5, "dan": 1})
    assert job.status == "Completed"
    assert job.counts == {"TotalLabeled": 6, "HumanLabeled": 6, "MachineLabeled": 0, "FailedNonRetryableError": 0, "Unlabeled": 0}
    result = job.result()
    assert result["mood-metadata"].map(lambda cell: cell["class-name"]).tolist() == list(TRUTH.values())
    assert "mood" not in frame.columns
    confidence = [cell["confidence"] for cell in result["mood-metadata"]]
    assert all(0.5 < sure <= 0.95 for sure in confidence)
    assert all(cell["nblabel-confidence"] <= 1 for cell in result["mood-metadata"])
    assert len(job.responses()) == 18
    skill = job.workers()
    assert len(skill) == 3
    assert skill.index.str.fullmatch(r"private\.local\.[0-9a-f]{16}").all()
    assert skill["accuracy"].max() > skill["accuracy"].min()
    assert set(job.agreement()["label"].dropna()) == {"good", "bad"}


def test_pushing_again_gives_the_same_job(frame, task, team):
    first = frame.nblabel.push(task, team, name="mood", workers_per_object=1)
    label_all(first, team, {"ann": 1})
    again = frame.nblabel.push(task, team, name="mood")
    assert again.status == "Completed"
    assert again.options.number_of_human_workers_per_data_object == 1
    with pytest.raises(nl.errors.FrameError, match="'text 0' in row 0, where it is not now"):
        frame.iloc[::-1].nblabel.push(task, team, name="mood")
    with pytest.raises(nl.errors.FrameError, match="'text 5' in row 5"):
        frame.iloc[:5].nblabel.push(task, team, name="mood")


def test_output_is_written_however_a_job_ends(frame, task, team, clock, tmp_path):
    ann = team.as_worker("ann")
    declined = frame.iloc[:2].nblabel.push(task, team, name="declined", output=tmp_path, workers_per_object=1)
    ann.next(declined).submit("good")
    ann.next(declined).decline()
    late = frame.iloc[:2].nblabel.push(task, team, name="late", output=tmp_path, workers_per_object=1)
    ann.next(late).submit("bad")
    assert not list(tmp_path.rglob("*.manifest"))
    assert declined.status == "Completed"
    assert declined.failures == {1: "1 worker declined it"}
    clock.now = 4_000_000_000.0
    assert late.status == "Completed"
    for name, index in [("declined", 0), ("late", 1)]:
        lines = [json.loads(line) for line in (tmp_path / name / "manifests/output/output.manifest").read_text().splitlines()]
        assert [line.get(name) for line in lines] == [index, None]


def test_output_is_ground_truths_tree(frame, task, team, tmp_path):
    job = frame.nblabel.push(task, team, name="mood", output=tmp_path / "out", workers_per_object=2)
    label_all(job, team, {"ann": 1, "bob": 1})
    assert job.wait() == "Completed"
    root = tmp_path / "out" / "mood"
    lines = [json.loads(line) for line in (root / "manifests/output/output.manifest").read_text().splitlines()]
    assert [line["source"] for line in lines] == list(frame["source"])
    assert list(lines[0]) == ["source", "price", "mood", "mood-metadata"]
    assert lines[1]["mood-metadata"]["class-name"] == "bad"
    (response,) = (root / "annotations/worker-response/iteration-1/3").glob("*.json")
    answers = json.loads(response.read_text())["answers"]
    assert [answer["answerContent"] for answer in answers] == [{"crowd-classifier": {"label": "bad"}}] * 2
    assert set(answers[0]) == {"acceptanceTime", "answerContent", "submissionTime", "timeSpentInSeconds", "workerId"}
    (request,) = (root / "annotations/consolidated-annotation/consolidation-request/iteration-1").glob("*.json")
    payload = json.loads(request.read_text())
    assert payload[3]["datasetObjectId"] == "3"
    assert payload[3]["dataObject"] == {"content": "text 3"}
    assert json.loads(payload[3]["annotations"][0]["annotationData"]["content"]) == answers[0]["answerContent"]
    (consolidated,) = (root / "annotations/consolidated-annotation/consolidation-response/iteration-1").glob("*.json")
    assert json.loads(consolidated.read_text())[3]["consolidatedAnnotation"]["content"]["mood"] == 1


@pytest.mark.parametrize(
    ("task", "annotation"),
    [
        (nl.BoundingBox(["cat"]), [{"label": "cat", "left": 5, "top": 6, "width": 10, "height": 12}]),
        (nl.ImageClassification(["cat", "dog"]), "dog"),
        (nl.ImageClassification(["cat", "dog"], multiple=True), ["dog"]),
        (nl.SemanticSegmentation(["cat"]), np.pad(np.ones((10, 12), np.uint8), ((5, 33), (6, 46)))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_kind_of_image_label_goes_through(task, annotation, team, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 48)).save(tmp_path / "a.png")
    frame = pd.DataFrame({"source-ref": [str(tmp_path / "a.png")] * 2})
    name = "job-ref" if task.reference else "job"
    job = frame.nblabel.push(task, team, name=name, output=tmp_path / "out", workers_per_object=2)
    for worker in (team.as_worker("ann"), team.as_worker("bob")):
        while (item := worker.next(job)) is not None:
            assert isinstance(item.media(), Image.Image)
            assert item.submit(annotation)
    result = job.result()
    if not task.reference:
        assert len(result.nblabel.annotations(name)) == 2
    (response,) = (tmp_path / "out" / name / "annotations/worker-response/iteration-1/1").glob("*.json")
    content = json.loads(response.read_text())["answers"][0]["answerContent"]
    assert task.same(task.read_answer(content), annotation)
    if task.reference:
        with Image.open(result[name].iloc[0]) as mask:
            assert task.same(np.asarray(mask), annotation)


def test_spans_go_through(team, frame):
    task = nl.NamedEntityRecognition(["WORD"])
    job = frame.nblabel.push(task, team, name="words", workers_per_object=2)
    for worker in (team.as_worker("ann"), team.as_worker("bob")):
        while (item := worker.next(job)) is not None:
            item.submit([{"label": "WORD", "startOffset": 0, "endOffset": 4}])
    assert job.result().nblabel.annotations("words")["text"].tolist() == ["text"] * 6


def test_a_stopped_job_keeps_what_it_has_and_is_continued_by_chaining(frame, task, team):
    job = frame.nblabel.push(task, team, name="mood", workers_per_object=1)
    SimulatedWorker(team.as_worker("ann"), TRUTH, accuracy=1).label(job, limit=2)
    job.stop()
    assert job.status == "Stopped"
    assert team.as_worker("ann").next(job) is None
    partial = job.result()
    assert partial["mood"].notna().tolist() == [True, True, False, False, False, False]
    rest = partial.nblabel.push(task, team, name="mood-rest", attribute="mood", workers_per_object=1)
    assert rest.counts["Unlabeled"] == 4
    SimulatedWorker(team.as_worker("bob"), TRUTH, accuracy=1).label(rest)
    complete = rest.result()
    assert complete["mood"].notna().all()
    assert complete["mood-metadata"][0] == partial["mood-metadata"][0]
    assert complete.nblabel.push(task, team, name="again", workers_per_object=1).counts["Unlabeled"] == 6


def test_stop_conditions(frame, task, team, clock):
    some = frame.nblabel.push(task, team, name="some", workers_per_object=1, max_human_labeled_object_count=2)
    half = frame.nblabel.push(task, team, name="half", workers_per_object=1, max_percentage_of_input_dataset_labeled=50)
    late = frame.nblabel.push(task, team, name="late", workers_per_object=1, task_availability_lifetime_in_seconds=3600)
    clock.now += late.options.task_availability_lifetime_in_seconds
    label_all(some, team, {"ann": 1})
    label_all(half, team, {"ann": 1})
    assert (some.status, some.counts["TotalLabeled"]) == ("Completed", 2)
    assert (half.status, half.counts["TotalLabeled"]) == ("Completed", 3)
    clock.now = 4_000_000_000.0
    assert late.status == "Completed"


def test_declined_by_as_many_as_are_asked_fails_and_can_be_retried(frame, task, team):
    job = frame.iloc[:1].nblabel.push(task, team, name="mood", workers_per_object=2)
    ann, bob = team.as_worker("ann"), team.as_worker("bob")
    ann.next(job).decline()
    assert ann.next(job) is None
    bob.next(job).decline()
    assert job.status == "Failed"
    assert job.failures == {0: "2 workers declined it"}
    job.retry()
    assert job.status == "InProgress"
    ann.next(job).submit("good")
    bob.next(job).submit("good")
    assert job.status == "Completed"


def test_enough_agreement_ends_the_asking(frame, task, team):
    job = frame.nblabel.push(task, team, name="mood", workers_per_object=5, enough=1)
    label_all(job, team, {"ann": 1, "bob": 1})
    assert job.status == "Completed"
    assert len(job.responses()) == 12


def test_priority_and_gold(frame, task, team):
    job = frame.nblabel.push(task, team, name="mood", workers_per_object=1, priority="price", gold={3: "good"})
    ann = team.as_worker("ann")
    seen = []
    while (item := ann.next(job)) is not None:
        seen.append(item.place)
        item.submit("bad")
    assert seen == [3, 4, 5, 0, 2, 1]
    assert job.workers()[["gold", "gold_score"]].to_numpy().tolist() == [[1, 0]]
    assert job.result()["mood-metadata"][3]["class-name"] == "good"


def test_known_objects_come_between_others_and_end_the_work_of_those_who_do_not_look(frame, task, team):
    frame = pd.concat([frame] * 2, ignore_index=True).assign(source=[f"text {number}" for number in range(12)])
    job = frame.nblabel.push(task, team, name="mood", workers_per_object=1, gold={0: "good", 1: "bad"}, gold_every=3, most_gold_errors=0)
    ann, eve = team.as_worker("ann"), team.as_worker("eve")

    def label(worker, answers):
        places = []
        for answer in answers:
            item = worker.next(job)
            places.append(item.place)
            assert item.submit(answer)
        return places

    assert label(ann, ["good"] * 4) == [2, 3, 4, 0]
    # It has its answer, and is asked about all the same.
    assert job.counts["TotalLabeled"] == 4
    assert label(eve, ["good"] * 3 + ["bad"]) == [5, 6, 7, 0]
    with pytest.raises(nl.errors.SessionError, match="'eve' got 1 object wrong whose annotation is known"):
        eve.next(job)
    assert label(ann, ["good"] * 3 + ["bad"]) == [8, 9, 10, 1]
    assert label(ann, ["good"]) == [11]
    assert job.status == "Completed"
    assert job.counts["TotalLabeled"] == 12
    assert job.responses().groupby("item").size().tolist() == [1] * 12
    known = job.workers()[["gold", "gold_score"]].rename(index=job.names)
    assert known.loc[["ann", "eve"]].to_numpy().tolist() == [[2, 1], [1, 0]]


def test_a_box_about_where_the_known_one_is_counts_as_right(team, tmp_path):
    Image.new("RGB", (64, 48)).save(tmp_path / "a.png")
    frame = pd.DataFrame({"source-ref": [str(tmp_path / "a.png")]})
    box = {"label": "cat", "left": 5, "top": 6, "width": 20, "height": 20}
    job = frame.nblabel.push(nl.BoundingBox(["cat"]), team, name="cats", workers_per_object=1, gold={0: [box]})
    team.as_worker("ann").next(job).submit([{**box, "left": 6}])
    assert job.workers()["gold_score"].tolist() == [1]


def test_rows_that_are_added_to_a_job_that_is_over_are_given_out(frame, task, team):
    job = frame.iloc[:2].nblabel.push(task, team, name="mood", workers_per_object=1)
    label_all(job, team, {"ann": 1})
    assert job.status == "Completed"
    more = frame.iloc[:4].nblabel.push(task, team, name="mood")
    assert (more.status, more.counts["Unlabeled"]) == ("InProgress", 2)
    SimulatedWorker(team.as_worker("ann"), TRUTH).label(more, limit=1)
    more.stop()
    assert frame.iloc[:4].nblabel.push(task, team, name="mood").counts["TotalLabeled"] == 3
    with pytest.raises(nl.errors.FrameError, match=r"was stopped, so nobody would be asked about the 2 new rows.*attribute='mood'"):
        frame.nblabel.push(task, team, name="mood")


def test_rows_that_are_added_after_the_time_of_a_job_are_refused(frame, task, team, clock):
    clock.now = 4_000_000_000.0
    frame.iloc[:2].nblabel.push(task, team, name="mood")
    assert frame.iloc[:2].nblabel.push(task, team, name="mood").status == "Completed"
    with pytest.raises(nl.errors.FrameError, match="its time having run out, so nobody would be asked about the 4 new rows"):
        frame.nblabel.push(task, team, name="mood")


def test_what_may_still_come_is_neither_answered_nor_declined_nor_over(frame, task, team):
    job = frame.nblabel.push(task, team, name="mood", workers_per_object=2)
    ann, bob = team.as_worker("ann"), team.as_worker("bob")
    ann.next(job).submit("good")
    ann.next(job).decline()
    assert (job.ahead(ann), job.ahead(bob)) == (4, 6)
    bob.next(job).submit("good")
    assert (job.ahead(ann), job.ahead(bob)) == (4, 5)
    job.stop()
    assert job.ahead(ann) == 0


def test_a_lambda_function_of_ground_truths_makes_one_of_several(frame, task, team):
    job = frame.iloc[:2].nblabel.push(task, team, name="mood", workers_per_object=2)
    label_all(job, team, {"ann": 1, "bob": 1})
    events = []

    def handler(event, _context):
        objects = json.loads(Path(event["payload"]["s3Uri"]).read_text())
        events.append((event, objects))
        content = {"label": 1, "label-metadata": {"class-name": "bad", "confidence": 0.7, "type": "groundtruth/text-classification"}}
        return [{"datasetObjectId": objects[1]["datasetObjectId"], "consolidatedAnnotation": {"content": content}}]

    result = job.result(nl.AnnotationConsolidationLambda(handler))
    ((event, objects),) = events
    assert event.keys() == {"version", "labelingJobArn", "labelCategories", "labelAttributeName", "roleArn", "payload"}  # Ground Truth's
    assert event["labelCategories"] == ["good", "bad"]
    assert [each["dataObject"] for each in objects] == [{"content": "text 0"}, {"content": "text 1"}]
    assert [answer["workerId"] for answer in objects[0]["annotations"]] == [team.as_worker(name).worker_id for name in ("ann", "bob")]
    assert result["mood"].isna().tolist()[:1] == [True]
    assert result["mood-metadata"][1]["class-name"] == "bad"
    assert result["mood-metadata"][1]["confidence"] == 0.7


@pytest.mark.parametrize(("made", "text"), [(None, "returned NoneType, expected a list"), ([{"id": 1}], "cannot be understood.*datasetObjectId")])
def test_a_lambda_function_that_returns_something_else_is_told(made, text, task):
    answers = pd.DataFrame([("a", "ann", "good"), ("a", "bob", "bad")], columns=["item", "worker", "annotation"])
    with pytest.raises(nl.errors.TaskError, match=text):
        nl.consolidate(answers, task, nl.AnnotationConsolidationLambda(lambda _event, _context: made))


def test_who_verifies_is_a_reviewer_where_there_are_any(frame, task, team):
    ann = team.as_worker("ann")
    labeled = frame.iloc[:2].nblabel.push(task, team, name="mood", workers_per_object=1)
    label_all(labeled, team, {"ann": 1})
    check = labeled.result().nblabel.push(nl.Verification(task, of="mood"), team, name="check", workers_per_object=1)
    assert ann.next(check).place == 0
    eve = team.as_worker("eve", role="reviewer")
    with pytest.raises(nl.errors.SessionError, match="'ann' is a worker of team 'cats', whose reviewers and owners verify"):
        ann.next(check)
    assert SimulatedWorker(eve, {1: {"label": "Incorrect", "comments": ["No."]}}, accuracy=0).label(check, limit=1) == 1
    assert check.responses()["annotation"].tolist() == [{"label": "Correct", "comments": ["No."]}]
    assert team.as_worker("ann").role == "worker"
    assert team.as_worker("ann", role="owner").next(check) is not None
    with pytest.raises(nl.errors.StoreError, match="role is 'boss', expected one of"):
        team.as_worker("dan", role="boss")


def test_invitations_are_good_for_one(team):
    workforce = team.workforce
    team = workforce.team("cats", invite=["a@example.com", "b@example.com"])
    assert set(team.tokens) == {"a@example.com", "b@example.com"}
    assert workforce.team("cats", invite=["a@example.com"]).tokens == {}
    ann = workforce.join(team.tokens["a@example.com"], "ann")
    assert team.members["name"].tolist() == ["ann"]
    assert ann.worker_id.startswith("private.local.")
    for token, name, text in [(team.tokens["a@example.com"], "eve", "used already"), ("nonsense", "eve", "unknown")]:
        with pytest.raises(nl.errors.StoreError, match=text):
            workforce.join(token, name)
    with pytest.raises(nl.errors.StoreError, match="already"):
        workforce.join(team.tokens["b@example.com"], "ann")
    assert team.tokens["b@example.com"].encode() not in workforce.store.path.read_bytes()


def test_a_stranger_gets_nothing(frame, task, team):
    job = frame.nblabel.push(task, team, name="mood")
    stranger = team.workforce.team("dogs").as_worker("eve")
    with pytest.raises(nl.errors.SessionError, match="'eve' is not in team 'cats'"):
        stranger.next(job)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"workers_per_object": 10}, nl.errors.TaskError, r"number_of_human_workers_per_data_object is 10, expected 1 to 9"),
        ({"workers_per_object": 2.5}, nl.errors.TaskError, "2.5, expected 1 to 9, a whole number"),
        ({"enough": float("nan")}, nl.errors.TaskError, "enough is nan"),
        ({"gold": {3: "ugly"}}, nl.errors.FrameError, "gold, row 3: .*'ugly'"),
        ({"task_time_limit_in_seconds": 5}, nl.errors.TaskError, "task_time_limit_in_seconds is 5"),
        ({"method": "best"}, nl.errors.TaskError, "'best' is unknown"),
        ({"time_limit": 50}, nl.errors.TaskError, "time_limit"),
        ({"gold": {99: "good"}}, nl.errors.FrameError, "row 99"),
        ({"gold_every": 0}, nl.errors.TaskError, "gold_every is 0, expected 1 or more"),
        ({"gold": "nothing"}, nl.errors.FrameError, "no column 'nothing'"),
        ({"priority": "source"}, nl.errors.FrameError, "must hold numbers"),
        ({"attribute": "mood-ref"}, nl.errors.FrameError, "'mood'"),
        ({"name": "../mood", "attribute": "mood"}, nl.errors.TaskError, "that a folder can have"),
    ],
)
def test_wrong_options_are_named(frame, task, team, options, error, text):
    with pytest.raises(error, match=text):
        frame.nblabel.push(task, team, **{"name": "mood", **options})
    assert team.workforce.store.path.exists()


def test_a_wrong_answer_is_refused_and_the_object_stays(frame, task, team):
    job = frame.nblabel.push(task, team, name="mood", workers_per_object=1)
    item = team.as_worker("ann").next(job)
    with pytest.raises(nl.errors.AnnotationError, match="'ugly'"):
        item.submit("ugly")
    with pytest.raises(nl.errors.AnnotationError, match="choose"):
        item.submit()
    assert team.as_worker("ann").next(job).place == item.place
