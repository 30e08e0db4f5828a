"""What one worker did in one job: each operation and the annotation it leads to, written together or not at all."""

from __future__ import annotations

import math
import secrets
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nblabel import schema
from nblabel.errors import AnnotationError, SchemaError, SessionError
from nblabel.store.records import Outcome, Texts, Work
from nblabel.store.texts import dump_foreign, dump_json, load_json, now
from nblabel.wire import Operation, Suggestion

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

    from nblabel.store.database import Database
    from nblabel.store.records import Job, Label
    from nblabel.tasks import Task
    from nblabel.tasks.base import Media
    from nblabel.wire import State

    Complete = Callable[[Any], Any]

__all__ = ["Journal"]

_LONGEST_ID = 128
_EDITED = "state = 'submitted' AND value IS NOT submitted"
_WORK = (
    f"SELECT item, state, value, submitted, submitted_at, media, imported, provenance, {_EDITED}"  # noqa: S608 - fixed
    " FROM annotations WHERE worker = ?"
)
_OUTDATED = """
    UPDATE operations SET undone = 1 WHERE job = ? AND worker = ? AND kind = 'change' AND undone = 0
    AND item IN (SELECT value FROM json_each(?))
    AND item IN (SELECT item FROM annotations WHERE worker = ? AND value IS submitted)
"""
_COLUMNS = "id, item, kind, change, undoes, operations.seconds, answers, reopens, sequence"
_OPERATION = f"SELECT {_COLUMNS} FROM operations"  # noqa: S608 - fixed


def _as_it_is(value: Any) -> Any:
    return value


