import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from nblabel import storage
from nblabel.errors import StorageError

posix = pytest.mark.skipif(os.name == "nt", reason="permission bits and symbolic links as POSIX has them")


class TestRead:
    def test_path_and_url(self, tmp_path):
        path = tmp_path / "my cats.manifest"
        path.write_bytes(b"content")

        assert storage.read_bytes(path) == storage.read_bytes(str(path)) == storage.read_bytes(path.as_uri()) == b"content"
        assert storage.read_bytes(path.as_uri().replace("file://", "FILE://localhost")) == b"content"
        assert storage.exists(path)
        assert storage.exists(path.as_uri())
        assert not storage.exists(tmp_path)
        assert not storage.exists(tmp_path / "none")

    def test_errors_name_the_file_and_the_remedy(self, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        for ref, message in [
            (tmp_path / "none", "no such file or folder; check the path"),
            (tmp_path, "this is a folder, a file was expected"),
            (tmp_path / "file" / "x", "a part of the path is a file"),
            ("a\0b", "no path can hold a NUL"),
            ("file://elsewhere/x", "'elsewhere' is not this machine"),
        ]:
            with pytest.raises(StorageError, match=message) as caught:
                storage.read_bytes(ref)
            assert caught.value.uri == str(ref)
            assert str(ref) in str(caught.value)

    def test_part_and_size(self, tmp_path):
        (tmp_path / "x").write_bytes(b"0123456789")

        assert storage.size(tmp_path / "x") == 10
        assert storage.read_range(tmp_path / "x", 2, 5) == b"234"
        assert storage.read_range((tmp_path / "x").as_uri(), 8, 100) == b"89"
        assert storage.read_range(tmp_path / "x", 100, 200) == storage.read_range(tmp_path / "x", 5, 2) == b""
        with pytest.raises(ValueError, match="start=-1 is negative"):
            storage.read_range(tmp_path / "x", -1, 2)
        for ask in (storage.size, lambda ref: storage.read_range(ref, 0, 1)):
            with pytest.raises(StorageError, match="this is a folder"):
                ask(tmp_path)
            with pytest.raises(StorageError, match="no such file"):
                ask(tmp_path / "none")

    @posix
    @pytest.mark.parametrize("kind", ["pipe", "device"])
    def test_what_is_no_file_is_not_waited_for(self, tmp_path, kind):
        path = Path(os.devnull)
        if kind == "pipe":
            path = tmp_path / "pipe"
            os.mkfifo(path)
        with pytest.raises(StorageError, match="this is a pipe, a socket or a device, a file was expected; copy its content"):
            storage.read_bytes(path)

    def test_a_file_that_is_too_large_is_not_read(self, tmp_path, monkeypatch):
        path = tmp_path / "large"
        path.touch()
        os.truncate(path, 200_000_001)  # a hole: it takes no room on the disk
        monkeypatch.setattr(Path, "read_bytes", None)
        with pytest.raises(StorageError, match="has 200,000,001 bytes, at most 200,000,000 can be shown; make it smaller"):
            storage.read_bytes(path, limit=200_000_000)

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is permitted to root")
    def test_permission(self, tmp_path):
        (tmp_path / "x").touch(mode=0)
        with pytest.raises(StorageError, match="permission denied"):
            storage.read_bytes(tmp_path / "x")


class TestWrite:
    def test_new_and_again(self, tmp_path):
        path = tmp_path / "x"
        storage.write_bytes_atomic(path, [b"one ", memoryview(b"two")])
        assert path.read_bytes() == b"one two"
        storage.write_bytes_atomic(path.as_uri(), iter([]))
        assert path.read_bytes() == b""
        assert list(tmp_path.iterdir()) == [path]

    def test_longest_name(self, tmp_path):
        path = tmp_path / ("é" * 127)
        storage.write_bytes_atomic(path, [b"x"])
        assert path.read_bytes() == b"x"

    @posix
    def test_permissions(self, tmp_path):
        (tmp_path / "plain").touch()
        storage.write_bytes_atomic(tmp_path / "new", [b""])
        assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode

        (tmp_path / "new").chmod(0o604)
        storage.write_bytes_atomic(tmp_path / "new", [b""])
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o604

    @posix
    def test_symbolic_link_stays(self, tmp_path):
        (tmp_path / "folder").mkdir()
        (tmp_path / "link").symlink_to(Path("folder") / "target")
        storage.write_bytes_atomic(tmp_path / "link", [b"x"])

        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "folder" / "target").read_bytes() == b"x"

    def test_failing_source_changes_nothing(self, tmp_path):
        def chunks():
            yield b"half"
            raise RuntimeError("no more")

        (tmp_path / "x").write_bytes(b"old")
        with pytest.raises(RuntimeError, match="no more"):
            storage.write_bytes_atomic(tmp_path / "x", chunks())

        assert (tmp_path / "x").read_bytes() == b"old"
        assert len(list(tmp_path.iterdir())) == 1

    @pytest.mark.parametrize("call", ["fsync", "replace"])
    @pytest.mark.parametrize(
        ("code", "message"),
        [
            (errno.ENOSPC, "the disk is full; .* Nothing was changed"),
            (errno.EROFS, "read-only"),
            (errno.EIO, "check the path"),
            (errno.EDQUOT, "quota"),
        ],
    )
    def test_failing_disk(self, tmp_path, monkeypatch, call, code, message):
        def fail(*arguments, **options):
            raise OSError(code, os.strerror(code))

        (tmp_path / "x").write_bytes(b"old")
        monkeypatch.setattr(os, call, fail)
        with pytest.raises(StorageError, match=message):
            storage.write_bytes_atomic(tmp_path / "x", [b"new"])

        assert (tmp_path / "x").read_bytes() == b"old"
        assert len(list(tmp_path.iterdir())) == 1

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
    def test_full_device(self, tmp_path, monkeypatch):
        real = os.open
        monkeypatch.setattr(os, "open", lambda path, *rest: real("/dev/full" if str(path).endswith(".tmp") else path, os.O_WRONLY))
        with pytest.raises(StorageError, match="the disk is full"):
            storage.write_bytes_atomic(tmp_path / "x", [b"new"])
        assert not (tmp_path / "x").exists()

    def test_synced_before_it_replaces(self, tmp_path, monkeypatch):
        calls = []
        fsync, replace = os.fsync, os.replace
        monkeypatch.setattr(os, "fsync", lambda descriptor: (calls.append("sync"), fsync(descriptor)))
        monkeypatch.setattr(os, "replace", lambda *names: (calls.append("replace"), replace(*names)))
        storage.write_bytes_atomic(tmp_path / "x", [b"new"])

        assert calls == (["sync", "replace"] if sys.platform == "win32" else ["sync", "replace", "sync"])

    def test_errors(self, tmp_path):
        with pytest.raises(StorageError, match="this is a folder"):
            storage.write_bytes_atomic(tmp_path, [b""])
        with pytest.raises(StorageError, match="no such file or folder"):
            storage.write_bytes_atomic(tmp_path / "no" / "x", [b""])
        with pytest.raises(StorageError, match="a KMS key encrypts files on S3 only"):
            storage.write_bytes_atomic(tmp_path / "x", [b""], kms_key="alias/key")


