"""Jobs of the account that somebody else made, also such as build upon labels: picked up by name, without a word about the task."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import nblabel as nl
from nblabel import storage
from nblabel.errors import FrameError, RequestError, ServiceError

TEAM = "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/cats"
ROLE = "arn:aws:iam::111122223333:role/GroundTruth"
WORKERS = ("private.us-east-1.ann", "private.us-east-1.bob")
MADE = {"human-annotated": "yes", "creation-date": "2024-03-04T09:51:00.148118"}


def boxed(place, _line):
    """Both workers draw the same box; later ones a wider one."""
    return _boxes(10), {**MADE, **_about_boxes()}, {worker: _drawn(10) for worker in WORKERS}


def widened(place, _line):
    return _boxes(20), {**MADE, **_about_boxes(), "adjustment-status": "adjusted"}, {WORKERS[0]: _drawn(20)}


def judged(place, _line):
    name = ("Correct", "Incorrect")[place % 2]
    about = {**MADE, "class-name": name, "confidence": 0.9, "type": "groundtruth/label-verification"}
    return place % 2, about, {worker: {"crowd-image-classifier": {"label": name}} for worker in WORKERS}


def _boxes(width):
    box = {"class_id": 0, "left": 1, "top": 2, "width": width, "height": 10}
    return {"image_size": [{"width": 64, "height": 48, "depth": 3}], "annotations": [box]}


def _about_boxes():
    return {"type": "groundtruth/object-detection", "class-map": {"0": "cat"}, "objects": [{"confidence": 0.9}]}


def _drawn(width):
    box = {"label": "cat", "left": 1, "top": 2, "width": width, "height": 10}
    return {"boundingBox": {"boundingBoxes": [box], "inputImageProperties": {"width": 64, "height": 48}}}


@pytest.fixture
def order(bucket, service):
    """Create a job without nblabel's push, as the console or a colleague does."""

    def create(name, kind, manifest, **changes):
        storage.write_bytes_atomic(f"{bucket}/labels.json", [b'{"document-version":"2018-11-28","labels":[{"label":"cat"}]}'])
        given = {"name": name, "team": TEAM, "output": f"{bucket}/theirs/", "manifest": manifest, "role": ROLE}
        request = nl.aws.labeling_job_request(kind, **given, label_categories=f"{bucket}/labels.json", template=f"{bucket}/t.html", **changes)
        service.create_labeling_job(request)

    return create


@pytest.fixture
def images(bucket):
    url = f"{bucket}/in/dataset-20240304T095000.manifest"
    storage.write_bytes_atomic(url, ["".join(json.dumps({"source-ref": f"{bucket}/{number}.jpg"}) + "\n" for number in range(4)).encode()])
    return url


def test_jobs_that_build_upon_one_another_are_read_whoever_made_them(order, images, service, bucket):
    order("Toys-2024", "BoundingBox", images, attribute="boxes")
    service.answer("Toys-2024", boxed, count=3)
    service.stop_labeling_job({"LabelingJobName": "Toys-2024"})
    first = nl.aws.attach("arn:aws:sagemaker:us-east-1:111122223333:labeling-job/toys-2024")
    assert (first.wait(poll=0.01), first.name) == ("Stopped", "Toys-2024")
    assert first.output == f"{bucket}/theirs/Toys-2024"
    assert first.result()["boxes"].notna().sum() == 3
    assert [label.name for label in first.open().task.labels] == ["cat"]
    assert first.responses()["annotation"].map(lambda boxes: boxes[0]["width"]).tolist() == [10] * 6

    # Chained by name of the attribute: the rest is labeled, and both are in the result.
    order("toys-rest", "BoundingBox", f"{first.output}/manifests/output/output.manifest", attribute="boxes")
    service.answer("toys-rest", boxed)
    chained = nl.aws.attach("toys-rest")
    assert {about["job-name"] for about in chained.result()["boxes-metadata"]} == {"labeling-job/Toys-2024", "labeling-job/toys-rest"}
    assert set(chained.responses()["item"]) == {3}

    before = f"{chained.output}/manifests/output/output.manifest"
    order("wider", "AdjustmentBoundingBox", before)
    service.answer("wider", widened, count=2)
    adjusted = nl.aws.attach("wider").result()
    assert [cell["annotations"][0]["width"] for cell in adjusted["wider"].dropna()] == [20, 20], "also while it goes on"
    assert [cell["annotations"][0]["width"] for cell in adjusted["boxes"]] == [10] * 4
    order("check", "VerificationBoundingBox", before)
    service.answer("check", judged)
    verified = nl.aws.attach("check")
    assert verified.result()["check"].tolist() == [0, 1, 0, 1]
    verdicts = ["Correct"] * 2 + ["Incorrect"] * 2
    assert [verdict["label"] for verdict in verified.responses()["annotation"]] == verdicts * 2

    # And on with nblabel's own push.
    plan = (
        nl.aws.attach("wider")
        .result()
        .nblabel.push(
            nl.Verification(nl.BoundingBox(["cat"]), of="wider"), nl.aws.team(TEAM), name="last", output=f"{bucket}/ours", role=ROLE, dry_run=True
        )
    )
    assert plan.cost.objects == 2
    assert plan.request["HumanTaskConfig"]["PreHumanTaskLambdaArn"].endswith("PRE-VerificationBoundingBox")


def test_a_job_whose_objects_come_by_a_topic_has_no_lines_before_its_output(order, service, monkeypatch):
    found = {"LabelingJobName": "stream", "LabelingJobStatus": "InProgress", "LabelAttributeName": "kind"}
    found |= {"InputConfig": {"DataSource": {"SnsDataSource": {"SnsTopicArn": "arn:aws:sns:us-east-1:111122223333:in"}}}}
    found |= {"OutputConfig": {"S3OutputPath": "s3://nblabel-nothing/out"}}
    monkeypatch.setattr(nl.aws.GroundTruthJob, "describe", lambda _: found)
    monkeypatch.setattr(storage, "exists", lambda _: False)
    with pytest.raises(FrameError, match="'stream' takes its objects from a topic, is InProgress, and has written no output manifest yet"):
        nl.aws.attach("stream", region="us-east-1").result()


@pytest.mark.usefixtures("service")
def test_what_is_not_there_and_where_it_is_not_known(monkeypatch):
    with pytest.raises(ServiceError, match="DescribeLabelingJob: Could not find requested job with name: nothing"):
        nl.aws.attach("nothing")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(RequestError, match="region is missing: the job's region is not known; give region="):
        nl.aws.attach("nothing")


def test_labels_of_a_job_with_another_number_of_lines_are_not_laid_over_the_frame(service, bucket):
    frame = pd.DataFrame({"source-ref": [f"{bucket}/{number}.jpg" for number in range(2)]})
    job = frame.nblabel.push(nl.BoundingBox(["cat"]), nl.aws.team(TEAM), name="cats", output=f"{bucket}/out", role=ROLE)
    service.answer("cats", boxed)
    storage.write_bytes_atomic(f"{bucket}/out/cats/manifests/output/output.manifest", [b'{"source-ref":"s3://b/a.jpg"}\n'])
    with pytest.raises(FrameError, match=r"has 1 lines, 2 were pushed; read it with nl\.read_manifest"):
        job.result()
