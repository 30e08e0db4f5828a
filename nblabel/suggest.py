r"""Suggestions that need no model: spans found by a dictionary or by regular expressions.

>>> import nblabel as nl
>>> places = nl.suggest.dictionary({"Place": ["London", "New York"], "Person": ["Ada Lovelace"]})
>>> places(["Ada Lovelace left London."])
[[{'label': 'Person', 'startOffset': 0, 'endOffset': 12}, {'label': 'Place', 'startOffset': 18, 'endOffset': 24}]]

``nl.label(df, task, attribute="names", suggest=places)`` shows them to be accepted, changed or rejected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nblabel.errors import TaskError

__all__ = ["dictionary", "regex"]

Suggester = Callable[[list[str]], list[list[dict[str, Any]]]]

_WORD = re.compile(r"\w+")
_GROUP = "span"


def dictionary(terms: Mapping[str, str | Iterable[str]], *, whole_word: bool = True, match_case: bool = True) -> Suggester:
    r"""Suggest the places of known terms.

    Parameters
    ----------
    terms : mapping
        Terms by class, ``{"Place": ["London", "Paris"]}``. Of terms that overlap in a text the one that begins first counts, then the longest.
    whole_word : bool, optional
        Whether a term must not begin or end inside a word; False for scripts that write no blanks.
    match_case : bool, optional
        Whether capital and small letters differ.

    Returns
    -------
    callable
        Takes a list of texts and gives a list of spans for each, in code points.

    Raises
    ------
    TaskError
        When a term is empty or not a text, or belongs to two classes.

    Examples
    --------
    >>> dictionary({"Animal": "cat"}, match_case=False)(["Cat, cats and CAT."])
    [[{'label': 'Animal', 'startOffset': 0, 'endOffset': 3}, {'label': 'Animal', 'startOffset': 14, 'endOffset': 17}]]
    """
    fold = str if match_case else str.casefold
    labels = _labels(terms, fold)
    lengths: dict[str, set[int]] = {}
    for term in labels:
        lengths.setdefault(term[0], set()).add(len(term))
    longest_first = {sign: sorted(found, reverse=True) for sign, found in lengths.items()}

    def term_at(text: str, place: int, inside: frozenset[int]) -> tuple[str, int] | None:
        for length in longest_first.get(fold(text[place])[0], ()):
            end = place + length
            if end <= len(text) and end not in inside and (label := labels.get(fold(text[place:end]))):
                return label, end
        return None

    def find(text: str) -> list[dict[str, Any]]:
        spans, place = [], 0
        inside = _inside_words(text) if whole_word else frozenset[int]()
        while place < len(text):
            found = None if place in inside else term_at(text, place, inside)
            if found is not None:
                spans.append({"label": found[0], "startOffset": place, "endOffset": found[1]})
            place = place + 1 if found is None else found[1]
        return spans

    def dictionary(texts: list[str]) -> list[list[dict[str, Any]]]:
        return [find(text) for text in texts]

    return dictionary


def regex(patterns: Mapping[str, str | re.Pattern[str] | Iterable[str | re.Pattern[str]]], *, flags: int = 0) -> Suggester:
    r"""Suggest what regular expressions match.

    Parameters
    ----------
    patterns : mapping
        One or more patterns by class. Where a pattern has a group that is called ``span``, that group is suggested, else the whole match.
    flags : int, optional
        Flags of `re` for patterns that are texts.

    Returns
    -------
    callable
        Takes a list of texts and gives a list of spans for each, in code points.

    Raises
    ------
    TaskError
        When a pattern is not a regular expression.

    Examples
    --------
    >>> regex({"Year": r"\b\d{4}\b", "Person": r"(?:Mr|Ms) (?P<span>\w+)"})(["Ms Lovelace, 1835"])
    [[{'label': 'Person', 'startOffset': 3, 'endOffset': 11}, {'label': 'Year', 'startOffset': 13, 'endOffset': 17}]]
    """
    compiled = [(label, _compiled(pattern, label, flags)) for label, given in _lists(patterns) for pattern in given]

    def regex(texts: list[str]) -> list[list[dict[str, Any]]]:
        return [_matches(text, compiled) for text in texts]

    return regex


def _labels(terms: Any, fold: Callable[[str], str]) -> dict[str, str]:
    """Give the class of each term."""
    labels: dict[str, str] = {}
    for label, given in _lists(terms):
        for term in given:
            if not isinstance(term, str) or not term.strip():
                raise TaskError(f"dictionary: {term!r} of {label!r} is no term; expected a text that is not blank")
            if labels.setdefault(fold(term), label) != label:
                raise TaskError(f"dictionary: {term!r} belongs to {labels[fold(term)]!r} and to {label!r}; leave it to one of them")
    return labels


def _matches(text: str, compiled: list[tuple[str, re.Pattern[str]]]) -> list[dict[str, Any]]:
    found = set()
    for label, pattern in compiled:
        group: str | int = _GROUP if _GROUP in pattern.groupindex else 0
        found |= {(*match.span(group), label) for match in pattern.finditer(text)}
    return [{"label": label, "startOffset": start, "endOffset": end} for start, end, label in sorted(found) if 0 <= start < end]


def _compiled(pattern: Any, label: str, flags: int) -> re.Pattern[str]:
    try:
        return pattern if isinstance(pattern, re.Pattern) else re.compile(pattern, flags)
    except (re.error, TypeError) as error:
        raise TaskError(f"regex: {pattern!r} of {label!r} is not a regular expression: {error}") from None


def _lists(given: Any) -> list[tuple[str, list[Any]]]:
    if not isinstance(given, Mapping) or not given:
        raise TaskError(f"expected a mapping with a list for each class, such as {{'Place': ['London']}}, got {given!r:.80}")
    return [(label, [found] if isinstance(found, str | re.Pattern) else list(found)) for label, found in given.items()]


def _inside_words(text: str) -> frozenset[int]:
    """Give the places that lie between two letters of a word."""
    return frozenset(place for word in _WORD.finditer(text) for place in range(word.start() + 1, word.end()))
