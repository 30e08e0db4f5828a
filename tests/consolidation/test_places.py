"""Boxes, spans and masks of several workers."""

from __future__ import annotations

import numpy as np
import pytest

from nblabel.consolidation import Answers
from nblabel.consolidation.agreement import krippendorff_alpha
from nblabel.consolidation.boxes import average_boxes, box_agreement, consolidate_boxes, iou
from nblabel.consolidation.clusters import cluster
from nblabel.consolidation.masks import consolidate_masks, mask_agreement, mask_score
from nblabel.consolidation.spans import consolidate_spans, span_agreement

METHODS = ["dawid-skene", "majority", "aws"]


def answers(table, gold=None):
    """Number answers given as {item: {worker: annotation}}."""
    rows = [(item, worker, annotation) for item, given in table.items() for worker, annotation in given.items()]
    shape = (max(item for item, _, _ in rows) + 1, max(worker for _, worker, _ in rows) + 1)
    items, workers = (np.array([row[place] for row in rows]) for place in (0, 1))
    return Answers(items=items, workers=workers, annotations=[row[2] for row in rows], shape=shape, gold=gold or {})


def box(label, left, top, width=40, height=30):
    return {"label": label, "left": left, "top": top, "width": width, "height": height}


def span(label, start, end):
    return {"label": label, "startOffset": start, "endOffset": end}


@pytest.mark.parametrize("method", METHODS)
def test_boxes_are_matched_named_and_averaged(method):
    given = {
        0: {
            0: [box("cat", 10, 10), box("dog", 100, 100)],
            1: [box("dog", 102, 100), box("cat", 12, 10)],
            2: [box("cat", 11, 13), box("cat", 101, 100), box("cat", 300, 300)],
        }
    }
    found = consolidate_boxes(answers(given), method)
    assert sorted(one["label"] for one in found.annotations[0]) == ["cat", "dog"]
    cat = next(one for one in found.annotations[0] if one["label"] == "cat")
    assert 10 <= cat["left"] <= 12
    assert 10 <= cat["top"] <= 13
    assert len(found.confidence[0]) == 2
    assert all(0 < sure <= 1 for sure in found.confidence[0])
    assert 0 < found.agreement[0] < 1


def test_careful_workers_decide_where_sides_are():
    random = np.random.default_rng(0)
    corner = random.uniform(0, 300, (60, 2))
    truth = np.hstack([corner, corner + random.uniform(40, 120, (60, 2))])
    size = np.tile(truth[:, 2:] - truth[:, :2], 2)
    drawn = np.stack([truth + random.normal(0, spread, truth.shape) * size for spread in (0.01, 0.01, 0.1, 0.1, 0.1)])
    found = average_boxes(drawn.reshape(-1, 4), np.tile(np.arange(60), 5), np.repeat(np.arange(5), 60), (60, 5))
    exact = [np.diag(iou(sides, truth)).mean() for sides in (found.sides, np.median(drawn, axis=0), drawn.mean(0))]
    assert exact[0] > exact[1] > exact[2]
    assert found.spread[:2].max() < found.spread[2:].min() / 3


def test_a_worker_who_marks_what_is_not_there_loses_weight():
    random = np.random.default_rng(1)
    real = {item: box("a", *random.uniform(0, 200, 2).round()) for item in range(30)}
    table = {item: {0: [one], 1: [one], 2: [one, box("a", 400 + item, 400)]} for item, one in real.items()}
    found = consolidate_boxes(answers(table), "dawid-skene")
    assert all(len(annotation) == 1 for annotation in found.annotations)
    assert found.workers["precision"].tolist() == [1, 1, 0.5]
    assert found.workers["recall"].tolist() == [1, 1, 1]


def test_two_boxes_of_one_worker_never_become_one():
    alike = iou(np.array([[0.0, 0, 10, 10], [0, 0, 10, 11], [0, 0, 10, 10]]), np.array([[0.0, 0, 10, 10], [0, 0, 10, 11], [0, 0, 10, 10]]))
    assert cluster(alike, np.array([0, 0, 1]), least=0.4).tolist() == [0, 1, 0]


