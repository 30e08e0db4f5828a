"""Private teams, set up as the console does: moto's Cognito, SNS and CloudWatch, and our stand-in for SageMaker."""

from __future__ import annotations

import json
import time
from functools import cache

import boto3
import pandas as pd
import pytest
from harness.aws_calls import AwsCalls, KilledError

import nblabel as nl
from nblabel.aws import team_setup
from nblabel.errors import RequestError, ServiceError

WHO = {"organization": "Example & Co", "contact_email": "me@example.com"}
EMAILS = ["ann@example.com", "bob@example.com"]


@pytest.fixture
def calls(service, monkeypatch):
    monkeypatch.setattr(team_setup, "_POLL_SECONDS", 0)
    yield AwsCalls(monkeypatch)
    forget_all(service)


@cache
def clients():
    """Cognito and SNS, apart from what is tested; making a client takes longer than most calls."""
    return boto3.client("cognito-idp"), boto3.client("sns")


def forget_all(service):
    service.workforces.clear()
    service.workteams.clear()
    cognito, sns = clients()
    for pool in cognito.list_user_pools(MaxResults=60)["UserPools"]:
        cognito.delete_user_pool(UserPoolId=pool["Id"])
    for topic in sns.list_topics()["Topics"]:
        sns.delete_topic(TopicArn=topic["TopicArn"])


def everything(service):
    """What there is: each list must hold one of each, and no more."""
    cognito, sns = clients()
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    (pool,) = [pool["Id"] for pool in pools]
    settings = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]
    return {
        "clients": [client["ClientName"] for client in cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]],
        "domain": bool(cognito.describe_user_pool_domain(Domain=f"nblabel-{pool.replace('_', '-').lower()}")["DomainDescription"]),
        "groups": [group["GroupName"] for group in cognito.list_groups(UserPoolId=pool)["Groups"]],
        "members": sorted(user["Username"] for user in cognito.list_users_in_group(UserPoolId=pool, GroupName="cats")["Users"]),
        "users": len(cognito.list_users(UserPoolId=pool)["Users"]),
        "topics": [topic["TopicArn"].rsplit(":", 1)[1] for topic in sns.list_topics()["Topics"]],
        "workforces": list(service.workforces),
        "teams": {name: team["NotificationConfiguration"] for name, team in service.workteams.items()},
        "invitation": "https://abc123.labeling" in settings["AdminCreateUserConfig"]["InviteMessageTemplate"]["EmailMessage"],
        "alone": settings["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"],
    }


def test_a_team_is_planned_made_and_found(service, calls):
    plan = nl.aws.private_team("cats", emails=EMAILS, notify=True, **WHO, dry_run=True)
    assert plan.found == []
    assert plan.steps == [
        "user pool",
        "client of the user pool",
        "page to sign in",
        "group 'cats'",
        "topic 'nblabel-cats' that tells of jobs",
        "workforce 'default'",
        "team 'cats'",
        "text of the invitations",
        "worker ann@example.com",
        "worker bob@example.com",
    ]
    assert "10 steps to do; nothing was changed" in repr(plan)
    assert boto3.client("cognito-idp").list_user_pools(MaxResults=1)["UserPools"] == []

    team = nl.aws.private_team("cats", emails=EMAILS, notify=True, **WHO)
    assert team.steps == plan.steps
    assert repr(team) == "PrivateTeam('cats', portal='https://abc123.labeling.us-east-1.sagemaker.aws')"
    assert team.kind == "private-crowd"
    made = everything(service)
    (topic,) = boto3.client("sns").list_topics()["Topics"]
    assert made["teams"] == {"cats": {"NotificationTopicArn": topic["TopicArn"]}}
    (statement,) = json.loads(boto3.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]["Policy"])["Statement"]
    assert (statement["Principal"], statement["Action"]) == ({"Service": "sagemaker.amazonaws.com"}, "sns:Publish")

    again = nl.aws.private_team("cats", emails=EMAILS, notify=True, **WHO)
    assert again.steps == []
    assert everything(service) == made
    plan = nl.aws.private_team("cats", emails=[*EMAILS, "cyd@example.com"], dry_run=True)
    assert plan.steps == ["worker cyd@example.com"]
    assert "workforce 'default' with user pool" in plan.found[0]


