"""Which row is which item.

An item is known by its text (the source, or the column that the user names) and by how many rows of the same text come before it: not by line number
or index label, which change when a frame is filtered, sorted or put together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel.errors import FrameError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Places", "column_place", "source_column", "texts"]

_SOURCES = ("source-ref", "source")


def source_column(frame: pd.DataFrame, given: str | None) -> str:
    """Find the column that says what is labeled.

    Raises
    ------
    FrameError
        When there is none, or when it is not clear which; the message names the remedy.
    """
    if given is not None:
        column_place(frame, given)
        return given
    found = [name for name in _SOURCES if name in frame.columns]
    if not found:
        names = [str(name) for name in frame.columns[:20]]
        raise FrameError(f"the DataFrame has no column 'source-ref' or 'source', only {names}; say which one holds what is labeled: source=")
    if len(found) > 1:
        raise FrameError(
            "the DataFrame has both 'source-ref' and 'source'; say which one holds what is labeled: source='source-ref' or source='source'"
        )
    column_place(frame, found[0])
    return found[0]


def column_place(frame: pd.DataFrame, name: str) -> int:
    """Find a column's position.

    Raises
    ------
    FrameError
        When there is no such column, or more than one.
    """
    if name not in frame.columns:
        names = [str(known) for known in frame.columns[:20]]
        raise FrameError(f"the DataFrame has no column {name!r}, only {names}")
    place = frame.columns.get_loc(name)
    if not isinstance(place, int):
        raise FrameError(f"the DataFrame has several columns named {name!r}; rename or drop all but one: df = df.loc[:, ~df.columns.duplicated()]")
    return place


def texts(frame: pd.DataFrame, column: str) -> list[str]:
    """Read a column as texts; a cell without a value gives the empty text."""
    return [_text(cell) for cell in frame.iloc[:, column_place(frame, column)]]


class Places:
    """Finds the row of an item, also after the frame was sorted, filtered or extended in place.

    Parameters
    ----------
    frame : DataFrame
        The frame.
    column : str
        The column that tells items apart.

    Attributes
    ----------
    rows : dict
        The position of every row by its identity, text and occurrence, in the frame's order, as the last survey found them.
    texts : list of str
        The texts in the frame's order.
    """

    def __init__(self, frame: pd.DataFrame, column: str) -> None:
        self._frame = frame
        self._column = column
        self.survey()

    def survey(self) -> None:
        """Look the frame over."""
        self._index = self._frame.index
        self.rows: dict[tuple[str, int], int] = {}
        counts: dict[str, int] = {}
        self.texts = texts(self._frame, self._column)
        for place, text in enumerate(self.texts):
            occurrence = counts.get(text, 0)
            counts[text] = occurrence + 1
            self.rows[text, occurrence] = place

    def find(self, identity: tuple[str, int]) -> int | None:
        """Give the position of an item's row, None when the frame does not have it now."""
        place = self.rows.get(identity)
        if self._frame.index is not self._index or len(self._frame) != len(self.rows) or not self._holds(place, identity):
            self.survey()
            place = self.rows.get(identity)
        return place

    def _holds(self, place: int | None, identity: tuple[str, int]) -> bool:
        return place is None or _text(self._frame.iat[place, column_place(self._frame, self._column)]) == identity[0]


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return str(cell)
    if is_absent(cell):
        return ""
    # A column of integers becomes one of floats when frames are merged; that changes no item.
    return str(int(cell)) if isinstance(cell, float | np.floating) and float(cell).is_integer() else str(cell)


def is_absent(cell: Any) -> bool:
    """Tell whether a cell holds nothing: None, NaN or NA."""
    return cell is None or (not isinstance(cell, dict | list | str) and bool(_is_na(cell)))


def _is_na(cell: Any) -> bool:
    import pandas as pd

    return cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell)  # noqa: PLR0124 - NaN
