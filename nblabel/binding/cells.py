"""What a manifest holds of an item: its label, its metadata, and the file that the label refers to where it is one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nblabel import storage
from nblabel.tasks.base import Context

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from nblabel.store import Job, Work
    from nblabel.tasks import Task
    from nblabel.tasks.base import Media

__all__ = ["Cells", "Writer"]


class Cells(NamedTuple):
    """A label and its metadata."""

    label: Any
    metadata: Any


class Writer:
    """Writes the labels of a job.

    Parameters
    ----------
    task : Task
        The job's task.
    job : Job
        The job.
    output : path, optional
        Folder for the files of labels that are files; by default the job's. Where it has none, each lies beside its item's manifest, or in the
        working directory where that is no local folder.

    Notes
    -----
    The tree is Ground Truth's: ``<output>/<job>/annotations/consolidated-annotation/output/<item>_<date>``. A file is never changed once it is
    written, since a later submission has another date.
    """

    def __init__(self, task: Task, job: Job, output: str | os.PathLike[str] | None = None) -> None:
        self._task = task
        self._job = job
        self._output = job.output if output is None else os.fspath(output)

    def cells(self, work: Work, folder: str | None) -> Cells | None:
        """Give label and metadata of an item; None for one that was not submitted, whose row stays as it is.

        Parameters
        ----------
        work : Work
            What was made of it.
        folder : str or None
            Folder or URL of the manifest that names the item.
        """
        if (imported := work.imported) is not None:
            return Cells(*imported)
        if work.state != "submitted" or work.decided is None:
            return None
        reference = self._reference(work.item, work.decided, folder) if self._task.reference else ""
        value = work.submitted
        context = Context(
            media=work.media,
            job_name=self._job.name,
            created=work.decided,
            provenance=work.provenance,
            reference=reference,
            adjusted=self._task.adjusted(work.laid, value),
        )
        return Cells(*self._task.write(value, context))

    def consolidated(
        self,
        annotation: Any,
        confidence: Any,
        media: Media,
        *,
        item: int,
        created: datetime,
        folder: str | None,
        adjusted: bool | None = None,
    ) -> Cells:
        """Give label and metadata of what several workers made together, its file written where it has one.

        Parameters
        ----------
        annotation, confidence : object
            As consolidation gave them.
        media : Media
            What is known of the media.
        item : int
            What the file is named by.
        created : datetime
            When the last answer came.
        folder : str or None
            Folder or URL of the manifest that names the item.
        adjusted : bool, optional
            Whether it differs from what was to be adjusted.

        Raises
        ------
        StorageError
            When the file cannot be written.
        """
        reference = self._reference(item, created, folder) if self._task.reference else ""
        context = Context(media=media, job_name=self._job.name, created=created, reference=reference, confidence=confidence, adjusted=adjusted)
        value = self._task.restore(annotation)
        cells = Cells(*self._task.write(value, context))
        if self._task.reference:
            self._write(cells, self._task.file(value))
        return cells

    def write_file(self, work: Work, cells: Cells) -> None:
        """Write the file that a label refers to, unless it is there.

        Raises
        ------
        StorageError
            When it cannot be written.
        """
        if not self._task.reference or work.imported is not None:
            return
        self._write(cells, self._task.file(work.submitted))

    def _write(self, cells: Cells, content: Callable[[], bytes] | None) -> None:
        if content is not None and not storage.exists(cells.label):
            storage.make_folder(storage.folder(cells.label))
            storage.write_bytes_atomic(cells.label, [content()])

    def names_file_of(self, label: Any, own: Any) -> bool:
        """Tell whether a label names the file of another one, maybe in another folder."""
        return self._task.reference and isinstance(label, str) and os.path.basename(label) == os.path.basename(own)  # noqa: PTH119 - may be a URL

    def _reference(self, item: int, decided: datetime, folder: str | None) -> str:
        # Ground Truth's names have colons, which Windows and Jupyter's file browser give a meaning of their own.
        moment = decided.strftime("%Y-%m-%dT%H-%M-%S.%f")
        name = f"{self._job.name}/annotations/consolidated-annotation/output/{item}_{moment}{self._task.suffix}"
        base = self._output if self._output is not None else folder if folder and storage.is_local(folder) else ""
        return f"{base.rstrip('/')}/{name}" if base and not storage.is_local(base) else _short(Path(storage.local_path(base), name))


def _short(path: Path) -> str:
    """Write a path as it opens from the working directory."""
    whole = path.absolute()
    try:
        return str(whole.relative_to(Path.cwd()))
    except ValueError:
        return str(whole)
