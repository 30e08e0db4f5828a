"""Values that are lists of parts with ids, and what a gesture does to them; the same rule is in ``js/src/core/shapes.ts``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from nblabel.errors import AnnotationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Part", "Parts", "PartsChange", "apply_parts", "parts_difference", "reorder_parts"]


class Part(Protocol):
    """A part that changes can name."""

    @property
    def id(self) -> str:
        """What it is known by."""


P = TypeVar("P", bound=Part)
P_co = TypeVar("P_co", bound=Part, covariant=True)


class PartsChange(Protocol[P_co]):
    """What one gesture did; order is drawing order, new parts come last unless `at` says where."""

    @property
    def created(self) -> Sequence[P_co]:
        """New parts."""

    @property
    def updated(self) -> Sequence[P_co]:
        """Parts as they are now."""

    @property
    def deleted(self) -> Sequence[str]:
        """Ids of parts that are gone."""

    @property
    def at(self) -> Sequence[int]:
        """Places of the new parts."""


class Parts(NamedTuple):
    """Fields of the change that leads back."""

    created: list[Any]
    updated: list[Any]
    deleted: list[str]
    at: list[int]


def apply_parts(value: Sequence[P], change: PartsChange[P], *, what: str) -> tuple[list[P], Parts]:
    """Apply a change to a list of parts.

    Parameters
    ----------
    value : sequence
        The parts.
    change : object
        The change.
    what : str
        What a person calls a part, for errors.

    Returns
    -------
    after, inverse
        The new list, and the change that leads back.

    Raises
    ------
    AnnotationError
        When the change names parts that do not exist, makes ones that do, or names one twice.
    """
    before = {part.id: part for part in value}
    places = {name: place for place, name in enumerate(before)}
    for name in [*(part.id for part in change.updated), *change.deleted]:
        if name not in before:
            raise AnnotationError(f"{what} {name!r} does not exist; reload the item")
    if taken := next((part.id for part in change.created if part.id in before), None):
        raise AnnotationError(f"{what} {taken!r} exists already; a new {what} needs an id of its own")
    named = Counter([*(part.id for part in [*change.created, *change.updated]), *change.deleted])
    if twice := next((name for name, count in named.items() if count > 1), None):
        raise AnnotationError(f"{what} {twice!r} is named twice in one change; name each {what} once")
    changed = {part.id: part for part in change.updated}
    gone = set(change.deleted)
    after = [changed.get(part.id, part) for part in before.values() if part.id not in gone]
    for position, part in enumerate(change.created):
        after.insert(min(change.at[position], len(after)) if position < len(change.at) else len(after), part)
    removed = sorted(change.deleted, key=places.__getitem__)
    inverse = Parts(
        created=[before[name] for name in removed],
        updated=[before[part.id] for part in change.updated],
        deleted=[part.id for part in change.created],
        at=[places[name] for name in removed],
    )
    return after, inverse


def reorder_parts(parts: Sequence[P], order: Sequence[str], *, what: str) -> list[P]:
    """Put parts into another order.

    Raises
    ------
    AnnotationError
        When the order does not name every part once.
    """
    by_id = {part.id: part for part in parts}
    if sorted(order) != sorted(by_id):
        raise AnnotationError(f"expected every {what} once, {sorted(by_id)}, got {list(order)!r:.80}; reload the item", path="/order")
    return [by_id[name] for name in order]


def parts_difference(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Give the change between two lists of parts as plain data, None when they are equal."""
    old = {part["id"]: part for part in before}
    new = {part["id"]: part for part in after}
    change = {
        "created": [part for name, part in new.items() if name not in old],
        "updated": [part for name, part in new.items() if name in old and part != old[name]],
        "deleted": [name for name in old if name not in new],
        "at": [place for place, name in enumerate(new) if name not in old],
    }
    return change if any(change.values()) else None
