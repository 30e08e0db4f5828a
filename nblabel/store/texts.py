"""Text and JSON as SQLite can hold them.

SQLite's text is UTF-8; what comes from outside may hold lone surrogates, which UTF-8 has no form for.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

__all__ = ["decode_source", "dump_foreign", "dump_json", "encode_source", "load_json", "now"]

_ESCAPED = "\0"
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
    """Write JSON in ASCII, so that every text in it survives."""
    return _STRICT.encode(value)


def dump_foreign(value: Any) -> str:
    """Write what came out of a file: as `dump_json`, but NaN and Infinity survive too."""
    return _LENIENT.encode(value)


def load_json(text: str | None) -> Any:
    """Read JSON; None gives None."""
    return None if text is None else json.loads(text)


def now() -> str:
    """Give the present time in UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
