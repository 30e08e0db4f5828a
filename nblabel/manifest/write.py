"""DataFrame -> manifest."""

from __future__ import annotations

import io
import os
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nblabel import storage
from nblabel.errors import ManifestError
from nblabel.manifest.array import ManifestArray
from nblabel.manifest.codec import encode, is_missing, same
from nblabel.manifest.lines import ABSENT, NULL, VALUE, Lines
from nblabel.manifest.origin import Origin
from nblabel.manifest.splice import KEEP, Change, append, members, splice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["write_manifest", "written_lines"]

_LARGEST_FLOAT = 1 << 1023


def write_manifest(df: pd.DataFrame, destination: str | os.PathLike[str] | IO[Any], *, kms_key: str | None = None) -> None:
    r"""Write a DataFrame as a Ground Truth manifest.

    Lines that came from a manifest and were not changed are written as the bytes they were. In a changed line only the changed keys are encoded anew.
    New columns become keys at the end, dropped columns lose their keys, renamed columns rename them. The index is not written.

    Parameters
    ----------
    df
        One item a row. A missing value (None, NaN, NA) means that the line has no such key; None put where a key of a manifest was means null.
    destination
        Local path, URL, or file object (binary, or text). A file is replaced at once: a reader sees the old one or the new. It may be the file that
        the frame was read from; on S3 it is only replaced while nobody else has changed it since then.
    kms_key
        Id, ARN or alias of the KMS key that S3 encrypts the file with; by default the bucket's own setting holds.

    Raises
    ------
    ManifestError
        A value has no JSON form (NaN in a list, for instance), columns are not named by distinct strings, or a value was put into a line that is not
        a JSON object. The file is left as it was.
    StorageError
        The file cannot be written, or somebody else has changed it since the frame was read from it.

    Notes
    -----
    The format is that of the SageMaker developer guide, "Input manifest file". Lines without an original are written as Ground Truth writes them: no
    blanks, raw UTF-8, ``\n`` at the end.

    Examples
    --------
    >>> import io
    >>> from nblabel.manifest import read_manifest
    >>> df = read_manifest(io.BytesIO(b'{"source-ref": "cat.jpg", "score": 0.00}\n{"source-ref": "dog.jpg"}\n'))
    >>> df.loc[1, "score"] = 1
    >>> file = io.BytesIO()
    >>> write_manifest(df, file)
    >>> print(file.getvalue().decode(), end="")
    {"source-ref": "cat.jpg", "score": 0.00}
    {"source-ref": "dog.jpg","score":1}
    """
    if not isinstance(df, pd.DataFrame):
        raise TypeError(
            f"a DataFrame was expected, got {type(df).__name__}; a Series becomes one by .to_frame(), a list of dicts by pd.DataFrame(...)"
        )
    if isinstance(destination, (str, os.PathLike)):
        _replace(_Writer(df, os.fspath(destination)), kms_key)
        return
    if not hasattr(destination, "write"):
        raise TypeError(f"a manifest is written to a path, a URL or a file object, not to {type(destination).__name__}")
    if kms_key is not None:
        raise ValueError("kms_key is for a URL that begins with s3://, a file object was given; leave kms_key out")
    uri = str(getattr(destination, "name", "<file object>"))
    # All of it before the first write, so that a value that cannot be written leaves the file as it was.
    content = b"".join(_Writer(df, uri).chunks())
    if not isinstance(destination, io.TextIOBase):
        destination.write(content)
        return
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise ManifestError("a line is not UTF-8 and cannot be written as text; open the file in binary mode", uri=uri) from None
    destination.write(text)


def _replace(writer: _Writer, kms_key: str | None) -> None:
    """Write over the file that the rows were read from, if it is, only while nobody else has written there."""
    read = [lines for lines in writer.origin.files if lines.uri == writer.uri]
    version = storage.replace_version(writer.uri, read[-1].version if read else None, writer.chunks(), kms_key=kms_key)
    for lines in read:
        lines.version = version


