"""The bytes of a manifest and where its lines are: what every column of a DataFrame that was read from it points into.

A manifest is UTF-8 text with one JSON object a line, ended by a line feed or a carriage return and line feed (SageMaker developer guide, "Input
manifest file"). The bytes are kept as they came; reading finds the lines, which keys each line has, and the values of the simple columns.
"""

from __future__ import annotations

import contextlib
import json
import weakref
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pandas as pd
from msgspec import Raw

from nblabel.errors import ManifestError
from nblabel.manifest.attributes import metadata_name
from nblabel.manifest.codec import MISSING, Unreadable, cell_decoder, decode_object, is_missing, paused_gc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["ABSENT", "NULL", "SOURCES", "VALUE", "Lines", "find_lines"]

ABSENT, NULL, VALUE = 0, 1, 2
"""What a line has for a key: nothing, a value that pandas counts as missing (null), a value."""

SOURCES = ("source-ref", "source")
"""The keys that say what is to be labeled; the first one wins where both are there."""

_BLOCK = 1 << 20
_BOM = b"\xef\xbb\xbf"
_NULL = Raw(b"null")
_PLAIN_STARTS = frozenset(b'"-0123456789tf')

_REFUSALS = (msgspec.MsgspecError, ValueError, RecursionError)
_Row = dict[str, Raw]


class Lines:
    """The lines of one manifest, blank ones passed over.

    Parameters
    ----------
    data
        Content of the file.
    uri
        Name of the file for messages.
    folder
        Folder or URL that relative references start from, None when unknown.
    numbers
        (n,) int64: numbers of the lines in the file, from 1, where `data` is only a part of it.
    version
        Version of the file, where its storage has versions.

    Attributes
    ----------
    starts, ends : numpy.ndarray
        (n,) int64: where each line begins and ends in `data`, the line end left out.
    states : dict of str to numpy.ndarray
        By key, in order of first appearance: (n,) uint8 of `ABSENT`, `NULL`, `VALUE`.
    plain : dict of str to pandas.Series
        (n,) values of each key that every line has, all of one exact kind: text (as pandas holds it), int64, float64 or bool. Label attributes and
        sources are left out. Never given away, so that a changed cell can be told.
    bad : dict of int to str
        What is wrong with each row that is not a JSON object.
    """

    def __init__(self, data: bytes, *, uri: str, folder: str | None, numbers: NDArray[np.int64] | None = None, version: str | None = None) -> None:
        self.data = data
        self.uri = uri
        self.folder = folder
        self.version = version
        if numbers is not None:
            self.numbers = numbers
        self.starts, self.ends = find_lines(data)
        self.states: dict[str, NDArray[np.uint8]] = {}
        self.plain: dict[str, pd.Series[Any]] = {}
        self.bad: dict[int, str] = {}
        self._recent: tuple[bytes, weakref.ref[Lines]] | None = None
        with paused_gc():
            _Reader(self).read()

    def __len__(self) -> int:
        return len(self.starts)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_recent": None}

    @cached_property
    def newline(self) -> bytes:
        """Line end of the first line."""
        first = self.data.find(b"\n")
        return b"\r\n" if first > 0 and self.data[first - 1] == ord("\r") else b"\n"

    def __getitem__(self, row: int) -> bytes:
        return self.data[self.starts[row] : self.ends[row]]

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """The number of each line in the file, from 1, blank lines counted."""
        return np.searchsorted(_feeds(self.data), self.starts).astype(np.int64) + 1

    def number(self, row: int) -> int:
        """Return the number of a line in the file, from 1, blank lines counted."""
        return int(self.numbers[row])

    def cell(self, row: int, key: str) -> Any:
        """Return the value of a key on a line, or `MISSING`."""
        if row in self.bad:
            return MISSING
        return cell_decoder(key)(self[row])

    def cells(self, rows: NDArray[np.int64], key: str) -> Iterator[Any]:
        """Yield the value of a key, or `MISSING`, for each of many lines; -1 stands for no line."""
        decode = cell_decoder(key)
        data = self.data
        states = self.states.get(key)
        if states is None:
            yield from (MISSING for _ in range(len(rows)))
            return
        there = (rows >= 0) & (states[rows] != ABSENT)
        for present, start, end in zip(there.tolist(), self.starts[rows].tolist(), self.ends[rows].tolist(), strict=True):
            yield decode(data[start:end]) if present else MISSING

    def error(self, row: int) -> ManifestError:
        """Return the error that tells what is wrong with a bad line and what to do."""
        return ManifestError(f"{self.bad[row]}; repair this line or remove it", uri=self.uri, line=self.number(row))

    def subset(self, rows: NDArray[np.int64]) -> Lines:
        """Return some of the lines without the bytes of the others, the same object for the same rows asked again.

        The columns of a frame are pickled one after the other; that they get one object is what keeps the lines from being pickled once a column.
        """
        wanted = rows.tobytes()
        if self._recent is not None and self._recent[0] == wanted:
            known = self._recent[1]()
            if known is not None:
                return known
        part = object.__new__(Lines)
        pieces = [self[row] for row in rows.tolist()]
        part.data = b"".join(piece + self.newline for piece in pieces)
        part.uri, part.folder, part.version = self.uri, self.folder, self.version
        lengths = self.ends[rows] - self.starts[rows]
        part.starts = np.concatenate(([0], np.cumsum(lengths + len(self.newline))))[: len(rows)].astype(np.int64)
        part.ends = part.starts + lengths
        part.states = {key: states[rows] for key, states in self.states.items()}
        part.plain = {key: values.take(rows).reset_index(drop=True) for key, values in self.plain.items()}
        places = {row: place for place, row in enumerate(rows.tolist())}
        part.bad = {places[row]: reason for row, reason in self.bad.items() if row in places}
        part.numbers = self.numbers[rows]
        part._recent = None
        self._recent = (wanted, weakref.ref(part))
        return part


