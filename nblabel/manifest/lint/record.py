"""What rules look at: a line as it would be written, a label on it, and what all lines have together."""

from __future__ import annotations

from collections import Counter
from typing import Any

from nblabel.errors import ManifestError
from nblabel.manifest.codec import Unreadable, decode_object

__all__ = ["Line"]


class Line:
    """A line of a manifest, read once for all rules.

    Parameters
    ----------
    text
        The line without its end, or why it cannot be written.

    Attributes
    ----------
    text : bytes
        The line without its end.
    value : dict
        The object on it; empty where there is none.
    unreadable : Unreadable or None
        Why there is none.
    repeated : list of str
        Keys that an object on the line has twice, at any depth.
    constants : list of str
        NaN and infinities, by the names that they have there.
    """

    __slots__ = ("constants", "repeated", "text", "unreadable", "value")

    def __init__(self, text: bytes | ManifestError) -> None:
        self.repeated: list[str] = []
        self.constants: list[str] = []
        value: dict[str, Any] | Unreadable
        if isinstance(text, ManifestError):
            self.text, value = b"", Unreadable("VALUE_NOT_JSON", str(text), text.attribute)
        else:
            self.text, value = text, decode_object(text, object_pairs_hook=self._object, parse_constant=self._constant)
        self.unreadable = value if isinstance(value, Unreadable) else None
        self.value: dict[str, Any] = {} if isinstance(value, Unreadable) else value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            self.repeated += [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
        return value

    def _constant(self, name: str) -> float:
        self.constants.append(name)
        return float(name)
