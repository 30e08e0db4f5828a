"""Who works: teams, their members, and invitations."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from nblabel.errors import StoreError
from nblabel.store.texts import now

if TYPE_CHECKING:
    import sqlite3

    from nblabel.store.database import Database

__all__ = ["Member", "Role", "Teams", "worker_id"]

Role = Literal["owner", "worker", "reviewer"]
"""What somebody is in a team: the owner runs it and may do everything; a worker labels; a reviewer labels, and verifies and adjusts labels, which in
a team that has reviewers workers are not asked to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A worker in a team; `pseudonym` is what the worker is called in everything that leaves the store."""

    id: int
    name: str
    pseudonym: str
    role: Role


class Teams:
    """The teams of a store; made by `Store.teams`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, name: str) -> int:
        """Find a team by its name, or found it; gives its number."""
        with self._database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO teams (name, created) VALUES (?, ?)", (name, now()))
            return int(connection.execute("SELECT id FROM teams WHERE name = ?", (name,)).fetchone()[0])

    def names(self) -> list[str]:
        """List all teams, by name."""
        with self._database.read() as connection:
            return [name for (name,) in connection.execute("SELECT name FROM teams ORDER BY name")]

    def members(self, team: int) -> list[Member]:
        """List who is in a team, in the order of joining the store."""
        query = "SELECT id, name, pseudonym, role FROM members JOIN workers ON worker = id WHERE team = ? ORDER BY id"
        with self._database.read() as connection:
            return [Member(id=row[0], name=row[1], pseudonym=row[2], role=row[3]) for row in connection.execute(query, (team,))]

    def add(self, team: int, worker: str, role: Role | None = None) -> Member:
        """Put somebody into a team, as a worker by default; who is in it already gets the role, if one is given.

        Raises
        ------
        StoreError
            When there is no such role.
        """
        if role is not None:
            _check_role(role)
        with self._database.write() as connection:
            number = worker_id(connection, worker)
            connection.execute("INSERT OR IGNORE INTO members (team, worker, role) VALUES (?, ?, 'worker')", (team, number))
            if role is not None:
                connection.execute("UPDATE members SET role = ? WHERE team = ? AND worker = ?", (role, team, number))
        return next(member for member in self.members(team) if member.id == number)

    def invite(self, team: int, email: str | None, role: Role) -> str:
        """Make an invitation; gives its token, which is good for one worker and is kept nowhere.

        Raises
        ------
        StoreError
            When there is no such role.
        """
        _check_role(role)
        token = secrets.token_urlsafe(24)
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO invitations (digest, team, email, role, created) VALUES (?, ?, ?, ?, ?)", (_digest(token), team, email, role, now())
            )
        return token

    def invited(self, team: int) -> dict[str, bool]:
        """Tell of each address that was invited whether an invitation was used."""
        query = "SELECT email, max(used IS NOT NULL) FROM invitations WHERE team = ? AND email IS NOT NULL GROUP BY email"
        with self._database.read() as connection:
            return {email: bool(used) for email, used in connection.execute(query, (team,))}

    def join(self, token: str, worker: str) -> tuple[int, Member]:
        """Use an invitation; gives the team and the new member.

        Raises
        ------
        StoreError
            When there is no such invitation, when it was used before, or when somebody else in the store has that name.
        """
        with self._database.write() as connection:
            found = connection.execute("SELECT team, role, used FROM invitations WHERE digest = ?", (_digest(token),)).fetchone()
            if found is None:
                raise StoreError("this invitation is unknown; copy the whole token, or ask for another one")
            team, role, used = found
            if used is not None:
                raise StoreError("this invitation was used already; each is good for one worker; ask for another one")
            if connection.execute("SELECT 1 FROM workers WHERE name = ?", (worker,)).fetchone():
                raise StoreError(f"there is a worker {worker!r} already; choose another name")
            number = worker_id(connection, worker)
            connection.execute("INSERT INTO members (team, worker, role) VALUES (?, ?, ?)", (team, number, role))
            connection.execute("UPDATE invitations SET used = ?, worker = ? WHERE digest = ?", (now(), number, _digest(token)))
        return team, next(member for member in self.members(team) if member.id == number)


def worker_id(connection: sqlite3.Connection, name: str) -> int:
    """Find a worker's number, adding who is new, inside the caller's transaction."""
    found = connection.execute("SELECT id FROM workers WHERE name = ?", (name,)).fetchone()
    if found is not None:
        return int(found[0])
    pseudonym = f"private.local.{secrets.token_hex(8)}"
    return connection.execute("INSERT INTO workers (name, pseudonym) VALUES (?, ?)", (name, pseudonym)).lastrowid or 0


def _check_role(role: str) -> None:
    if role not in get_args(Role):
        raise StoreError(f"role is {role!r}, expected one of {list(get_args(Role))}")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
