"""Responses of several workers, as users hand them over."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

import nblabel as nl


def frame(*rows):
    return pd.DataFrame(rows, columns=["item", "worker", "annotation"])


ANIMALS = nl.ImageClassification(["cat", "dog"])


def test_results_keep_the_items_names_and_order():
    found = nl.consolidate(frame(("b", 1, "dog"), ("a", 1, "cat"), ("b", 2, "dog"), ("b", 3, "cat")), ANIMALS)
    assert found["item"].tolist() == ["b", "a"]
    assert found["annotation"].tolist() == ["dog", "cat"]
    assert found["confidence"][1] == 0
    assert 0.5 < found["confidence"][0] < 1
    assert np.isnan(found["agreement"][1])


def test_sets_of_classes():
    task = nl.TextClassification(["a", "b", "c"], multiple=True)
    found = nl.consolidate(frame((0, 1, ["a", "b"]), (0, 2, ["a"]), (0, 3, ["a", "b"]), (1, 1, []), (1, 2, []), (1, 3, ["c"])), task)
    assert found["annotation"].tolist() == [["a", "b"], []]
    assert len(found["confidence"][0]) == 2
    everything = nl.consolidate(frame((0, 1, ["a", "b"]), (0, 2, ["a"]), (0, 3, ["a"])), task, "aws")
    assert everything["annotation"].tolist() == [["a", "b"]]


def test_boxes_without_ids_come_and_go():
    task = nl.BoundingBox(["car"])
    drawn = {"label": "car", "left": 1.5, "top": 2, "width": 10, "height": 10}
    found = nl.consolidate(frame((0, "x", [drawn]), (0, "y", [drawn | {"left": 2}]), (1, "x", []), (1, "y", [])), task)
    assert set(found["annotation"][0][0]) == {"label", "left", "top", "width", "height"}
    assert found["annotation"][1] == []
    assert found["confidence"][1] == []


def test_gold_fixes_its_rows():
    responses = frame(*[(item, worker, "cat") for item in range(6) for worker in "xy"])
    found = nl.consolidate(responses, ANIMALS, gold={0: "dog", 99: "dog"})
    assert found["annotation"].tolist() == ["dog"] + ["cat"] * 5
    assert found["confidence"][0] == 1
    skill = nl.worker_skill(responses, ANIMALS, gold={0: "dog"})
    assert list(skill.index) == ["x", "y"]
    assert (skill["accuracy"] < 1).all()


def test_a_function_may_decide():
    found = nl.consolidate(frame((0, 1, "cat"), (0, 2, "dog")), ANIMALS, lambda given: (max(given), 0.25))
    assert found["annotation"].tolist() == ["dog"]
    assert found["confidence"].tolist() == [0.25]


def test_a_repeated_answer_counts_once(caplog):
    with caplog.at_level(logging.WARNING):
        found = nl.consolidate(frame((0, 1, "cat"), (0, 2, "dog"), (0, 3, "dog"), (0, 1, "dog")), ANIMALS)
    assert found["agreement"].tolist() == [1]
    assert "1 answers were given again" in caplog.text


@pytest.mark.parametrize("responses", [frame(("a", 1, "cat")), frame(("a", 1, "cat"), ("a", 2, "cat"))])
def test_undefined_agreement_is_explained(responses):
    found = nl.agreement(responses, ANIMALS)
    assert found["alpha"].isna().all()
    assert found["note"].str.len().gt(0).all()


def test_no_answers_give_an_empty_frame():
    assert len(nl.consolidate(frame(), ANIMALS)) == 0
    assert len(nl.consolidate(frame(), nl.BoundingBox(["a"]))) == 0


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: nl.consolidate(frame(("a", 1, "cow")), ANIMALS), nl.errors.AnnotationError, r"item 'a', worker 1: .*'cow'"),
        (lambda: nl.consolidate(frame(("a", 1, None)), ANIMALS), nl.errors.AnnotationError, "item 'a', worker 1"),
        (lambda: nl.consolidate(frame(("a", 1, "cat")).drop(columns="worker"), ANIMALS), nl.errors.FrameError, "no column 'worker'"),
        (lambda: nl.consolidate(frame(("a", 1, "cat")), ANIMALS, "best"), nl.errors.TaskError, "'best' is unknown"),
    ],
)
def test_wrong_input_is_named(call, error, text):
    with pytest.raises(error, match=text):
        call()


ANSWERS = [("a", "ann", "cat"), ("a", "bob", "cat"), ("a", "cyd", "dog"), ("b", "ann", "dog"), ("b", "bob", "dog"), ("c", "dan", "cat")]


def test_agreement_of_each_item_and_of_each_worker():
    responses = pd.DataFrame(ANSWERS, columns=["item", "worker", "annotation"])
    task = nl.ImageClassification(["cat", "dog"])
    items = nl.agreement(responses, task, by="item").set_index("item")
    assert items["answers"].to_dict() == {"a": 3, "b": 2, "c": 1}
    assert items["agreement"].round(3).dropna().to_dict() == {"a": 0.333, "b": 1}
    assert items.loc["c", "note"] == "one answer, which has none to agree with"
    workers = nl.agreement(responses, task, by="worker").set_index("worker")
    assert workers["agreement"].round(3).dropna().to_dict() == {"ann": 0.667, "bob": 0.667, "cyd": 0}
    assert workers.loc["dan", "note"] == "nobody else answered the same items"
    with pytest.raises(nl.errors.TaskError, match="by is 'class'"):
        nl.agreement(responses, task, by="class")


def test_agreement_by_worker_of_boxes_is_how_far_they_overlap():
    box = {"label": "cat", "left": 0, "top": 0, "width": 10, "height": 10}
    answers = [("a", "ann", [box]), ("a", "bob", [box]), ("a", "cyd", [{**box, "left": 40}])]
    responses = pd.DataFrame(answers, columns=["item", "worker", "annotation"])
    workers = nl.agreement(responses, nl.BoundingBox(["cat"]), by="worker").set_index("worker")
    assert workers["agreement"].to_dict() == {"ann": 0.5, "bob": 0.5, "cyd": 0}


def test_confusion_counts_what_each_worker_says():
    answers = [(item, worker, label) for item, label in enumerate(["cat", "dog"] * 10) for worker in ("ann", "bob", "cyd")]
    answers += [(item, "eve", "dog") for item in range(20)]
    responses = pd.DataFrame(answers, columns=["item", "worker", "annotation"])
    counts = nl.confusion(responses, nl.ImageClassification(["cat", "dog", "bird"]))
    assert list(counts.columns) == ["cat", "dog", "bird"]
    assert counts.loc["ann"].to_numpy().tolist() == [[10, 0, 0], [0, 10, 0], [0, 0, 0]]
    assert counts.loc["eve"].to_numpy().tolist() == [[0, 10, 0], [0, 10, 0], [0, 0, 0]]
    verdicts = responses.assign(
        annotation=[{"label": label, "comments": []} for label in responses["annotation"].map({"cat": "Correct", "dog": "Incorrect"})]
    )
    assert nl.confusion(verdicts, nl.Verification(nl.BoundingBox(["cat"]), of="boxes")).loc[("eve", "Correct")].tolist() == [0, 10]
    with pytest.raises(nl.errors.TaskError, match=r"is not one class; nl\.worker_skill tells"):
        nl.confusion(responses.assign(annotation=[["cat"]] * len(responses)), nl.ImageClassification(["cat", "dog"], multiple=True))
