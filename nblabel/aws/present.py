"""Labels that are there already, which workers adjust or verify (developer guide, "Verify and adjust labels")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nblabel.binding import is_absent
from nblabel.errors import FrameError, RequestError
from nblabel.manifest import metadata_name

if TYPE_CHECKING:
    import pandas as pd

    from nblabel.aws.builtin import BuiltinTask
    from nblabel.tasks import Task

__all__ = ["check_labels", "check_present", "has_labels", "type_of"]

_COLORS = "internal-color-map"


def has_labels(frame: pd.DataFrame, attribute: str | None) -> list[bool]:
    """Tell of each row whether it has a label to begin with; where none is needed, all have."""
    return [True] * len(frame) if attribute is None else [not is_absent(cell) for cell in frame[attribute]]


def check_labels(frame: pd.DataFrame, attribute: str) -> None:
    """Check that there are labels to begin with.

    Rows without one are left out of a job: Ground Truth would fail them, one by one, and charge for it.

    Raises
    ------
    FrameError
        There are no such labels.
    """
    if attribute not in frame.columns or metadata_name(attribute) not in frame.columns:
        raise FrameError(f"the DataFrame has no labels {attribute!r} with their metadata; read the output manifest of the job that made them")
    if not any(has_labels(frame, attribute)):
        raise FrameError(f"no row has a label in {attribute!r}, so there is nothing to adjust or to verify")


def type_of(frame: pd.DataFrame, attribute: str) -> str:
    """Tell what kind of labels an attribute has, by the first that says it."""
    return next((str(about.get("type")) for about in frame[metadata_name(attribute)] if isinstance(about, Mapping)), "unknown")


def check_present(frame: pd.DataFrame, task: Task, builtin: BuiltinTask) -> None:
    """Check that workers can be shown the labels that they begin with.

    Raises
    ------
    RequestError
        A class of theirs is not one of the task that adjusts them.
    FrameError
        A mask does not say its colours.
    """
    attribute = str(task.of)
    known = {label.name for label in task.labels}
    for place, (label, about) in enumerate(zip(frame[attribute], frame[metadata_name(attribute)], strict=True)):
        metadata: dict[str, Any] = dict(about) if isinstance(about, Mapping) else {}
        colors = metadata.get(_COLORS, {}).values()
        if builtin.name.endswith("SemanticSegmentation") and not (colors and all("hex-color" in color for color in colors)):
            message = f"the mask {label!r:.80} of row {place} has no 'hex-color' in its metadata, without which Ground Truth cannot show it"
            raise FrameError(f"{message}; leave the row out, or label it anew")
        missing = sorted(set(task.class_map(label, metadata).values()) - known - {"BACKGROUND"}) if builtin.purpose == "adjust" else []
        if missing:
            rule = f"row {place} has labels of {missing}, and the classes of an adjustment must hold those of the labels"
            raise RequestError("labels", sorted(known), rule, remedy="add them to the task")
