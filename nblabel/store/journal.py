"""What one worker did in one job: each operation and the annotation it leads to, written together or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from nblabel.store.operations import EDITED, OPERATION, STATE, WORK, Operations, new_id, read_operation, read_work
from nblabel.store.records import Outcome, Work
from nblabel.store.texts import dump_foreign, dump_json, load_json
from nblabel.wire import Operation

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

    from nblabel.store.database import Database
    from nblabel.store.records import Job, Label, Subject
    from nblabel.tasks import Task
    from nblabel.wire import Role, State, Suggestion

__all__ = ["Journal", "Wish"]

_UNTOUCHED = "submitted IS NULL AND value IS laid"
_OUTDATED = """
    UPDATE operations SET undone = 1 WHERE job = ? AND worker = ? AND undone = 0
    AND item IN (SELECT value FROM json_each(?))
    AND item IN (SELECT item FROM annotations WHERE worker = ? AND value IS submitted)
"""


class Wish(NamedTuple):
    """An item, a function that makes the value wanted of its present one, and what is known of the item."""

    item: int
    wanted: Callable[[Any], Any]
    subject: Subject


class Journal:
    """The annotations and operations of one worker in one job; made by `Store.journal`."""

    def __init__(self, database: Database, job: Job, worker: int) -> None:
        self._database = database
        self.job = job
        self.worker = worker

    def work(self, item: int) -> Work:
        """Tell where an item stands."""
        with self._reading() as operations:
            return operations.work(item)

    def decided(self) -> Iterator[Work]:
        """Give every item of the job that was submitted or skipped."""
        query = f"{WORK} AND item IN (SELECT id FROM items WHERE job = ?) AND state <> 'draft'"  # noqa: S608 - fixed text only
        with self._database.read() as connection:
            rows = connection.execute(query, (self.worker, self.job.id)).fetchall()
        return map(read_work, rows)

    def states(self) -> list[tuple[int, State, bool]]:
        """Give the state of every item of the job that is not untouched, and whether it was changed since it was submitted."""
        query = f"SELECT item, {STATE}, {EDITED} FROM annotations WHERE worker = ? AND item IN (SELECT id FROM items WHERE job = ?)"  # noqa: S608 - fixed
        with self._database.read() as connection:
            return connection.execute(query, (self.worker, self.job.id)).fetchall()

    def last_sequence(self) -> int:
        """Give the number of the newest operation, 0 when there is none."""
        with self._database.read() as connection:
            (last,) = connection.execute(
                "SELECT coalesce(max(sequence), 0) FROM operations WHERE job = ? AND worker = ?", (self.job.id, self.worker)
            ).fetchone()
        return int(last)

    def since(self, sequence: int) -> list[Outcome]:
        """Give every operation after `sequence`, in order, and how its item stands now."""
        query = (
            f"SELECT {OPERATION}, coalesce({STATE}, 'unlabeled'), coalesce({EDITED}, 0)"  # noqa: S608 - fixed text only
            " FROM operations LEFT JOIN annotations USING (item, worker) WHERE job = ? AND worker = ? AND sequence > ? ORDER BY sequence"
        )
        with self._database.read() as connection:
            rows = connection.execute(query, (self.job.id, self.worker, sequence)).fetchall()
        return [Outcome(operation=read_operation(row), sequence=row[9], role=row[10], state=row[11], edited=bool(row[12])) for row in rows]

    def log(self) -> list[tuple[str, Operation, Role]]:
        """Give every operation, oldest first: when it was made, what it was, and its role in the history."""
        query = f"SELECT {OPERATION}, created FROM operations WHERE job = ? AND worker = ? ORDER BY sequence"  # noqa: S608 - fixed text only
        with self._database.read() as connection:
            rows = connection.execute(query, (self.job.id, self.worker)).fetchall()
        return [(row[11], read_operation(row), row[10]) for row in rows]

    def latest(self, item: int) -> str:
        """Give the id of the newest operation on an item, an empty text where there is none."""
        with self._reading() as operations:
            return operations.latest(item)[0]

    def suggestions(self, item: int) -> tuple[dict[str, Suggestion], set[str]]:
        """Give the suggestions for an item that were ever answered, by their ids, and the ids of those that are answered now."""
        with self._reading() as operations:
            return operations.suggestions(item)

    def find(self, operation_id: str) -> Outcome | None:
        """Give the outcome of an operation that is durable already."""
        with self._reading() as operations:
            return operations.outcome(operation_id)

    def commit(self, steps: Iterable[tuple[Operation, Subject]], task: Task, *, since: int | None = None) -> list[Outcome]:
        """Make operations durable, all or none; one that is already gives its outcome and changes nothing.

        Parameters
        ----------
        steps : iterable
            What was done, and what is known of its item.
        task : Task
            The task.
        since : int, optional
            Number of the newest operation that is known to whoever hands in an item.

        Raises
        ------
        AnnotationError, SchemaError
            When the task refuses the change, or the value that is handed in.
        ConflictError
            When an item is handed in that was changed since, or on another basis than the operation names.
        SessionError
            When the operation takes back one that is unknown or was taken back before.
        """
        with self._writing() as operations:
            return [operations.commit(operation, task, subject, since=since) for operation, subject in steps]

    def replace(self, wishes: Iterable[Wish], task: Task, *, submit: bool = False) -> list[Outcome]:
        """Make the changes that lead from the values of items to those wanted, all or none, as one step.

        Parameters
        ----------
        wishes : iterable of Wish
            What is wanted.
        task : Task
            The task.
        submit : bool
            Whether the items are handed in too.

        Returns
        -------
        list of Outcome
            Nothing for an item that does not differ.
        """
        batch = new_id()
        with self._writing() as operations:
            made = []
            for wish in wishes:
                present = wish.subject.complete(operations.value(wish.item, task, wish.subject.media))
                change = task.difference(present, wish.wanted(present))
                if change is not None:
                    operation = Operation(id=new_id(), item=wish.item, kind="change", change=change, batch=batch)
                    made.append(operations.commit(operation, task, wish.subject))
                work = operations.work(wish.item)
                if submit and (work.state != "submitted" or work.edited):
                    made.append(operations.commit(Operation(id=new_id(), item=wish.item, kind="submit", batch=batch), task, wish.subject))
            return made

    def undoable(self, known: Callable[[int], bool]) -> list[Operation]:
        """Make the operations that take back the newest step, none when there is none.

        Parameters
        ----------
        known : callable
            Tells of an item's id whether what was done to it may be taken back here.
        """
        with self._reading() as operations:
            return operations.next_back(known)

    def redoable(self, known: Callable[[int], bool]) -> list[Operation]:
        """Make the operations that bring back what was taken back last, none when there is none or something was done since."""
        with self._reading() as operations:
            return operations.next_forth(known)

    def retire(self, operation_ids: Iterable[str]) -> None:
        """Take operations out of the history: they can be taken back no more."""
        with self._database.write() as connection:
            query = "UPDATE operations SET undone = 1 WHERE id = ? AND job = ? AND worker = ?"
            connection.executemany(query, [(name, self.job.id, self.worker) for name in operation_ids])

    def position(self) -> int | None:
        """Give the item that was current last."""
        with self._database.read() as connection:
            found = connection.execute("SELECT item FROM positions WHERE job = ? AND worker = ?", (self.job.id, self.worker)).fetchone()
        return None if found is None else int(found[0])

    def set_position(self, item: int) -> None:
        """Remember the item that is current."""
        with self._database.write() as connection:
            connection.execute("REPLACE INTO positions (job, worker, item) VALUES (?, ?, ?)", (self.job.id, self.worker, item))

    def laid(self) -> dict[int, Any]:
        """Give the values that were laid before the worker, by item, where they still are what they were."""
        query = f"SELECT item, laid FROM annotations WHERE worker = ? AND {_UNTOUCHED} AND item IN (SELECT id FROM items WHERE job = ?)"  # noqa: S608
        with self._database.read() as connection:
            rows = connection.execute(query, (self.worker, self.job.id)).fetchall()
        return {item: load_json(laid) for item, laid in rows if laid is not None}

    def lay(self, values: Iterable[tuple[int, Any]]) -> None:
        """Lay values before the worker; where work has begun, it stays as it is.

        Parameters
        ----------
        values : iterable
            Item ids and the values.
        """
        query = f"""
            INSERT INTO annotations (item, worker, state, value, laid) VALUES (?, ?, 'draft', ?, ?)
            ON CONFLICT (item, worker) DO UPDATE SET
                value = CASE WHEN {_UNTOUCHED} THEN excluded.value ELSE value END,
                laid = CASE WHEN {_UNTOUCHED} OR laid IS NULL THEN excluded.laid ELSE laid END
        """  # noqa: S608 - fixed text only
        rows = [(item, self.worker, text, text) for item, value in values for text in (dump_json(value),)]
        if not rows:
            return
        with self._database.write() as connection:
            connection.executemany(query, rows)

    def take_in(self, labels: Iterable[tuple[int, Label]], *, since: int | None = None) -> None:
        """Take labels that a manifest brought as handed in; changes that were not submitted stay as they are.

        Where a label takes the place of a value, the changes that led to that value leave the undo history.

        Parameters
        ----------
        labels : iterable
            Item ids and their labels.
        since : int, optional
            Number of an operation: items with a newer one are left as they are.
        """
        query = f"""
            INSERT INTO annotations (item, worker, state, value, submitted, submitted_at, imported) VALUES (?, ?, 'submitted', ?, ?, ?, ?)
            ON CONFLICT (item, worker) DO UPDATE SET
                state = 'submitted',
                value = CASE WHEN value IS submitted OR {_UNTOUCHED} THEN excluded.value ELSE value END,
                submitted = excluded.submitted,
                submitted_at = excluded.submitted_at,
                imported = excluded.imported
        """  # noqa: S608 - fixed text only
        rows = [_row(item, self.worker, label) for item, label in labels]
        if not rows:
            return
        with self._database.write() as connection:
            touched = set() if since is None else self._touched(connection, since)
            rows = [row for row in rows if row[0] not in touched]
            connection.execute(_OUTDATED, (self.job.id, self.worker, dump_json([row[0] for row in rows]), self.worker))
            connection.executemany(query, rows)

    def _touched(self, connection: sqlite3.Connection, since: int) -> set[int]:
        query = "SELECT DISTINCT item FROM operations WHERE job = ? AND worker = ? AND sequence > ?"
        return {item for (item,) in connection.execute(query, (self.job.id, self.worker, since))}

    @contextmanager
    def _reading(self) -> Iterator[Operations]:
        with self._database.read() as connection:
            yield Operations(connection, self.job.id, self.worker)

    @contextmanager
    def _writing(self) -> Iterator[Operations]:
        with self._database.write() as connection:
            yield Operations(connection, self.job.id, self.worker)


def _row(item: int, worker: int, label: Label) -> tuple[Any, ...]:
    value = dump_json(label.value)
    created = None if label.created is None else label.created.isoformat(timespec="microseconds")
    return item, worker, value, value, created, dump_foreign([label.label, label.metadata])
