"""The operations of one worker in one job inside a transaction: how each changes an annotation, and how it is taken back."""

from __future__ import annotations

import math
import secrets
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from nblabel import schema
from nblabel.errors import AnnotationError, ConflictError, SchemaError, SessionError
from nblabel.store.records import Outcome, Texts, Work
from nblabel.store.texts import dump_json, load_json, now
from nblabel.wire import Operation, Suggestion

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from nblabel.store.records import Subject
    from nblabel.tasks import Task
    from nblabel.tasks.base import Media
    from nblabel.wire import Role

__all__ = ["EDITED", "OPERATION", "STATE", "WORK", "Operations", "new_id", "read_operation", "read_work"]

STATE = "CASE WHEN state = 'draft' AND value IS laid THEN 'unlabeled' ELSE state END"
"""Nobody has begun with what was only laid before a worker."""

EDITED = "state = 'submitted' AND value IS NOT submitted"
WORK = (
    f"SELECT item, {STATE}, value, submitted, submitted_at, media, imported, provenance, laid, {EDITED}"  # noqa: S608 - fixed text
    " FROM annotations WHERE worker = ?"
)
OPERATION = "id, item, kind, change, undoes, operations.seconds, answers, reopens, batch, sequence, role"
"""The columns that `read_operation` and `Outcome` are made of."""

_LONGEST_ID = 128
_DECISION = ("state", "submitted", "submitted_at", "media", "imported", "provenance")
"""What handing in and passing over change of an annotation."""


class _Target(NamedTuple):
    """An operation that is to be taken back."""

    kind: str
    role: str
    inverse: Any


