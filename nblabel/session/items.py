"""What a session asks of those who use it: items, and who gives them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Items", "Queue"]


class Items(Protocol):
    """The items of a session, in the order in which they are shown."""

    @property
    def ids(self) -> Sequence[int]:
        """The store's id of every item."""

    def name(self, index: int) -> str:
        """Tell what a person calls an item."""

    def load(self, index: int) -> bytes:
        """Read an item's media; raises MediaError or StorageError."""

    def read(self, index: int, ref: str) -> bytes:
        """Read a file that an item's label refers to; raises StorageError."""


class Queue(Protocol):
    """Who decides what comes next, where items are given out one after another: `Items.ids` grow as they are.

    Its methods are called once what was done is durable; what they raise is told to the person, and takes nothing back.
    """

    ahead: int
    """How many items may still be given, beside those that were."""

    def more(self) -> None:
        """Add the next item where there is one by now."""

    def busy(self, index: int) -> None:
        """Take note that somebody works at an item."""

    def submitted(self, index: int) -> None:
        """Take note that an item was handed in, and add the next one where there is one."""

    def skipped(self, index: int) -> None:
        """Take note that an item was passed over, and add the next one where there is one."""
