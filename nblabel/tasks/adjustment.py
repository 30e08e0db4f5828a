"""Adjustment: labels that are there already are corrected.

Format: SageMaker developer guide, "Verify and adjust labels": a label of the same form under a new attribute, with ``adjustment-status`` in its
metadata.
"""

from __future__ import annotations

from copy import copy
from typing import TypeVar

from nblabel.errors import TaskError
from nblabel.tasks.base import Task

__all__ = ["Adjustment"]

T = TypeVar("T", bound=Task)


def Adjustment(task: T, *, of: str) -> T:  # noqa: N802 - it stands where the name of a task type does
    """Make a task whose items begin with the labels that they have.

    Parameters
    ----------
    task : Task
        What is done, of any type. Its classes should be those of the labels and may be more; a class that it lacks stays where it is.
    of : str
        The label attribute to be adjusted. Its column stays as it is, as what comes of it is written to another attribute.

    Returns
    -------
    Task
        A copy of `task`. In the metadata of its labels ``adjustment-status`` is ``adjusted`` or ``unadjusted``. In `nblabel.label`, a row without
        such a label begins empty; ``df.nblabel.push`` leaves it out.

    Raises
    ------
    TaskError
        When `task` is none, or is one already that lays labels before people.

    Examples
    --------
    >>> from nblabel.tasks.bounding_box import BoundingBox
    >>> Adjustment(BoundingBox(["cat", "dog"]), of="pets")
    Adjustment(BoundingBox(['cat', 'dog']), of='pets')
    """
    if not isinstance(task, Task):
        raise TaskError(f"task is {task!r}, expected what the labels are of, such as nl.Adjustment(nl.BoundingBox(['cat', 'dog']), of='pets')")
    if task.of is not None:
        raise TaskError(f"{task!r} begins with the labels of {task.of!r} already; adjust the attribute that it writes with a task of its own")
    adjusting = copy(task)
    adjusting.of = of
    return adjusting
