"""How far each item of a session is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nblabel.store import Work
    from nblabel.wire import State

__all__ = ["Standings"]

_CODES: dict[str, int] = {"unlabeled": 0, "draft": 1, "edited": 2, "submitted": 3, "skipped": 4}
_FINISHED = _CODES["submitted"]


class Standings:
    """What was done to the items of a session: drafts, submissions, and what to do next.

    Parameters
    ----------
    ids : sequence of int
        The store's ids of the items; more may come at its end.
    states : iterable
        Item ids, their states, and whether a submitted item was changed since.
    """

    def __init__(self, ids: Sequence[int], states: Iterable[tuple[int, State, bool]]) -> None:
        self._ids = ids
        self._places = {item: index for index, item in enumerate(ids)}
        self._codes = np.zeros(len(ids), np.uint8)
        for item, state, edited in states:
            if (index := self._places.get(item)) is not None:
                self.note(index, state, edited=edited)

    def place(self, item: int) -> int | None:
        """Give the index of an item, None of one that is not in the session."""
        return self._places.get(item)

    def note(self, index: int, state: State, *, edited: bool) -> None:
        """Take note of an item's state."""
        self._codes[index] = _code(state, edited=edited)

    def take_in(self, work_at: Callable[[int], Work]) -> None:
        """Know the items that were added at the end since."""
        for index in range(len(self._codes), len(self._ids)):
            work = work_at(index)
            self._places[self._ids[index]] = index
            self._codes = np.append(self._codes, np.uint8(_code(work.state, edited=work.edited)))

    def count(self, *kinds: str) -> int:
        """Count the items that are in one of some states: unlabeled, draft, edited (changed since it was submitted), submitted, skipped."""
        counts = np.bincount(self._codes, minlength=len(_CODES))
        return int(sum(counts[_CODES[kind]] for kind in kinds))

    def finished(self, index: int) -> bool:
        """Tell whether an item was submitted, and not changed since, or skipped."""
        return bool(self._codes[index] >= _FINISHED)

    def handed_in(self, index: int) -> bool:
        """Tell whether an item was submitted, changed since or not."""
        return int(self._codes[index]) in {_CODES["submitted"], _CODES["edited"]}

    def next(self, index: int) -> int | None:
        """Find the first unfinished item after this one, going round to the earlier ones."""
        for part, start in ((self._codes[index + 1 :], index + 1), (self._codes[:index], 0)):
            open_items = part < _FINISHED
            if open_items.any():
                return start + int(np.argmax(open_items))
        return None

    def ahead(self, index: int, most: int) -> list[int]:
        """Give the first unfinished items from this one on."""
        return [int(place) + index for place in np.flatnonzero(self._codes[index:] < _FINISHED)[:most]]

    def resume(self, last: int | None) -> int:
        """Choose the item to begin with: the one that was worked on last, else the first unfinished one, else the one shown last.

        Parameters
        ----------
        last : int or None
            The id of the item shown last.
        """
        place = None if last is None else self._places.get(last)
        if place is not None and self._codes[place] == _CODES["draft"]:
            return place
        unfinished = self._codes < _FINISHED
        return int(np.argmax(unfinished)) if unfinished.any() else place or 0


def _code(state: State, *, edited: bool) -> int:
    return _CODES["edited" if edited else state]
