"""Manifests that are larger than memory: a stream of DataFrames, and what can be chosen from it."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from nblabel import storage
from nblabel.manifest import chance
from nblabel.manifest.blocks import Block, read_block
from nblabel.manifest.filter import Filter
from nblabel.manifest.lines import Lines
from nblabel.manifest.read import frame_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["OBJECTS_PER_JOB", "Scan", "check_objects", "scan"]

OBJECTS_PER_JOB = 100_000
"""What Ground Truth allows a labeling job ("Input data quotas" in the SageMaker developer guide); 20,000 for semantic segmentation."""

_BLOCK_SIZE = 1 << 24


def scan(source: str | os.PathLike[str], *, block_size: int = _BLOCK_SIZE) -> Scan:
    r"""Stream a manifest of any size as DataFrames, in constant memory.

    Nothing is read before it is needed. The scan gives frames when it is iterated over; `Scan.select`, `Scan.sample`, `Scan.split` and
    `Scan.random_split` give scans of some of the lines, and `Scan.to_manifest`, `Scan.read` and `Scan.to_dask` bring them somewhere. As with
    `read_manifest`, nothing is lost: lines come out byte for byte.

    Parameters
    ----------
    source
        Local path or URL of the manifest. Parts of it are read as they are needed, from S3 by ranged requests; it must stay as it is meanwhile.
    block_size
        Bytes of manifest in one frame, about. Memory in use grows with it, not with the manifest.

    Raises
    ------
    StorageError
        The manifest is missing or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp(), "photos.manifest")
    >>> _ = path.write_text("".join(f'{{"source-ref": "{number}.jpg", "page": {number}}}\n' for number in range(1000)))
    >>> for df in scan(path, block_size=20_000):
    ...     print(len(df), df["page"].sum())
    519 134421
    481 365079
    >>> scan(path).sample(3, seed=1).read()
        source-ref  page
    472    472.jpg   472
    730    730.jpg   730
    913    913.jpg   913
    """
    if block_size < 1:
        raise ValueError(f"block_size={block_size!r} must be a positive number of bytes")
    uri = os.fspath(source)
    size = storage.size(uri)
    return Scan(_Range(uri, uri, size, 0, size, 0, (0,)), (), block_size)


def check_objects(objects: int) -> None:
    """Refuse a number of objects in a part that is not positive."""
    if objects < 1:
        raise ValueError(f"objects={objects!r} must be a positive number of rows in a part")


class _Range(NamedTuple):
    """A part of a manifest.

    Attributes
    ----------
    uri, name, size
        The manifest, its name for messages, and its bytes.
    start, end
        The lines that begin in these bytes.
    feeds
        Line ends before.
    seen
        Lines before (blank ones left out), and how many of them each step had left, in the order of the steps.
    """

    uri: str
    name: str
    size: int
    start: int
    end: int
    feeds: int
    seen: tuple[int, ...]


class _Part(NamedTuple):
    """One block, and which of its lines were left by each step.

    Attributes
    ----------
    place
        What stands before the block.
    left
        Positions of lines in the block: all, and those that each step left.
    """

    place: _Range
    block: Block
    left: list[NDArray[np.intp]]

    @property
    def rows(self) -> NDArray[np.intp]:
        """Positions in the block of the lines that all steps left."""
        return self.left[-1]

    def before(self, row: int) -> _Range:
        """Return what stands before a line of the block, and ends with the manifest."""
        return self.place._replace(
            start=self.block.offset + int(self.block.starts[row]),
            feeds=self.place.feeds + int(self.block.feeds()[row]),
            seen=tuple(seen + int(np.searchsorted(left, row)) for seen, left in zip(self.place.seen, self.left, strict=True)),
        )

    @property
    def lines(self) -> NDArray[np.intp]:
        """Positions of these lines in the manifest."""
        return self.place.seen[0] + self.rows

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Numbers of these lines in the manifest, from 1, blank ones counted."""
        return self.place.feeds + self.block.feeds()[self.rows] + 1


