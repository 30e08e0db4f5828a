"""What errors of boto3 mean, and what to do about them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from nblabel.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["code_of", "explained", "meaning_of_exception"]

_CREDENTIALS = (
    "sign in (aws configure, aws sso login), set AWS_PROFILE or boto3.setup_default_session(profile_name=...), or give the machine's role access"
)
_RENEW = "get new ones (aws sso login, or as you got these), and run boto3.setup_default_session() if a session was made before"
_BROKEN = "the connection to S3 broke off, also after several attempts; check the network and try again"

_CODES = {
    "no such bucket; check its name, and that AWS_PROFILE and AWS_ENDPOINT_URL are those of the account that has it": ("NoSuchBucket",),
    "no such object; check the key, which is case-sensitive, or list what is there (aws s3 ls)": ("NoSuchKey", "NotFound", "404"),
    "access denied; the role or user in use (see aws sts get-caller-identity) needs s3:GetObject to read, s3:PutObject to write, s3:ListBucket"
    " to list and to see that a key is missing, and kms:Decrypt and kms:GenerateDataKey for the key of an encrypted bucket": (
        "AccessDenied",
        "AllAccessDisabled",
        "Forbidden",
        "403",
    ),
    f"the credentials have expired; {_RENEW}": ("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"),
    f"AWS does not know the credentials in use; {_CREDENTIALS}": (
        "InvalidAccessKeyId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "InvalidClientTokenId",
    ),
    "S3 asks to go slower, also after several attempts; try again in a minute, or raise AWS_MAX_ATTEMPTS and set AWS_RETRY_MODE=adaptive": (
        "SlowDown",
        "503",
        "Throttling",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TooManyRequests",
        "429",
        "RequestThrottled",
        "BandwidthLimitExceeded",
    ),
    "S3 failed inside, also after several attempts; try again in a minute": ("InternalError", "ServiceUnavailable", "500", "502", "504"),
    "the object is archived; restore it first (aws s3api restore-object)": ("InvalidObjectState",),
    "the object has changed since it was read; read it again and repeat the change, or write to another key": ("PreconditionFailed", "412"),
    "somebody else is writing this object at this moment; try again": ("ConditionalRequestConflict", "OperationAborted", "409"),
    "the clock of this machine is wrong, and S3 refuses its requests; set the clock": ("RequestTimeTooSkewed",),
    "the KMS key cannot be used; check that it exists in the bucket's region, is enabled, and that its policy lets you use it": (
        "KMS.NotFoundException",
        "KMS.DisabledException",
        "KMS.KMSInvalidStateException",
        "KMS.InvalidKeyUsageException",
        "KMS.AccessDeniedException",
    ),
    "the bucket is in another region; set AWS_DEFAULT_REGION, or region in ~/.aws/config, to the bucket's": (
        "PermanentRedirect",
        "TemporaryRedirect",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "IncorrectEndpoint",
        "301",
        "307",
    ),
    "S3 refuses the request without saying why, as it does for expired credentials and for a bucket of another region; sign in anew (aws sso login),"
    " and set AWS_DEFAULT_REGION to the bucket's": ("400", "BadRequest"),
}
_MEANINGS = {code: meaning for meaning, codes in _CODES.items() for code in codes}

_EXCEPTIONS = {
    "NoCredentialsError": f"no AWS credentials were found; {_CREDENTIALS}",
    "PartialCredentialsError": f"the AWS credentials are incomplete; {_CREDENTIALS}",
    "CredentialRetrievalError": f"the AWS credentials could not be fetched; {_CREDENTIALS}",
    "TokenRetrievalError": f"the sign-in has expired; {_RENEW}",
    "SSOTokenLoadError": f"the sign-in has expired; {_RENEW}",
    "UnauthorizedSSOTokenError": f"the sign-in has expired; {_RENEW}",
    "ProfileNotFound": "the profile in AWS_PROFILE is not in ~/.aws/config; correct the one or the other",
    "InvalidRegionError": "this is no name of a region; correct AWS_DEFAULT_REGION, or region in ~/.aws/config",
    "ParamValidationError": "this is no name of a bucket and key; expected s3://bucket/key",
    "EndpointConnectionError": "S3 cannot be reached; check the network, the region's name, and AWS_ENDPOINT_URL if it is set",
    "ConnectTimeoutError": "S3 does not answer; check the network (in a VPC without internet, S3 needs an endpoint of its own)",
    "IncompleteReadError": _BROKEN,
    "ResponseStreamingError": _BROKEN,
    "ConnectionClosedError": _BROKEN,
    "ReadTimeoutError": _BROKEN,
    "ProxyConnectionError": "the proxy cannot be reached; check HTTPS_PROXY",
    "SSLError": "the connection to S3 is not trusted; check AWS_CA_BUNDLE and any proxy in between",
}


@contextlib.contextmanager
def explained(uri: str) -> Iterator[None]:
    """Turn an error of boto3 into a `StorageError` that says what to do."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        raise StorageError("Amazon S3 needs boto3, which is not installed here; pip install boto3, or give a local path", uri=uri) from None
    try:
        yield
    except ClientError as error:
        raise StorageError(_meaning(error), uri=uri) from error
    except BotoCoreError as error:
        raise StorageError(meaning_of_exception(error, "S3"), uri=uri) from error


def meaning_of_exception(error: Any, service: str) -> str:
    """Tell what an exception of botocore means that is no answer of a service, and what to do."""
    from botocore.exceptions import HTTPClientError

    known = next((_EXCEPTIONS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _EXCEPTIONS), None)
    if known is None:
        return f"{error}; {'check the network and try again' if isinstance(error, HTTPClientError) else 'check the configuration of AWS'}"
    return known.replace("S3 ", f"{service} ").replace("to S3", f"to {service}")


def code_of(error: Any) -> str:
    """Return the code of a ClientError: a word, or the HTTP status where the answer has no body."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _meaning(error: Any) -> str:
    code = code_of(error)
    meaning = _MEANINGS.get(code)
    if meaning is None:
        return f"{error.response.get('Error', {}).get('Message') or error} ({code or 'no code'}); correct what it names and try again"
    region = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region")
    if region and "region" in meaning:
        return f"{meaning}: {region}"
    return meaning
