"""Teams on this machine, or on any that share the store."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel.store import Store
from nblabel.workforce.worker import Worker

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

    from nblabel.store.teams import Role
    from nblabel.tasks import Task
    from nblabel.workforce.job import LabelingJob

__all__ = ["LocalWorkforce", "Team"]


class LocalWorkforce:
    """Workers, teams and their jobs in a store, without any service.

    Parameters
    ----------
    store : path, optional
        The store; ``.nblabel/store.db`` by default, where `nblabel.label` keeps its work too, so that a team can join a job that was begun in a cell.
    clock : callable, optional
        Seconds since 1970; for tests.

    Examples
    --------
    ::

        team = nl.LocalWorkforce().team("cats", invite=["ann@example.com", "bob@example.com"])
        job = df.nblabel.push(nl.BoundingBox(["cat"]), team, name="my-cat-job", workers_per_object=2)
    """

    def __init__(self, store: str | os.PathLike[str] | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self.store = Store(store)
        self.clock = clock

    def __repr__(self) -> str:
        return f"LocalWorkforce({str(self.store.path)!r}), teams: {', '.join(self.store.teams().names()) or 'none'}"

    def team(self, name: str, *, invite: Iterable[str] = ()) -> Team:
        """Find a team, or found it.

        Parameters
        ----------
        name : str
            The team's name.
        invite : iterable of str, optional
            E-mail addresses; each that was not invited before gets an invitation, whose token is in `Team.tokens`. Nothing is sent.
        """
        teams = self.store.teams()
        team = Team(self, teams.open(name), name)
        known = teams.invited(team.number)
        for address in invite:
            if address not in known:
                team.invite(address)
        return team

    def join(self, token: str, name: str) -> Worker:
        """Use an invitation, under a name of one's own.

        Raises
        ------
        StoreError
            When the invitation is unknown or used, or the name is taken.
        """
        _, member = self.store.teams().join(token, name)
        return Worker(member)


class Team:
    """A team of a `LocalWorkforce`; made by `LocalWorkforce.team`.

    Attributes
    ----------
    name : str
        The team's name.
    tokens : dict
        Tokens of the invitations that were made through this object, by address. Each is good for one worker; the store keeps only their checksums.
    """

    def __init__(self, workforce: LocalWorkforce, number: int, name: str) -> None:
        self.workforce = workforce
        self.number = number
        self.name = name
        self.tokens: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Team({self.name!r}, {len(self.workforce.store.teams().members(self.number))} members)"

    @property
    def members(self) -> pd.DataFrame:
        """Who is in the team: name, role, worker_id."""
        members = self.workforce.store.teams().members(self.number)
        return pd.DataFrame([(each.name, each.role, each.pseudonym) for each in members], columns=["name", "role", "worker_id"])

    def invite(self, email: str, *, role: Role = "worker") -> str:
        """Make an invitation and give its token, to be passed on; nothing is sent."""
        token = self.workforce.store.teams().invite(self.number, email, role)
        self.tokens[email] = token
        return token

    def push(self, frame: pd.DataFrame, task: Task, **options: Any) -> LabelingJob:
        """Give the rows of a frame to the team; see `nblabel.accessor.ManifestAccessor.push`."""
        from nblabel.workforce.push import push

        return push(frame, task, self, **options)

    def as_worker(self, name: str, *, role: Role | None = None) -> Worker:
        """Give the door of a worker, who is taken into the team if not in it: several people, or a test, at one store.

        Parameters
        ----------
        name : str
            What the worker is called in the store.
        role : str, optional
            ``"owner"``, ``"worker"`` or ``"reviewer"``. In a team that has reviewers, only they and owners are asked to verify or adjust labels. By
            default who is in the team keeps the role, and who is not becomes a worker.

        Raises
        ------
        StoreError
            When there is no such role.
        """
        return Worker(self.workforce.store.teams().add(self.number, name, role))
