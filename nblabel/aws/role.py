"""The role that Ground Truth takes for a job: is it there, may SageMaker take it, and what does it lack."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nblabel.aws.permissions import TRUST, policy_of
from nblabel.aws.plan import LabelingJobPlan, LabelingJobsPlan
from nblabel.aws.service import explained, make_client
from nblabel.errors import RequestError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nblabel.aws.permissions import Statement

__all__ = ["RoleCheck", "check_role"]

_DENIED = ("AccessDenied", "AccessDeniedException")
_SERVICE = "sagemaker.amazonaws.com"
_PASSED = "iam:PassedToService"
_POLICIES_OF_BUCKETS = "policies of buckets and keys were not looked at: they may allow more, or refuse"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class RoleCheck:
    """What a role lacks for a job.

    Attributes
    ----------
    role : str
        Its ARN.
    missing : list of dict or None
        Statements of a policy that it lacks; None where IAM does not let them be looked at.
    policy : dict
        The policy to be attached: what is missing, or all that is needed where that is not known; it has no statements where nothing is missing.
    trusted : bool or None
        Whether SageMaker may take the role; None where it is not known.
    notes : list of str
        What the check could not look at.
    """

    role: str
    missing: list[Statement] | None
    policy: dict[str, Any]
    trusted: bool | None
    notes: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether the role is known to lack nothing."""
        return self.missing == [] and self.trusted is True

    def __repr__(self) -> str:
        name = _name(self.role)
        lines = [f"{self.role}: {'has what the job needs' if self.complete else 'is not ready, as far as is known'}"]
        if self.trusted is not True:
            state = "SageMaker may not take this role" if self.trusted is False else "Whether SageMaker may take this role is not known"
            lines += [f"{state}; its trust policy must hold:", _text(TRUST)]
        if self.policy["Statement"]:
            state = "It lacks permissions" if self.missing else "What it may do is not known; it needs all of these permissions"
            lines += [f"{state}; save this as policy.json, and have it attached:", _text(self.policy)]
            lines.append(f"aws iam put-role-policy --role-name {name} --policy-name GroundTruth --policy-document file://policy.json")
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])


def check_role(plan: LabelingJobPlan | LabelingJobsPlan, *, client: Any = None) -> RoleCheck:
    """Check the role of jobs that are planned.

    Parameters
    ----------
    plan : LabelingJobPlan or LabelingJobsPlan
        From ``df.nblabel.push(..., dry_run=True)``.
    client : boto3 IAM client, optional
        By default one of boto3's own configuration.

    Returns
    -------
    RoleCheck
        What the role lacks; its repr is the text of the policy, ready to be pasted. Where IAM may not be read, as is usual in SageMaker Studio, it
        says so, and gives all that is needed.

    Raises
    ------
    RequestError
        There is no such role, or no plan was given.
    ServiceError
        IAM cannot be reached.

    Notes
    -----
    IAM's own simulation is asked first (``iam:SimulatePrincipalPolicy``), which knows boundaries and what the organization forbids. Where it is not
    allowed, the role's policies are read; of their statements, those with conditions count as if they did not allow anything.

    Examples
    --------
    ::

        plan = df.nblabel.push(task, team, name="my-cat-job", output="s3://my-bucket/out", role=role, dry_run=True)
        nl.aws.check_role(plan)
    """
    if not isinstance(plan, LabelingJobPlan | LabelingJobsPlan):
        remedy = "give what df.nblabel.push(..., dry_run=True) returns"
        raise RequestError("plan", plan, "what a role needs depends on the job: it must be the plan of one", remedy=remedy)
    role, needed = plan.role, plan.permissions
    iam = client or make_client("iam")
    notes: list[str] = []
    trusted = _trusted(iam, role, notes)
    missing = _missing(iam, role, needed, notes)
    if missing is not None:
        notes.append(_POLICIES_OF_BUCKETS)
    return RoleCheck(role=role, missing=missing, policy=policy_of(needed if missing is None else missing), trusted=trusted, notes=notes)


def _trusted(iam: Any, role: str, notes: list[str]) -> bool | None:
    try:
        with explained("GetRole", "iam"):
            found = iam.get_role(RoleName=_name(role))["Role"]
    except ServiceError as error:
        if error.reason in _DENIED:
            notes.append("the role may not be looked at (iam:GetRole)")
            return None
        if error.reason == "NoSuchEntity":
            remedy = "check its name, or create a role for SageMaker in the console of IAM"
            raise RequestError("RoleArn", role, "the account has no such role", remedy=remedy) from error
        raise
    if found["Arn"] != role:
        raise RequestError(
            "RoleArn", role, f"the role of this name is {found['Arn']}", remedy="use that ARN, or the credentials of the other account"
        )
    return any(
        statement["Effect"] == "Allow"
        and _SERVICE in _listed(_principals(statement).get("Service", ()))
        and _matches("sts:AssumeRole", statement.get("Action", ()), fold=True)
        for statement in _statements(found["AssumeRolePolicyDocument"])
    )


