"""The labels that work begins with: those of the attribute that a task adjusts or verifies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nblabel.binding.classes import ClassMaps
from nblabel.binding.columns import cells
from nblabel.binding.identity import is_absent
from nblabel.errors import FrameError, NblabelError
from nblabel.manifest.attributes import metadata_name

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from nblabel.tasks import Task

__all__ = ["Presets", "read_presets"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Presets:
    """What the items of a job begin with.

    Attributes
    ----------
    by_row : dict
        Working values, by row.
    refusals : dict
        Why the labels of other rows cannot be worked on, by row.
    classes : ClassMaps
        The ids that classes have in the labels.
    """

    by_row: dict[int, Any]
    refusals: dict[int, str]
    classes: ClassMaps


def read_presets(frame: pd.DataFrame, attribute: str, task: Task, text: Callable[[int], str]) -> Presets:
    """Read the labels that a task lays before people; nothing where it lays none.

    Parameters
    ----------
    frame : DataFrame
        The items.
    attribute : str
        The label attribute that is written.
    task : Task
        The task; `Task.of` names the attribute to read.
    text : callable
        Gives the text of a row.

    Raises
    ------
    FrameError
        When there is no such column, or when it is the one that is written.
    """
    if task.of is None:
        return Presets(by_row={}, refusals={}, classes=ClassMaps(()))
    if task.of == attribute:
        raise FrameError(f"attribute {attribute!r}: its labels are read, so what is made of them needs another name, such as '{attribute}-2'")
    if task.of not in frame.columns:
        raise FrameError(f"{task!r}: the DataFrame has no column {task.of!r}; read a manifest that has the labels, or name their attribute: of=")
    labels = cells(frame, task.of)
    name = metadata_name(task.of)
    metadata = cells(frame, name) if name in frame.columns else [None] * len(labels)
    values: dict[int, Any] = {}
    refusals: dict[int, str] = {}
    maps = []
    for place, (label, about) in enumerate(zip(labels, metadata, strict=True)):
        if is_absent(label):
            continue
        known = about if isinstance(about, dict) else None
        try:
            values[place] = task.preset(label, known, lambda place=place: text(place))  # type: ignore[misc] # mypy does not infer such defaults
            maps.append(task.preset_classes(label, known))
        except NblabelError as error:
            refusals[place] = str(error)
    return Presets(by_row=values, refusals=refusals, classes=ClassMaps(maps))