REFUSALS = ("kill", "ThrottlingException", "AccessDeniedException", "ExpiredTokenException")


@pytest.mark.parametrize("lost", [False, True])
def test_after_any_fault_the_same_again_makes_all_of_it_once(service, calls, lost):
    """At each call: its answer gets lost, or it is refused, in one way after the other."""
    arguments = {"name": "cats", "emails": EMAILS[:1], "notify": True, **WHO}
    calls.reset()
    nl.aws.private_team(**arguments)
    count, wanted = len(calls), everything(service)
    assert count > 20
    for place in range(count):
        forget_all(service)
        calls.reset(place, "lost" if lost else REFUSALS[place % len(REFUSALS)])
        with pytest.raises((ServiceError, KilledError)):
            nl.aws.private_team(**arguments)
        calls.reset()
        nl.aws.private_team(**arguments)
        assert everything(service) == wanted, place


def test_workers_come_and_go(service, calls):
    team = nl.aws.private_team("cats", emails=EMAILS, **WHO)
    assert team.workers()[["email", "status", "enabled"]].to_numpy().tolist() == [
        ["ann@example.com", "FORCE_CHANGE_PASSWORD", True],
        ["bob@example.com", "FORCE_CHANGE_PASSWORD", True],
    ]
    team.add(["cyd@example.com", "ann@example.com"])
    team.remove(["bob@example.com"])
    team.disable(["ann@example.com"])
    assert team.workers().set_index("email")["enabled"].to_dict() == {"ann@example.com": False, "cyd@example.com": True}
    team.enable(["ann@example.com"])
    assert team.workers()["enabled"].all()
    with pytest.raises(ServiceError, match="User does not exist"):
        team.remove(["dan@example.com"])
    dogs = nl.aws.private_team("dogs", emails=["bob@example.com"])
    assert dogs.workers()["email"].tolist() == ["bob@example.com"]
    assert len(service.workforces) == 1


def test_a_team_of_groups_that_are_there(service, calls):
    nl.aws.private_team("cats", emails=EMAILS, **WHO)
    team = nl.aws.private_team("all", groups=["cats"])
    assert team.workers()["email"].tolist() == EMAILS
    (member,) = service.workteams["all"]["MemberDefinitions"]
    assert member["CognitoMemberDefinition"]["UserGroup"] == "cats"


def test_a_workforce_with_an_identity_provider_of_its_own(service, calls):
    place = "https://id.example.com"
    names = ("Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint", "LogoutEndpoint", "JwksUri")
    boto3.client("sagemaker").create_workforce(WorkforceName="ours", OidcConfig={"ClientId": "a", "ClientSecret": "b", **dict.fromkeys(names, place)})
    with pytest.raises(RequestError, match=r"groups is missing: the workforce signs in with an identity provider of its own.*name them: groups="):
        nl.aws.private_team("cats", emails=EMAILS)
    team = nl.aws.private_team("cats", groups=["labelers", "students"])
    assert service.workteams["cats"]["MemberDefinitions"] == [{"OidcMemberDefinition": {"Groups": ["labelers", "students"]}}]
    assert team.workers().empty
    with pytest.raises(RequestError, match="the team has 0 groups of a user pool"):
        team.add(EMAILS)


