"""The tables, as steps that lead from one version to the next and never back."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

__all__ = ["APPLICATION_ID", "VERSION", "migrate"]

APPLICATION_ID = 0x6E626C62
"""Marks a SQLite file as nblabel's own ("nblb")."""

_FIRST = (
    # What this very store is called by those who remember something about it elsewhere, such as a browser with a queue.
    "CREATE TABLE store (identity TEXT NOT NULL)",
    """
    CREATE TABLE jobs (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        attribute TEXT NOT NULL,
        task_type TEXT NOT NULL,
        task TEXT NOT NULL,
        identity TEXT NOT NULL,
        created TEXT NOT NULL
    )
    """,
    "CREATE TABLE workers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """
    CREATE TABLE items (
        id INTEGER PRIMARY KEY,
        job INTEGER NOT NULL REFERENCES jobs,
        source TEXT NOT NULL,
        occurrence INTEGER NOT NULL,
        UNIQUE (job, source, occurrence)
    )
    """,
    # value: the working value. submitted: the value handed in last. media: what was measured then. imported: [label, metadata] as a manifest
    # brought them, kept until the item is submitted here.
    """
    CREATE TABLE annotations (
        item INTEGER NOT NULL REFERENCES items,
        worker INTEGER NOT NULL REFERENCES workers,
        state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'skipped')),
        value TEXT,
        submitted TEXT,
        submitted_at TEXT,
        media TEXT,
        imported TEXT,
        seconds REAL NOT NULL DEFAULT 0,
        PRIMARY KEY (item, worker)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE operations (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        job INTEGER NOT NULL REFERENCES jobs,
        item INTEGER NOT NULL REFERENCES items,
        worker INTEGER NOT NULL REFERENCES workers,
        kind TEXT NOT NULL CHECK (kind IN ('change', 'submit', 'skip')),
        role TEXT NOT NULL CHECK (role IN ('do', 'undo', 'redo')),
        change TEXT,
        inverse TEXT,
        undoes TEXT REFERENCES operations (id),
        undone INTEGER NOT NULL DEFAULT 0,
        seconds REAL NOT NULL,
        created TEXT NOT NULL
    )
    """,
    "CREATE INDEX operations_in_order ON operations (job, worker, sequence)",
    """
    CREATE TABLE positions (
        job INTEGER NOT NULL REFERENCES jobs,
        worker INTEGER NOT NULL REFERENCES workers,
        item INTEGER NOT NULL REFERENCES items,
        PRIMARY KEY (job, worker)
    ) WITHOUT ROWID
    """,
)

_SUGGESTIONS = (
    # Suggestions that a worker accepted or rejected; with answered = 0 those of them that wait again, because the answer was taken back.
    """
    CREATE TABLE suggestions (
        item INTEGER NOT NULL REFERENCES items,
        worker INTEGER NOT NULL REFERENCES workers,
        id TEXT NOT NULL,
        suggestion TEXT NOT NULL,
        answered INTEGER NOT NULL,
        PRIMARY KEY (item, worker, id)
    ) WITHOUT ROWID
    """,
    # answers: the suggestions that an operation answered. batch: what operations that are one step have in common. provenance: where the parts of
    # what was handed in last came from.
    "ALTER TABLE operations ADD COLUMN answers TEXT",
    "ALTER TABLE operations ADD COLUMN reopens TEXT",
    "ALTER TABLE operations ADD COLUMN batch TEXT",
    "CREATE INDEX operations_of_items ON operations (item, worker, sequence)",
    "ALTER TABLE annotations ADD COLUMN provenance TEXT",
)

_TEAMS = (
    # What a worker is called in everything that leaves the store, as Ground Truth's worker ids are: it tells nobody's name.
    "ALTER TABLE workers ADD COLUMN pseudonym TEXT",
    "UPDATE workers SET pseudonym = 'private.local.' || lower(hex(randomblob(8)))",
    "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created TEXT NOT NULL)",
    """
    CREATE TABLE members (
        team INTEGER NOT NULL REFERENCES teams,
        worker INTEGER NOT NULL REFERENCES workers,
        role TEXT NOT NULL CHECK (role IN ('owner', 'worker', 'reviewer')),
        PRIMARY KEY (team, worker)
    ) WITHOUT ROWID
    """,
    # digest: of the token, which itself is kept nowhere. used: when, once it was.
    """
    CREATE TABLE invitations (
        digest TEXT PRIMARY KEY,
        team INTEGER NOT NULL REFERENCES teams,
        email TEXT,
        role TEXT NOT NULL CHECK (role IN ('owner', 'worker', 'reviewer')),
        created TEXT NOT NULL,
        used TEXT,
        worker INTEGER REFERENCES workers
    )
    """,
    """
    CREATE TABLE pushes (
        job INTEGER PRIMARY KEY REFERENCES jobs,
        team INTEGER NOT NULL REFERENCES teams,
        options TEXT NOT NULL,
        created TEXT NOT NULL,
        ended TEXT,
        stopped INTEGER NOT NULL DEFAULT 0
    )
    """,
    # An item that is given to workers. place: its line of the manifest. source: what it shows. folder: where references start from.
    """
    CREATE TABLE objects (
        item INTEGER PRIMARY KEY REFERENCES items,
        job INTEGER NOT NULL REFERENCES jobs,
        place INTEGER NOT NULL,
        source TEXT NOT NULL,
        folder TEXT,
        priority REAL NOT NULL DEFAULT 0,
        gold TEXT,
        preset TEXT,
        failure TEXT,
        closed INTEGER NOT NULL DEFAULT 0
    )
    """,
    "CREATE INDEX objects_in_order ON objects (job, closed, priority DESC, place)",
    # until: seconds since 1970, when the worker's time for the item is over.
    """
    CREATE TABLE assignments (
        item INTEGER NOT NULL REFERENCES objects,
        worker INTEGER NOT NULL REFERENCES workers,
        state TEXT NOT NULL CHECK (state IN ('accepted', 'submitted', 'returned', 'declined')),
        accepted REAL NOT NULL,
        until REAL NOT NULL,
        PRIMARY KEY (item, worker)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX assignments_of_workers ON assignments (worker, state)",
    "CREATE INDEX submissions ON operations (item, worker, sequence) WHERE kind = 'submit'",
)

# laid: the value that the worker began with, where that was not the empty one.
_LAID = ("ALTER TABLE annotations ADD COLUMN laid TEXT",)

# output: the folder that was last named for labels that are files.
_OUTPUT = ("ALTER TABLE jobs ADD COLUMN output TEXT",)

_STEPS = (_FIRST, _SUGGESTIONS, _TEAMS, _LAID, _OUTPUT)
VERSION = len(_STEPS)
"""The version of the tables that this nblabel writes."""


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables from `version` to `VERSION`, inside the caller's transaction."""
    for statements in _STEPS[version:]:
        for statement in statements:
            connection.execute(statement)
    if version == 0:
        connection.execute("INSERT INTO store (identity) VALUES (?)", (secrets.token_hex(8),))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
