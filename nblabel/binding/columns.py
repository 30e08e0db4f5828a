"""The two columns of a label attribute in a DataFrame: the label and its metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel.binding.identity import column_place, is_absent
from nblabel.errors import FrameError
from nblabel.manifest.array import ManifestArray
from nblabel.manifest.attributes import metadata_name
from nblabel.manifest.pairs import find_pair

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LabelColumns", "cells", "is_same"]


class LabelColumns:
    """Reads and writes labels by position.

    Parameters
    ----------
    frame : DataFrame
        The very object that is written to.
    attribute : str
        The label attribute.
    """

    def __init__(self, frame: pd.DataFrame, attribute: str) -> None:
        self._frame = frame
        self._names = (attribute, metadata_name(attribute))
        self._stray = _stray(frame, attribute)

    def check(self) -> None:
        """Refuse a frame with several columns of one of the two names."""
        for name in self._names:
            if name in self._frame.columns:
                column_place(self._frame, name)

    def prepare(self) -> bool:
        """Make the columns fit for labels: add those that lack, turn others into object columns; tells whether one lacked."""
        lacking = False
        for name in self._names:
            if name not in self._frame.columns:
                lacking = True
                self._frame.insert(len(self._frame.columns), name, pd.Series([None] * len(self._frame), index=self._frame.index, dtype=object))
                continue
            place = column_place(self._frame, name)
            column = self._frame.iloc[:, place]
            if column.dtype != object and not isinstance(column.array, ManifestArray):
                self._put(place, column.to_numpy(dtype=object, copy=True))
        return lacking

    def read(self) -> tuple[list[Any], list[Any]]:
        """Give the labels and the metadata of all rows, only to be looked at.

        Some files name a label and its metadata so that they do not pair; what is written gets metadata of its own name.
        """
        labels, metadata = (cells(self._frame, name) for name in self._names)
        if self._stray is not None and self._stray in self._frame.columns:
            strays = cells(self._frame, self._stray)
            metadata = [stray if is_absent(own) else own for own, stray in zip(metadata, strays, strict=True)]
        return labels, metadata

    def read_row(self, place: int) -> tuple[Any, ...]:
        """Read a row's label and metadata; None stands for nothing."""
        row = (self._frame.iat[place, column_place(self._frame, name)] for name in self._names)
        return tuple(None if is_absent(cell) else cell for cell in row)

    def write(self, place: int, cells: Sequence[Any]) -> None:
        """Write a row's label and metadata."""
        for name, cell in zip(self._names, cells, strict=True):
            column = column_place(self._frame, name)
            # iat is the only way to put a dict or a list into one cell, whatever the index.
            if not is_same(self._frame.iat[place, column], cell):
                self._frame.iat[place, column] = _absent(self._frame, column) if cell is None else cell

    def write_all(self, rows: Sequence[tuple[int, Sequence[Any]]]) -> None:
        """Write many rows, positions and their cells, touching only the cells that differ."""
        for part, (name, present) in enumerate(zip(self._names, self.read() if rows else (), strict=False)):
            column = column_place(self._frame, name)
            changes = [(place, pair[part]) for place, pair in rows if not is_same(present[place], pair[part])]
            if changes:
                self._replace(column, changes)

    def _replace(self, column: int, changes: list[tuple[int, Any]]) -> None:
        series = self._frame.iloc[:, column]
        absent = _absent(self._frame, column)
        array: Any = series.array.copy() if isinstance(series.array, ManifestArray) else series.to_numpy(dtype=object, copy=True)
        for place, cell in changes:
            array[place] = absent if cell is None else cell
        self._put(column, array)

    def _put(self, place: int, array: Any) -> None:
        # As a Series, since pandas 3 would turn an object array that holds nothing but texts into a text column.
        column: Any = pd.Series(array, index=self._frame.index, dtype=array.dtype)
        self._frame.isetitem(place, column)


def _stray(frame: pd.DataFrame, attribute: str) -> str | None:
    """Find the metadata of a label attribute whose names do not pair."""
    if attribute not in frame.columns or metadata_name(attribute) in frame.columns:
        return None
    try:
        return find_pair(frame, attribute).metadata
    except FrameError:
        return None


def _absent(frame: pd.DataFrame, column: int) -> Any:
    """Give what stands for a key that is not there: in a manifest's own column None would mean null."""
    return pd.NA if isinstance(frame.iloc[:, column].array, ManifestArray) else None


def cells(frame: pd.DataFrame, name: str) -> list[Any]:
    """Read a column, only to be looked at.

    Raises
    ------
    FrameError
        When there is no such column, or more than one.
    """
    array: Any = frame.iloc[:, column_place(frame, name)].array
    found: list[Any] = (array.decoded() if isinstance(array, ManifestArray) else array).tolist()
    return found


def is_same(present: Any, wanted: Any) -> bool:
    """Tell whether a cell holds what it should; None stands for nothing."""
    return is_absent(present) if wanted is None else type(present) is type(wanted) and present == wanted
