"""A worker at a job, item after item."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from nblabel.errors import MediaError, SessionError, StorageError
from nblabel.media import glance, preview
from nblabel.session import requests
from nblabel.session.commits import Commits
from nblabel.session.offers import Offers
from nblabel.session.reading import Reading
from nblabel.session.segmenting import Segmenting
from nblabel.session.shown import media_of
from nblabel.session.standings import Standings
from nblabel.wire import (
    ItemView,
    MediaView,
    Nothing,
    Notice,
    Operation,
    Position,
    Progress,
    Receipt,
    SegmentParams,
    Suggested,
)

if TYPE_CHECKING:
    import pandas as pd

    from nblabel.assist import Segmenter
    from nblabel.session.items import Items, Queue
    from nblabel.session.suggesting import Predictions
    from nblabel.store import Journal
    from nblabel.tasks import Task
    from nblabel.tasks.base import Media
    from nblabel.wire import Suggestion

__all__ = ["Session"]

_log = logging.getLogger(__name__)

AHEAD = 16
"""Unfinished items after the one on show for which predictions are made ahead."""

Listener = Callable[[str, Any], None]


class Session:
    """A worker at a job.

    Parameters
    ----------
    journal : Journal
        What the worker did and does in the job; made by `Store.journal`.
    task : Task
        What is done.
    items : Items
        What it is done to.
    name : str
        Stable text that a front end may remember its own work by.
    since : int, optional
        Number of the newest operation that is known to the caller; `refresh` tells of those after it. The newest of all by default.
    predictions : Predictions, optional
        Where suggestions come from.
    segmenter : Segmenter, optional
        What proposes masks.
    queue : Queue, optional
        Who gives out the items, one after another. What was handed in then stays handed in: it can be changed and handed in again, but not taken
        back.

    Attributes
    ----------
    ids : sequence of int
        The store's ids of the items, in the order in which they are shown.

    Raises
    ------
    SessionError
        When there is no item.
    """

    def __init__(
        self,
        journal: Journal,
        task: Task,
        items: Items,
        *,
        name: str,
        since: int | None = None,
        predictions: Predictions | None = None,
        segmenter: Segmenter | None = None,
        queue: Queue | None = None,
    ) -> None:
        self.task = task
        self.name = name
        self._journal = journal
        self._items = items
        self.ids = items.ids
        if not len(self.ids):
            raise SessionError("there is nothing to label: no items were given")
        self._reading = Reading(task, items, journal)
        self._listeners: list[Listener] = []
        self._standings = Standings(self.ids, journal.states())
        self._commits = Commits(journal, task, items, queue=queue, standings=self._standings, reading=self._reading, tell=self._tell, since=since)
        self._current = self._standings.resume(journal.position())
        self._offers = Offers(task, items, journal, predictions, self.notify)
        self._offers.on_made(self._tell_of_suggestions)
        self._segmenting = (
            None if segmenter is None else Segmenting(segmenter, self._reading.picture, lambda proposal: self._tell("proposal", proposal))
        )

    def __len__(self) -> int:
        return len(self.ids)

    # What a front end asks for

    def reply(self, message: Any) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Answer a request; it never raises.

        Parameters
        ----------
        message : object
            ``{"id", "method", "params", "origin"}`` as it came.

        Returns
        -------
        reply, buffers
            ``{"id", "result"}`` or ``{"id", "error"}``, and binary parts to go with it.
        """
        return requests.reply(self, message)

    def handle(self, method: str, params: Any, *, origin: str | None = None) -> tuple[Any, Sequence[bytes]]:
        """Do what a front end asks for; see `nblabel.wire`.

        Parameters
        ----------
        method : str
            Name of the method.
        params : object
            Its parameters, plain JSON data.
        origin : str, optional
            The view that asks.

        Returns
        -------
        result, buffers
            An object of `nblabel.wire`, and binary parts to go with it.

        Raises
        ------
        NblabelError
            When it cannot be done.
        """
        return requests.handle(self, method, params, origin)

    def on_event(self, listener: Listener) -> None:
        """Call `listener` with the name and the object of each event, in order, in the thread that caused it.

        Beside the events of `nblabel.wire` there are two for Python alone: ``submitted`` (`Receipt`), before the ``operation`` that hands in an
        item through this very session, and ``left`` (`Nothing`), when a page has no view any more. A listener must be quick; one that is
        interrupted hears of the operation again.
        """
        self._listeners.append(listener)

    # What Python asks for

    @property
    def current(self) -> int:
        """Index of the current item."""
        return self._current

    @property
    def progress(self) -> Progress:
        """How far the job has come, of the items in this session."""
        return self._commits.progress

    @property
    def edited(self) -> int:
        """Number of submitted items with changes that were not submitted again."""
        return self._standings.count("edited")

    def name_of(self, index: int) -> str:
        """Tell what a person calls an item."""
        return self._items.name(self._check(index))

    def annotation(self, index: int) -> Any:
        """Give the annotation of an item as it stands, submitted or not."""
        media = self.media(index)
        return self.task.annotation(self._reading.complete(index, media)(self._reading.value(index, media)))

    def media(self, index: int) -> Media:
        """Tell what is known of an item's media; nothing of one that cannot be read."""
        return self._reading.media.known(self._check(index))

    def stamp(self, index: int) -> object:
        """Give what differs whenever the annotation of an item does, without making the annotation."""
        return self._journal.work(self.ids[self._check(index)]).texts.value

    def view(self, index: int) -> tuple[ItemView, bytes | None]:
        """Show an item: what is known of it, and its media, None when that cannot be read."""
        item = self.ids[self._check(index)]
        shown, trouble = self._reading.shown(index)
        media = media_of(shown)
        latest, work = self._journal.latest(item), self._journal.work(item)
        value = self._reading.value(index, media, work)
        if trouble is None:
            value, trouble = self._reading.completed(index, value, media)
            shown = shown if trouble is None else None
        suggestions, answered = self._offers.of(index, media)
        # After the work was read: whoever gets this view has heard before of all that is in it.
        self.refresh()
        self._look_ahead(index)
        view = ItemView(
            id=item,
            index=index,
            name=self._items.name(index),
            state=work.state,
            edited=work.edited,
            value=value,
            next=self._standings.next(index),
            error=trouble,
            suggestions=suggestions,
            answered=answered,
            latest=latest,
        )
        if shown is None:
            return view, None
        return replace(view, mime=shown.mime, width=media.width, height=media.height), shown.data

    def glance(self, index: int) -> tuple[ItemView, bytes | None]:
        """Show an item as `view` does, a large image in small: `whole` then gives the rest."""
        view, data = self.view(index)
        try:
            small = None if data is None or self.task.media != "image" else glance(self._reading.picture(index))
        except MediaError as error:
            return replace(view, mime=None, error=str(error)), None
        return (view, data) if small is None else (replace(view, mime=small.mime, preview=True), small.data)

    def whole(self, index: int) -> tuple[MediaView, bytes | None]:
        """Give the media of an item, or why they cannot be shown."""
        shown, trouble = self._reading.shown(self._check(index))
        return (MediaView(error=trouble), None) if shown is None else (MediaView(mime=shown.mime), shown.data)

    def tile(self, index: int) -> tuple[ItemView, bytes | None]:
        """Show an item in small, as `view` does in full."""
        view, data = self.view(index)
        if data is None:
            return view, None
        try:
            small = preview(self._reading.media.get(index))
        except MediaError as error:
            return replace(view, mime=None, error=str(error)), None
        return replace(view, mime=small.mime), small.data

    def move(self, index: int, *, origin: str | None = None) -> Position:
        """Make an item the current one."""
        position = Position(index=self._check(index), origin=origin)
        with self._commits.lock:
            self._commits.catch_up()
            if index != self._current:
                self._journal.set_position(self.ids[index])
                self._current = index
                self._tell("moved", position)
        return position

    def commit(self, operation: Operation, *, origin: str | None = None) -> Receipt:
        """Make one finished gesture durable; repeating it does nothing."""
        return self._commits.commit([operation], origin)[-1]

    def set_annotation(self, index: int, annotation: Any) -> Receipt | None:
        """Give an item an annotation, as one step; None when it has it already.

        Raises
        ------
        AnnotationError
            When the annotation is not acceptable; the message names item and field.
        """
        receipts = self.set_annotations({index: annotation})
        return receipts[-1] if receipts else None

    def set_annotations(self, annotations: Mapping[int, Any], *, submit: bool = False) -> list[Receipt]:
        """Give items annotations, and hand them in if so wished, as one step; when one is not acceptable, all stay as they are.

        Raises
        ------
        AnnotationError
            When an annotation is not acceptable; the message names item and field.
        """
        return self._commits.replace({self._check(index): annotation for index, annotation in annotations.items()}, submit=submit)

    def lay(self, index: int, value: Any) -> None:
        """Lay a value before the worker, with all that it refers to as far as that can be read; where work has begun, it stays as it is."""
        complete, _ = self._reading.completed(index, value, self.media(index))
        self._journal.lay([(self.ids[index], complete)])

    def submit(self, index: int) -> Receipt:
        """Hand in an item.

        Raises
        ------
        ConflictError
            When it was changed elsewhere and this session has not seen it yet.
        """
        return self._decide("submit", index)

    def skip(self, index: int) -> Receipt:
        """Pass over an item."""
        return self._decide("skip", index)

    def more(self) -> Progress:
        """Ask whoever gives out the items for another one; tell how far the job is then.

        Raises
        ------
        SessionError
            When the person is given no more.
        """
        return self._commits.more()

    def undo(self, *, origin: str | None = None) -> Receipt | None:
        """Take back the newest step, whoever made it, and go to its item; None when there is none."""
        return self._travel(self._journal.undoable, origin)

    def redo(self, *, origin: str | None = None) -> Receipt | None:
        """Bring back what was taken back last and go to its item; None when there is none."""
        return self._travel(self._journal.redoable, origin)

    def history(self) -> pd.DataFrame:
        """Give what was done to these items, oldest first: time, item, operation and the seconds spent on it."""
        from nblabel.session.table import history_table

        return history_table(self._journal.log(), {self.ids[index]: self._items.name(index) for index in range(len(self.ids))})

    def refresh(self) -> None:
        """Take notice, and tell, of what other sessions of the same worker did to these items."""
        with self._commits.lock:
            self._commits.catch_up()

    def suggestion_table(self, index: int) -> pd.DataFrame:
        """Give a row for each suggestion for an item, as far as they are made: its state, score and source, and what is suggested."""
        from nblabel.session.table import suggestion_table

        media = self._reading.measure(self._check(index))
        suggestions, answered = self._offers.of(index, media)
        return suggestion_table(self.task, self._reading.value(index, media), suggestions, answered)

    def answer(self, index: int, ids: Sequence[str] | None, *, accept: bool, above: float | None = None) -> Receipt | None:
        """Accept or reject suggestions for an item that wait, as one operation; None when none is meant.

        Parameters
        ----------
        index : int
            The item.
        ids : sequence of str, optional
            Which ones; all by default.
        accept : bool
            Whether they are accepted.
        above : float, optional
            The least score that is meant.

        Raises
        ------
        SessionError
            When a suggestion does not wait.
        """
        media = self._reading.measure(self._check(index))
        with self._commits.lock:
            suggestions, answered = self._offers.of(index, media)
            waiting = {suggestion.id: suggestion for suggestion in suggestions if suggestion.id not in answered}
            for name in ids or ():
                if name not in waiting:
                    raise SessionError(f"{self._items.name(index)}: no suggestion {name!r} waits, only {list(waiting)}")
            meant = [waiting[name] for name in ids or waiting if above is None or _reaches(waiting[name], above)]
            if not meant:
                return None
            change = self.task.accept(self._reading.value(index, media), [suggestion.part for suggestion in meant]) if accept else None
            return self.commit(Operation(id=secrets.token_hex(12), item=self.ids[index], kind="change", change=change, answers=meant))

    def segment(self, params: SegmentParams) -> None:
        """Begin to look for a mask; the event ``proposal`` tells of it.

        Raises
        ------
        SessionError
            When there is no segmenter.
        """
        if self._segmenting is None:
            raise SessionError("there is no segmenter here; paint the mask by hand")
        self._check(params.index)
        self._segmenting.ask(params)

    def drop(self) -> None:
        """Give up the mask that is being looked for."""
        if self._segmenting is not None:
            self._segmenting.drop()

    def retell(self) -> None:
        """Tell a page that listens from now on which suggestions were made, or could not be, since the state that it opened with."""
        if self._offers.predicted:
            self._tell_of_suggestions(self._current)
        if self._offers.failure is not None:
            self.notify(self._offers.failure)

    def leave(self) -> None:
        """Take note that a page has no view any more."""
        self._tell("left", Nothing())

    def forget_media(self) -> None:
        """Let go of the media that are kept ready; they are read again when they are wanted."""
        self._reading.media.clear()

    def notify(self, notice: Notice) -> None:
        """Show a sentence to the person who labels."""
        self._tell("notice", notice)

    def close(self) -> None:
        """Make no more suggestions."""
        self._offers.stop()

    # Inner workings

    def _decide(self, kind: Literal["submit", "skip"], index: int) -> Receipt:
        operation = Operation(id=secrets.token_hex(12), item=self.ids[self._check(index)], kind=kind)
        return self._commits.commit([operation], None, seen=True)[-1]

    def _travel(self, find: Callable[[Callable[[int], bool]], list[Operation]], origin: str | None) -> Receipt | None:
        receipts = self._commits.travel(find, origin)
        if not receipts:
            return None
        if self._current not in {receipt.index for receipt in receipts}:
            self.move(receipts[-1].index, origin=origin)
        return receipts[-1]

    def _look_ahead(self, index: int) -> None:
        """Have predictions made for an item and for those that come next."""
        if self._offers.predicted:
            self._offers.want([index, *self._standings.ahead(index, AHEAD)])

    def _tell_of_suggestions(self, index: int) -> None:
        try:
            media = self._reading.media.measure(index)
        except (MediaError, StorageError):
            return
        suggestions, _ = self._offers.of(index, media)
        self._tell("suggested", Suggested(item=self.ids[index], index=index, suggestions=suggestions))

    def _tell(self, event: str, content: Any) -> None:
        for listener in self._listeners:
            listener(event, content)

    def _check(self, index: int) -> int:
        if not 0 <= index < len(self.ids):
            raise SessionError(f"there is no item {index}; expected 0 to {len(self.ids) - 1}")
        return index


def _reaches(suggestion: Suggestion, score: float) -> bool:
    return suggestion.score is not None and suggestion.score >= score