class Operations:
    """What a worker does in a job, on a connection that is in a transaction."""

    def __init__(self, connection: sqlite3.Connection, job: int, worker: int) -> None:
        self._connection = connection
        self._job = job
        self._worker = worker

    def work(self, item: int) -> Work:
        """Tell where an item stands."""
        row = self._connection.execute(f"{WORK} AND item = ?", (self._worker, item)).fetchone()
        return Work(item=item) if row is None else read_work(row)

    def value(self, item: int, task: Task, media: Media) -> Any:
        """Give an item's value, the empty one where it has none."""
        work = self.work(item)
        return task.begin(None, media) if work.value is None else work.value

    def outcome(self, operation_id: str) -> Outcome | None:
        """Give the outcome of an operation that was made already."""
        query = f"SELECT {OPERATION} FROM operations WHERE id = ? AND job = ? AND worker = ?"  # noqa: S608 - fixed text
        row = self._connection.execute(query, (operation_id, self._job, self._worker)).fetchone()
        return None if row is None else self._after(read_operation(row), row[9], row[10])

    def latest(self, item: int) -> tuple[str, int]:
        """Give id and number of the newest operation on an item, an empty id where there is none."""
        query = "SELECT id, sequence FROM operations WHERE item = ? AND worker = ? ORDER BY sequence DESC LIMIT 1"
        found: tuple[str, int] | None = self._connection.execute(query, (item, self._worker)).fetchone()
        return found or ("", 0)

    def suggestions(self, item: int) -> tuple[dict[str, Suggestion], set[str]]:
        """Give the suggestions that were ever answered, by their ids, and the ids of those that are answered now."""
        query = "SELECT suggestion, answered FROM suggestions WHERE item = ? AND worker = ?"
        rows = self._connection.execute(query, (item, self._worker)).fetchall()
        known = [(schema.load(load_json(text), Suggestion), answered) for text, answered in rows]
        return {suggestion.id: suggestion for suggestion, _ in known}, {suggestion.id for suggestion, answered in known if answered}

    def commit(self, operation: Operation, task: Task, subject: Subject, *, since: int | None = None) -> Outcome:
        """Make an operation; see `Journal.commit`."""
        _check(operation)
        if (known := self.outcome(operation.id)) is not None:
            return known
        operation = replace(operation, seconds=_seconds(operation.seconds))
        target = self._target(operation)
        role: Role = "do" if target is None else "redo" if target.role == "undo" else "undo"
        moment = now()
        changed: dict[str, str | None] | None
        if operation.kind == "change":
            inverse, changed = self._change(operation, task, subject)
        else:
            inverse = self._decision(operation.item)
            if target is not None:
                changed = self._decided_before(operation.item, target.inverse)
            elif operation.kind == "submit":
                self._refuse_unseen(operation, since)
                changed = self._submission(operation.item, task, subject.media, moment)
            else:
                changed = self._skipping(operation.item, moment)
        operation = replace(operation, basis=None)
        sequence = self._log(operation, role, inverse, moment)
        self._save(operation, changed)
        return self._after(operation, sequence, role)

    def next_back(self, known: Callable[[int], bool]) -> list[Operation]:
        """Make the operations that take back the newest step, which are several where it was done to several items at once."""
        return self._taking_back("role IN ('do', 'redo')", known)

    def next_forth(self, known: Callable[[int], bool]) -> list[Operation]:
        """Make the operations that bring back what was taken back last; none when something was done since."""
        newest = "(SELECT coalesce(max(sequence), 0) FROM operations WHERE job = ? AND worker = ? AND role = 'do')"
        return self._taking_back(f"role = 'undo' AND sequence > {newest}", known, self._job, self._worker)

    def _after(self, operation: Operation, sequence: int, role: Role) -> Outcome:
        work = self.work(operation.item)
        return Outcome(operation=operation, sequence=sequence, role=role, state=work.state, edited=work.edited)

    def _change(self, operation: Operation, task: Task, subject: Subject) -> tuple[Any, dict[str, str | None]]:
        inverse = None
        value = self.value(operation.item, task, subject.media)
        if operation.change is not None or not (operation.answers or operation.reopens):
            value, inverse = task.apply(subject.complete(value), operation.change, subject.media)
            if operation.undoes is not None:
                value = self._as_laid(operation.item, value, task, subject)
        state = self.work(operation.item).state
        self._answer(operation)
        return inverse, {"state": "draft" if state == "unlabeled" else state, "value": dump_json(value)}

    def _as_laid(self, item: int, value: Any, task: Task, subject: Subject) -> Any:
        """Give the value that the worker began with where one leads back to it: what refers to a file still does."""
        laid = self.work(item).laid
        return value if laid is None or task.difference(subject.complete(laid), value) is not None else laid

    def _answer(self, operation: Operation) -> None:
        """Keep the suggestions that an operation answers, and open those again whose answer it takes back."""
        place = (operation.item, self._worker)
        rows = [(*place, suggestion.id, dump_json(schema.dump(suggestion))) for suggestion in operation.answers]
        self._connection.executemany("REPLACE INTO suggestions (item, worker, id, suggestion, answered) VALUES (?, ?, ?, ?, 1)", rows)
        query = "UPDATE suggestions SET answered = 0 WHERE item = ? AND worker = ? AND id = ?"
        self._connection.executemany(query, [(*place, name) for name in operation.reopens])

    def _submission(self, item: int, task: Task, media: Media, moment: str) -> dict[str, str | None]:
        value = self.value(item, task, media)
        if (lacking := task.lacking(value)) is not None:
            raise AnnotationError(lacking)
        known, answered = self.suggestions(item)
        accepted = {name: suggestion for name, suggestion in known.items() if name in answered}
        text = dump_json(value)
        return {
            "state": "submitted",
            "value": text,
            "submitted": text,
            "submitted_at": moment,
            "media": dump_json(schema.dump(media)),
            "imported": None,
            "provenance": dump_json(task.provenance(value, accepted)),
        }

    def _skipping(self, item: int, moment: str) -> dict[str, str | None]:
        if self.work(item).state == "submitted":
            return {"state": "submitted"}  # passing over an item never takes back what was handed in
        return {"state": "skipped", "submitted": None, "submitted_at": moment, "imported": None}

    def _refuse_unseen(self, operation: Operation, since: int | None) -> None:
        latest, sequence = self.latest(operation.item)
        unseen = operation.basis is not None and operation.basis != latest
        if unseen or (since is not None and sequence > since):
            raise ConflictError(
                "it was changed elsewhere meanwhile, in another notebook or window, so it was not submitted; look at it, then submit it"
            )

    def _decision(self, item: int) -> dict[str, str | None] | None:
        """Give how an item was decided, None for one that was never touched."""
        query = f"SELECT {', '.join(_DECISION)} FROM annotations WHERE item = ? AND worker = ?"  # noqa: S608 - fixed text
        row = self._connection.execute(query, (item, self._worker)).fetchone()
        return None if row is None else dict(zip(_DECISION, row, strict=True))

    def _decided_before(self, item: int, decision: dict[str, str | None] | None) -> dict[str, str | None] | None:
        """Give what leads back to an earlier decision; None stands for an item that nobody touched."""
        texts = self.work(item).texts
        if decision is None:
            # What was drawn since stays.
            return None if texts.value == texts.submitted else dict.fromkeys(_DECISION) | {"state": "draft"}
        return decision if texts.value is not None else {**decision, "value": decision["submitted"]}

    def _target(self, operation: Operation) -> _Target | None:
        """Mark what an operation takes back, and give it."""
        if operation.undoes is None:
            return None
        query = "SELECT kind, role, inverse, undone FROM operations WHERE id = ? AND item = ? AND worker = ?"
        row = self._connection.execute(query, (operation.undoes, operation.item, self._worker)).fetchone()
        if row is None:
            raise SessionError(f"operation {operation.undoes!r} cannot be taken back: the store does not know it; reload the item")
        kind, role, inverse, undone = row
        if undone:
            raise SessionError(f"operation {operation.undoes!r} was taken back already; reload the item")
        if kind != operation.kind:
            raise SchemaError(f"a {operation.kind} cannot take back a {kind}", path="/undoes")
        self._connection.execute("UPDATE operations SET undone = 1 WHERE id = ?", (operation.undoes,))
        return _Target(kind, role, load_json(inverse))

    def _log(self, operation: Operation, role: Role, inverse: Any, moment: str) -> int:
        row = {
            "id": operation.id,
            "job": self._job,
            "item": operation.item,
            "worker": self._worker,
            "kind": operation.kind,
            "role": role,
            "change": _text(operation.change),
            "inverse": _text(inverse),
            "answers": _text(schema.dump(operation.answers) or None),
            "reopens": _text(operation.reopens or None),
            "batch": operation.batch,
            "undoes": operation.undoes,
            "seconds": operation.seconds,
            "created": moment,
        }
        query = f"INSERT INTO operations ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608 - fixed text
        return int(self._connection.execute(query, tuple(row.values())).lastrowid or 0)

    def _save(self, operation: Operation, changed: dict[str, str | None] | None) -> None:
        if changed is None:
            self._connection.execute("DELETE FROM annotations WHERE item = ? AND worker = ?", (operation.item, self._worker))
            return
        columns = ", ".join(changed)
        places = ", ".join("?" * len(changed))
        updates = ", ".join(f"{column} = excluded.{column}" for column in changed)
        self._connection.execute(
            f"INSERT INTO annotations (item, worker, seconds, {columns}) VALUES (?, ?, ?, {places})"  # noqa: S608 - fixed text only
            f" ON CONFLICT (item, worker) DO UPDATE SET seconds = seconds + excluded.seconds, {updates}",
            (operation.item, self._worker, operation.seconds, *changed.values()),
        )

    def _taking_back(self, condition: str, known: Callable[[int], bool], *parameters: int) -> list[Operation]:
        query = (
            "SELECT id, item, kind, inverse, answers, reopens, batch FROM operations"  # noqa: S608 - fixed text only
            f" WHERE job = ? AND worker = ? AND undone = 0 AND {condition} ORDER BY sequence DESC"
        )
        # An open cursor would hold a lock that keeps other processes from committing.
        with closing(self._connection.execute(query, (self._job, self._worker, *parameters))) as rows:
            found = list(_step(row for row in rows if known(row[1])))
        batch = None if len(found) < 2 else new_id()  # noqa: PLR2004 - several
        return [self._backwards(row, batch) for row in found]

    def _backwards(self, row: tuple[Any, ...], batch: str | None) -> Operation:
        name, item, kind, inverse, answers, reopens, _ = row
        waiting = load_json(reopens) or ()
        return Operation(
            id=new_id(),
            item=item,
            kind=kind,
            change=load_json(inverse) if kind == "change" else None,
            undoes=name,
            answers=[suggestion for suggestion in self.suggestions(item)[0].values() if suggestion.id in waiting],
            reopens=[suggestion.id for suggestion in _read_answers(answers)],
            batch=batch,
        )


