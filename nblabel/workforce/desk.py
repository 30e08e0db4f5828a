"""A worker's place at a job, for front ends: objects are given one after another, and the time for them is renewed while the worker is at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nblabel.errors import SessionError
from nblabel.session import Session

if TYPE_CHECKING:
    from nblabel.assist import Segmenter
    from nblabel.store import Job, Store
    from nblabel.store.assignments import Assignment
    from nblabel.workforce.items import JobItems
    from nblabel.workforce.job import LabelingJob
    from nblabel.workforce.worker import Worker

__all__ = ["Desk"]

_RENEWED_AT = 0.75
"""Share of the time that is left when it is renewed, so that not every gesture writes."""


class Desk:
    """What a front end needs to let a worker label a job; made by `LabelingJob.desk`.

    It is `nblabel.session.Items` and `nblabel.session.Queue` of its session: first what the worker handed in before, then what is given.

    Attributes
    ----------
    store : Store
        The desk's own door to the job's store; to be closed with the front end.
    job : LabelingJob
        The job.
    worker : Worker
        Who works here.
    session : Session
        The worker at the job.
    ahead : int
        How many objects may still be given, beside those that were.
    """

    ahead = 0

    def __init__(self, job: LabelingJob, worker: Worker, record: Job, items: JobItems, store: Store, segmenter: Segmenter | None) -> None:
        self.job = job
        self.worker = worker
        self._items = items
        self._places = {item: place for place, item in enumerate(items.ids)}
        self._held: dict[int, Assignment] = {}
        self.store = store
        try:
            journal = self.store.journal(record, worker.name)
            before = [work for work in journal.decided() if work.item in self._places and work.state == "submitted"]
            self.ids = [work.item for work in sorted(before, key=lambda work: str(work.decided))]
            self._give()
            self._check()
            name = f"{store.identity}/{record.id}/{worker.name}"
            self.session = Session(journal, job.task, self, name=name, segmenter=segmenter, queue=self)
            if self._held:
                self.session.move(self.ids.index(next(iter(self._held))))
        except BaseException:
            self.store.close()
            raise

    # The items of the session

    def name(self, index: int) -> str:
        """Tell what a person calls an item."""
        return self._items.name(self._place(index))

    def source_of(self, index: int) -> str:
        """Give an item's source as its line has it."""
        return self._items.source_of(self._place(index))

    def load(self, index: int) -> bytes:
        """Read an item's media; raises MediaError or StorageError."""
        return self._items.load(self._place(index))

    def read(self, index: int, ref: str) -> bytes:
        """Read a file that an item's label refers to; raises StorageError."""
        return self._items.read(self._place(index), ref)

    # The queue of the session

    def more(self) -> None:
        """Take the next item, unless one is held."""
        self._give()

    def busy(self, index: int) -> None:
        """Renew the time for an item once a good part of it is over.

        Raises
        ------
        SessionError
            Once, when others have the item now.
        """
        held = self._held.get(self.ids[index])
        if held is None or self.job.left(held) > _RENEWED_AT:
            return
        try:
            self._held[held.item] = self.job.assignments.renew(held)
        except SessionError as error:
            del self._held[held.item]
            raise SessionError(
                f"{self.name(index)}: the time for it is over and others have it now. What you do is kept; submit it, or skip it"
            ) from error

    def submitted(self, index: int) -> None:
        """Take note that an item was handed in, and take the next one.

        Raises
        ------
        SessionError
            When the answer does not count, since others were faster.
        StorageError
            When the job's output cannot be written.
        """
        item = self.ids[index]
        try:
            counts = self.job.submitted(item, self.worker)
        finally:
            self._next(item)
        if not counts:
            raise SessionError(f"{self.name(index)}: it is kept, but does not count: there were as many answers as are wanted before yours")

    def skipped(self, index: int) -> None:
        """Decline an item, unless it was handed in before, and take the next one."""
        item = self.ids[index]
        self.job.assignments.leave(item, self.worker.number, decline=True)
        self._next(item)

    # Inner workings

    def _check(self) -> None:
        if not self.ids:
            raise SessionError(
                f"there is nothing to do for {self.worker.name!r} in job {self.job.name!r} ({self.job.status}): what is not labeled yet is with"
                " others, or was declined; try again later"
            )

    def _next(self, item: int) -> None:
        self._held.pop(item, None)
        self._give()

    def _give(self) -> None:
        """Take what the job has for the worker, unless something is held already."""
        self.ahead = 0
        if not self._held and (given := self.job.accept(self.worker)) is not None:
            self._held[given.assignment.item] = given.assignment
            if given.assignment.item not in self.ids:
                self.ids.append(given.assignment.item)
        self.ahead = max(self.job.ahead(self.worker) - len(self._held), 0)

    def _place(self, index: int) -> int:
        return self._places[self.ids[index]]
