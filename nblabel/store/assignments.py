"""Who works on which object of a labeling job, for how long, and whose answers count.

An *assignment* is an object that a worker accepted. Its time is limited; when it is over, the object may go to somebody else, but what the worker did
stays, comes back to the same worker first, and counts when it is submitted after all as long as the object still lacks an answer. An *answer* is the
submission of a worker (`Journal`); those that count are the first ones, as many as were asked for. So whatever is submitted, twice or late, is kept,
and never more than that counts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nblabel.errors import SessionError
from nblabel.store.texts import load_json

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from nblabel.store.database import Database
    from nblabel.store.records import Job

__all__ = ["Assignment", "Assignments"]

_ANSWERS = "(SELECT count(DISTINCT worker) FROM operations WHERE operations.item = objects.item AND kind = 'submit')"
_HELD = "(SELECT count(*) FROM assignments WHERE assignments.item = objects.item AND state = 'accepted' AND until > :now)"
_MINE = "SELECT 1 FROM assignments WHERE assignments.item = objects.item AND worker = :worker"
_BEGUN = "SELECT 1 FROM annotations WHERE annotations.item = objects.item AND worker = :worker AND state = 'draft'"
_SUBMITTED = "SELECT 1 FROM operations WHERE operations.item = objects.item AND worker = :worker AND kind = 'submit'"
_NEEDED = "(closed = 0 OR (:checks AND gold IS NOT NULL))"

_OPEN = f"""
    SELECT item, {_ANSWERS} + {_HELD} AS taken FROM objects
    WHERE job = :job AND closed = 0 AND failure IS NULL AND taken < :wanted
    AND NOT EXISTS ({_MINE} AND state = 'declined') AND NOT EXISTS ({_SUBMITTED})
    ORDER BY (:checks AND gold IS NOT NULL), NOT EXISTS ({_BEGUN}), priority DESC, place
"""  # noqa: S608 - fixed text only
_CHECK = f"""
    SELECT item FROM objects WHERE job = :job AND gold IS NOT NULL AND failure IS NULL
    AND NOT EXISTS ({_MINE} AND state = 'declined') AND NOT EXISTS ({_SUBMITTED}) ORDER BY priority DESC, place LIMIT 1
