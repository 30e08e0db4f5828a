"""Handlers of Lambda functions, with payloads as the developer guide has them."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nblabel as nl
from nblabel import storage
from nblabel.aws import lambdas
from nblabel.aws.lambdas import post_annotation, pre_annotation
from nblabel.errors import RequestError
from nblabel.tasks.base import Media

FIXTURES = Path(__file__).parents[1] / "fixtures" / "lambda"
ANSWERS = {
    "boxes": (
        nl.BoundingBox(["cat", "dog"]),
        [[{"label": "cat", "left": left, "top": 2, "width": 30, "height": 40}] for left in (1, 2, 3)],
    ),
    "spans": (
        nl.NamedEntityRecognition(["Person", "Place"]),
        [[{"label": "Person", "startOffset": 0, "endOffset": end}] for end in (3, 3, 4)],
    ),
    "class": (nl.ImageClassification(["cat", "dog"]), ["cat", "cat", "dog"]),
    "classes": (nl.TextClassification(["good", "bad"], multiple=True), [["good"], ["good", "bad"], ["good"]]),
}


def recorded(name):
    return json.loads((FIXTURES / f"lambda-{name}.json").read_text())


def shape(value):
    """What a value is made of, numbers being alike."""
    if isinstance(value, dict):
        return {key: shape(found) for key, found in value.items() if key != "nblabel-confidence"}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


@pytest.fixture
def run(tmp_path):
    """Run the post-annotation handler on a payload; the folder is that of Ground Truth's output tree."""

    def post(payload, **changes):
        request = tmp_path / "annotations" / "consolidated-annotation" / "consolidation-request" / "iteration-1" / "1.json"
        request.parent.mkdir(parents=True, exist_ok=True)
        request.write_text(payload if isinstance(payload, str) else json.dumps(payload))
        return post_annotation({**recorded("post-request"), "payload": {"s3Uri": str(request)}, **changes}, None)

    return post


def answered(name, *contents, place="s3Uri"):
    annotations = [{"workerId": f"private.{number}", "annotationData": {"content": content}} for number, content in enumerate(contents)]
    return {"datasetObjectId": name, "dataObject": {place: "s3://bucket/1.jpg"}, "annotations": annotations}


def test_the_recorded_request_of_a_template_gets_the_recorded_answer(monkeypatch):
    monkeypatch.setenv("NBLABEL_LABELS", '["dog", "bone"]')
    assert pre_annotation(recorded("pre-request"), None) == recorded("pre-response")
    monkeypatch.delenv("NBLABEL_LABELS")
    line = {"source": "Hello!", "tone": 1}
    assert pre_annotation({"dataObject": line}, None)["taskInput"] == {"taskObject": "Hello!", "manifestLine": line}


@pytest.mark.parametrize(("event", "labels"), [({}, "[]"), ({"dataObject": {"text": "x"}}, "[]"), (recorded("pre-request"), '"dog"')])
def test_a_line_without_an_object_is_refused(event, labels, monkeypatch):
    monkeypatch.setenv("NBLABEL_LABELS", labels)
    with pytest.raises(RequestError, match=r"dataObject|NBLABEL_LABELS"):
        pre_annotation(event, None)


def test_the_recorded_payload_gets_an_answer_of_the_recorded_shape(run):
    boxes, spans = run(recorded("post-payload"))
    assert shape(boxes) == shape(recorded("post-response")[0]) | {"consolidatedAnnotation": shape(boxes["consolidatedAnnotation"])}
    made, expected = (found["consolidatedAnnotation"]["content"] for found in (boxes, recorded("post-response")[0]))
    assert shape(made["toys"]) == shape(expected["toys"])
    assert made["toys"]["annotations"] == [{"class_id": 0, "top": 160, "left": 140, "height": 205, "width": 143}]
    assert made["toys"]["image_size"] == [{"width": 640, "height": 480, "depth": 3}]
    metadata = made["toys-metadata"]
    assert metadata["class-map"] == {"0": "dog"}
    assert shape({**metadata, "class-map": {}}) == shape({**expected["toys-metadata"], "class-map": {}})
    assert metadata["job-name"] == "labeling-job/toys"
    assert metadata["objects"] == [{"confidence": 0}], "one worker"
    # Spans of classes that the job's list does not have come through all the same.
    entities = spans["consolidatedAnnotation"]["content"]["toys"]["annotations"]["entities"]
    assert [(entity["label"], entity["startOffset"], entity["endOffset"]) for entity in entities] == [
        ("Person", 0, 12),
        ("Place", 22, 28),
        ("Date", 32, 36),
    ]


