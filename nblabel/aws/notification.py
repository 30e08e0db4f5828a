"""The SNS topic by which the workers of a team hear of new jobs.

Policy: SageMaker developer guide, "Create and manage Amazon SNS topics for your work teams".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nblabel.aws.service import explained

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["find_topic", "make_topic", "topic_name"]


def topic_name(team: str) -> str:
    """Name the topic of a team.

    Examples
    --------
    >>> topic_name("cats")
    'nblabel-cats'
    """
    return f"nblabel-{team}"


def find_topic(sns: Any, name: str) -> str | None:
    """Give the ARN of a topic to which SageMaker may publish."""
    arn = next((arn for arn in _topics(sns) if arn.rsplit(":", 1)[1] == name), None)
    if arn is None:
        return None
    with explained("GetTopicAttributes", "sns"):
        found = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    return arn if "sagemaker.amazonaws.com" in found.get("Policy", "") else None


def make_topic(sns: Any, name: str) -> str:
    """Make a topic, which may be there already, and let the teams of the account publish to it."""
    with explained("CreateTopic", "sns"):
        arn = str(sns.create_topic(Name=name)["TopicArn"])
    _, partition, _, region, account, _ = arn.split(":")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {
            "ArnLike": {"aws:SourceArn": f"arn:{partition}:sagemaker:{region}:{account}:workteam/*"},
            "StringEquals": {"aws:SourceAccount": account},
        },
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    with explained("SetTopicAttributes", "sns"):
        sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return arn


def _topics(sns: Any) -> Iterator[str]:
    """List the topics of the account."""
    with explained("ListTopics", "sns"):
        for page in sns.get_paginator("list_topics").paginate():
            yield from (topic["TopicArn"] for topic in page["Topics"])
