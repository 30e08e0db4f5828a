"""At each call of a push, each fault: pushed again, there are exactly its jobs, nothing is left over, and nothing was sent twice."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from harness.aws_calls import AwsCalls, KilledError
from PIL import Image

import nblabel as nl
from nblabel import storage
from nblabel.errors import NblabelError, RequestError, ServiceError

TEAM = "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/cats"
ROLE = "arn:aws:iam::111122223333:role/GroundTruth"

CALLS = 15
"""Calls of the push: look for jobs of the name, both jobs, and what is there; send three images and three files a job; create two jobs."""


@pytest.fixture
def calls(monkeypatch):
    return AwsCalls(monkeypatch)


@pytest.fixture
def push(bucket, service, tmp_path):
    """Push three images of this machine, which become two jobs."""
    for color in ("red", "green", "blue"):
        Image.new("RGB", (64, 64), color).save(tmp_path / f"a {color} one.png")
    frame = pd.DataFrame({"source-ref": sorted(map(str, tmp_path.glob("*.png")))})

    def make(name, **options):
        given = {"output": f"{bucket}/{name}", "role": ROLE, "objects_per_job": 2, **options}
        return frame.nblabel.push(nl.BoundingBox(["cat"]), nl.aws.team(TEAM), name=name, **given)

    return make


@pytest.mark.parametrize("fault", ["kill", "ThrottlingException", "AccessDenied", "ExpiredToken", "lost"])
def test_whatever_call_meets_whatever_fault_the_same_push_makes_exactly_its_jobs(push, service, bucket, calls, fault):
    push("undisturbed")
    assert len(calls) == CALLS, "a call that is new is to be thought over"
    for call in range(CALLS):
        name = f"push{call}"
        calls.reset(call, fault)
        try:
            push(name)
        except (KilledError, NblabelError):
            pass
        else:
            assert (fault, call) == ("AccessDenied", 3), "what may not be listed is looked at one by one"
        calls.at = None
        job = push(name)
        plan = push(name, dry_run=True)
        wanted = [request["LabelingJobName"] for request in plan.requests]
        assert [each for each in service.jobs if each.partition("-")[0] == name] == wanted == [f"{name}-1-of-2", f"{name}-2-of-2"]
        assert sum(operation == "CreateLabelingJob" for operation, _ in calls.done) == len(wanted)
        sent = Counter(f"s3://{given['Bucket']}/{given['Key']}" for operation, given in calls.done if operation == "PutObject")
        assert sent == dict.fromkeys([*plan.files, *plan.uploads], 1)
        assert {file.ref for file in storage.list_files(f"{bucket}/{name}")} == set(sent)
        assert job.counts["Unlabeled"] == 3


def test_what_is_there_is_said_where_a_quota_is_used_up(push, service, calls):
    calls.reset(CALLS - 1, "ResourceLimitExceeded")
    with pytest.raises(ServiceError, match=r"quota is used up \(a fault of the test\); wait until other jobs are over") as caught:
        push("cats")
    assert caught.value.__notes__ == ["1 of 2 jobs are there; push the same again to make the others"]
    with pytest.raises(RequestError, match=r"pushed as 2 jobs, of which only \['cats-1-of-2'\] are there; push the same rows again"):
        nl.aws.attach("cats")
    push("cats")
    assert len(nl.aws.attach("cats").jobs) == 2


def test_a_request_that_boto3_sends_again_finds_the_job_that_it_made(push, service, calls):
    calls.reset(CALLS - 1, "resent")
    assert len(push("cats").jobs) == len(service.jobs) == 2
