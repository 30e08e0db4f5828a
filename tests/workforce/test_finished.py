"""Jobs opened from an output tree: of Ground Truth, and of our own."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nblabel as nl
from nblabel import storage
from nblabel.testing import SimulatedWorker

MANIFEST = "manifests/output/output.manifest"
ANN, BOB = "private.us-east-1.a12b3cdefg4h5i67", "public.us-east-1.PHMFOWIIICWDF3ZS5HORERJV6Y"


def answer(worker, content, **more):
    return {"answerContent": content, "submissionTime": "2024-03-01T18:59:58Z", "workerId": worker, **more}


def boxes(*found):
    return {"boundingBox": {"boundingBoxes": list(found), "inputImageProperties": {"height": 480, "width": 640}}}


def box(label, left, top=160, width=143, height=205):
    return {"height": height, "label": label, "left": left, "top": top, "width": width}


def label(attribute, value, metadata):
    common = {"human-annotated": "yes", "creation-date": "2024-03-04T09:51:00.148118", "job-name": "labeling-job/pets"}
    return {attribute: value, f"{attribute}-metadata": {**metadata, **common}}


class Tree:
    """An output tree in the making."""

    def __init__(self, root):
        self.root = root

    def put(self, name, content):
        storage.make_folder(storage.folder(f"{self.root}/{name}"))
        storage.write_bytes_atomic(f"{self.root}/{name}", [content if isinstance(content, bytes) else json.dumps(content).encode()])

    def answers(self, item, *answers, iteration=1, time="2024-03-01_19:00:00"):
        self.put(f"annotations/worker-response/iteration-{iteration}/{item}/{time}.json", {"answers": list(answers)})

    def manifest(self, *lines):
        self.put(MANIFEST, b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines))


@pytest.fixture
def tree(tmp_path):
    return Tree(str(tmp_path / "out" / "pets"))


@pytest.fixture(params=["folder", "S3"])
def anywhere(request):
    where = request.getfixturevalue("tmp_path" if request.param == "folder" else "bucket")
    return Tree(f"{where}/out/pets")


def detections(*names):
    return {
        "objects": [{"confidence": 0.9} for _ in names],
        "class-map": {str(["cat", "dog"].index(name)): name for name in names},
        "type": "groundtruth/object-detection",
    }


def test_boxes_of_ground_truth(anywhere):
    old = {"old": 1, "old-metadata": {"type": "groundtruth/image-classification", "class-name": "a", "job-name": "labeling-job/earlier"}}
    sized = {"image_size": [{"width": 640, "height": 480, "depth": 3}]}
    kept = {"class_id": 1, "top": 160, "left": 141, "height": 205, "width": 143}
    anywhere.manifest(
        {"source-ref": "s3://b/0.jpg", **old, **label("pets", {**sized, "annotations": [kept]}, detections("dog"))},
        {"source-ref": "s3://b/1.jpg", **old},
        {"source-ref": "s3://b/2.jpg", **old, **label("pets", {**sized, "annotations": []}, detections())},
    )
    anywhere.answers(2, answer(ANN, boxes()), answer(BOB, boxes(box("bird", 3)), acceptanceTime="2024-03-01T18:59:15.500Z"))
    anywhere.answers(0, answer(ANN, boxes(box("dog", 140)), timeSpentInSeconds=40.543, acceptanceTime="2024-03-01T18:59:15.191Z"))
    anywhere.answers(0, answer(BOB, boxes(box("dog", 142))), iteration=2, time="2024-03-01_19:07:00")
    anywhere.put("annotation-tool/data.json", {"document-version": "2018-11-28", "labels": [{"label": "cat"}, {"label": "dog"}]})

    for location in (anywhere.root, f"{anywhere.root}/", f"{anywhere.root}/{MANIFEST}"):
        job = nl.open_job(location)
        assert (job.name, job.attribute) == ("pets", "pets")
    assert [found.name for found in job.task.labels] == ["cat", "dog", "bird"]
    responses = job.responses()
    assert responses["item"].tolist() == [0, 0, 2, 2]
    assert responses["worker"].tolist() == [ANN, BOB, ANN, BOB]
    assert responses["annotation"][0] == [{"label": "dog", "left": 140, "top": 160, "width": 143, "height": 205}]
    assert str(responses["submitted"][0]) == "2024-03-01 18:59:58+00:00"
    np.testing.assert_array_equal(responses["seconds"], [40.543, np.nan, np.nan, 42.5])
    again = io.BytesIO()
    nl.write_manifest(job.result(), again)
    assert again.getvalue() == storage.read_bytes(f"{anywhere.root}/{MANIFEST}")
    consolidated = job.consolidated()
    assert consolidated["item"].tolist() == [0, 2]
    assert consolidated["annotation"].tolist() == [[{"label": "dog", "left": 141, "top": 160, "width": 143, "height": 205}], []]
    assert consolidated["confidence"].tolist() == [[0.9], []]
    ours = nl.consolidate(responses, job.task, "aws")
    assert ours["annotation"][0][0]["left"] == 141
    assert job.workers()["answers"].to_dict() == {ANN: 2, BOB: 2}
    assert set(job.agreement()["measure"]) == {"detection", "label", "location"}
    assert job.problems.empty


def png(colors):
    """A worker's own mask: 2 pixels, each of a colour, or of none."""
    picture = Image.new("RGBA", (2, 1))
    for place, color in enumerate(colors):
        picture.putpixel((place, 0), (*bytes.fromhex(color), 255) if color else (0, 0, 0, 0))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def painted(colors, **mappings):
    return {
        "crowd-semantic-segmentation": {
            "inputImageProperties": {"height": 1, "width": 2},
            "labelMappings": {name: {"color": color} for name, color in mappings.items()},
            "labeledImage": {"pngImageData": png(colors)},
        }
    }


