"""Labels of a job in a DataFrame, and the files that they refer to: masks, sequence files."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from nblabel import storage
from nblabel.binding import Cells, LabelColumns
from nblabel.manifest import metadata_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["filled", "with_files"]

_OUTPUT = "/annotations/consolidated-annotation/output/"
_THREADS = 16


def filled(frame: pd.DataFrame, attribute: str, labels: Mapping[int, Cells]) -> pd.DataFrame:
    """Give a copy of a frame with labels in some of its rows."""
    copy = frame.copy()
    columns = LabelColumns(copy, attribute)
    columns.prepare()
    columns.write_all(sorted(labels.items()))
    return copy


def with_files(frame: pd.DataFrame, attribute: str, folder: str | os.PathLike[str]) -> pd.DataFrame:
    """Bring the files of a label attribute into a folder, and give a frame whose cells name them there.

    A file that is there is not read again: what a job wrote is not changed any more. Labels that are no files stay as they are.

    Raises
    ------
    StorageError
        A file cannot be read, or the folder cannot be written to. Those that came are there when it is tried again.
    """
    if not attribute.endswith("-ref") or attribute not in frame.columns:
        return frame
    cells = list(frame[attribute])
    urls = dict.fromkeys(cell for cell in cells if isinstance(cell, str) and cell.startswith("s3://"))
    places = {url: os.path.join(folder, _name(url)) for url in urls}  # noqa: PTH118 - a place is a string, as a cell is
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(_bring, places.items()))
    metadata = list(frame[metadata_name(attribute)]) if metadata_name(attribute) in frame.columns else [None] * len(frame)
    return filled(
        frame, attribute, {row: Cells(places[cell], metadata[row]) for row, cell in enumerate(cells) if isinstance(cell, str) and cell in places}
    )


def _name(url: str) -> str:
    """Name a file as the output tree does: by the object that it labels. Not every file system takes colons, which times have."""
    name = url.partition(_OUTPUT)[2] or url.rpartition("/")[2]
    return name.replace(":", "-")


def _bring(place: tuple[str, str]) -> None:
    url, path = place
    if not Path(path).exists():
        storage.make_folder(os.path.dirname(path))  # noqa: PTH120
        storage.write_bytes_atomic(path, [storage.read_bytes(url)])
