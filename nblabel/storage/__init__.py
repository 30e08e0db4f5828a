"""Read and write whole files by path or URL.

Every other module names files by a *reference*: a local path (str or `os.PathLike`) or a URL. The scheme of the reference chooses the module that
does the work, from one table; a module of storage is any module with `read_bytes`, `write_bytes_atomic` and `exists`.

Examples
--------
>>> import tempfile, os
>>> folder = tempfile.mkdtemp()
>>> path = os.path.join(folder, "a.txt")
>>> write_bytes_atomic(path, [b"one ", b"two"])
>>> read_bytes(path)
b'one two'
>>> resolve("a.txt", [folder]) == path
True
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from nblabel.errors import StorageError
from nblabel.storage import local

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["exists", "folder", "read_bytes", "resolve", "write_bytes_atomic"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


class _Backend(Protocol):
    def read_bytes(self, ref: str, limit: int | None) -> bytes: ...
    def write_bytes_atomic(self, ref: str, chunks: Iterable[bytes | memoryview]) -> None: ...
    def exists(self, ref: str) -> bool: ...


_BACKENDS: dict[str, _Backend] = {"": local, "file": local}


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
        The file is missing, is a folder or no regular file at all, has more than `limit` bytes, may not be read, or its scheme is not supported.
    """
    name = os.fspath(ref)
    return _backend(name).read_bytes(name, limit)


def write_bytes_atomic(ref: str | os.PathLike[str], chunks: Iterable[bytes | memoryview]) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    ref
        Local path or URL. A file that is there is replaced and keeps its permission bits; a symbolic link stays and its target is replaced.
    chunks
        The content in pieces. When taking the next piece raises, nothing has changed.

    Raises
    ------
    StorageError
        The folder is missing, may not be written, the disk is full, or the scheme is not supported.
    """
    name = os.fspath(ref)
    _backend(name).write_bytes_atomic(name, chunks)


def exists(ref: str | os.PathLike[str]) -> bool:
    """Tell whether a file is there.

    Parameters
    ----------
    ref
        Local path or URL. A folder is not a file.

    Raises
    ------
    StorageError
        The scheme is not supported.
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
    scheme = _scheme(name)
    backend = _BACKENDS.get(scheme)
    if backend is not None:
        return backend
    if scheme == "s3":
        message = "Amazon S3 is not available in this version; download the file first (aws s3 cp) and give its local path"
    else:
        message = f"{scheme}:// is not supported; give a local path or a file:// URL"
    raise StorageError(message, uri=name)
