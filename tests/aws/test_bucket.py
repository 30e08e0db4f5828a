"""Buckets and keys made ready, on moto's server."""

from __future__ import annotations

import uuid

import boto3
import pytest
from harness.aws_calls import AwsCalls

import nblabel as nl
from nblabel import storage
from nblabel.errors import RequestError, ServiceError, StorageError
from nblabel.storage.s3 import S3

ACCOUNT = "123456789012"  # moto's


@pytest.fixture
def name(aws_environment):
    """A name that no bucket has."""
    return f"nblabel-{uuid.uuid4().hex}"


@pytest.fixture
def calls(monkeypatch):
    return AwsCalls(monkeypatch)


def test_a_bucket_is_made_as_the_console_does_and_once(name, calls):
    with pytest.raises(StorageError, match=r"no such bucket; .*create=True"):
        nl.aws.prepare_bucket(name)
    plan = nl.aws.prepare_bucket(name, create=True, dry_run=True)
    assert "nothing was changed; would\n  create the bucket in us-east-1, for account 123456789012 alone" in repr(plan)
    assert calls.changes() == []
    made = nl.aws.prepare_bucket(name, create=True)
    assert made.steps == plan.steps
    assert calls.changes() == ["CreateBucket", "PutPublicAccessBlock", "PutBucketCors"]
    closed = S3().client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert list(closed.values()) == [True] * 4
    assert S3().client.get_bucket_cors(Bucket=name)["CORSRules"][0]["AllowedMethods"] == ["GET"]
    calls.clear()
    assert repr(nl.aws.prepare_bucket(f"s3://{name}/images/", create=True)) == f"s3://{name} in us-east-1: nothing to do"
    assert calls.changes() == []


def test_a_bucket_that_is_there_is_not_closed_but_told_of(bucket):
    storage.write_bytes_atomic(f"{bucket}/page.html", [b"public"])
    found = nl.aws.prepare_bucket(bucket, media="sequence", create=True)
    assert found.steps == ["let workers' browsers read it (CORS)"]
    assert "public access is not blocked; workers need no public access" in repr(found)
    half = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": True}
    S3().client.put_public_access_block(Bucket=bucket.removeprefix("s3://"), PublicAccessBlockConfiguration=half)
    assert "not blocked altogether (BlockPublicPolicy)" in nl.aws.prepare_bucket(bucket, media="sequence").notes[0]


def test_region_and_owner_must_be_right(name, calls):
    nl.aws.prepare_bucket(name, create=True, region="eu-west-1")
    assert nl.aws.prepare_bucket(name, region="eu-west-1").region == "eu-west-1"
    with pytest.raises(StorageError, match=r"is in eu-west-1, and jobs would run in us-east-1; .*use a team"):
        nl.aws.prepare_bucket(name)
    assert {given["ExpectedBucketOwner"] for given in calls.named("HeadBucket")} == {ACCOUNT}
    calls.errors["HeadBucket"] = "403"
    with pytest.raises(StorageError, match=r"not one of account 999999999999, or .* may not look at it"):
        nl.aws.prepare_bucket(name, owner="999999999999")


@pytest.mark.parametrize("operation", ["GetCallerIdentity", "HeadBucket", "CreateBucket", "PutPublicAccessBlock", "GetBucketCors", "PutBucketCors"])
def test_whatever_call_fails_running_again_makes_it_ready(name, calls, operation):
    if operation == "GetBucketCors":
        nl.aws.prepare_bucket(name, create=True)
    calls.errors[operation] = "ExpiredToken"
    with pytest.raises((StorageError, ServiceError), match="credentials have expired"):
        nl.aws.prepare_bucket(name, create=True)
    calls.errors.clear()
    nl.aws.prepare_bucket(name, create=True)
    assert not nl.aws.prepare_bucket(name).steps
    assert not nl.aws.prepare_bucket(name).notes


def test_somebody_elses_name_and_what_may_not_be_looked_at(name, calls):
    calls.errors["CreateBucket"] = "BucketAlreadyExists"
    with pytest.raises(StorageError, match="another account has a bucket of this name"):
        nl.aws.prepare_bucket(name, create=True)
    calls.errors.clear()
    nl.aws.prepare_bucket(name, create=True)
    calls.errors["GetPublicAccessBlock"] = "AccessDenied"
    assert "may not be looked at (s3:GetBucketPublicAccessBlock)" in nl.aws.prepare_bucket(name).notes[0]


def test_keys_are_checked(bucket, calls):
    kms = boto3.client("kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName=f"alias/{key['KeyId']}", TargetKeyId=key["KeyId"])
    assert nl.aws.check_kms_key(f"alias/{key['KeyId']}") == nl.aws.check_kms_key(key["KeyId"]) == key["Arn"]
    assert key["Arn"] in repr(nl.aws.prepare_bucket(bucket, kms_key=key["KeyId"]))
    with pytest.raises(RequestError, match="no such key in us-east-1; check the id"):
        nl.aws.check_kms_key("12345678-1234-1234-1234-123456789012")
    with pytest.raises(RequestError, match="must be in the job's region eu-west-1, it is in us-east-1"):
        nl.aws.check_kms_key(key["Arn"], region="eu-west-1")
    with pytest.raises(RequestError, match="symmetric keys, this is one of RSA_2048"):
        nl.aws.check_kms_key(kms.create_key(KeyUsage="ENCRYPT_DECRYPT", KeySpec="RSA_2048")["KeyMetadata"]["KeyId"])
    kms.disable_key(KeyId=key["KeyId"])
    with pytest.raises(RequestError, match="the key is Disabled; enable it"):
        nl.aws.check_kms_key(key["KeyId"])
    calls.errors["DescribeKey"] = "AccessDeniedException"
    with pytest.raises(ServiceError, match=r"needs kms:DescribeKey$"):
        nl.aws.check_kms_key(key["KeyId"])


@pytest.mark.usefixtures("aws_environment")
def test_names_and_media_that_cannot_be():
    with pytest.raises(StorageError, match="no new bucket can have this name: 3 to 63 small letters"):
        nl.aws.prepare_bucket("Cats_and_dogs", create=True)
    for ask in (nl.aws.prepare_bucket, nl.aws.fix_cors):
        with pytest.raises(ValueError, match="media='video' is not known; use one of 'image', 'sequence'"):
            ask("cats", media="video")
