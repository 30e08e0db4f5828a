"""How far a transfer is, in one line of text that a terminal and a notebook rewrite."""

from __future__ import annotations

import sys
import time

__all__ = ["ProgressLine"]

_PAUSE = 0.5
"""Seconds before the line appears, and between two changes of it."""


class ProgressLine:
    """Writes how much is done to stdout; nothing for what is quickly over.

    Parameters
    ----------
    what
        What is done, as "Uploading 3 files".

    Examples
    --------
    >>> line = ProgressLine("Uploading 3 files")
    >>> line(1_000_000, 3_000_000)
    >>> line(3_000_000, 3_000_000)
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._last = time.monotonic()
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        """Show `done` of `total` bytes."""
        now = time.monotonic()
        if now - self._last < _PAUSE and not (self._shown and done == total):
            return
        self._last, self._shown = now, True
        percent = 100 * done // total if total else 100
        sys.stdout.write(f"\r{self._what}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB ({percent} %)" + ("\n" if done == total else ""))
        sys.stdout.flush()
