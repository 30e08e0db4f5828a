import boto3
import pytest

from nblabel import storage
from nblabel.errors import StorageError
from nblabel.storage import s3_upload
from nblabel.storage.progress import ProgressLine
from nblabel.storage.s3 import S3

MEGABYTE = 1 << 20


class Counting:
    """A client that notes what is asked for, and fails when told so."""

    def __init__(self, client):
        self.asked = []
        self.fail_at = None
        client.meta.events.register("provide-client-params.s3", self._note)
        self.client = client

    def _note(self, model, params, **_):
        name = model.name if model.name != "UploadPart" else f"UploadPart {params['PartNumber']}"
        self.asked.append(name)
        if name == self.fail_at:
            raise KeyboardInterrupt

    def take(self):
        asked, self.asked = self.asked, []
        return sorted(asked)


@pytest.fixture
def counting(bucket, monkeypatch):
    from nblabel.storage.s3 import make_client

    monkeypatch.setattr(s3_upload, "LARGE", 6 * MEGABYTE)
    monkeypatch.setattr(s3_upload, "_PART", 5 * MEGABYTE)  # the least that S3 and moto take
    return Counting(make_client())


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large.bin"
    path.write_bytes(b"".join(bytes([number]) * MEGABYTE for number in range(12)))
    return path


def test_a_folder(counting, bucket, tmp_path):
    contents = {f"{number // 10}/{number} é.bin": bytes([number]) * number for number in range(40)}
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    seen = []

    S3(counting.client).upload_folder(tmp_path, f"{bucket}/data/", progress=lambda done, total: seen.append((done, total)))
    assert {file.name: storage.read_bytes(file.ref) for file in storage.list_files(f"{bucket}/data")} == contents
    assert seen == sorted(seen)
    assert seen[-1] == (sum(range(40)), sum(range(40)))
    assert counting.take() == ["ListObjectsV2"] + ["PutObject"] * 40

    (tmp_path / "1" / "11 é.bin").write_bytes(b"y" * 11)
    S3(counting.client).upload_folder(tmp_path, f"{bucket}/data", progress=lambda done, total: seen.append((done, total)))
    assert counting.take() == ["HeadObject"] * 40 + ["ListObjectsV2", "PutObject"]
    assert seen[-1] == (sum(range(40)), sum(range(40)))
    assert storage.read_bytes(f"{bucket}/data/1/11 é.bin") == b"y" * 11


@pytest.mark.parametrize("kms", [False, True])
def test_a_large_file_goes_on_after_an_interruption(counting, bucket, large, kms):
    key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"] if kms else None
    target = {f"{bucket}/large.bin": large}
    counting.fail_at = "UploadPart 3"
    with pytest.raises(KeyboardInterrupt):
        S3(counting.client).upload(target, kms_key=key)
    assert not storage.exists(f"{bucket}/large.bin")
    counting.fail_at = None
    counting.take()

    seen = []
    S3(counting.client).upload(target, kms_key=key, progress=lambda done, _: seen.append(done // MEGABYTE))
    sent = [name for name in counting.take() if name.startswith("UploadPart")]
    assert sent == ["UploadPart 1", "UploadPart 2", "UploadPart 3"] if kms else ["UploadPart 3"]
    assert seen == [5, 10, 12]
    assert storage.read_bytes(f"{bucket}/large.bin") == large.read_bytes()

    S3(counting.client).upload(target, kms_key=key)
    assert counting.take() == ["HeadObject", "ListObjectsV2"]


def test_parts_of_another_content_are_sent_again(counting, bucket, large):
    counting.fail_at = "CompleteMultipartUpload"
    with pytest.raises(KeyboardInterrupt):
        S3(counting.client).upload({f"{bucket}/x": large})
    counting.fail_at = None
    counting.take()
    content = large.read_bytes()
    changed = content[: 5 * MEGABYTE] + b"changed" + content[5 * MEGABYTE :]

    S3(counting.client).upload({f"{bucket}/x": changed})
    assert [name for name in counting.take() if name.startswith("UploadPart")] == ["UploadPart 2", "UploadPart 3"]
    assert storage.read_bytes(f"{bucket}/x") == changed


def test_a_large_write(counting, bucket, large):
    S3(counting.client).write_bytes_atomic(f"{bucket}/x", [large.read_bytes()])
    assert "CompleteMultipartUpload" in counting.take()
    assert storage.read_bytes(f"{bucket}/x") == large.read_bytes()


def test_a_large_write_is_sent_while_it_is_made(counting, bucket, monkeypatch):
    monkeypatch.setattr(s3_upload, "_THREADS", 2)
    sent = []

    def chunks():
        for number in range(9):
            sent.append(sum(name.startswith("UploadPart") for name in counting.asked))
            yield memoryview(bytes([number]) * 3 * MEGABYTE)

    S3(counting.client).write_bytes_atomic(f"{bucket}/x", chunks())
    assert sent[-1] >= 2
    assert storage.read_bytes(f"{bucket}/x") == b"".join(bytes([number]) * 3 * MEGABYTE for number in range(9))


def test_a_large_write_whose_content_fails_leaves_nothing(counting, bucket):
    def chunks():
        yield bytes(11 * MEGABYTE)
        raise ValueError("no more")

    storage.write_bytes_atomic(f"{bucket}/x", [b"old"])
    with pytest.raises(ValueError, match="no more"):
        S3(counting.client).write_bytes_atomic(f"{bucket}/x", chunks())
    assert storage.read_bytes(f"{bucket}/x") == b"old"
    assert "Uploads" not in counting.client.list_multipart_uploads(Bucket=bucket.removeprefix("s3://"))


def test_a_file_that_changes_meanwhile(counting, bucket, large):
    def change(model, params, **_):
        large.write_bytes(b"short")

    counting.client.meta.events.register("provide-client-params.s3.CreateMultipartUpload", change)
    with pytest.raises(StorageError, match=r"large\.bin: the file was changed while it was sent; send it again"):
        S3(counting.client).upload({f"{bucket}/x": large})
    assert not storage.exists(f"{bucket}/x")


def test_errors(bucket, tmp_path):
    S3().upload({})
    with pytest.raises(StorageError, match="no such file"):
        S3().upload({f"{bucket}/x": tmp_path / "none"})
    with pytest.raises(StorageError, match="this is a folder"):
        S3().upload({bucket: b"x"})
    with pytest.raises(StorageError, match="no such bucket") as caught:
        S3().upload({"s3://nblabel-no-such-bucket/x": b"x", f"{bucket}/y": b"y"})
    assert "run it again to send the others" in caught.value.__notes__[0]


def test_progress_line(monkeypatch, capsys):
    times = iter([0, 0.1, 0.6, 0.7, 0.8, 10, 10.1])
    monkeypatch.setattr("time.monotonic", lambda: next(times))
    line = ProgressLine("Uploading 3 files")
    for done in (1, 2_000_000, 3_000_000, 4_000_000):
        line(done, 4_000_000)
    assert capsys.readouterr().out == "\rUploading 3 files: 2 of 4 MB (50 %)\rUploading 3 files: 4 of 4 MB (100 %)\n"
    ProgressLine("quick")(4, 4)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("found", "key", "same"),
    [("arn:aws:kms:us-east-1:1:key/a", "a", True), ("arn:aws:kms:us-east-1:1:key/b", "a", False), ("arn:aws:kms:us-east-1:1:key/b", "alias/a", True)],
)
def test_which_key_an_alias_stands_for_s3_does_not_tell(found, key, same):
    assert s3_upload._is_encrypted({"SSEKMSKeyId": found}, key) is same
    assert not s3_upload._is_encrypted({}, key)
