"""What can be suggested of a mask: all that one class has, to be accepted or rejected as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nblabel.errors import AnnotationError
from nblabel.geometry import runs
from nblabel.tasks.predictions import SCORES, read_score

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from nblabel.tasks.context import Media

__all__ = ["MOST_RUNS", "combine", "part_of", "separate_mask"]

MOST_RUNS = 250_000
"""Runs of all that is suggested for an item; accepted at once they travel twice in a message of 4 MiB, and have 4 bytes each, as base64."""


class Proposed(NamedTuple):
    """A class, where it is (bool, shape (height, width)), and how sure that is."""

    label: str
    inside: NDArray[np.bool_]
    score: float | None


def separate_mask(prediction: Any, class_ids: Mapping[str, int], media: Media) -> tuple[list[Proposed], list[str]]:
    """Take a predicted mask apart by its classes.

    Parameters
    ----------
    prediction : object
        An array of class indices, shape (height, width), alone or in a tuple with a score for all of it or a mapping from classes to scores; or a
        list (or DataFrame) with ``label``, ``mask`` (true where the class is, shape (height, width)) and, where it is known, ``score`` of each class.
    class_ids : mapping
        The index of each class.
    media : Media
        The image.

    Returns
    -------
    proposed, refusals
        What can be suggested, and why the rest cannot.

    Raises
    ------
    AnnotationError
        When nothing can be made of it.
    """
    found, scores = prediction if isinstance(prediction, tuple) and len(prediction) == 2 else (prediction, None)  # noqa: PLR2004 - a mask and scores
    found = found.to_dict("records") if hasattr(found, "to_dict") else found
    if isinstance(found, list | tuple) and all(isinstance(part, Mapping) for part in found):
        return _of_parts(found, scores, class_ids, media)
    indices = _checked(found, media)
    names = {index: name for name, index in class_ids.items()}
    proposed, refusals = [], []
    for index in np.unique(indices).tolist():
        if index in names and index:
            proposed.append(Proposed(names[index], indices == index, read_score(_score_of(names[index], scores))))
        elif index:
            refusals.append(f"index {index} stands for no class; expected {dict(sorted(names.items()))}")
    return proposed, refusals


def part_of(label: str, inside: NDArray[np.bool_]) -> dict[str, Any]:
    """Give what is suggested of a class: its name, its number of pixels, and its pixels as the `runs` of a change."""
    painted = runs.trim(runs.encode(np.where(inside, np.uint8(1), np.uint8(runs.KEEP)).reshape(-1)))
    return {"label": label, "pixels": int(np.count_nonzero(inside)), "runs": runs.to_text(painted)}


def combine(free: NDArray[np.bool_], parts: Iterable[Mapping[str, Any]]) -> tuple[list[str], NDArray[np.uint32]]:
    """Paint parts on the pixels that are free, shape (size,), the first ones first; gives classes and runs of the change."""
    free = free.copy()
    painted = np.full(free.size, runs.KEEP, np.uint8)
    classes: list[str] = []
    for part in parts:
        if part["label"] not in classes:
            classes.append(part["label"])
        codes = runs.decode(runs.from_text(part["runs"]))[: free.size]
        taken = np.flatnonzero((codes != runs.KEEP) & free[: codes.size])
        painted[taken] = classes.index(part["label"]) + 1
        free[taken] = False
    return classes, runs.trim(runs.encode(painted))


def _of_parts(parts: Sequence[Mapping[str, Any]], scores: Any, class_ids: Mapping[str, int], media: Media) -> tuple[list[Proposed], list[str]]:
    proposed, refusals = [], []
    for place, part in enumerate(parts):
        try:
            proposed.append(_of_part(part, scores, class_ids, media))
        except AnnotationError as error:
            refusals.append(f"part {place}: {error}")
    return proposed, refusals


def _of_part(part: Mapping[str, Any], scores: Any, class_ids: Mapping[str, int], media: Media) -> Proposed:
    label = part.get("label")
    if not isinstance(label, str) or not class_ids.get(label):
        raise AnnotationError(f"class {label!r} is not one of the task's: {[name for name, index in class_ids.items() if index]}")
    if part.get("mask") is None:
        raise AnnotationError(f"expected 'mask', an array that is true where {label!r} is, got the keys {sorted(map(str, part))}")
    score = next((part[key] for key in SCORES if key in part), _score_of(label, scores))
    return Proposed(label, _checked(part["mask"], media) != 0, read_score(score))


def _score_of(label: str, scores: Any) -> Any:
    return scores.get(label) if isinstance(scores, Mapping) else scores


def _checked(mask: Any, media: Media) -> NDArray[Any]:
    try:
        found = np.asarray(mask)
    except ValueError as error:
        raise AnnotationError(f"expected a mask of shape (height, width), got rows that differ in length ({error})") from None
    if found.ndim != 2 or found.dtype.kind not in "bui":  # noqa: PLR2004 - rows and columns
        raise AnnotationError(f"expected a mask of whole numbers, shape (height, width), got {found.dtype} of shape {found.shape}")
    if media.width is not None and found.shape != (media.height, media.width):
        raise AnnotationError(f"the mask has shape {found.shape}, its image (height, width) = ({media.height}, {media.width})")
    return found
