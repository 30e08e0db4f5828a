"""Image and text classification: one module, the fixtures of both."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from nblabel.errors import AnnotationError, SchemaError, TaskError
from nblabel.tasks import label_reader, task_type
from nblabel.tasks.base import Context, Media
from nblabel.tasks.image_classification import ImageClassification
from nblabel.tasks.text_classification import TextClassification

FIXTURES = Path(__file__).parents[1] / "fixtures"
TYPES = ["image-classification", "text-classification"]
MEDIA = Media()


def read(path):
    return json.loads((FIXTURES / path).read_text(encoding="utf-8"))


def cases(*kinds):
    found = [(name, labels, case) for name in TYPES for labels in [read(f"{name}/labels.json")] for kind in kinds for case in labels[kind]]
    return pytest.mark.parametrize(("name", "labels", "case"), found, ids=[f"{name}: {case['name']}" for name, _, case in found])


def make(name, labels, case):
    return task_type(name)(labels["labels"], **case.get("settings", {}))


@cases("encode")
def test_label_as_ground_truth_writes_it(name, labels, case):
    context = Context(media=Media(**labels["media"]), job_name=labels["job_name"], created=datetime.fromisoformat(labels["created"]))
    label, metadata = make(name, labels, case).encode(case["annotation"], context)
    assert json.dumps([label, metadata]) == json.dumps([case["label"], case["metadata"]])
    reader = label_reader(metadata["type"])
    assert reader.decode(label, metadata) == case["annotation"]
    assert reader.tidy(case["annotation"])["label"].tolist() == ([case["annotation"]] if isinstance(label, int) else case["annotation"])


@cases("encode", "decode")
def test_label_read_back(name, labels, case):
    task = make(name, labels, case)
    assert task.decode(case["label"], case["metadata"]) == case["annotation"]
    assert task.annotation(task.restore(case["annotation"])) == case["annotation"]
    assert task.lacking(task.restore(case["annotation"])) is None


@pytest.mark.parametrize(
    ("settings", "prediction", "expected"),
    [
        ({}, "dog", [("dog", None)]),
        ({}, ("dog", 0.5), [("dog", 0.5)]),
        ({}, {"label": "dog", "score": 0.5}, [("dog", 0.5)]),
        ({}, [{"label": "dog", "score": 0.5}, {"label": "cat", "score": 0.4}], [("dog", 0.5), ("cat", 0.4)]),
        ({"multiple": True}, ["dog", "cat"], [("dog", None), ("cat", None)]),
        ({"multiple": True}, (["dog", "cat"], [0.5, 0.4]), [("dog", 0.5), ("cat", 0.4)]),
    ],
)
def test_forms_of_predictions(settings, prediction, expected):
    suggestions, refusals = ImageClassification(["cat", "dog"], **settings).suggestions(prediction, MEDIA, "model")
    assert [(one.part["label"], one.score) for one in suggestions] == expected
    assert refusals == []


@cases("encode")
def test_a_label_with_its_metadata_is_a_prediction(name, labels, case):
    task = make(name, labels, case)
    suggestions, _ = task.suggestions(task.predicted(case["label"], case["metadata"]), MEDIA, "auto")
    expected = [case["annotation"]] if isinstance(case["label"], int) else case["annotation"]
    assert [one.part["label"] for one in suggestions] == expected
    assert {one.score for one in suggestions} <= {0}


def test_accepted_classes_join_those_that_are_chosen_or_take_the_place_of_the_one():
    for multiple, expected in [(True, ["dog", "cat"]), (False, ["cat"])]:
        task = ImageClassification(["cat", "dog"], multiple=multiple)
        (suggestion,), _ = task.suggestions("cat" if not multiple else ["cat"], MEDIA, "model")
        change = task.accept({"labels": ["dog"], "none": False}, [suggestion.part])
        assert change == {"labels": expected, "none": False}
        change = task.accept({"labels": [], "none": multiple}, [suggestion.part])
        assert change == {"labels": ["cat"], "none": False}


@cases("unreadable")
def test_unreadable_label(name, labels, case):
    with pytest.raises(AnnotationError):
        make(name, labels, case).decode(case["label"], case["metadata"])


@pytest.mark.parametrize("case", [case for case in read("image-classification/choices.json") if case["change"]], ids=lambda case: case["name"])
def test_choice_and_its_inverse(case):
    task = ImageClassification(["cat", "dog"], **case["settings"])
    after, inverse = task.apply(case["value"], case["change"], MEDIA)
    assert (after, inverse) == (case["change"], case["value"])
    assert task.apply(after, inverse, MEDIA)[0] == case["value"]


@pytest.mark.parametrize(
    ("multiple", "change", "path"),
    [
        (False, {"labels": ["cow"]}, "/labels/0"),
        (False, {"labels": ["cat", "dog"]}, "/labels"),
        (False, {"labels": [], "none": True}, "/labels"),
        (True, {"labels": ["cat", "cow"]}, "/labels/1"),
        (True, {"labels": ["cat", "cat"]}, "/labels/1"),
        (True, {"labels": ["cat"], "none": True}, "/none"),
        (True, {"labels": "cat"}, "/labels"),
    ],
)
def test_refused_choice_says_where(multiple, change, path):
    with pytest.raises((AnnotationError, SchemaError)) as error:
        TextClassification(["cat", "dog"], multiple=multiple).apply({"labels": [], "none": False}, change, MEDIA)
    assert error.value.path == path


def test_what_a_person_may_give():
    one, many = ImageClassification(["cat", "dog"]), ImageClassification(["cat", "dog"], multiple=True)
    for given in ("dog", ["dog"], ("dog",), np.array(["dog"])):
        assert one.annotation(one.begin(given, MEDIA)) == "dog"
        assert many.annotation(many.begin(given, MEDIA)) == ["dog"]
    assert one.annotation(one.begin(None, MEDIA)) is None
    assert many.annotation(many.begin(None, MEDIA)) is None
    for task, given in [(one, 3), (one, {"cat": 1}), (many, b"cat"), (one, ["cat", "dog"])]:
        with pytest.raises(AnnotationError):
            task.begin(given, MEDIA)


def test_an_item_without_a_choice_lacks_something():
    assert ImageClassification(["cat"]).lacking({"labels": [], "none": False}) == "choose a class first"
    assert "'Nothing'" in ImageClassification(["cat"], multiple=True, exclusion="Nothing").lacking({"labels": [], "none": False})


def test_classes_of_a_task_that_allowed_more_are_not_dropped():
    with pytest.raises(AnnotationError, match="multiple=True, or another attribute="):
        ImageClassification(["cat", "dog"]).annotation({"labels": ["cat", "dog"], "none": False})


def test_exclusion_is_a_class_of_the_palette_only():
    task = ImageClassification([f"c{number}" for number in range(10)], multiple=True)
    assert task.view().labels[-1].name == "None of these"
    assert task.view().labels[-1].key == "n"
    assert "None of these" not in task.class_ids
    with pytest.raises(TaskError, match="needs multiple=True"):
        ImageClassification(["cat"], exclusion="None")
    with pytest.raises(TaskError, match="is a class and excludes all classes"):
        ImageClassification(["cat", "None of these"], multiple=True)


def test_letters_follow_digits_as_keys():
    keys = [label.key for label in ImageClassification([str(number) for number in range(40)]).labels]
    assert keys[:12] == [*"1234567890qw"]
    assert not set("adfgms") & set(keys[:26])
    assert keys[-1] is None
