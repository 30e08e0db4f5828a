"""Roles looked at through moto's IAM."""

from __future__ import annotations

import json
import uuid

import boto3
import pytest
from harness.aws_calls import AwsCalls

import nblabel as nl
from nblabel.errors import RequestError

ACCOUNT = "123456789012"  # moto's
TEAM = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:workteam/private-crowd/cats"
KEY = "2470efdf-f32d-447c-98a3-e67a029b7bbb"


@pytest.fixture
def calls(monkeypatch):
    """IAM's simulation is not allowed, if nothing else is said."""
    made = AwsCalls(monkeypatch)
    made.errors["SimulatePrincipalPolicy"] = "AccessDenied"
    return made


@pytest.fixture
def role(aws_environment, calls):
    """Make a role with policies, one of which is attached; gives its ARN."""

    def make(*policies, service="sagemaker.amazonaws.com", attached=None):
        iam = boto3.client("iam")
        name = f"GroundTruth-{uuid.uuid4().hex}"
        trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": "sts:AssumeRole"}}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        for number, policy in enumerate(policies):
            iam.put_role_policy(RoleName=name, PolicyName=str(number), PolicyDocument=json.dumps(policy))
        if attached is not None:
            policy = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(attached))["Policy"]["Arn"]
            iam.attach_role_policy(RoleName=name, PolicyArn=policy)
        calls.reset()
        return arn

    return make


@pytest.fixture
def plan(images, push):
    def make(arn, **options):
        return push(images, nl.BoundingBox(["cat"]), TEAM, **{"role": arn, "output": "s3://results/out/", **options})

    return make


def allow(actions, resources, **more):
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": actions, "Resource": resources, **more}}