class Journal:
    """The annotations and operations of one worker in one job; made by `Store.journal`."""

    def __init__(self, database: Database, job: Job, worker: int) -> None:
        self._database = database
        self.job = job
        self.worker = worker

    def work(self, item: int) -> Work:
        """Tell where an item stands."""
        with self._database.read() as connection:
            return self._work(connection, item)

    def decided(self) -> Iterator[Work]:
        """Give every item of the job that was submitted or skipped."""
        query = f"{_WORK} AND item IN (SELECT id FROM items WHERE job = ?) AND state <> 'draft'"  # noqa: S608 - fixed text only
        with self._database.read() as connection:
            rows = connection.execute(query, (self.worker, self.job.id)).fetchall()
        return map(_read_work, rows)

    def states(self) -> list[tuple[int, State, bool]]:
        """Give the state of every item of the job that is not untouched, and whether it was changed since it was submitted."""
        query = f"SELECT item, state, {_EDITED} FROM annotations WHERE worker = ? AND item IN (SELECT id FROM items WHERE job = ?)"  # noqa: S608 - fixed
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
            f"SELECT {_COLUMNS}, state, {_EDITED}"  # noqa: S608 - fixed text only
            " FROM operations JOIN annotations USING (item, worker) WHERE job = ? AND worker = ? AND sequence > ? ORDER BY sequence"
        )
        with self._database.read() as connection:
            rows = connection.execute(query, (self.job.id, self.worker, sequence)).fetchall()
        return [Outcome(operation=_read_operation(row), sequence=row[8], state=row[9], edited=bool(row[10])) for row in rows]

    def suggestions(self, item: int) -> tuple[dict[str, Suggestion], set[str]]:
        """Give the suggestions for an item that were ever answered, by their ids, and the ids of those that are answered now."""
        with self._database.read() as connection:
            return self._suggestions(connection, item)

    def find(self, operation_id: str) -> Outcome | None:
        """Give the outcome of an operation that is durable already."""
        with self._database.read() as connection:
            return self._outcome(connection, operation_id)

    def commit(self, operation: Operation, task: Task, media: Media, complete: Complete = _as_it_is) -> Outcome:
        """Make an operation durable; one that is already gives its outcome and changes nothing.

        Parameters
        ----------
        operation : Operation
            The operation.
        task : Task
            The task.
        media : Media
            The item's media.
        complete : callable
            Adds to a value what it only refers to; see `Task.resolve`.

        Raises
        ------
        AnnotationError, SchemaError
            When the task refuses the change, or the value that is handed in.
        SessionError
            When the operation takes back one that is unknown or was taken back before.
        """
        _check(operation)
        with self._database.write() as connection:
            return self._outcome(connection, operation.id) or self._commit(connection, operation, task, media, complete)

    def replace(self, item: int, wanted: Callable[[Any], Any], task: Task, media: Media, complete: Complete = _as_it_is) -> Outcome | None:
        """Make the change that leads from an item's value to the one wanted, as a single operation.

        Parameters
        ----------
        item : int
            The item's id.
        wanted : callable
            Given the present value, returns the value wanted.
        task : Task
            The task.
        media : Media
            The item's media.
        complete : callable
            As in `commit`.

        Returns
        -------
        Outcome or None
            None when nothing differs.
        """
        with self._database.write() as connection:
            present = complete(self._value(self._work(connection, item), task, media))
            change = task.difference(present, wanted(present))
            if change is None:
                return None
            operation = Operation(id=_new_id(), item=item, kind="change", change=change)
            return self._commit(connection, operation, task, media, complete)

    def undoable(self, known: Callable[[int], bool]) -> Operation | None:
        """Make the operation that takes back the newest change, None when there is none.

        Parameters
        ----------
        known : callable
            Tells of an item's id whether its changes may be taken back here.
        """
        return self._taking_back("role IN ('do', 'redo')", known)

    def redoable(self, known: Callable[[int], bool]) -> Operation | None:
        """Make the operation that brings back what was undone last, None when there is none or something was done since."""
        newest = "(SELECT coalesce(max(sequence), 0) FROM operations WHERE job = ? AND worker = ? AND kind = 'change' AND role = 'do')"
        return self._taking_back(f"role = 'undo' AND sequence > {newest}", known, self.job.id, self.worker)

    def retire(self, operation_id: str) -> None:
        """Take an operation out of the undo history: it can be taken back no more."""
        with self._database.write() as connection:
            connection.execute("UPDATE operations SET undone = 1 WHERE id = ? AND job = ? AND worker = ?", (operation_id, self.job.id, self.worker))

    def position(self) -> int | None:
        """Give the item that was current last."""
        with self._database.read() as connection:
            found = connection.execute("SELECT item FROM positions WHERE job = ? AND worker = ?", (self.job.id, self.worker)).fetchone()
        return None if found is None else int(found[0])

    def set_position(self, item: int) -> None:
        """Remember the item that is current."""
        with self._database.write() as connection:
            connection.execute("REPLACE INTO positions (job, worker, item) VALUES (?, ?, ?)", (self.job.id, self.worker, item))

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
        query = """
            INSERT INTO annotations (item, worker, state, value, submitted, submitted_at, imported) VALUES (?, ?, 'submitted', ?, ?, ?, ?)
            ON CONFLICT (item, worker) DO UPDATE SET
                state = 'submitted',
                value = CASE WHEN value IS submitted THEN excluded.value ELSE value END,
                submitted = excluded.submitted,
                submitted_at = excluded.submitted_at,
                imported = excluded.imported
        """
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

    def _work(self, connection: sqlite3.Connection, item: int) -> Work:
        row = connection.execute(f"{_WORK} AND item = ?", (self.worker, item)).fetchone()
        return Work(item=item) if row is None else _read_work(row)

    def _value(self, work: Work, task: Task, media: Media) -> Any:
        return task.begin(None, media) if work.value is None else work.value

    def _outcome(self, connection: sqlite3.Connection, operation_id: str) -> Outcome | None:
        row = connection.execute(f"{_OPERATION} WHERE id = ? AND job = ? AND worker = ?", (operation_id, self.job.id, self.worker)).fetchone()
        if row is None:
            return None
        operation = _read_operation(row)
        work = self._work(connection, operation.item)
        return Outcome(operation=operation, sequence=row[8], state=work.state, edited=work.edited)

    def _commit(self, connection: sqlite3.Connection, operation: Operation, task: Task, media: Media, complete: Complete) -> Outcome:
        work = self._work(connection, operation.item)
        value = self._value(work, task, media)
        role = self._take_back(connection, operation)
        inverse = None
        moment = now()
        changed: dict[str, str | None]
        if operation.kind == "change":
            if operation.change is not None or not (operation.answers or operation.reopens):
                value, inverse = task.apply(complete(value), operation.change, media)
            changed = {"state": "draft" if work.state == "unlabeled" else work.state, "value": dump_json(value)}
            self._answer(connection, operation)
        elif operation.kind == "submit":
            if (lacking := task.lacking(value)) is not None:
                raise AnnotationError(lacking)
            text = dump_json(value)
            measured = dump_json(schema.dump(media))
            known, answered = self._suggestions(connection, operation.item)
            accepted = {name: suggestion for name, suggestion in known.items() if name in answered}
            provenance = dump_json(task.provenance(value, accepted))
            changed = {
                "state": "submitted",
                "value": text,
                "submitted": text,
                "submitted_at": moment,
                "media": measured,
                "imported": None,
                "provenance": provenance,
            }
        elif work.state == "submitted":
            changed = {"state": "submitted"}  # passing over an item never takes back what was handed in
        else:
            changed = {"state": "skipped", "submitted": None, "submitted_at": moment, "imported": None}
        operation = replace(operation, seconds=_seconds(operation.seconds))
        sequence = self._log(connection, operation, role, inverse, moment)
        self._save(connection, operation, changed)
        after = self._work(connection, operation.item)
        return Outcome(operation=operation, sequence=sequence, state=after.state, edited=after.edited)

    def _suggestions(self, connection: sqlite3.Connection, item: int) -> tuple[dict[str, Suggestion], set[str]]:
        query = "SELECT suggestion, answered FROM suggestions WHERE item = ? AND worker = ?"
        rows = connection.execute(query, (item, self.worker)).fetchall()
        known = [(schema.load(load_json(text), Suggestion), answered) for text, answered in rows]
        return {suggestion.id: suggestion for suggestion, _ in known}, {suggestion.id for suggestion, answered in known if answered}

    def _answer(self, connection: sqlite3.Connection, operation: Operation) -> None:
        """Keep the suggestions that an operation answers, and open those again whose answer it takes back."""
        place = (operation.item, self.worker)
        rows = [(*place, suggestion.id, dump_json(schema.dump(suggestion))) for suggestion in operation.answers]
        connection.executemany("REPLACE INTO suggestions (item, worker, id, suggestion, answered) VALUES (?, ?, ?, ?, 1)", rows)
        query = "UPDATE suggestions SET answered = 0 WHERE item = ? AND worker = ? AND id = ?"
        connection.executemany(query, [(*place, name) for name in operation.reopens])

    def _take_back(self, connection: sqlite3.Connection, operation: Operation) -> str:
        """Mark what an operation takes back, and tell its role."""
        if operation.undoes is None:
            return "do"
        if operation.kind != "change":
            raise SchemaError(f"a {operation.kind} takes nothing back; only a change may", path="/undoes")
        row = connection.execute(
            "SELECT role, undone FROM operations WHERE id = ? AND item = ? AND worker = ?", (operation.undoes, operation.item, self.worker)
        ).fetchone()
        if row is None:
            raise SessionError(f"operation {operation.undoes!r} cannot be taken back: the store does not know it; reload the item")
        role, undone = row
        if undone:
            raise SessionError(f"operation {operation.undoes!r} was taken back already; reload the item")
        connection.execute("UPDATE operations SET undone = 1 WHERE id = ?", (operation.undoes,))
        return "redo" if role == "undo" else "undo"

    def _log(self, connection: sqlite3.Connection, operation: Operation, role: str, inverse: Any, moment: str) -> int:
        change = dump_json(operation.change) if operation.kind == "change" else None
        backwards = dump_json(inverse) if operation.kind == "change" else None
        answers = dump_json(schema.dump(operation.answers)) if operation.answers else None
        reopens = dump_json(operation.reopens) if operation.reopens else None
        row = (operation.id, self.job.id, operation.item, self.worker, operation.kind, role, change, backwards, answers, reopens)
        cursor = connection.execute(
            "INSERT INTO operations (id, job, item, worker, kind, role, change, inverse, answers, reopens, undoes, seconds, created)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, operation.undoes, operation.seconds, moment),
        )
        return int(cursor.lastrowid or 0)

    def _save(self, connection: sqlite3.Connection, operation: Operation, changed: dict[str, str | None]) -> None:
        columns = ", ".join(changed)
        places = ", ".join("?" * len(changed))
        updates = ", ".join(f"{column} = excluded.{column}" for column in changed)
        connection.execute(
            f"INSERT INTO annotations (item, worker, seconds, {columns}) VALUES (?, ?, ?, {places})"  # noqa: S608 - fixed text only
            f" ON CONFLICT (item, worker) DO UPDATE SET seconds = seconds + excluded.seconds, {updates}",
            (operation.item, self.worker, operation.seconds, *changed.values()),
        )

    def _taking_back(self, condition: str, known: Callable[[int], bool], *parameters: int) -> Operation | None:
        query = (
            "SELECT id, item, inverse, answers, reopens FROM operations"  # noqa: S608 - fixed text only
            f" WHERE job = ? AND worker = ? AND kind = 'change' AND undone = 0 AND {condition} ORDER BY sequence DESC"
        )
        # An open cursor would hold a lock that keeps other processes from committing.
        with self._database.read() as connection, closing(connection.execute(query, (self.job.id, self.worker, *parameters))) as rows:
            found = next((row for row in rows if known(row[1])), None)
        if found is None:
            return None
        name, item, inverse, answers, reopens = found
        reopened = [suggestion.id for suggestion in _read_answers(answers)]
        again = [suggestion for suggestion in self.suggestions(item)[0].values() if suggestion.id in (load_json(reopens) or ())]
        return Operation(id=_new_id(), item=item, kind="change", change=load_json(inverse), undoes=name, answers=again, reopens=reopened)