@pytest.mark.parametrize("method", ["dawid-skene", "majority"])
@pytest.mark.parametrize("kind", ANSWERS)
def test_it_labels_as_the_method_of_its_name_does_here(kind, method, monkeypatch):
    task, said = ANSWERS[kind]
    monkeypatch.setenv("NBLABEL_METHOD", method)
    rows = [(f"item {item}", f"worker {worker}", said[(worker + item) % 3]) for item in range(4) for worker in range(3)]
    answers = pd.DataFrame(rows, columns=["item", "worker", "annotation"])
    here, there = nl.consolidate(answers, task, method), nl.consolidate(answers, task, nl.AnnotationConsolidationLambda(post_annotation))
    assert there["annotation"].tolist() == here["annotation"].tolist()
    written, estimated = (np.stack(found["confidence"].map(np.atleast_1d)) for found in (there, here))
    np.testing.assert_allclose(written, np.minimum(estimated, 0.95), atol=0.006)  # two digits, as Ground Truth has them


def test_what_is_wrong_with_one_object_leaves_the_others(run, caplog):
    good = json.dumps({"crowd-image-classifier": {"label": "dog"}})
    bad_box = json.dumps({"boundingBox": {"boundingBoxes": [{"label": "dog", "left": 1}]}})
    payload = [
        answered("0", good),
        answered("1", "{cut o"),
        answered("2", bad_box),
        {"datasetObjectId": "3"},
        "4",
        answered("5", "[]", good),
        answered("6", json.dumps({"crowd-keypoint": {"keypoints": []}})),
        answered("7", json.dumps({"nblabel": '{"groundtruth_type": "groundtruth/object-detection", "value": 3}'})),
        answered("8", good, json.dumps({"boundingBox": {"boundingBoxes": []}})),
    ]
    with caplog.at_level(logging.ERROR):
        made = run(payload)
    assert [found["datasetObjectId"] for found in made] == ["0", "5", "8"]
    assert [found["consolidatedAnnotation"]["content"]["toys"] for found in made] == [0, 0, 0]
    told = "\n".join(caplog.messages)
    assert set(re.findall(r"object ([\d?]+)", told)) >= {"1", "2", "3", "?", "5", "6", "7"}


def test_masks_become_files_beside_the_payload(run, tmp_path, bucket):
    task = nl.SemanticSegmentation(["dog", "bone"])
    mask = np.zeros((4, 6), np.uint8)
    mask[:, :3] = 2
    painted = json.dumps(task.answer_content(mask, Media()))
    other = json.dumps(task.answer_content(np.ones((2, 2), np.uint8), Media()))
    made = run([answered("0", painted, painted), answered("1", painted, other)], labelAttributeName="toys-ref")
    assert [found["datasetObjectId"] for found in made] == ["0"], "two sizes are not one mask"
    content = made[0]["consolidatedAnnotation"]["content"]
    assert list(content) == ["toys-ref", "toys-ref-metadata"]
    assert Path(content["toys-ref"]).parent == tmp_path / "annotations" / "consolidated-annotation" / "output"
    np.testing.assert_array_equal(nl.read_mask(content["toys-ref"], content["toys-ref-metadata"]["internal-color-map"]), mask)
    # The same on S3.
    place = f"{bucket}/out/toys/annotations/consolidated-annotation/consolidation-request/iteration-1/1.json"
    storage.write_bytes_atomic(place, [json.dumps([answered("0", painted)]).encode()])
    event = {**recorded("post-request"), "labelAttributeName": "toys-ref", "payload": {"s3Uri": place}}
    url = post_annotation(event, None)[0]["consolidatedAnnotation"]["content"]["toys-ref"]
    assert url.startswith(f"{bucket}/out/toys/annotations/consolidated-annotation/output/0_")
    np.testing.assert_array_equal(nl.read_mask(url), mask)


@pytest.mark.parametrize("payload", ["{", "{}"])
def test_a_payload_that_is_none_is_refused(run, payload):
    with pytest.raises(RequestError, match=r"payload\.s3Uri"):
        run(payload)
    with pytest.raises(RequestError, match=r"labelAttributeName, payload\.s3Uri"):
        post_annotation({}, None)


def test_it_needs_nothing_of_jupyter():
    code = "import sys, nblabel.aws.lambdas; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"IPython", "anywidget", "ipycanvas", "ipykernel", "ipywidgets", "traitlets", "boto3"} & set(loaded)
    assert lambdas.__all__ == ["post_annotation", "pre_annotation"]
