"""One DataFrame bound to one labeling job."""

from __future__ import annotations

import logging
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nblabel import storage
from nblabel.binding.bulk import by_place
from nblabel.binding.cells import Writer
from nblabel.binding.classes import ClassMaps
from nblabel.binding.columns import LabelColumns, cells, is_same
from nblabel.binding.identity import Places, column_place, is_absent, source_column, texts
from nblabel.binding.presets import Presets, read_presets
from nblabel.binding.rows import check_attribute
from nblabel.errors import AnnotationError, FrameError, MediaError, NblabelError, StoreError
from nblabel.manifest import folders
from nblabel.manifest.attributes import metadata_name
from nblabel.manifest.codec import paused_gc
from nblabel.manifest.dates import read_date
from nblabel.media import MAX_BYTES, encode_text, read_text
from nblabel.store import DEFAULT_PATH, Label, Store, state_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from nblabel.store import Journal, Work
    from nblabel.tasks import Task

__all__ = ["OWNER", "Binding", "Row", "join"]

_log = logging.getLogger(__name__)
_LONGEST_NAME = 60

OWNER = "owner"
"""The worker who labels in a notebook."""


class Row(NamedTuple):
    """Label and metadata of a submitted item; `found` is False when the frame has no row for it now."""

    label: Any
    metadata: Any
    found: bool


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
    output : path, optional
        Folder for labels that are files; see `Writer`.

    Raises
    ------
    FrameError
        When the frame cannot be bound so; the message names the remedy.
    TaskError
        When the store has the attribute for another type of task.

    Attributes
    ----------
    task : Task
        The task that was given, which has learned the classes that labels of the job brought.
    sequence : int
        Number of the newest operation that the frame shows for certain.
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
        output: str | os.PathLike[str] | None = None,
    ) -> None:
        check_attribute(attribute, task)
        if not len(frame):
            raise FrameError("the DataFrame has no rows, so there is nothing to label; check how it was read or filtered")
        self.frame = frame
        self.attribute = attribute
        self.task = task
        self.source = source_column(frame, source)
        self._inline = task.media == "text" and not self.source.endswith("-ref")
        identity = key or self.source
        self._places = Places(frame, identity)
        self._columns = LabelColumns(frame, attribute)
        if attribute in {self.source, identity}:
            raise FrameError(f"attribute {attribute!r} is the column that says what is labeled; labels need a column of their own")
        self._columns.check()
        # The media may be read while a cell works on the frame, so what that needs is taken from the frame now.
        self._sources = self._places.texts if identity == self.source else texts(frame, self.source)
        self._folders = folders(frame)
        self._root = root
        self._media = media
        self._identities = list(self._places.rows)
        self.job = store.job(attribute, task, name=name, identity=identity, output=None if output is None else os.fspath(output))
        self._columns.prepare()
        self.ids: Sequence[int] = store.add_items(self.job, self._identities)
        self.journal = store.journal(self.job, OWNER)
        self.sequence = self.journal.last_sequence()
        # What rows held before this binding wrote into them.
        self._written: dict[int, Sequence[Any]] = {}
        with paused_gc():
            presets = read_presets(frame, attribute, task, self.text)
            self.task = store.learn(self.job, task, presets.classes.class_ids())
            self._writer = self._match(store, output, presets)
            self._lay(presets)

    def __len__(self) -> int:
        return len(self.ids)

    def name(self, index: int) -> str:
        """Tell what a person calls an item: its source, where that is more than a checksum; of a text its beginning."""
        if self._media is not None:
            return self.task.media
        source = self._sources[index]
        return (_beginning(source) if self._inline else source) or f"row {index}"

    def what(self, index: int) -> str:
        """Give what is labeled as the frame has it: a path, a URL or a text."""
        return self._sources[index] if self._inline else self.name(index)

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
            what = "a text" if self._inline else "the path of its file"
            raise MediaError(f"row {index} has no {self.source!r}; put {what} there")
        return encode_text(source) if self._inline else self.read(index, source)

    def read(self, index: int, ref: str) -> bytes:
        """Read a file that an item or its label refers to.

        Raises
        ------
        StorageError
            When the file cannot be found or read.
        """
        return storage.read_bytes(storage.resolve(ref, [self._folders[index], self._root, Path.cwd()]), limit=MAX_BYTES)

    def source_of(self, index: int) -> str:
        """Give an item's source as its row has it."""
        return self._sources[index]

    def predictions(self, column: str) -> Callable[[int], Any]:
        """Give a function that reads the predictions in a column, and in its metadata column, as they stand now.

        Raises
        ------
        FrameError
            When there is no such column.
        """
        labels = cells(self.frame, column)
        name = metadata_name(column)
        metadata = cells(self.frame, name) if name in self.frame.columns else [None] * len(labels)

        def read(index: int) -> Any:
            cell, about = labels[index], metadata[index]
            if is_absent(cell):
                return None
            found = self.task.predicted(cell, about if isinstance(about, dict) else None)
            return self.task.fetch(found, lambda ref: self.read(index, ref))

        return read

    def text(self, index: int) -> str:
        """Read an item's text; raises as `load` does."""
        return read_text(self.load(index)).data.decode()

    def by_place(self, annotations: Any) -> dict[int, Any]:
        """Give annotations for many items by their places; see `nblabel.binding.bulk.by_place`."""
        return by_place(annotations, self._identities, key=self.job.identity, attribute=self.attribute, task=self.task)

    def write(self, index: int) -> Row | None:
        """Bring an item's row in line with the store; gives what it holds, None when the item was not submitted.

        Columns that were taken away are made again. Where a submission was taken back, the row gets what it had before.
        """
        if self._columns.prepare():
            self._places.survey()
            fill(self._columns, self._places, dict(zip(self.ids, self._identities, strict=True)), self.journal, self._writer, folders(self.frame))
        work = self.journal.work(self.ids[index])
        cells = self._writer.cells(work, self._folders[index])
        place = self._places.find(self._identities[index])
        if cells is None:
            if index in self._written and place is not None:
                self._columns.write(place, self._written.pop(index))
            return None
        self._writer.write_file(work, cells)
        if place is not None:
            self._written.setdefault(index, self._columns.read_row(place))
            self._columns.write(place, cells)
        return Row(label=cells.label, metadata=cells.metadata, found=place is not None)

    def _match(self, store: Store, output: str | os.PathLike[str] | None, presets: Presets) -> Writer:
        """Bring frame and store in line: each row takes what is newer in the store, the store what is newer in the frame."""
        decided = {work.item: work for work in self.journal.decided()}
        rows = [_Cells(item, *cells) for item, *cells in zip(self.ids, *self._columns.read(), strict=True)]
        foreign = [row for row in rows if row and ((work := decided.get(row.item)) is None or work.texts.imported)]
        maps = ClassMaps(row.class_map(self.task) for row in foreign)
        self.task = store.learn(self.job, self.task, maps.class_ids())
        writer = Writer(self.task, self.job, output)
        labels, changes, strange = [], [], 0
        units: Counter[str | None] = Counter()
        for place, row in enumerate(rows):
            work = decided.get(row.item)
            cells = None if work is None else writer.cells(work, self._folders[place])
            if cells is not None and row.holds(cells):
                self._written[place] = (None, None)
                continue
            if work is not None and cells is not None and not (row and work.texts.imported):
                writer.write_file(work, cells)
            try:
                label = None if cells is not None and writer.names_file_of(row.label, cells.label) else row.label_for(self.task, work)
                if label is not None:
                    label = self._aligned(place, label, units)
            except NblabelError:
                strange += 1
                continue
            if label is not None:
                preset = presets.by_row.get(place)
                labels.append((row.item, label if preset is None else replace(label, value=self.task.over(preset, label.value))))
            elif cells is not None:
                self._written[place] = (row.label, row.metadata)
                changes.append((place, cells))
        self.journal.take_in(labels, since=self.sequence)
        self._columns.write_all(changes)
        self._warn(strange, maps.disagreement(self.task, self.attribute))
        if units["unclear"]:
            rest = f"; {units['UTF-16']} others are certainly in UTF-16 units and were converted" if units["UTF-16"] else ""
            what = f"{units['unclear']} labels of {self.attribute!r} have offsets that fit their texts as code points and as UTF-16 units"
            _log.warning("%s; they are taken as code points%s", what, rest)

        return writer

    def _lay(self, presets: Presets) -> None:
        """Have items begin with the labels that are to be adjusted or verified; what means the same as before stays, ids and all."""
        present = self.journal.laid()
        self.journal.lay(
            (self.ids[place], value)
            for place, value in presets.by_row.items()
            if (laid := present.get(self.ids[place])) is None or not self.task.presets_alike(laid, value)
        )
        if presets.refusals:
            place, reason = next(iter(presets.refusals.items()))
            _log.warning(
                "rows whose label in %r cannot be worked on, and which begin with nothing: %d; the first one is row %d: %s",
                self.task.of,
                len(presets.refusals),
                place,
                reason,
            )
        if (disagreement := presets.classes.disagreement(self.task, str(self.task.of))) is not None:
            _log.warning("%s", disagreement)

    def _aligned(self, place: int, label: Label, units: Counter[str | None]) -> Label:
        """Bring a label from elsewhere in line with the text that it is about."""
        if self.task.media != "text":
            return label
        annotation, unit = self.task.align(self.task.annotation(label.value), self.text(place))
        units[unit] += 1
        if unit == "neither":
            raise AnnotationError("there are offsets beyond the text", item=self.name(place))
        return replace(label, value=self.task.restore(annotation)) if unit == "UTF-16" else label

    def _warn(self, strange: int, disagreement: str | None) -> None:
        # Told by the log, which a notebook shows: none of it is wrong enough to stop whoever turns warnings into errors.
        if strange:
            what = f"{strange} cells of {self.attribute!r} do not hold labels of {self.task!r}"
            _log.warning("%s; each stays as it is until its item is submitted", what)
        if disagreement is not None:
            _log.warning("%s", disagreement)


