"""An event loop for tests that need a running one; a browser that is open elsewhere in the run has one in the main thread already."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run(make, *, timeout=60):
    """Run a coroutine function in a loop and a thread of its own, and return what it returns."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(asyncio.wait_for(make(), timeout))).result()
