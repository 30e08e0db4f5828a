"""One SQLite file, opened so that what is committed stays: safe for several threads and several processes."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import contextmanager, suppress
from threading import RLock
from typing import TYPE_CHECKING, NoReturn

from nblabel.errors import StoreError
from nblabel.store.migrations import APPLICATION_ID, VERSION, migrate

try:
    import fcntl
except ImportError:  # Windows, whose file systems all lock
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Database"]

_BUSY_SECONDS = 15.0

_TROUBLE = {
    "SQLITE_BUSY": (
        f"another program has kept it locked for {_BUSY_SECONDS:.0f} s",
        "close the other program, or, when the folder is on a network drive that cannot lock files, pass store= a path on a local disk",
    ),
    "SQLITE_CANTOPEN": ("it cannot be opened or created", "check the folder's permissions, or pass store= a path in a folder you may write to"),
    "SQLITE_CORRUPT": ("the file is damaged", "restore it from a copy, or move it away and start a new store"),
    "SQLITE_FULL": ("the disk is full; nothing was written", "free some space and repeat what you did last"),
    "SQLITE_IOERR": ("the disk failed to read or write", "check the disk; on a network drive pass store= a path on a local disk"),
    "SQLITE_NOTADB": ("the file is not a database", "pass store= another path, or move this file away"),
    "SQLITE_PROTOCOL": ("the file system cannot lock files", "pass store= a path on a local disk"),
    "SQLITE_READONLY": ("it may only be read", "check the permissions of the file and its folder, or pass store= a path that you may write to"),
}
_UNFIT = ("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PROTOCOL", "SQLITE_READONLY")
"""Troubles of the place, not of the file: another folder would do."""
_FOREIGN = ("it belongs to another program", "pass store= another path, or move this file away")


class Database:
    """A connection that threads share under a lock.

    Parameters
    ----------
    path : Path
        The file, made with its folder when it does not exist.

    Raises
    ------
    StoreError
        When the file cannot serve as a store; it says why and what to do.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        self._process = os.getpid()
        self._connection: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = f"its folder cannot be made ({error.strerror})"
            self._refuse(reason, "pass store= a path in a folder you may write to", error, unfit=True)
        if (refusal := _lock_refusal(path.parent)) is not None:
            reason, remedy = _TROUBLE["SQLITE_PROTOCOL"]
            self._refuse(f"{reason} ({refusal.strerror})", remedy, refusal, unfit=True)
        try:
            self._connection = _connect(path)
            self._prepare(self._connection)
        except sqlite3.Error as error:
            self.close()
            self._explain(error)
        except BaseException:
            self.close()
            raise

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open store cannot be pickled; pass its path and open it there with nblabel.store.Store(path)")

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; further use raises StoreError."""
        connection, self._connection = getattr(self, "_connection", None), None
        if connection is not None and self._process == os.getpid():
            connection.close()

    def probe(self) -> None:
        """Find out whether this place can lock files.

        Raises
        ------
        StoreError
            When it cannot.
        """
        with self.write():
            pass

    def content(self) -> bytes:
        """Give the whole file as it is between two transactions."""
        with self.read() as connection:
            return connection.serialize()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for reading."""
        self._check_process()
        with self._lock:
            try:
                yield self._opened()
            except sqlite3.Error as error:
                self._explain(error)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside a transaction, durable when the block ends and undone when it raises."""
        with self.read() as connection:
            # An interrupt that came while SQLite waited for a lock is raised once it has it, and one during a rollback leaves the transaction open.
            try:
                _roll_back(connection)
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        # EXTRA is FULL and also makes the removal of the journal durable, at the same measured cost (0.8 ms a commit).
        connection.execute("PRAGMA synchronous = EXTRA")
        if self._version(connection) < VERSION:
            try:
                connection.execute("BEGIN IMMEDIATE")
                migrate(connection, self._version(connection))
                connection.execute("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise
        if connection.execute("PRAGMA journal_mode").fetchone() != ("delete",):
            connection.execute("PRAGMA journal_mode = DELETE")

    def _version(self, connection: sqlite3.Connection) -> int:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if application != APPLICATION_ID and (application or tables):
            self._refuse(*_FOREIGN)
        if version > VERSION:
            self._refuse(f"it was written by a newer nblabel (tables {version}, this one knows {VERSION})", "run: pip install --upgrade nblabel")
        return int(version)

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            self._refuse("it was opened in another process", "open it in this one with nblabel.store.Store(path)")

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._refuse("it was closed", "open it again with nblabel.store.Store(path)")
        return self._connection

    def _explain(self, error: sqlite3.Error) -> NoReturn:
        name = getattr(error, "sqlite_errorname", "")
        reason, remedy = next((trouble for start, trouble in _TROUBLE.items() if name.startswith(start)), (str(error), "report this to nblabel"))
        self._refuse(reason, remedy, error, unfit=name.startswith(_UNFIT))

    def _refuse(self, reason: str, remedy: str, cause: BaseException | None = None, *, unfit: bool = False) -> NoReturn:
        raise StoreError(f"store {os.fspath(self.path)!r}: {reason}; {remedy}", unfit=unfit) from cause


def _lock_refusal(folder: Path) -> OSError | None:
    """Find out whether files of a folder can be locked: SQLite takes a network drive that has no locks for a file that somebody keeps locked."""
    if fcntl is None:
        return None
    with suppress(OSError), tempfile.TemporaryFile(dir=folder) as probe:  # of a folder that nothing can be made in, SQLite tells more
        try:
            fcntl.lockf(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return error
    return None


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(os.fspath(path), timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
