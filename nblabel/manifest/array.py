"""A pandas column whose cells are keys of manifest lines, decoded when they are looked at.

- A `Column` is one key of one file.
- A `ManifestArray` is, for each row, a column and a line of it; plus the cells that were set since (`_edits`), plus the decoded lists and dicts that
  were handed out (`_looked_at`), which the user may have changed in place.
- Filter, sort, concat and copy move line numbers only. Setting a cell never changes which line the row comes from.
"""

from __future__ import annotations

import copy
import operator
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype, no_default, register_extension_dtype
from pandas.api.indexers import check_array_indexer

from nblabel.manifest.codec import MISSING, is_missing, paused_gc, same
from nblabel.manifest.computing import ComputingArray, inferred
from nblabel.manifest.lines import ABSENT, NULL, VALUE, Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import DTypeLike, NDArray

    _ArrayClass = type["ManifestArray"]

__all__ = ["Column", "ManifestArray", "ManifestDtype"]

_NO_LINE = -1


@register_extension_dtype
class ManifestDtype(ExtensionDtype):
    """The dtype of `ManifestArray`: whatever JSON can say, missing keys as NA.

    Examples
    --------
    >>> pd.Series(["a", None], dtype="manifest").isna().tolist()
    [False, True]
    """

    name = "manifest"
    # pandas decides by this type whether a column has the .str accessor.
    type = str
    kind = "O"
    na_value = pd.NA

    @classmethod
    def construct_array_type(cls) -> _ArrayClass:
        """Return the array class of this dtype."""
        return ManifestArray

    def __from_arrow__(self, array: Any) -> ManifestArray:
        """Convert from Arrow; see `nblabel.manifest.arrow`."""
        from nblabel.manifest.arrow import cells_of

        return ManifestArray._from_sequence(cells_of(array))

    def _get_common_dtype(self, dtypes: list[Any]) -> ExtensionDtype:  # noqa: ARG002
        # It can hold what any other column holds, and only it keeps the lines.
        return self


class Column(NamedTuple):
    """One key of one file."""

    lines: Lines
    key: str


