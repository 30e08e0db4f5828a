"""Names of what AWS keeps for Ground Truth in each region (API reference, `HumanTaskConfig`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nblabel.errors import RequestError

if TYPE_CHECKING:
    from nblabel.aws.builtin import BuiltinTask

__all__ = ["PUBLIC_ACCOUNT", "TeamArn", "is_builtin", "lambda_arn", "page_arn", "specification_arn"]

PUBLIC_ACCOUNT = "394669845002"
"""Owns the team of Mechanical Turk and the worker pages."""

_ALGORITHMS_ACCOUNT = "027400017018"
_LAMBDA_ACCOUNTS = {
    "us-east-1": "432418664414",
    "us-east-2": "266458841044",
    "us-west-2": "081040173940",
    "ca-central-1": "918755190332",
    "eu-west-1": "568282634449",
    "eu-west-2": "487402164563",
    "eu-central-1": "203001061592",
    "ap-northeast-1": "477331159723",
    "ap-northeast-2": "845288260483",
    "ap-south-1": "565803892007",
    "ap-southeast-1": "377565633583",
    "ap-southeast-2": "454466003867",
}
_TEAM = re.compile(r"arn:(aws[a-z-]*):sagemaker:([a-z0-9-]+):(\d{12}):workteam/((private|vendor|public)-crowd)/(.+)")


@dataclass(frozen=True, slots=True)
class TeamArn:
    """The parts of a work team's ARN; `kind` is ``private-crowd``, ``vendor-crowd`` or ``public-crowd``."""

    partition: str
    region: str
    account: str
    kind: str
    name: str

    @classmethod
    def parse(cls, arn: str) -> TeamArn:
        """Take an ARN apart.

        Raises
        ------
        RequestError
            It is not that of a work team, or Ground Truth has no built-in tasks in its region.

        Examples
        --------
        >>> TeamArn.parse("arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/cats").region
        'eu-west-1'
        """
        found = _TEAM.fullmatch(arn) if isinstance(arn, str) else None
        if found is None:
            form = "arn:aws:sagemaker:<region>:<account>:workteam/private-crowd/<name>"
            raise RequestError("WorkteamArn", arn, f"it must be {form}", remedy="copy it from the console's page Labeling workforces")
        partition, region, account, kind, _, name = found.groups()
        if region not in _LAMBDA_ACCOUNTS:
            rule = f"its region {region!r} has no built-in tasks of Ground Truth"
            raise RequestError("WorkteamArn", arn, rule, remedy=f"use a team in one of {', '.join(_LAMBDA_ACCOUNTS)}")
        return cls(partition, region, account, kind, name)


def lambda_arn(step: str, task: BuiltinTask, team: TeamArn) -> str:
    """Give the ARN of a built-in Lambda function; `step` is ``PRE`` (what a worker is shown) or ``ACS`` (annotations become one)."""
    return f"arn:{team.partition}:lambda:{team.region}:{_LAMBDA_ACCOUNTS[team.region]}:function:{step}-{task.name}"


def is_builtin(function: str) -> bool:
    """Tell whether a Lambda function is one of AWS's own, by the ARN."""
    return function.split(":")[4] in _LAMBDA_ACCOUNTS.values()


def page_arn(page: str, team: TeamArn) -> str:
    """Give the ARN of a worker page of AWS."""
    return f"arn:{team.partition}:sagemaker:{team.region}:{PUBLIC_ACCOUNT}:human-task-ui/{page}"


def specification_arn(algorithm: str, team: TeamArn) -> str:
    """Give the ARN of an algorithm that labels automatically."""
    return f"arn:{team.partition}:sagemaker:{team.region}:{_ALGORITHMS_ACCOUNT}:labeling-job-algorithm-specification/{algorithm}"