def test_masks_whose_colours_differ_from_worker_to_worker(tree):
    task = nl.SemanticSegmentation(["chip", "led"])
    name = "0_2024-03-04T09:51:00.148118.png"
    metadata = {
        "internal-color-map": {
            "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.5},
            "1": {"class-name": "chip", "hex-color": "#2ca02c", "confidence": 0.7},
            "2": {"class-name": "led", "hex-color": "#1f77b4", "confidence": 0.8},
        },
        "type": "groundtruth/semantic-segmentation",
    }
    from nblabel.geometry.mask_png import encode_mask

    tree.put(f"annotations/consolidated-annotation/output/{name}", encode_mask(np.array([[0, 2]], np.uint8), task.colors()))
    elsewhere = f"s3://demo-bucket/out/pets/annotations/consolidated-annotation/output/{name}"
    tree.manifest({"source-ref": "s3://demo-bucket/0.png", **label("pets-ref", elsewhere, metadata)})
    tree.answers(
        0,
        answer(ANN, painted(["1f77b4", "2ca02c"], chip="#1f77b4", led="#2ca02c")),
        answer(BOB, painted([None, "ff7f0e"], led="#ff7f0e", chip="#2ca02c")),
    )
    job = nl.open_job(tree.root)
    assert [found.name for found in job.task.labels] == ["chip", "led"]
    assert [mask.tolist() for mask in job.responses()["annotation"]] == [[[1, 2]], [[0, 2]]]
    (consolidated,) = job.consolidated().to_dict("records")
    assert consolidated["annotation"].tolist() == [[0, 2]]
    assert consolidated["confidence"] == {2: 0.8}
    assert nl.consolidate(job.responses(), job.task, "majority")["annotation"][0].tolist()[0][1] == 2


@pytest.mark.parametrize(
    ("content", "value", "metadata", "annotation", "confidence"),
    [
        (
            {"crowd-image-classifier": {"label": "Canary"}},
            0,
            {"class-name": "Canary", "confidence": 0.6, "type": "groundtruth/image-classification"},
            "Canary",
            0.6,
        ),
        (
            {"crowd-classifier-multi-select": {"labels": ["a", "b"]}},
            [0, 1],
            {
                "class-map": {"0": "a", "1": "b"},
                "confidence-map": {"0": 0.4, "1": 0.5},
                "type": "groundtruth/text-classification-multilabel",
            },
            ["a", "b"],
            [0.4, 0.5],
        ),
        (
            {"crowd-entity-annotation": {"entities": [{"endOffset": 3, "startOffset": 0, "label": "Person"}]}},
            {"annotations": {"entities": [{"label": "Person", "startOffset": 0, "endOffset": 3}], "labels": []}},
            {"entities": [{"confidence": 0.3}], "type": "groundtruth/text-span"},
            [{"label": "Person", "startOffset": 0, "endOffset": 3}],
            [0.3],
        ),
    ],
    ids=["class", "classes", "spans"],
)
def test_other_tasks(tree, content, value, metadata, annotation, confidence):
    tree.manifest({"source": "Ada", **label("pets", value, metadata)})
    tree.answers(0, answer(ANN, content), answer(BOB, content))
    job = nl.open_job(tree.root)
    assert job.responses()["annotation"].tolist() == [annotation] * 2
    assert job.consolidated()[["annotation", "confidence"]].to_numpy().tolist() == [[annotation, confidence]]


