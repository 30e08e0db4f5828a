"""Annotations for many items at once, as users have them: by item, or in a DataFrame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel.binding.columns import cells
from nblabel.binding.identity import is_absent, texts
from nblabel.errors import FrameError
from nblabel.manifest.attributes import metadata_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nblabel.tasks import Task

__all__ = ["by_place"]

ANNOTATION = "annotation"
"""The column of annotations in a DataFrame that has one row for each item."""


def by_place(annotations: Any, identities: Sequence[tuple[str, int]], *, key: str, attribute: str, task: Task) -> dict[int, Any]:
    """Give annotations by the places of their items.

    Parameters
    ----------
    annotations : mapping or DataFrame
        By place or text of the item; or a DataFrame with the column `key` and one of: a column ``annotation``; the columns of `attribute`, with
        labels as Ground Truth writes them; or one row for each part of an annotation.
    identities : sequence
        Text and occurrence of every item, in their order.
    key : str
        The column that tells items apart.
    attribute : str
        The label attribute.
    task : Task
        What is done.

    Raises
    ------
    FrameError
        When an item is unknown, or when it is not clear which one is meant.
    """
    places = {identity: place for place, identity in enumerate(identities)}
    if isinstance(annotations, Mapping):
        return {_place(item, places): annotation for item, annotation in annotations.items()}
    if not isinstance(annotations, pd.DataFrame):
        raise FrameError(f"expected annotations by item, or a DataFrame with the column {key!r}, got {annotations!r:.80}")
    named = texts(annotations, key)
    if ANNOTATION in annotations.columns:
        return _rows(named, cells(annotations, ANNOTATION), places)
    if attribute in annotations.columns:
        about = metadata_name(attribute)
        metadata = cells(annotations, about) if about in annotations.columns else [None] * len(named)
        labels = [
            None if is_absent(label) else task.decode(label, found) for label, found in zip(cells(annotations, attribute), metadata, strict=True)
        ]
        return _rows(named, labels, places)
    parts: dict[int, list[Any]] = {}
    for text, part in zip(named, annotations.drop(columns=key).to_dict("records"), strict=True):
        parts.setdefault(_place(text, places), []).append({name: field for name, field in part.items() if not is_absent(field)})
    return dict(parts)


def _rows(named: Sequence[str], annotations: Sequence[Any], places: Mapping[tuple[str, int], int]) -> dict[int, Any]:
    """Match rows to items of the same text in their order; a row without an annotation leaves its item as it is."""
    found, counts = {}, dict.fromkeys(named, 0)
    for text, annotation in zip(named, annotations, strict=True):
        identity = (text, counts[text])
        counts[text] += 1
        if identity not in places:
            raise FrameError(f"there is no item {text!r}" if not identity[1] else f"there are only {identity[1]} items {text!r}")
        if not is_absent(annotation):
            found[places[identity]] = annotation
    return found


def _place(item: Any, places: Mapping[tuple[str, int], int]) -> int:
    if isinstance(item, str):
        if (item, 1) in places:
            raise FrameError(f"several items are called {item!r}; name them by their places")
        if (item, 0) not in places:
            raise FrameError(f"there is no item {item!r}")
        return places[item, 0]
    place = int(item)
    if not 0 <= place < len(places):
        raise FrameError(f"there is no item {place}; expected 0 to {len(places) - 1}")
    return place
