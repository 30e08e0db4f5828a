"""Workers choose a class for each item; a model says which class it is, how sure that is, and how good each worker is.

The default is a Dawid-Skene model that does not over-fit: each worker's confusion matrix is drawn towards what all workers confuse and towards the
worker's own accuracy, the more strongly the fewer answers a worker gave. Its posterior says which class; how sure that is comes from `calibrated`.

References
----------
A. P. Dawid and A. M. Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied Statistics 28, 1979.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.intp]

__all__ = ["Verdict", "Votes", "aws_dawid_skene", "calibrated", "dawid_skene", "evidence", "majority"]

PULL = 2.0
"""Answers that the prior of a worker's row is worth where workers answered much. Between 1 and 4 the accuracy on public data hardly changes."""
DOUBT = 20.0
"""Answers that all workers together are worth before anything was seen of them; and, over the mean answers of a worker and class, more pull."""
USUAL = 0.7
"""Accuracy of workers of whom nothing is known."""
ROUNDS = 200
CLOSE = 1e-5
CORRELATION = 0.1
"""How much the errors of different workers hang together where the votes do not show it themselves."""
PLAIN = 0.4
"""How much the plain share of votes counts in the confidence, beside the model of workers."""

_SCATTER_ROUNDS = 20
_CORRELATIONS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0)
_AWS_ROUNDS = 20
_AWS_DIAGONAL = 0.7