def test_a_role_without_permissions_gets_the_policy_and_has_all_with_it(role, plan):
    arn = role()
    found = nl.aws.check_role(plan(arn, kms_key=KEY))
    by_sid = {statement["Sid"]: statement for statement in found.policy["Statement"]}
    assert sorted(by_sid) == ["CloudWatch", "EncryptOutput", "S3GetObjects", "S3PutObjects", "S3ViewBuckets"]
    assert by_sid["S3GetObjects"]["Resource"] == ["arn:aws:s3:::bucket/*", "arn:aws:s3:::results/*"]
    assert by_sid["S3PutObjects"]["Resource"] == ["arn:aws:s3:::results/out/*"]
    assert by_sid["EncryptOutput"]["Resource"] == [f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{KEY}"]
    assert (found.trusted, found.complete, found.missing) == (True, False, found.policy["Statement"])
    text = repr(found)
    assert json.loads(text[text.index("{") : text.rindex("}") + 1]) == found.policy, "ready to be pasted"
    assert f"aws iam put-role-policy --role-name {arn.rpartition('/')[2]} " in text
    assert "trust policy" not in text
    ready = nl.aws.check_role(plan(role(found.policy), kms_key=KEY))
    assert ready.complete
    assert "has what the job needs" in repr(ready)


def test_what_is_missing_is_found_in_inline_and_attached_policies(role, plan):
    arn = role(
        allow("s3:Get*", "arn:aws:s3:::*"),
        allow(["S3:ListBucket"], ["arn:aws:s3:::bucket"]),
        attached=allow(["cloudwatch:*", "logs:*"], "*"),
    )
    missing = nl.aws.check_role(plan(arn)).missing
    assert [(each["Sid"], each["Action"], each["Resource"]) for each in missing] == [
        ("S3ViewBuckets", ["s3:ListBucket"], ["arn:aws:s3:::results"]),
        ("S3PutObjects", ["s3:AbortMultipartUpload", "s3:PutObject"], ["arn:aws:s3:::results/out/*"]),
    ]


def test_denials_count_and_conditions_do_not(role, plan):
    everything = allow("*", "*")
    denied = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:Put*", "Resource": "arn:aws:s3:::results/*"}]}
    assert nl.aws.check_role(plan(role(everything))).complete
    assert [each["Action"] for each in nl.aws.check_role(plan(role(everything, denied))).missing] == [["s3:PutObject"]]
    tagged = allow("*", "*", Condition={"StringEquals": {"s3:ExistingObjectTag/SageMaker": "true"}})
    assert len(nl.aws.check_role(plan(role(tagged))).missing) == 4
    others = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": "logs:*", "NotResource": "arn:aws:s3:::results"}]}
    assert [each["Action"] for each in nl.aws.check_role(plan(role(others))).missing] == [
        ["s3:GetBucketLocation", "s3:ListBucket"],
        ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    ]


def test_streaming_and_automated_labeling_need_more(role, plan, order):
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:in"
    made = nl.aws.labeling_job_request("ImageMultiClass", **{**order, "input_topic": topic, "output_topic": topic.replace(":in", ":out")})
    statements = {
        each["Sid"]: each for each in nl.aws.LabelingJobPlan(request=made, files={}, cost=nl.aws.cost.Cost(objects=0, workers=1)).permissions
    }
    assert statements["StreamingTopics"]["Resource"] == [topic, topic.replace(":in", ":out")]
    assert statements["StreamingQueue"]["Resource"] == ["arn:aws:sqs:us-east-1:111122223333:*GroundTruth*"]
    made = nl.aws.labeling_job_request("BoundingBox", **{**order, "automated": True, "volume_kms_key": "alias/disk"})
    passing = nl.aws.LabelingJobPlan(request=made, files={}, cost=nl.aws.cost.Cost(objects=0, workers=1)).permissions
    assert [each["Sid"] for each in passing[-2:]] == ["AutomatedLabeling", "EncryptVolumes"]
    assert passing[-1]["Resource"] == ["arn:aws:kms:us-east-1:111122223333:key/*"]
    assert "kms:CreateGrant" in passing[-1]["Action"]
    own = {
        **made,
        "HumanTaskConfig": {**made["HumanTaskConfig"], "PreHumanTaskLambdaArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:SageMaker-pre"},
    }
    with_function = nl.aws.LabelingJobPlan(request=own, files={}, cost=nl.aws.cost.Cost(objects=0, workers=1)).permissions
    assert [each["Resource"] for each in with_function if each["Sid"] == "LambdaFunctions"] == [[own["HumanTaskConfig"]["PreHumanTaskLambdaArn"]]]


def test_a_role_that_sagemaker_may_not_take_or_that_is_not_there(role, plan):
    found = nl.aws.check_role(plan(role(allow("*", "*"), service="lambda.amazonaws.com")))
    assert (found.trusted, found.complete) == (False, False)
    assert "SageMaker may not take this role; its trust policy must hold:" in repr(found)
    with pytest.raises(RequestError, match="the account has no such role; check its name"):
        nl.aws.check_role(plan(f"arn:aws:iam::{ACCOUNT}:role/nothing-at-all"))
    with pytest.raises(RequestError, match=r"it must be the plan of one; give what df\.nblabel\.push"):
        nl.aws.check_role(f"arn:aws:iam::{ACCOUNT}:role/nothing-at-all")


def test_where_iam_may_not_be_read_all_that_is_needed_is_told(role, plan, calls):
    arn = role(allow("*", "*"))
    calls.errors |= {"GetRole": "AccessDenied", "ListRolePolicies": "AccessDenied"}
    found = nl.aws.check_role(plan(arn))
    assert (found.missing, found.trusted, len(found.policy["Statement"])) == (None, None, 4)
    text = repr(found)
    assert "Whether SageMaker may take this role is not known" in text
    assert "it needs all of these permissions" in text
    assert "note: the role may not be looked at (iam:GetRole)" in text


def test_iams_own_simulation_is_believed(role, plan, calls):
    arn = role()

    def simulate(given):
        results = [
            {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": "implicitDeny" if action == "s3:PutObject" else "allowed"}
            for action in given["ActionNames"]
            for resource in given["ResourceArns"]
        ]
        return {"EvaluationResults": results, "IsTruncated": False}

    calls.errors.clear()
    calls.answers["SimulatePrincipalPolicy"] = simulate
    found = nl.aws.check_role(plan(arn, kms_key="alias/mine"))
    assert [(each["Action"], each["Resource"]) for each in found.missing] == [(["s3:PutObject"], ["arn:aws:s3:::results/out/*"])]
    assert calls.named("ListRolePolicies") == []
    asked = {name for given in calls.named("SimulatePrincipalPolicy") for name in given["ActionNames"]}
    assert {"kms:ReEncryptFrom", "kms:GenerateDataKey", "s3:GetObject"} <= asked