def _step(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Give the first row, and those that follow of the same batch."""
    first = next(rows, None)
    if first is None:
        return
    yield first
    if first[-1] is not None:
        for row in rows:
            if row[-1] != first[-1]:
                return
            yield row


def _check(operation: Operation) -> None:
    if not (operation.id.isascii() and 0 < len(operation.id) <= _LONGEST_ID):
        raise SchemaError(f"expected 1 to {_LONGEST_ID} ASCII characters, got {operation.id!r:.80}", path="/id")
    for name in ("undoes", "batch"):
        given = getattr(operation, name)
        if given is not None and not given.isascii():
            raise SchemaError(f"expected the id of an operation, got {given!r:.80}", path=f"/{name}")


def _seconds(seconds: float) -> float:
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def _text(data: Any) -> str | None:
    return None if data is None else dump_json(data)


def new_id() -> str:
    """Give an id that no other operation has."""
    return secrets.token_hex(12)


def read_work(row: tuple[Any, ...]) -> Work:
    """Make what the store gives out of the columns of `WORK`."""
    item, state, value, submitted, decided, media, imported, provenance, laid, edited = row
    return Work(
        item=item,
        state=state,
        edited=bool(edited),
        decided=None if decided is None else datetime.fromisoformat(decided),
        texts=Texts(value, submitted, media, imported, provenance, laid),
    )


def read_operation(row: tuple[Any, ...]) -> Operation:
    """Make an operation of the columns of `OPERATION`."""
    name, item, kind, change, undoes, seconds, answers, reopens, batch = row[:9]
    return Operation(
        id=name,
        item=item,
        kind=kind,
        change=load_json(change),
        undoes=undoes,
        seconds=seconds,
        answers=_read_answers(answers),
        reopens=load_json(reopens) or [],
        batch=batch,
    )


def _read_answers(text: str | None) -> list[Suggestion]:
    return schema.load(load_json(text) or [], list[Suggestion])