class TestList:
    def test_in_the_order_of_s3(self, tmp_path, monkeypatch):
        names = ["a.txt", "a/b/c.txt", "a/z.txt", "a0.txt", "B.txt", "é.txt", "\N{GRINNING FACE}.txt", "\uffee.txt"]
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(b"x" * len(name))
        (tmp_path / "empty").mkdir()
        expected = sorted(names, key=str.encode)

        assert [tuple(file) for file in storage.list_files(tmp_path)] == [(f"{tmp_path.as_posix()}/{name}", name, len(name)) for name in expected]
        assert [file.ref for file in storage.list_files(tmp_path.as_uri())] == [(tmp_path / name).as_uri() for name in expected]
        monkeypatch.chdir(tmp_path)
        assert [file[:2] for file in storage.list_files("a/")] == [("a/b/c.txt", "b/c.txt"), ("a/z.txt", "z.txt")]
        assert [file.ref for file in storage.list_files(".")] == expected

    @posix
    def test_links(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "x").touch()
        (tmp_path / "a" / "up").symlink_to(tmp_path)
        (tmp_path / "b").symlink_to(tmp_path / "a")
        (tmp_path / "nowhere").symlink_to(tmp_path / "none")
        os.mkfifo(tmp_path / "pipe")

        assert [file.ref for file in storage.list_files(tmp_path)] == [str(tmp_path / "a" / "x"), str(tmp_path / "b" / "x")]

    def test_errors(self, tmp_path):
        (tmp_path / "x").touch()
        with pytest.raises(StorageError, match="no such file or folder"):
            list(storage.list_files(tmp_path / "none"))
        with pytest.raises(StorageError, match="is a file, not a folder"):
            list(storage.list_files(tmp_path / "x"))


class TestNames:
    def test_folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

        assert storage.folder("x") == str(tmp_path)
        assert storage.folder(Path("a", "x")) == str(tmp_path / "a")
        assert storage.folder((tmp_path / "b c" / "x").as_uri()) == str(tmp_path / "b c")
        assert storage.folder("s3://bucket/a/x") == "s3://bucket/a"

    def test_resolve(self, tmp_path):
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "both.jpg").touch()
        (tmp_path / "b" / "one.jpg").touch()
        bases = [None, tmp_path / "a", (tmp_path / "b").as_uri()]

        assert storage.resolve("both.jpg", bases) == str(tmp_path / "a" / "both.jpg")
        assert storage.resolve("one.jpg", bases) == str(tmp_path / "b" / "one.jpg")
        assert storage.resolve("s3://bucket/x", bases) == "s3://bucket/x"
        assert storage.resolve(str(tmp_path / "none"), bases) == str(tmp_path / "none")
        with pytest.raises(StorageError, match=r"none\.jpg: no such file; looked in .*a'.*b'"):
            storage.resolve("none.jpg", bases)
        with pytest.raises(StorageError, match="looked in no folder at all"):
            storage.resolve("none.jpg", [None])
