"""The media of a session as they are shown, kept ready for a while."""

from __future__ import annotations

from collections import OrderedDict
from threading import RLock
from typing import TYPE_CHECKING

from nblabel.errors import MediaError, StorageError
from nblabel.media import Document, Picture, read_image, read_text
from nblabel.tasks.base import Media

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MediaCache", "media_of"]

CACHE_BYTES = 64 * 2**20
"""Encoded media kept ready, so that an item fetched ahead is not read twice."""

_READERS: dict[str, Callable[[bytes], Picture | Document]] = {"image": read_image, "text": read_text}


class MediaCache:
    """The media read last, bounded by their encoded size; `kind` is what a task calls its media."""

    def __init__(self, load: Callable[[int], bytes], kind: str) -> None:
        self._load = load
        self._read = _READERS[kind]
        self._kept: OrderedDict[int, Picture | Document] = OrderedDict()
        self._sizes: dict[int, Media] = {}
        self._lock = RLock()

    def get(self, index: int) -> Picture | Document:
        """Give an item's media; raises MediaError or StorageError."""
        with self._lock:
            if (found := self._kept.get(index)) is not None:
                self._kept.move_to_end(index)
                return found
        media = self._read(self._load(index))
        with self._lock:
            self._kept[index] = media
            self._sizes[index] = media_of(media)
            while len(self._kept) > 1 and sum(len(kept.data) for kept in self._kept.values()) > CACHE_BYTES:
                self._kept.popitem(last=False)
        return media

    def measure(self, index: int) -> Media:
        """Give an item's size; once it was seen, what was drawn on it can be saved even if its file is gone."""
        return self._sizes.get(index) or media_of(self.get(index))

    def known(self, index: int) -> Media:
        """Give an item's size; nothing is known of one that cannot be read."""
        try:
            return self.measure(index)
        except (MediaError, StorageError):
            return Media()

    def clear(self) -> None:
        """Let go of all media; what was measured stays."""
        with self._lock:
            self._kept.clear()


def media_of(shown: Picture | Document | None) -> Media:
    """Give what is known of media without their content."""
    match shown:
        case None:
            return Media()
        case Document():
            return Media(length=shown.length)
        case Picture():
            return Media(width=shown.width, height=shown.height, depth=shown.depth)
