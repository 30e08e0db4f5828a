import io
import os
import random
import string

import boto3
import pytest
from harness import aws

import nblabel as nl
from nblabel import storage
from nblabel.errors import StorageError
from nblabel.storage import s3_upload
from nblabel.storage.s3 import S3, make_client, parse


def put(url, content=b"x"):
    bucket, key = parse(url)
    S3().client.put_object(Bucket=bucket, Key=key, Body=content)


class TestReadAndWrite:
    def test_there_and_back(self, bucket):
        url = f"{bucket}/cats/my cat+é%20.bin"
        storage.write_bytes_atomic(url, [b"0123", memoryview(b"456789")])

        assert storage.read_bytes(url) == storage.read_bytes(url.replace("s3:", "S3:")) == b"0123456789"
        assert storage.size(url) == 10
        assert storage.exists(url)
        assert not storage.exists(f"{bucket}/cats")
        assert not storage.exists(f"{bucket}/cats/")
        assert not storage.exists(bucket)
        storage.write_bytes_atomic(url, iter([]))
        assert storage.read_bytes(url) == b""

    def test_part(self, bucket):
        put(f"{bucket}/x", b"0123456789")

        assert storage.read_range(f"{bucket}/x", 2, 5) == b"234"
        assert storage.read_range(f"{bucket}/x", 8, 100) == b"89"
        assert storage.read_range(f"{bucket}/x", 100, 200) == storage.read_range(f"{bucket}/x", 5, 2) == b""

    def test_limit(self, bucket):
        put(f"{bucket}/x", b"0123456789")

        assert storage.read_bytes(f"{bucket}/x", limit=10) == b"0123456789"
        with pytest.raises(StorageError, match="has 10 bytes, at most 9 can be shown"):
            storage.read_bytes(f"{bucket}/x", limit=9)

    def test_failing_source_changes_nothing(self, bucket):
        def chunks():
            yield b"half"
            raise RuntimeError("no more")

        put(f"{bucket}/x", b"old")
        with pytest.raises(RuntimeError, match="no more"):
            storage.write_bytes_atomic(f"{bucket}/x", chunks())
        assert storage.read_bytes(f"{bucket}/x") == b"old"

    def test_kms(self, bucket):
        key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
        storage.write_bytes_atomic(f"{bucket}/x", [b"secret"], kms_key=key)
        put(f"{bucket}/1.txt", b"secret")

        found = S3().client.head_object(Bucket=parse(bucket)[0], Key="x")
        assert (found["ServerSideEncryption"], found["SSEKMSKeyId"].rpartition("/")[2]) == ("aws:kms", key)
        assert storage.read_bytes(f"{bucket}/x") == b"secret"
        nl.crawl(f"{bucket}/1.txt", "text").nblabel.to_manifest(f"{bucket}/out.manifest", kms_key=key)
        assert S3().client.head_object(Bucket=parse(bucket)[0], Key="out.manifest")["ServerSideEncryption"] == "aws:kms"
        with pytest.raises(ValueError, match="kms_key is for a URL that begins with s3://"):
            nl.write_manifest(nl.crawl(f"{bucket}/1.txt", "text"), io.BytesIO(), kms_key=key)

    def test_relative_reference(self, bucket, tmp_path):
        put(f"{bucket}/cats/1.jpg")

        assert storage.resolve("1.jpg", [None, tmp_path, f"{bucket}/none", f"{bucket}/cats/"]) == f"{bucket}/cats/1.jpg"
        with pytest.raises(StorageError, match=r"2\.jpg: no such file; looked in"):
            storage.resolve("2.jpg", [f"{bucket}/cats"])


class TestList:
    def test_equals_boto3(self, bucket):
        rng = random.Random(0)
        letters = string.ascii_letters + string.digits + " /&<>\"'%+=~*!().,;:@#?[]{}|^\\`éß\N{CJK UNIFIED IDEOGRAPH-732B}\N{CAT FACE}\t"
        keys = {"plain", "a/b", "a b", "a+b", "a%20b", "a&amp;b", "<Key>", "folder/"} | {"".join(rng.choices(letters, k=12)) for _ in range(120)}
        for key in keys:
            put(f"{bucket}/data/{key}", b"x" * (len(key) % 7))
        put(f"{bucket}/database", b"not in the folder")
        pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=parse(bucket)[0], Prefix="data/")
        expected = [(f"{bucket}/{found['Key']}", found["Key"].removeprefix("data/"), found["Size"]) for page in pages for found in page["Contents"]]

        assert len(expected) == len(keys)
        assert not storage.exists(f"{bucket}/data/folder/")
        for location in (f"{bucket}/data", f"{bucket}/data/"):
            assert [tuple(file) for file in storage.list_files(location)] == expected
        assert [tuple(file) for file in storage.list_files(bucket)] == [
            *((ref, f"data/{name}", size) for ref, name, size in expected),
            (f"{bucket}/database", "database", 17),
        ]

    def test_nothing_there(self, bucket):
        assert list(storage.list_files(f"{bucket}/none")) == []

    def test_other_listings_of_the_same_client_stay_as_they_are(self, bucket):
        put(f"{bucket}/x y", b"12")
        client = make_client()

        assert [tuple(file) for file in S3(client).list_files(bucket)] == [(f"{bucket}/x y", "x y", 2)]
        found = client.list_objects_v2(Bucket=parse(bucket)[0])["Contents"][0]
        assert (found["Key"], found["Size"]) == ("x y", 2)


