"""A private team that exists: its workers, and what they do."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel.aws import cognito
from nblabel.aws.service import explained, make_client
from nblabel.aws.teams import Workteam
from nblabel.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

__all__ = ["PrivateTeam", "check_emails", "groups_of", "join"]

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LOG = "/aws/sagemaker/groundtruth/WorkerActivity"
_COLUMNS = ["email", "sub", "status", "enabled"]
_EVENTS = ["time", "event", "email", "sub", "job", "accepted", "submitted", "returned", "declined"]


class PrivateTeam(Workteam):
    """A private team that exists; made by `private_team`.

    Attributes
    ----------
    name : str
        Its name.
    portal : str
        Where its workers sign in.
    steps : list of str
        What was made for it just now.
    """

    def __init__(self, described: dict[str, Any], steps: Sequence[str] = ()) -> None:
        super().__init__(described["WorkteamArn"])
        self.name: str = described["WorkteamName"]
        self.portal = f"https://{described['SubDomain']}"
        self.steps = list(steps)
        self._members = described["MemberDefinitions"]

    def __repr__(self) -> str:
        return f"PrivateTeam({self.name!r}, portal={self.portal!r})"

    def workers(self) -> pd.DataFrame:
        """List its workers: e-mail address, id (as worker responses name them), state of the invitation, and whether they may sign in.

        Raises
        ------
        RequestError
            Its workers are not in a user pool of Cognito; whoever signs them in has the list.
        ServiceError
            Cognito refused, or could not be reached.
        """
        client = self._cognito()
        rows = [row for pool, group in self._groups() for row in cognito.members(client, pool, group)]
        return pd.DataFrame(rows, columns=_COLUMNS).drop_duplicates("email", ignore_index=True)

    def add(self, emails: Iterable[str]) -> None:
        """Invite people, or take in those who have been invited to another team; whoever is in the team stays.

        Raises
        ------
        RequestError
            One is no e-mail address, or the team has several groups, or none.
        ServiceError
            Cognito refused, or could not be reached; run the same again.
        """
        checked = check_emails(emails)
        pool, group = self.group
        for email in checked:
            join(self._cognito(), pool, group, email)

    def remove(self, emails: Iterable[str]) -> None:
        """Take people out of the team; they stay in other teams, and what they labeled stays.

        Raises
        ------
        RequestError, ServiceError
            As `add` does.
        """
        checked = check_emails(emails)
        pool, group = self.group
        for email in checked:
            cognito.remove_from_group(self._cognito(), pool, group, email)

    def disable(self, emails: Iterable[str]) -> None:
        """Let people sign in no more, to no team.

        Raises
        ------
        RequestError, ServiceError
            As `add` does.
        """
        self._enable(emails, enabled=False)

    def enable(self, emails: Iterable[str]) -> None:
        """Let people sign in again.

        Raises
        ------
        RequestError, ServiceError
            As `add` does.
        """
        self._enable(emails, enabled=True)

    def activity(self, since: datetime | None = None) -> pd.DataFrame:
        """Tell what its workers did, of the logs that Ground Truth keeps: a row for each task accepted, submitted, returned or declined.

        Parameters
        ----------
        since : datetime, optional
            From when; all that is kept by default.

        Returns
        -------
        DataFrame
            Columns time, event, email, sub, job (its name), and the times accepted, submitted, returned, declined (UTC; NaT where it did not happen).

        Raises
        ------
        ServiceError
            CloudWatch refused, or could not be reached.
        """
        from botocore.exceptions import ClientError

        logs = make_client("logs", self._region)
        names: dict[Any, Any] = dict(self.workers()[["sub", "email"]].itertuples(index=False)) if self._groups() else {}
        start = {} if since is None else {"startTime": int(since.timestamp() * 1000)}
        rows: list[dict[str, Any]] = []
        with explained("FilterLogEvents", "logs"):
            try:
                pages = logs.get_paginator("filter_log_events").paginate(logGroupName=_LOG, **start)
                for page in pages:
                    rows += [row for event in page["events"] if (row := _event(event["message"], self.arn, names)) is not None]
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":  # nobody did anything yet
                    raise
        return pd.DataFrame(rows, columns=_EVENTS).sort_values("time", ignore_index=True)

    @property
    def group(self) -> tuple[str, str]:
        """User pool and group of its workers.

        Raises
        ------
        RequestError
            It has several groups, or none of a user pool.
        """
        groups = self._groups()
        if len(groups) != 1:
            rule = f"the team has {len(groups)} groups of a user pool, and it is not clear which is meant"
            raise RequestError("MemberDefinitions", groups, rule, remedy="change the groups where they are kept")
        return groups[0]

    @property
    def _region(self) -> str:
        return self.arn.split(":")[3]

    def _cognito(self) -> Any:
        return make_client("cognito-idp", self._region)

    def _groups(self) -> list[tuple[str, str]]:
        """Give user pools and groups."""
        found = [member["CognitoMemberDefinition"] for member in self._members if "CognitoMemberDefinition" in member]
        return [(member["UserPool"], member["UserGroup"]) for member in found]

    def _enable(self, emails: Iterable[str], *, enabled: bool) -> None:
        checked = check_emails(emails)
        pool, _ = self.group
        for email in checked:
            cognito.set_enabled(self._cognito(), pool, email, enabled=enabled)


def groups_of(members: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the groups of a team, of Cognito or of an identity provider."""
    found: list[str] = []
    for member in members:
        if "CognitoMemberDefinition" in member:
            found.append(member["CognitoMemberDefinition"]["UserGroup"])
        found += member.get("OidcMemberDefinition", {}).get("Groups", [])
    return found


def join(client: Any, pool: str, group: str, email: str) -> None:
    """Invite somebody who was not, and make a member of a group of them."""
    if not cognito.find_user(client, pool, email):
        cognito.invite(client, pool, email)
    cognito.add_to_group(client, pool, group, email)


def check_emails(emails: Iterable[str]) -> list[str]:
    """Refuse what is no e-mail address, or is there twice.

    Raises
    ------
    RequestError
        With the address.
    """
    if isinstance(emails, str):
        raise RequestError("emails", emails, "it must be a list of addresses", remedy=f"write [{emails!r}]")
    given = list(emails)
    for email in given:
        if not isinstance(email, str) or not _EMAIL.fullmatch(email):
            raise RequestError("emails", email, "it is no e-mail address", remedy="write it as in ann@example.com")
    for email, times in Counter(email.lower() for email in given).items():
        if times > 1:
            raise RequestError("emails", email, f"it is there {times} times", remedy="name everybody once; addresses are case-sensitive")
    return given


def _event(message: str, team: str, names: dict[str, str]) -> dict[str, Any] | None:
    """Read an event of the log; None for one of another team, or of another form."""
    try:
        told = json.loads(message)
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("workteam_arn") != team:
        return None
    sub = told.get("cognito_sub_id")
    times = {name: _time(told.get(f"task_{name}_time")) for name in ("accepted", "submitted", "returned", "declined")}
    job = str(told.get("labeling_job_arn", "")).rpartition("/")[2]
    moment = pd.to_datetime(int(told["event_timestamp"]), unit="s", utc=True) if str(told.get("event_timestamp", "")).isdecimal() else pd.NaT
    return {"time": moment, "event": told.get("event_type"), "email": names.get(str(sub)), "sub": sub, "job": job, **times}


def _time(text: Any) -> Any:
    return pd.to_datetime(str(text).replace("UTC ", ""), format="%a %b %d %H:%M:%S %Y", utc=True) if text else pd.NaT
