"""Labeling jobs that are parts of one push, because it had more objects than a job takes."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Literal

import pandas as pd

from nblabel import responses
from nblabel.aws.job import GOING
from nblabel.aws.labels import filled, with_files

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from nblabel.aws.job import GroundTruthJob
    from nblabel.tasks import Task
    from nblabel.workforce.job import Status

__all__ = ["GroundTruthJobs", "part_of", "parts_of"]

_PART = re.compile(r"(.+)-(\d+)-of-(\d+)", re.IGNORECASE)


def part_of(name: str, number: int, count: int) -> str:
    """Name the job that is a part of a push, counted from 1.

    Examples
    --------
    >>> part_of("cats", 2, 3)
    'cats-2-of-3'
    """
    return f"{name}-{number}-of-{count}"


def parts_of(name: str, known: Iterable[str]) -> dict[int, list[str]]:
    """Find the parts of a push among names of jobs: by how many parts there should be, those there are, in order.

    Examples
    --------
    >>> parts_of("cats", ["cats-10-of-10", "cats-2-of-10", "cats-2-of-3", "dogs-1-of-2", "cats"])
    {10: ['cats-2-of-10', 'cats-10-of-10'], 3: ['cats-2-of-3']}
    """
    found: dict[int, dict[int, str]] = {}
    for each in known:
        fits = _PART.fullmatch(each)
        if fits and fits[1].lower() == name.lower():
            found.setdefault(int(fits[3]), {})[int(fits[2])] = each
    return {count: [parts[number] for number in sorted(parts)] for count, parts in found.items()}


class GroundTruthJobs:
    """Jobs that are parts of one push, used like one job; made by ``df.nblabel.push`` with more rows than a job takes, or by `attach`.

    Attributes
    ----------
    name : str
        The name that the rows were pushed under.
    jobs : list of GroundTruthJob
        The parts, in the order of the rows: ``<name>-1-of-3`` and so on.
    """

    def __init__(self, name: str, jobs: Sequence[GroundTruthJob]) -> None:
        self.name = name
        self.jobs = list(jobs)

    def __repr__(self) -> str:
        return f"GroundTruthJobs({self.name!r}, {len(self.jobs)} jobs, region={self.jobs[0].region!r})"

    @property
    def status(self) -> Status:
        """Where the jobs stand together: one that goes on keeps all going; then one that failed or was stopped counts."""
        return _together([job.status for job in self.jobs])

    @property
    def counts(self) -> dict[str, int]:
        """Objects by how far they are, of all jobs; see `GroundTruthJob.counts`."""
        total: dict[str, int] = {}
        for job in self.jobs:
            for name, count in job.counts.items():
                total[name] = total.get(name, 0) + count
        return total

    @property
    def failure_reason(self) -> str | None:
        """Why jobs failed, in the service's words; None where none did."""
        told = [f"{job.name}: {reason}" for job in self.jobs if (reason := job.failure_reason)]
        return "; ".join(told) or None

    def wait(self, timeout: float | None = None, *, poll: float = 5.0) -> Status:
        """Wait until all jobs are over; see `GroundTruthJob.wait`."""
        end = None if timeout is None else time.monotonic() + timeout
        return _together([job.wait(None if end is None else max(0.0, end - time.monotonic()), poll=poll) for job in self.jobs])

    def stop(self) -> None:
        """End the jobs that are not over; what was labeled is kept."""
        for job in self.jobs:
            if job.status in GOING and job.status != "Stopping":
                job.stop()

    def result(self, *, download: str | os.PathLike[str] | None = None) -> pd.DataFrame:
        """Give the labels of all jobs, joined again; see `GroundTruthJob.result`."""
        frame = self.jobs[0].frame
        if frame is None:
            return pd.concat([job.result(download=download) for job in self.jobs], ignore_index=True)
        found = [job.describe() for job in self.jobs]
        attribute = found[0]["LabelAttributeName"]
        labels = {row: cells for job, each in zip(self.jobs, found, strict=True) for row, cells in job.labels(each).items()}
        joined = filled(frame, attribute, labels)
        return joined if download is None else with_files(joined, attribute, download)

    @property
    def task(self) -> Task:
        """What was asked."""
        return next((job.open().task for job in self.jobs if job.frame is not None or job.counts["TotalLabeled"]), self.jobs[0].open().task)

    def responses(self) -> pd.DataFrame:
        """Give what workers answered so far, a row an answer; item counts the lines of all jobs. See `nblabel.workforce.FinishedJob.responses`."""
        found, before = [], 0
        for job in self.jobs:
            answers = job.responses()
            found.append(answers.assign(item=answers["item"] + before))
            before += job.objects
        return pd.concat(found, ignore_index=True)

    def agreement(self, *, by: Literal["item", "worker"] | None = None) -> pd.DataFrame:
        """Measure how far workers agree, in all, or by item (its line) or worker; see `nblabel.agreement`."""
        return responses.agreement(self.responses(), self.task, by=by)

    def confusion(self) -> pd.DataFrame:
        """Count what each worker says where consolidation says what; see `nblabel.confusion`."""
        return responses.confusion(self.responses(), self.task)

    def workers(self) -> pd.DataFrame:
        """Judge workers: answers, estimated accuracy and more (`nblabel.worker_skill`), and mean seconds an answer."""
        frame = self.responses()
        skill = responses.worker_skill(frame, self.task)
        skill["seconds"] = frame.groupby("worker")["seconds"].mean()
        return skill


def _together(states: Sequence[Status]) -> Status:
    going = [state for state in states if state in GOING]
    if len(set(going)) == 1 and len(going) == len(states):
        return going[0]
    if going:  # some have begun, or are over already
        return "InProgress"
    return next((state for state in states if state == "Failed"), next((state for state in states if state == "Stopped"), "Completed"))
