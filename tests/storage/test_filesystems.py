import sys
import uuid

import pytest

import nblabel as nl
from nblabel import storage
from nblabel.errors import StorageError


@pytest.fixture
def folder():
    return f"memory://{uuid.uuid4().hex}"


def test_there_and_back(folder):
    url = f"{folder}/cats/1.jpg"
    storage.write_bytes_atomic(url, [b"0123", memoryview(b"456789")])

    assert storage.read_bytes(url) == storage.read_bytes(url, limit=10) == b"0123456789"
    assert storage.size(url) == 10
    assert storage.read_range(url, 2, 5) == b"234"
    assert storage.read_range(url, 8, 100) == b"89"
    assert storage.read_range(url, 100, 200) == storage.read_range(url, 5, 2) == b""
    assert storage.exists(url)
    assert not storage.exists(f"{folder}/cats")
    assert storage.resolve("1.jpg", [f"{folder}/none", f"{folder}/cats"]) == url


def test_manifest_and_crawl(folder):
    for name in ("b.jpg", "a/2.jpg", "a/1.jpg", "x.txt"):
        storage.write_bytes_atomic(f"{folder}/{name}", [b"x"])
    df = nl.crawl(f"{folder}/")
    assert df["source-ref"].tolist() == [f"{folder}/{name}" for name in ("a/1.jpg", "a/2.jpg", "b.jpg")]
    nl.write_manifest(df, f"{folder}/out.manifest")
    assert nl.read_manifest(f"{folder}/out.manifest")["source-ref"].tolist() == df["source-ref"].tolist()


def test_errors(folder, monkeypatch):
    storage.write_bytes_atomic(f"{folder}/a/x", [b"0123456789"])
    with pytest.raises(StorageError, match="no such file or folder; check the URL"):
        storage.read_bytes(f"{folder}/none")
    for ask in (storage.size, storage.read_bytes):
        with pytest.raises(StorageError, match=r"this is a folder|no such file"):
            ask(f"{folder}/a")
    with pytest.raises(StorageError, match="has 10 bytes, at most 9"):
        storage.read_bytes(f"{folder}/a/x", limit=9)
    with pytest.raises(StorageError, match="encrypts files on S3 only"):
        storage.write_bytes_atomic(f"{folder}/x", [b""], kms_key="alias/key")
    with pytest.raises(StorageError, match="fsspec does not know gopher://"):
        storage.read_bytes("gopher://host/x")
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(StorageError, match="memory:// needs fsspec"):
        storage.read_bytes(f"{folder}/a/x")
