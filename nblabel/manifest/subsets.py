"""Rows chosen from a DataFrame as `Scan` chooses lines from a manifest: the same filter, the same samples, the same parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nblabel.errors import ManifestError
from nblabel.manifest import chance
from nblabel.manifest.blocks import Block
from nblabel.manifest.filter import Filter
from nblabel.manifest.stream import check_objects
from nblabel.manifest.write import written_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

__all__ = ["random_split", "sample", "select", "split"]


def select(df: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return the rows that a condition is true of, asked of the lines as they would be written now; see `Scan.select`."""
    condition = Filter(where)
    return df[condition.keep(Block.of(b"\n".join(_lines(df))))]


def sample(df: pd.DataFrame, n: int | None, frac: float | None, seed: int | None) -> pd.DataFrame:
    """Return rows chosen at random, in order; see `Scan.sample`."""
    return df[chance.choose(len(df), n, frac, chance.new_seed() if seed is None else seed).keep(0, len(df))]


def split(df: pd.DataFrame, objects: int) -> list[pd.DataFrame]:
    """Return parts that follow each other; see `Scan.split`."""
    check_objects(objects)
    return [df.iloc[first : first + objects] for first in range(0, len(df), objects)]


def random_split(df: pd.DataFrame, weights: Sequence[float], seed: int | None) -> list[pd.DataFrame]:
    """Return parts divided at random; see `Scan.random_split`."""
    choices = chance.divide(len(df), weights, chance.new_seed() if seed is None else seed)
    return [df[choice.keep(0, len(df))] for choice in choices]


def _lines(df: pd.DataFrame) -> Iterator[bytes]:
    for line in written_lines(df):
        if isinstance(line, ManifestError):
            raise line
        yield line
