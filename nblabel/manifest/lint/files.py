"""Files that lines refer to, as rules see them."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import NamedTuple

from PIL import Image

from nblabel import storage
from nblabel.errors import StorageError

__all__ = ["Files", "Measured"]


class Measured(NamedTuple):
    """What a header of an image says: pixels as stored, and the format."""

    width: int
    height: int
    format: str


class Files:
    """Looks files up and reads them.

    Parameters
    ----------
    remote
        Whether files behind URLs are read too; those of this machine always are.
    """

    def __init__(self, *, remote: bool) -> None:
        self._remote = remote

    def read(self, reference: str, folder: str | None) -> bytes | StorageError | None:
        """Return the content of a file, or why there is none; None for one that is not to be looked at."""
        try:
            name = self._resolve(reference, folder)
            return None if name is None else storage.read_bytes(name)
        except StorageError as error:
            return error

    def size(self, reference: str, folder: str | None) -> int | StorageError | None:
        """Return the bytes that a file has, or why there is none; None for one that is not to be looked at."""
        try:
            name = self._resolve(reference, folder)
            return None if name is None else storage.size(name)
        except StorageError as error:
            return error

    def measure(self, reference: str, folder: str | None) -> Measured | str | None:
        """Return the size of an image by its header, or what is wrong with it; None for one that is not to be looked at."""
        try:
            name = self._resolve(reference, folder)
            if name is None:
                return None
            source = io.BytesIO(storage.read_bytes(name)) if _is_remote(name) else storage.local.path_of(name)
            with Image.open(source) as image:
                return Measured(*image.size, format=image.format or "")
        except StorageError:
            return None
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            return str(error)

    def _resolve(self, reference: str, folder: str | None) -> str | None:
        starts_remote = folder is not None and _is_remote(folder) and not PurePath(reference).is_absolute()
        if not self._remote and (_is_remote(reference) or starts_remote):
            return None
        return storage.resolve(reference, [folder, ""])


def _is_remote(reference: str) -> bool:
    return "://" in reference and not reference.lower().startswith("file://")
