"""Classes by vote: who is right, how sure that is, and how good workers are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblabel.consolidation.votes import Votes, aws_dawid_skene, calibrated, dawid_skene, majority

ENGINES = [dawid_skene, majority, aws_dawid_skene]


def crowd(accuracy, *, items=300, classes=3, seed=0):
    """Make a truth, and answers of workers who are right with the given probabilities."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, items)
    answers = np.stack([np.where(random.random(items) < right, truth, (truth + random.integers(1, classes, items)) % classes) for right in accuracy])
    workers, places = np.divmod(np.arange(answers.size), items)
    return truth, Votes(items=places, workers=workers, labels=answers.ravel(), shape=(items, len(accuracy), classes))


def test_good_workers_outvote_careless_ones():
    truth, votes = crowd([0.95, 0.9, 0.4, 0.4, 0.4])
    right = {engine: (engine(votes).choice == truth).mean() for engine in ENGINES}
    assert right[dawid_skene] > right[majority] + 0.05


def test_a_worker_who_always_answers_the_opposite_is_understood():
    truth, votes = crowd([0.9, 0.9, 0.8, 0.05], classes=2)
    verdict = dawid_skene(votes)
    assert (verdict.choice == truth).mean() > 0.93
    assert verdict.confusion[3, 0, 1] > 0.8


def test_few_answers_a_worker_do_not_overfit():
    """Forty workers with three answers each: a plain Dawid-Skene gives each a matrix of its own and loses to the majority."""
    random = np.random.default_rng(3)
    gain = []
    for _ in range(30):
        truth = random.integers(0, 2, 40)
        items = np.tile(np.arange(40), 3)
        labels = np.where(random.random(120) < 0.75, truth[items], 1 - truth[items])
        votes = Votes(items=items, workers=random.permutation(120) % 40, labels=labels, shape=(40, 40, 2))
        gain.append((dawid_skene(votes).choice == truth).mean() - (majority(votes).choice == truth).mean())
    assert np.mean(gain) > -0.003


@pytest.mark.parametrize("accuracy", [[0.7] * 5, [0.9, 0.6, 0.6], [0.95] * 3, [0.55] * 9])
def test_confidence_is_what_it_says(accuracy):
    """Never much surer than right; where workers really are independent, it may be less sure than it could."""
    truth, votes = crowd(accuracy, items=2000, classes=2, seed=1)
    verdict = dawid_skene(votes)
    surplus = calibrated(votes, verdict).max(1).mean() - (verdict.choice == truth).mean()
    assert -0.2 < surplus < 0.05


@pytest.mark.parametrize("accuracy", [[0.9] * 3, [0.8] * 3, [0.9, 0.8, 0.7]], ids=str)
def test_few_good_workers_are_not_taken_for_ones_who_copy(accuracy):
    truth, votes = crowd(accuracy, items=1000, classes=4)
    verdict = dawid_skene(votes)
    gap = (verdict.choice == truth).mean() - calibrated(votes, verdict).max(1).mean()
    assert -0.1 < gap < 0.2


def test_confidence_falls_where_votes_hang_together():
    """Hard items that mislead all workers alike make the plain posterior far too sure."""
    random = np.random.default_rng(2)
    truth = random.integers(0, 2, 1000)
    hard = random.random(1000) < 0.4
    answers = np.stack([np.where(random.random(1000) < np.where(hard, 0.45, 0.95), truth, 1 - truth) for _ in range(9)])
    votes = Votes(items=np.tile(np.arange(1000), 9), workers=np.repeat(np.arange(9), 1000), labels=answers.ravel(), shape=(1000, 9, 2))
    verdict = dawid_skene(votes)
    right = (verdict.choice == truth).mean()
    assert verdict.posterior.max(1).mean() > right + 0.08
    assert abs(calibrated(votes, verdict).max(1).mean() - right) < 0.08


@pytest.mark.parametrize("engine", ENGINES)
def test_gold_is_kept_and_workers_are_judged_by_it(engine):
    _, votes = crowd([0.4, 0.4, 0.4], classes=2)
    known = dict.fromkeys(range(50), 1)
    fixed = Votes(items=votes.items, workers=votes.workers, labels=votes.labels, shape=votes.shape, gold=known)
    verdict = engine(fixed)
    assert (verdict.choice[:50] == 1).all()
    assert (calibrated(fixed, verdict)[:50, 1] == 1).all()
    assert not np.allclose(verdict.confusion, engine(votes).confusion)


@pytest.mark.parametrize("engine", ENGINES)
@given(data=st.data())
def test_order_and_names_do_not_matter(engine, data):
    count = data.draw(st.integers(1, 12))
    items = np.array(data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)))
    labels = np.array(data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)))
    workers = np.arange(count) % 3
    order = np.array(data.draw(st.permutations(range(count))))
    swap = np.array(data.draw(st.permutations(range(3))))
    one = engine(Votes(items=items, workers=workers, labels=labels, shape=(4, 3, 3)))
    other = engine(Votes(items=items[order], workers=workers[order], labels=swap[labels[order]], shape=(4, 3, 3)))
    np.testing.assert_allclose(one.posterior, other.posterior[:, swap], atol=1e-6)
    np.testing.assert_allclose(one.posterior.sum(1), 1)
    sure = calibrated(Votes(items=items, workers=workers, labels=labels, shape=(4, 3, 3)), one)
    assert ((sure >= 0) & (sure <= 1)).all()
    np.testing.assert_allclose(sure.sum(1), 1)
