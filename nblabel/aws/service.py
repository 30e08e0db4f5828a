"""SageMaker's API through boto3, and what its errors mean."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from nblabel.errors import ServiceError
from nblabel.storage.s3_errors import code_of, meaning_of_exception

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["explained", "sagemaker_client"]

_THROTTLED = "SageMaker asks to go slower, also after several attempts; run the same again in a minute: what exists already is found, not made twice"
_EXPIRED = "the credentials have expired; get new ones (aws sso login, or as you got these), and run the same again: what exists already is found"
_MEANINGS = {
    "AccessDeniedException": "access denied; the role or user in use (see aws sts get-caller-identity) needs sagemaker:{operation}, and for a job"
    " also iam:PassRole for the job's role",
    "ExpiredTokenException": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "ResourceLimitExceeded": "the account's quota is used up ({message}); wait until other jobs are over, or ask AWS for more (Service Quotas)",
    "ThrottlingException": _THROTTLED,
    "Throttling": _THROTTLED,
    "UnrecognizedClientException": "AWS does not know the credentials in use; sign in (aws configure, aws sso login), or set AWS_PROFILE",
}


def sagemaker_client(region: str) -> Any:
    """Make a client of a region; credentials, profile, endpoint and retries are those of boto3's own configuration."""
    import boto3

    with explained("connect"):
        return (boto3.DEFAULT_SESSION or boto3.Session()).client("sagemaker", region_name=region)


@contextlib.contextmanager
def explained(operation: str) -> Iterator[None]:
    """Turn an error of boto3 into a `ServiceError` that says what to do; `operation` is named as in the API reference."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code, message = code_of(error), str(error.response.get("Error", {}).get("Message", ""))
        meaning = _MEANINGS.get(code, "{message} ({code})").format(operation=operation, message=message or str(error), code=code or "no code")
        raise ServiceError(meaning, operation=operation, reason=code) from error
    except BotoCoreError as error:
        raise ServiceError(meaning_of_exception(error, "SageMaker"), operation=operation, reason=type(error).__name__) from error
