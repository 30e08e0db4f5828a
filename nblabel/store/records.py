"""What the store gives out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclasses may be inspected
from typing import TYPE_CHECKING, Any

from nblabel.tasks.base import Media

if TYPE_CHECKING:
    from nblabel.wire import Operation, State

__all__ = ["Job", "Label", "Outcome", "Work"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A labeling job: one task type, writing one label attribute; `identity` is the column that tells its items apart."""

    id: int
    name: str
    attribute: str
    task_type: str
    identity: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A label attribute and its metadata as they stand in a manifest, with the value made of them.

    `created` is the metadata's creation date, None when it has none that can be read.
    """

    value: Any
    label: Any
    metadata: Any
    created: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """Where one item stands for one worker.

    Attributes
    ----------
    item : int
        The item's id.
    state : State
        Untouched, begun, handed in or passed over.
    value : object
        The working value, None when there is none yet.
    submitted : object
        The value that was handed in last, None when none was.
    decided : datetime or None
        When it was handed in or passed over.
    media : Media
        What was known of the media then.
    imported : tuple or None
        Label and metadata, when they came from a manifest and nobody submitted the item here since.
    edited : bool
        A submitted item has changes that were not submitted again.
    """

    item: int
    state: State = "unlabeled"
    value: Any = None
    submitted: Any = None
    decided: datetime | None = None
    media: Media = Media()  # noqa: RUF009 - frozen
    imported: tuple[Any, Any] | None = None
    edited: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """An operation that is durable, its number in the log, and how its item stands after it."""

    operation: Operation
    sequence: int
    state: State
    edited: bool