def written_lines(df: pd.DataFrame) -> Iterator[bytes | ManifestError]:
    """Yield the line of each row as it would be written, without its end; where a row cannot be written, the error that says why.

    Raises
    ------
    ManifestError
        Columns are not named by distinct strings.
    """
    writer = _Writer(df, "<DataFrame>")
    for place in range(len(df)):
        try:
            yield writer.written(place)
        except ManifestError as error:
            yield error


class _Writer:
    """Decides which lines changed, then gives the file piece by piece."""

    def __init__(self, df: pd.DataFrame, uri: str) -> None:
        names = list(df.columns)
        _check_names(names, uri)
        self.uri = uri
        self.index = df.index
        self.origin = origin = Origin(df)
        self.file, self.line = origin.file, origin.line
        nowhere = np.full(len(df), -1, np.int64)
        self.starts, self.ends = origin.gather(nowhere, lambda lines: lines.starts), origin.gather(nowhere.copy(), lambda lines: lines.ends)
        claimed: set[tuple[int, str]] = set()
        self.columns: list[_LazyColumn | _PlainColumn] = []
        for place, name in enumerate(names):
            series = df.iloc[:, place]
            array = series.array
            self.columns.append(
                _LazyColumn(name, array, origin, names, claimed) if isinstance(array, ManifestArray) else _PlainColumn(name, series, origin)
            )
        self.dirty = self.line < 0
        self.touches_members = np.zeros(len(df), bool)
        for column in self.columns:
            self.dirty |= column.dirty
            self.touches_members |= column.dirty & column.has_member
        # What nobody touched stands on every line where it stood.
        self.moving = [column for column in self.columns if column.dirty.any()]
        self.standing = {column.name: Change(column.name, KEEP) for column in self.columns if column not in self.moving}
        for key in {key: None for lines in origin.files for key in lines.states if key not in set(names)}:
            lost = origin.states(key) != ABSENT
            self.dirty |= lost
            self.touches_members |= lost

    def chunks(self) -> Iterator[bytes | memoryview]:
        """Yield the content of the file: long runs of lines that stand as they did, and single lines that do not."""
        count = len(self.line)
        if not count:
            return
        follows = np.zeros(count, bool)
        follows[:-1] = (self.line[:-1] >= 0) & (self.file[:-1] == self.file[1:]) & (self.line[:-1] + 1 == self.line[1:])
        # A run ends where the next line is not the next of the file, before a changed line, and with one.
        cuts = ~follows | self.dirty
        cuts[:-1] |= self.dirty[1:]
        lasts = np.flatnonzero(cuts)
        firsts = np.concatenate([[0], lasts[:-1] + 1])
        # Where the next line of the file begins; only asked where there is one.
        nexts = np.append(self.starts[1:], 0)[lasts]
        views = [memoryview(lines.data) for lines in self.origin.files]
        yield self._head()
        # Lists, because numpy is slow to hand out single numbers.
        runs = (firsts, lasts, self.file[firsts], self.dirty[firsts], self.starts[firsts], self.ends[lasts], follows[lasts], nexts)
        for first, last, file, changed, start, end, followed, following in zip(*(column.tolist() for column in runs), strict=True):
            if changed:
                yield self._changed(first)
            if followed:
                yield views[file][end if changed else start : following]
                continue
            if not changed:
                yield views[file][start:end]
            yield self._tail(last)

    def written(self, place: int) -> bytes:
        """Return the line of one row."""
        return self._changed(place) if self.dirty[place] else self._line(place)

    def _lines(self, place: int) -> Lines:
        return self.origin.files[int(self.file[place])]

    def _line(self, place: int) -> bytes:
        return self._lines(place).data[self.starts[place] : self.ends[place]]

    def _head(self) -> bytes:
        """Return what stands before the first line of a file: a byte order mark, blank lines."""
        if self.line[0] != 0:
            return b""
        return self._lines(0).data[: self.starts[0]]

    def _tail(self, place: int) -> bytes:
        """Return the line end of a line that the next of its file does not follow; at the end of both also blank lines."""
        row = self.line[place]
        if row < 0:
            return b"\n"
        lines, end = self._lines(place), int(self.ends[place])
        if place == len(self.line) - 1 and row == len(lines) - 1:
            return lines.data[end:]
        own = lines.data[end : end + 2]
        return lines.newline if not own else b"\r\n" if own == b"\r\n" else b"\n"

    def _changed(self, place: int) -> bytes:
        row = int(self.line[place])
        if row < 0:
            return b"{" + b",".join([key + b":" + value for key, value in self._new(place)]) + b"}"
        lines, line = self._lines(place), self._line(place)
        if row in lines.bad:
            self._refuse_bad(place, lines, row)
            return line
        if not self.touches_members[place]:
            return append(line, self._new(place))
        changes = self.standing.copy()
        new: list[tuple[str, bytes]] = []
        for column in self.moving:
            value = self._value(column, place)
            if value is None:
                continue
            member = column.member(place)
            if member is not None:
                changes[member] = Change(column.name, value)
            else:
                new.append((column.name, value))
        return splice(line, changes, new)

    def _new(self, place: int) -> list[tuple[bytes, bytes]]:
        found = []
        for column in self.columns:
            if column.dirty[place]:
                value = self._value(column, place)
                if value is not None:
                    found.append((column.key, value))
        return found

    def _value(self, column: _LazyColumn | _PlainColumn, place: int) -> bytes | None:
        try:
            return column.value(place)
        except (ValueError, TypeError, RecursionError) as error:
            message = f"row {self.index[place]!r}, column {column.name!r}: {error}; put a value there that JSON can hold, None for null"
            raise ManifestError(message, uri=self.uri, attribute=column.name) from error

    def _refuse_bad(self, place: int, lines: Lines, row: int) -> None:
        for column in self.columns:
            if column.dirty[place] and self._value(column, place) is not None:
                message = (
                    f"row {self.index[place]!r}, column {column.name!r}: a value was put into line {lines.number(row)} of {lines.uri}, "
                    f"which is not a JSON object ({lines.bad[row]}); drop this row or repair the line and read it again"
                )
                raise ManifestError(message, uri=self.uri, attribute=column.name)


