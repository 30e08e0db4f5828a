"""What the API reference says in words about a labeling job, beside what botocore's model knows (`nblabel.aws.model`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel.aws.model import check_request
from nblabel.aws.settings import NO_PERSONAL_DATA
from nblabel.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nblabel.aws.arns import TeamArn
    from nblabel.aws.builtin import BuiltinTask

__all__ = ["PUBLIC", "check_labeling_job", "shown_price"]

PUBLIC = "public-crowd"
_MONTH = 30 * 24 * 3600
_PUBLIC_LIFETIME = 12 * 3600
_METADATA = "-metadata"


def check_labeling_job(request: Mapping[str, Any], task: BuiltinTask, team: TeamArn, *, automated: bool) -> None:
    """Check a complete request of `CreateLabelingJob`.

    Raises
    ------
    RequestError
        The service would refuse it, or the job would fail. It names field, value, rule and remedy.
    """
    _check_input(request["InputConfig"]["DataSource"])
    _check_automation(request, task, automated=automated)
    check_request("sagemaker", "CreateLabelingJob", request)
    _check_attribute(request["LabelAttributeName"], task)
    _check_places(request, team)
    _check_human_task(request["HumanTaskConfig"], task, team)
    _check_crowd(request, task, team)


def _check_attribute(attribute: str, task: BuiltinTask) -> None:
    name = "LabelAttributeName"
    if attribute.endswith(_METADATA):
        raise RequestError(name, attribute, f"it must not end in {_METADATA}", remedy=f"use {attribute.removesuffix(_METADATA)!r}")
    if task.reference and not attribute.endswith("-ref"):
        raise RequestError(name, attribute, f"the labels of {task.name} are files, so it must end in -ref", remedy=f"use {attribute + '-ref'!r}")
    if not task.reference and attribute.endswith("-ref"):
        rule = f"only labels that are files may end in -ref, those of {task.name} are not"
        raise RequestError(name, attribute, rule, remedy=f"use {attribute.removesuffix('-ref')!r}")


def _check_input(source: Mapping[str, Any]) -> None:
    if not source:
        remedy = "give manifest=, or input_topic= for a streaming job"
        raise RequestError("InputConfig.DataSource", None, "a job needs a manifest or a topic", remedy=remedy)


def _check_places(request: Mapping[str, Any], team: TeamArn) -> None:
    """Everything must be in the region of the team, and a private team in the account of the role."""
    topics = {
        "InputConfig.DataSource.SnsDataSource.SnsTopicArn": request["InputConfig"]["DataSource"].get("SnsDataSource", {}).get("SnsTopicArn"),
        "OutputConfig.SnsTopicArn": request["OutputConfig"].get("SnsTopicArn"),
    }
    for name, arn in topics.items():
        if arn is not None and arn.split(":")[3] != team.region:
            raise RequestError(name, arn, f"it must be in the team's region {team.region}", remedy="use a topic or a team of the same region")
    role = request["RoleArn"]
    if team.kind == "private-crowd" and role.split(":")[4] != team.account:
        rule = f"it must be of the team's account {team.account}"
        raise RequestError("RoleArn", role, rule, remedy="use a role and a team of the same account")


def _check_human_task(config: Mapping[str, Any], task: BuiltinTask, team: TeamArn) -> None:
    page = config["UiConfig"]
    if len(page) != 1:
        needs = "the worker page of AWS (HumanTaskUiArn) and no template" if task.page else "a worker template (UiTemplateS3Uri)"
        remedy = "leave template= out" if task.page else "give template="
        raise RequestError("HumanTaskConfig.UiConfig", page or None, f"{task.name} needs {needs}", remedy=remedy)
    workers = config["NumberOfHumanWorkersPerDataObject"]
    if task.sequence and workers != 1:
        rule = f"{task.name} takes one worker for each object"
        raise RequestError("HumanTaskConfig.NumberOfHumanWorkersPerDataObject", workers, rule, remedy="use 1, or leave it out")
    _check_most(config, "TaskTimeLimitInSeconds", task.most_seconds, f"for {task.name}")
    _check_most(config, "TaskAvailabilityLifetimeInSeconds", _PUBLIC_LIFETIME if team.kind == PUBLIC else _MONTH, f"for a {team.kind}")


def _check_most(config: Mapping[str, Any], name: str, most: int, case: str) -> None:
    if config.get(name, 0) > most:
        raise RequestError(f"HumanTaskConfig.{name}", config[name], f"it must be at most {most:,} {case}", remedy="make it smaller")


def _check_crowd(request: Mapping[str, Any], task: BuiltinTask, team: TeamArn) -> None:
    config = request["HumanTaskConfig"]
    name = "HumanTaskConfig.PublicWorkforceTaskPrice"
    price = config.get("PublicWorkforceTaskPrice")
    if team.kind != PUBLIC:
        if price is not None:
            raise RequestError(name, price, "only Mechanical Turk is paid by the object", remedy="leave price= out")
        return
    if task.sequence:
        rule = f"Mechanical Turk does not take {task.name}"
        raise RequestError("HumanTaskConfig.WorkteamArn", config["WorkteamArn"], rule, remedy="use a private team or a vendor")
    steps = ", ".join(map(shown_price, task.prices))
    if price is None:
        raise RequestError(name, None, f"Mechanical Turk is paid by the object; accepted are {steps}", remedy="give price=, in dollars")
    amount = price["AmountInUsd"]
    paid = 1000 * amount["Dollars"] + 10 * amount["Cents"] + amount["TenthFractionsOfACent"]
    if paid not in task.prices:
        raise RequestError(name, shown_price(paid), f"accepted for {task.name} are {steps}", remedy="choose one of them")
    classifiers = request["InputConfig"].get("DataAttributes", {}).get("ContentClassifiers", [])
    if NO_PERSONAL_DATA not in classifiers:
        remedy = f"if it is so, give content_classifiers=[{NO_PERSONAL_DATA!r}]; otherwise use a private team"
        raise RequestError(
            "InputConfig.DataAttributes.ContentClassifiers",
            classifiers or None,
            "strangers see the data, so you must declare that it has no personal data",
            remedy=remedy,
        )


def _check_automation(request: Mapping[str, Any], task: BuiltinTask, *, automated: bool) -> None:
    name = "LabelingJobAlgorithmsConfig"
    if not automated:
        if name in request:
            rule = "models, keys of volumes and networks are for automated labeling"
            raise RequestError(name, request[name], rule, remedy="give automated=True, or leave them out")
        return
    if task.algorithm is None:
        raise RequestError(name, None, f"no model of Ground Truth labels {task.name}", remedy="leave automated= out")
    if "SnsDataSource" in request["InputConfig"]["DataSource"]:
        raise RequestError(name, request[name], "a streaming job has no automated labeling", remedy="leave automated= or input_topic= out")


def shown_price(price: int) -> str:
    """Write thousandths of a dollar as dollars.

    Examples
    --------
    >>> shown_price(36)
    '$0.036'
    """
    return f"${price / 1000:.3f}"
