"""List a bucket without the cost of boto3's parser, which spends most of a listing on building elements, dates and dictionaries of each key.

boto3 signs, sends, pages and retries. Its event ``before-parse.s3.ListObjectsV2`` hands the body over first: names and sizes are taken by a regular
expression, and the elements they stood in are cut out before boto3 parses what is left.
"""

from __future__ import annotations

import contextvars
import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["list_objects"]

_FOUND = "NblabelObjects"
_listing = contextvars.ContextVar("nblabel-s3-listing", default=False)
_START, _END = b"<Contents>", b"</Contents>"
_KEY = re.compile(r"<Key>([^<]*)</Key>")
_SIZE = re.compile(r"<Size>(\d+)</Size>")


def list_objects(client: Any, bucket: str, prefix: str) -> Iterator[tuple[list[str], list[int]]]:
    """Yield keys and sizes, page by page, of all objects whose key begins with `prefix`, as S3 orders them: by the bytes of the key in UTF-8."""
    # The star makes it the first: boto3's own handler of "before-parse.s3.*" parses the whole body to look for an error in it.
    client.meta.events.register("before-parse.*.ListObjectsV2", _take_objects, unique_id="nblabel-listing")
    request = {"Bucket": bucket, "Prefix": prefix, "EncodingType": "url"}
    while True:
        # The client may be somebody's own, whose other listings stay as they are.
        token = _listing.set(True)
        try:
            answer = client.list_objects_v2(**request)
        finally:
            _listing.reset(token)
        yield answer[_FOUND] if _FOUND in answer else _parsed(answer)
        if not answer.get("IsTruncated"):
            return
        request["ContinuationToken"] = answer["NextContinuationToken"]


def _take_objects(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    if not _listing.get() or response_dict["status_code"] != 200:  # noqa: PLR2004
        return
    body: bytes = response_dict["body"]
    text = body.decode()
    names, sizes = _KEY.findall(text), _SIZE.findall(text)
    if not names or len(names) != len(sizes):
        return  # nothing is there, or it is not as Amazon writes it: boto3 reads it
    if "<EncodingType>url</EncodingType>" not in text:
        names = [html.unescape(name) for name in names]
    elif "%" in text or "+" in text:
        names = [unquote_plus(name) if "%" in name or "+" in name else name for name in names]
    customized_response_dict[_FOUND] = (names, list(map(int, sizes)))
    response_dict["body"] = body[: body.index(_START)] + body[body.rindex(_END) + len(_END) :]


def _parsed(answer: dict[str, Any]) -> tuple[list[str], list[int]]:
    decode = unquote_plus if answer.get("EncodingType") == "url" else str
    found = answer.get("Contents", [])
    return [decode(each["Key"]) for each in found], [int(each["Size"]) for each in found]
