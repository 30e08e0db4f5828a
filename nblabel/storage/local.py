"""Files of this machine: local paths and ``file://`` URLs."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import uuid
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from nblabel.errors import StorageError
from nblabel.storage.files import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["exists", "list_files", "make_folder", "path_of", "read_bytes", "read_range", "size", "write_bytes_atomic"]


def path_of(ref: str) -> str:
    """Return the local path of a path or ``file://`` URL.

    Raises
    ------
    StorageError
        The URL names another host, or the path has a NUL character.

    Examples
    --------
    >>> path_of("file:///data/my%20cats.manifest")
    '/data/my cats.manifest'
    """
    if "\0" in ref:
        raise StorageError("no path can hold a NUL character; check the reference", uri=ref)
    if not ref.lower().startswith("file://"):
        return ref
    parts = urlsplit(ref)
    if parts.netloc not in {"", "localhost"}:
        message = f"the host {parts.netloc!r} is not this machine; write file:/// with three slashes before the path"
        raise StorageError(message, uri=ref)
    return url2pathname(parts.path)


def read_bytes(ref: str, limit: int | None) -> bytes:
    """Return the content of a file; see `nblabel.storage.read_bytes`."""
    with _explained(ref):
        path = Path(path_of(ref))
        length = _length(path, ref)
        if limit is not None and length > limit:
            message = f"the file has {length:,} bytes, at most {limit:,} can be shown; make it smaller or split it"
            raise StorageError(message, uri=ref)
        return path.read_bytes()


def read_range(ref: str, start: int, end: int) -> bytes:
    """Return a part of a file; see `nblabel.storage.read_range`."""
    with _explained(ref):
        path = Path(path_of(ref))
        _length(path, ref)
        with path.open("rb") as file:
            file.seek(start)
            return file.read(max(end - start, 0))


def size(ref: str) -> int:
    """Return the number of bytes of a file; see `nblabel.storage.size`."""
    with _explained(ref):
        return _length(Path(path_of(ref)), ref)


def _length(path: Path, ref: str) -> int:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):  # reading a pipe may wait forever, reading a device never end
        raise StorageError("this is a pipe, a socket or a device, a file was expected; copy its content into a file", uri=ref)
    return status.st_size


def exists(ref: str) -> bool:
    """Tell whether a file is there; see `nblabel.storage.exists`."""
    return Path(path_of(ref)).is_file()


def list_files(ref: str) -> Iterator[File]:
    """Yield the files of a folder; see `nblabel.storage.list_files`.

    Links to folders are followed, but not to one that is being listed already.
    """
    with _explained(ref):
        top = path_of(ref)
        if not stat.S_ISDIR(os.stat(top).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    as_url = ref.lower().startswith("file://")
    start = len(os.path.join(top, ""))
    for path, length in _walk(top, ref, frozenset()):
        yield File(Path(path).absolute().as_uri() if as_url else Path(path).as_posix(), path[start:].replace(os.sep, "/"), length)


def _walk(folder: str, ref: str, above: frozenset[tuple[int, int]]) -> Iterator[tuple[str, int]]:
    with _explained(ref):
        status = os.stat(folder)
        here = above | {(status.st_dev, status.st_ino)}
        with os.scandir(folder) as found:
            entries = [(entry.name + ("/" if entry.is_dir() else ""), entry) for entry in found]
    # A folder's slash takes part in the order, as it does on S3.
    for name, entry in sorted(entries, key=lambda pair: os.fsencode(pair[0])):
        with _explained(ref):
            try:
                status = entry.stat()
            except FileNotFoundError:  # a link to nothing, or gone in the meantime
                continue
        if name.endswith("/"):
            if (status.st_dev, status.st_ino) not in here:
                yield from _walk(entry.path, ref, here)
        elif stat.S_ISREG(status.st_mode):
            yield entry.path, status.st_size


def make_folder(ref: str) -> None:
    """Make a folder and those above it; see `nblabel.storage.make_folder`."""
    with _explained(ref):
        Path(path_of(ref)).mkdir(parents=True, exist_ok=True)


def write_bytes_atomic(ref: str, chunks: Iterable[bytes | memoryview], kms_key: str | None = None) -> None:
    """Write a file at once; see `nblabel.storage.write_bytes_atomic`."""
    if kms_key is not None:
        raise StorageError("a KMS key encrypts files on S3 only; leave kms_key out, or give a URL that begins with s3://", uri=ref)
    with _explained(ref):
        target = Path(os.path.realpath(path_of(ref)))
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        # In the same folder, as a rename cannot cross file systems; with a name of its own, as the target's may have all the length allowed.
        temporary = target.with_name(f".{uuid.uuid4().hex}.tmp")
        # 0o666 less the umask is what open() would give a new file; tempfile's 0o600 would lock colleagues out.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        try:
            with os.fdopen(descriptor, "wb", buffering=1 << 20) as file:
                if hasattr(os, "writev"):
                    _gather(file.fileno(), chunks)
                else:  # Windows
                    file.writelines(chunks)
                    file.flush()
                with contextlib.suppress(FileNotFoundError):
                    temporary.chmod(stat.S_IMODE(target.stat().st_mode))
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        _sync_folder(target.parent)


def _gather(descriptor: int, chunks: Iterable[bytes | memoryview]) -> None:
    """Write pieces without copying them into a buffer first, which would cost half as much again as the writing."""
    waiting: list[bytes | memoryview] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if len(waiting) == _MOST_PIECES or size >= _BATCH:
            _write_all(descriptor, waiting)
            waiting, size = [], 0
    _write_all(descriptor, waiting)


def _write_all(descriptor: int, pieces: list[bytes | memoryview]) -> None:
    while pieces:
        written = os.writev(descriptor, pieces)
        # The system may take less than it was given.
        first = 0
        while first < len(pieces) and written >= len(pieces[first]):
            written -= len(pieces[first])
            first += 1
        pieces = pieces[first:]
        if pieces:
            pieces[0] = memoryview(pieces[0])[written:]


def _sync_folder(path: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder to sync it
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_MOST_PIECES = 512  # POSIX systems of today take 1,024
_BATCH = 1 << 22

_REMEDIES = {
    errno.ENOENT: "no such file or folder; check the path (a relative one starts at the working directory)",
    errno.ENOTDIR: "a part of the path is a file, not a folder; check the path",
    errno.EISDIR: "this is a folder, a file was expected; give the path of a file in it",
    errno.EACCES: "permission denied; change the permissions of the file and its folder, or use another path",
    errno.EPERM: "not permitted; change the permissions of the file and its folder, or use another path",
    errno.EROFS: "the file system is read-only; use another path",
    errno.ENOSPC: "the disk is full; free some space or use another disk. Nothing was changed",
    errno.EDQUOT: "the disk quota is used up; free some space or use another disk. Nothing was changed",
    errno.ENAMETOOLONG: "the file name is too long; use a shorter one",
}


@contextlib.contextmanager
def _explained(ref: str) -> Iterator[None]:
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise StorageError(_REMEDIES.get(error.errno or 0, f"{error.strerror or error}; check the path"), uri=ref) from error
