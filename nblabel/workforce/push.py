"""Give the rows of a DataFrame to a team."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel import storage
from nblabel.binding import is_absent, item_rows, read_presets
from nblabel.errors import FrameError, NblabelError, TaskError
from nblabel.manifest import metadata_name
from nblabel.media import MAX_BYTES, read_text
from nblabel.store.pushes import LabelingObject
from nblabel.tasks.base import Media
from nblabel.workforce.job import LabelingJob
from nblabel.workforce.options import JobOptions

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from nblabel.binding import ItemRows
    from nblabel.store import Job
    from nblabel.store.pushes import Pushes
    from nblabel.tasks import Task
    from nblabel.workforce.local import Team

__all__ = ["push"]


def push(
    frame: pd.DataFrame,
    task: Task,
    team: Team,
    *,
    name: str,
    attribute: str | None = None,
    output: str | os.PathLike[str] | None = None,
    workers_per_object: int | None = None,
    source: str | None = None,
    key: str | None = None,
    gold: str | Mapping[Any, Any] | None = None,
    priority: str | None = None,
    enough: float | None = None,
    **options: Any,
) -> LabelingJob:
    """Give the rows of a frame to a team; see `nblabel.accessor.ManifestAccessor.push`."""
    if not len(frame):
        raise FrameError("the DataFrame has no rows, so there is nothing to push; check how it was read or filtered")
    _check_name(name)
    chosen = attribute or (f"{name}-ref" if task.reference and not name.endswith("-ref") else name)
    try:
        run = JobOptions.of(task, number_of_human_workers_per_data_object=workers_per_object, enough=enough, **options)
    except TypeError as error:
        raise TaskError(f"{error}; options are those of nblabel.workforce.JobOptions") from None
    rows = item_rows(frame, chosen, task, source=source, key=key)
    store = team.workforce.store
    job = store.job(chosen, task, name=name, identity=rows.identity)
    ids = store.add_items(job, rows.identities)
    pushes = store.pushes()
    pushed = pushes.objects(job)
    for before in pushed:
        if before.place >= len(ids) or ids[before.place] != before.item:
            raise FrameError(
                f"job {name!r} was pushed before, with {before.source!r:.60} in row {before.place}, where it is not now; push the rows as they were"
                " then, new ones below them, or push under another name"
            )
    known = _gold(frame, gold, task)
    presets = read_presets(frame, chosen, task, partial(_text, rows))
    for place, reason in presets.refusals.items():
        raise FrameError(f"row {place}: its label in {task.of!r} cannot be worked on ({reason}); correct it, or leave the row out")
    ranks = _priorities(frame, priority)
    labels = list(frame[chosen]) if chosen in frame.columns else [None] * len(frame)
    objects = [
        LabelingObject(
            item=item,
            place=place,
            source=rows.sources[place],
            folder=rows.folders[place],
            priority=ranks[place],
            gold=known.get(place),
            preset=presets.by_row.get(place),
        )
        for place, item in enumerate(ids)
        if is_absent(labels[place]) and (task.of is None or place in presets.by_row)
    ]
    if not objects and task.of is not None and not presets.by_row:
        raise FrameError(f"no row has a label in {task.of!r}, so there is nothing to begin with; push the rows that have one")
    if not objects:
        raise FrameError(f"every row has a label in {chosen!r} already; push under another name to label them again")
    _continue(pushes, job, chosen, len({each.item for each in objects} - {each.item for each in pushed}), team.workforce.clock())
    pushes.begin(job, team.number, {"job": run.as_dict(), "inline": rows.inline, "output": None if output is None else str(output)}, objects)
    begun = pushes.find(job)
    if begun is None:
        raise FrameError(f"job {name!r} was taken away while it was made; push again")
    if begun.team != team.number:
        raise TaskError(f"job {name!r} was given to another team before; push under another name")
    return LabelingJob(store, job, store.learn(job, task, presets.classes.class_ids()), begun, team.name, frame, team.workforce.clock)


def _continue(pushes: Pushes, job: Job, attribute: str, added: int, now: float) -> None:
    """Let a job that is over go on with rows that were added; one that was stopped, or whose time is over, stays so, as Ground Truth has it."""
    before = pushes.find(job)
    if before is None or before.ended is None or not added:
        return
    late = now > before.created.timestamp() + before.options["job"]["task_availability_lifetime_in_seconds"]
    if before.stopped or late:
        over = "was stopped" if before.stopped else "is over, its time having run out"
        raise FrameError(
            f"job {job.name!r} {over}, so nobody would be asked about the {added} new row{'s' if added > 1 else ''}; push the rows under another name"
            f" with attribute={attribute!r}, which goes on with what has no label yet"
        )
    pushes.reopen(job)


def _text(rows: ItemRows, place: int) -> str:
    """Read the text that a row shows."""
    source = rows.sources[place]
    if rows.inline:
        return source
    return read_text(storage.read_bytes(storage.resolve(source, [rows.folders[place], Path.cwd()]), limit=MAX_BYTES)).data.decode()


def _check_name(name: str) -> None:
    """Refuse a name under which no output could be written."""
    if name in {"", ".", ".."} or set(name) & {"/", "\\"}:
        raise TaskError(f"the job's name is {name!r}, expected one that a folder can have, without / and \\; its output is written under it")


def _gold(frame: pd.DataFrame, gold: str | Mapping[Any, Any] | None, task: Task) -> dict[int, Any]:
    """Give the annotations that are known, by row."""
    if gold is None:
        return {}
    if task.reference:
        raise TaskError(f"gold does not go with {type(task).__name__}, whose annotations are files; leave gold= out")
    if isinstance(gold, str):
        if gold not in frame.columns:
            raise FrameError(f"gold: the DataFrame has no column {gold!r}")
        about = list(frame[metadata_name(gold)]) if metadata_name(gold) in frame.columns else [None] * len(frame)
        cells = [(place, cell, about[place]) for place, cell in enumerate(frame[gold]) if not is_absent(cell)]
        return {place: _annotation(task, cell, metadata if isinstance(metadata, dict) else None, place) for place, cell, metadata in cells}
    places = {label: place for place, label in enumerate(frame.index)}
    if strange := [label for label in gold if label not in places]:
        raise FrameError(f"gold names row {strange[0]!r}, which the DataFrame's index does not have")
    return {places[label]: _checked(task, annotation, places[label]) for label, annotation in gold.items()}


def _annotation(task: Task, cell: Any, metadata: Mapping[str, Any] | None, place: int) -> Any:
    """Read a cell that holds a label as Ground Truth writes it, or an annotation as it is."""
    if metadata is None and isinstance(cell, str | list):
        return _checked(task, cell, place)
    try:
        found = task.decode(cell, metadata)
    except NblabelError as error:
        raise FrameError(f"gold, row {place}: {error}") from error
    return _checked(task, found, place)


def _checked(task: Task, annotation: Any, place: int) -> Any:
    try:
        return task.annotation(task.begin(annotation, Media()))
    except NblabelError as error:
        raise FrameError(f"gold, row {place}: {error}") from error


def _priorities(frame: pd.DataFrame, column: str | None) -> list[float]:
    if column is None:
        return [0.0] * len(frame)
    if column not in frame.columns:
        raise FrameError(f"priority: the DataFrame has no column {column!r}")
    try:
        return pd.to_numeric(frame[column]).fillna(float("-inf")).astype(float).tolist()
    except (TypeError, ValueError) as error:
        raise FrameError(f"priority: column {column!r} must hold numbers ({error})") from error
