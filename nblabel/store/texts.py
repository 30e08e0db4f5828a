"""Text and JSON as SQLite can hold them.

SQLite's text is UTF-8; what comes from outside may hold lone surrogates, which UTF-8 has no form for. msgspec does the work, the standard library
takes what msgspec refuses or would alter.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec

__all__ = ["decode_source", "dump_foreign", "dump_json", "encode_source", "load_json", "now"]

_ESCAPED = "\0"
_FAST = msgspec.json.Encoder()
_REFUSALS = (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError, TypeError, ValueError)
_STRICT = json.JSONEncoder(allow_nan=False, separators=(",", ":"))
_LENIENT = json.JSONEncoder(separators=(",", ":"))


def encode_source(source: str) -> str:
    r"""Write a source so that SQLite can hold it; nearly all stay as they are.

    Examples
    --------
    >>> encode_source("photos/cat.jpg")
    'photos/cat.jpg'
    >>> decode_source(encode_source("a\ud800b")) == "a\ud800b"
    True
    """
    if source.startswith(_ESCAPED):
        return _ESCAPED + json.dumps(source)
    try:
        source.encode()
    except UnicodeEncodeError:
        return _ESCAPED + json.dumps(source)
    return source


def decode_source(text: str) -> str:
    """Read what `encode_source` wrote."""
    return str(json.loads(text[len(_ESCAPED) :])) if text.startswith(_ESCAPED) else text


def dump_json(value: Any) -> str:
    """Write JSON so that every text in it survives."""
    return _dump(value, _STRICT)


def dump_foreign(value: Any) -> str:
    """Write what came out of a file: as `dump_json`, but NaN and Infinity survive too."""
    return _dump(value, _LENIENT)


def load_json(text: str | None) -> Any:
    """Read JSON; None gives None."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text)
    except _REFUSALS:
        return json.loads(text)


def _dump(value: Any, complete: json.JSONEncoder) -> str:
    try:
        text = _FAST.encode(value)
    except _REFUSALS:
        return complete.encode(value)
    # NaN and infinity are null to msgspec.
    return complete.encode(value) if b"null" in text else text.decode()


def now() -> str:
    """Give the present time in UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
