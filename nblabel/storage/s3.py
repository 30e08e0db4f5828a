"""Amazon S3, and what speaks its protocol: ``s3://bucket/key``."""

from __future__ import annotations

import os
import re
import threading
from typing import TYPE_CHECKING, Any

from nblabel.errors import StorageError
from nblabel.storage import local, s3_upload
from nblabel.storage.files import File
from nblabel.storage.progress import ProgressLine
from nblabel.storage.s3_errors import code_of, explained
from nblabel.storage.s3_listing import list_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ["S3", "current_region", "make_client", "make_service_client", "parse"]

CONNECTIONS = 32
"""Most connections of a client, and so most requests at once."""

_ATTEMPTS = 5
_FILES = (("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), ("AWS_CONFIG_FILE", "~/.aws/config"))
_URL = re.compile(r"s3://([^/]+)/?(.*)", re.IGNORECASE | re.DOTALL)


def parse(uri: str) -> tuple[str, str]:
    """Return bucket and key of a URL; the key is empty for a whole bucket.

    Raises
    ------
    StorageError
        There is no bucket.

    Examples
    --------
    >>> parse("s3://bucket/cats/1 a.jpg")
    ('bucket', 'cats/1 a.jpg')
    """
    found = _URL.fullmatch(uri)
    if found is None:
        raise StorageError("expected s3://bucket/key", uri=uri)
    return found[1], found[2]


def make_service_client(service: str, session: Any = None, **options: Any) -> Any:
    """Make a client of any service.

    Parameters
    ----------
    service : str
        As boto3 names it.
    session : boto3.Session, optional
        By default the one of ``boto3.setup_default_session``, or else one that is kept for as long as the configuration stays as it is.
    **options
        Of boto3's ``Session.client``.
    """
    with _default.lock:  # a session makes one client at a time
        return (session or _default.session()).client(service, **options)


def current_region() -> str | None:
    """Return the region of boto3's own configuration."""
    found: str | None = _default.session().region_name
    return found


def make_client(session: Any = None, **config: Any) -> Any:
    """Make an S3 client.

    Parameters
    ----------
    session : boto3.Session, optional
        As of `make_service_client`. Credentials, region, profile, endpoint and retries are those of
        boto3's own configuration: ``~/.aws/config`` and environment variables such as ``AWS_PROFILE``, ``AWS_ENDPOINT_URL``, ``AWS_MAX_ATTEMPTS``.
    **config
        Options of `botocore.config.Config`.
    """
    from botocore.config import Config

    return make_service_client("s3", session, config=Config(**{"max_pool_connections": CONNECTIONS, **config}))


class S3:
    """Objects of S3 as files, through one client.

    The methods are those of `nblabel.storage`, which uses an object of this class without a client of its own.

    Parameters
    ----------
    client : boto3 S3 client, optional
        By default one by `make_client`, made when it is first needed and made anew when the configuration changes.

    Examples
    --------
    >>> S3(client=None)
    S3()
    """

    def __init__(self, client: Any = None) -> None:
        self._given = client

    def __repr__(self) -> str:
        return "S3()" if self._given is None else f"S3({self._given!r})"

    @property
    def client(self) -> Any:
        """The boto3 client."""
        return self._given or _default.client()

    def read_bytes(self, uri: str, limit: int | None = None) -> bytes:
        """Return the content of an object; see `nblabel.storage.read_bytes`."""
        return self.read_versioned(uri, limit)[0]

    def read_versioned(self, uri: str, limit: int | None = None) -> tuple[bytes, str | None]:
        """Return the content of an object and its entity tag; see `nblabel.storage.read_versioned`."""
        bucket, key = _object(uri)
        with explained(uri):
            answer = self.client.get_object(Bucket=bucket, Key=key)
            size = answer["ContentLength"]
            if limit is not None and size > limit:
                answer["Body"].close()
                message = f"the file has {size:,} bytes, at most {limit:,} can be shown; make it smaller or split it"
                raise StorageError(message, uri=uri)
            return self._body(answer, bucket, key, 0, size), answer.get("ETag")

    def read_range(self, uri: str, start: int, end: int) -> bytes:
        """Return a part of an object; see `nblabel.storage.read_range`."""
        bucket, key = _object(uri)
        if start >= end:
            return b""
        with explained(uri):
            try:
                answer = self.client.get_object(Bucket=bucket, Key=key, Range=f"bytes={start}-{end - 1}")
            except self.client.exceptions.ClientError as error:
                if code_of(error) not in {"InvalidRange", "416"}:
                    raise
                return b""
            return self._body(answer, bucket, key, start, answer["ContentLength"])

    def size(self, uri: str) -> int:
        """Return the number of bytes of an object; see `nblabel.storage.size`."""
        bucket, key = _object(uri)
        with explained(uri):
            try:
                return int(self.client.head_object(Bucket=bucket, Key=key)["ContentLength"])
            except self.client.exceptions.ClientError as error:
                if code_of(error) == "404":  # the answer has no body that would say what is missing
                    self._check_bucket(bucket)
                raise

    def exists(self, uri: str) -> bool:
        """Tell whether an object is there; see `nblabel.storage.exists`."""
        bucket, key = parse(uri)
        if not key or key.endswith("/"):  # an object may stand for a folder
            return False
        with explained(uri):
            try:
                self.client.head_object(Bucket=bucket, Key=key)
            except self.client.exceptions.ClientError as error:
                if code_of(error) != "404":
                    raise
                return False
        return True

    def list_files(self, uri: str) -> Iterator[File]:
        """Yield the objects below a prefix; see `nblabel.storage.list_files`."""
        bucket, key = parse(uri)
        prefix = key if not key or key.endswith("/") else f"{key}/"
        with explained(uri):
            for keys, sizes in list_objects(self.client, bucket, prefix):
                urls = [f"s3://{bucket}/{key}" for key in keys]
                names = [key[len(prefix) :] for key in keys] if prefix else keys
                yield from map(File._make, zip(urls, names, sizes, strict=True))

    def write_bytes_atomic(self, uri: str, chunks: Iterable[bytes | memoryview], kms_key: str | None = None) -> None:
        """Write an object at once; see `nblabel.storage.write_bytes_atomic`."""
        self.replace_version(uri, None, chunks, kms_key)

    def replace_version(self, uri: str, version: str | None, chunks: Iterable[bytes | memoryview], kms_key: str | None = None) -> str | None:
        """Write an object that still has an entity tag; return its new one. See `nblabel.storage.replace_version`."""
        target = s3_upload.Target(uri, *_object(uri))
        with explained(uri):
            return s3_upload.write(self.client, target, chunks, kms_key, version)

    def upload(
        self,
        files: Mapping[str, str | os.PathLike[str] | bytes],
        *,
        kms_key: str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Send many files: several at once, large ones in parts, and only those that are not there with this content already.

        When it is interrupted or fails, call it again: it goes on where it was.

        Parameters
        ----------
        files
            By URL: the local path of a file, or bytes.
        kms_key
            As of `write_bytes_atomic`. Large files that were not completed begin anew with one.
        progress
            Called on this thread with the number of bytes that are there and of all; by default a line of text that appears after half a second.

        Raises
        ------
        StorageError
            A file cannot be read or written.
        """
        if not files:
            return
        pairs = [(s3_upload.Target(uri, *_object(uri)), s3_upload.Source(source)) for uri, source in files.items()]
        count = f"{len(pairs):,} file{'' if len(pairs) == 1 else 's'}"
        with explained(pairs[0][0].uri):
            client = self.client
        s3_upload.upload(client, pairs, kms_key, progress or ProgressLine(f"Uploading {count}"))

    def upload_folder(
        self,
        folder: str | os.PathLike[str],
        uri: str,
        *,
        kms_key: str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Send all files below a local folder to a prefix, as `upload` does.

        Parameters
        ----------
        folder
            Local folder.
        uri
            The prefix; files keep their names below the folder.
        kms_key, progress
            As of `upload`.

        Raises
        ------
        StorageError
            A file cannot be read or written.
        """
        files = {f"{uri.rstrip('/')}/{file.name}": file.ref for file in local.list_files(os.fspath(folder))}
        self.upload(files, kms_key=kms_key, progress=progress)

    def _check_bucket(self, bucket: str) -> None:
        try:
            self.client.list_objects_v2(Bucket=bucket, MaxKeys=1)
        except self.client.exceptions.ClientError as error:
            if code_of(error) == "NoSuchBucket":
                raise

    def _body(self, answer: Any, bucket: str, key: str, start: int, size: int) -> bytes:
        """Read the body of an answer; where the connection breaks, go on from there, as long as the object is the same."""
        from botocore.exceptions import HTTPClientError, IncompleteReadError

        pieces: list[bytes] = []
        done = 0
        for attempt in range(_ATTEMPTS):
            try:
                if done < size:
                    for piece in answer["Body"].iter_chunks(1 << 20):
                        pieces.append(piece)
                        done += len(piece)
                break
            except (HTTPClientError, IncompleteReadError):
                if attempt == _ATTEMPTS - 1:
                    raise
            finally:
                answer["Body"].close()
            if done < size:
                answer = self.client.get_object(Bucket=bucket, Key=key, Range=f"bytes={start + done}-{start + size - 1}", IfMatch=answer["ETag"])
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _object(uri: str) -> tuple[str, str]:
    bucket, key = parse(uri)
    if not key or key.endswith("/"):
        raise StorageError("this is a folder, a file was expected; give the URL of a file in it", uri=uri)
    return bucket, key


class _Default:
    """Keeps a session and its S3 client for as long as the configuration stays: process, environment, files of the AWS command line, default session.

    A session has read the models of services, which takes longer than most calls.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._known: Any = None
        self._session: Any = None
        self._client: Any = None

    def session(self) -> Any:
        import boto3

        variables = tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_")))
        wanted = (os.getpid(), boto3.DEFAULT_SESSION, variables, [_changed(*file) for file in _FILES])
        with self.lock:
            if self._known != wanted:
                self._session, self._client = boto3.DEFAULT_SESSION or boto3.Session(), None
                self._known = wanted
            return self._session

    def client(self) -> Any:
        with self.lock:
            session = self.session()
            if self._client is None:
                self._client = make_client(session)
            return self._client


def _changed(variable: str, usual: str) -> int:
    """Tell when a file of the configuration was last changed; 0 when there is none."""
    try:
        return os.stat(os.path.expanduser(os.environ.get(variable, usual))).st_mtime_ns
    except OSError:
        return 0


_default = _Default()