@dataclass(frozen=True, kw_only=True, slots=True)
class Votes:
    """What workers chose.

    Attributes
    ----------
    items, workers, labels : numpy.ndarray
        (v,) integers, parallel: this worker gave this item this label.
    shape : tuple of int
        Numbers of items, of workers and of labels.
    gold : dict
        Known labels by item; they are kept, and workers are judged by them.
    strata : numpy.ndarray or None
        (n,) integers: items of one stratum share the frequencies of labels. None: all do.
    """

    items: Integers
    workers: Integers
    labels: Integers
    shape: tuple[int, int, int]
    gold: dict[int, int] = field(default_factory=dict)
    strata: Integers | None = None

    def shares(self) -> Floats:
        """Give the share of each label among an item's votes, (n, k); even where nobody voted."""
        n, _, k = self.shape
        counts = np.bincount(self.items * k + self.labels, minlength=n * k).reshape(n, k).astype(np.float64)
        totals = counts.sum(1, keepdims=True)
        return np.where(totals > 0, counts / np.maximum(totals, 1), 1 / max(k, 1))

    def per_item(self) -> Integers:
        """Count the votes of each item, (n,)."""
        return np.bincount(self.items, minlength=self.shape[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a set of votes says.

    Attributes
    ----------
    posterior : numpy.ndarray
        (n, k): how probable each label is by the model itself, which is too sure of itself.
    prior : numpy.ndarray
        (n, k): how probable it was before the votes.
    confusion : numpy.ndarray
        (m, k, k): how probable it is that a worker answers the third for an item of the second.
    """

    posterior: Floats
    prior: Floats
    confusion: Floats

    @property
    def choice(self) -> Integers:
        """The most probable label of each item, (n,)."""
        return np.asarray(self.posterior.argmax(1))


def majority(votes: Votes) -> Verdict:
    """Count votes; whoever is right is right as often as the others."""
    shares = _with_gold(votes.shares(), votes)
    return Verdict(posterior=shares, prior=np.full_like(shares, 1 / votes.shape[2]), confusion=_confusion(_counts(votes, shares)))


def dawid_skene(votes: Votes) -> Verdict:
    """Weigh votes by what each worker confuses; see the module.

    Examples
    --------
    Two careful workers outvote three who answer the same whatever they see:

    >>> truth = np.array([0, 1] * 50)
    >>> answers = np.stack([truth, truth, 0 * truth, 0 * truth, 0 * truth])
    >>> votes = Votes(items=np.tile(np.arange(100), 5), workers=np.repeat(np.arange(5), 100), labels=answers.ravel(), shape=(100, 5, 2))
    >>> [bool((engine(votes).choice == truth).all()) for engine in (dawid_skene, majority)]
    [True, False]
    """
    posterior = _with_gold(votes.shares(), votes)
    for _ in range(ROUNDS):
        before = posterior
        confusion = _confusion(_counts(votes, posterior))
        prior = _frequencies(votes, posterior)
        posterior = _with_gold(_softmax(evidence(votes, confusion) + np.log(prior)), votes)
        if np.abs(posterior - before).max(initial=0) < CLOSE:
            break
    return Verdict(posterior=posterior, prior=prior, confusion=confusion)


def aws_dawid_skene(votes: Votes) -> Verdict:
    """Weigh votes as Ground Truth's published "modified Dawid-Skene" does.

    Notes
    -----
    From the consolidation notebook of AWS's SageMaker examples: matrices begin with 0.7 on the diagonal; to a worker's counts come as many answers of
    a worker of the same accuracy, and half as many of one of the mean accuracy; at most 20 rounds. Its stopping test compares the change's size, not
    (as published) its sign.
    """
    n, m, k = votes.shape
    confusion = _coins(np.full(m, _AWS_DIAGONAL), k)
    posterior = _with_gold(votes.shares(), votes)
    for _ in range(_AWS_ROUNDS):
        before = posterior
        prior = np.broadcast_to(np.maximum(posterior.mean(0), 1e-12), (n, k))
        posterior = _with_gold(_softmax(evidence(votes, confusion) + np.log(prior)), votes)
        counts = _counts(votes, posterior)
        totals = counts.sum((1, 2))
        accuracy = np.trace(counts, axis1=1, axis2=2) / np.maximum(totals, 1e-12)
        counts = counts + totals[:, None, None] * (_coins(accuracy, k) + _coins(np.full(m, accuracy.mean()), k) / 2)
        confusion = np.maximum(counts, 1e-12) / np.maximum(counts, 1e-12).sum(2, keepdims=True)
        if np.abs(posterior - before).max(initial=0) < CLOSE:
            break
    return Verdict(posterior=posterior, prior=prior, confusion=confusion)


def evidence(votes: Votes, confusion: Floats) -> Floats:
    """Give the log-likelihood of an item's votes under each label, (n, k)."""
    n, _, k = votes.shape
    logs = np.log(confusion)
    return np.stack([np.bincount(votes.items, weights=logs[votes.workers, label, votes.labels], minlength=n) for label in range(k)], axis=1)


def calibrated(votes: Votes, verdict: Verdict) -> Floats:
    """Say how probable each label of each item really is, (n, k), without knowing any truth.

    A Dawid-Skene posterior counts votes as if workers erred independently. They do not: what is hard for one is hard for all. So the votes of an item
    count as fewer (Kish's design effect 1 + (votes - 1) * correlation; the correlation is `CORRELATION` plus what the votes show), and the result is
    averaged, as logarithms, with the plain share of votes (by Laplace's rule), which trusts no model of workers.

    What the votes show is seen in two ways: by how far they scatter about the label, and by which correlation foretells best what a worker answers
    from what the others answered. The first sees more, but takes its own doubt for scatter where workers are few and good, so the second limits it.

    Notes
    -----
    Quasi-likelihood for over-dispersed counts: P. McCullagh and J. A. Nelder, "Generalized Linear Models", 1989, section 4.5. Design effect: L. Kish,
    "Survey Sampling", 1965.
    """
    k = votes.shape[2]
    counts = votes.per_item()[:, None]
    logs = evidence(votes, verdict.confusion)
    correlation = CORRELATION + min(_scatter(votes, verdict, logs), CORRELATION + 2 * _foretelling(votes, verdict, logs))
    tempered = _softmax(_effect(counts, correlation) * logs + np.log(verdict.prior))
    shares = (votes.shares() * counts + 1) / (counts + k)
    return _with_gold(_softmax((1 - PLAIN) * np.log(np.maximum(tempered, 1e-300)) + PLAIN * np.log(shares)), votes)


def _effect(counts: Floats | Integers, correlation: float) -> Floats:
    """Give what each of so many votes counts for (Kish's design effect)."""
    return np.asarray(1 / (1 + np.maximum(counts - 1, 0) * correlation))


def _foretelling(votes: Votes, verdict: Verdict, logs: Floats) -> float:
    """Find the correlation by which the other votes of an item foretell each vote best; it needs no truth."""
    others = votes.per_item()[votes.items][:, None] - 1
    told = others[:, 0] > 0
    if not told.any():
        return 0.0
    own = np.log(verdict.confusion)[votes.workers, :, votes.labels][told]
    rest, prior, others = logs[votes.items][told] - own, np.log(verdict.prior)[votes.items][told], others[told]
    chances = [float(np.log((_softmax(_effect(others, correlation) * rest + prior) * np.exp(own)).sum(1)).mean()) for correlation in _CORRELATIONS]
    return _CORRELATIONS[int(np.argmax(chances))]


def _scatter(votes: Votes, verdict: Verdict, logs: Floats) -> float:
    """Estimate how much the votes of an item hang together beyond its label: the intra-class correlation of their evidence, 0 when there is none."""
    n, _, k = votes.shape
    mean_votes = votes.per_item().mean() if n else 0.0
    if k < 2 or mean_votes <= 1:  # noqa: PLR2004
        return 0.0
    scores = logs + np.log(verdict.prior)
    order = np.argsort(-scores, axis=1)
    confusion = verdict.confusion
    log_confusion = np.log(confusion)
    temper = 1.0
    for _ in range(_SCATTER_ROUNDS):
        posterior = _softmax(temper * logs + np.log(verdict.prior))
        total = weight = 0.0
        for label, other in ((order[:, 0], order[:, 1]), (order[:, 1], order[:, 0])):
            here, there = label[votes.items], other[votes.items]
            gain = log_confusion[votes.workers, here] - log_confusion[votes.workers, there]
            chance = confusion[votes.workers, here]
            expected = (chance * gain).sum(1)
            variance = np.bincount(votes.items, weights=(chance * gain**2).sum(1) - expected**2, minlength=n)
            surplus = np.bincount(votes.items, weights=gain[np.arange(len(gain)), votes.labels] - expected, minlength=n)
            told = variance > 1e-9  # noqa: PLR2004
            belief = posterior[np.arange(n), label][told]
            total += float((belief * surplus[told] ** 2 / variance[told]).sum())
            weight += float(belief.sum())
        dispersion = total / weight if weight else 1.0
        before, temper = temper, min(1.0, 1 / max(dispersion, 1e-12))
        if abs(before - temper) < CLOSE:
            break
    return (1 / temper - 1) / (mean_votes - 1)


def _counts(votes: Votes, posterior: Floats) -> Floats:
    """Count, for each worker, answers by the probable truth: (m, k, k)."""
    _, m, k = votes.shape
    cells = ((votes.workers * k)[:, None] + np.arange(k)) * k + votes.labels[:, None]
    counts = np.bincount(cells.ravel(), weights=posterior[votes.items].ravel(), minlength=m * k * k)
    return np.asarray(counts.reshape(m, k, k))


def _confusion(counts: Floats) -> Floats:
    """Make confusion matrices of counts, each row drawn towards what all confuse and what the worker gets right anyway."""
    k = counts.shape[1]
    totals = counts.sum((1, 2))
    right = np.trace(counts, axis1=1, axis2=2)
    pull = PULL + DOUBT * len(totals) * k / max(float(totals.sum()), 1e-12)
    usual = max(USUAL, 1 / k)
    pooled = counts.sum(0) + DOUBT * _coins(np.array([usual]), k)[0]
    pooled /= pooled.sum(1, keepdims=True)
    mean = (right.sum() + DOUBT * usual) / (totals.sum() + DOUBT)
    accuracy = (right + pull * mean) / (totals + pull)
    expected = (pooled + _coins(np.clip(accuracy, 1e-6, 1 - 1e-6), k)) / 2
    return np.asarray((counts + pull * expected) / (counts.sum(2, keepdims=True) + pull), np.float64)


def _coins(accuracy: Floats, k: int) -> Floats:
    """Give the confusion matrices of workers who err towards every other label alike, (m, k, k)."""
    wrong = (1 - accuracy) / max(k - 1, 1)
    return np.asarray(np.where(np.eye(k, dtype=bool), accuracy[:, None, None], wrong[:, None, None]), np.float64)


def _frequencies(votes: Votes, posterior: Floats) -> Floats:
    """Give how frequent labels are among the items of the same stratum, (n, k), drawn towards how often they were chosen."""
    n, _, k = votes.shape
    strata = np.zeros(n, np.intp) if votes.strata is None else votes.strata
    counts = np.ones((int(strata.max(initial=0)) + 1, k))
    shares = votes.shares()
    sizes = np.bincount(strata, minlength=len(counts))
    np.add.at(counts, strata, posterior + DOUBT * shares / np.maximum(sizes, 1)[strata][:, None])
    return np.asarray((counts / counts.sum(1, keepdims=True))[strata])


def _with_gold(posterior: Floats, votes: Votes) -> Floats:
    for item, label in votes.gold.items():
        posterior[item] = np.arange(votes.shape[2]) == label
    return posterior


def _softmax(logs: Floats) -> Floats:
    grown = np.exp(logs - logs.max(1, keepdims=True))
    return np.asarray(grown / grown.sum(1, keepdims=True))
