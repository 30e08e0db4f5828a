"""Change some keys of a line and leave every other byte of it alone."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
from msgspec import Raw

from nblabel.manifest.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["KEEP", "Change", "Member", "append", "members", "splice"]

KEEP = b""
"""Stands for the value that is there, in a `Change`."""

_SPLIT = msgspec.json.Decoder(dict[str, Raw]).decode
_BLANK = re.compile(r"[ \t\r\n]*")
# Only the extent of each value is wanted, so numbers need not be converted (and may have any number of digits).
_scan: Callable[[str, int], tuple[Any, int]] = cast("Any", json.JSONDecoder(parse_int=len, parse_float=len, parse_constant=len)).scan_once


class Member(NamedTuple):
    """One key and value of a line, and where they are."""

    key: str
    start: int
    key_end: int
    value: int
    end: int


class Change(NamedTuple):
    """What becomes of a key: its new name, and its new value as JSON or `KEEP`."""

    name: str
    value: bytes


def members(text: str) -> list[Member]:
    """Return the members of the object on a line, in order, repeated keys as often as they are there.

    Parameters
    ----------
    text
        A line that is known to be a JSON object.
    """
    found = []
    at = _past(text, text.index("{") + 1)
    while text[at] != "}":
        key, key_end = _scan(text, at)
        value = _past(text, _past(text, key_end) + 1)
        end = _scan(text, value)[1]
        found.append(Member(key, at, key_end, value, end))
        at = _past(text, end)
        if text[at] == ",":
            at = _past(text, at + 1)
    return found


def splice(line: bytes, changes: Mapping[str, Change], new: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a line with its keys changed.

    Parameters
    ----------
    line
        A line that is known to be a JSON object.
    changes
        What becomes of each key that the line has; a key that is not here is removed. Where a key is repeated only the last one counts, as in Python
        and JavaScript; if its value is to change, the earlier ones are removed.
    new
        Keys and values to put at the end.

    Examples
    --------
    >>> splice(b'{"a": 1, "b":0.00,"c":3}', {"a": Change("a", b"2"), "b": Change("bb", KEEP)}, [("d", b"[]")])
    b'{"a": 2, "bb":0.00,"d":[]}'
    """
    values = _compact(line)
    if values is not None:
        kept = [(changes[key], value) for key, value in values.items() if key in changes]
        pieces = [_key(change.name) + (value if change.value is KEEP else change.value) for change, value in kept]
        return b"{" + b",".join(pieces + [_key(name) + value for name, value in new]) + b"}"
    text = line.decode()
    found = members(text)
    last = {member.key: member for member in found}
    parts: list[str] = [text[: found[0].start]] if found else [text[: text.index("{") + 1]]
    for number, member in enumerate(found):
        change = changes.get(member.key)
        if change is None or (change.value is not KEEP and member is not last[member.key]):
            continue
        parts.append(text[found[number - 1].end : member.start] if len(parts) > 1 else "")
        if change.name != member.key:
            parts += [encode(change.name).decode(), text[member.key_end : member.value]]
        else:
            parts.append(text[member.start : member.value])
        parts.append(text[member.value : member.end] if change.value is KEEP else change.value.decode())
    for name, value in new:
        parts += ["," if len(parts) > 1 else "", encode(name).decode(), ":", value.decode()]
    parts.append(text[found[-1].end if found else _past(text, text.index("{") + 1) :])
    return "".join(parts).encode()


def append(line: bytes, new: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return a line with keys put at its end, without reading it.

    Parameters
    ----------
    line
        A line that is known to be a JSON object.
    new
        Keys and values, both as JSON.

    Examples
    --------
    >>> append(b'{"a":0.00}', [(b'"b"', b'1')])
    b'{"a":0.00,"b":1}'
    """
    if not new:
        return line
    brace = line.rindex(b"}")
    head = line[:brace].rstrip()
    first = b"" if head.endswith(b"{") else b","
    return head + first + b",".join(key + b":" + value for key, value in new) + line[len(head) :]


def _compact(line: bytes) -> dict[str, Raw] | None:
    """Return the values of a line that is written as Ground Truth writes them; None for any other, which must be read with care for its blanks."""
    try:
        values = _SPLIT(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return values if b"{" + b",".join([_key(key) + value for key, value in values.items()]) + b"}" == line else None


@lru_cache(maxsize=1024)
def _key(name: str) -> bytes:
    return encode(name) + b":"


def _past(text: str, at: int) -> int:
    """Return where the next character that is not blank is."""
    if text[at] > " ":
        return at
    found = _BLANK.match(text, at)
    return found.end() if found else at
