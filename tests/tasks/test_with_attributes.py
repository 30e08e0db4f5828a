"""Attributes of items, around every task type."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nblabel as nl
from nblabel.aws.builtin import builtin_of
from nblabel.confidences import confidence_of
from nblabel.errors import AnnotationError, RequestError, TaskError
from nblabel.store.tasks import describe, rebuild
from nblabel.tasks.base import Context, Media
from nblabel.testing import SimulatedWorker

WEATHER = nl.Attribute("weather", choices=["dry", "wet"], required=True)
PEOPLE = nl.Attribute("people", type="number", minimum=0)
BOX = {"label": "cat", "left": 10, "top": 20, "width": 30, "height": 40}
MEDIA = Media(width=640, height=480, depth=3)


@pytest.fixture
def task():
    return nl.WithAttributes(nl.BoundingBox(["cat", "dog"]), [WEATHER, PEOPLE, "note"])


def both(annotation, **attributes):
    return {"annotation": annotation, "attributes": attributes}


def context(**settings):
    return Context(media=MEDIA, job_name="job", created=datetime(2024, 3, 4, tzinfo=UTC), **settings)


def test_attributes_are_in_the_metadata_of_the_label(task):
    annotation = both([BOX], weather="wet", people=2)
    label, metadata = task.encode(annotation, context())
    bare, shared = task.task.encode([BOX], context())
    assert label == bare
    assert metadata == {**shared, "frame-attributes": {"weather": "wet", "people": 2}}
    assert task.decode(label, metadata) == annotation
    assert task.encode([BOX], context()) == (bare, shared)
    assert task.decode(label, {**metadata, "frame-attributes": ["wet"]}) == both([BOX])
    foreign = {"weather": "wet", "tags": ["a", "b"], "none": None, "deep": {"x": 1}}
    value = task.restore(task.decode(label, {**metadata, "frame-attributes": foreign}))
    changed, _ = task.apply(value, task.difference(value, task.begin(both([], **foreign, note="x"), MEDIA, value)), MEDIA)
    assert task.write(changed, context())[1]["frame-attributes"] == {**foreign, "note": "x"}
    assert len(task.depict(changed, Image.new("RGB", (64, 48)), MEDIA).entries) == 5


def test_a_value_from_before_the_job_had_attributes_is_the_work_alone(task):
    work = task.task.begin([BOX], MEDIA)
    assert task.annotation(work) == both([BOX])
    change = task.task.difference(work, [])
    value, inverse = task.apply(work, change, MEDIA)
    assert task.annotation(value) == both([])
    assert task.annotation(task.apply(value, inverse, MEDIA)[0]) == both([BOX])


def test_what_the_task_takes_alone_leaves_the_attributes(task):
    value = task.begin(both([BOX], weather="wet"), MEDIA)
    assert task.annotation(task.begin([], MEDIA, value)) == both([], weather="wet")
    assert task.annotation(task.begin(both([]), MEDIA, value))["attributes"] == {}
    assert task.lacking(value) is None
    assert task.lacking(task.begin([], MEDIA)) == "This item needs 'weather'."
    assert nl.WithAttributes(nl.ImageClassification(["a"]), ["note"]).lacking({"labels": [], "none": False}) == "choose a class first"


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (both([], weather="snow"), r"/attributes/weather: weather is 'snow', expected one of \['dry', 'wet'\]"),
        (both([], people=float("nan")), r"/attributes/people: people is nan, expected a number of at least 0"),
        (both([], people=-1), "/attributes/people: .* at least 0"),
        (both([], weather=pd.NA), "/attributes/weather: weather is <NA>, expected one of"),
        (both([], note=np.array([1, 2])), "/attributes/note: note is array.*expected a text"),
        (both([], people=pd.NA), "/attributes/people: people is <NA>, expected a number"),
        (both([], peple=1), r"/attributes/peple: there is no attribute 'peple'; the task has \['weather', 'people', 'note'\]"),
        ({"attributes": {}}, "expected an annotation, or {'annotation'"),
        ({"annotation": [], "attributes": ["wet"]}, "expected an annotation, or {'annotation'"),
        ({"annotation": [], "atributes": {}}, "expected an annotation, or {'annotation'"),
        (both([{**BOX, "label": "cow"}]), "label 'cow' is not one of the task's"),
    ],
)
def test_wrong_annotations_are_refused(task, annotation, text):
    with pytest.raises(AnnotationError, match=text):
        task.begin(annotation, MEDIA)


def test_what_a_manifest_has_stays(task):
    present = task.restore(both([BOX], weather="snow", old="x"))
    assert task.annotation(task.begin(both([], weather="snow", old="x"), MEDIA, present)) == both([], weather="snow", old="x")
    assert task.annotation(task.begin(both([], people=np.int64(3)), MEDIA)) == both([], people=3)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: nl.WithAttributes("boxes", ["a"]), "task is 'boxes', expected what is done in each item"),
        (lambda: nl.WithAttributes(nl.Verification(nl.BoundingBox(["cat"]), of="pets"), ["a"]), "expected what is done in each item"),
        (lambda: nl.WithAttributes(nl.WithAttributes(nl.BoundingBox(["cat"]), ["a"]), ["b"]), "expected what is done in each item"),
        (lambda: nl.WithAttributes(nl.BoundingBox(["cat"]), []), "attributes: there are none; use BoundingBox"),
        (lambda: nl.WithAttributes(nl.BoundingBox(["cat"]), ["a", "a"]), "'a' is used 2 times"),
        (lambda: nl.WithAttributes(nl.BoundingBox(["cat"]), [nl.Attribute("a", labels=["cat"])]), "an item has no class"),
    ],
)
def test_wrong_tasks_are_refused(make, text):
    with pytest.raises(TaskError, match=text):
        make()


def test_a_stored_task_comes_back(task):
    for one in (task, nl.Adjustment(task, of="pets"), nl.Verification(task, of="pets")):
        again = rebuild(one.type, json.loads(json.dumps(describe(one))))
        assert repr(again) == repr(one)
    known = task.knowing([("bird", 7)])
    assert known.class_ids == known.task.class_ids == {"cat": 0, "dog": 1, "bird": 7}
    assert repr(task.naming(["cow"])) == "WithAttributes(BoundingBox(['cow']), ['weather', 'people', 'note'])"
    assert repr(nl.WithAttributes(nl.Adjustment(nl.BoundingBox(["cat"]), of="pets"), ["a"])).startswith("Adjustment(WithAttributes(BoundingBox")


def test_several_workers_agree_on_each_attribute(task):
    said = {"ann": ("wet", 1), "bob": ("dry", 4), "cyd": ("dry", 2)}
    rows = [{"item": 0, "worker": name, "annotation": both([BOX], weather=weather, people=people)} for name, (weather, people) in said.items()]
    rows += [{"item": 1, "worker": "ann", "annotation": both([])}, {"item": 1, "worker": "bob", "annotation": both([], note="dark")}]
    responses = pd.DataFrame(rows)
    found = nl.consolidate(responses, task).set_index("item")["annotation"]
    assert found[0] == both([BOX], weather="dry", people=2)
    assert found[1] == both([], note="dark")
    agreement = nl.agreement(responses, task).set_index("measure")["alpha"]
    assert agreement["weather"] == pytest.approx(0)
    assert set(agreement.index) > {"weather", "people", "note"}
    assert nl.consolidate(responses, task, gold={0: both([BOX], weather="wet")}).set_index("item")["annotation"][0]["attributes"] == {
        "weather": "wet"
    }


def test_what_workers_said_otherwise_is_refused_or_counted(task):
    content = task.answer_content(both([BOX], note="x"), MEDIA)
    assert task.read_answer(content) == both([BOX], note="x")
    for told in (5, [1], {"attributes": 5}):
        with pytest.raises(AnnotationError, match="under 'frame-attributes', got"):
            task.read_answer({**content, "frame-attributes": told})
    said = [{"item": 0, "worker": name, "annotation": both([], people=people)} for name, people in (("ann", 1), ("bob", 2))]
    assert nl.consolidate(pd.DataFrame(said), task)["annotation"][0]["attributes"] == {"people": 1}


def test_ground_truth_has_no_place_for_them(task):
    with pytest.raises(RequestError, match=r"no place for attributes of an item.*without them, give template='nblabel', or use a team of"):
        builtin_of(task)


def test_what_the_task_brings_is_had_with_attributes_too():
    def outline(image, prompts):
        return np.zeros(image.shape[:2])

    assert nl.WithAttributes(nl.SemanticSegmentation(["cat"], segmenter=outline), ["note"]).segmenter is outline
    several = nl.WithAttributes(nl.ImageClassification(["cat", "dog"], multiple=True), ["note"])
    assert several.groundtruth_type == "groundtruth/image-classification-multilabel"
    assert several.encode(both(["cat"], note="x"), context())[1]["type"] == several.groundtruth_type


def test_labels_with_attributes_are_read_as_columns(task):
    label, metadata = task.encode(both([BOX, BOX], weather="wet"), context())
    plain = nl.BoundingBox(["cat"]).encode([BOX], context())
    frame = pd.DataFrame({"source-ref": ["a.png", "b.png"], "pets": [label, plain[0]], "pets-metadata": [metadata, plain[1]]})
    table = frame.nblabel.annotations("pets")
    assert table["frame-attributes"].tolist() == [{"weather": "wet"}, {"weather": "wet"}, None]


def test_confidence_is_that_of_the_work(task):
    assert confidence_of(nl.WithAttributes(nl.ImageClassification(["a"]), ["note"]), both("a"), {"confidence": 0.9}) == 0.9
    assert confidence_of(task, both([BOX]), {"objects": [{"confidence": 0.8}]}) == [0.8]


def test_simulated_workers_answer_the_work():
    worker = SimulatedWorker(SimpleNamespace(name="ann"), {}, accuracy=0)
    assert worker.answer(both("a", note="x"), ["a", "b"]) == both("b", note="x")
