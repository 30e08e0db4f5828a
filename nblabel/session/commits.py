"""Operations made durable and told of, whoever made them: what keeps all views of a worker's items in step."""

from __future__ import annotations

import logging
from threading import RLock
from typing import TYPE_CHECKING, Any

from nblabel.errors import AnnotationError, ConflictError, NblabelError, SchemaError, SessionError
from nblabel.store import Subject, Wish
from nblabel.tasks.base import Media
from nblabel.wire import Notice, Progress, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from nblabel.session.items import Items, Queue
    from nblabel.session.reading import Reading
    from nblabel.session.standings import Standings
    from nblabel.store import Journal, Outcome
    from nblabel.tasks import Task
    from nblabel.wire import Operation

__all__ = ["Commits"]

_log = logging.getLogger(__name__)


class Commits:
    """The operations of a session.

    Parameters
    ----------
    journal, task, items, queue : object
        As in `Session`.
    standings : Standings
        How far each item is; kept up to date.
    reading : Reading
        Measures the items.
    tell : callable
        Is told the name and the object of each event, in order.
    since : int or None
        Number of the newest operation that was heard of already; the newest of all by default.

    Attributes
    ----------
    lock : RLock
        Held while operations are made durable and told of.
    """

    def __init__(
        self,
        journal: Journal,
        task: Task,
        items: Items,
        *,
        queue: Queue | None,
        standings: Standings,
        reading: Reading,
        tell: Callable[[str, Any], None],
        since: int | None,
    ) -> None:
        self._journal = journal
        self._task = task
        self._items = items
        self._queue = queue
        self._standings = standings
        self._reading = reading
        self._tell = tell
        self._seen = journal.last_sequence() if since is None else since
        self._origins: dict[str, str | None] = {}
        self.lock = RLock()

    @property
    def progress(self) -> Progress:
        """How far the job has come, of the items in the session."""
        ahead = 0 if self._queue is None else self._queue.ahead
        submitted, skipped = self._standings.count("submitted", "edited"), self._standings.count("skipped")
        return Progress(total=len(self._items.ids), submitted=submitted, skipped=skipped, ahead=ahead)

    def commit(self, operations: Sequence[Operation], origin: str | None, *, seen: bool = False) -> list[Receipt]:
        """Make operations durable, all or none, and tell of them; where only what was `seen` may be handed in, as `Journal.commit` says."""
        steps = [(operation, self._subject_of(operation)) for operation in operations]
        with self.lock:
            self._origins.update({operation.id: origin for operation in operations})
            try:
                outcomes = self._journal.commit(steps, self._task, since=self._seen if seen else None)
                self._tell_queue(operations)
                self.catch_up()
            except Exception as error:
                for operation in operations:
                    self._origins.pop(operation.id, None)
                if isinstance(error, ConflictError):
                    self.catch_up()
                    raise ConflictError(f"{self._items.name(self._place(operations[0].item))}: {error}") from error
                raise
            return [self._receipt(outcome, origin) for outcome in outcomes]

    def replace(self, annotations: Mapping[int, Any], *, submit: bool) -> list[Receipt]:
        """Give items annotations, as one step; see `Session.set_annotations`."""
        wishes = []
        for index, annotation in annotations.items():
            subject = self._subject(index)
            wishes.append(Wish(self._items.ids[index], self._wanting(index, annotation, subject.media, submit=submit), subject))
        with self.lock:
            outcomes = self._journal.replace(wishes, self._task, submit=submit)
            self._tell_queue([outcome.operation for outcome in outcomes])
            self._origins.update({outcome.operation.id: None for outcome in outcomes})
            self.catch_up()
            return [self._receipt(outcome, None) for outcome in outcomes]

    def travel(self, find: Callable[[Callable[[int], bool]], list[Operation]], origin: str | None) -> list[Receipt]:
        """Take a step of the history, the first that still applies: one that does not would bar the way for ever."""
        while operations := find(self._may_travel):
            try:
                return self.commit(operations, origin)
            except (AnnotationError, SchemaError, SessionError) as error:
                _log.info("operation %r cannot be taken back any more: %s", operations[0].undoes, error)
                self._journal.retire(operation.undoes or "" for operation in operations)
        return []

    def _may_travel(self, item: int) -> bool:
        """Tell whether what was done to an item may be taken back here: of items that are given out, as long as they are not handed in."""
        index = self._standings.place(item)
        return index is not None and (self._queue is None or not self._standings.finished(index))

    def more(self) -> Progress:
        """Ask whoever gives out the items for another one; tell how far the job is then.

        Raises
        ------
        SessionError
            When the person is given no more.
        """
        with self.lock:
            if self._queue is not None:
                self._queue.more()
                self._standings.take_in(lambda index: self._journal.work(self._items.ids[index]))
            return self.progress

    def catch_up(self) -> None:
        """Tell the listeners of every operation that they have not heard of, whoever made it.

        One counts as heard of once all listeners returned, so that an interrupt at any moment loses none.
        """
        for outcome in self._journal.since(self._seen):
            operation = outcome.operation
            if (index := self._standings.place(operation.item)) is not None:
                self._standings.note(index, outcome.state, edited=outcome.edited)
                receipt = self._receipt(outcome, self._origins.get(operation.id))
                if operation.kind == "submit" and outcome.role != "undo" and operation.id in self._origins:
                    self._tell("submitted", receipt)
                self._tell("operation", receipt)
            self._seen = outcome.sequence
            self._origins.pop(operation.id, None)

    def _wanting(self, index: int, annotation: Any, media: Media, *, submit: bool) -> Callable[[Any], Any]:
        def wanted(present: Any) -> Any:
            try:
                target = self._task.begin(annotation, media, present)
            except (AnnotationError, SchemaError) as error:
                raise _naming(self._items.name(index), error) from error
            if submit and (lacking := self._task.lacking(target)) is not None:
                raise AnnotationError(lacking, item=self._items.name(index))
            return present if self._task.same(self._task.annotation(target), self._task.annotation(present)) else target

        return wanted

    def _tell_queue(self, operations: Iterable[Operation]) -> None:
        """Tell who gives out the items what was done, and take in those that were added."""
        if self._queue is None:
            return
        tell = {"change": self._queue.busy, "submit": self._queue.submitted, "skip": self._queue.skipped}
        for operation in operations:
            try:
                tell[operation.kind](self._place(operation.item))
            except NblabelError as error:
                self._tell("notice", Notice(level="warning" if isinstance(error, SessionError) else "error", message=str(error)))
        self._standings.take_in(lambda index: self._journal.work(self._items.ids[index]))

    def _subject_of(self, operation: Operation) -> Subject:
        """Tell what an operation needs of its item: what was done before can be repeated and taken back without its file."""
        index = self._place(operation.item)
        if self._queue is not None and _takes_back(operation, handed_in=self._standings.handed_in(index)):
            raise SessionError(f"{self._items.name(index)}: what was handed in stays so; change it and submit again")
        decision_back = operation.kind != "change" and operation.undoes is not None
        unneeded = operation.kind == "skip" or decision_back or self._journal.find(operation.id) is not None
        return Subject(Media()) if unneeded else self._subject(index)

    def _subject(self, index: int) -> Subject:
        media = self._reading.measure(index)
        return Subject(media, self._reading.complete(index, media))

    def _receipt(self, outcome: Outcome, origin: str | None) -> Receipt:
        index = self._place(outcome.operation.item)
        return Receipt(
            operation=outcome.operation,
            sequence=outcome.sequence,
            role=outcome.role,
            index=index,
            state=outcome.state,
            edited=outcome.edited,
            progress=self.progress,
            origin=origin,
            next=self._standings.next(index),
        )

    def _place(self, item: int) -> int:
        index = self._standings.place(item)
        if index is None:
            raise SessionError(f"item {item} is not in this session; reload the page")
        return index


def _takes_back(operation: Operation, *, handed_in: bool) -> bool:
    """Tell whether an operation would make something that was handed in, or passed over, as if it had not been."""
    return operation.kind != "change" and (operation.undoes is not None or (operation.kind == "skip" and handed_in))


def _naming(item: str, error: AnnotationError | SchemaError) -> NblabelError:
    """Say of an error which item it is about."""
    named = AnnotationError(str(error), item=item)
    named.path = error.path
    return named
