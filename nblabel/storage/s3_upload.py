"""Send files to S3: several at once, large ones in parts, and only what is not there yet.

What a broken upload has sent is found on S3 itself, by the checksums that S3 keeps, so it goes on from another kernel or machine as well. Parts of an
upload that is never taken up again stay there, invisible and paid for, until a lifecycle rule of the bucket removes them.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from nblabel.errors import StorageError
from nblabel.storage import local
from nblabel.storage.s3_errors import code_of, explained

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

__all__ = ["LARGE", "Source", "Target", "encryption", "upload", "write"]

LARGE = 32 << 20
"""A file of more bytes is sent in parts."""

_PART = 8 << 20
_MOST_PARTS = 10_000
_MISSING = {"NoSuchKey", "404"}
_THREADS = 16


class Target(NamedTuple):
    """Where something goes."""

    uri: str
    bucket: str
    key: str

    @property
    def place(self) -> dict[str, str]:
        """The part of a request that names the object."""
        return {"Bucket": self.bucket, "Key": self.key}


class Source:
    """What is sent: a local file, or bytes.

    Raises
    ------
    StorageError
        The file is missing or may not be read.
    """

    def __init__(self, content: str | os.PathLike[str] | bytes) -> None:
        self._content = content if isinstance(content, bytes) else os.fspath(content)
        self.size = len(self._content) if isinstance(self._content, bytes) else local.size(self._content)
        self._state = self._look()

    def _look(self) -> tuple[int, int] | None:
        if isinstance(self._content, bytes):
            return None
        status = os.stat(local.path_of(self._content))
        return status.st_size, status.st_mtime_ns

    def read(self, start: int, end: int) -> bytes:
        """Return a part of it."""
        if isinstance(self._content, bytes):
            return self._content[start:end]
        return local.read_range(self._content, start, end)

    def check(self) -> None:
        """Make sure that a file is still what it was, as its parts were read one after the other."""
        if self._look() != self._state:
            raise StorageError("the file was changed while it was sent; send it again", uri=str(self._content))

    def parts(self) -> Sequence[tuple[int, int]]:
        """Return the first byte of each part and the one after its last."""
        width = max(_PART, -(-self.size // _MOST_PARTS))
        return [(start, min(start + width, self.size)) for start in range(0, self.size, width)]


def encryption(kms_key: str | None) -> dict[str, str]:
    """Return the part of a request that asks to encrypt with a KMS key; without one, the bucket's own setting holds."""
    return {} if kms_key is None else {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key}


def upload(client: Any, files: Sequence[tuple[Target, Source]], kms_key: str | None, progress: Callable[[int, int], None]) -> None:
    """Send files that are not there yet; see `nblabel.storage.S3.upload`."""
    total, done, there = sum(source.size for _, source in files), 0, 0
    may_be_there = _is_anything_at(client, [target for target, _ in files])
    small = [pair for pair in files if pair[1].size <= LARGE]
    large = [pair for pair in files if pair[1].size > LARGE]

    def send(pair: tuple[Target, Source]) -> int:
        if not (may_be_there and _is_there(client, *pair, kms_key)):
            with explained(pair[0].uri):
                client.put_object(**pair[0].place, Body=pair[1].read(0, pair[1].size), **encryption(kms_key))
            pair[1].check()
        return pair[1].size

    pool = ThreadPoolExecutor(_THREADS)
    try:
        for size in pool.map(send, small):
            done, there = done + size, there + 1
            progress(done, total)
        for target, source in large:
            if may_be_there and _is_there(client, target, source, kms_key):
                done += source.size
                progress(done, total)
            else:
                contents = (partial(source.read, *part) for part in source.parts())
                for size in _send_parts(client, target, contents, pool, kms_key, {}, source.check):
                    done += size
                    progress(done, total)
            there += 1
    except BaseException as error:
        if len(files) > 1:
            error.add_note(f"{there} of {len(files)} files are there; run it again to send the others")
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def write(client: Any, target: Target, chunks: Iterable[bytes | memoryview], kms_key: str | None, version: str | None) -> str | None:
    """Write one object, a large one in parts at once; it appears when all are there.

    Parameters
    ----------
    client, target, kms_key
        Who writes where, encrypted with what.
    chunks
        The content. A large one is sent while it is made, so that only some parts of it are in memory.
    version
        Entity tag that the object must have if it is there; None for any.

    Returns
    -------
    str or None
        The entity tag that it has then, where the server tells it.
    """
    condition = {} if version is None else {"IfMatch": version}
    parts = _cut(chunks, _PART)
    first: list[bytes] = []
    for part in parts:
        first.append(part)
        if sum(map(len, first)) > LARGE:
            return _write_parts(client, target, chain(first, parts), kms_key, condition)
    return _write_at_once(client, target, b"".join(first), kms_key, condition)


