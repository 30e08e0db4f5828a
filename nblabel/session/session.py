"""A worker at a job, item after item."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nblabel.errors import AnnotationError, ConflictError, MediaError, NblabelError, SchemaError, SessionError, StorageError
from nblabel.media import Picture, preview
from nblabel.session import requests
from nblabel.session.offers import Offers
from nblabel.session.segmenting import Segmenting
from nblabel.session.shown import MediaCache, media_of
from nblabel.store import Subject, Wish
from nblabel.tasks.base import Media
from nblabel.wire import (
    ItemView,
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
    from nblabel.store import Journal, Outcome
    from nblabel.tasks import Task
    from nblabel.wire import State, Suggestion

__all__ = ["Session"]

_log = logging.getLogger(__name__)

AHEAD = 16
"""Unfinished items after the one on show for which predictions are made ahead."""

_CODES: dict[str, int] = {"unlabeled": 0, "draft": 1, "edited": 2, "submitted": 3, "skipped": 4}
_FINISHED = _CODES["submitted"]

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
        self._queue = queue
        self.ids = items.ids
        if not len(self.ids):
            raise SessionError("there is nothing to label: no items were given")
        self._places = {item: index for index, item in enumerate(self.ids)}
        self._media = MediaCache(items.load, task.media)
        self._lock = RLock()
        self._listeners: list[Listener] = []
        self._seen = journal.last_sequence() if since is None else since
        self._origins: dict[str, str | None] = {}
        self._states = np.zeros(len(self.ids), np.uint8)
        for item, state, edited in journal.states():
            if (index := self._places.get(item)) is not None:
                self._states[index] = _code(state, edited=edited)
        self._current = self._resume()
        self._offers = Offers(task, items, journal, predictions, self.notify)
        self._offers.on_made(self._tell_of_suggestions)
        self._segmenting = None if segmenter is None else Segmenting(segmenter, self._picture, lambda proposal: self._tell("proposal", proposal))

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
        counts = np.bincount(self._states, minlength=len(_CODES))
        submitted = counts[_CODES["submitted"]] + counts[_CODES["edited"]]
        ahead = 0 if self._queue is None else self._queue.ahead
        return Progress(total=len(self.ids), submitted=int(submitted), skipped=int(counts[_CODES["skipped"]]), ahead=ahead)

    @property
    def edited(self) -> int:
        """Number of submitted items with changes that were not submitted again."""
        return int(np.count_nonzero(self._states == _CODES["edited"]))

    def name_of(self, index: int) -> str:
        """Tell what a person calls an item."""
        return self._items.name(self._check(index))

    def annotation(self, index: int) -> Any:
        """Give the annotation of an item as it stands, submitted or not."""
        media = self._media.known(self._check(index))
        return self.task.annotation(self._complete(index, media)(self._value(index, media)))

    def media(self, index: int) -> Media:
        """Tell what is known of an item's media; nothing of one that cannot be read."""
        return self._media.known(self._check(index))

    def stamp(self, index: int) -> object:
        """Give what differs whenever the annotation of an item does, without making the annotation."""
        return self._journal.work(self.ids[self._check(index)]).texts.value

    def view(self, index: int) -> tuple[ItemView, bytes | None]:
        """Show an item: what is known of it, and its media, None when that cannot be read."""
        item = self.ids[self._check(index)]
        shown, trouble = self._reading(index, lambda: self._media.get(index))
        media = media_of(shown)
        latest, work = self._journal.latest(item), self._journal.work(item)
        value = self.task.begin(None, media) if work.value is None else work.value
        if trouble is None:
            complete, trouble = self._reading(index, lambda: self._complete(index, media)(value))
            value, shown = (complete, shown) if trouble is None else (value, None)
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
            next=self._next(index),
            error=trouble,
            suggestions=suggestions,
            answered=answered,
            latest=latest,
        )
        if shown is None:
            return view, None
        return replace(view, mime=shown.mime, width=media.width, height=media.height), shown.data

    def tile(self, index: int) -> tuple[ItemView, bytes | None]:
        """Show an item in small, as `view` does in full."""
        view, data = self.view(index)
        self._offers.want([index])
        if data is None:
            return view, None
        try:
            small = preview(self._media.get(index))
        except MediaError as error:
            return replace(view, mime=None, error=str(error)), None
        return replace(view, mime=small.mime), small.data

    def move(self, index: int, *, origin: str | None = None) -> Position:
        """Make an item the current one."""
        position = Position(index=self._check(index), origin=origin)
        with self._lock:
            self._catch_up()
            if index != self._current:
                self._journal.set_position(self.ids[index])
                self._current = index
                self._tell("moved", position)
        return position

    def commit(self, operation: Operation, *, origin: str | None = None) -> Receipt:
        """Make one finished gesture durable; repeating it does nothing."""
        return self._commit([operation], origin)[-1]

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
        wishes = []
        for index, annotation in annotations.items():
            subject = self._subject(self._check(index))
            wishes.append(Wish(self.ids[index], self._wanting(index, annotation, subject.media, submit=submit), subject))
        with self._lock:
            outcomes = self._journal.replace(wishes, self.task, submit=submit)
            self._tell_queue([outcome.operation for outcome in outcomes])
            self._origins.update({outcome.operation.id: None for outcome in outcomes})
            self._catch_up()
            return [self._receipt(outcome, None) for outcome in outcomes]

    def lay(self, index: int, value: Any) -> None:
        """Lay a value before the worker, with all that it refers to as far as that can be read; where work has begun, it stays as it is."""
        media = self._media.known(self._check(index))
        complete, trouble = self._reading(index, lambda: self._complete(index, media)(value))
        self._journal.lay([(self.ids[index], complete if trouble is None else value)])

    def submit(self, index: int) -> Receipt:
        """Hand in an item.

        Raises
        ------
        ConflictError
            When it was changed elsewhere and this session has not seen it yet.
        """
        return self._python("submit", index)

    def skip(self, index: int) -> Receipt:
        """Pass over an item."""
        return self._python("skip", index)

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
        with self._lock:
            self._catch_up()

    def suggestion_table(self, index: int) -> pd.DataFrame:
        """Give a row for each suggestion for an item, as far as they are made: its state, score and source, and what is suggested."""
        from nblabel.session.table import suggestion_table

        media = self._measure(self._check(index))
        suggestions, answered = self._offers.of(index, media)
        return suggestion_table(self.task, self._value(index, media), suggestions, answered)

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
        media = self._measure(self._check(index))
        with self._lock:
            suggestions, answered = self._offers.of(index, media)
            waiting = {suggestion.id: suggestion for suggestion in suggestions if suggestion.id not in answered}
            for name in ids or ():
                if name not in waiting:
                    raise SessionError(f"{self._items.name(index)}: no suggestion {name!r} waits, only {list(waiting)}")
            meant = [waiting[name] for name in ids or waiting if above is None or _reaches(waiting[name], above)]
            if not meant:
                return None
            change = self.task.accept(self._value(index, media), [suggestion.part for suggestion in meant]) if accept else None
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
        self._media.clear()

    def notify(self, notice: Notice) -> None:
        """Show a sentence to the person who labels."""
        self._tell("notice", notice)

    def close(self) -> None:
        """Make no more suggestions."""
        self._offers.stop()

    # Inner workings

    def _value(self, index: int, media: Media) -> Any:
        work = self._journal.work(self.ids[index])
        return self.task.begin(None, media) if work.value is None else work.value

    def _look_ahead(self, index: int) -> None:
        """Have predictions made for an item and for those that come next."""
        if self._offers.predicted:
            following = np.flatnonzero(self._states[index:] < _FINISHED)[:AHEAD] + index
            self._offers.want([index, *(int(place) for place in following)])

    def _tell_of_suggestions(self, index: int) -> None:
        try:
            media = self._media.measure(index)
        except (MediaError, StorageError):
            return
        suggestions, _ = self._offers.of(index, media)
        self._tell("suggested", Suggested(item=self.ids[index], index=index, suggestions=suggestions))

    def _complete(self, index: int, media: Media) -> Callable[[Any], Any]:
        """Give what adds to a value all that it only refers to."""
        return lambda value: self.task.resolve(value, lambda ref: self._items.read(index, ref), media)

    def _picture(self, index: int) -> Picture:
        shown = self._media.get(index)
        if not isinstance(shown, Picture):
            raise MediaError(f"{self._items.name(index)} is no image")
        return shown

    def _reading(self, index: int, read: Callable[[], Any]) -> tuple[Any, str | None]:
        """Read something that is to be shown; gives it, or why it cannot be."""
        try:
            return read(), None
        except (AnnotationError, MediaError, SchemaError, StorageError) as error:
            return None, str(error)
        except Exception as error:  # noqa: BLE001 - whatever reading it ran into, the item is shown
            _log.exception("%s cannot be shown", self._items.name(index))
            return None, f"something went wrong inside nblabel ({type(error).__name__}: {error})"

    def _wanting(self, index: int, annotation: Any, media: Media, *, submit: bool) -> Callable[[Any], Any]:
        def wanted(present: Any) -> Any:
            try:
                target = self.task.begin(annotation, media, present)
            except (AnnotationError, SchemaError) as error:
                raise _naming(self._items.name(index), error) from error
            if submit and (lacking := self.task.lacking(target)) is not None:
                raise AnnotationError(lacking, item=self._items.name(index))
            return present if self.task.same(self.task.annotation(target), self.task.annotation(present)) else target

        return wanted

    def _python(self, kind: Literal["submit", "skip"], index: int) -> Receipt:
        operation = Operation(id=secrets.token_hex(12), item=self.ids[self._check(index)], kind=kind)
        return self._commit([operation], None, since=self._seen)[-1]

    def _commit(self, operations: Sequence[Operation], origin: str | None, *, since: int | None = None) -> list[Receipt]:
        """Make operations durable, all or none, and tell of them."""
        steps = [(operation, self._subject_of(operation)) for operation in operations]
        with self._lock:
            self._origins.update({operation.id: origin for operation in operations})
            try:
                outcomes = self._journal.commit(steps, self.task, since=since)
                self._tell_queue(operations)
                self._catch_up()
            except Exception as error:
                for operation in operations:
                    self._origins.pop(operation.id, None)
                if isinstance(error, ConflictError):
                    self._catch_up()
                    raise ConflictError(f"{self._items.name(self._places[operations[0].item])}: {error}") from error
                raise
            return [self._receipt(outcome, origin) for outcome in outcomes]

    def _tell_queue(self, operations: Iterable[Operation]) -> None:
        """Tell who gives out the items what was done, and take in those that were added."""
        if self._queue is None:
            return
        tell = {"change": self._queue.busy, "submit": self._queue.submitted, "skip": self._queue.skipped}
        for operation in operations:
            try:
                tell[operation.kind](self._places[operation.item])
            except NblabelError as error:
                self.notify(Notice(level="warning" if isinstance(error, SessionError) else "error", message=str(error)))
        self._take_in()

    def _take_in(self) -> None:
        """Know the items that were given since."""
        for index in range(len(self._states), len(self.ids)):
            work = self._journal.work(self.ids[index])
            self._places[self.ids[index]] = index
            self._states = np.append(self._states, np.uint8(_code(work.state, edited=work.edited)))

    def more(self) -> Progress:
        """Ask whoever gives out the items for another one; tell how far the job is then.

        Raises
        ------
        SessionError
            When the person is given no more.
        """
        with self._lock:
            if self._queue is not None:
                self._queue.more()
                self._take_in()
            return self.progress

    def _subject_of(self, operation: Operation) -> Subject:
        """Tell what an operation needs of its item: what was done before can be repeated and taken back without its file."""
        index = self._places.get(operation.item)
        if index is None:
            raise SessionError(f"item {operation.item} is not in this session; reload the page")
        if self._queue is not None and _takes_back(operation, int(self._states[index])):
            raise SessionError(f"{self._items.name(index)}: what was handed in stays so; change it and submit again")
        decision_back = operation.kind != "change" and operation.undoes is not None
        unneeded = operation.kind == "skip" or decision_back or self._journal.find(operation.id) is not None
        return Subject(Media()) if unneeded else self._subject(index)

    def _subject(self, index: int) -> Subject:
        media = self._measure(index)
        return Subject(media, self._complete(index, media))

    def _travel(self, find: Callable[[Callable[[int], bool]], list[Operation]], origin: str | None) -> Receipt | None:
        """Take a step of the history, the first that still applies: one that does not would bar the way for ever."""
        while operations := find(self._may_travel):
            try:
                receipts = self._commit(operations, origin)
            except (AnnotationError, SchemaError, SessionError) as error:
                _log.info("operation %r cannot be taken back any more: %s", operations[0].undoes, error)
                self._journal.retire(operation.undoes or "" for operation in operations)
                continue
            if self._current not in {receipt.index for receipt in receipts}:
                self.move(receipts[-1].index, origin=origin)
            return receipts[-1]
        return None

    def _may_travel(self, item: int) -> bool:
        """Tell whether what was done to an item may be taken back here: of items that are given out, as long as they are not handed in."""
        index = self._places.get(item)
        return index is not None and (self._queue is None or self._states[index] < _FINISHED)

    def _receipt(self, outcome: Outcome, origin: str | None) -> Receipt:
        index = self._places[outcome.operation.item]
        return Receipt(
            operation=outcome.operation,
            sequence=outcome.sequence,
            role=outcome.role,
            index=index,
            state=outcome.state,
            edited=outcome.edited,
            progress=self.progress,
            origin=origin,
            next=self._next(index),
        )

    def _catch_up(self) -> None:
        """Tell the listeners of every operation that they have not heard of, whoever made it.

        One counts as heard of once all listeners returned, so that an interrupt at any moment loses none.
        """
        for outcome in self._journal.since(self._seen):
            operation = outcome.operation
            if (index := self._places.get(operation.item)) is not None:
                self._states[index] = _code(outcome.state, edited=outcome.edited)
                receipt = self._receipt(outcome, self._origins.get(operation.id))
                if operation.kind == "submit" and outcome.role != "undo" and operation.id in self._origins:
                    self._tell("submitted", receipt)
                self._tell("operation", receipt)
            self._seen = outcome.sequence
            self._origins.pop(operation.id, None)

    def _tell(self, event: str, content: Any) -> None:
        for listener in self._listeners:
            listener(event, content)

    def _next(self, index: int) -> int | None:
        """Find the first unfinished item after this one, going round to the earlier ones."""
        for part, start in ((self._states[index + 1 :], index + 1), (self._states[:index], 0)):
            open_items = part < _FINISHED
            if open_items.any():
                return start + int(np.argmax(open_items))
        return None

    def _resume(self) -> int:
        """Choose the item to begin with: the one that was being worked on, else the first unfinished one, else the one shown last."""
        position = self._journal.position()
        last = self._places.get(position) if position is not None else None
        if last is not None and self._states[last] == _CODES["draft"]:
            return last
        unfinished = self._states < _FINISHED
        return int(np.argmax(unfinished)) if unfinished.any() else last or 0

    def _check(self, index: int) -> int:
        if not 0 <= index < len(self.ids):
            raise SessionError(f"there is no item {index}; expected 0 to {len(self.ids) - 1}")
        return index

    def _measure(self, index: int) -> Media:
        try:
            return self._media.measure(index)
        except (MediaError, StorageError) as error:
            raise MediaError(
                f"{self._items.name(index)}: it cannot be labeled because it cannot be read ({error}); put the file right, or skip it"
            ) from error


def _code(state: State, *, edited: bool) -> int:
    return _CODES["edited" if edited else state]


def _takes_back(operation: Operation, state: int) -> bool:
    """Tell whether an operation would make something that was handed in, or passed over, as if it had not been."""
    decided = state in {_CODES["submitted"], _CODES["edited"]}
    return operation.kind != "change" and (operation.undoes is not None or (operation.kind == "skip" and decided))


def _reaches(suggestion: Suggestion, score: float) -> bool:
    return suggestion.score is not None and suggestion.score >= score


def _naming(item: str, error: AnnotationError | SchemaError) -> NblabelError:
    """Say of an error which item it is about."""
    named = AnnotationError(str(error), item=item)
    named.path = error.path
    return named