def _check(operation: Operation) -> None:
    if not (operation.id.isascii() and 0 < len(operation.id) <= _LONGEST_ID):
        raise SchemaError(f"expected 1 to {_LONGEST_ID} ASCII characters, got {operation.id!r:.80}", path="/id")
    if operation.undoes is not None and not operation.undoes.isascii():
        raise SchemaError(f"expected the id of an operation, got {operation.undoes!r:.80}", path="/undoes")


def _seconds(seconds: float) -> float:
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def _new_id() -> str:
    return secrets.token_hex(12)


def _row(item: int, worker: int, label: Label) -> tuple[Any, ...]:
    value = dump_json(label.value)
    created = None if label.created is None else label.created.isoformat(timespec="microseconds")
    return item, worker, value, value, created, dump_foreign([label.label, label.metadata])


def _read_work(row: tuple[Any, ...]) -> Work:
    item, state, value, submitted, decided, media, imported, provenance, edited = row
    return Work(
        item=item,
        state=state,
        edited=bool(edited),
        decided=None if decided is None else datetime.fromisoformat(decided),
        texts=Texts(value, submitted, media, imported, provenance),
    )


def _read_operation(row: tuple[Any, ...]) -> Operation:
    name, item, kind, change, undoes, seconds, answers, reopens = row[:8]
    return Operation(
        id=name,
        item=item,
        kind=kind,
        change=load_json(change),
        undoes=undoes,
        seconds=seconds,
        answers=_read_answers(answers),
        reopens=load_json(reopens) or [],
    )


def _read_answers(text: str | None) -> list[Suggestion]:
    return schema.load(load_json(text) or [], list[Suggestion])
