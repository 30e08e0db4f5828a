from __future__ import annotations

import pytest

import nblabel as nl
from nblabel.errors import StorageError
from nblabel.storage.s3 import S3


def rules_of(bucket):
    return S3().client.get_bucket_cors(Bucket=bucket.removeprefix("s3://"))["CORSRules"]


def test_a_bucket_gets_what_it_lacks_once_and_keeps_its_rules(bucket):
    client = S3().client
    own = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://mine.example"]}
    client.put_bucket_cors(Bucket=bucket.removeprefix("s3://"), CORSConfiguration={"CORSRules": [own]})
    assert len(nl.aws.fix_cors(f"{bucket}/images/a.jpg", dry_run=True)) == 2
    assert len(rules_of(bucket)) == 1
    nl.aws.fix_cors(bucket)
    nl.aws.fix_cors(bucket.removeprefix("s3://"))
    first, second = rules_of(bucket)
    assert first["AllowedOrigins"] == ["https://mine.example"]
    assert (second["AllowedMethods"], second["AllowedOrigins"]) == (["GET"], ["*"])
    assert second["ExposeHeaders"] == ["Access-Control-Allow-Origin"]


def test_sequences_need_more_and_images_have_it_then(bucket):
    nl.aws.fix_cors(bucket)
    assert len(nl.aws.fix_cors(bucket, media="sequence")) == 2
    assert sorted(rules_of(bucket)[1]["AllowedMethods"]) == ["GET", "HEAD", "PUT"]
    assert len(nl.aws.fix_cors(bucket)) == 2


@pytest.mark.usefixtures("aws_environment")
def test_no_such_bucket():
    with pytest.raises(StorageError, match="no such bucket"):
        nl.aws.fix_cors("s3://nblabel-no-such-bucket")