class _Cells(NamedTuple):
    """An item and what the frame holds of it; false when that is nothing."""

    item: int
    label: Any
    metadata: Any

    def __bool__(self) -> bool:
        return not is_absent(self.label)

    @property
    def about(self) -> dict[str, Any] | None:
        """The metadata, where it is what metadata are."""
        return self.metadata if isinstance(self.metadata, dict) else None

    def class_map(self, task: Task) -> dict[str, str]:
        try:
            return task.class_map(self.label, self.about)
        except NblabelError:  # a label that cannot be read is counted where it is
            return {}

    def holds(self, cells: Sequence[Any]) -> bool:
        return is_same(self.label, cells[0]) and is_same(self.metadata, cells[1])

    def label_for(self, task: Task, work: Work | None) -> Label | None:
        """Give what the store should take over: what it does not know, what is newer than its own, and what was corrected by hand."""
        if not self:
            return None
        created = read_date((self.about or {}).get("creation-date"))
        corrected = False
        if work is not None and work.state != "skipped":
            # What the store wrote keeps its date when it is corrected in the frame.
            corrected = created == work.decided
            if not corrected and (created is None or (work.decided is not None and created < work.decided)):
                return None
        annotation = task.decode(self.label, self.about)
        if corrected and work is not None and work.texts.imported is None and task.same(annotation, task.annotation(work.submitted)):
            return None
        metadata = None if is_absent(self.metadata) else self.metadata
        return Label(value=task.restore(annotation), label=self.label, metadata=metadata, created=created)