class Scan:
    """A manifest, or lines chosen from it, to be streamed; made by `scan`.

    Iterating gives DataFrames like those of `read_manifest`. Their index numbers the lines of the whole manifest, as `read_manifest` would.
    """

    def __init__(self, place: _Range, steps: tuple[Filter | chance.Choice, ...], block_size: int) -> None:
        self._place = place
        self._steps = steps
        self._block_size = block_size

    def __repr__(self) -> str:
        place = self._place
        part = "" if place.end - place.start == place.size else f", bytes {place.start:,} to {place.end:,}"
        steps = "".join(f", {_shown(step)}" for step in self._steps)
        return f"<Scan of {place.uri}{part}{steps}>"

    def __dask_tokenize__(self) -> tuple[Any, ...]:
        return (self._place, repr(self), self._block_size)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        for part in self._parts():
            if len(part.rows):
                yield _indexed(self._lines(b"".join(self._bytes_of(part)), part.numbers), part.lines)

    @cached_property
    def count(self) -> int:
        """Number of lines, blank ones left out; the manifest is read for it once."""
        return sum(len(part.rows) for part in self._parts())

    # Choosing

    def select(self, where: str) -> Scan:
        """Choose the lines that a condition is true of, as the filter of Ground Truth's console does.

        Parameters
        ----------
        where
            What would stand after WHERE in Amazon S3 Select: ``s."source-ref" LIKE '%cat%'``; see `nblabel.manifest.where.translate`.

        Raises
        ------
        QueryError
            The condition cannot be understood.
        MissingExtraError
            DuckDB is not installed.
        """
        return self._with(Filter(where))

    def sample(self, n: int | None = None, *, frac: float | None = None, seed: int | None = None) -> Scan:
        """Choose lines at random; they stay in order. The lines are counted for it, which reads the manifest once.

        Parameters
        ----------
        n, frac
            How many lines, exactly; or which part of them, from 0 to 1, rounded to whole lines.
        seed
            The same seed chooses the same lines, as does ``df.nblabel.sample`` with it; by default another one each time.

        Raises
        ------
        ValueError
            Neither or both of `n` and `frac` are given, or there are not as many lines.
        """
        return self._with(chance.choose(self.count, n, frac, chance.new_seed() if seed is None else seed))

    def split(self, objects: int = OBJECTS_PER_JOB) -> list[Scan]:
        """Split into parts that follow each other. The manifest is read once; a part then reads its own bytes only.

        Parameters
        ----------
        objects
            Lines in a part, at most. The default is Ground Truth's quota for a labeling job; for semantic segmentation it is 20,000.
        """
        check_objects(objects)
        starts: list[_Range] = []
        for part in self._parts():
            seen = part.place.seen[-1] - self._place.seen[-1]
            starts += [part.before(row) for row in part.rows[-seen % objects :: objects].tolist()]
        # What stands between two parts (blank lines, lines that were not chosen) goes with the first of them.
        starts[:1] = [self._place] * bool(starts)
        ends = [*(place.start for place in starts[1:]), self._place.end]
        return [Scan(place._replace(end=end), self._steps, self._block_size) for place, end in zip(starts, ends, strict=bool(starts))]

    def random_split(self, weights: Sequence[float], *, seed: int | None = None) -> list[Scan]:
        """Divide at random, for training and validation for instance; each line gets into one part. The manifest is read once.

        Parameters
        ----------
        weights
            Sizes of the parts relative to each other: ``[0.8, 0.2]``.
        seed
            The same seed divides alike, as does ``df.nblabel.random_split`` with it; by default another one each time.

        Raises
        ------
        ValueError
            The weights are not positive numbers.
        """
        return [self._with(choice) for choice in chance.divide(self.count, weights, chance.new_seed() if seed is None else seed)]

    # Bringing somewhere

    def to_manifest(self, destination: str | os.PathLike[str]) -> None:
        """Write the lines, byte for byte, without decoding them.

        Parameters
        ----------
        destination
            Local path or URL. A file is replaced at once, as by `write_manifest`; it may be the manifest that is scanned.

        Raises
        ------
        StorageError
            The file cannot be written.
        """
        storage.write_bytes_atomic(destination, (piece for part in self._parts() for piece in self._bytes_of(part)))

    def read(self) -> pd.DataFrame:
        """Return all of it as one DataFrame, which has to fit into memory."""
        lines, rows = self.collect()
        if len(rows) or not self._steps:
            return _indexed(lines, rows)
        # A frame of nothing still has the columns of the manifest.
        return next((df.iloc[:0] for df in Scan(self._place._replace(seen=self._place.seen[:1]), (), self._block_size)), _indexed(lines, rows))

    def to_dask(self, columns: Iterable[str] | None = None) -> Any:
        """Return it as a Dask DataFrame; needs the extra ``nblabel[dask]``.

        Each partition is a byte range of the manifest, which the worker that needs it reads by itself, from S3 by ranged requests. Its frames are
        manifest-backed as those of `read_manifest`.

        Parameters
        ----------
        columns
            Keys of the lines. By default all of them, which takes a pass over the manifest, on the cluster if there is one; then columns whose values
            are of one kind in all partitions are ordinary ones. Columns that are given here are all of the dtype "manifest".

        Returns
        -------
        dask.dataframe.DataFrame
            The index counts the lines of each partition from 0; after `sample` or `random_split`, for which the lines were counted, those of the
            manifest.

        Raises
        ------
        MissingExtraError
            Dask is not installed.
        """
        from nblabel.manifest.cluster import to_dask

        return to_dask(self, columns)

    def partitions(self) -> list[Scan]:
        """Return scans of one block each, for workers that share the work: those of a process pool, Ray or Spark.

        Nothing is read for it, so that the parts do not know how many lines stand before them: they count lines from 0. Only after `sample` or
        `random_split`, which depend on the number of a line, the manifest is read once.
        """
        place, size = self._place, self._block_size
        if any(isinstance(step, chance.Choice) for step in self._steps):
            places = [part.place for part in self._parts()]
        else:
            nowhere = (0,) * len(place.seen)
            places = [
                place._replace(name=f"{place.uri} (from byte {start:,})", start=start, feeds=0, seen=nowhere)
                for start in range(place.start, place.end, size)
            ]
        return [Scan(part._replace(end=min(part.start + size, place.end)), self._steps, size) for part in places]

    def collect(self) -> tuple[Lines, NDArray[np.intp]]:
        """Return all lines, and their positions (n,) in the manifest."""
        data: list[bytes | memoryview] = []
        rows, numbers = [np.zeros(0, np.intp)], [np.zeros(0, np.int64)]
        for part in self._parts():
            data += self._bytes_of(part)
            rows.append(part.lines)
            numbers.append(part.numbers)
        return self._lines(b"".join(data), np.concatenate(numbers)), np.concatenate(rows)

    # How

    def _with(self, step: Filter | chance.Choice) -> Scan:
        if isinstance(step, chance.Choice):
            step = step._replace(begin=self._place.seen[-1])
        return Scan(self._place._replace(seen=(*self._place.seen, 0)), (*self._steps, step), self._block_size)

    def _parts(self) -> Iterator[_Part]:
        place = self._place
        for start in range(place.start, place.end, self._block_size):
            place = place._replace(start=start)
            block = read_block(place.uri, start, min(start + self._block_size, place.end), place.size)
            left = [np.arange(len(block.starts))]
            for step, seen in zip(self._steps, place.seen, strict=False):
                left.append(left[-1][_kept(step, block, left[-1], seen)])
            yield _Part(place, block, left)
            feeds = place.feeds + block.data.count(b"\n")
            place = place._replace(feeds=feeds, seen=tuple(seen + len(rows) for seen, rows in zip(place.seen, left, strict=True)))

    def _bytes_of(self, part: _Part) -> Iterator[bytes | memoryview]:
        if self._steps:
            yield from part.block.pieces(part.rows)
        else:
            yield part.block.data

    def _lines(self, data: bytes, numbers: NDArray[np.int64]) -> Lines:
        return Lines(data, uri=self._place.name, folder=storage.folder(self._place.uri), numbers=numbers)


def _indexed(lines: Lines, rows: NDArray[np.intp]) -> pd.DataFrame:
    df = frame_of(lines)
    if len(rows):
        first, last = int(rows[0]), int(rows[-1])
        df.index = pd.RangeIndex(first, last + 1) if last + 1 - first == len(rows) else pd.Index(rows)
    return df


def _kept(step: Filter | chance.Choice, block: Block, rows: NDArray[np.intp], seen: int) -> NDArray[np.bool_]:
    if isinstance(step, chance.Choice):
        return step.keep(seen, len(rows))
    return step.keep(block if len(rows) == len(block.starts) else Block.of(b"".join(block.pieces(rows))))


def _shown(step: Filter | chance.Choice) -> str:
    return f"where {step.where}" if isinstance(step, Filter) else f"a random part (seed={step.seed})"
