"""Read, write and list files by path or URL: of this machine, of Amazon S3, and of what fsspec knows where it is installed.

Every other module names files by a *reference*: a local path (str or `os.PathLike`) or a URL. The scheme of the reference chooses what does the work,
from one table. Credentials, region, profile and endpoint of S3 are those of boto3's own configuration; for others, use an object of `S3`.

Examples
--------
>>> import tempfile, os
>>> folder = tempfile.mkdtemp()
>>> path = os.path.join(folder, "a.txt")
>>> write_bytes_atomic(path, [b"one ", b"two"])
>>> read_bytes(path)
b'one two'
>>> size(path), read_range(path, 4, 100)
(7, b'two')
>>> resolve("a.txt", [folder]) == path
True
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from nblabel.errors import StorageError
from nblabel.storage import filesystems, local
from nblabel.storage.files import File
from nblabel.storage.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "S3",
    "File",
    "exists",
    "folder",
    "is_local",
    "list_files",
    "local_path",
    "make_folder",
    "read_bytes",
    "read_range",
    "read_versioned",
    "replace_version",
    "resolve",
    "size",
    "write_bytes_atomic",
]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


class _Backend(Protocol):
    def read_bytes(self, ref: str, limit: int | None) -> bytes: ...
    def read_range(self, ref: str, start: int, end: int) -> bytes: ...
    def size(self, ref: str) -> int: ...
    def exists(self, ref: str) -> bool: ...
    def list_files(self, ref: str) -> Iterator[File]: ...
    def write_bytes_atomic(self, ref: str, chunks: Iterable[bytes | memoryview], kms_key: str | None) -> None: ...


_BACKENDS: dict[str, _Backend] = {"": local, "file": local, "s3": S3()}


def read_bytes(ref: str | os.PathLike[str], *, limit: int | None = None) -> bytes:
    """Return the content of a file.

    Parameters
    ----------
    ref
        Local path or URL.
    limit
        Largest number of bytes that is read; any by default.

    Raises
    ------
    StorageError
        The file is missing, is a folder or no regular file at all, has more than `limit` bytes, may not be read, or its scheme is not known.
    """
    name = os.fspath(ref)
    return _backend(name).read_bytes(name, limit)


def read_versioned(ref: str | os.PathLike[str]) -> tuple[bytes, str | None]:
    """Return the content of a file, and its version where its storage has versions, as S3 has.

    Parameters
    ----------
    ref
        Local path or URL.

    Raises
    ------
    StorageError
        As `read_bytes`.
    """
    name = os.fspath(ref)
    backend = _backend(name)
    return backend.read_versioned(name) if isinstance(backend, S3) else (backend.read_bytes(name, None), None)


def read_range(ref: str | os.PathLike[str], start: int, end: int) -> bytes:
    """Return a part of a file, without reading the rest.

    Parameters
    ----------
    ref
        Local path or URL.
    start, end
        First byte, from 0, and the one after the last. What lies beyond the end of the file is left out.

    Raises
    ------
    StorageError
        As `read_bytes`.
    ValueError
        `start` is negative.
    """
    if start < 0:
        raise ValueError(f"start={start} is negative; a range is counted from the beginning of the file")
    name = os.fspath(ref)
    return _backend(name).read_range(name, start, end)


def size(ref: str | os.PathLike[str]) -> int:
    """Return the number of bytes of a file.

    Parameters
    ----------
    ref
        Local path or URL.

    Raises
    ------
    StorageError
        As `read_bytes`.
    """
    name = os.fspath(ref)
    return _backend(name).size(name)


def list_files(ref: str | os.PathLike[str]) -> Iterator[File]:
    """Yield the files of a folder and of all folders in it.

    Parameters
    ----------
    ref
        Local path or URL of the folder. On S3 a folder is a prefix that ends with a slash; it is added where it is missing.

    Yields
    ------
    File
        In the order of their names' bytes in UTF-8, as S3 lists them, locally too.

    Raises
    ------
    StorageError
        The folder or bucket is missing, or may not be listed.
    """
    name = os.fspath(ref)
    return _backend(name).list_files(name)


def write_bytes_atomic(ref: str | os.PathLike[str], chunks: Iterable[bytes | memoryview], *, kms_key: str | None = None) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    ref
        Local path or URL. A file that is there is replaced and keeps its permission bits; a symbolic link stays and its target is replaced.
    chunks
        The content in pieces. When taking the next piece raises, nothing has changed.
    kms_key
        Id, ARN or alias of the KMS key that S3 encrypts the file with; by default the bucket's own setting holds.

    Raises
    ------
    StorageError
        The folder is missing, may not be written, the disk is full, or the scheme is not known.
    """
    name = os.fspath(ref)
    _backend(name).write_bytes_atomic(name, chunks, kms_key)