"""  # noqa: S608 - fixed text only
_DONE = f"SELECT gold IS NOT NULL AS known, count(*) FROM objects WHERE job = :job AND EXISTS ({_SUBMITTED}) GROUP BY known"  # noqa: S608 - as above
_UNDER_WAY = f"SELECT count(*) FROM objects WHERE job = :job AND closed = 0 AND failure IS NULL AND {_ANSWERS} + {_HELD} > 0"  # noqa: S608 - fixed


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """An object that a worker works on until `until`, in seconds since 1970."""

    item: int
    worker: int
    until: float


class Assignments:
    """The assignments of one job; made by `Store.assignments`.

    Parameters
    ----------
    database : Database
        Where they are kept.
    job : Job
        The job.
    wanted : int
        Answers wanted for each object.
    seconds : float
        Time for an object.
    concurrent : int
        Objects that may be under way at once.
    gold_every : int, optional
        After how many other objects a worker gets one whose annotation is known, whether it has its answers or not.
    clock : callable
        Seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        job: Job,
        *,
        wanted: int,
        seconds: float,
        concurrent: int = 1000,
        gold_every: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._job = job
        self._wanted = wanted
        self._seconds = seconds
        self._concurrent = concurrent
        self._gold_every = gold_every
        self._clock = clock

    def accept(self, worker: int) -> Assignment | None:
        """Give a worker something to do: what is held already, else what was begun before, else the next object; None when there is nothing.

        Whoever asks again gets the same object, with the time that is left.
        """
        with self._database.write() as connection:
            now = self._clock()
            held = connection.execute(
                "SELECT item, until FROM assignments JOIN objects USING (item)"  # noqa: S608 - fixed text only
                f" WHERE job = :job AND worker = :worker AND state = 'accepted' AND until > :now AND {_NEEDED} ORDER BY accepted LIMIT 1",
                {"job": self._job.id, "worker": worker, "now": now, "checks": self._checks},
            ).fetchone()
            if held is not None:
                return Assignment(item=held[0], worker=worker, until=held[1])
            item = self._next(connection, worker, now)
            if item is None:
                return None
            until = now + self._seconds
            connection.execute(
                "REPLACE INTO assignments (item, worker, state, accepted, until) VALUES (?, ?, 'accepted', ?, ?)", (item, worker, now, until)
            )
            return Assignment(item=item, worker=worker, until=until)

    def renew(self, assignment: Assignment) -> Assignment:
        """Give a worker who is still at it the full time again (a heartbeat).

        Raises
        ------
        SessionError
            When the object was given to others meanwhile, or needs no answer any more. What was drawn stays and may still be submitted.
        """
        with self._database.write() as connection:
            now = self._clock()
            state = connection.execute(
                f"SELECT until > :now, {_NEEDED}, state, gold IS NOT NULL FROM assignments JOIN objects USING (item)"  # noqa: S608 - fixed text only
                " WHERE item = :item AND worker = :worker",
                {"now": now, "item": assignment.item, "worker": assignment.worker, "checks": self._checks},
            ).fetchone()
            anybodys = state is not None and ((self._checks and state[3]) or self._lacks(connection, assignment.item, now))
            if state is None or not state[1] or state[2] != "accepted" or not (state[0] or anybodys):
                raise SessionError("the time for this item is over and others have it now; submit what is done, or take the next item")
            until = now + self._seconds
            connection.execute("UPDATE assignments SET until = ? WHERE item = ? AND worker = ?", (until, assignment.item, assignment.worker))
            return Assignment(item=assignment.item, worker=assignment.worker, until=until)

    def leave(self, item: int, worker: int, *, decline: bool) -> None:
        """Give an object back: for good when it is declined, else so that the worker may get it again. An answer that was given stays.

        When as many workers declined an object as answers are wanted, it fails, as Ground Truth has it.
        """
        with self._database.write() as connection:
            connection.execute(
                "UPDATE assignments SET state = ?, until = ? WHERE item = ? AND worker = ? AND state = 'accepted'",
                ("declined" if decline else "returned", self._clock(), item, worker),
            )
            (declined,) = connection.execute("SELECT count(*) FROM assignments WHERE item = ? AND state = 'declined'", (item,)).fetchone()
            if decline and declined >= self._wanted:
                self._fail(connection, item, "1 worker declined it" if declined == 1 else f"{declined} workers declined it")

    def submitted(self, item: int, worker: int, *, enough: bool = False) -> bool:
        """Take note that a worker submitted an object; tell whether the answer counts, if only for the worker, as that of a check does.

        Parameters
        ----------
        item, worker : int
            The object and the worker.
        enough : bool
            Whether the object needs no more answers although it has fewer than wanted.
        """
        with self._database.write() as connection:
            connection.execute("UPDATE assignments SET state = 'submitted' WHERE item = ? AND worker = ?", (item, worker))
            counted = self._counted(connection, item)
            if enough or len(counted) >= self._wanted:
                connection.execute("UPDATE objects SET closed = 1 WHERE item = ?", (item,))
            return worker in counted or self._is_check(connection, item)

    def given_to_known(self, worker: int) -> list[tuple[Any, Any]]:
        """Give the annotation that is known and the value that a worker handed in, for each known object that the worker answered."""
        query = (
            "SELECT gold, submitted FROM annotations JOIN objects USING (item)"
            " WHERE objects.job = ? AND worker = ? AND gold IS NOT NULL AND submitted IS NOT NULL ORDER BY place"
        )
        with self._database.read() as connection:
            return [(load_json(gold), load_json(value)) for gold, value in connection.execute(query, (self._job.id, worker))]

    def unnoticed(self) -> list[tuple[int, int]]:
        """Give the items, and their workers, that were handed in by somebody who ended before `submitted` was called."""
        query = (
            "SELECT item, worker FROM assignments JOIN objects USING (item) WHERE objects.job = ? AND closed = 0 AND state <> 'submitted'"
            " AND EXISTS (SELECT 1 FROM operations WHERE operations.item = assignments.item AND operations.worker = assignments.worker"
            " AND kind = 'submit')"
        )
        with self._database.read() as connection:
            return connection.execute(query, (self._job.id,)).fetchall()

    def answers(self, item: int) -> list[int]:
        """Give the workers whose answers to an object count, the first one first."""
        with self._database.read() as connection:
            return self._counted(connection, item)

    def ahead(self, worker: int) -> int:
        """Count the objects that still lack answers, and may get one of this worker."""
        query = (
            "SELECT (SELECT count(*) FROM objects WHERE job = :job AND closed = 0 AND failure IS NULL)"
            " - (SELECT count(*) FROM assignments JOIN objects USING (item) WHERE worker = :worker AND job = :job AND closed = 0 AND failure IS NULL"
            " AND state IN ('submitted', 'declined'))"
        )
        with self._database.read() as connection:
            return int(connection.execute(query, {"job": self._job.id, "worker": worker}).fetchone()[0])

    def fail(self, item: int, reason: str) -> None:
        """Give an object up: nobody is asked about it any more."""
        with self._database.write() as connection:
            self._fail(connection, item, reason)

    def retry(self, item: int) -> None:
        """Ask about a failed object again, also those who declined it."""
        with self._database.write() as connection:
            connection.execute("UPDATE objects SET failure = NULL WHERE item = ?", (item,))
            connection.execute("UPDATE assignments SET state = 'returned' WHERE item = ? AND state = 'declined'", (item,))

    def _next(self, connection: sqlite3.Connection, worker: int, now: float) -> int | None:
        names = {"job": self._job.id, "worker": worker, "now": now, "wanted": self._wanted, "checks": self._checks}
        if self._is_check_due(connection, names) and (check := connection.execute(_CHECK, names).fetchone()) is not None:
            return int(check[0])
        (under_way,) = connection.execute(_UNDER_WAY, names).fetchone()
        query = _OPEN if under_way < self._concurrent else f"SELECT item, taken FROM ({_OPEN}) WHERE taken > 0"  # noqa: S608 - fixed text only
        found = connection.execute(f"{query} LIMIT 1", names).fetchone()
        return None if found is None else int(found[0])

    @property
    def _checks(self) -> bool:
        return self._gold_every is not None

    def _is_check_due(self, connection: sqlite3.Connection, names: dict[str, Any]) -> bool:
        """Tell whether a worker answered enough objects since the last one whose annotation is known."""
        if self._gold_every is None:
            return False
        done = dict(connection.execute(_DONE, names).fetchall())
        return int(done.get(0, 0)) >= self._gold_every * (int(done.get(1, 0)) + 1)

    def _is_check(self, connection: sqlite3.Connection, item: int) -> bool:
        return self._checks and connection.execute("SELECT gold IS NOT NULL FROM objects WHERE item = ?", (item,)).fetchone() == (1,)

    def _lacks(self, connection: sqlite3.Connection, item: int, now: float) -> bool:
        query = f"SELECT {_ANSWERS} + {_HELD} FROM objects WHERE item = :item"  # noqa: S608 - fixed text only
        (taken,) = connection.execute(query, {"item": item, "now": now}).fetchone()
        return bool(taken < self._wanted)

    def _counted(self, connection: sqlite3.Connection, item: int) -> list[int]:
        query = "SELECT worker FROM operations WHERE item = ? AND kind = 'submit' GROUP BY worker ORDER BY min(sequence) LIMIT ?"
        return [worker for (worker,) in connection.execute(query, (item, self._wanted))]

    def _fail(self, connection: sqlite3.Connection, item: int, reason: str) -> None:
        connection.execute("UPDATE objects SET failure = ? WHERE item = ? AND closed = 0", (reason, item))
