"""Confidence of a label and of its parts, in the forms that the kinds of labels have for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nblabel.tasks import Task

__all__ = ["confidence_of", "confidences"]

_LISTS = ("objects", "entities")
_COLOR_MAPS = ("internal-color-map", "color-map")


def confidences(metadata: Mapping[str, Any], labels: Sequence[Any]) -> list[float | None]:
    """Return the confidence of each part of a label.

    Parameters
    ----------
    metadata
        The metadata of the label.
    labels
        The class of each part.

    Returns
    -------
    list
        One a part, 0 to 1; None where the metadata does not say.

    Examples
    --------
    >>> confidences({"objects": [{"confidence": 0.9}, {"confidence": 0}]}, ["cat", "dog"])
    [0.9, 0.0]
    >>> confidences({"confidence-map": {"3": 0.5}, "class-map": {"3": "cat"}}, ["cat", "dog"])
    [0.5, None]
    """
    for key in _LISTS:
        entries = metadata.get(key)
        if isinstance(entries, list) and len(entries) == len(labels):
            return [_number(entry.get("confidence")) if isinstance(entry, dict) else None for entry in entries]
    by_name = _by_name(metadata)
    if by_name:
        return [by_name.get(label) for label in labels]
    return [_number(metadata.get("confidence"))] * len(labels)


def confidence_of(task: Task, annotation: Any, metadata: Mapping[str, Any]) -> Any:
    """Return the confidence of an annotation, in the form that `nblabel.consolidate` gives it.

    Parameters
    ----------
    task
        What was asked.
    annotation
        What the label means to it.
    metadata
        The metadata of the label.

    Returns
    -------
    float, list or dict
        A number; for an annotation of several parts a list parallel to them, for a mask numbers by class index. None where the metadata does not say.

    Examples
    --------
    >>> from nblabel.tasks.image_classification import ImageClassification
    >>> confidence_of(ImageClassification(["cat", "dog"]), "cat", {"confidence": 0.9})
    0.9
    """
    names = task.tidy(annotation)["label"].tolist()
    found = confidences(metadata, names)
    annotation = task.bare(annotation)
    if isinstance(annotation, np.ndarray):
        return {task.class_ids[name]: sure for name, sure in zip(names, found, strict=True) if name in task.class_ids}
    return found[0] if isinstance(annotation, str | Mapping) else found


def _by_name(metadata: Mapping[str, Any]) -> dict[Any, float | None]:
    found: dict[Any, float | None] = {}
    names, numbers = metadata.get("class-map"), metadata.get("confidence-map")
    if isinstance(names, dict) and isinstance(numbers, dict):
        found |= {name: _number(numbers.get(index)) for index, name in names.items() if isinstance(name, str)}
    for key in _COLOR_MAPS:
        entries = metadata.get(key)
        for entry in entries.values() if isinstance(entries, dict) else ():
            if isinstance(entry, dict) and isinstance(entry.get("class-name"), str):
                found[entry["class-name"]] = _number(entry.get("confidence"))
    return found


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
