"""How a labeling job is run: Ground Truth's settings, and a few of our own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from nblabel.errors import TaskError
from nblabel.responses import METHODS

if TYPE_CHECKING:
    from nblabel.tasks import Task

__all__ = ["JobOptions"]

_CLASSIFICATIONS = ("image-classification", "text-classification", "verification")
_MOST_WORKERS = 9
_MOST_SECONDS = 7 * 24 * 3600
_MONTH = 30 * 24 * 3600
_MOST_CONCURRENT = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class JobOptions:
    """Settings of a job; names and limits are those of Ground Truth's CreateLabelingJob, in Python's spelling.

    Attributes
    ----------
    number_of_human_workers_per_data_object : int
        Answers wanted for each object, 1 to 9.
    task_time_limit_in_seconds : int
        Time that a worker has for an object; drafts outlive it.
    task_availability_lifetime_in_seconds : int
        Time after which the job is over, whatever is done.
    max_concurrent_task_count : int
        Objects that are under way at once.
    max_human_labeled_object_count, max_percentage_of_input_dataset_labeled : int or None
        When to stop before all objects are labeled.
    task_title, task_description : str
        What workers read first.
    task_keywords : list of str
        What workers may search for.
    method : str
        How annotations become one; see `nblabel.consolidate`.
    enough : float or None
        Ours: agreement (0 to 1) of two or more answers from which an object needs no more.
    gold_every : int or None
        Ours: after so many other objects a worker gets one whose annotation is known, whether it has its answers or not (an attention check); 1 or
        more. By default such objects come as all others do.
    most_gold_errors : int or None
        Ours: how many known objects a worker may get wrong; whoever gets more of them wrong is given nothing more.
    """

    number_of_human_workers_per_data_object: int
    task_time_limit_in_seconds: int
    task_availability_lifetime_in_seconds: int
    max_concurrent_task_count: int
    task_title: str
    task_description: str
    task_keywords: list[str]
    max_human_labeled_object_count: int | None = None
    max_percentage_of_input_dataset_labeled: int | None = None
    method: str = METHODS[0]
    enough: float | None = None
    gold_every: int | None = None
    most_gold_errors: int | None = None

    @classmethod
    def of(cls, task: Task, **given: Any) -> JobOptions:
        """Make options of what was given, with the defaults of Ground Truth's console for the rest.

        Raises
        ------
        TaskError
            When one is outside its limits; it names the option, the value and the limits.
        """
        quick = task.type in _CLASSIFICATIONS
        defaults: dict[str, Any] = {
            "number_of_human_workers_per_data_object": 5 if task.type == "bounding-box" else 3,
            "task_time_limit_in_seconds": 300 if quick else 3600,
            "task_availability_lifetime_in_seconds": _MONTH,
            "max_concurrent_task_count": 1000,
            "task_title": task.title,
            "task_description": (task.instructions.short or task.title).replace("\n", " ")[:255],
            "task_keywords": [],
        }
        options = cls(**{**defaults, **{name: value for name, value in given.items() if value is not None}})
        options.check()
        return options

    def check(self) -> None:
        """Raise TaskError when an option is outside its limits."""
        _within(self, "number_of_human_workers_per_data_object", 1, _MOST_WORKERS)
        _within(self, "task_time_limit_in_seconds", 30, _MOST_SECONDS)
        _within(self, "task_availability_lifetime_in_seconds", 60, _MONTH)
        _within(self, "max_concurrent_task_count", 1, _MOST_CONCURRENT)
        _within(self, "max_human_labeled_object_count", 1, None)
        _within(self, "max_percentage_of_input_dataset_labeled", 1, 100)
        _within(self, "gold_every", 1, None)
        _within(self, "most_gold_errors", 0, None)
        if self.enough is not None and not (_is_number(self.enough) and 0 <= self.enough <= 1):
            raise TaskError(f"enough is {self.enough!r}, expected 0 to 1")
        if not 1 <= len(self.task_title) <= 128:  # noqa: PLR2004 - the limit is the service's
            raise TaskError(f"task_title has {len(self.task_title)} characters, expected 1 to 128")
        if len(self.task_keywords) > 5:  # noqa: PLR2004 - as above
            raise TaskError(f"there are {len(self.task_keywords)} task_keywords, expected at most 5")
        if self.method not in METHODS:
            raise TaskError(f"method {self.method!r} is unknown; expected one of {list(METHODS)}; for a function, pass it to job.result(method=)")

    def as_dict(self) -> dict[str, Any]:
        """Give the options as plain JSON data."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _within(options: JobOptions, name: str, least: int, most: int | None) -> None:
    value = getattr(options, name)
    if value is None:
        return
    if not isinstance(value, int) or not _is_number(value) or value < least or (most is not None and value > most):
        limits = f"{least} to {most}" if most is not None else f"{least} or more"
        raise TaskError(f"{name} is {value!r}, expected {limits}, a whole number")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
