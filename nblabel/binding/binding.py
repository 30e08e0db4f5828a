"""One DataFrame bound to one labeling job."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nblabel import storage
from nblabel.binding.columns import LabelColumns
from nblabel.binding.dates import read_date
from nblabel.binding.identity import Places, column_place, is_absent, source_column, texts
from nblabel.errors import FrameError, MediaError, NblabelError, StoreError
from nblabel.manifest import folders
from nblabel.manifest.attributes import check_attribute_name
from nblabel.manifest.codec import paused_gc
from nblabel.store import DEFAULT_PATH, Label, Store, Work
from nblabel.tasks.base import Context

if TYPE_CHECKING:
    import os
    from collections.abc import Container, Mapping, Sequence
    from datetime import datetime

    import pandas as pd

    from nblabel.store import Job, Journal
    from nblabel.tasks import Task

__all__ = ["OWNER", "Binding", "join"]

OWNER = "owner"
"""The worker who labels in a notebook."""


class Binding:
    """The rows of a DataFrame as the items of a labeling job; it reads their media and writes their labels.

    Parameters
    ----------
    frame : DataFrame
        Held as it is: labels are written into this very object.
    attribute : str
        The label attribute.
    task : Task
        What is done.
    store : Store
        Where it is kept.
    name : str, optional
        The job's name, the attribute by default.
    source, key : str, optional
        The columns that say what is labeled and what tells rows apart.
    root : path, optional
        Folder in which relative paths are looked up after the manifest's own.
    media : sequence of bytes, optional
        The media themselves, where they are in no file.

    Raises
    ------
    FrameError
        When the frame cannot be bound so; the message names the remedy.
    TaskError
        When the store has the attribute for another type of task.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        attribute: str,
        task: Task,
        store: Store,
        *,
        name: str | None = None,
        source: str | None = None,
        key: str | None = None,
        root: str | os.PathLike[str] | None = None,
        media: Sequence[bytes] | None = None,
    ) -> None:
        _check_attribute(attribute, task)
        if not len(frame):
            raise FrameError("the DataFrame has no rows, so there is nothing to label; check how it was read or filtered")
        self.frame = frame
        self.attribute = attribute
        self.task = task
        self.source = source_column(frame, source)
        identity = key or self.source
        self._places = Places(frame, identity)
        self._columns = LabelColumns(frame, attribute)
        if attribute in {self.source, identity}:
            raise FrameError(f"attribute {attribute!r} is the column that says what is labeled; labels need a column of their own")
        self._columns.check()
        # The media may be read while a cell works on the frame, so what that needs is taken from the frame now.
        self._sources = texts(frame, self.source)
        self._folders = folders(frame)
        self._root = root
        self._media = media
        self._identities = list(self._places.survey())
        self.job = store.job(attribute, task, name=name, identity=identity)
        self._columns.prepare()
        self.ids: Sequence[int] = store.add_items(self.job, self._identities)
        self.journal = store.journal(self.job, OWNER)
        with paused_gc():
            self._fill(known=self._take_in())

    def __len__(self) -> int:
        return len(self.ids)

    def name(self, index: int) -> str:
        """Tell what a person calls an item: its source."""
        return self._sources[index] or f"row {index}"

    def load(self, index: int) -> bytes:
        """Read an item's media.

        Raises
        ------
        StorageError
            When the file cannot be found or read.
        MediaError
            When the row names none.
        """
        if self._media is not None:
            return self._media[index]
        source = self._sources[index]
        if not source:
            raise MediaError(f"row {index} has no {self.source!r}; put the path of its file there")
        return storage.read_bytes(storage.resolve(source, [self._folders[index], self._root, Path.cwd()]))

    def write(self, index: int) -> Sequence[Any] | None:
        """Bring an item's row in line with the store; gives its label and metadata, None when it has none.

        A row that is no longer in the frame is passed over, and columns that were taken away are made again.
        """
        if self._columns.prepare():
            self._fill()
        work = self.journal.work(self.ids[index])
        if work.state not in {"submitted", "skipped"}:
            return None
        cells = cells_of(work, self.task, self.job)
        place = self._places.find(self._identities[index])
        if place is not None:
            self._columns.write(place, cells)
        return cells

    def _fill(self, known: Container[int] = ()) -> None:
        items = {item: identity for item, identity in zip(self.ids, self._identities, strict=True) if item not in known}
        fill(self._columns, self._places, items, self.journal, self.task)

    def _take_in(self) -> set[int]:
        """Take over the labels that the frame brought and the store does not know, or knows from before; gives their items."""
        decided = self.journal.decisions()
        labels, strange = [], 0
        for item, label, metadata in zip(self.ids, *self._columns.read(), strict=True):
            if is_absent(label):
                continue
            created = read_date(metadata.get("creation-date")) if isinstance(metadata, dict) else None
            if item in decided and not _is_newer(created, decided[item]):
                continue
            try:
                value = self.task.restore(self.task.decode(label, metadata if isinstance(metadata, dict) else None))
            except NblabelError:
                strange += 1
                continue
            about = None if is_absent(metadata) else metadata
            labels.append((item, Label(value=value, label=label, metadata=about, created=created)))
        self.journal.take_in(labels)
        if strange:
            message = f"{strange} cells of {self.attribute!r} do not hold labels of {self.task!r}; each stays as it is until its item is submitted"
            warnings.warn(message, stacklevel=4)
        return {item for item, _ in labels}


