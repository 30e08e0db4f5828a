"""Private teams are set up: people of one's own, who sign in to a portal that AWS runs.

The steps are those of Ground Truth's console (SageMaker developer guide, "Create a private workforce"): an account has one workforce in a region,
with one user pool; a team is a group in it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from nblabel.aws import cognito, notification
from nblabel.aws.model import check_request
from nblabel.aws.private_team import PrivateTeam, check_emails, groups_of, join
from nblabel.aws.service import explained, make_client
from nblabel.errors import RequestError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["TeamSetup", "private_team"]

_WORKFORCE = "default"
_MOST_GROUPS = 10
_POLL_SECONDS = 2.0
_ANY_POOL = "us-east-1_AbCdEfGhI"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TeamSetup:
    """What would be done to set a team up, in the order of the console.

    Attributes
    ----------
    name : str
        The team.
    steps : list of str
        What would be made; empty where all is there.
    found : list of str
        What is there already and would be used.
    """

    name: str
    steps: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        lines = [*(f"  there: {one}" for one in self.found), *(f"  to do: {one}" for one in self.steps)]
        return "\n".join([f"private team {self.name!r}: {len(self.steps)} steps to do; nothing was changed", *lines])


def private_team(
    name: str,
    *,
    emails: Iterable[str] = (),
    groups: Iterable[str] = (),
    organization: str | None = None,
    contact_email: str | None = None,
    description: str | None = None,
    notify: bool = False,
    region: str | None = None,
    dry_run: bool = False,
) -> PrivateTeam | TeamSetup:
    """Find a private team, or set it up as Ground Truth's console does; what was interrupted is taken up where it ended.

    Parameters
    ----------
    name : str
        The team's name.
    emails : iterable of str
        Whom to invite; whoever is in the team stays. Addresses are case-sensitive.
    groups : iterable of str
        Groups that are there already, of the workforce's user pool or of its own identity provider (OIDC), in place of a group of the team's own.
    organization, contact_email : str, optional
        Who invites, and whom workers can ask; needed where there is no workforce yet.
    description : str, optional
        What the team is for, up to 200 characters.
    notify : bool, optional
        Whether its workers hear of new jobs by e-mail. It must be asked for when the team is made.
    region : str, optional
        Of boto3's own configuration by default.
    dry_run : bool, optional
        Look only, and tell what would be done.

    Returns
    -------
    PrivateTeam or TeamSetup
        The team, which ``df.nblabel.push`` takes; in a dry run what would be done.

    Raises
    ------
    RequestError
        AWS would refuse something; nothing was made.
    ServiceError
        A service refused, or could not be reached. Run the same again: nothing is made twice.

    Examples
    --------
    ::

        team = nl.aws.private_team("cats", emails=["ann@example.com"], organization="Example", contact_email="me@example.com", dry_run=True)
    """
    checked = check_emails(emails)
    asked = _Asked(
        name=name,
        emails=checked,
        groups=_check_groups(groups, checked),
        organization=organization,
        contact_email=contact_email,
        description=description or f"Labels of {name}",
        notify=notify,
    )
    check_request("sagemaker", "CreateWorkteam", _workteam_request(asked, _ANY_POOL, "a" * 26, None, oidc=False))
    if organization and contact_email:
        portal = "https://abcdefghij.labeling.us-east-1.sagemaker.aws"
        cognito.check_invitation(_ANY_POOL, _invitation_of(organization, contact_email, portal))
    return _Setup(asked, region, dry_run=dry_run).run()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    name: str
    emails: list[str]
    groups: list[str]
    organization: str | None
    contact_email: str | None
    description: str
    notify: bool


class _Setup:
    """Goes through the steps; in a dry run it stops making things, and tells what it would make."""

    def __init__(self, asked: _Asked, region: str | None, *, dry_run: bool) -> None:
        self._asked = asked
        self._sagemaker = make_client("sagemaker", region)
        self._region = self._sagemaker.meta.region_name
        self._cognito = make_client("cognito-idp", self._region)
        self._dry_run = dry_run
        self._steps: list[str] = []
        self._found: list[str] = []

    def run(self) -> PrivateTeam | TeamSetup:
        there, workforce = _describe(self._sagemaker, self._asked.name), _workforce(self._sagemaker)
        if there is not None:
            _check_same(there, self._asked)
        oidc = workforce is not None and "OidcConfig" in workforce
        pool, client, own = (None, None, False) if oidc else self._pool(workforce)
        if there is not None:
            self._found.append(f"team {self._asked.name!r}")
        team = there or self._new_team(workforce, pool, client, oidc=oidc)
        if own:
            self._invitation(pool, team)
        if self._asked.emails:
            self._workers(*(PrivateTeam(there).group if there else (pool, self._asked.name)))
        if self._dry_run or team is None:
            return TeamSetup(name=self._asked.name, steps=self._steps, found=self._found)
        return PrivateTeam(team, self._steps)

    def _new_team(self, workforce: dict[str, Any] | None, pool: str | None, client: str | None, *, oidc: bool) -> dict[str, Any] | None:
        asked = self._asked
        if oidc and not asked.groups:
            rule = "the workforce signs in with an identity provider of its own, whose groups make the teams"
            raise RequestError("groups", None, rule, remedy="name them: groups=")
        if not asked.groups:
            self._step(
                f"group {asked.name!r}",
                lambda: pool and cognito.find_group(self._cognito, pool, asked.name),
                lambda: cognito.make_group(self._cognito, str(pool), asked.name),
            )
        topic = self._topic() if asked.notify else None
        if workforce is None:
            self._step(f"workforce {_WORKFORCE!r}", lambda: None, lambda: self._make_workforce(pool, client))
        made: dict[str, Any] | None = self._step(f"team {asked.name!r}", lambda: None, lambda: self._make_team(pool, client, topic, oidc=oidc))
        return made

    def _step(self, what: str, find: Callable[[], Any], make: Callable[[], Any]) -> Any:
        found = find()
        if found:
            self._found.append(what)
            return found
        self._steps.append(what)
        return None if self._dry_run else make()

    def _pool(self, workforce: dict[str, Any] | None) -> tuple[str | None, str | None, bool]:
        """Give the user pool, its client, and whether both are ours."""
        if workforce is not None:
            config = workforce["CognitoConfig"]
            own = cognito.find_pool(self._cognito) == config["UserPool"]
            self._found.append(f"workforce {workforce['WorkforceName']!r} with user pool {config['UserPool']}")
            return config["UserPool"], config["ClientId"], own
        if not self._asked.organization or not self._asked.contact_email:
            rule = "there is no workforce yet, and invitations say who invites and whom to ask"
            missing = "organization" if not self._asked.organization else "contact_email"
            raise RequestError(missing, None, rule, remedy=f"give it: {missing}=")
        check_emails([self._asked.contact_email])
        pool = self._step("user pool", lambda: cognito.find_pool(self._cognito), lambda: cognito.make_pool(self._cognito))
        client = self._step(
            "client of the user pool",
            lambda: pool and cognito.find_client(self._cognito, pool),
            lambda: cognito.make_client(self._cognito, str(pool)),
        )
        self._step(
            "page to sign in",
            lambda: pool and cognito.has_domain(self._cognito, pool),
            lambda: cognito.make_domain(self._cognito, str(pool)),
        )
        return pool, client, True

    def _topic(self) -> str | None:
        sns, name = make_client("sns", self._region), notification.topic_name(self._asked.name)
        made: str | None = self._step(
            f"topic {name!r} that tells of jobs", lambda: notification.find_topic(sns, name), lambda: notification.make_topic(sns, name)
        )
        return made

    def _make_workforce(self, pool: str | None, client: str | None) -> None:
        with explained("CreateWorkforce"):
            self._sagemaker.create_workforce(WorkforceName=_WORKFORCE, CognitoConfig={"UserPool": pool, "ClientId": client})
        _await_workforce(self._sagemaker)

    def _make_team(self, pool: str | None, client: str | None, topic: str | None, *, oidc: bool) -> dict[str, Any]:
        _await_workforce(self._sagemaker)
        with explained("CreateWorkteam"):
            self._sagemaker.create_workteam(**_workteam_request(self._asked, pool or "", client or "", topic, oidc=oidc))
        made = _describe(self._sagemaker, self._asked.name)
        if made is None:
            text = f"SageMaker made the team {self._asked.name!r}, but does not list it yet; run the same again in a minute"
            raise ServiceError(text, operation="ListWorkteams", reason="")
        return made

    def _invitation(self, pool: str | None, team: dict[str, Any] | None) -> None:
        """Say in the invitations of our own pool who invites, and where the portal is; the first team brings its address."""
        asked = self._asked
        if not asked.organization or not asked.contact_email:
            return
        portal = "" if team is None else f"https://{team['SubDomain']}"
        message = _invitation_of(asked.organization, asked.contact_email, portal)
        self._step(
            "text of the invitations",
            lambda: pool and cognito.invitation(self._cognito, pool) == message,
            lambda: cognito.write_invitation(self._cognito, str(pool), message),
        )

    def _workers(self, pool: str | None, group: str) -> None:
        """Invite those who are not in the group yet."""
        there = pool is not None and cognito.find_group(self._cognito, pool, group)
        present = {row["email"] for row in cognito.members(self._cognito, str(pool), group)} if there else set()
        for email in self._asked.emails:
            self._step(f"worker {email}", partial(present.__contains__, email), partial(join, self._cognito, str(pool), group, email))


def _workteam_request(asked: _Asked, pool: str, client: str, topic: str | None, *, oidc: bool) -> dict[str, Any]:
    groups = asked.groups or [asked.name]
    members: list[dict[str, Any]] = (
        [{"OidcMemberDefinition": {"Groups": groups}}]
        if oidc
        else [{"CognitoMemberDefinition": {"UserPool": pool, "UserGroup": group, "ClientId": client}} for group in groups]
    )
    notified = {} if topic is None else {"NotificationConfiguration": {"NotificationTopicArn": topic}}
    return {"WorkteamName": asked.name, "MemberDefinitions": members, "Description": asked.description, **notified}


def _invitation_of(organization: str, contact_email: str, portal: str) -> dict[str, str]:
    text = (
        f'<p>{escape(organization)} invites you to label data.</p><p>Sign in at <a href="{portal}">{portal}</a></p>'
        "<p>User name: {username}</p><p>Temporary password: {####}</p>"
        f"<p>Questions: {escape(contact_email)}</p>"
    )
    return {"EmailSubject": f"You are invited by {organization} to work on a labeling project", "EmailMessage": text}


def _describe(client: Any, name: str) -> dict[str, Any] | None:
    """Give what is known of a team; None where there is none."""
    with explained("ListWorkteams"):
        pages = client.get_paginator("list_workteams").paginate(NameContains=name)
        found = [team for page in pages for team in page["Workteams"]]
    return next((dict(team) for team in found if team["WorkteamName"] == name), None)


def _workforce(client: Any) -> dict[str, Any] | None:
    """Give the workforce of the account, of which there is one in a region."""
    with explained("ListWorkforces"):
        found = client.list_workforces()["Workforces"]
    return dict(found[0]) if found else None


def _await_workforce(client: Any) -> None:
    while True:
        workforce = _workforce(client) or {}
        if workforce.get("Status", "Active") not in {"Initializing", "Updating"}:
            break
        time.sleep(_POLL_SECONDS)
    if workforce.get("Status") == "Failed":
        reason = workforce.get("FailureReason", "no reason is told")
        text = f"the workforce {workforce['WorkforceName']!r} could not be made ({reason}); delete it and run the same again"
        raise ServiceError(text, operation="CreateWorkforce", reason="Failed")


def _check_same(there: dict[str, Any], asked: _Asked) -> None:
    """Refuse to take a team for one with other groups, or for one whose workers hear of jobs."""
    if asked.groups and set(asked.groups) != set(groups_of(there["MemberDefinitions"])):
        rule = f"the team {asked.name!r} is there, of the groups {groups_of(there['MemberDefinitions'])}"
        raise RequestError("groups", asked.groups, rule, remedy="leave groups= out, or make a team of another name")
    if asked.notify and not there.get("NotificationConfiguration", {}).get("NotificationTopicArn"):
        rule = f"the team {asked.name!r} is there, and was made without a topic, to which its workers would have been subscribed"
        raise RequestError("notify", asked.notify, rule, remedy="leave notify= out, or make a team of another name")


def _check_groups(groups: Iterable[str], emails: list[str]) -> list[str]:
    if isinstance(groups, str):
        raise RequestError("groups", groups, "it must be a list of names", remedy=f"write [{groups!r}]")
    given = list(groups)
    if given and emails:
        raise RequestError("emails", emails, "the workers of a team of groups are those of the groups", remedy="give emails= or groups=")
    if len(given) > _MOST_GROUPS:
        raise RequestError("groups", given, f"a team has up to {_MOST_GROUPS} groups", remedy="make two teams")
    return given
