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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["exists", "path_of", "read_bytes", "write_bytes_atomic"]


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
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):  # reading a pipe may wait forever, reading a device never end
            raise StorageError("this is a pipe, a socket or a device, a file was expected; copy its content into a file", uri=ref)
        if limit is not None and status.st_size > limit:
            message = f"the file has {status.st_size:,} bytes, at most {limit:,} can be shown; make it smaller or split it"
            raise StorageError(message, uri=ref)
        return path.read_bytes()


def exists(ref: str) -> bool:
    """Tell whether a file is there; see `nblabel.storage.exists`."""
    return Path(path_of(ref)).is_file()


def write_bytes_atomic(ref: str, chunks: Iterable[bytes | memoryview]) -> None:
    """Write a file at once; see `nblabel.storage.write_bytes_atomic`."""
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
                for chunk in chunks:
                    file.write(chunk)
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


def _sync_folder(path: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder to sync it
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
