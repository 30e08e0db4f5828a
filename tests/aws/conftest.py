"""Teams, a role, and images on S3."""

from __future__ import annotations

import pandas as pd
import pytest
from harness.ground_truth import GroundTruth

import nblabel as nl

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/GroundTruth"
PRIVATE = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:workteam/private-crowd/cats"
PUBLIC = "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default"


@pytest.fixture
def order():
    """What `labeling_job_request` needs at least."""
    return {
        "name": "my-job",
        "team": PRIVATE,
        "output": "s3://bucket/out",
        "label_categories": "s3://bucket/labels.json",
        "manifest": "s3://bucket/in.manifest",
        "template": "s3://bucket/template.liquid",
        "role": ROLE,
    }


@pytest.fixture
def images():
    return pd.DataFrame({"source-ref": [f"s3://bucket/images/{number}.jpg" for number in range(4)], "price": [1, 2, 3, 4]})


@pytest.fixture
def push():
    """Plan a job."""

    def plan(frame, task, team=PRIVATE, **options):
        given = {"name": "cats", "output": "s3://bucket/out", "role": ROLE, "dry_run": True, **options}
        return frame.nblabel.push(task, nl.aws.team(team), **given)

    return plan


@pytest.fixture
def no_network(monkeypatch):
    def refused(*_arguments):
        raise AssertionError("a plan uses no network")

    monkeypatch.setattr("socket.socket.connect", refused)
    monkeypatch.setattr("socket.getaddrinfo", refused)


@pytest.fixture
def service(aws_environment):
    """A stand-in for SageMaker, which boto3 finds."""
    with GroundTruth() as found:
        aws_environment.setenv("AWS_ENDPOINT_URL_SAGEMAKER", found.endpoint)
        yield found
