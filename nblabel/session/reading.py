"""Items as they are read to be shown: media, and values with all that they refer to."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from nblabel.errors import AnnotationError, MediaError, SchemaError, StorageError
from nblabel.media import Picture
from nblabel.session.shown import MediaCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from nblabel.media import Document
    from nblabel.session.items import Items
    from nblabel.store import Journal, Work
    from nblabel.tasks import Task
    from nblabel.tasks.base import Media

__all__ = ["Reading"]

_log = logging.getLogger(__name__)


class Reading:
    """Reads the items of a session; what cannot be read is told, where somebody wants to see it, and an error where somebody works on it.

    Parameters
    ----------
    task : Task
        What is done to them.
    items : Items
        The items.
    journal : Journal
        What was done.
    """

    def __init__(self, task: Task, items: Items, journal: Journal) -> None:
        self._task = task
        self._items = items
        self._journal = journal
        self.media = MediaCache(items.load, task.media)

    def shown(self, index: int) -> tuple[Picture | Document | None, str | None]:
        """Give an item's media, or why it cannot be shown."""
        found, trouble = self._try(index, lambda: self.media.get(index))
        return (found if trouble is None else None), trouble

    def picture(self, index: int) -> Picture:
        """Give an item's image; raises MediaError or StorageError."""
        found = self.media.get(index)
        if not isinstance(found, Picture):
            raise MediaError(f"{self._items.name(index)} is no image")
        return found

    def measure(self, index: int) -> Media:
        """Tell the size of an item that is worked on.

        Raises
        ------
        MediaError
            When it cannot be read; it says what to do.
        """
        try:
            return self.media.measure(index)
        except (MediaError, StorageError) as error:
            raise MediaError(
                f"{self._items.name(index)}: it cannot be labeled because it cannot be read ({error}); put the file right, or skip it"
            ) from error

    def value(self, index: int, media: Media, work: Work | None = None) -> Any:
        """Give an item's value as the store has it; the empty one where nothing was done."""
        found = (work or self._journal.work(self._items.ids[index])).value
        return self._task.begin(None, media) if found is None else found

    def complete(self, index: int, media: Media) -> Callable[[Any], Any]:
        """Give what adds to a value all that it only refers to."""
        return lambda value: self._task.resolve(value, lambda ref: self._items.read(index, ref), media)

    def completed(self, index: int, value: Any, media: Media) -> tuple[Any, str | None]:
        """Give a value with all that it refers to, or the value as it is and why that cannot be read."""
        found, trouble = self._try(index, lambda: self.complete(index, media)(value))
        return (found if trouble is None else value), trouble

    def _try(self, index: int, read: Callable[[], Any]) -> tuple[Any, str | None]:
        try:
            return read(), None
        except (AnnotationError, MediaError, SchemaError, StorageError) as error:
            return None, str(error)
        except Exception as error:  # noqa: BLE001 - whatever reading it ran into, the item is shown
            _log.exception("%s cannot be shown", self._items.name(index))
            return None, f"something went wrong inside nblabel ({type(error).__name__}: {error})"
