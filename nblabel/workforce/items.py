"""The objects of a labeling job as the items of a session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nblabel import storage
from nblabel.errors import MediaError
from nblabel.media import MAX_BYTES, encode_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nblabel.store.pushes import LabelingObject

__all__ = ["JobItems"]


class JobItems:
    """Objects of a job, read from the store and not from any frame, so that every process that has the store can show them.

    Parameters
    ----------
    objects : sequence of LabelingObject
        In the order of their lines.
    inline : bool
        Whether what is labeled stands in the line itself, and not in a file.
    """

    def __init__(self, objects: Sequence[LabelingObject], *, inline: bool) -> None:
        self._objects = objects
        self._inline = inline
        self.ids: Sequence[int] = [each.item for each in objects]

    def name(self, index: int) -> str:
        """Tell what a person calls an item."""
        return self.source_of(index)[:60] or f"row {self._objects[index].place}"

    def source_of(self, index: int) -> str:
        """Give an item's source as its line has it."""
        return self._objects[index].source

    def load(self, index: int) -> bytes:
        """Read an item's media.

        Raises
        ------
        StorageError
            When the file cannot be found or read.
        MediaError
            When the line names none.
        """
        source = self.source_of(index)
        if not source:
            raise MediaError(f"row {self._objects[index].place} does not say what it shows; put a path or a text there")
        return encode_text(source) if self._inline else self.read(index, source)

    def read(self, index: int, ref: str) -> bytes:
        """Read a file that an item or its label refers to."""
        return storage.read_bytes(storage.resolve(ref, [self._objects[index].folder, Path.cwd()]), limit=MAX_BYTES)

    def preset(self, index: int) -> Any:
        """Give the value that work on an item begins with, None for the empty one."""
        return self._objects[index].preset