def _write_at_once(client: Any, target: Target, content: bytes, kms_key: str | None, condition: dict[str, str]) -> str | None:
    request = {**target.place, "Body": content, **encryption(kms_key)}
    try:
        return _tag(client.put_object(**request, **condition))
    except client.exceptions.ClientError as error:
        if condition and code_of(error) in _MISSING:  # nothing is there any more that could be lost
            return _tag(client.put_object(**request))
        # An answer that got lost on its way makes boto3 ask again, and then it is ours what is there.
        if condition and code_of(error) == "PreconditionFailed" and _is_there(client, target, Source(content), kms_key):
            return _tag(client.head_object(**target.place))
        raise


def _write_parts(client: Any, target: Target, parts: Iterable[bytes], kms_key: str | None, condition: dict[str, str]) -> str | None:
    if condition:
        try:
            client.head_object(**target.place, **condition)  # before much is sent for nothing
        except client.exceptions.ClientError as error:
            if code_of(error) not in _MISSING:
                raise
            condition = {}
    with ThreadPoolExecutor(_THREADS) as pool:
        sending = _send_parts(client, target, (partial(bytes, part) for part in parts), pool, kms_key, condition)
        while True:
            try:
                next(sending)
            except StopIteration as end:
                return cast("str | None", end.value)


def _tag(answer: Mapping[str, Any]) -> str | None:
    return answer.get("ETag")


def _cut(chunks: Iterable[bytes | memoryview], size: int) -> Iterator[bytes]:
    """Cut what chunks make together into pieces of a size, the last of which may be shorter."""
    waiting: list[memoryview] = []
    length = 0
    for chunk in chunks:
        rest = memoryview(chunk)
        while length + len(rest) >= size:
            waiting.append(rest[: size - length])
            rest = rest[size - length :]
            yield b"".join(waiting)
            waiting, length = [], 0
        waiting.append(rest)
        length += len(rest)
    if length:
        yield b"".join(waiting)


def _send_parts(
    client: Any,
    target: Target,
    contents: Iterable[Callable[[], bytes]],
    pool: ThreadPoolExecutor,
    kms_key: str | None,
    condition: dict[str, str],
    check: Callable[[], None] = lambda: None,
) -> Generator[int, None, str | None]:
    """Send the parts of an object that are not there, a few ahead of the one that is waited for, and yield the size of each.

    The object is there when the last was taken; its entity tag is returned. `check` raises if what was read is not to be kept.
    """
    with explained(target.uri):
        # Which key the parts of an unfinished upload are encrypted with is not told, so with a key of its own it begins anew.
        number, sent = _unfinished(client, target) if kms_key is None else (None, {})
        if number is None:
            number = client.create_multipart_upload(**target.place, **encryption(kms_key))["UploadId"]

    def send(place: int, read: Callable[[], bytes]) -> tuple[dict[str, Any], int]:
        content = read()
        known = sent.get(place)
        if known is None or not _equal(known, [content]):
            with explained(target.uri):
                known = client.upload_part(**target.place, UploadId=number, PartNumber=place, Body=content)
        checksum = {"ChecksumCRC32": known["ChecksumCRC32"]} if "ChecksumCRC32" in known else {}
        return {"PartNumber": place, "ETag": known["ETag"], **checksum}, len(content)

    parts: list[dict[str, Any]] = []
    waiting: deque[Future[tuple[dict[str, Any], int]]] = deque()
    try:
        for place, read in enumerate(contents, start=1):
            if len(waiting) == _THREADS:
                part, size = waiting.popleft().result()
                parts.append(part)
                yield size
            waiting.append(pool.submit(send, place, read))
    except StorageError:
        raise  # what is there already is found when it is tried again
    except Exception:  # what the content was made by has failed
        wait(waiting)
        client.abort_multipart_upload(**target.place, UploadId=number)
        raise
    size = 0
    while waiting:
        part, size = waiting.popleft().result()
        parts.append(part)
        if waiting:
            yield size
    check()
    with explained(target.uri):
        done = client.complete_multipart_upload(**target.place, UploadId=number, MultipartUpload={"Parts": parts}, **condition)
    yield size
    return _tag(done)


