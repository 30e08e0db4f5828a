"""Labeling jobs that were given to a team: their options and their objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from nblabel import schema
from nblabel.store.texts import decode_source, dump_json, encode_source, load_json, now
from nblabel.tasks.base import Media

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nblabel.store.database import Database
    from nblabel.store.records import Job

__all__ = ["Answer", "LabelingObject", "Push", "Pushes"]

_ANSWERS = """
    SELECT item, worker, pseudonym, submitted, submitted_at, media, seconds, accepted, provenance, laid FROM (
        SELECT item, worker, row_number() OVER (PARTITION BY item ORDER BY min(sequence)) AS turn FROM operations
        WHERE {} AND kind = 'submit' GROUP BY item, worker
    )
    JOIN annotations USING (item, worker) JOIN workers ON workers.id = worker LEFT JOIN assignments USING (item, worker)
    WHERE turn <= :wanted AND submitted IS NOT NULL ORDER BY item, turn
"""

_OBJECT = "SELECT item, place, source, folder, priority, gold, preset, failure, closed FROM objects WHERE job = ?"


@dataclass(frozen=True, kw_only=True, slots=True)
class Push:
    """A job and the team that it was given to."""

    job: Job
    team: int
    options: dict[str, Any]
    created: datetime
    ended: datetime | None
    stopped: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelingObject:
    """What workers are asked about.

    Attributes
    ----------
    item : int
        The item's id.
    place : int
        Its row in the frame that was pushed, which is the line of the manifest: Ground Truth's dataset object id.
    source : str
        What it shows, as its line has it: a path, a URL or a text.
    folder : str or None
        Folder or URL that its references start from.
    priority : float
        Higher ones come first.
    gold : object
        The annotation that is known to be right, None where none is.
    preset : object
        The working value that workers begin with, None for the empty one.
    failure : str or None
        Why nobody is asked about it any more.
    closed : bool
        It has all answers that it needs.
    """

    item: int
    place: int
    source: str
    folder: str | None = None
    priority: float = 0.0
    gold: Any = None
    preset: Any = None
    failure: str | None = None
    closed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a worker submitted for an object, of the answers that count.

    Attributes
    ----------
    item, worker : int
        The object's item and the worker, by the store's numbers.
    pseudonym : str
        What the worker is called outside.
    value : object
        The working value that was handed in.
    media : Media
        What was known of the media then.
    submitted, accepted : datetime
        When it was handed in, and when the worker had taken the object.
    seconds : float
        Time spent on it.
    provenance : sequence
        Where the parts of the value came from.
    laid : object
        The working value that the worker began with, None for the empty one.
    """

    item: int
    worker: int
    pseudonym: str
    value: Any
    media: Media
    submitted: datetime
    accepted: datetime
    seconds: float
    provenance: Sequence[Mapping[str, Any]]
    laid: Any


class Pushes:
    """What was given to teams; made by `Store.pushes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, job: Job, team: int, options: dict[str, Any], objects: Iterable[LabelingObject]) -> None:
        """Give a job to a team; what was given before stays as it is, objects that are new come in."""
        rows = [
            (
                each.item,
                job.id,
                each.place,
                encode_source(each.source),
                each.folder,
                each.priority,
                None if each.gold is None else dump_json(each.gold),
                None if each.preset is None else dump_json(each.preset),
            )
            for each in objects
        ]
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO pushes (job, team, options, created) VALUES (?, ?, ?, ?)", (job.id, team, dump_json(options), now())
            )
            connection.executemany(
                "INSERT OR IGNORE INTO objects (item, job, place, source, folder, priority, gold, preset) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
            )

    def find(self, job: Job) -> Push | None:
        """Find what was given to a team of a job, None when nothing was."""
        with self._database.read() as connection:
            row = connection.execute("SELECT team, options, created, ended, stopped FROM pushes WHERE job = ?", (job.id,)).fetchone()
        if row is None:
            return None
        team, options, created, ended, stopped = row
        moment = None if ended is None else datetime.fromisoformat(ended)
        return Push(job=job, team=team, options=load_json(options), created=datetime.fromisoformat(created), ended=moment, stopped=bool(stopped))

    def end(self, job: Job, *, stopped: bool) -> bool:
        """Take note that a job is over; the first end counts. Tell whether this one did."""
        query = "UPDATE pushes SET ended = ?, stopped = ? WHERE job = ? AND ended IS NULL"
        with self._database.write() as connection:
            return connection.execute(query, (now(), stopped, job.id)).rowcount > 0

    def reopen(self, job: Job) -> None:
        """Take back that a job is over."""
        with self._database.write() as connection:
            connection.execute("UPDATE pushes SET ended = NULL, stopped = 0 WHERE job = ?", (job.id,))

    def objects(self, job: Job) -> list[LabelingObject]:
        """Give a job's objects in the order of their lines."""
        with self._database.read() as connection:
            rows = connection.execute(f"{_OBJECT} ORDER BY place", (job.id,)).fetchall()
        return [
            LabelingObject(
                item=row[0],
                place=row[1],
                source=decode_source(row[2]),
                folder=row[3],
                priority=row[4],
                gold=load_json(row[5]),
                preset=load_json(row[6]),
                failure=row[7],
                closed=bool(row[8]),
            )
            for row in rows
        ]

    def answers(self, job: Job, wanted: int) -> list[Answer]:
        """Give the answers that count, by object, the first one first: as many an object as are wanted."""
        return self._answers("job = :job", job=job.id, wanted=wanted)

    def answers_to(self, item: int, wanted: int) -> list[Answer]:
        """Give the answers to one object that count, the first one first."""
        return self._answers("item = :item", item=item, wanted=wanted)

    def _answers(self, condition: str, **names: int) -> list[Answer]:
        with self._database.read() as connection:
            return [_answer(row) for row in connection.execute(_ANSWERS.format(condition), names)]

    def counts(self, job: Job) -> dict[str, int]:
        """Count a job's objects: total, closed, failed."""
        query = "SELECT count(*), coalesce(sum(closed), 0), coalesce(sum(failure IS NOT NULL), 0) FROM objects WHERE job = ?"
        with self._database.read() as connection:
            total, closed, failed = connection.execute(query, (job.id,)).fetchone()
        return {"total": total, "closed": closed, "failed": failed}


def _answer(row: tuple[Any, ...]) -> Answer:
    item, worker, pseudonym, value, submitted_at, media, seconds, accepted, provenance, laid = row
    submitted = datetime.fromisoformat(submitted_at)
    return Answer(
        item=item,
        worker=worker,
        pseudonym=pseudonym,
        value=load_json(value),
        media=Media() if media is None else schema.load(load_json(media), Media),
        submitted=submitted,
        accepted=submitted if accepted is None else datetime.fromtimestamp(accepted, UTC),
        # Answers from Python say nothing of the time; it is that since the object was taken.
        seconds=seconds or (0.0 if accepted is None else max(submitted.timestamp() - accepted, 0.0)),
        provenance=load_json(provenance) or (),
        laid=load_json(laid),
    )
