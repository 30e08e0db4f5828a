"""What the role of a labeling job must be allowed (developer guide, "Create a SageMaker Execution Role for a Ground Truth Labeling Job")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nblabel.aws.arns import TeamArn, is_builtin
from nblabel.storage.s3 import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["TRUST", "buckets_in", "needed_statements", "policy_of"]

Statement = dict[str, Any]

TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
"""The trust policy of a role that SageMaker may take."""

_BUCKET = re.compile(rb"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?=[/\"'\s])")
_KEY_ID = re.compile(r"[0-9a-f-]{36}|mrk-[0-9a-f]{32}")
_VIEW = ("s3:GetBucketLocation", "s3:ListBucket")
_WRITE = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
_WATCH = ("cloudwatch:PutMetricData", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
_QUEUE = tuple(
    f"sqs:{name}"
    for name in (
        *("CreateQueue", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage", "SendMessage", "SendMessageBatch"),
        "SetQueueAttributes",
    )
)
_ENCRYPT = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


def buckets_in(contents: Iterable[bytes]) -> set[str]:
    r"""Find the buckets that files name.

    Examples
    --------
    >>> buckets_in([b'{"source-ref":"s3://cats/1.jpg"}\n'])
    {'cats'}
    """
    return {found.decode() for content in contents for found in _BUCKET.findall(content)}


def needed_statements(request: Mapping[str, Any], buckets: Iterable[str]) -> list[Statement]:
    """Give the statements of a policy that lets a role run a labeling job.

    Parameters
    ----------
    request : mapping
        That of `CreateLabelingJob`.
    buckets : iterable of str
        The buckets that its objects are in.
    """
    human, role, sources = request["HumanTaskConfig"], request["RoleArn"], request["InputConfig"]["DataSource"]
    team = TeamArn.parse(human["WorkteamArn"])
    partition, account = team.partition, role.split(":")[4]
    bucket, prefix = parse(request["OutputConfig"]["S3OutputPath"])
    output = "/".join(part for part in (bucket, prefix.rstrip("/"), "*") if part)
    inputs = sorted({*buckets, bucket})
    statements = [
        _statement("S3ViewBuckets", _VIEW, [f"arn:{partition}:s3:::{name}" for name in inputs]),
        _statement("S3GetObjects", ["s3:GetObject"], [f"arn:{partition}:s3:::{name}/*" for name in inputs]),
        _statement("S3PutObjects", _WRITE, [f"arn:{partition}:s3:::{output}"]),
        _statement("CloudWatch", _WATCH, ["*"]),
    ]
    functions = [human["PreHumanTaskLambdaArn"], human["AnnotationConsolidationConfig"]["AnnotationConsolidationLambdaArn"]]
    if own := [arn for arn in functions if not is_builtin(arn)]:
        statements.append(_statement("LambdaFunctions", ["lambda:InvokeFunction"], own))
    if "SnsDataSource" in sources:
        topics = [sources["SnsDataSource"]["SnsTopicArn"], *filter(None, [request["OutputConfig"].get("SnsTopicArn")])]
        statements.append(_statement("StreamingQueue", _QUEUE, [f"arn:{partition}:sqs:{team.region}:{account}:*GroundTruth*"]))
        statements.append(_statement("StreamingTopics", ["sns:Publish", "sns:Subscribe", "sns:Unsubscribe"], topics))
    algorithms = request.get("LabelingJobAlgorithmsConfig")
    if algorithms is not None:
        passed = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
        statements.append({**_statement("AutomatedLabeling", ["iam:PassRole"], [role]), "Condition": passed})
    volume = (algorithms or {}).get("LabelingJobResourceConfig", {}).get("VolumeKmsKeyId")
    for sid, key, actions in (
        ("EncryptOutput", request["OutputConfig"].get("KmsKeyId"), _ENCRYPT),
        ("EncryptVolumes", volume, (*_ENCRYPT, "kms:CreateGrant")),
    ):
        if key is not None:
            statements.append(_statement(sid, actions, [_key_arn(key, f"arn:{partition}:kms:{team.region}:{account}")]))
    return statements


def policy_of(statements: Sequence[Statement]) -> dict[str, Any]:
    """Put statements into a policy."""
    return {"Version": TRUST["Version"], "Statement": list(statements)}


def _statement(sid: str, actions: Sequence[str], resources: Sequence[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def _key_arn(key: str, prefix: str) -> str:
    """Name a key as policies do; of an alias it is not known which key it stands for."""
    if key.startswith("arn:") and ":alias/" not in key:
        return key
    return f"{prefix}:key/{key if _KEY_ID.fullmatch(key) else '*'}"
