"""Where a store is kept when nobody says otherwise: beside the work, or, where that folder cannot hold a database, in a folder of the user's."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
from pathlib import Path

__all__ = ["COPY", "DEFAULT_PATH", "keep_copy", "state_path"]

DEFAULT_PATH = Path(".nblabel", "store.db")
"""Where labels are kept when nobody says otherwise, relative to the working directory."""

COPY = Path(".nblabel", "store-copy.db")
"""The copy beside the work of a store that is kept elsewhere."""


def state_path() -> Path:
    """Give the place of this working directory's store in the user's state folder, begun from the copy beside the work where only that exists."""
    work = Path.cwd()
    name = f"{work.name or 'root'}-{hashlib.blake2b(os.fsencode(work), digest_size=6).hexdigest()}"
    path = _state_folder() / "nblabel" / name / "store.db"
    if not path.exists() and COPY.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(COPY, path)
    return path


def keep_copy(content: bytes, work: Path) -> bool:
    """Put a copy beside the work, as a whole or not at all; tells whether that was possible."""
    target = work / COPY
    with contextlib.suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f"{target.name}.{os.getpid()}")
        temporary.write_bytes(content)
        temporary.replace(target)
        return True
    return False


def _state_folder() -> Path:
    """Give the user's folder for state, by the habits of the system (XDG Base Directory Specification 0.8 on Linux)."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
