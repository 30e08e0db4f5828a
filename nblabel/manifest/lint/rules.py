"""What a lint rule is, and the list of all of them.

A rule is one function that looks at one thing (a line, a label on a line, or the whole manifest) and yields a `Problem` for each fault. Its docstring
is what the list of codes says about it. Codes that begin with ``ERROR_`` and ``WARNING_`` are those of Amazon Rekognition Custom Labels, which
checks manifests when it imports them (its developer guide, "Non-terminal JSON line validation errors"); they mean what they mean there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["RULES", "Problem", "Rule", "Severity", "Subject", "rule"]

Severity = Literal["error", "warning"]
"""An error: Ground Truth, or whoever reads the labels, refuses or misreads it. A warning: allowed, but seldom meant."""

Subject = Literal["line", "label", "manifest"]


class Problem(NamedTuple):
    """What is wrong, in words, and the key that it is about."""

    message: str
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the lint."""

    code: str
    subject: Subject
    severity: Severity
    meaning: str
    remedy: str
    check: Callable[[Any], Iterable[Problem]]


RULES: list[Rule] = []


def rule(subject: Subject, code: str, severity: Severity, *, remedy: str) -> Callable[[Callable[[Any], Iterable[Problem]]], Any]:
    """Put a function on the list."""

    def listed(check: Callable[[Any], Iterable[Problem]]) -> Callable[[Any], Iterable[Problem]]:
        RULES.append(Rule(code, subject, severity, (check.__doc__ or "").strip(), remedy, check))
        return check

    return listed
