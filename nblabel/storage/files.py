"""What a listing tells of a file."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["File"]


class File(NamedTuple):
    """A file as a listing finds it."""

    ref: str
    """Local path or URL, in the form of the location that was listed."""
    name: str
    """Its path below that location, with slashes."""
    size: int
    """Number of bytes."""
