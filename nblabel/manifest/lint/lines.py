"""Rules for single lines: SageMaker developer guide, "Input manifest file" and "Input data quotas"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nblabel.manifest.codec import encode_any
from nblabel.manifest.lint.record import Line
from nblabel.manifest.lint.rules import Problem, rule
from nblabel.manifest.splice import members

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 100_000
LONGEST_VALUE = 20_000
LONGEST_OBJECT_ID = 1_024
_OBJECT_ID = "dataset-objectid-attribute-name"


@rule("line", "ERROR_INVALID_JSON_LINE", "error", remedy="Repair this line or remove it.")
def invalid_json(line: Line) -> Iterator[Problem]:
    """A line is not a JSON object."""
    yield from _unreadable(line, "ERROR_INVALID_JSON_LINE")


@rule("line", "NOT_UTF8", "error", remedy="Save the file as UTF-8, or repair this line.")
def not_utf8(line: Line) -> Iterator[Problem]:
    """A line is not UTF-8 text."""
    yield from _unreadable(line, "NOT_UTF8")


@rule("line", "NESTED_TOO_DEEP", "error", remedy="Take out the nested value; no label needs more than a few levels.")
def nested_too_deep(line: Line) -> Iterator[Problem]:
    """Arrays or objects are nested deeper than readers of JSON go."""
    yield from _unreadable(line, "NESTED_TOO_DEEP")


@rule("line", "VALUE_NOT_JSON", "error", remedy="Put a value there that JSON can hold, None for null.")
def value_not_json(line: Line) -> Iterator[Problem]:
    """A cell of the DataFrame holds what cannot be written into this line."""
    yield from _unreadable(line, "VALUE_NOT_JSON")


@rule("line", "DUPLICATE_KEY", "error", remedy="Keep one of them; readers take the last one and lose the others.")
def duplicate_key(line: Line) -> Iterator[Problem]:
    """An object has a key more than once."""
    if line.repeated:
        seen = set()
        for key, value in _members(line):
            if key in seen:
                yield Problem(f"the key {key!r} is there more than once", key)
            seen.add(key)
            for inner in value.repeated:
                yield Problem(f"the value of {key!r} has an object with the key {inner!r} more than once", key)


@rule("line", "NOT_A_NUMBER", "error", remedy="Write null, or leave the key out.")
def not_a_number(line: Line) -> Iterator[Problem]:
    """A number is NaN or infinite, which JSON does not have."""
    if line.constants:
        for key, value in _members(line):
            if value.constants:
                yield Problem(f"{', '.join(value.constants[:3])} is not JSON", key)


@rule("line", "LINE_TOO_LONG", "error", remedy="Move large values into files of their own and refer to them.")
def line_too_long(line: Line) -> Iterator[Problem]:
    """A line has more than 100,000 characters."""
    if len(line.text) > LONGEST_LINE and (length := len(line.text.decode(errors="replace"))) > LONGEST_LINE:
        yield Problem(f"the line has {length:,} characters, at most {LONGEST_LINE:,} are allowed")


@rule("line", "ERROR_MISSING_SOURCE_REF", "error", remedy='Give the line a "source-ref" (a file) or a "source" (a text).')
def missing_source(line: Line) -> Iterator[Problem]:
    """A line has neither "source-ref" nor "source", so that there is nothing to label."""
    if line.unreadable is None and line.value.get("source-ref") is None and line.value.get("source") is None:
        yield Problem("the line has neither 'source-ref' nor 'source'")


@rule("line", "SOURCE_AND_SOURCE_REF", "error", remedy="Keep the one that is to be labeled; give the other a name of its own.")
def two_sources(line: Line) -> Iterator[Problem]:
    """A line has both "source-ref" and "source"."""
    if line.value.get("source-ref") is not None and line.value.get("source") is not None:
        yield Problem("the line has both 'source-ref' and 'source'; exactly one is expected", "source")


@rule("line", "ERROR_INVALID_SOURCE_REF_FORMAT", "error", remedy="Write s3://bucket/key, or the path of a file.")
def invalid_source_reference(line: Line) -> Iterator[Problem]:
    """A "source-ref" is not the name of a file."""
    source = line.value.get("source-ref")
    if source is None:
        return
    if not isinstance(source, str):
        yield Problem(f"'source-ref' is {source!r:.80}, expected a text", "source-ref")
        return
    scheme, found, rest = source.partition("://")
    bucket, slash, key = rest.partition("/")
    if not source.strip():
        yield Problem("'source-ref' is empty", "source-ref")
    elif found and scheme.lower() == "s3" and not (scheme == "s3" and bucket and slash and key):
        yield Problem(f"'source-ref' is {source!r:.80}, expected s3://bucket/key", "source-ref")


@rule("line", "INVALID_SOURCE", "error", remedy="Put the text to be labeled there.")
def invalid_source(line: Line) -> Iterator[Problem]:
    """A "source" is not a text, or an empty one."""
    source = line.value.get("source")
    if source is not None and (not isinstance(source, str) or not source.strip()):
        yield Problem(f"'source' is {source!r:.80}, expected a text", "source")


@rule("line", "VALUE_TOO_LONG", "warning", remedy="Move it into a file of its own and refer to that; a job refuses it as input.")
def value_too_long(line: Line) -> Iterator[Problem]:
    """A value has more than 20,000 characters."""
    if len(line.text) <= LONGEST_VALUE:
        return
    for key, value in line.value.items():
        length = len(value) if isinstance(value, str) else len(encode_any(value).decode(errors="replace"))
        if length > LONGEST_VALUE:
            yield Problem(f"the value has {length:,} characters, at most {LONGEST_VALUE:,} are allowed", key)


@rule("line", "RESERVED_KEY", "warning", remedy="Rename it, so that it does not begin with $.")
def reserved_key(line: Line) -> Iterator[Problem]:
    """A key begins with $, which is kept for Ground Truth; the id of an object of a streaming job may."""
    for key in line.value:
        if key.startswith("$") and key != line.value.get(_OBJECT_ID):
            yield Problem("names that begin with $ are reserved", key)


@rule("line", "INVALID_OBJECT_ID", "error", remedy="Give each line a text of at most 1,024 characters under the key that it names.")
def invalid_object_id(line: Line) -> Iterator[Problem]:
    """A line of a streaming job names a key for its id, and has no id there."""
    name = line.value.get(_OBJECT_ID)
    if name is None:
        return
    found = line.value.get(name) if isinstance(name, str) else None
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_OBJECT_ID:
        yield Problem(f"{_OBJECT_ID!r} names {name!r:.80}, whose value is {found!r:.80}", _OBJECT_ID)


def _unreadable(line: Line, code: str) -> Iterator[Problem]:
    if line.unreadable is not None and line.unreadable.code == code:
        yield Problem(line.unreadable.reason, line.unreadable.attribute)


def _members(line: Line) -> Iterator[tuple[str, Line]]:
    """Yield each key, and its value as the only one of a line of its own."""
    text = line.text.decode()
    for member in members(text):
        yield member.key, Line(b'{"":' + text[member.value : member.end].encode() + b"}")
