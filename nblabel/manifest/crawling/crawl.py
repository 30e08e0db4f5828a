"""`nblabel.crawl`: what is below a folder or prefix, as the items of a manifest."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple, overload

import pandas as pd

from nblabel import storage
from nblabel.errors import StorageError
from nblabel.manifest.crawling.report import Report
from nblabel.manifest.crawling.sequences import CLOUDS, PICTURES, SUFFIX, Frames, sequences
from nblabel.manifest.crawling.texts import texts

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Media", "crawl"]

Media = Literal["image", "text", "video", "video-frames", "point-cloud"]

_IMAGES = (".jpg", ".jpeg", ".png")


class _Kind(NamedTuple):
    """What Ground Truth takes as media of a kind (SageMaker developer guide, "Automate data setup" and "Input data quotas")."""

    suffixes: tuple[str, ...]
    items: Callable[[list[storage.File], set[str], Report], pd.DataFrame]


@overload
def crawl(location: str | os.PathLike[str], media: Media = "image", *, report: Literal[False] = False) -> pd.DataFrame: ...
@overload
def crawl(location: str | os.PathLike[str], media: Media = "image", *, report: Literal[True]) -> tuple[pd.DataFrame, pd.DataFrame]: ...
def crawl(location: str | os.PathLike[str], media: Media = "image", *, report: bool = False) -> pd.DataFrame | tuple[pd.DataFrame, pd.DataFrame]:
    r"""Make a DataFrame of the media below a folder or an S3 prefix, one item a row.

    This is what the console's automated data setup does. Rows come in the order of the files' names, byte by byte in UTF-8 as S3 lists them, the same
    locally. What is left out is told by a warning in the log, which a notebook shows, and file by file with ``report=True``.

    Parameters
    ----------
    location
        Local folder, or URL such as ``s3://bucket/cats/``; or one file. All folders below are taken in, hidden files are not.
    media
        - "image": ``.jpg .jpeg .png``, "video": ``.mp4 .ogg .webm``; one row a file, in the column ``source-ref``.
        - "text": each line of a ``.txt`` file and each row of a ``.csv`` file that is not blank, in the column ``source``. A CSV file whose first row
          names a column ``source`` or ``text`` gives that column, and the others as further columns of strings; any other gives each row as it
          stands, or the cell where a row has one only. Files are UTF-8.
        - "video-frames": one row for each folder with images, which are the frames of one sequence. The row names a sequence file,
          ``<folder>/<folder's name>-sequence.json``, which is written into the folder.
        - "point-cloud": the same with frames that are ``.bin`` (packed 4-byte floats) or ``.txt`` (a point a line). Their size or first line tells
          their format. Ground Truth wants a time for each frame, which no such file has: frames are one second apart. Poses and cameras are not
          known either; put them into the sequence file before the job, it is not written again.
    report
        Also return what was left out.

    Returns
    -------
    DataFrame
        The items. References have the form of `location`: relative to the working directory where it is a relative path.
    DataFrame
        With ``report=True``: columns file, code, message, one row for each file that was left out or needs a look.

    Raises
    ------
    StorageError
        The location is missing or may not be read, nothing is there at all, or a sequence file cannot be written.

    Notes
    -----
    A sequence file that is there already is never changed. One that lists other frames than the folder has is used as it is, and reported.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> (folder / "reviews.txt").write_text("Fine.\n\nNot so fine.\n")
    20
    >>> crawl(folder, "text")
             source
    0         Fine.
    1  Not so fine.
    """
    kind = _KINDS.get(media)
    if kind is None:
        raise ValueError(f"media={media!r} is not known; use one of {', '.join(map(repr, _KINDS))}")
    name = os.fspath(location)
    left_out = Report()
    files = _files(name)
    taken = [file for file in files if _is_taken(file, kind.suffixes, left_out)]
    items = kind.items(taken, {file.ref for file in files if file.ref.endswith(SUFFIX)}, left_out)
    left_out.log(name, f"{len(items):,} {'item' if len(items) == 1 else 'items'} of {len(files):,} {'file' if len(files) == 1 else 'files'}")
    return (items, left_out.frame()) if report else items


def _files(location: str) -> list[storage.File]:
    if not location.endswith("/") and storage.exists(location):
        return [storage.File(location, location.rpartition("/")[2], storage.size(location))]
    files = list(storage.list_files(location))
    if not files:
        raise StorageError("nothing is there; check the name of the folder or prefix, which is case-sensitive", uri=location)
    return files


def _is_taken(file: storage.File, suffixes: tuple[str, ...], report: Report) -> bool:
    if file.name.endswith("/") or not file.name:  # an object that stands for a folder, as the console makes them
        return False
    if "/." in f"/{file.name}":
        report.add(file.ref, "hidden", "the name of the file or of its folder begins with a dot; rename it if it is meant")
    elif not file.name.lower().endswith(suffixes):
        if not file.name.endswith((SUFFIX, ".manifest")):
            report.add(file.ref, "other-type", f"Ground Truth takes {' '.join(suffixes)} here; convert it if it is meant")
    elif not file.size:
        report.add(file.ref, "empty", "the file has no content; write it again")
    else:
        return True
    return False


def _by_file(files: list[storage.File], _: set[str], __: Report) -> pd.DataFrame:
    return pd.DataFrame({"source-ref": pd.Series([file.ref for file in files], dtype=str)})


def _by_text(files: list[storage.File], _: set[str], report: Report) -> pd.DataFrame:
    return texts(files, report)


def _by_folder(frames: Frames) -> Callable[[list[storage.File], set[str], Report], pd.DataFrame]:
    return lambda files, known, report: pd.DataFrame({"source-ref": pd.Series(sequences(files, known, frames, report), dtype=str)})


_KINDS = {
    "image": _Kind(_IMAGES, _by_file),
    "text": _Kind((".txt", ".csv"), _by_text),
    "video": _Kind((".mp4", ".ogg", ".webm"), _by_file),
    "video-frames": _Kind(_IMAGES, _by_folder(PICTURES)),
    "point-cloud": _Kind((".bin", ".txt"), _by_folder(CLOUDS)),
}
