"""Labeling jobs of Ground Truth from push to result, on a stand-in for the service."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import nblabel as nl
from nblabel.errors import RequestError, ServiceError, StorageError
from nblabel.storage.s3 import S3

TEAM = "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/cats"
ROLE = "arn:aws:iam::111122223333:role/GroundTruth"
TASK = nl.TextClassification(["good", "bad"])
TEXTS = ["Lovely.", "Dreadful.", "Quite nice.", "Never again."]


def classified(place, _line):
    """What workers say: two of them agree that every second text is bad."""
    name = TASK.labels[place % 2].name
    metadata = {"class-name": name, "confidence": 0.94, "type": "groundtruth/text-classification", "human-annotated": "yes"}
    metadata["creation-date"] = "2024-03-04T09:51:00.148118"
    return place % 2, metadata, {worker: {"crowd-classifier": {"label": name}} for worker in ("private.us-east-1.ann", "private.us-east-1.bob")}


@pytest.fixture
def frame():
    return pd.DataFrame({"source": TEXTS, "price": [4, 3, 2, 1]}, index=list("abcd"))


@pytest.fixture
def push(bucket, service, frame):
    """Push the texts, or others."""

    def make(rows=frame, task=TASK, **options):
        return rows.nblabel.push(task, nl.aws.team(TEAM), **{"name": "tone", "output": f"{bucket}/out", "role": ROLE, **options})

    return make


def test_it_says_how_far_it_is(push, service):
    job = push()
    assert job.status == "Initializing"
    assert job.status == "InProgress"
    service.answer("tone", classified, count=2)
    assert job.counts["TotalLabeled"] == 2
    calls = len(service.calls)
    assert repr(job) == "GroundTruthJob('tone', region='us-east-1')"
    assert job.result()["tone"].notna().sum() == 2
    assert len(service.calls) == calls + 1, "a repr asks nothing, a result once"
    assert job.failure_reason is None


def test_a_job_of_anybodys_is_picked_up(push, service):
    push()
    service.answer("tone", classified, count=1)
    assert [cell for cell in nl.aws.attach("tone").result()["tone"] if cell is not None] == [0], "also before there is an output manifest"
    service.answer("tone", classified)
    attached = nl.aws.attach("arn:aws:sagemaker:us-east-1:111122223333:labeling-job/tone")
    assert (attached.status, attached.result()["tone"].tolist()) == ("Completed", [0, 1, 0, 1])
    with pytest.raises(ServiceError, match="DescribeLabelingJob: Could not find requested job with name: nothing"):
        nl.aws.attach("nothing")


def test_a_job_that_is_over_is_not_stopped_again(push, service):
    job = push()
    service.answer("tone", classified, count=1)
    job.stop()
    assert job.wait(poll=0.01) == "Stopped"
    with pytest.raises(ServiceError, match="StopLabelingJob: the job is Stopped"):
        job.stop()


def test_rows_that_are_left_out_stay_where_they_are(push, service, bucket):
    about = {"type": "groundtruth/object-detection", "class-map": {"0": "cat"}, "objects": [{"confidence": 0}], "human-annotated": "yes"}
    about |= {"creation-date": "2024-01-01T00:00:00.000000", "job-name": "labeling-job/boxes"}
    box = {"class_id": 0, "left": 1, "top": 2, "width": 3, "height": 4}
    boxes = {"image_size": [{"width": 64, "height": 64, "depth": 3}], "annotations": [box]}
    frame = pd.DataFrame({"source-ref": [f"{bucket}/{number}.jpg" for number in range(3)], "boxes": [None, boxes, boxes]})
    frame["boxes-metadata"] = [None, about, about]
    job = push(frame, nl.Verification(nl.BoundingBox(["cat"]), of="boxes"), name="check")
    assert job.counts["Unlabeled"] == 2

    def judged(place, _line):
        metadata = {**about, "class-name": "Correct", "confidence": 0, "type": "groundtruth/label-verification"}
        return place, metadata, {"private.us-east-1.eve": {"crowd-classifier": {"label": "Correct"}}}

    service.answer("check", judged)
    result = job.result()
    assert result["check"].notna().tolist() == [False, True, True]
    assert result["check"].tolist()[1:] == [0, 1]


def test_another_job_of_the_name_is_not_taken_for_ours(push):
    push()
    with pytest.raises(RequestError, match=r"LabelingJobName is 'tone'.*another job of this name, whose OutputConfig.*push under another name"):
        push(output="s3://elsewhere/out")


def test_what_the_service_refuses_says_what_to_do(push, service):
    for code, text in [
        ("AccessDeniedException", "needs sagemaker:DescribeLabelingJob"),
        ("ExpiredTokenException", "credentials have expired"),
        ("ThrottlingException", "asks to go slower"),
        ("InternalFailure", r"a fault of the test \(InternalFailure\)"),
    ]:
        service.fail(0, code)
        with pytest.raises(ServiceError, match=text) as caught:
            push()
        assert caught.value.reason == code
    assert not service.jobs


def test_what_may_not_be_read_is_no_job_without_labels(push, service, monkeypatch):
    job = push()
    service.answer("tone", classified, count=2)

    def denied(*_):
        raise StorageError("access denied", uri="s3://bucket/out")

    monkeypatch.setattr(S3, "list_files", denied)
    with pytest.raises(StorageError, match="access denied"):
        job.result()


def test_no_bucket_no_job(push, service):
    with pytest.raises(StorageError, match="no such bucket"):
        push(output="s3://nblabel-nowhere-at-all/out")
    assert not service.jobs


def test_the_stand_in_refuses_what_the_model_does(service):
    from nblabel.aws.service import sagemaker_client

    client = sagemaker_client("us-east-1")
    with pytest.raises(client.exceptions.ClientError, match="must match"):
        client.describe_labeling_job(LabelingJobName="my cats")
    with pytest.raises(client.exceptions.ClientError, match="UnknownOperation"):
        client.list_models()
    assert client.list_labeling_jobs()["LabelingJobSummaryList"] == []


def test_workers_may_have_the_labeler_whose_answers_are_read_and_consolidated(push, service):
    plan = push(template="nblabel", dry_run=True)
    human = plan.request["HumanTaskConfig"]
    assert human["PreHumanTaskLambdaArn"].endswith(":PRE-PassThrough")
    assert human["AnnotationConsolidationConfig"]["AnnotationConsolidationLambdaArn"].endswith(":ACS-PassThrough")
    assert "nl.consolidate(job.responses(), task)" in repr(plan)
    own = "arn:aws:lambda:us-east-1:111122223333:function:SageMaker-consolidate"
    chosen = push(template="nblabel", post_annotation_lambda=own, dry_run=True)
    assert chosen.request["HumanTaskConfig"]["AnnotationConsolidationConfig"] == {"AnnotationConsolidationLambdaArn": own}
    assert chosen.notes == []
    job = push(template="nblabel")

    def handed_in(place, _line):
        value = json.dumps({"groundtruth_type": "groundtruth/text-classification", "value": {"labels": [TASK.labels[place % 2].name], "none": False}})
        return None, {"type": "groundtruth/custom"}, {worker: {"nblabel": value} for worker in ("ann", "bob")}

    service.answer("tone", handed_in)
    assert nl.consolidate(job.responses(), TASK)["annotation"].tolist() == ["good", "bad", "good", "bad"]


def test_the_labeler_asks_workers_for_attributes_of_items(push, service):
    task = nl.WithAttributes(TASK, [nl.Attribute("language", choices=["en", "fr"], required=True)])
    with pytest.raises(RequestError, match="no place for attributes of an item"):
        push(task=task)
    job = push(task=task, template="nblabel")

    def handed_in(place, _line):
        value = {"work": {"labels": [TASK.labels[place % 2].name], "none": False}, "attributes": {"language": "en"}}
        answer = json.dumps({"groundtruth_type": "groundtruth/text-classification", "value": value})
        return None, {"type": "groundtruth/custom"}, {worker: {"nblabel": answer} for worker in ("ann", "bob")}

    service.answer("tone", handed_in)
    found = nl.consolidate(job.responses(), task)["annotation"].tolist()
    assert found == [{"annotation": name, "attributes": {"language": "en"}} for name in ("good", "bad", "good", "bad")]


def test_a_task_whose_page_aws_keeps_may_have_the_labeler(push):
    task = nl.NamedEntityRecognition(["Person"])
    template = next(content for url, content in push(task=task, template="nblabel", dry_run=True).files.items() if url.endswith(".liquid"))
    assert b'id="nblabel"' in template
    with pytest.raises(RequestError, match=r"AWS keeps the worker page of NamedEntityRecognition; .*template='nblabel'"):
        push(task=task, template="<crowd-form></crowd-form>", dry_run=True)
    with pytest.raises(RequestError, match="begins with nothing"):
        nl.aws.worker_template(nl.Adjustment(nl.BoundingBox(["cat"]), of="old"), labeler=True)
