"""What is labeled, put where Ground Truth reads it: files of this machine go to S3."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from nblabel import storage
from nblabel.binding import is_absent
from nblabel.errors import FrameError, StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Placed", "place_files"]

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_DIGITS = 16
_THREADS = 8


class Placed(NamedTuple):
    """Where files are on S3.

    Attributes
    ----------
    urls : list
        The cells, files of this machine by the URLs that they get.
    uploads : dict
        These files by URL.
    """

    urls: list[Any]
    uploads: dict[str, str]


def place_files(cells: Sequence[Any], bases: Sequence[str | None], folder: str) -> Placed:
    """Say where files go.

    Parameters
    ----------
    cells : sequence
        Where the files are: URLs of S3, or paths. Cells without a value stay so.
    bases : sequence of str or None
        For each, the folder that a relative path starts from.
    folder : str
        The URL below which files of this machine are put. Their names there have a digest of the content: a file that is there already is not sent,
        and one that was changed takes nobody's place.

    Raises
    ------
    FrameError
        A file is not there, or is behind a URL that is not of S3. It says which row.
    """
    placed, paths = list(cells), dict[int, str]()
    for row, (cell, base) in enumerate(zip(cells, bases, strict=True)):
        if is_absent(cell) or str(cell).startswith("s3://"):
            continue
        try:
            place = _located(str(cell), base)
            if place.startswith("s3://"):
                placed[row] = place
            else:
                paths[row] = _file(place)
        except StorageError as error:
            remedy = "correct the path, or leave the row out"
            raise FrameError(f"row {row} shows {str(cell)!r:.80}, which cannot be uploaded to S3: {error}; {remedy}") from error
    different = list(dict.fromkeys(paths.values()))
    with ThreadPoolExecutor(_THREADS) as pool:
        urls = dict(zip(different, (f"{folder}/{name}" for name in pool.map(_name, different)), strict=True))
    for row, path in paths.items():
        placed[row] = urls[path]
    return Placed(placed, {url: path for path, url in urls.items()})


def _located(cell: str, base: str | None) -> str:
    """Find a file; nothing is asked of S3."""
    if base is not None and "://" in base and "://" not in cell and not Path(cell).is_absolute():
        return f"{base.rstrip('/')}/{cell}"
    return storage.resolve(cell, [base, Path.cwd()])


def _file(path: str) -> str:
    if not storage.is_local(path):
        raise StorageError("it is neither on this machine nor on S3; bring it to one of them first", uri=path)
    name = storage.local_path(path)
    if not Path(name).is_file():
        raise StorageError("no such file", uri=path)
    return name


def _name(path: str) -> str:
    """Name a file by what it is called and what is in it."""
    with Path(path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:_DIGITS]
    name = PurePath(path)
    return f"{_UNFIT.sub('-', name.stem)[:100]}-{digest}{_UNFIT.sub('', name.suffix).lower()}"