def join(frame: pd.DataFrame, attribute: str, store: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """Bring what the store knows of a label attribute into a frame that holds the same items.

    Parameters
    ----------
    frame : DataFrame
        Gets the label column and its metadata column, or has them filled.
    attribute : str
        The label attribute.
    store : path, optional
        The store; ``.nblabel/store.db`` by default.

    Returns
    -------
    DataFrame
        `frame` itself.

    Raises
    ------
    StoreError
        When there is no such store or no job of that attribute in it.
    FrameError
        When the frame lacks the column that tells items apart.
    """
    path = Path(DEFAULT_PATH if store is None else store).expanduser()
    if not path.exists():
        raise StoreError(f"store {str(path.absolute())!r}: there is no such file; pass store= the path that was labeled with")
    with Store(path) as opened:
        job, task = opened.find_job(attribute)
        column_place(frame, job.identity)
        places = Places(frame, job.identity)
        columns = LabelColumns(frame, attribute)
        columns.prepare()
        identities = list(places.survey())
        ids = opened.find_items(job, identities)
        known = {item: identity for item, identity in zip(ids, identities, strict=True) if item is not None}
        with paused_gc():
            fill(columns, places, known, opened.journal(job, OWNER), task)
    return frame


def fill(columns: LabelColumns, places: Places, items: Mapping[int, tuple[str, int]], journal: Journal, task: Task) -> None:
    """Write the labels of all items that the store has decided on."""
    rows = []
    table = places.survey()
    for work in journal.decided():
        place = table.get(items[work.item]) if work.item in items else None
        if place is not None:
            rows.append((place, cells_of(work, task, journal.job)))
    columns.write_all(rows)


def cells_of(work: Work, task: Task, job: Job) -> Sequence[Any] | None:
    """Give label and metadata of an item as the manifest holds them; None for one that was passed over."""
    if (imported := work.imported) is not None:
        return imported
    if work.state == "skipped" or work.decided is None:
        return None
    return task.encode(task.annotation(work.submitted), Context(media=work.media, job_name=job.name, created=work.decided))


def _is_newer(created: datetime | None, decided: datetime | None) -> bool:
    return created is not None and (decided is None or created > decided)


def _check_attribute(attribute: str, task: Task) -> None:
    check_attribute_name(attribute)
    if task.reference and not attribute.endswith("-ref"):
        raise FrameError(
            f"attribute {attribute!r}: labels of {type(task).__name__} are files, so its name must end in '-ref'; use {attribute + '-ref'!r}"
        )
    if not task.reference and attribute.endswith("-ref"):
        near = attribute.removesuffix("-ref")
        raise FrameError(
            f"attribute {attribute!r}: only labels that are files may end in '-ref', those of {type(task).__name__} are not; use {near!r}"
        )