class TestErrors:
    @pytest.mark.parametrize("ask", [storage.read_bytes, storage.size, lambda url: storage.read_range(url, 0, 1)])
    def test_missing(self, bucket, ask):
        with pytest.raises(StorageError, match=r"none\.jpg: no such object; check the key") as caught:
            ask(f"{bucket}/none.jpg")
        assert caught.value.uri == f"{bucket}/none.jpg"
        with pytest.raises(StorageError, match="no such bucket; check its name"):
            ask("s3://nblabel-no-such-bucket/x")

    def test_missing_bucket(self, bucket):
        for ask in (lambda url: list(storage.list_files(url)), lambda url: storage.write_bytes_atomic(url, [b""])):
            with pytest.raises(StorageError, match="no such bucket"):
                ask("s3://nblabel-no-such-bucket/x")

    def test_references(self, bucket):
        for ref, message in [("s3://", "expected s3://bucket/key"), (bucket, "this is a folder"), (f"{bucket}/a/", "this is a folder")]:
            with pytest.raises(StorageError, match=message):
                storage.read_bytes(ref)
        with pytest.raises(StorageError, match="no name of a bucket and key"):
            storage.read_bytes("s3://Under score/x")

    def test_configuration(self, aws_environment):
        aws_environment.delenv("AWS_ACCESS_KEY_ID")
        with pytest.raises(StorageError, match="no AWS credentials were found; sign in"):
            storage.read_bytes("s3://bucket/x")
        aws_environment.setenv("AWS_PROFILE", "none")
        with pytest.raises(StorageError, match="the profile in AWS_PROFILE is not in"):
            storage.read_bytes("s3://bucket/x")


class TestClient:
    def test_follows_the_configuration(self, bucket, aws_environment, moto_endpoint):
        put(f"{bucket}/x", b"here")
        first = S3().client
        assert S3().client is first
        aws_environment.setenv("AWS_ENDPOINT_URL", aws.NOWHERE)
        with pytest.raises(StorageError, match="S3 cannot be reached; check the network"):
            storage.read_bytes(f"{bucket}/x")
        aws_environment.setenv("AWS_ENDPOINT_URL", moto_endpoint)
        boto3.setup_default_session(region_name="eu-west-3")
        assert storage.read_bytes(f"{bucket}/x") == b"here"
        assert S3().client.meta.region_name == "eu-west-3"

    def test_credentials_that_were_written_anew(self, bucket, aws_environment, tmp_path):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            aws_environment.delenv(name)
        aws_environment.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
        with pytest.raises(StorageError, match="no AWS credentials"):
            storage.read_bytes(f"{bucket}/x")
        (tmp_path / "credentials").write_text("[default]\naws_access_key_id = test\naws_secret_access_key = test\n")
        with pytest.raises(StorageError, match="no such object"):
            storage.read_bytes(f"{bucket}/x")

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
    def test_a_forked_process_has_its_own(self, bucket):
        put(f"{bucket}/x", b"here")
        client = S3().client
        child = os.fork()
        if not child:
            os._exit(0 if S3().client is not client and storage.read_bytes(f"{bucket}/x") == b"here" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class TestSomebodyElseWrote:
    LINES = b'{"source":"a","x":1}\n{"source":"b","x":2}\n'

    @pytest.fixture(params=[1 << 20, 10], ids=["at once", "in parts"])
    def url(self, bucket, monkeypatch, request):
        monkeypatch.setattr(s3_upload, "LARGE", request.param)
        put(f"{bucket}/in.manifest", self.LINES)
        return f"{bucket}/in.manifest"

    def test_is_not_lost(self, url):
        mine, theirs = nl.read_manifest(url), nl.read_manifest(url)
        nl.write_manifest(theirs.assign(x=7), url)

        with pytest.raises(StorageError, match="has changed since it was read; read it again and repeat the change, or write to another key"):
            nl.write_manifest(mine.assign(x=8), url)

        assert nl.read_manifest(url)["x"].tolist() == [7, 7]
        nl.write_manifest(mine.assign(x=8), f"{url}.mine")
        assert nl.read_manifest(f"{url}.mine")["x"].tolist() == [8, 8]

    def test_what_i_wrote_myself_is_no_change(self, url):
        df = nl.read_manifest(url)
        for number in range(3):
            df["x"] = number
            nl.write_manifest(df, url)
            nl.write_manifest(df.iloc[::-1], url)

        assert nl.read_manifest(url)["x"].tolist() == [2, 2]

    def test_other_rows_are_written_over_anything(self, url):
        df = nl.read_manifest(url)
        nl.write_manifest(df.assign(x=7), url)
        nl.write_manifest(nl.read_manifest(io.BytesIO(self.LINES)), url)

        assert storage.read_bytes(url) == self.LINES

    def test_deleted(self, url):
        df = nl.read_manifest(url)
        bucket, key = parse(url)
        S3().client.delete_object(Bucket=bucket, Key=key)
        nl.write_manifest(df, url)

        assert storage.read_bytes(url) == self.LINES

    def test_who_writes_while_parts_are_sent(self, url):
        client, seen = make_client(), []
        client.meta.events.register("provide-client-params.s3", lambda model, params, **_: seen.append((model.name, params.get("IfMatch"))))
        version = S3(client).read_versioned(url)[1]
        S3(client).replace_version(url, version, [b"x" * 20])

        assert seen[-1] in {("PutObject", version), ("CompleteMultipartUpload", version)}


def test_answer_that_got_lost(bucket):
    url = f"{bucket}/x"
    put(url)
    _, version = storage.read_versioned(url)
    mine = b"the same when boto3 asks again"
    storage.write_bytes_atomic(url, [mine])

    new = storage.replace_version(url, version, [mine])

    assert new == storage.read_versioned(url)[1] != version