class ManifestArray(ComputingArray):
    r"""Cells of manifest lines; see the module.

    A cell is what Ground Truth's JSON says (dict, list, str, int, float, bool), None for null, and `pandas.NA` where the line lacks the key. Lists
    and dicts that were handed out stay in memory, so that a change made in place is noticed when the frame is written.

    Parameters
    ----------
    columns
        The columns that rows come from.
    rows
        (n,) int64: line number in the columns put one after the other, -1 for none.
    edits
        Values that were set, by position; NA for a removed key.

    Examples
    --------
    >>> lines = Lines(b'{"cats": [1]}\n{}\n', uri="example", folder=None)
    >>> cats = ManifestArray((Column(lines, "cats"),), np.arange(2))
    >>> cats.tolist()
    [[1], <NA>]
    """

    def __init__(self, columns: tuple[Column, ...], rows: NDArray[np.int64], edits: dict[int, Any] | None = None) -> None:
        self._columns = columns
        self._rows = rows
        self._edits: dict[int, Any] = {} if edits is None else edits
        self._looked_at: dict[int, Any] = {}
        # A slice shares edits with what it is a slice of, as numpy's views do: position i of it is slot start + i * step.
        self._start = 0
        self._step = 1

    # Construction

    @classmethod
    def _from_sequence(cls, scalars: Iterable[Any], *, dtype: Any = None, copy: bool = False) -> Self:  # noqa: ARG003
        if isinstance(scalars, (pd.Series, pd.Index)):
            scalars = scalars.array
        if isinstance(scalars, cls):
            return scalars.copy() if copy else scalars
        values = list(scalars)
        return cls((), np.full(len(values), _NO_LINE, np.int64), {slot: _cell(value) for slot, value in enumerate(values) if value is not pd.NA})

    @classmethod
    def _from_factorized(cls, values: Iterable[Any], original: ManifestArray) -> Self:  # noqa: ARG003
        return cls._from_sequence(values)

    def _cast_pointwise_result(self, values: Any) -> Any:
        return inferred(values)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[Self]) -> Self:
        columns: dict[Column, int] = {}
        pieces = []
        edits: dict[int, Any] = {}
        offset = 0
        for array in to_concat:
            pieces.append(array._rebased(columns))
            edits |= {offset + place: copy.deepcopy(value) for place, value in array.changes()}
            offset += len(array)
        return cls(tuple(columns), np.concatenate(pieces) if pieces else np.empty(0, np.int64), edits)

    def _rebased(self, columns: dict[Column, int]) -> NDArray[np.int64]:
        """Return the rows as numbers in a growing table of columns (column: number of its first line)."""
        if not self._columns:
            return self._rows
        which, line = self._origin()
        firsts = []
        for column in self._columns:
            if column not in columns:
                columns[column] = sum(len(known.lines) for known in columns)
            firsts.append(columns[column])
        return np.where(which < 0, _NO_LINE, np.array(firsts)[which] + line)

    # Where cells come from

    def _origin(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return, for each row, the number of its column and the line there, both -1 where it has none."""
        if len(self._columns) < 2:  # noqa: PLR2004
            return np.where(self._rows < 0, _NO_LINE, 0), self._rows
        firsts = np.cumsum([0, *(len(column.lines) for column in self._columns)])
        # side="right" passes over files without lines, which begin where the next one does.
        which = np.where(self._rows < 0, _NO_LINE, np.searchsorted(firsts, self._rows, side="right") - 1)
        return which, np.where(which < 0, _NO_LINE, self._rows - firsts[which])

    def origins(self) -> Iterator[tuple[Column, NDArray[np.intp], NDArray[np.int64]]]:
        """Yield each column that rows come from, the positions of these rows (m,), and their lines (m,)."""
        if len(self._columns) == 1 and len(self) and self._rows.min() >= 0:
            yield self._columns[0], np.arange(len(self)), self._rows
            return
        which, line = self._origin()
        for number, column in enumerate(self._columns):
            places = np.flatnonzero(which == number)
            if len(places):
                yield column, places, line[places]

    def states(self) -> NDArray[np.uint8]:
        """Return for each row `ABSENT`, `NULL` or `VALUE`, without decoding.

        Returns
        -------
        numpy.ndarray
            (n,) uint8.
        """
        states = np.zeros(len(self), np.uint8)
        for column, places, line in self.origins():
            known = column.lines.states.get(column.key)
            if known is not None:
                states[places] = known[line]
        for place, value in self._at_places(self._edits):
            states[place] = ABSENT if value is pd.NA else NULL if is_missing(value) else VALUE
        return states

    def original(self, place: int) -> Any:
        """Return what the line has for a cell, whatever was set since."""
        row = int(self._rows[place])
        for column in self._columns:
            if 0 <= row < len(column.lines):
                value = column.lines.cell(row, column.key)
                return pd.NA if value is MISSING else value
            row -= len(column.lines)
        return pd.NA

    def changes(self) -> list[tuple[int, Any]]:
        """Return the position and value of each cell that differs from its line: set, or changed in place.

        A cell that was set and has no line is a change too, unless it is NA.
        """
        cells = [*self._at_places(self._edits), *self._at_places(self._looked_at)]
        return sorted(((place, value) for place, value in cells if not same(value, self.original(place))), key=operator.itemgetter(0))

    def _at_places(self, cells: dict[int, Any]) -> list[tuple[int, Any]]:
        """Return those of the shared cells that this array sees, by its own positions."""
        found = []
        for slot, value in cells.items():
            place, rest = divmod(slot - self._start, self._step)
            if not rest and 0 <= place < len(self._rows):
                found.append((place, value))
        return found

    def _slot(self, place: int) -> int:
        return self._start + place * self._step

    # Looking

    @property
    def dtype(self) -> ManifestDtype:
        """The dtype, always the same."""
        return ManifestDtype()

    @property
    def nbytes(self) -> int:
        """Bytes of the row numbers; the lines are shared between columns."""
        return self._rows.nbytes

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, tuple):
            item = _unpacked(item)
        item = check_array_indexer(self, item)
        if isinstance(item, slice):
            return self._slice(item)
        if isinstance(item, np.ndarray):
            return self.take(np.flatnonzero(item) if item.dtype == bool else item)
        place = self._place(item)
        slot = self._slot(place)
        for cells in (self._edits, self._looked_at):
            if slot in cells:
                return cells[slot]
        value = self.original(place)
        if isinstance(value, (dict, list)):
            self._looked_at[slot] = value
        return value

    def _place(self, item: Any) -> int:
        if not pd.api.types.is_integer(item):
            # numpy's words, which pandas looks for
            raise IndexError("only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices")
        if not -len(self) <= item < len(self):
            raise IndexError(f"index {item} is out of bounds for axis 0 with size {len(self)}")
        return int(item) % len(self)

    def _slice(self, item: slice) -> Self:
        start, _, step = item.indices(len(self))
        view = type(self)(self._columns, self._rows[item], self._edits)
        view._looked_at = self._looked_at
        view._start, view._step = self._slot(start), self._step * step
        if getattr(self, "_readonly", False):
            view._readonly = True
        return view

    def view(self, dtype: Any = None) -> Any:
        """Return an array that shares cells with this one."""
        if dtype is not None:
            raise NotImplementedError(dtype)
        return self._slice(slice(None))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._objects(keep=True).tolist())

    def decoded(self) -> NDArray[np.object_]:
        """Decode all cells for a look that ends soon: lists and dicts that nobody has seen before are not remembered, so they must not be changed."""
        return self._objects(keep=False)

    def _objects(self, *, keep: bool) -> NDArray[np.object_]:
        """Decode all cells; with `keep`, lists and dicts are remembered because the caller hands them out."""
        values = np.full(len(self), pd.NA, object)
        known = dict([*self._at_places(self._looked_at), *self._at_places(self._edits)])
        with paused_gc():
            for column, places, line in self.origins():
                if known:
                    unknown = [index for index, place in enumerate(places.tolist()) if place not in known]
                    places, line = places[unknown], line[unknown]  # noqa: PLW2901
                for place, value in zip(places.tolist(), column.lines.cells(line, column.key), strict=True):
                    if value is not MISSING:
                        values[place] = value
                        if keep and isinstance(value, (dict, list)):
                            self._looked_at[self._slot(place)] = value
        for place, value in known.items():
            values[place] = value
        return values

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: FBT001
        if copy is False:
            raise ValueError("the cells are decoded when they are looked at, which cannot be done without a copy")
        values = self._objects(keep=True)
        return values if dtype is None or np.dtype(dtype) == np.dtype(object) else values.astype(dtype)

    def to_numpy(self, dtype: Any = None, copy: bool = False, na_value: Any = no_default) -> NDArray[Any]:  # noqa: ARG002, FBT001, FBT002
        """Return the cells as a new array."""
        values = self.__array__()
        if na_value is not no_default:
            values[self.isna()] = na_value
        return values if dtype is None else values.astype(dtype)

    def astype(self, dtype: Any, copy: bool = True) -> Any:  # noqa: FBT001, FBT002
        """Convert, through a list of the cells."""
        dtype = pd.api.types.pandas_dtype(dtype)
        if isinstance(dtype, ManifestDtype):
            return self.copy() if copy else self
        if isinstance(dtype, ExtensionDtype):
            array_class: Any = dtype.construct_array_type()
            return array_class._from_sequence(self._objects(keep=False), dtype=dtype, copy=False)
        return self.__array__(dtype)

    def __arrow_array__(self, type: Any = None) -> Any:  # noqa: A002 - Arrow's word
        """Convert to Arrow; see `nblabel.manifest.arrow`."""
        from nblabel.manifest.arrow import to_arrow

        return to_arrow(self.decoded(), type)

    def isna(self) -> NDArray[np.bool_]:
        """Tell which cells are missing or null, without decoding."""
        return np.not_equal(self.states(), VALUE)

    # Changing

    def __setitem__(self, key: Any, value: Any) -> None:
        if getattr(self, "_readonly", False):
            raise ValueError("Cannot modify read-only array")
        if isinstance(key, tuple):
            key = _unpacked(key)
        key = check_array_indexer(self, key)
        if isinstance(key, (slice, np.ndarray)):
            self._put_several(np.arange(len(self))[key], value)
        elif isinstance(value, ExtensionArray):
            raise ValueError("setting an array element with a sequence.")  # noqa: TRY004 (what pandas looks for)
        else:
            self._put(self._place(key), value)

    def _put_several(self, places: NDArray[np.intp], value: Any) -> None:
        if isinstance(value, (pd.Series, pd.Index)):
            value = value.array
        if isinstance(value, dict) or not pd.api.types.is_list_like(value):
            value = [value]
        if len(value) not in {1, len(places)}:
            raise ValueError(f"cannot set {len(places)} cells from {len(value)} values")
        single = len(value) != len(places)
        if isinstance(value, ManifestArray):
            self._put_cells(places, value.take(np.zeros(len(places), np.intp)) if single else value)
            return
        values = list(value)
        for place, cell in zip(places.tolist(), values * len(places) if single else values, strict=True):
            self._put(place, cell)

    def _put(self, place: int, value: Any) -> None:
        slot = self._slot(place)
        self._looked_at.pop(slot, None)
        self._edits[slot] = _cell(value)

    def _put_cells(self, places: NDArray[np.intp], other: ManifestArray) -> None:
        """Set from another array. Where it is the same cell of the same line nothing is decoded: pandas writes whole columns back so."""
        mine, theirs = self._ids(other)
        alike = (mine[places] == theirs) & (mine[places] >= 0)
        changes = dict(other.changes())
        for number in np.flatnonzero(~alike).tolist():
            value = changes[number] if number in changes else other.original(number)
            self._put(int(places[number]), copy.deepcopy(value))
        if not (changes or self._edits or self._looked_at):
            return
        for number in np.flatnonzero(alike).tolist():
            slot = self._slot(int(places[number]))
            if number in changes:
                self._looked_at.pop(slot, None)
                self._edits[slot] = copy.deepcopy(changes[number])
            elif slot in self._edits or slot in self._looked_at:
                self._looked_at.pop(slot, None)
                self._edits.pop(slot, None)

    def _ids(self, other: ManifestArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        columns: dict[Column, int] = {}
        return self._rebased(columns), other._rebased(columns)

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> Self:
        """Return the cells at some positions; with `allow_fill`, -1 stands for `fill_value`."""
        indices = np.asarray(indices, np.intp)
        filled = np.zeros(len(indices), bool)
        if allow_fill:
            if (indices < -1).any():
                raise ValueError("with allow_fill, positions below -1 are not allowed")
            filled = indices == -1
        if not len(self) and len(indices) and not filled.all():
            raise IndexError("cannot do a non-empty take from an empty axes.")
        if ((indices >= len(self)) | (indices < -len(self)) & ~filled).any():
            raise IndexError("out of bounds value in 'indices'")
        where = np.where(indices < 0, indices + len(self), indices)
        rows = np.full(len(indices), _NO_LINE, np.int64)
        rows[~filled] = self._rows[where[~filled]]
        edits: dict[int, Any] = {}
        changes = dict(self.changes())
        if changes:
            changed = np.zeros(len(self), bool)
            changed[list(changes)] = True
            kept = np.flatnonzero(~filled)
            for place in kept[changed[where[kept]]].tolist():
                edits[place] = copy.deepcopy(changes[int(where[place])])
        if not is_missing(fill_value):
            edits |= {place: copy.deepcopy(fill_value) for place in np.flatnonzero(filled).tolist()}
        return type(self)(self._columns, rows, edits)

    def copy(self) -> Self:
        """Return an array that shares no cell with this one; only cells that differ from their line are copied."""
        return type(self)(self._columns, self._rows.copy(), {place: copy.deepcopy(value) for place, value in self.changes()})

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        columns: list[Column] = []
        rows = np.full(len(self), _NO_LINE, np.int64)
        offset = 0
        for column, places, line in self.origins():
            used, rank = np.unique(line, return_inverse=True)
            lines = column.lines if len(used) == len(column.lines) else column.lines.subset(used)
            rows[places] = rank + offset
            columns.append(Column(lines, column.key))
            offset += len(lines)
        return _unpickled, (tuple(columns), rows, dict(self.changes()))

    # Showing

    def _formatter(self, boxed: bool = False) -> Callable[[Any], str]:  # noqa: FBT001, FBT002
        return _shown if boxed else repr


def _cell(value: Any) -> Any:
    return pd.NA if value is not None and is_missing(value) else value


def _unpacked(item: tuple[Any, ...]) -> Any:
    parts = [part for part in item if part is not Ellipsis]
    if len(parts) > 1:
        raise IndexError("too many indices for array.")
    return parts[0] if parts else slice(None)


def _shown(value: Any) -> str:
    return str(value).encode(errors="backslashreplace").decode()  # a lone surrogate cannot be printed


def _unpickled(columns: tuple[Column, ...], rows: NDArray[np.int64], edits: dict[int, Any]) -> ManifestArray:
    return ManifestArray(columns, rows, edits)
