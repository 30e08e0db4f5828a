"""APIs of AWS through boto3, SageMaker's above all, and what their errors mean."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from nblabel.errors import ServiceError
from nblabel.storage.s3 import make_service_client
from nblabel.storage.s3_errors import code_of, meaning_of_exception

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MISSING", "explained", "job_names", "make_client", "sagemaker_client"]

MISSING = ("ResourceNotFound", "ResourceNotFoundException")
"""Codes of SageMaker for what is not there."""


_NAMES = {"sagemaker": "SageMaker", "kms": "KMS", "iam": "IAM", "sts": "STS", "cognito-idp": "Cognito", "sns": "SNS", "logs": "CloudWatch Logs"}
_DENIED = "access denied; the role or user in use (see aws sts get-caller-identity) needs {service}:{operation}"
_THROTTLED = "{name} asks to go slower, also after several attempts; run the same again in a minute: what exists already is found, not made twice"
_EXPIRED = "the credentials have expired; get new ones (aws sso login, or as you got these), and run the same again: what exists already is found"
_MEANINGS = {
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
    "ExpiredTokenException": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "ResourceLimitExceeded": "the account's quota is used up ({message}); wait until other jobs are over, or ask AWS for more (Service Quotas)",
    "ThrottlingException": _THROTTLED,
    "Throttling": _THROTTLED,
    "UnrecognizedClientException": "AWS does not know the credentials in use; sign in (aws configure, aws sso login), or set AWS_PROFILE",
}


def make_client(service: str, region: str | None = None) -> Any:
    """Make a client, of a region or of that of boto3's own configuration, from which credentials, profile, endpoint and retries come, too."""
    with explained("connect", service):
        return make_service_client(service, region_name=region)


def sagemaker_client(region: str) -> Any:
    """Make a client of SageMaker; see `make_client`."""
    return make_client("sagemaker", region)


def job_names(client: Any, part: str) -> list[str]:
    """List the labeling jobs of a region whose names contain a text."""
    with explained("ListLabelingJobs"):
        pages = client.get_paginator("list_labeling_jobs").paginate(NameContains=part)
        return [job["LabelingJobName"] for page in pages for job in page["LabelingJobSummaryList"]]


@contextlib.contextmanager
def explained(operation: str, service: str = "sagemaker") -> Iterator[None]:
    """Turn an error of boto3 into a `ServiceError` that says what to do; operation and service are named as in the API reference and by boto3."""
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

    name = _NAMES.get(service, service)
    try:
        yield
    except ClientError as error:
        code, message = code_of(error), str(error.response.get("Error", {}).get("Message", ""))
        facts = {"operation": operation, "service": service, "name": name, "message": message or str(error), "code": code or "no code"}
        meaning = _MEANINGS.get(code, "{message} ({code})").format(**facts)
        if operation == "CreateLabelingJob" and _MEANINGS.get(code) == _DENIED:
            meaning += ", and iam:PassRole for the job's role"
        raise ServiceError(meaning, operation=operation, reason=code) from error
    except ParamValidationError as error:
        raise ServiceError(f"boto3 does not send such a request: {error}", operation=operation, reason=type(error).__name__) from error
    except BotoCoreError as error:
        raise ServiceError(meaning_of_exception(error, name), operation=operation, reason=type(error).__name__) from error
