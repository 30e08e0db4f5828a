"""Jobs and teams, from the first push to the result."""

from __future__ import annotations

import json

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
    assert job.workers()["gold"].tolist() == [0]
    assert job.result()["mood-metadata"][3]["class-name"] == "good"


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
