"""Task types, found by name.

Those that ship with nblabel are registered as those of other packages are: by an entry point in the group ``nblabel.tasks`` whose name is the task
type. One that cannot be loaded is reported when it is asked for, never at import.
"""

from __future__ import annotations

import difflib
from importlib.metadata import EntryPoint, entry_points

from nblabel.errors import TaskError
from nblabel.tasks.base import Task

__all__ = ["GROUP", "Task", "label_reader", "task_type", "task_types"]

GROUP = "nblabel.tasks"


def task_types() -> list[str]:
    """List the names of all task types that are installed.

    Examples
    --------
    >>> "bounding-box" in task_types()
    True
    """
    return sorted(entry_points(group=GROUP).names)


def task_type(name: str) -> type[Task]:
    """Find a task type by its name.

    Raises
    ------
    TaskError
        When there is none of that name, or when its package is broken.

    Examples
    --------
    >>> task_type("bounding-box").__name__
    'BoundingBox'
    """
    found = next(iter(entry_points(group=GROUP, name=name)), None)
    if found is None:
        names = task_types()
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "install the package that brings it"
        raise TaskError(f"task type {name!r} is unknown; installed are {names}; {hint}")
    return _loaded(found)


def label_reader(groundtruth_type: str) -> Task | None:
    """Find the task that reads labels of a manifest, by the ``type`` in their metadata; None when no task type that can be loaded does.

    Examples
    --------
    >>> label_reader("groundtruth/object-detection")
    BoundingBox([])
    """
    for entry in entry_points(group=GROUP):
        try:
            found = _loaded(entry)
        except TaskError:  # a broken package must not keep the labels of others from being read
            continue
        if groundtruth_type in found.groundtruth_types:
            return found.reader(groundtruth_type)
    return None


def _loaded(entry: EntryPoint) -> type[Task]:
    try:
        loaded = entry.load()
    except Exception as error:
        raise TaskError(f"task type {entry.name!r}: {entry.value} cannot be loaded ({error}); repair or remove that package") from error
    if not (isinstance(loaded, type) and issubclass(loaded, Task)):
        raise TaskError(f"task type {entry.name!r}: {entry.value} is not a subclass of nblabel.tasks.Task")
    return loaded
