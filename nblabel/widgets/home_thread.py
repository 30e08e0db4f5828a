"""Work that belongs on one thread: the one that runs the cells.

Jupyter may handle a widget's messages in a thread of their own while a cell runs. A DataFrame, traits and a user's callbacks must not be touched from
there: they wait until the thread that made the widget is idle, until the next cell starts or this one ends, or until they are asked for.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakMethod

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HomeThread", "shell"]

_EVENTS = ("pre_run_cell", "post_run_cell")


def shell() -> Any:
    """Give IPython's shell when this is running in one, without importing IPython."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


class HomeThread:
    """Calls a method on the thread that made this object.

    Parameters
    ----------
    work : callable
        A bound method, referred to weakly. It is called often and without need, so it must be quick when there is nothing to do.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = WeakMethod(work)
        self._thread = threading.get_ident()
        self._timer: asyncio.TimerHandle | None = None
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._shell = shell()
        for event in _EVENTS if self._shell is not None else ():
            self._shell.events.register(event, self._between_cells)

    @property
    def here(self) -> bool:
        """Whether the caller is on the home thread."""
        return threading.get_ident() == self._thread

    def run(self) -> None:
        """Do the work: now when this is the home thread, else as soon as that is idle."""
        if self.here:
            self._call()
        elif self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._call)

    def repeat(self, seconds: float) -> None:
        """Do the work again and again while this thread is idle, where it has a loop that can."""
        if self._loop is not None and not self._loop.is_closed():
            self._timer = self._loop.call_later(seconds, self._again, seconds)

    def _again(self, seconds: float) -> None:
        if self._work() is not None and self._timer is not None:
            self._call()
            self.repeat(seconds)

    def leave(self) -> None:
        """Stop calling."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        for event in _EVENTS if self._shell is not None else ():
            if self._between_cells in self._shell.events.callbacks[event]:
                self._shell.events.unregister(event, self._between_cells)
        self._shell = None

    def _between_cells(self, _: Any) -> None:
        self.run()

    def _call(self) -> None:
        work = self._work()
        if work is None:
            self.leave()
        else:
            work()
