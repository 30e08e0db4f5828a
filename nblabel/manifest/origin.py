"""Which line of which file each row of a DataFrame came from, whatever was done to the frame since."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel.manifest.array import ManifestArray
from nblabel.manifest.lines import SOURCES, Lines

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from nblabel.errors import ManifestError

__all__ = ["Origin", "bad_lines", "folders"]


class Origin:
    """The line of each row.

    A row may hold cells of several lines, after a merge for instance. Its line is that of its source, else of its first column that has one.

    Parameters
    ----------
    df
        Any DataFrame.

    Attributes
    ----------
    files : list of Lines
        The files that rows come from.
    file, line : numpy.ndarray
        (n,) int64: number of the file and of the line in it, both -1 for a row that comes from no file.
    """

    def __init__(self, df: pd.DataFrame) -> None:
        self.files: list[Lines] = []
        self.file = np.full(len(df), -1, np.int64)
        self.line = np.full(len(df), -1, np.int64)
        arrays = {
            place: array for place, array in enumerate(df.iloc[:, place].array for place in range(df.shape[1])) if isinstance(array, ManifestArray)
        }
        names = list(df.columns)
        for place in sorted(arrays, key=lambda place: (SOURCES.index(names[place]) if names[place] in SOURCES else len(SOURCES), place)):
            if (self.file >= 0).all():
                break
            file, line = self.lines_of(arrays[place])
            empty = self.file < 0
            self.file[empty], self.line[empty] = file[empty], line[empty]

    def lines_of(self, array: ManifestArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the file and line of each cell of a column, in the numbers of this object."""
        file = np.full(len(array), -1, np.int64)
        line = np.full(len(array), -1, np.int64)
        for column, places, rows in array.origins():
            number = next((number for number, known in enumerate(self.files) if known is column.lines), len(self.files))
            if number == len(self.files):
                self.files.append(column.lines)
            file[places], line[places] = number, rows
        return file, line

    @cached_property
    def parts(self) -> list[tuple[Lines, NDArray[np.intp], NDArray[np.int64]]]:
        """Each file, the positions of its rows (m,), and their lines (m,)."""
        rows = [(lines, np.flatnonzero(self.file == number)) for number, lines in enumerate(self.files)]
        return [(lines, places, self.line[places]) for lines, places in rows if len(places)]

    def gather(self, empty: NDArray[Any], column_of: Callable[[Lines], NDArray[Any] | None]) -> NDArray[Any]:
        """Fill an array (n,) with what each file says about its lines."""
        for lines, places, rows in self.parts:
            values = column_of(lines)
            if values is not None:
                empty[places] = values[rows]
        return empty

    def states(self, key: str) -> NDArray[np.uint8]:
        """Return for each row what its line has for a key: `ABSENT`, `NULL` or `VALUE`."""
        return self.gather(np.zeros(len(self.file), np.uint8), lambda lines: lines.states.get(key))


def folders(df: pd.DataFrame) -> NDArray[np.object_]:
    """Return where the relative references of each row start from.

    Parameters
    ----------
    df
        Any DataFrame.

    Returns
    -------
    numpy.ndarray
        (n,) objects: the folder (absolute path or URL) of the manifest that the row's line came from; None for a row from a file object or from no
        manifest.

    Examples
    --------
    >>> import pandas as pd
    >>> folders(pd.DataFrame({"source-ref": ["cat.jpg"]}))
    array([None], dtype=object)
    """
    result = np.full(len(df), None, object)
    for lines, places, _ in Origin(df).parts:
        result[places] = lines.folder
    return result


def bad_lines(df: pd.DataFrame) -> list[ManifestError]:
    r"""Return what is wrong with the lines of a frame that are not JSON objects, in the order of its rows.

    Examples
    --------
    >>> import io
    >>> from nblabel.manifest import read_manifest
    >>> df = read_manifest(io.BytesIO(b'{"source": "fine"}\n{"source": bad}\n'))
    >>> [error.line for error in bad_lines(df)]
    [2]
    """
    origin = Origin(df)
    found: dict[int, ManifestError] = {}
    for lines, places, rows in origin.parts:
        if lines.bad:
            found |= {int(place): lines.error(row) for place, row in zip(places, rows.tolist(), strict=True) if row in lines.bad}
    return [found[place] for place in sorted(found)]
