"""How a labeling job is run, beside what is asked: fields of CreateLabelingJob in Python's spelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from nblabel.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NO_ADULT_CONTENT", "NO_PERSONAL_DATA", "JobSettings", "thousandths"]

NO_PERSONAL_DATA = "FreeOfPersonallyIdentifiableInformation"
NO_ADULT_CONTENT = "FreeOfAdultContent"
_LISTS = {"content_classifiers", "security_groups", "subnets", "task_keywords"}


@dataclass(frozen=True, kw_only=True, slots=True)
class JobSettings:
    """Settings of a labeling job; what is not given is as Ground Truth's console proposes it.

    Attributes
    ----------
    role : str
        ARN of the IAM role that Ground Truth takes to read the data and to write the labels.
    number_of_human_workers_per_data_object : int or None
        Workers for each object, 1 to 9.
    task_title, task_description : str or None
        What workers read before they begin: up to 128 and 255 characters.
    task_keywords : sequence of str
        What workers may search for: up to 5, each of up to 30 letters, digits and blanks.
    task_time_limit_in_seconds : int or None
        Time that a worker has for an object, 30 s to 8 hours.
    task_availability_lifetime_in_seconds : int or None
        Time after which the job is over: 30 days at most, 12 hours with Mechanical Turk.
    max_concurrent_task_count : int or None
        Objects that are under way at once, up to 5,000.
    max_human_labeled_object_count, max_percentage_of_input_dataset_labeled : int or None
        When to stop before all objects are labeled.
    content_classifiers : sequence of str
        What the data is free of: ``FreeOfPersonallyIdentifiableInformation``, ``FreeOfAdultContent``.
    price : float, str or Decimal, optional
        Dollars that a worker of Mechanical Turk gets for an object.
    automated : bool
        Whether a model labels what it is sure of.
    initial_model : str or None
        ARN of the model of an earlier job that automated labeling starts from.
    kms_key, volume_kms_key : str or None
        Keys that encrypt the output, and the disks of automated labeling.
    security_groups, subnets : sequence of str
        Of the VPC in which automated labeling trains.
    input_topic, output_topic : str or None
        ARNs of SNS topics that objects come by while the job runs, and that labels are announced by (streaming).
    pre_annotation_lambda, post_annotation_lambda : str or None
        ARNs of Lambda functions of your own in place of AWS's, such as those of `nblabel.aws.lambdas`.
    tags : mapping
        Tags of the job.
    """

    role: str
    number_of_human_workers_per_data_object: int | None = None
    task_title: str | None = None
    task_description: str | None = None
    task_keywords: Sequence[str] = ()
    task_time_limit_in_seconds: int | None = None
    task_availability_lifetime_in_seconds: int | None = None
    max_concurrent_task_count: int | None = None
    max_human_labeled_object_count: int | None = None
    max_percentage_of_input_dataset_labeled: int | None = None
    content_classifiers: Sequence[str] = ()
    price: float | str | Decimal | None = None
    automated: bool = False
    initial_model: str | None = None
    kms_key: str | None = None
    volume_kms_key: str | None = None
    security_groups: Sequence[str] = ()
    subnets: Sequence[str] = ()
    input_topic: str | None = None
    output_topic: str | None = None
    pre_annotation_lambda: str | None = None
    post_annotation_lambda: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, **given: Any) -> JobSettings:
        """Make settings of what a user gave.

        Raises
        ------
        RequestError
            There is no such setting, or the role is missing.
        """
        known = {each.name for each in fields(cls)}
        for name, value in given.items():
            if name not in known:
                raise RequestError(name, value, "there is no such setting of a labeling job", remedy=f"use one of {sorted(known)}")
        if given.get("role") is None:
            raise RequestError("RoleArn", None, "Ground Truth reads the data and writes the labels as a role", remedy="give its ARN: role=")
        for name in _LISTS & set(given):
            if isinstance(given[name], str):
                raise RequestError(name, given[name], "it must be a list of texts", remedy=f"write [{given[name]!r}]")
        if not isinstance(given.get("tags", {}), Mapping):
            raise RequestError("tags", given["tags"], "it must be a mapping", remedy="write {'project': 'cats'}")
        return cls(**given)


def thousandths(price: float | str | Decimal) -> int:
    """Give an amount of dollars in thousandths.

    Raises
    ------
    RequestError
        It is no number, or not a whole number of thousandths.

    Examples
    --------
    >>> thousandths(0.036), thousandths("1.2")
    (36, 1200)
    """
    field_name = "HumanTaskConfig.PublicWorkforceTaskPrice"
    try:
        amount = Decimal(str(price)) * 1000
    except InvalidOperation:
        raise RequestError(field_name, price, "it is no amount of dollars", remedy="write it so: price=0.036") from None
    if not amount.is_finite() or amount != int(amount):
        raise RequestError(field_name, price, "it has more than three digits after the point", remedy="write it so: price=0.036")
    return int(amount)
