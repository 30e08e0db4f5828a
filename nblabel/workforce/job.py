"""A labeling job that a team works on, run by the store alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nblabel import responses
from nblabel.binding import Cells, LabelColumns, Writer
from nblabel.errors import SessionError
from nblabel.post_annotation import Names
from nblabel.session import Session
from nblabel.store import Store
from nblabel.workforce.desk import Desk
from nblabel.workforce.items import JobItems
from nblabel.workforce.options import JobOptions
from nblabel.workforce.output import write_output
from nblabel.workforce.results import Results
from nblabel.workforce.worker import WorkItem, refuse_stranger

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from nblabel.assist import Segmenter
    from nblabel.responses import Method
    from nblabel.store import Job
    from nblabel.store.assignments import Assignment
    from nblabel.store.pushes import Push
    from nblabel.tasks import Task
    from nblabel.workforce.worker import Worker

__all__ = ["LabelingJob", "Status"]

_RIGHT = 0.5
"""An answer that is less like what is known is wrong: half of the boxes or spans of it and of the answer, or of the area."""

Status = Literal["Initializing", "InProgress", "Completed", "Failed", "Stopping", "Stopped"]
"""States of a job, as Ground Truth's DescribeLabelingJob has them."""


class LabelingJob:
    """A labeling job of a `LocalWorkforce`; made by ``df.nblabel.push``.

    Attributes
    ----------
    name : str
        The job's name.
    task : Task
        What workers are asked to do.
    options : JobOptions
        How it is run.
    """

    def __init__(self, store: Store, job: Job, task: Task, push: Push, team: str, frame: pd.DataFrame, clock: Callable[[], float]) -> None:
        self.name = job.name
        self.task = task
        self.options = JobOptions(**push.options["job"])
        self._store = store
        self._job = job
        self._push = push
        self._team = team
        self._frame = frame
        self._clock = clock
        self._output: str | None = push.options["output"]
        self._sessions: dict[int, Session] = {}
        self._objects = store.pushes().objects(job)
        self._items = JobItems(self._objects, inline=push.options["inline"])
        self._indices = {each.item: index for index, each in enumerate(self._objects)}
        self.assignments = store.assignments(
            job,
            wanted=self._wanted,
            seconds=self.options.task_time_limit_in_seconds,
            concurrent=self.options.max_concurrent_task_count,
            gold_every=self.options.gold_every,
            clock=clock,
        )

    def __repr__(self) -> str:
        counts = self.counts
        return f"LabelingJob({self.name!r}, {self.status}, {counts['TotalLabeled']} of {sum(counts.values()) - counts['HumanLabeled']} labeled)"

    # How far it is

    @property
    def status(self) -> Status:
        """Where the job stands.

        Raises
        ------
        StorageError
            When the job is over now and its output cannot be written; `stop` writes it again.
        """
        for item, worker in self.assignments.unnoticed():
            self.assignments.submitted(item, worker, enough=self._is_enough(item))
        return self._status()

    @property
    def counts(self) -> dict[str, int]:
        """Count objects as Ground Truth's LabelCounters do: TotalLabeled, HumanLabeled, MachineLabeled, FailedNonRetryableError, Unlabeled."""
        counts = self._store.pushes().counts(self._job)
        labeled, failed = counts["closed"], counts["failed"]
        return {
            "TotalLabeled": labeled,
            "HumanLabeled": labeled,
            "MachineLabeled": 0,
            "FailedNonRetryableError": failed,
            "Unlabeled": counts["total"] - labeled - failed,
        }

    @property
    def failures(self) -> dict[int, str]:
        """Why objects failed, by their lines."""
        return {each.place: each.failure for each in self._store.pushes().objects(self._job) if each.failure is not None}

    def wait(self, timeout: float | None = None, *, poll: float = 0.5) -> Status:
        """Wait until the job is over.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait at most.
        poll : float
            Seconds between looks.

        Returns
        -------
        str
            The status: ``InProgress`` when the time ran out.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while (status := self.status) == "InProgress" and (end is None or time.monotonic() < end):
            time.sleep(poll)
        return status

    def stop(self) -> None:
        """End the job now. What was answered is kept and consolidated; what is being drawn may still be submitted and is kept too."""
        self._store.pushes().end(self._job, stopped=True)
        self._write_output()

    def retry(self) -> None:
        """Ask again about all objects that failed."""
        for each in self._store.pushes().objects(self._job):
            if each.failure is not None:
                self.assignments.retry(each.item)
        self._store.pushes().reopen(self._job)

    def show(self) -> Any:
        """Show in a cell how the job goes: progress, workers and agreement, refreshed while the kernel is idle. Outside a notebook, print it.

        Returns
        -------
        JobMonitor
            End a cell with it.
        """
        # Widgets are a layer above: whoever works from a script needs none.
        return import_module("nblabel.widgets").JobMonitor(self)

    @property
    def names(self) -> dict[str, str]:
        """What workers are called in the store, by the pseudonyms that stand in answers."""
        return {member.pseudonym: member.name for member in self._store.teams().members(self._push.team)}

    # What came of it

    def responses(self) -> pd.DataFrame:
        """Give what workers answered, a row an answer that counts: item (the line), worker (pseudonym), annotation, submitted (UTC), seconds."""
        return self._results().frame()

    def result(self, method: Method | None = None) -> pd.DataFrame:
        """Give the frame that was pushed with the consolidated labels of all objects that have their answers.

        Parameters
        ----------
        method : str, callable or AnnotationConsolidationLambda, optional
            How annotations become one, as in `nblabel.consolidate`; the job's own by default.

        Returns
        -------
        DataFrame
            A copy: the label column and its metadata column are filled where there is a label, other rows are as they were.
        """
        results = self._results()
        return self._fill(self._labels(results, method))

    def agreement(self, *, by: Literal["item", "worker"] | None = None) -> pd.DataFrame:
        """Measure how far workers agree, in all, or by item (its line) or worker; see `nblabel.agreement`."""
        return responses.agreement(self.responses(), self.task, by=by)

    def confusion(self) -> pd.DataFrame:
        """Count what each worker says where consolidation says what; see `nblabel.confusion`."""
        results = self._results()
        return responses.confusion(results.frame(), self.task, self.options.method, gold=results.gold)

    def workers(self) -> pd.DataFrame:
        """Judge workers: answers, estimated accuracy and more (`nblabel.worker_skill`), mean seconds an answer, and what is known of them from gold.

        Returns
        -------
        DataFrame
            A row a worker, indexed by worker id: what `nblabel.worker_skill` gives, seconds, gold (how many known objects they answered), and
            gold_score (how alike their answers to these are to what is known, 0 to 1; NaN where they answered none).
        """
        results = self._results()
        frame = results.frame()
        skill = responses.worker_skill(frame, self.task, gold=results.gold)
        skill["seconds"] = frame.groupby("worker")["seconds"].mean()
        scores = {member.pseudonym: self._gold_scores(member.id) for member in self._store.teams().members(self._push.team)}
        skill["gold"] = [len(scores.get(worker, ())) for worker in skill.index]
        skill["gold_score"] = [float(np.mean(scores[worker])) if scores.get(worker) else float("nan") for worker in skill.index]
        return skill

    # For workers

    def accept(self, worker: Worker) -> WorkItem | None:
        """Give a worker something to do; see `Worker.next`."""
        self._admit(worker)
        if self._status() != "InProgress":
            return None
        assignment = self.assignments.accept(worker.number)
        if assignment is None:
            return None
        index = self._indices[assignment.item]
        session = self._session(worker)
        preset = self._items.preset(index)
        if preset is not None:
            session.lay(index, preset)
        return WorkItem(self, worker, session, index, self._items.source_of(index), assignment)

    def desk(self, worker: Worker, segmenter: Segmenter | None = None) -> Desk:
        """Give a worker a place at the job; for front ends, see `Worker.label`.

        Raises
        ------
        SessionError
            When there is nothing to do now, when the worker is not in the job's team or has not the role for it, or when the worker got too many
            known objects wrong.
        """
        self._admit(worker)
        return Desk(self, worker, self._job, self._items, Store(self._store.path), segmenter)

    def ahead(self, worker: Worker) -> int:
        """Count the objects that may still be given to a worker; what others have now is among them, since they may give it back."""
        return 0 if self._is_over() else self.assignments.ahead(worker.number)

    def left(self, assignment: Assignment) -> float:
        """Tell which part of the time for an object is left, 0 to 1."""
        return max(assignment.until - self._clock(), 0.0) / self.options.task_time_limit_in_seconds

    def submitted(self, item: int, worker: Worker) -> bool:
        """Take note that a worker submitted an object; tell whether the answer counts."""
        over = self._is_over()
        counts = self.assignments.submitted(item, worker.number, enough=self._is_enough(item))
        if over:
            self._write_output()  # what came late is in it too
        else:
            self._status()
        return counts

    def read_media(self, item: int) -> bytes:
        """Read what an object shows, as it is stored."""
        return self._items.load(self._indices[item])

    def place_of(self, item: int) -> int:
        """Give the line of an object."""
        return self._objects[self._indices[item]].place

    def moment(self, seconds: float) -> datetime:
        """Give a moment of the job's clock as a date in local time."""
        return datetime.fromtimestamp(seconds, UTC).astimezone()

    # Inner workings

    def _admit(self, worker: Worker) -> None:
        """Raise SessionError for a worker who is given nothing."""
        refuse_stranger(worker, self._store.teams().members(self._push.team), self._team, self.task)
        most = self.options.most_gold_errors
        if most is not None and (wrong := sum(score < _RIGHT for score in self._gold_scores(worker.number))) > most:
            raise SessionError(
                f"{worker.name!r} got {wrong} object{'s' if wrong > 1 else ''} wrong whose annotation is known, and is given no more of job"
                f" {self.name!r}; read the instructions again, and talk with whoever runs the job"
            )

    def _gold_scores(self, worker: int) -> list[float]:
        """Compare a worker's answers to known objects with what is known of these, also those that came after all that were asked for."""
        return responses.likenesses(self.task, [(gold, self.task.annotation(value)) for gold, value in self.assignments.given_to_known(worker)])

    def _is_over(self) -> bool:
        push = self._store.pushes().find(self._job)
        return push is None or push.ended is not None

    def _session(self, worker: Worker) -> Session:
        if worker.number not in self._sessions:
            journal = self._store.journal(self._job, worker.name)
            name = f"{self._store.identity}/{self._job.id}/{worker.name}"
            self._sessions[worker.number] = Session(journal, self.task, self._items, name=name)
        return self._sessions[worker.number]

    def _is_enough(self, item: int) -> bool:
        """Tell whether those who answered an object agree so well that nobody else need be asked."""
        least = self.options.enough
        if least is None:
            return False
        frame = Results(self.task, [self._objects[self._indices[item]]], self._store.pushes().answers_to(item, self._wanted)).frame()
        if len(frame) < 2:  # noqa: PLR2004 - one does not agree with anybody
            return False
        answers, _, _ = responses.read_answers(frame, self.task, None)
        return bool(self.task.consolidate(answers, "majority").agreement[0] >= least)

    def _status(self) -> Status:
        push = self._store.pushes().find(self._job)
        if push is None or push.ended is None:
            self._end_if_due()
            push = self._store.pushes().find(self._job)
        if push is None or push.ended is None:
            return "InProgress"
        if push.stopped:
            return "Stopped"
        counts = self._store.pushes().counts(self._job)
        return "Failed" if counts["total"] and counts["failed"] == counts["total"] else "Completed"

    def _end_if_due(self) -> None:
        """End the job once all is done or its time is over, and write its output, whether an answer was the last thing or not."""
        counts = self._store.pushes().counts(self._job)
        done = counts["closed"] + counts["failed"]
        wanted = self.options.max_human_labeled_object_count or counts["total"]
        share = self.options.max_percentage_of_input_dataset_labeled or 100
        late = self._clock() > self._push.created.timestamp() + self.options.task_availability_lifetime_in_seconds
        due = done >= counts["total"] or late or counts["closed"] >= min(wanted, counts["total"] * share / 100)
        if due and self._store.pushes().end(self._job, stopped=False):
            self._write_output()

    @property
    def _wanted(self) -> int:
        return self.options.number_of_human_workers_per_data_object

    def _results(self) -> Results:
        pushes = self._store.pushes()
        return Results(self.task, pushes.objects(self._job), pushes.answers(self._job, self._wanted))

    def _fill(self, labels: dict[int, Cells]) -> pd.DataFrame:
        found = self._frame.copy()
        columns = LabelColumns(found, self._job.attribute)
        columns.prepare()
        columns.write_all(sorted(labels.items()))
        return found

    def _labels(self, results: Results, method: Method | None) -> dict[int, Cells]:
        """Consolidate, and write each label as Ground Truth does; by line."""
        frame = results.frame()
        frame = frame[frame["item"].isin(results.closed)]
        if frame.empty:
            return {}
        answers, places, workers = responses.read_answers(frame, self.task, results.gold)
        names = Names(items=places, workers=workers, sources=[results.source(place) for place in places])
        found = responses.consolidation_of(answers, self.task, method or self.options.method, names)
        writer = Writer(self.task, self._job, self._output)
        return {
            place: writer.consolidated(
                annotation,
                confidence,
                results.media(place),
                item=place,
                created=results.decided(place),
                folder=results.folder(place),
                adjusted=results.adjusted(place, annotation),
            )
            for place, annotation, confidence in zip(places, found.annotations, found.confidence, strict=True)
            if annotation is not None
        }

    def _write_output(self) -> None:
        if self._output is None:
            return
        results = self._results()
        labels = self._labels(results, None)
        write_output(f"{self._output.rstrip('/')}/{self.name}", self.task, results, labels, self._fill(labels), self._job.attribute)