def _unfinished(client: Any, target: Target) -> tuple[str | None, dict[int, dict[str, Any]]]:
    """Find the newest upload of an object that was not completed, and its parts by number."""
    try:
        found = client.list_multipart_uploads(Bucket=target.bucket, Prefix=target.key).get("Uploads", [])
        ids = [upload["UploadId"] for upload in found if upload["Key"] == target.key]
        if not ids:
            return None, {}
        pages = client.get_paginator("list_parts").paginate(**target.place, UploadId=ids[-1])
        return ids[-1], {part["PartNumber"]: part for page in pages for part in page.get("Parts", [])}
    except client.exceptions.ClientError as error:
        if code_of(error) in {"AccessDenied", "NoSuchUpload"}:  # who may write need not be allowed to list
            return None, {}
        raise


def _is_anything_at(client: Any, targets: Sequence[Target]) -> bool:
    """Ask once whether anything is there at all, which saves asking for each file."""
    if len({target.bucket for target in targets}) != 1:
        return True
    prefix = os.path.commonprefix([target.key for target in targets])  # noqa: RUF071 - of keys, not of paths
    with explained(targets[0].uri):
        try:
            return bool(client.list_objects_v2(Bucket=targets[0].bucket, Prefix=prefix, MaxKeys=1).get("Contents"))
        except client.exceptions.ClientError as error:
            if code_of(error) == "AccessDenied":
                return True
            raise


def _is_there(client: Any, target: Target, source: Source, kms_key: str | None) -> bool:
    """Tell whether an object has this content and encryption already."""
    with explained(target.uri):
        try:
            known = client.head_object(**target.place, ChecksumMode="ENABLED")
        except client.exceptions.ClientError as error:
            if code_of(error) in {"404", "403"}:  # 403 for a missing object where listing is not allowed
                return False
            raise
    if known["ContentLength"] != source.size or (kms_key is not None and not _is_encrypted(known, kms_key)):
        return False
    ranges = source.parts() if source.size > LARGE else [(0, source.size)]
    return _equal(known, (source.read(start, end) for start, end in ranges), whole=source.size <= LARGE)


def _is_encrypted(known: dict[str, Any], kms_key: str) -> bool:
    """Tell whether an object is encrypted with a key; which key an alias stands for S3 does not tell."""
    found = known.get("SSEKMSKeyId", "")
    return bool(found) if kms_key.startswith("alias/") or ":alias/" in kms_key else found.endswith(kms_key)


def _equal(known: dict[str, Any], parts: Iterable[bytes], *, whole: bool = True) -> bool:
    """Compare content with what S3 says of it: a checksum, or an entity tag, which is a checksum unless KMS encrypts."""
    md5s, crcs = [], []
    for part in parts:
        md5s.append(hashlib.md5(part, usedforsecurity=False).digest())
        crcs.append(zlib.crc32(part).to_bytes(4, "big"))
    if whole:
        tag, checksum = md5s[0].hex(), base64.b64encode(crcs[0]).decode()
    else:
        tag = f"{hashlib.md5(b''.join(md5s), usedforsecurity=False).hexdigest()}-{len(md5s)}"
        checksum = f"{base64.b64encode(zlib.crc32(b''.join(crcs)).to_bytes(4, 'big')).decode()}-{len(crcs)}"
    return known["ETag"].strip('"') == tag or known.get("ChecksumCRC32") == checksum
