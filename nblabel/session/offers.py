"""What is suggested for items: predictions taken apart, and what was answered before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nblabel.errors import AnnotationError, MediaError, SchemaError, StorageError
from nblabel.wire import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nblabel.session.items import Items
    from nblabel.session.suggesting import Predictions
    from nblabel.store import Journal
    from nblabel.tasks import Task
    from nblabel.tasks.base import Media
    from nblabel.wire import Suggestion

__all__ = ["Offers"]


class Offers:
    """The suggestions of a session.

    Parameters
    ----------
    task : Task
        What is done.
    items : Items
        The session's items.
    journal : Journal
        What was suggested and answered before.
    predictions : Predictions or None
        Where new suggestions come from.
    notify : callable
        Is told, once, of a prediction that cannot be suggested, and of predictions that could not be made.

    Attributes
    ----------
    failure : Notice or None
        Why predictions could not be made, the last time that they could not.
    """

    def __init__(self, task: Task, items: Items, journal: Journal, predictions: Predictions | None, notify: Callable[[Notice], None]) -> None:
        self._task = task
        self._items = items
        self._journal = journal
        self._predictions = predictions
        self._notify = notify
        self._told_of_refusals = False
        self.failure: Notice | None = None

    @property
    def predicted(self) -> bool:
        """Whether new suggestions are made."""
        return self._predictions is not None

    def on_made(self, listener: Callable[[int], None]) -> None:
        """Call `listener` with the index of each item that predictions were made for."""
        if self._predictions is not None:
            self._predictions.on_event(listener, self._fail)

    def of(self, index: int, media: Media) -> tuple[list[Suggestion], list[str]]:
        """Give what is suggested for an item, the surest first, and the ids of what was answered."""
        known, answered = self._journal.suggestions(self._items.ids[index])
        found = {**{suggestion.id: suggestion for suggestion in self._made(index, media)}, **known}.values()
        return sorted(found, key=lambda suggestion: -math.inf if suggestion.score is None else -suggestion.score), sorted(answered)

    def want(self, indices: Iterable[int]) -> None:
        """Have predictions made for items, the first ones first."""
        if self._predictions is not None:
            self._predictions.want(list(indices))

    def stop(self) -> None:
        """Make no more predictions."""
        if self._predictions is not None:
            self._predictions.stop()

    def _fail(self, sentence: str) -> None:
        self.failure = Notice(level="error", message=sentence)
        self._notify(self.failure)

    def _made(self, index: int, media: Media) -> list[Suggestion]:
        if self._predictions is None:
            return []
        try:
            prediction = self._predictions.get(index)
            made, refusals = ([], []) if prediction is None else self._task.suggestions(prediction, media, self._predictions.name)
        except (AnnotationError, MediaError, SchemaError, StorageError) as error:
            made, refusals = [], [str(error)]
        if refusals and not self._told_of_refusals:
            self._told_of_refusals = True
            more = f" and {len(refusals) - 1} more" if len(refusals) > 1 else ""
            what = f"{self._items.name(index)}: a prediction of {self._predictions.name!r} is left out ({refusals[0]}){more}"
            self._notify(Notice(level="warning", message=f"{what}; others like it are not reported"))
        return made
