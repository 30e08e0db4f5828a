"""The rows of a DataFrame as lines of an input manifest, checked, with what they show on S3."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from nblabel.aws.sources import place_files
from nblabel.binding import item_rows
from nblabel.errors import FrameError
from nblabel.manifest import folders, validate, write_manifest
from nblabel.manifest.lint.files import Files
from nblabel.manifest.lint.sources import IMAGE_FORMATS, IMAGE_SUFFIXES, MOST_BYTES
from nblabel.media import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nblabel.tasks import Task

__all__ = ["LabeledRows", "labeled_rows", "manifest_of", "on_s3"]

_OF_THE_WHOLE = {"TOO_MANY_OBJECTS"}
"""What the lint says of a manifest and not of lines: a push divides it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabeledRows:
    """Rows as lines of a manifest.

    Attributes
    ----------
    frame : DataFrame
        The rows, what they show in ``source`` or ``source-ref``; files are on S3, or will be.
    references : list of str
        The columns that name files.
    uploads : mapping of str to str
        Files of this machine by the URLs that they get.
    """

    frame: pd.DataFrame
    references: Sequence[str]
    uploads: Mapping[str, str]

    def uploads_of(self, places: list[int]) -> dict[str, str]:
        """Give the files of some of the rows."""
        if not self.uploads:
            return {}
        named = {cell for column in self.references for cell in self.frame[column].iloc[places] if isinstance(cell, str)}
        return {url: path for url, path in self.uploads.items() if url in named}


def labeled_rows(frame: pd.DataFrame, task: Task, attribute: str, *, source: str | None, folder: str) -> LabeledRows:
    """Make rows ready.

    Parameters
    ----------
    frame : DataFrame
        The rows.
    task : Task
        What is asked; masks that it begins with are brought to S3, too.
    attribute : str
        The label attribute.
    source : str or None
        The column that says what is labeled.
    folder : str
        The URL of the folder of files that are on this machine.

    Raises
    ------
    FrameError
        Ground Truth would refuse a row, or cannot read what it shows.
    """
    rows = item_rows(frame, attribute, task, source=source)
    shown = "source" if rows.inline else "source-ref"
    named = frame.rename(columns={rows.identity: shown})
    _check(named)
    references = [] if rows.inline else [shown]
    if task.of is not None and task.of.endswith("-ref"):
        references.append(task.of)
    named, uploads = on_s3(named, references, folder)
    if task.media == "image":
        _check_images(uploads)
    return LabeledRows(frame=named, references=references, uploads=uploads)


def on_s3(frame: pd.DataFrame, columns: Sequence[str], folder: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give a frame whose references are on S3, and the files of this machine by the URLs that they get; see `nblabel.aws.sources.place_files`."""
    uploads: dict[str, str] = {}
    bases = list(folders(frame))
    for column in columns:
        cells = list(frame[column])
        placed = place_files(cells, bases, folder)
        if placed.urls != cells:
            frame = frame.assign(**{column: pd.Series(placed.urls, index=frame.index, dtype=object)})
        uploads |= placed.uploads
    return frame, uploads


def manifest_of(frame: pd.DataFrame) -> bytes:
    """Write rows as a manifest."""
    written = io.BytesIO()
    write_manifest(frame, written)
    return written.getvalue()


def _check(frame: pd.DataFrame) -> None:
    problems = validate(frame)
    errors = problems[(problems["severity"] == "error") & ~problems["code"].isin(_OF_THE_WHOLE)]
    if len(errors):
        first = errors.iloc[0]
        raise FrameError(
            f"row {first['row']}: {first['message']} ({first['code']}). {first['remedy']} There are {len(errors):,} such errors; "
            "df.nblabel.validate() lists them"
        )


def _check_images(uploads: Mapping[str, str]) -> None:
    """Look at the headers of images of this machine: what Ground Truth would fail is not sent."""
    files = Files(remote=False)
    for path in uploads.values():
        size, measured = files.size(path, None), files.measure(path, None)
        if isinstance(measured, str):
            problem, remedy = measured, "save the image anew"
        elif measured is None or measured.format not in IMAGE_FORMATS or not path.lower().endswith(IMAGE_SUFFIXES):
            problem, remedy = f"it is no image of the form of its name, one of {' '.join(IMAGE_SUFFIXES)}", "save the image as JPEG or PNG"
        elif isinstance(size, int) and size > MOST_BYTES:
            problem, remedy = f"it has {size:,} bytes, Ground Truth takes {MOST_BYTES:,}", "make the image smaller, or cut it into tiles"
        elif measured.width * measured.height > MAX_PIXELS:
            problem, remedy = f"it has {measured.width} x {measured.height} pixels", "make the image smaller, or cut it into tiles"
        else:
            continue
        raise FrameError(f"{path}: {problem}; {remedy}")