def test_what_cannot_be_read_is_told_and_stops_nothing(tree, caplog):
    tree.manifest({"source-ref": "0.jpg"}, {"source-ref": "1.jpg"})
    tree.answers(0, answer(ANN, boxes(box("cat", 1))), {"workerId": BOB}, {"answerContent": boxes(box("cat", 2))})
    tree.answers(0, answer(ANN, boxes(box("cat", 1))), iteration=2)
    tree.answers(
        1,
        answer(ANN, boxes({"label": "cat"})),
        answer(BOB, boxes(box("cat", 1, width=0))),
        answer("cyd", {"q": 7}),
        answer("dan", boxes(box("cow", 1))),
    )
    tree.put("annotations/worker-response/iteration-1/1/2024-03-01_19:09:00.json", b"{]")
    tree.put("annotations/worker-response/iteration-1/x/2024.json", b"{}")
    tree.put("annotations/worker-response/iteration-1/0/2025.json", b"[]")
    job = nl.open_job(tree.root, task=nl.BoundingBox(["cat"]))
    responses = job.responses()
    assert responses[["item", "worker"]].to_numpy().tolist() == [[0, "unknown-2"], [0, ANN]]
    assert responses["submitted"].isna().tolist() == [True, False]
    problems = job.problems
    assert len(problems) == 8
    for text in (
        "answer 1: expected an object",
        "'x'",
        "cannot be read as JSON",
        "expected {'answers'",
        "width is 0",
        "'cow' is not one",
        "boundingBoxes",
    ):
        assert problems["problem"].str.contains(text, regex=False).any(), text
    assert "8 answers or files were left out" in caplog.text


def test_without_labels_answers_are_given_as_they_stand(tree):
    tree.answers(3, answer(ANN, {"howMuch": 7}))
    job = nl.open_job(tree.root)
    assert job.responses()["annotation"].tolist() == [{"howMuch": 7}]
    with pytest.raises(nl.errors.TaskError, match=r"say what was asked: nl\.open_job\(\.\.\., task="):
        job.agreement()
    with pytest.raises(nl.errors.StorageError):
        job.result()


def test_where_no_job_is(tree):
    tree.manifest({"source": "a"})
    with pytest.raises(nl.errors.StorageError, match=r"open one of the jobs in it: \['pets'\]"):
        nl.open_job(Path(tree.root).parent)
    with pytest.raises(nl.errors.StorageError):
        nl.open_job(f"{tree.root}/nothing")
    with pytest.raises(nl.errors.FrameError, match="no label attribute"):
        nl.open_job(tree.root).consolidated()


def test_our_own_jobs_are_opened_alike(team, frame, task, tmp_path):
    job = frame.nblabel.push(task, team, name="mood", output=tmp_path / "out", workers_per_object=3)
    truth = dict(enumerate(["good", "bad"] * 3))
    for name in ("ann", "bob", "cyd"):
        SimulatedWorker(team.as_worker(name), truth, accuracy=0.7).label(job)
    assert job.wait() == "Completed"
    opened = nl.open_job(tmp_path / "out" / "mood")
    order = ["item", "worker"]
    ours, theirs = (found.responses().sort_values(order, ignore_index=True)[[*order, "annotation"]] for found in (job, opened))
    pd.testing.assert_frame_equal(ours, theirs)
    assert opened.result()["mood"].tolist() == job.result()["mood"].tolist()
    assert len(opened.consolidated()) == 6
    pd.testing.assert_series_equal(
        opened.agreement().set_index("label")["alpha"].sort_index(), job.agreement().set_index("label")["alpha"].sort_index()
    )