def test_a_team_that_is_there_stays_what_it_is(service, calls):
    """One that the console made has a group of another name."""
    nl.aws.private_team("cats", emails=EMAILS, **WHO)
    member = service.workteams["cats"]["MemberDefinitions"][0]["CognitoMemberDefinition"]
    boto3.client("sagemaker").create_workteam(
        WorkteamName="old", Description="of the console", MemberDefinitions=[{"CognitoMemberDefinition": member}]
    )
    plan = nl.aws.private_team("old", emails=[*EMAILS, "cyd@example.com"], dry_run=True)
    assert plan.steps == ["worker cyd@example.com"]
    nl.aws.private_team("old", emails=(email for email in ["cyd@example.com"]))
    assert nl.aws.private_team("cats").workers()["email"].tolist() == [*EMAILS, "cyd@example.com"]
    groups = boto3.client("cognito-idp").list_groups(UserPoolId=member["UserPool"])["Groups"]
    assert [group["GroupName"] for group in groups] == ["cats"]
    with pytest.raises(RequestError, match=r"the team 'old' is there, of the groups \['cats'\]; leave groups= out"):
        nl.aws.private_team("old", groups=["dogs"])
    with pytest.raises(RequestError, match=r"was made without a topic.*leave notify= out"):
        nl.aws.private_team("old", notify=True)


def test_what_workers_did(calls):
    team = nl.aws.private_team("cats", emails=EMAILS, **WHO)
    assert team.activity().empty
    sub = team.workers()["sub"][0]
    event = {
        "cognito_sub_id": sub,
        "task_accepted_time": "Wed Aug 14 16:00:59 UTC 2019",
        "task_submitted_time": "Wed Aug 14 16:01:04 UTC 2019",
        "task_returned_time": "",
        "task_declined_time": "",
        "workteam_arn": team.arn,
        "labeling_job_arn": "arn:aws:sagemaker:us-east-1:111122223333:labeling-job/toys",
        "event_type": "TasksSubmitted",
        "event_timestamp": "1565798464",
    }
    logs, group = boto3.client("logs"), "/aws/sagemaker/groundtruth/WorkerActivity"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    messages = [json.dumps(event), json.dumps({**event, "workteam_arn": "another"}), "no json", "[]"]
    moment = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName=group, logStreamName="one", logEvents=[{"timestamp": moment + number, "message": text} for number, text in enumerate(messages)]
    )
    (row,) = team.activity().to_dict("records")
    assert (row["event"], row["email"], row["job"]) == ("TasksSubmitted", "ann@example.com", "toys")
    assert row["submitted"] - row["accepted"] == pd.Timedelta(seconds=5)
    assert pd.isna(row["declined"])
    logs.delete_log_group(logGroupName=group)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"name": "my cats"}, "WorkteamName is 'my cats': it must match"),
        ({"name": "c" * 64}, "WorkteamName is .*63"),
        ({"description": "d" * 201}, "Description is .*200"),
        ({"emails": "ann@example.com"}, r"it must be a list of addresses; write \['ann@example.com'\]"),
        ({"emails": ["ann"]}, "emails is 'ann': it is no e-mail address; write it as in"),
        ({"emails": ["ann@example.com", "Ann@example.com"]}, "it is there 2 times; name everybody once"),
        ({"groups": ["cats"], "emails": EMAILS}, "give emails= or groups="),
        ({"groups": "cats"}, r"it must be a list of names; write \['cats'\]"),
        ({"emails": (), "groups": [f"group-{number}" for number in range(11)]}, "a team has up to 10 groups; make two teams"),
        ({"organization": None}, "organization is missing: there is no workforce yet.*give it: organization="),
        ({"contact_email": None}, "contact_email is missing"),
        ({"contact_email": "me"}, "it is no e-mail address"),
        ({"organization": "o" * 200}, "AdminCreateUserConfig.InviteMessageTemplate.EmailSubject is .*140"),
    ],
)
def test_what_would_be_refused_is_refused_before_anything_is_made(calls, given, text):
    with pytest.raises(RequestError, match=text):
        nl.aws.private_team(**{"name": "cats", "emails": EMAILS, **WHO, **given})
    assert calls.changes() == []
