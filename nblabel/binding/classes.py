"""The class maps that labels bring: which id stands for which class, as whoever made them saw it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nblabel.tasks import Task

__all__ = ["ClassMaps"]


class ClassMaps:
    """Counts the class maps of labels.

    Parameters
    ----------
    maps : iterable
        Class names by class index, of one label each; those that know of no class are passed over.
    """

    def __init__(self, maps: Iterable[dict[str, str]]) -> None:
        self._counts = Counter(tuple(found.items()) for found in maps if found)

    def class_ids(self) -> list[tuple[str, int]]:
        """Give all names and ids that occur, in an order that does not depend on that of the labels."""
        pairs = {(name, int(number)) for found in self._counts for number, name in found if number.isdecimal()}
        return sorted(pairs, key=lambda pair: (pair[1], pair[0]))

    def disagreement(self, task: Task, attribute: str) -> str | None:
        """Say how many labels number the task's classes in another way, and what to do; None when none does."""
        own = {label.name: str(task.class_ids[label.name]) for label in task.labels}
        count = sum(times for found, times in self._counts.items() if any(own.get(name, number) != number for number, name in found))
        if not count:
            return None
        # Each name once: the first id that it has says where it belongs.
        order = dict.fromkeys([*(name for name, _ in self.class_ids()), *own])
        return (
            f"{count} labels of {attribute!r} number their classes in another way than {task!r}, which what is submitted here follows; for one"
            f" numbering, order the labels as {[name for name in order if name in own]}"
        )
