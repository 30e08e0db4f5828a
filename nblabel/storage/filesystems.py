"""URLs of other schemes (``gs://``, ``abfs://``, ``sftp://``, ``memory://`` ...), through fsspec where it is installed."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from nblabel.errors import StorageError
from nblabel.storage.files import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["exists", "list_files", "read_bytes", "read_range", "size", "write_bytes_atomic"]


def read_bytes(ref: str, limit: int | None) -> bytes:
    """Return the content of a file; see `nblabel.storage.read_bytes`."""
    with _explained(ref):
        system, path = _open(ref)
        if limit is not None and (length := int(system.size(path))) > limit:
            message = f"the file has {length:,} bytes, at most {limit:,} can be shown; make it smaller or split it"
            raise StorageError(message, uri=ref)
        return bytes(system.cat_file(path))


def read_range(ref: str, start: int, end: int) -> bytes:
    """Return a part of a file; see `nblabel.storage.read_range`."""
    with _explained(ref):
        system, path = _open(ref)
        last = min(end, int(system.size(path)))
        return bytes(system.cat_file(path, start=start, end=last)) if start < last else b""


def size(ref: str) -> int:
    """Return the number of bytes of a file; see `nblabel.storage.size`."""
    with _explained(ref):
        system, path = _open(ref)
        found = system.info(path)
        if found["type"] == "directory":
            raise IsADirectoryError
        return int(found["size"])


def exists(ref: str) -> bool:
    """Tell whether a file is there; see `nblabel.storage.exists`."""
    with _explained(ref):
        system, path = _open(ref)
        return bool(system.isfile(path))


def list_files(ref: str) -> Iterator[File]:
    """Yield the files of a folder; see `nblabel.storage.list_files`."""
    with _explained(ref):
        system, path = _open(ref)
        found = system.find(path, detail=True)
    top = path.rstrip("/")
    names = {place.removeprefix(top).lstrip("/"): about for place, about in found.items()}
    for name in sorted(names):
        yield File(f"{ref.rstrip('/')}/{name}", name, int(names[name]["size"]))


def write_bytes_atomic(ref: str, chunks: Iterable[bytes | memoryview], kms_key: str | None = None) -> None:
    """Write a file, as whole as its file system does; see `nblabel.storage.write_bytes_atomic`."""
    if kms_key is not None:
        raise StorageError("a KMS key encrypts files on S3 only; leave kms_key out, or give a URL that begins with s3://", uri=ref)
    content = b"".join(chunks)
    with _explained(ref):
        system, path = _open(ref)
        system.pipe_file(path, content)


def _open(ref: str) -> tuple[Any, str]:
    scheme = ref.partition(":")[0]
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        message = (
            f"{scheme}:// needs fsspec and what it needs for this scheme; pip install 'fsspec', or give a local path or a URL that begins with s3://"
        )
        raise StorageError(message, uri=ref) from None
    try:
        system, path = url_to_fs(ref)
    except ImportError as error:
        raise StorageError(f"{error}; install it with pip", uri=ref) from error
    except ValueError as error:
        message = f"fsspec does not know {scheme}:// ({error}); give a local path, or a URL that begins with s3:// or file://"
        raise StorageError(message, uri=ref) from error
    return system, path


@contextlib.contextmanager
def _explained(ref: str) -> Iterator[None]:
    try:
        yield
    except StorageError:
        raise
    except FileNotFoundError as error:
        raise StorageError("no such file or folder; check the URL", uri=ref) from error
    except IsADirectoryError as error:
        raise StorageError("this is a folder, a file was expected; give the URL of a file in it", uri=ref) from error
    except PermissionError as error:
        raise StorageError(f"access denied ({error}); check the credentials that fsspec uses", uri=ref) from error
    except Exception as error:  # file systems of fsspec raise what their libraries do
        raise StorageError(f"{type(error).__name__}: {error}; check the URL, and the credentials that fsspec uses", uri=ref) from error