def join(
    frame: pd.DataFrame, attribute: str, store: str | os.PathLike[str] | None = None, *, output: str | os.PathLike[str] | None = None
) -> pd.DataFrame:
    """Bring what the store knows of a label attribute into a frame that holds the same items.

    Parameters
    ----------
    frame : DataFrame
        Gets the label column and its metadata column, or has them filled.
    attribute : str
        The label attribute.
    store : path, optional
        The store; ``.nblabel/store.db`` by default.
    output : path, optional
        Where files that the task writes are or go; by default where they were last said to go.

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
    if not (path.exists() or (store is None and state_path().exists())):
        raise StoreError(f"store {str(path.absolute())!r}: there is no such file; pass store= the path that was labeled with")
    with Store(store) as opened:
        job, task = opened.find_job(attribute)
        column_place(frame, job.identity)
        places = Places(frame, job.identity)
        columns = LabelColumns(frame, attribute)
        columns.prepare()
        identities = list(places.rows)
        ids = opened.find_items(job, identities)
        known = {item: identity for item, identity in zip(ids, identities, strict=True) if item is not None}
        with paused_gc():
            fill(columns, places, known, opened.journal(job, OWNER), Writer(task, job, output), folders(frame))
    return frame


def fill(
    columns: LabelColumns,
    places: Places,
    items: Mapping[int, tuple[str, int]],
    journal: Journal,
    writer: Writer,
    folders_of_rows: Sequence[str | None] | NDArray[np.object_],
) -> None:
    """Write the labels of all items that were submitted."""
    rows = []
    for work in journal.decided():
        place = places.rows.get(items[work.item]) if work.item in items else None
        cells = None if place is None else writer.cells(work, folders_of_rows[place])
        if place is not None and cells is not None:
            writer.write_file(work, cells)
            rows.append((place, cells))
    columns.write_all(rows)


def _beginning(text: str) -> str:
    words = " ".join(text[: 4 * _LONGEST_NAME].split())
    return words if len(words) <= _LONGEST_NAME else f"{words[: _LONGEST_NAME - 1].rstrip()}…"
