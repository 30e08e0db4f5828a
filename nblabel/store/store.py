"""The store: one file with many jobs and their items."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from nblabel.errors import FrameError, StoreError, TaskError
from nblabel.store.assignments import Assignments
from nblabel.store.database import Database
from nblabel.store.journal import Journal
from nblabel.store.places import DEFAULT_PATH, keep_copy, state_path
from nblabel.store.pushes import Pushes
from nblabel.store.records import Job
from nblabel.store.tasks import describe, rebuild
from nblabel.store.teams import Teams, worker_id
from nblabel.store.texts import dump_json, encode_source, load_json, now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

    from nblabel.tasks import Task

__all__ = ["Store"]

_JOB = "SELECT id, name, attribute, task_type, identity, output FROM jobs"


class Store:
    """Labeling jobs, their items and what was done to them, in one SQLite file.

    Several threads and several processes may use one file at once. What a method wrote is durable when it returns.

    Parameters
    ----------
    path : path, optional
        The file, made with its folder when it does not exist. By default ``.nblabel/store.db`` in the working directory, or, where that folder cannot
        hold a database (it may not be written to, or cannot lock files), a file in the user's state folder.

    Attributes
    ----------
    note : str or None
        A sentence for the user when the store is not beside the work.

    Raises
    ------
    StoreError
        When the file cannot be opened or written; it names the path, the reason and the remedy.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from nblabel.tasks.bounding_box import BoundingBox
    >>> with TemporaryDirectory() as folder, Store(Path(folder, "store.db")) as store:
    ...     job = store.job("things", BoundingBox(["cat", "dog"]))
    ...     store.add_items(job, [("a.jpg", 0), ("b.jpg", 0), ("a.jpg", 1)])
    [1, 2, 3]
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self._work: Path | None = None
        self.note: str | None = None
        self._database = self._by_default() if path is None else Database(Path(path).expanduser().absolute())
        with self._database.read() as connection:
            (self.identity,) = connection.execute("SELECT identity FROM store").fetchone()

    def _by_default(self) -> Database:
        try:
            database = Database(DEFAULT_PATH.absolute())
            database.probe()
        except StoreError as error:
            if not error.unfit:
                raise
            self._work = Path.cwd()
            database = Database(state_path())
            copied = "a copy is kept in .nblabel/" if keep_copy(database.content(), self._work) else "no copy can be kept beside your work"
            self.note = f"This folder cannot hold the labels' store ({error}). They are kept in {os.fspath(database.path)!r}; {copied}."
        return database

    def keep_copy(self) -> None:
        """Renew the copy beside the work of a store that is kept elsewhere."""
        if self._work is not None:
            keep_copy(self._database.content(), self._work)

    def __repr__(self) -> str:
        return f"Store({os.fspath(self.path)!r})"

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def job(self, attribute: str, task: Task, *, name: str | None = None, identity: str = "source-ref", output: str | None = None) -> Job:
        """Find the job that writes a label attribute, or begin it.

        Labels may be added, reordered or described anew: annotations hold their names.

        Parameters
        ----------
        attribute : str
            The label attribute.
        task : Task
            What is done in it.
        name : str, optional
            The job's name; the attribute by default.
        identity : str
            The column that tells its items apart.
        output : str, optional
            Where labels that are files go; what was said last is remembered.

        Raises
        ------
        TaskError
            When the job does another type of task, or when a job of that name writes another attribute.
        FrameError
            When the job tells its items apart by another column.
        """
        with self._database.write() as connection:
            found = _find(connection, attribute, name)
            data = dump_json(describe(task))
            if found is None:
                values = (name or attribute, attribute, task.type, data, identity, output, now())
                query = "INSERT INTO jobs (name, attribute, task_type, task, identity, output, created) VALUES (?, ?, ?, ?, ?, ?, ?)"
                number = connection.execute(query, values).lastrowid or 0
                return Job(id=number, name=name or attribute, attribute=attribute, task_type=task.type, identity=identity, output=output)
            if found.attribute != attribute:
                raise TaskError(f"job {found.name!r} writes {found.attribute!r}, not {attribute!r}; give another name= or another store=")
            if found.task_type != task.type:
                raise TaskError(
                    f"{attribute!r} is a job of type {found.task_type!r}, not {task.type!r}; give another attribute= for this task, or another store="
                )
            if found.identity != identity:
                raise FrameError(
                    f"job {found.name!r} tells its items apart by column {found.identity!r}, not by {identity!r}; pass key={found.identity!r}, or"
                    " another name= or store="
                )
            described = describe(task)
            (before,) = connection.execute("SELECT task FROM jobs WHERE id = ?", (found.id,)).fetchone()
            written = [one["name"] for one in load_json(before).get("attributes", ())]
            if written and "attributes" not in described:
                raise TaskError(
                    f"{attribute!r} has attributes of each item: {written}; give nl.WithAttributes({task!r}, [...]) with these or others, or another"
                    " attribute= or store="
                )
            data = dump_json({**described, "class_ids": _known(connection, found)})
            connection.execute("UPDATE jobs SET task = ? WHERE id = ? AND task <> ?", (data, found.id, data))
            if output is None or output == found.output:
                return found
            connection.execute("UPDATE jobs SET output = ? WHERE id = ?", (output, found.id))
            return replace(found, output=output)

    def learn(self, job: Job, task: Task, class_ids: Iterable[tuple[str, int]] = ()) -> Task:
        """Give a task that knows the ids of all classes that labels of a job ever had, the same for all who open the job.

        Parameters
        ----------
        job : Job
            The job.
        task : Task
            What is done in it.
        class_ids : iterable
            Names and ids as labels brought them.
        """
        brought = list(class_ids)
        with self._database.read() as connection:
            before = _known(connection, job)
        if set(dict(brought)) <= task.class_ids.keys() | before.keys():
            return task.knowing(before.items())
        with self._database.write() as connection:
            learned = task.knowing([*_known(connection, job).items(), *brought])
            data = dump_json({**describe(task), "class_ids": learned.class_ids})
            connection.execute("UPDATE jobs SET task = ? WHERE id = ?", (data, job.id))
        return learned

    def find_job(self, attribute: str) -> tuple[Job, Task]:
        """Find the job that writes a label attribute, and its task.

        Raises
        ------
        StoreError
            When the store has no such job; it lists those that it has.
        """
        with self._database.read() as connection:
            found = _find(connection, attribute, None)
            if found is None:
                known = [row[0] for row in connection.execute("SELECT attribute FROM jobs ORDER BY attribute")]
                raise StoreError(f"{self!r} has no job for {attribute!r}; it has {known}; pass the attribute or the store= that was labeled with")
            (data,) = connection.execute("SELECT task FROM jobs WHERE id = ?", (found.id,)).fetchone()
        return found, self.learn(found, rebuild(found.task_type, load_json(data)))

    def add_items(self, job: Job, identities: Sequence[tuple[str, int]]) -> list[int]:
        """Find the items of a job, adding those that it lacks.

        Parameters
        ----------
        job : Job
            The job.
        identities : sequence
            What tells each item apart: a text such as its source, and how many items of the same text come before it.

        Returns
        -------
        list of int
            The items' ids, in the order given.
        """
        wanted = [(encode_source(text), occurrence) for text, occurrence in identities]
        with self._database.read() as connection:
            known = _items(connection, job, 0)
        if not all(identity in known for identity in wanted):
            with self._database.write() as connection:
                rows = [(job.id, *identity) for identity in wanted if identity not in known]
                connection.executemany("INSERT OR IGNORE INTO items (job, source, occurrence) VALUES (?, ?, ?)", rows)
                known |= _items(connection, job, max(known.values(), default=0))
        return [known[identity] for identity in wanted]

    def find_items(self, job: Job, identities: Sequence[tuple[str, int]]) -> list[int | None]:
        """Find the items of a job; None stands for those that it lacks."""
        with self._database.read() as connection:
            known = _items(connection, job, 0)
        return [known.get((encode_source(text), occurrence)) for text, occurrence in identities]

    def journal(self, job: Job, worker: str) -> Journal:
        """Give what a worker did in a job, and the way to do more."""
        with self._database.read() as connection:
            found = connection.execute("SELECT id FROM workers WHERE name = ?", (worker,)).fetchone()
        if found is None:
            with self._database.write() as connection:
                found = (worker_id(connection, worker),)
        return Journal(self._database, job, found[0])

    def teams(self) -> Teams:
        """Give the teams."""
        return Teams(self._database)

    def pushes(self) -> Pushes:
        """Give what was given to teams."""
        return Pushes(self._database)

    def assignments(
        self, job: Job, *, wanted: int, seconds: float, concurrent: int, gold_every: int | None, clock: Callable[[], float]
    ) -> Assignments:
        """Give who works on what in a job; see `Assignments`."""
        return Assignments(self._database, job, wanted=wanted, seconds=seconds, concurrent=concurrent, gold_every=gold_every, clock=clock)


def _find(connection: sqlite3.Connection, attribute: str, name: str | None) -> Job | None:
    column, text = ("attribute", attribute) if name is None else ("name", name)
    row = connection.execute(f"{_JOB} WHERE {column} = ? ORDER BY id DESC LIMIT 1", (text,)).fetchone()
    return None if row is None else Job(id=row[0], name=row[1], attribute=row[2], task_type=row[3], identity=row[4], output=row[5])


def _known(connection: sqlite3.Connection, job: Job) -> dict[str, int]:
    (data,) = connection.execute("SELECT task FROM jobs WHERE id = ?", (job.id,)).fetchone()
    class_ids: dict[str, int] = load_json(data).get("class_ids", {})
    return class_ids


def _items(connection: sqlite3.Connection, job: Job, after: int) -> dict[tuple[Any, Any], int]:
    rows = connection.execute("SELECT source, occurrence, id FROM items WHERE job = ? AND id > ?", (job.id, after))
    return {(source, occurrence): item for source, occurrence, item in rows}