class _LazyColumn:
    """A `ManifestArray` beside the lines that the rows come from."""

    def __init__(self, name: str, array: ManifestArray, origin: Origin, names: list[str], claimed: set[tuple[int, str]]) -> None:
        self.name = name
        self.key = encode(name)
        self.array = array
        self.changes = dict(array.changes())
        self.own = origin.states(name) != ABSENT
        here = np.zeros(len(array), bool)  # the cell is that of the row's line, under the column's name
        self.renamed: NDArray[np.object_] | None = None
        states = np.zeros(len(array), np.uint8)
        file, line = origin.lines_of(array)
        on_line = (file == origin.file) & (line == origin.line) & (line >= 0)
        for column, places, rows in array.origins():
            known = column.lines.states.get(column.key)
            if known is not None:
                states[places] = known[rows]
            if column.key == name:
                here[places] = on_line[places]
            elif column.key not in names and (id(column.lines), column.key) not in claimed:
                claimed.add((id(column.lines), column.key))
                if self.renamed is None:
                    self.renamed = np.full(len(array), None, object)
                moved = on_line[places] & (states[places] != ABSENT) & ~self.own[places]
                self.renamed[places[moved]] = column.key
        self.has_member = self.own if self.renamed is None else self.own | (self.renamed != np.array(None))
        self.states = states
        # A cell that never had a line nor a value was filled in by pandas, which takes a column of nulls for one that says nothing.
        filled = (line < 0) & (origin.states(name) == NULL)
        self.dirty = ~here & ~filled & ((states != ABSENT) | self.own)
        self.dirty[list(self.changes)] = True

    def member(self, place: int) -> str | None:
        """Return the key of the row's line that this column stands for."""
        if self.own[place]:
            return self.name
        return None if self.renamed is None else self.renamed[place]

    def value(self, place: int) -> bytes | None:
        """Return the value to write as JSON, `KEEP`, or None for no key."""
        if not self.dirty[place]:
            return KEEP if self.has_member[place] else None
        if place in self.changes:
            value = self.changes[place]
            if value is None:
                return b"null" if self.has_member[place] else None
            return None if is_missing(value) else encode(value)
        if self.states[place] == ABSENT:
            return None
        if self.renamed is not None and self.renamed[place] is not None:
            return KEEP
        return self._raw(place)

    def _raw(self, place: int) -> bytes:
        """Return the bytes of a cell that belongs elsewhere than to this key of this row's line."""
        cell: ManifestArray = self.array[place : place + 1]
        column, _, rows = next(cell.origins())
        text = column.lines[int(rows[0])].decode()
        return [text[member.value : member.end] for member in members(text) if member.key == column.key][-1].encode()


