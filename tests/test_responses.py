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
