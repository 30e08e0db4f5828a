"""A bucket as Ground Truth needs it: there, in the region of the job, of the right account, closed to the public, open to workers' browsers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nblabel.aws.cors import check_media, fix_cors, missing_cors
from nblabel.aws.kms import check_kms_key
from nblabel.aws.service import explained as explained_service
from nblabel.errors import StorageError
from nblabel.storage.s3 import make_client, make_service_client, parse
from nblabel.storage.s3_errors import code_of, explained

if TYPE_CHECKING:
    from nblabel.aws.cors import Media

__all__ = ["BucketSetup", "prepare_bucket"]

_FIRST_REGION = "us-east-1"
"""Its buckets are made without saying where."""

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class BucketSetup:
    """What was done to a bucket, or would be.

    Attributes
    ----------
    url : str
        The bucket: ``s3://name``.
    region : str
        Its region, in which its labeling jobs must run.
    steps : list of str
        What was changed; in a dry run, what would be.
    notes : list of str
        What one should know, and that is left as it is.
    dry_run : bool
        Whether nothing was changed.
    """

    url: str
    region: str
    steps: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dry_run: bool = False

    def __repr__(self) -> str:
        state = "nothing to do" if not self.steps else "nothing was changed; would" if self.dry_run else "done"
        return "\n".join(
            [f"{self.url} in {self.region}: {state}", *(f"  {step}" for step in self.steps), *(f"  note: {note}" for note in self.notes)]
        )


def prepare_bucket(
    bucket: str,
    *,
    create: bool = False,
    region: str | None = None,
    media: Media = "image",
    owner: str | None = None,
    kms_key: str | None = None,
    dry_run: bool = False,
) -> BucketSetup:
    """Check a bucket for labeling jobs, and give it what it lacks, as Ground Truth's console does; run again, it finds all done.

    Parameters
    ----------
    bucket : str
        Its name, or any URL in it.
    create : bool, optional
        Make it where there is none: closed to the public, its objects owned by its account alone.
    region : str, optional
        The region of the jobs, which is that of the team; that of boto3's own configuration by default.
    media : str, optional
        What workers' browsers read from it: ``"image"``, or ``"sequence"`` for video frames and point clouds; see `fix_cors`.
    owner : str, optional
        The account that must own it, 12 digits; that of the credentials in use by default. Names of buckets are one space for all accounts, so that a
        name alone may lead to a stranger's bucket.
    kms_key : str, optional
        The key that its jobs are to encrypt with, which is checked too; see `check_kms_key`.
    dry_run : bool, optional
        Look only, and change nothing.

    Returns
    -------
    BucketSetup
        What was done, and what one should know.

    Raises
    ------
    StorageError
        There is no such bucket, it is another account's or another region's, or it may not be looked at or changed.
    RequestError
        The key cannot be used.
    ValueError
        There are no such media.
    ServiceError
        The account or the key may not be asked for.

    Examples
    --------
    ::

        nl.aws.prepare_bucket("my-cats", create=True, dry_run=True)       # what would be done
        nl.aws.prepare_bucket("my-cats", create=True)
    """
    check_media(media)
    name = _named(bucket, create=create)
    url = f"s3://{name}"
    with explained(url):
        s3 = make_client() if region is None else make_client(region_name=region)
    wanted = region or s3.meta.region_name
    account = owner or _own_account(wanted)
    steps: list[str] = []
    notes: list[str] = []
    found = _region_of(s3, name, account)
    if found is None:
        if not create:
            raise StorageError("no such bucket; check its name, or make it: nl.aws.prepare_bucket(..., create=True)", uri=url)
        steps.append(f"create the bucket in {wanted}, for account {account} alone, and close it to the public")
        if not dry_run:
            _create(s3, name, wanted)
            _close(s3, name, account)
    elif found != wanted:
        raise StorageError(
            f"the bucket is in {found}, and jobs would run in {wanted}; Ground Truth reads buckets of its own region only: use a team and region= of"
            f" {found}, or a bucket of {wanted}",
            uri=url,
        )
    elif (open_still := _open_to_the_public(s3, name, account)) and create and _is_empty(s3, name):
        # One that was made a moment ago, perhaps: nobody can rely on its being open.
        steps.append("close the empty bucket to the public")
        if not dry_run:
            _close(s3, name, account)
    else:
        notes += open_still
    if found is None or missing_cors(name, media=media, client=s3):
        steps.append("let workers' browsers read it (CORS)")
        if not dry_run:
            fix_cors(name, media=media, client=s3)
    if kms_key is not None:
        notes.append(f"jobs can encrypt with {check_kms_key(kms_key, region=wanted)}")
    return BucketSetup(url=url, region=wanted, steps=steps, notes=notes, dry_run=dry_run)


def _named(bucket: str, *, create: bool) -> str:
    name, _ = parse(bucket if "://" in bucket else f"s3://{bucket}")
    if create and not _NAME.fullmatch(name):
        message = "no new bucket can have this name: 3 to 63 small letters, digits, dots and hyphens; choose another"
        raise StorageError(message, uri=f"s3://{name}")
    return name


def _own_account(region: str) -> str:
    with explained_service("GetCallerIdentity", "sts"):
        return str(make_service_client("sts", region_name=region).get_caller_identity()["Account"])


def _region_of(s3: Any, name: str, account: str) -> str | None:
    """Find the region of a bucket; None where there is none.

    Raises
    ------
    StorageError
        It is not the account's, or may not be looked at.
    """
    url = f"s3://{name}"
    with explained(url):
        try:
            found = s3.head_bucket(Bucket=name, ExpectedBucketOwner=account)
        except s3.exceptions.ClientError as error:
            if code_of(error) == "404":
                return None
            if code_of(error) == "403":
                raise StorageError(
                    f"the bucket is not one of account {account}, or the role or user in use may not look at it (s3:ListBucket); choose another name,"
                    " or give owner= if it is meant to be another account's",
                    uri=url,
                ) from error
            raise
    return found.get("BucketRegion") or found["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region") or _FIRST_REGION


def _create(s3: Any, name: str, region: str) -> None:
    place = {} if region == _FIRST_REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    with explained(f"s3://{name}"):
        try:
            s3.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerEnforced", **place)
        except s3.exceptions.ClientError as error:
            if code_of(error) == "BucketAlreadyExists":
                raise StorageError("another account has a bucket of this name; choose another name", uri=f"s3://{name}") from error
            if code_of(error) != "BucketAlreadyOwnedByYou":  # an answer that got lost made boto3 ask again
                raise


def _close(s3: Any, name: str, account: str) -> None:
    with explained(f"s3://{name}"):
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=_CLOSED, ExpectedBucketOwner=account)


def _is_empty(s3: Any, name: str) -> bool:
    with explained(f"s3://{name}"):
        return not s3.list_objects_v2(Bucket=name, MaxKeys=1)["KeyCount"]


def _open_to_the_public(s3: Any, name: str, account: str) -> list[str]:
    """Tell where a bucket that is there does not block public access; it may be meant so, and stays."""
    remedy = f"workers need no public access; aws s3api put-public-access-block --bucket {name} closes it"
    try:
        found = s3.get_public_access_block(Bucket=name, ExpectedBucketOwner=account)["PublicAccessBlockConfiguration"]
    except s3.exceptions.ClientError as error:
        if code_of(error) == "NoSuchPublicAccessBlockConfiguration":
            return [f"public access is not blocked; {remedy}"]
        if code_of(error) in {"AccessDenied", "403"}:
            return ["whether public access is blocked may not be looked at (s3:GetBucketPublicAccessBlock)"]
        with explained(f"s3://{name}"):
            raise
    lacking = [name for name, value in _CLOSED.items() if found.get(name) is not value]
    return [f"public access is not blocked altogether ({', '.join(lacking)}); {remedy}"] if lacking else []