def replace_version(
    ref: str | os.PathLike[str], version: str | None, chunks: Iterable[bytes | memoryview], *, kms_key: str | None = None
) -> str | None:
    """Write a file as `write_bytes_atomic` does, but not over what somebody else has written since it was read.

    Parameters
    ----------
    ref
        Local path or URL.
    version
        What `read_versioned` gave; None for whatever is there.
    chunks, kms_key
        As of `write_bytes_atomic`.

    Returns
    -------
    str or None
        The new version, where there are versions.

    Raises
    ------
    StorageError
        The file has another version, or as `write_bytes_atomic`. Nothing has changed.
    """
    name = os.fspath(ref)
    backend = _backend(name)
    if isinstance(backend, S3):
        return backend.replace_version(name, version, chunks, kms_key)
    backend.write_bytes_atomic(name, chunks, kms_key)
    return None


def exists(ref: str | os.PathLike[str]) -> bool:
    """Tell whether a file is there.

    Parameters
    ----------
    ref
        Local path or URL. A folder is not a file.

    Raises
    ------
    StorageError
        The scheme is not known, or S3 does not tell.
    """
    name = os.fspath(ref)
    return _backend(name).exists(name)


def folder(ref: str | os.PathLike[str]) -> str:
    """Return the folder that holds a file, as an absolute local path or a URL.

    Parameters
    ----------
    ref
        Local path or URL of a file; it need not exist.

    Examples
    --------
    >>> folder("s3://bucket/cats/dataset.manifest")
    's3://bucket/cats'
    """
    name = os.fspath(ref)
    if _scheme(name) in {"", "file"}:
        return str(Path(local.path_of(name)).absolute().parent)
    return name.rpartition("/")[0]


def is_local(ref: str | os.PathLike[str]) -> bool:
    """Tell whether a reference is a local path or a ``file://`` URL."""
    return _scheme(os.fspath(ref)) in {"", "file"}


def local_path(ref: str | os.PathLike[str]) -> str:
    """Return the path of a local reference.

    Raises
    ------
    StorageError
        It is a ``file://`` URL that names another host.
    """
    return local.path_of(os.fspath(ref))


def make_folder(ref: str | os.PathLike[str]) -> None:
    """Make a folder where there is none; where folders are but parts of names, nothing is to do.

    Raises
    ------
    StorageError
        It cannot be made.
    """
    if is_local(ref):
        local.make_folder(os.fspath(ref))


def resolve(ref: str | os.PathLike[str], bases: Iterable[str | os.PathLike[str] | None]) -> str:
    """Find the file that a reference means.

    Parameters
    ----------
    ref
        A URL or an absolute path is returned as it is; a relative path is looked up in the bases.
    bases
        Folders (local paths or URLs) in the order in which they are tried; None is passed over.

    Returns
    -------
    str
        The first base joined with `ref` where a file is.

    Raises
    ------
    StorageError
        No base has the file.
    """
    name = os.fspath(ref)
    if _scheme(name) or Path(name).is_absolute():
        return name
    tried = [os.fspath(base) for base in bases if base is not None]
    for base in tried:
        remote = _scheme(base) not in {"", "file"}
        candidate = f"{base.rstrip('/')}/{name}" if remote else str(Path(local.path_of(base), name))
        if exists(candidate):
            return candidate
    where = ", ".join(repr(base) for base in tried) or "no folder at all"
    message = f"no such file; looked in {where}. Give the folder that this relative path starts from, or use an absolute path"
    raise StorageError(message, uri=name)


def _scheme(name: str) -> str:
    found = _SCHEME.match(name)
    return found[1].lower() if found else ""


def _backend(name: str) -> _Backend:
    return _BACKENDS.get(_scheme(name), filesystems)