@pytest.mark.parametrize("method", METHODS)
def test_spans_are_voted_on(method):
    given = {
        0: {0: [span("PER", 0, 4)], 1: [span("PER", 0, 4), span("LOC", 20, 26)], 2: [span("ORG", 0, 5), span("LOC", 20, 26)]},
        1: {0: [], 1: [], 2: []},
    }
    found = consolidate_spans(answers(given), method)
    assert found.annotations == [[span("PER", 0, 4), span("LOC", 20, 26)], []]
    assert found.agreement[1] == 1


def test_gold_things_are_kept():
    found = consolidate_spans(answers({0: {0: [span("A", 0, 2)], 1: [span("A", 0, 2)]}}, gold={0: [span("B", 5, 9)]}), "dawid-skene")
    assert found.annotations == [[span("B", 5, 9)]]
    assert found.confidence == [[1.0]]


@pytest.mark.parametrize("method", METHODS)
def test_masks_are_voted_on_pixel_by_pixel(method):
    truth = np.zeros((40, 50), np.uint8)
    truth[10:30, 10:40] = 2
    shifted = np.roll(truth, 2, axis=1)
    guess = np.zeros_like(truth)
    guess[:5, :5] = 1
    found = consolidate_masks(answers({0: {0: truth, 1: truth.copy(), 2: shifted, 3: guess}}), method)
    assert found.annotations[0].dtype == np.uint8
    assert mask_score(found.annotations[0], truth) > (0.98 if method == "dawid-skene" else 0.85)
    assert set(found.confidence[0]) == {0, 2}
    assert found.workers["accuracy"].idxmin() == 3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("consolidate", "annotation"),
    [(consolidate_boxes, [box("a", 1, 2), box("b", 90, 1)]), (consolidate_spans, [span("a", 0, 3), span("b", 2, 9)]), (consolidate_boxes, [])],
)
def test_one_answer_is_the_result(consolidate, annotation, method):
    assert consolidate(answers({0: {0: annotation}}), method).annotations == [annotation]


def test_agreement_tells_detection_label_and_location_apart():
    same_place = {item: {0: [box("a", 10, 10), box("b", 100, 100)], 1: [box("b", 10, 10), box("a", 100, 100)]} for item in range(5)}
    found = box_agreement(answers(same_place)).set_index(["measure", "label"])["alpha"]
    assert found["label", np.nan] < 0
    assert found["location", np.nan] == 1
    apart = {item: {0: [span("a", 0, 4)], 1: [span("a", 50, 54)]} for item in range(5)}
    assert span_agreement(answers(apart)).set_index(["measure", "label"])["alpha"]["detection", "a"] < 0


def test_agreement_of_masks():
    mask = np.zeros((20, 20), np.uint8)
    mask[5:15, 5:15] = 1
    assert mask_agreement(answers({0: {0: mask, 1: mask.copy()}}))["alpha"].tolist() == [1, 1, 1]


def test_alpha_equals_its_definition():
    """Observed over expected disagreement, pair by pair, as Krippendorff defines them."""
    random = np.random.default_rng(4)
    values = random.integers(0, 4, (3, 20)).astype(float)
    values[random.random(values.shape) < 0.2] = np.nan
    units = [column[~np.isnan(column)] for column in values.T]
    units = [unit for unit in units if len(unit) > 1]
    everything = np.concatenate(units)
    observed = sum(((unit[:, None] - unit) ** 2).sum() / (len(unit) - 1) for unit in units) / len(everything)
    expected = ((everything[:, None] - everything) ** 2).sum() / (len(everything) * (len(everything) - 1))
    assert krippendorff_alpha(values, "interval") == pytest.approx(1 - observed / expected)


def test_alpha_is_undefined_without_pairs_or_without_difference():
    assert np.isnan(krippendorff_alpha(np.array([[1.0, np.nan], [np.nan, 2.0]])))
    assert np.isnan(krippendorff_alpha(np.ones((2, 5))))
