"""Teams of others: vendors that the account has subscribed to in AWS Marketplace, and Mechanical Turk."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel.aws.arns import PUBLIC_ACCOUNT, TeamArn
from nblabel.aws.builtin import BUILTIN_TASKS
from nblabel.aws.checks import shown_price
from nblabel.aws.service import explained, make_client
from nblabel.aws.settings import NO_ADULT_CONTENT, NO_PERSONAL_DATA, thousandths
from nblabel.aws.teams import Workteam
from nblabel.errors import RequestError

if TYPE_CHECKING:
    from decimal import Decimal

    from nblabel.aws.job import GroundTruthJob
    from nblabel.aws.jobs import GroundTruthJobs
    from nblabel.aws.plan import LabelingJobPlan, LabelingJobsPlan
    from nblabel.tasks import Task

__all__ = ["PublicTeam", "list_vendors", "public_team", "vendor_team"]

_CLOSING = (
    "AWS has announced the end of Mechanical Turk for 30 September 2026, and takes no new customers for Ground Truth; people of your own work with"
    " nl.aws.private_team, or with nl.LocalWorkforce"
)
_COLUMNS = ["name", "seller", "title", "description", "arn"]


class PublicTeam(Workteam):
    """The workers of Mechanical Turk, for a price; made by `public_team`.

    Attributes
    ----------
    price : float, str or Decimal
        Dollars that a worker gets for an object.
    content_classifiers : list of str
        What the data is free of.
    """

    def __init__(self, region: str, price: float | str | Decimal, content_classifiers: list[str]) -> None:
        super().__init__(f"arn:aws:sagemaker:{region}:{PUBLIC_ACCOUNT}:workteam/public-crowd/default")
        self.price = price
        self.content_classifiers = content_classifiers

    def __repr__(self) -> str:
        return f"PublicTeam({self.arn!r}, price={self.price})"

    def push(
        self, frame: pd.DataFrame, task: Task, *, name: str, **options: Any
    ) -> GroundTruthJob | GroundTruthJobs | LabelingJobPlan | LabelingJobsPlan:
        """Create a labeling job, or plan one, at the price of the team; see `Workteam.push`."""
        return super().push(frame, task, name=name, **{"price": self.price, "content_classifiers": self.content_classifiers, **options})


def vendor_team(arn: str) -> Workteam:
    """Give the team of a vendor to whom the account has subscribed.

    Parameters
    ----------
    arn : str
        ARN of the team; `list_vendors` lists them.

    Raises
    ------
    RequestError
        It is no vendor's, or the account has not subscribed to it.
    ServiceError
        SageMaker refused, or could not be reached.
    """
    found = TeamArn.parse(arn)
    if found.kind != "vendor-crowd":
        remedy = "take one that nl.aws.list_vendors() lists; nl.aws.team takes teams of all kinds"
        raise RequestError("WorkteamArn", arn, f"it is of the kind {found.kind}, not vendor-crowd", remedy=remedy)
    known = list_vendors(region=found.region)["arn"].tolist()
    if arn not in known:
        remedy = "subscribe to it in AWS Marketplace" + (f", or take one of {known}" if known else "")
        raise RequestError("WorkteamArn", arn, "the account has not subscribed to it", remedy=remedy)
    return Workteam(arn)


def list_vendors(*, region: str | None = None) -> pd.DataFrame:
    """List the teams of vendors to whom the account has subscribed.

    Parameters
    ----------
    region : str, optional
        Of boto3's own configuration by default.

    Returns
    -------
    DataFrame
        Columns name, seller, title, description, arn; the titles and descriptions are those of AWS Marketplace.

    Raises
    ------
    ServiceError
        SageMaker refused, or could not be reached.
    """
    client = make_client("sagemaker", region)
    with explained("ListSubscribedWorkteams"):
        pages = client.get_paginator("list_subscribed_workteams").paginate()
        found = [team for page in pages for team in page["SubscribedWorkteams"]]
    rows = [
        {
            "name": team["WorkteamArn"].rpartition("/")[2],
            "seller": team.get("SellerName"),
            "title": team.get("MarketplaceTitle"),
            "description": team.get("MarketplaceDescription"),
            "arn": team["WorkteamArn"],
        }
        for team in found
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def public_team(*, price: float | str | Decimal, region: str, no_personal_data: bool = False, no_adult_content: bool = False) -> PublicTeam:
    """Give the workers of Mechanical Turk.

    Parameters
    ----------
    price : float, str or Decimal
        Dollars that a worker gets for an object: one of the steps that Ground Truth takes, which depend on the task.
    region : str
        Where the jobs run: that of the data.
    no_personal_data : bool
        Say that the data has nothing by which persons can be identified. Anybody may see it; Ground Truth fails jobs that do not say so.
    no_adult_content : bool, optional
        Say that it has nothing for adults only; else workers may have to be qualified for it.

    Raises
    ------
    RequestError
        No task has such a price, the data is not said to be free of personal data, or the region has no built-in tasks.

    Warns
    -----
    FutureWarning
        AWS has announced the end of Mechanical Turk.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     team = public_team(price=0.036, region="us-east-1", no_personal_data=True)
    >>> team
    PublicTeam('arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default', price=0.036)
    """
    steps = sorted({step for task in BUILTIN_TASKS.values() for step in task.prices})
    if thousandths(price) not in steps:
        rule = f"Ground Truth takes {', '.join(map(shown_price, steps))} (which of them, depends on the task)"
        raise RequestError("PublicWorkforceTaskPrice", price, rule, remedy="choose one of them")
    if not no_personal_data:
        rule = "anybody may work for Mechanical Turk, and Ground Truth fails jobs whose data is not said to be free of personal data"
        raise RequestError("ContentClassifiers", [], rule, remedy="make sure that it is, and give no_personal_data=True, or take a private team")
    warnings.warn(_CLOSING, FutureWarning, stacklevel=2)
    return PublicTeam(region, price, [NO_PERSONAL_DATA, *([NO_ADULT_CONTENT] if no_adult_content else [])])
