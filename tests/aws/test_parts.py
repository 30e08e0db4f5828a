"""Pushes of more rows than a job takes, of files of this machine; jobs that are parts of a push are used like one."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from harness.aws_calls import AwsCalls
from PIL import Image

import nblabel as nl
from nblabel import storage
from nblabel.errors import FrameError, RequestError
from nblabel.manifest import stream

TEAM = "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/cats"
ROLE = "arn:aws:iam::111122223333:role/GroundTruth"
TONES = nl.TextClassification(["good", "bad"])


@pytest.fixture
def texts():
    return pd.DataFrame({"source": [f"Text {number}" for number in range(7)], "price": range(7)}, index=list("abcdefg"))


@pytest.fixture
def push(bucket, service):
    def make(rows, task=TONES, **options):
        given = {"name": "tone", "output": f"{bucket}/out", "role": ROLE, "objects_per_job": 3, **options}
        return rows.nblabel.push(task, nl.aws.team(TEAM), **given)

    return make


def classified(_place, line):
    """Two workers who agree on the number in a text."""
    value = int(line["source"][-1]) % 2
    name = TONES.labels[value].name
    about = {"class-name": name, "confidence": 0.9, "type": "groundtruth/text-classification", "human-annotated": "yes"}
    about["creation-date"] = "2024-03-04T09:51:00.148118"
    return value, about, {worker: {"crowd-classifier": {"label": name}} for worker in ("private.us-east-1.ann", "private.us-east-1.bob")}


def test_parts_are_even_and_used_like_one_job(push, texts, service):
    plan = push(texts, dry_run=True)
    assert [request["LabelingJobName"] for request in plan.requests] == ["tone-1-of-3", "tone-2-of-3", "tone-3-of-3"]
    assert {request["LabelAttributeName"] for request in plan.requests} == {"tone"}
    assert [part.cost.objects for part in plan.plans] == [2, 2, 3]
    assert (plan.cost.objects, plan.cost.total) == (7, 0.56)
    for fact in ("Plan of 3 labeling jobs for 'tone'", "tone-2-of-3, 2 objects", "7 rows are more than the 3 of a job of TextMultiClass", "$0.56"):
        assert fact in repr(plan)
    job = push(texts)
    assert repr(job) == "GroundTruthJobs('tone', 3 jobs, region='us-east-1')"
    assert job.status == "Initializing"
    assert len(job.responses()) == len(job.jobs[0].responses()) == len(nl.aws.attach("tone").responses()) == 0
    service.answer("tone-1-of-3", classified)
    service.answer("tone-3-of-3", classified, count=1)
    assert sorted(set(job.responses()["item"])) == sorted(set(nl.aws.attach("tone").responses()["item"])) == [0, 1, 4]
    assert (job.status, job.wait(0, poll=0.01), job.failure_reason) == ("InProgress", "InProgress", None)
    assert (job.counts["TotalLabeled"], job.counts["Unlabeled"]) == (3, 4)
    assert job.result()["tone"].tolist() == [0, 1, None, None, 0, None, None]
    service.answer("tone-2-of-3", classified)
    job.stop()
    assert job.wait(poll=0.01) == "Stopped"
    job.stop()
    result = job.result()
    assert result["tone"].tolist() == [0, 1, 0, 1, 0, None, None]
    assert (list(result.index), list(result["price"])) == (list("abcdefg"), list(range(7)))
    assert sorted(set(job.responses()["item"])) == [0, 1, 2, 3, 4]
    assert job.agreement()["alpha"].eq(1).all()
    assert job.workers()["answers"].tolist() == [5, 5]
    assert job.confusion().to_numpy().sum() == 10
    attached = nl.aws.attach("tone")
    assert attached.result()["tone"].notna().tolist() == [True] * 5 + [False] * 2
    assert attached.result()["price"].tolist() == list(range(7))
    assert sorted(set(attached.responses()["item"])) == [0, 1, 2, 3, 4]


def test_a_push_that_would_be_divided_otherwise_is_refused(push, texts, service):
    push(texts)
    with pytest.raises(RequestError, match=r"pushed under this name before, as 'tone-1-of-3', and would be 4 jobs now; push the rows as they were"):
        push(texts, objects_per_job=2)
    with pytest.raises(RequestError, match=r"'tone-1-of-3'.*made from other rows"):
        push(texts.iloc[::-1])
    with pytest.raises(RequestError, match=r"'tone-1-of-3'.*made with other classes or instructions"):
        push(texts, nl.TextClassification(["fine", "poor"]))
    assert len(service.jobs) == 3
    push(texts, name="once", objects_per_job=None)
    with pytest.raises(RequestError, match="as 'once', and would be 3 jobs"):
        push(texts, name="once")


@pytest.mark.parametrize("number", [0, 2.5, True, 100_001])
def test_no_job_has_more_than_its_quota(push, texts, number):
    with pytest.raises(RequestError, match="a job of TextMultiClass takes 1 to 100,000 objects; choose another"):
        push(texts, objects_per_job=number, dry_run=True)


def test_the_quota_divides_by_itself(push, texts, monkeypatch):
    assert stream.OBJECTS_PER_JOB == 100_000
    with monkeypatch.context() as lowered:
        lowered.setattr("nblabel.aws.push.OBJECTS_PER_JOB", 4)
        lowered.setattr("nblabel.manifest.lint.quotas.OBJECTS_PER_JOB", 4)
        assert "TOO_MANY_OBJECTS" in texts.nblabel.validate()["code"].tolist()
        assert len(push(texts, objects_per_job=None, dry_run=True).plans) == 2
    masks = pd.DataFrame({"source-ref": [f"s3://bucket/{number}.jpg" for number in range(20_001)]})
    plan = push(masks, nl.SemanticSegmentation(["cat"]), objects_per_job=None, dry_run=True)
    assert [part.cost.objects for part in plan.plans] == [10_000, 10_001]
    assert {request["LabelAttributeName"] for request in plan.requests} == {"tone-ref"}


def test_rows_that_have_a_label_are_left_out_before_rows_are_divided(push, texts, service):
    push(texts)
    for number in (1, 2, 3):
        service.answer(f"tone-{number}-of-3", classified, count=1)
    half = nl.aws.attach("tone").result()
    plan = push(half, name="rest", attribute="tone", dry_run=True, objects_per_job=4)
    assert plan.cost.objects == 4
    assert "3 of 7 rows have a label in 'tone' already and are left out" in repr(plan)
    job = push(half, name="rest", attribute="tone", objects_per_job=4)
    service.answer("rest", classified)
    assert job.result()["tone"].tolist() == [0, 1, 0, 1, 0, 1, 0]


@pytest.fixture
def photos(tmp_path):
    for number in range(3):
        Image.new("RGB", (64, 48), (80 * number, 0, 0)).save(tmp_path / f"a cat, {number}.PNG")
    return tmp_path


def test_files_of_this_machine_are_sent_once(push, bucket, photos, monkeypatch):
    calls = AwsCalls(monkeypatch)
    frame = nl.crawl(photos)
    task = nl.BoundingBox(["cat"])
    plan = push(frame, task, objects_per_job=None, dry_run=True)
    assert calls == [], "a plan uses no network"
    assert sorted(plan.uploads.values()) == list(frame["source-ref"])
    assert all(url.startswith(f"{bucket}/out/data/a-cat-{number}-") and url.endswith(".png") for number, url in enumerate(plan.uploads))
    assert "3 files of this machine, " in repr(plan)
    job = push(frame, task, objects_per_job=None)
    for url, path in plan.uploads.items():
        assert storage.read_bytes(url) == Path(path).read_bytes()
    assert job.result()["source-ref"].tolist() == frame["source-ref"].tolist(), "the frame keeps its paths"
    assert nl.aws.attach("tone").result()["source-ref"].tolist() == list(plan.uploads)
    calls.reset()
    push(frame, task, objects_per_job=None, name="again")
    sent = [given["Key"] for operation, given in calls.done if operation == "PutObject"]
    assert len(sent) == 3, "the files of the new job"
    assert not any("/data/" in key for key in sent)


def test_files_of_one_name_and_a_file_that_was_changed_take_nobodys_place(push, photos):
    (photos / "more").mkdir()
    (photos / "more" / "a cat, 0.PNG").write_bytes((photos / "a cat, 1.PNG").read_bytes())
    frame = nl.crawl(photos)
    before = push(frame, nl.BoundingBox(["cat"]), objects_per_job=None, dry_run=True).uploads
    assert len(before) == 4
    Image.new("RGB", (64, 48), "white").save(photos / "a cat, 0.PNG")
    after = push(frame, nl.BoundingBox(["cat"]), objects_per_job=None, dry_run=True).uploads
    assert len(set(before) | set(after)) == 5


def test_relative_paths_begin_where_the_manifest_is(push, bucket, photos, tmp_path):
    (tmp_path / "in.manifest").write_text('{"source-ref":"a cat, 0.PNG"}\n')
    plan = push(nl.read_manifest(tmp_path / "in.manifest"), nl.BoundingBox(["cat"]), dry_run=True)
    assert list(plan.uploads.values()) == [str(photos / "a cat, 0.PNG")]
    storage.write_bytes_atomic(f"{bucket}/in/in.manifest", [b'{"source-ref":"1.jpg"}\n'])
    plan = push(nl.read_manifest(f"{bucket}/in/in.manifest"), nl.BoundingBox(["cat"]), dry_run=True)
    assert next(iter(plan.files.values())) == f'{{"source-ref":"{bucket}/in/1.jpg"}}\n'.encode()


def test_what_ground_truth_would_not_take_is_found_before_it_is_sent(push, tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "really.gif")
    (tmp_path / "really.gif").rename(tmp_path / "a.png")
    with pytest.raises(FrameError, match=r"a\.png: it is no image of the form of its name, one of \.jpg .*; save the image as JPEG or PNG"):
        push(pd.DataFrame({"source-ref": [str(tmp_path / "a.png")]}), nl.BoundingBox(["cat"]), dry_run=True)


def test_masks_are_brought_when_they_are_asked_for(push, service, bucket, tmp_path, monkeypatch):
    frame = pd.DataFrame({"source-ref": [f"{bucket}/{number}.jpg" for number in range(2)]})
    job = push(frame, nl.SemanticSegmentation(["cat"]), name="parts", objects_per_job=None)
    colors = {"0": {"class-name": "BACKGROUND", "hex-color": "#ffffff"}, "1": {"class-name": "cat", "hex-color": "#2ca02c"}}

    def masked(place, _line):
        url = f"{bucket}/out/parts/annotations/consolidated-annotation/output/{place}_2024-03-04T09:50:00.png"
        picture = Image.new("P", (4, 4), 1)
        picture.putpalette([255, 255, 255, 0x2C, 0xA0, 0x2C])
        written = io.BytesIO()
        picture.save(written, "PNG")
        storage.write_bytes_atomic(url, [written.getvalue()])
        about = {"internal-color-map": colors, "type": "groundtruth/semantic-segmentation", "human-annotated": "yes"}
        return url, {**about, "creation-date": "2024-03-04T09:51:00.148118"}, {}

    service.answer("parts", masked, count=1)
    result = job.result(download=tmp_path / "masks")
    path = tmp_path / "masks" / "0_2024-03-04T09-50-00.png"
    assert result["parts-ref"].tolist() == [str(path), None]
    assert (nl.read_mask(path, colors) == 1).all()
    service.answer("parts", masked)
    calls = AwsCalls(monkeypatch)
    assert nl.aws.attach("parts").result(download=tmp_path / "masks")["parts-ref"].str.endswith(".png").all()
    assert [given["Key"] for given in calls.named("GetObject") if given["Key"].endswith(".png")] == [
        "out/parts/annotations/consolidated-annotation/output/1_2024-03-04T09:50:00.png"
    ]
    assert job.result()["parts-ref"][0].startswith("s3://")
