"""A worker's door to labeling jobs, for Python: take an object, say what it shows, hand it in."""

from __future__ import annotations

import io
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PIL import Image

from nblabel.errors import SessionError

if TYPE_CHECKING:
    from datetime import datetime

    from nblabel.session import Session
    from nblabel.store.assignments import Assignment
    from nblabel.store.teams import Member, Role
    from nblabel.tasks import Task
    from nblabel.workforce.job import LabelingJob

__all__ = ["WorkItem", "Worker"]


class Worker:
    """A member of a team; made by `Team.as_worker`.

    Attributes
    ----------
    name : str
        The worker's name in the store.
    worker_id : str
        The pseudonym that stands in output, in the form of Ground Truth's.

    Examples
    --------
    ::

        ann = team.as_worker("ann")
        while (item := ann.next(job)) is not None:
            item.submit("cat")
    """

    def __init__(self, member: Member) -> None:
        self._member = member
        self.name = member.name
        self.worker_id = member.pseudonym

    def __repr__(self) -> str:
        return f"Worker({self.name!r}, {self._member.role}, {self.worker_id})"

    @property
    def number(self) -> int:
        """The worker's number in the store."""
        return self._member.id

    @property
    def role(self) -> Role:
        """What the worker was in the team when this door was made: owner, worker or reviewer."""
        return self._member.role

    def next(self, job: LabelingJob) -> WorkItem | None:
        """Take an object: what is held already, else what was begun before, else the next one; None when there is nothing to do.

        Raises
        ------
        SessionError
            When the worker is not in the job's team, has not the role for it, or got too many objects wrong whose annotation is known.
        """
        return job.accept(self)

    def label(self, job: LabelingJob, *, keys: Any = None) -> Any:
        """Label a job in a notebook: end a cell with what this gives.

        Objects come one after another. Skipping declines one: this worker does not get it again. What was handed in can be changed, and handed in
        again, as long as the labeler is open. Run the cell again to continue.

        Parameters
        ----------
        job : LabelingJob
            A job of the worker's team.
        keys : str, mapping or Keys, optional
            As in `nblabel.label`.

        Returns
        -------
        Labeler
            The widget; its ``data`` are the worker's answers that count.

        Raises
        ------
        SessionError
            When there is nothing to do now, or when the worker is not in the job's team.
        """
        # Widgets are a layer above: whoever works from a script needs none.
        return import_module("nblabel.widgets").work(job, self, keys=keys)


class WorkItem:
    """An object that a worker has taken, for a limited time.

    Attributes
    ----------
    source : str
        What is labeled: a path, a URL or a text.
    assignment : Assignment
        What the store knows of it.
    """

    def __init__(self, job: LabelingJob, worker: Worker, session: Session, index: int, source: str, assignment: Assignment) -> None:
        self._job = job
        self._worker = worker
        self._session = session
        self._index = index
        self.assignment = assignment
        self.source = source

    def __repr__(self) -> str:
        return f"WorkItem({self.source!r:.60}, until {self.until:%H:%M:%S})"

    @property
    def place(self) -> int:
        """The object's line in the manifest, from 0: Ground Truth's dataset object id."""
        return self._job.place_of(self.assignment.item)

    @property
    def until(self) -> datetime:
        """When the time for it is over; what was drawn stays."""
        return self._job.moment(self.assignment.until)

    @property
    def annotation(self) -> Any:
        """The annotation as it stands: what was drawn before, or what the job lays before the worker."""
        return self._session.annotation(self._index)

    def media(self) -> Any:
        """Read what is labeled: a PIL image, or a text.

        Raises
        ------
        MediaError, StorageError
            When it cannot be read.
        """
        content = self._job.read_media(self.assignment.item)
        return content.decode() if self._job.task.media == "text" else Image.open(io.BytesIO(content))

    def draft(self, annotation: Any) -> None:
        """Keep an annotation without handing it in."""
        self._session.set_annotation(self._index, annotation)

    def submit(self, annotation: Any = None) -> bool:
        """Hand in.

        Parameters
        ----------
        annotation : object, optional
            As ``w.value`` gives it; what was drawn by default.

        Returns
        -------
        bool
            Whether it counts. It is kept in any case: one that comes late, when the object has all answers that were asked for, does not.

        Raises
        ------
        AnnotationError
            When the annotation is not acceptable.
        """
        if annotation is not None:
            self._session.set_annotation(self._index, annotation)
        self._session.submit(self._index)
        return self._job.submitted(self.assignment.item, self._worker)

    def heartbeat(self) -> None:
        """Say that the work goes on; gives the full time again.

        Raises
        ------
        SessionError
            When others have the object now. What was drawn stays and may still be submitted.
        """
        self.assignment = self._job.assignments.renew(self.assignment)

    def release(self) -> None:
        """Give the object back; somebody else, or the same worker later, may take it."""
        self._job.assignments.leave(self.assignment.item, self._worker.number, decline=False)

    def decline(self) -> None:
        """Give the object back for good: this worker does not get it again."""
        self._job.assignments.leave(self.assignment.item, self._worker.number, decline=True)


def refuse_stranger(worker: Worker, members: list[Member], team: str, task: Task) -> None:
    """Raise SessionError for a worker who is not in a team, or who is not asked to judge labels there, since it has reviewers."""
    roles = {member.id: member.role for member in members}
    if worker.number not in roles:
        raise SessionError(f"{worker.name!r} is not in team {team!r}; invite the worker, or use team.as_worker({worker.name!r})")
    if task.of is not None and "reviewer" in roles.values() and roles[worker.number] == "worker":
        raise SessionError(
            f"{worker.name!r} is a worker of team {team!r}, whose reviewers and owners verify and adjust labels; use"
            f" team.as_worker({worker.name!r}, role='reviewer'), or let a reviewer do it"
        )
