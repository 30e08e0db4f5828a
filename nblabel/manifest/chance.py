"""Random choices among numbered rows, the same for the same seed wherever and in whatever order rows are asked about.

Each row number has a key, 64 bits that look random: the output of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
generators", OOPSLA 2014) at this place of the sequence that the seed begins. The n rows with the smallest keys are a random sample of n. As the
function is a bijection no two keys are equal, so the number is exact; a larger sample of the same seed holds the smaller one.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

__all__ = ["Choice", "choose", "divide", "keys", "new_seed"]

_ROWS = 1 << 20
_BUCKETS = 1 << 16
_BITS = 64


class Choice(NamedTuple):
    """The rows whose keys are in a range.

    Attributes
    ----------
    seed
        Chooses the keys.
    low, high
        The range, both ends included; empty if `high` is less than `low`.
    begin
        Number of the row that counts as the first.
    """

    seed: int
    low: int
    high: int
    begin: int = 0

    def keep(self, first: int, count: int) -> NDArray[np.bool_]:
        """Tell which of some rows are chosen.

        Parameters
        ----------
        first, count
            Number of the first row, and how many.

        Returns
        -------
        numpy.ndarray
            (count,) bool.
        """
        if self.high < self.low:
            return np.zeros(count, bool)
        own = keys(self.seed, first - self.begin, count)
        return (own >= np.uint64(self.low)) & (own <= np.uint64(self.high))


def new_seed() -> int:
    """Return a seed that nobody can foresee."""
    return secrets.randbits(32)


def choose(total: int, n: int | None, frac: float | None, seed: int) -> Choice:
    """Choose some of the rows.

    Parameters
    ----------
    total
        Number of rows.
    n, frac
        How many, or which part of them; one of both.
    seed
        The same seed chooses the same rows.

    Raises
    ------
    ValueError
        Not one of `n` and `frac` is given, or there are not as many rows.

    Examples
    --------
    >>> choose(10, 3, None, 0).keep(0, 10).nonzero()[0]
    array([2, 4, 6])
    """
    if (n is None) == (frac is None):
        raise ValueError("say how many rows: n=500, or frac=0.05 for 5 %; one of both")
    if frac is not None:
        if not 0 <= frac <= 1:
            raise ValueError(f"frac={frac!r} must be from 0 to 1")
        n = round(frac * total)
    assert n is not None  # noqa: S101 (for the type checker)
    if not 0 <= n <= total:
        raise ValueError(f"n={n:,} rows cannot be chosen from the {total:,} that there are")
    return Choice(seed, *_between(total, 0, n, seed))


def divide(total: int, weights: Iterable[float], seed: int) -> list[Choice]:
    """Divide the rows at random into parts of given weights; each row is in one part.

    Parameters
    ----------
    total
        Number of rows.
    weights
        Size of each part relative to the others.
    seed
        The same seed divides alike.

    Raises
    ------
    ValueError
        The weights are not positive numbers.
    """
    weights = [float(weight) for weight in weights]
    if not weights or not all(0 < weight < float("inf") for weight in weights):
        raise ValueError(f"weights={weights!r} must be positive numbers, as [0.8, 0.2]")
    ends = [round(total * sum(weights[: number + 1]) / sum(weights)) for number in range(len(weights))]
    ends[-1] = total
    return [Choice(seed, *_between(total, first, last, seed)) for first, last in zip([0, *ends], ends, strict=False)]


def _between(total: int, first: int, last: int, seed: int) -> tuple[int, int]:
    """Return the smallest and largest of the keys that have the ranks `first` to `last` (left out) among those of all rows."""
    if first == last:
        return 1, 0
    return 0 if first == 0 else _ranked(total, first, seed), 2**_BITS - 1 if last == total else _ranked(total, last - 1, seed)


def _ranked(total: int, rank: int, seed: int) -> int:
    """Return the key of a rank, by counting in buckets first: the keys of all rows need not be in memory."""
    shift = np.uint64(_BITS - _BUCKETS.bit_length() + 1)
    counts = np.zeros(_BUCKETS, np.int64)
    for some in _all_keys(total, seed):
        counts += np.bincount((some >> shift).astype(np.int64), minlength=_BUCKETS)
    ends = np.cumsum(counts)
    bucket = int(np.searchsorted(ends, rank, side="right"))
    inside = np.concatenate([some[(some >> shift) == np.uint64(bucket)] for some in _all_keys(total, seed)])
    return int(np.sort(inside)[rank - int(ends[bucket] - counts[bucket])])


def _all_keys(total: int, seed: int) -> Iterator[NDArray[np.uint64]]:
    for first in range(0, total, _ROWS):
        yield keys(seed, first, min(_ROWS, total - first))


def keys(seed: int, first: int, count: int) -> NDArray[np.uint64]:
    """Return the keys of some rows.

    Parameters
    ----------
    seed
        Which sequence.
    first, count
        Number of the first row, and how many.

    Returns
    -------
    numpy.ndarray
        (count,) uint64.
    """
    begin = _mixed(np.array([seed % 2**_BITS], np.uint64))
    numbers = np.arange(first + 1, first + 1 + count, dtype=np.uint64)
    return _mixed(begin + numbers * np.uint64(0x9E3779B97F4A7C15))


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
