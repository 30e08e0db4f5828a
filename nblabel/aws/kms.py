"""Keys of AWS KMS that encrypt what a labeling job reads and writes (developer guide, "Encrypt Output Data and Storage Volume with AWS KMS")."""

from __future__ import annotations

from typing import Any

from nblabel.aws.service import explained, make_client
from nblabel.errors import RequestError, ServiceError

__all__ = ["check_kms_key"]

_FIELD = "OutputConfig.KmsKeyId"
_MISSING = "NotFoundException"
_STATES = {
    "Disabled": "enable it (aws kms enable-key), or use another",
    "PendingDeletion": "keep it from being deleted (aws kms cancel-key-deletion), or use another",
}


def check_kms_key(key: str, *, region: str | None = None, client: Any = None) -> str:
    """Check that a key can encrypt the output of a labeling job.

    Parameters
    ----------
    key : str
        Its ARN, its id, or ``alias/name``.
    region : str, optional
        The region of the job; that of boto3's own configuration by default.
    client : boto3 KMS client, optional
        By default one of boto3's own configuration.

    Returns
    -------
    str
        The ARN of the key.

    Raises
    ------
    RequestError
        There is no such key in the region, or it cannot be used: disabled, waiting to be deleted, or not one that encrypts symmetrically.
    ServiceError
        It may not be looked at (``kms:DescribeKey``), or KMS cannot be reached.
    """
    kms = client or make_client("kms", region)
    where = kms.meta.region_name
    if key.startswith("arn:") and key.split(":")[3] != where:
        rule = f"it must be in the job's region {where}, it is in {key.split(':')[3]}"
        raise RequestError(_FIELD, key, rule, remedy=f"use a key of {where}; one of several regions has an ARN in each of them")
    try:
        with explained("DescribeKey", "kms"):
            found = kms.describe_key(KeyId=key)["KeyMetadata"]
    except ServiceError as error:
        if error.reason != _MISSING:
            raise
        remedy = "check the id and AWS_PROFILE; an alias is written alias/name"
        raise RequestError(_FIELD, key, f"there is no such key in {where}", remedy=remedy) from error
    if found["KeyState"] != "Enabled":
        raise RequestError(_FIELD, key, f"the key is {found['KeyState']}", remedy=_STATES.get(found["KeyState"], "use a key that is Enabled"))
    if found.get("KeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        raise RequestError(_FIELD, key, f"S3 encrypts with symmetric keys, this is one of {found['KeySpec']}", remedy="use another key")
    return str(found["Arn"])