class _PlainColumn:
    """An ordinary pandas column beside the lines that the rows come from."""

    def __init__(self, name: str, series: pd.Series[Any], origin: Origin) -> None:
        self.name = name
        self.key = encode(name)
        self.missing = series.isna().to_numpy(dtype=bool)
        self.series = series
        states = origin.states(name)
        self.has_member = states != ABSENT
        kept = self.missing & (states != VALUE)
        for lines, places, rows in origin.parts:
            both = ~self.missing[places] & (states[places] == VALUE)
            if both.any():
                kept[places[both]] = self._unchanged(places[both], lines, rows[both])
        self.dirty = ~kept

    @cached_property
    def cells(self) -> NDArray[Any]:
        """The values (n,): numbers and truths as they are, all others as objects."""
        dtype = self.series.dtype
        return self.series.to_numpy() if isinstance(dtype, np.dtype) and dtype.kind in "biuf" else self.series.to_numpy(dtype=object)

    def _unchanged(self, places: NDArray[np.intp], lines: Lines, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which cells equal what their lines have; what pandas did to a type on the way does not count as a change."""
        plain = lines.plain.get(self.name)
        if plain is None:
            pairs = zip(self.cells[places].tolist(), lines.cells(rows, self.name), strict=True)
            return np.array([_alike(cell, value) for cell, value in pairs], bool)
        if self.series.dtype == plain.dtype != object:
            return np.asarray(_picked(self.series.array, places) == _picked(plain.array, rows), bool)
        cells, values = self.cells[places], plain.to_numpy()[rows]
        if cells.dtype.kind == "f" and values.dtype.kind == "i":
            return np.asarray(cells == values.astype(np.float64))
        return np.array([cell is value or _alike(cell, value) for cell, value in zip(cells.tolist(), values.tolist(), strict=True)], bool)

    def member(self, place: int) -> str | None:
        """Return the key of the row's line that this column stands for."""
        return self.name if self.has_member[place] else None

    def value(self, place: int) -> bytes | None:
        """Return the value to write as JSON, `KEEP`, or None for no key."""
        if not self.dirty[place]:
            return KEEP if self.has_member[place] else None
        return None if self.missing[place] else encode(self.cells[place])


def _picked(array: Any, places: NDArray[Any]) -> Any:
    """Return the cells at some places; all of them in order as they are, as Arrow is slow to pick texts."""
    return array if len(places) == len(array) and (places == np.arange(len(array))).all() else array[places]


def _alike(cell: object, value: object) -> bool:
    if isinstance(value, str):
        return isinstance(cell, str) and cell == value
    booleans = isinstance(cell, (bool, np.bool_)), isinstance(value, bool)
    if any(booleans):
        return all(booleans) and cell == value
    if isinstance(value, int) and isinstance(cell, (float, np.floating)):
        # pandas turns a column of integers into floats when a row without a value joins it.
        return bool(cell == value) or (abs(value) < _LARGEST_FLOAT and cell == float(value))
    return same(cell, value)


def _check_names(names: list[Any], uri: str) -> None:
    for name in names:
        if not isinstance(name, str):
            raise ManifestError(f"column {name!r} is not named by a string, so it cannot be a key; rename it or drop it", uri=uri)
    if len(set(names)) < len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        raise ManifestError(f"two columns are named {repeated!r}, a line can have one key of a name; rename or drop one", uri=uri)