def find_lines(data: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each line that is not blank begins and ends, the line end left out.

    Returns
    -------
    starts, ends : numpy.ndarray
        (n,) int64.
    """
    whole = np.frombuffer(data, np.uint8)
    ends = np.concatenate([_feeds(data), [len(data)]]).astype(np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    if data.startswith(_BOM):
        starts[0] = len(_BOM)
    long = ends > starts
    starts, ends = starts[long], ends[long]
    ends = ends - (whole[ends - 1] == ord("\r"))
    odd = np.flatnonzero((ends == starts) | (whole[starts] != ord("{")))
    blank = [row for row in odd.tolist() if not data[starts[row] : ends[row]].strip(b" \t\r")]
    return (np.delete(starts, blank), np.delete(ends, blank)) if blank else (starts, ends)


def _feeds(data: bytes) -> NDArray[np.int64]:
    """Return where the line feeds are."""
    whole = np.frombuffer(data, np.uint8)
    # In blocks: the mask of a whole large file costs more in fresh pages than the search does.
    found = [np.flatnonzero(whole[at : at + _BLOCK] == ord("\n")) + at for at in range(0, len(data), _BLOCK)]
    return np.concatenate([np.empty(0, np.int64), *found])


class _Reader:
    """Fills the states, values and bad lines of a `Lines`, a block at a time.

    A block is split into the cells of each key: JSON text, or values where the column has held values of one plain kind so far. In most blocks all
    lines have the same keys; a struct of these splits them faster than dictionaries do, and refuses a line that has others.
    """

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.split = msgspec.json.Decoder(_Row)
        self.decode = msgspec.json.Decoder().decode
        self.is_ascii = lines.data.isascii()
        self.plain: dict[str, tuple[type, list[Any]]] = {}
        self.mixed: set[str] = set()

    def read(self) -> None:
        lines = self.lines
        count = len(lines)
        starts = lines.starts
        first = 0
        while first < count:
            last = max(int(np.searchsorted(starts, starts[first] + _BLOCK)), first + 1)
            self._take(first, last)
            first = last
        for key, (kind, values) in self.plain.items():
            if len(values) != count or _is_label(key, lines.states):
                continue
            if kind is int:
                if all(-(2**63) <= value < 2**63 for value in (min(values), max(values))):
                    lines.plain[key] = pd.Series(values, dtype=np.int64)
            else:
                lines.plain[key] = pd.Series(values, dtype=None if kind is str else kind)

    def _take(self, first: int, last: int) -> None:
        """Take a block of lines in."""
        columns = self._alike(first, last) if self._is_regular(first, last) else None
        complete = columns is not None
        if columns is None:
            rows = self._rows(first, last)
            columns = {key: [row.get(key) for row in rows] for key in {key: None for row in rows for key in row}}
        states = self.lines.states
        # All keys before the values, as a later one may tell that an earlier one is a label.
        for key in columns:
            if key not in states:
                states[key] = np.zeros(len(self.lines), np.uint8)
        for key, cells in columns.items():
            if complete and (key in self.plain or _NULL not in cells):
                states[key][first:last] = VALUE
            else:
                states[key][first:last] = [ABSENT if cell is None else NULL if cell == _NULL else VALUE for cell in cells]
            self._take_values(key, first, cells)

    def _is_regular(self, first: int, last: int) -> bool:
        """Tell whether the lines are UTF-8 and cannot be mistaken for others when they are read as one text."""
        lines = self.lines
        whole = np.frombuffer(lines.data, np.uint8)
        # An object may hold line feeds between its parts; with a brace at both ends of every line none can reach into the next.
        braces = (whole[lines.starts[first:last]] == ord("{")).all() and (whole[lines.ends[first:last] - 1] == ord("}")).all()
        return bool(braces) and (self.is_ascii or _is_utf8(lines.data[lines.starts[first] : lines.ends[last - 1]]))

    def _alike(self, first: int, last: int) -> dict[str, list[Any]] | None:
        """Return the cells of lines that all have the keys of the first one; None where they have not."""
        lines = self.lines
        try:
            keys = tuple(self.split.decode(lines[first]))
            split = _splitter(keys, tuple(self.plain[key][0] if key in self.plain else Raw for key in keys))
            rows = split(memoryview(lines.data)[lines.starts[first] : lines.ends[last - 1]])
        except _REFUSALS:
            return None
        if len(rows) != last - first:
            return None
        return {key: list(map(attrgetter(_field(place)), rows)) for place, key in enumerate(keys)}

    def _rows(self, first: int, last: int) -> list[_Row]:
        """Return each line split at its keys."""
        lines = self.lines
        if self._is_regular(first, last):
            with contextlib.suppress(*_REFUSALS):
                rows = self.split.decode_lines(memoryview(lines.data)[lines.starts[first] : lines.ends[last - 1]])
                if len(rows) == last - first:
                    return rows
        return [self._row(row) for row in range(first, last)]

    def _row(self, row: int) -> _Row:
        line = self.lines[row]
        if _is_utf8(line):
            with contextlib.suppress(*_REFUSALS):
                return self.split.decode(line)
        value = decode_object(line)
        if isinstance(value, Unreadable):
            self.lines.bad[row] = value.reason
            return {}
        return {key: _NULL if is_missing(cell) else Raw(json.dumps(cell).encode()) for key, cell in value.items()}

    def _take_values(self, key: str, first: int, cells: list[Any]) -> None:
        """Take in a block of a column that may turn out to hold values of one kind only."""
        if key in SOURCES or key in self.mixed or _is_label(key, self.lines.states):
            self.plain.pop(key, None)
            return
        known = self.plain.get(key)
        values = self._values(key, first, cells) if known is not None or not first else None
        kinds = set(map(type, values or []))
        if values is None or len(kinds) != 1 or (known is not None and known[0] not in kinds) or not kinds <= {str, int, float, bool}:
            self.mixed.add(key)
            self.plain.pop(key, None)
        elif known is None:
            self.plain[key] = (kinds.pop(), values)
        else:
            known[1].extend(values)

    def _values(self, key: str, first: int, cells: list[Any]) -> list[Any] | None:
        """Return the values of cells, None where there are cells without one, or with lists or dicts."""
        if not isinstance(cells[0], Raw):
            return cells
        everywhere = (self.lines.states[key][first : first + len(cells)] == VALUE).all()
        if not everywhere or memoryview(cells[0])[0] not in _PLAIN_STARTS:
            return None
        try:
            return self.decode(b"[" + b",".join(cells) + b"]")  # type: ignore[no-any-return]
        except (msgspec.MsgspecError, UnicodeError):
            return None


@lru_cache(maxsize=64)
def _splitter(keys: tuple[str, ...], kinds: tuple[type, ...]) -> Callable[[memoryview], list[Any]]:
    """Return a function from lines that all have just these keys to a struct each."""
    # Numbers are told apart afterwards: a field of floats would take an integer for one.
    fields = [
        (_field(place), int | float if kind in {int, float} else kind, msgspec.field(name=key))
        for place, (key, kind) in enumerate(zip(keys, kinds, strict=True))
    ]
    return msgspec.json.Decoder(msgspec.defstruct("Line", fields, forbid_unknown_fields=True, gc=False)).decode_lines


def _field(place: int) -> str:
    return f"field{place}"


def _is_label(key: str, keys: Sequence[str] | dict[str, Any]) -> bool:
    return metadata_name(key) in keys or key.endswith(metadata_name(""))


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
