"""What the store gives out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclasses may be inspected
from typing import TYPE_CHECKING, Any, NamedTuple

from nblabel import schema
from nblabel.store.texts import load_json
from nblabel.tasks.base import Media

if TYPE_CHECKING:
    from collections.abc import Callable

    from nblabel.wire import Operation, Role, State

__all__ = ["Job", "Label", "Outcome", "Subject", "Texts", "Work"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A labeling job: one task type, writing one label attribute.

    Attributes
    ----------
    identity : str
        The column that tells its items apart.
    output : str or None
        Where labels that are files were last said to go; None when nobody said.
    """

    id: int
    name: str
    attribute: str
    task_type: str
    identity: str
    output: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A label attribute and its metadata as they stand in a manifest, with the value made of them.

    `created` is the metadata's creation date, None when it has none that can be read.
    """

    value: Any
    label: Any
    metadata: Any
    created: datetime | None


class Texts(NamedTuple):
    """The JSON of what one worker made of one item."""

    value: str | None = None
    submitted: str | None = None
    media: str | None = None
    imported: str | None = None
    provenance: str | None = None
    laid: str | None = None


_NOTHING = Texts()


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """Where one item stands for one worker.

    Attributes
    ----------
    item : int
        The item's id.
    state : State
        Untouched, begun, handed in or passed over.
    edited : bool
        A submitted item has changes that were not submitted again.
    decided : datetime or None
        When it was handed in or passed over.
    texts : Texts
        The rest, read when it is asked for.
    """

    item: int
    state: State = "unlabeled"
    edited: bool = False
    decided: datetime | None = None
    texts: Texts = _NOTHING

    @property
    def value(self) -> Any:
        """The working value, None when there is none yet."""
        return load_json(self.texts.value)

    @property
    def submitted(self) -> Any:
        """The value that was handed in last, None when none was."""
        return load_json(self.texts.submitted)

    @property
    def laid(self) -> Any:
        """The value that the worker began with, None when that was the empty one."""
        return load_json(self.texts.laid)

    @property
    def media(self) -> Media:
        """What was known of the media when the value was handed in."""
        return Media() if self.texts.media is None else schema.load(load_json(self.texts.media), Media)

    @property
    def imported(self) -> list[Any] | None:
        """Label and metadata, when they came from a manifest and nobody submitted the item here since."""
        found: list[Any] | None = load_json(self.texts.imported)
        return found

    @property
    def provenance(self) -> list[dict[str, Any]]:
        """Where the parts of what was handed in came from, as `Task.provenance` gave it."""
        found: list[dict[str, Any]] | None = load_json(self.texts.provenance)
        return found or []


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Subject:
    """What an operation must know of its item: the media, and what adds to a value all that it only refers to; see `Task.resolve`."""

    media: Media
    complete: Callable[[Any], Any] = _as_it_is


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """An operation that is durable, its number in the log, whether it takes something back, and how its item stands after it."""

    operation: Operation
    sequence: int
    role: Role
    state: State
    edited: bool