def _missing(iam: Any, role: str, needed: Sequence[Statement], notes: list[str]) -> list[Statement] | None:
    """Find what of the needed statements is not allowed; None where that may not be looked at."""
    try:
        refused = set(_simulated(iam, role, needed))
    except ServiceError as error:
        if error.reason not in _DENIED:
            raise
        try:
            documents = list(_documents(iam, _name(role)))
        except ServiceError as second:
            if second.reason not in _DENIED:
                raise
            notes.append("what the role may do may not be looked at (iam:SimulatePrincipalPolicy, or iam:ListRolePolicies and the like)")
            return None
        notes.append("read from the role's policies; boundaries and policies of the organization were not looked at")
        refused = set(_refused(needed, documents))
    missing = []
    for statement in needed:
        pairs = [pair for pair in _pairs(statement) if pair in refused]
        if pairs:
            actions, resources = (list(dict.fromkeys(part)) for part in zip(*pairs, strict=True))
            missing.append({**statement, "Action": actions, "Resource": resources})
    return missing


def _pairs(statement: Statement) -> Iterator[tuple[str, str]]:
    return ((action, resource) for action in statement["Action"] for resource in statement["Resource"])


def _simulated(iam: Any, role: str, needed: Sequence[Statement]) -> Iterator[tuple[str, str]]:
    """Ask IAM which actions it would refuse; wildcards stand for any name."""
    context = [{"ContextKeyName": _PASSED, "ContextKeyValues": [_SERVICE], "ContextKeyType": "string"}]
    for statement in needed:
        # Of an action with a wildcard, one that it stands for is asked about; the same is done with resources.
        actions = {action.removesuffix("*") + ("From" if action.endswith("ReEncrypt*") else ""): action for action in statement["Action"]}
        resources = {resource if resource == "*" else resource.replace("*", "x"): resource for resource in statement["Resource"]}
        request = {"PolicySourceArn": role, "ActionNames": list(actions), "ResourceArns": list(resources), "ContextEntries": context}
        with explained("SimulatePrincipalPolicy", "iam"):
            for page in iam.get_paginator("simulate_principal_policy").paginate(**request):
                for result in page["EvaluationResults"]:
                    if result["EvalDecision"] != "allowed":
                        yield actions[result["EvalActionName"]], resources[result["EvalResourceName"]]


def _documents(iam: Any, name: str) -> Iterator[Any]:
    """Read the policies of a role."""
    with explained("ListRolePolicies", "iam"):
        for page in iam.get_paginator("list_role_policies").paginate(RoleName=name):
            for policy in page["PolicyNames"]:
                yield iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    with explained("ListAttachedRolePolicies", "iam"):
        for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name):
            for policy in page["AttachedPolicies"]:
                version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
                yield iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"]


def _refused(needed: Sequence[Statement], documents: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Find what policies do not allow, or deny."""
    given = [statement for document in documents for statement in _statements(document)]
    allowing = [each for each in given if each["Effect"] == "Allow" and _holds(each.get("Condition", {}))]
    denying = [each for each in given if each["Effect"] == "Deny" and not each.get("Condition")]
    for statement in needed:
        for action, resource in _pairs(statement):
            allowed = any(_covers(each, action, resource) for each in allowing)
            if not allowed or any(_covers(each, action, resource) for each in denying):
                yield action, resource


def _holds(condition: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether a condition is one that is always true of the job's role; all others are not judged."""
    return all(
        operator in {"StringEquals", "StringLike"} and set(keys) == {_PASSED} and _matches(_SERVICE, keys[_PASSED])
        for operator, keys in condition.items()
    )


def _covers(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    by_action = _matches(action, statement["Action"], fold=True) if "Action" in statement else not _matches(action, statement["NotAction"], fold=True)
    if "Resource" in statement:
        return by_action and _matches(resource, statement["Resource"])
    return by_action and not _matches(resource, statement["NotResource"])


def _matches(text: str, patterns: Any, *, fold: bool = False) -> bool:
    """Tell whether one of the patterns of a policy covers a text, which may have wildcards itself."""
    return any(re.fullmatch(_expression(pattern), text, re.IGNORECASE * fold | re.DOTALL) for pattern in _listed(patterns))


def _expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _statements(document: Any) -> list[dict[str, Any]]:
    parsed = json.loads(document) if isinstance(document, str) else document
    return [parsed["Statement"]] if isinstance(parsed["Statement"], dict) else list(parsed["Statement"])


def _principals(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    principal = statement.get("Principal", {})
    return principal if isinstance(principal, dict) else {}


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _name(role: str) -> str:
    return role.rpartition("/")[2]


def _text(policy: Mapping[str, Any]) -> str:
    return json.dumps(policy, indent=2)
