"""Where suggestions come from: predictions that are there already, or a function that makes them in a thread of its own."""

from __future__ import annotations

import logging
import threading
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from nblabel.errors import AnnotationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Columns", "Function", "Predictions"]

_log = logging.getLogger(__name__)

BATCH = 8
"""Items that a function is asked about at once."""

PATIENCE = 3
"""Failures in a row after which a function is not called any more."""


class Predictions(Protocol):
    """Predictions for the items of a session."""

    name: str
    """Who makes them."""

    def get(self, index: int) -> Any:
        """Give the prediction for an item, None when there is none (yet)."""

    def want(self, indices: Iterable[int]) -> None:
        """Say which items will be looked at, the most urgent first."""

    def on_event(self, ready: Callable[[int], object], failed: Callable[[str], object]) -> None:
        """Be told of items whose prediction is there by now, and in a sentence of what went wrong; called in any thread."""

    def stop(self) -> None:
        """Make no more of them."""


class Columns:
    """Predictions that stand in a column.

    Parameters
    ----------
    name : str
        The column.
    read : callable
        Given an index, returns the prediction or None; raises AnnotationError.
    """

    def __init__(self, name: str, read: Callable[[int], Any]) -> None:
        self.name = name
        self._read = read

    def get(self, index: int) -> Any:
        """Give the prediction in an item's cell; see `Predictions`."""
        return self._read(index)

    def want(self, indices: Iterable[int]) -> None:
        """Do nothing: all is there."""

    def on_event(self, ready: Callable[[int], object], failed: Callable[[str], object]) -> None:
        """Do nothing: all is there."""

    def stop(self) -> None:
        """Do nothing: nothing runs."""


class Function:
    """Predictions that a function makes, several items at a time, in a thread that lives while there is something to do.

    Parameters
    ----------
    function : callable
        Given a list, returns one prediction for each of its entries, None where it has none.
    load : callable
        Given an index, returns what the function needs of an item; an item for which it raises gets no prediction.
    """

    def __init__(self, function: Callable[[list[Any]], Iterable[Any]], load: Callable[[int], Any]) -> None:
        self.name = str(getattr(function, "__name__", type(function).__name__))
        self._function = function
        self._load = load
        self._made: dict[int, Any] = {}
        self._wanted: dict[int, None] = {}
        self._failures = 0
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._ready: list[Callable[[int], object]] = []
        self._failed: list[Callable[[str], object]] = []

    def get(self, index: int) -> Any:
        """Give the prediction for an item if it was made already; see `Predictions`."""
        return self._made.get(index)

    def want(self, indices: Iterable[int]) -> None:
        """Make predictions for items, these before those that were wanted earlier; see `Predictions`."""
        with self._lock:
            fresh = {index: None for index in indices if index not in self._made}
            self._wanted = {**fresh, **self._wanted}
            if self._thread is None and self._wanted and self._failures < PATIENCE:
                self._thread = threading.Thread(target=self._work, name=f"nblabel suggestions of {self.name}", daemon=True)
                self._thread.start()

    def on_event(self, ready: Callable[[int], object], failed: Callable[[str], object]) -> None:
        """Be told; see `Predictions`."""
        self._ready.append(ready)
        self._failed.append(failed)

    def stop(self) -> None:
        """Call the function no more; a call that is running ends by itself."""
        with self._lock:
            self._wanted.clear()
            self._failures = PATIENCE
        self._ready.clear()
        self._failed.clear()

    def _work(self) -> None:
        while batch := self._take():
            try:
                self._predict(batch)
                self._failures = 0
            except Exception as error:  # noqa: BLE001 - whatever a user's function raises is shown
                self._fail(error)

    def _take(self) -> list[int]:
        """Take the next items; where nothing is left, the thread ends and a later wish starts another."""
        with self._lock:
            batch = list(islice(self._wanted, BATCH)) if self._failures < PATIENCE else []
            for index in batch:
                del self._wanted[index]
                self._made.setdefault(index, None)
            if not batch:
                self._thread = None
        return batch

    def _predict(self, batch: Sequence[int]) -> None:
        loaded = {}
        for index in batch:
            try:
                loaded[index] = self._load(index)
            except Exception as error:  # noqa: BLE001 - the item itself says so when it is shown
                _log.info("no prediction for item %d: %s", index, error)
        if not loaded:
            return
        made = list(self._function(list(loaded.values())))
        if len(made) != len(loaded):
            raise AnnotationError(f"expected one prediction for each of {len(loaded)} items, got {len(made)}")
        self._made.update(zip(loaded, made, strict=True))
        for index in loaded:
            for ready in [*self._ready]:
                ready(index)

    def _fail(self, error: Exception) -> None:
        self._failures += 1
        _log.error("the function %r that makes suggestions failed", self.name, exc_info=error)
        what = f"The function that makes suggestions failed ({self.name}): {type(error).__name__}: {error}"
        rest = "It is not called any more: mend it and run the cell again." if self._failures >= PATIENCE else "Labeling goes on without."
        for failed in [*self._failed]:
            failed(f"{what}. {rest}")
