from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblabel import suggest
from nblabel.errors import TaskError


def found(suggester, text):
    (spans,) = suggester([text])
    return [(span["label"], text[span["startOffset"] : span["endOffset"]]) for span in spans]


def test_of_terms_that_overlap_the_longest_counts():
    names = suggest.dictionary({"Place": ["York", "New York", "Paris"], "Person": "Paris Hilton"})
    assert found(names, "New York, York; Paris Hilton left Paris. Yorker, Paris!") == [
        ("Place", "New York"),
        ("Place", "York"),
        ("Person", "Paris Hilton"),
        ("Place", "Paris"),
        ("Place", "Paris"),
    ]


def test_words_and_case_are_minded_unless_they_are_not():
    assert found(suggest.dictionary({"A": "\u6771\u4eac"}, whole_word=False), "\u79c1\u306f\u6771\u4eac\u306b") == [("A", "\u6771\u4eac")]
    assert found(suggest.dictionary({"A": "cat"}, match_case=False), "CAT Cat concat") == [("A", "CAT"), ("A", "Cat")]
    assert found(suggest.dictionary({"A": "U.S."}), "the U.S. is") == [("A", "U.S.")]


@given(st.text("ab \U0001f600\u00df", max_size=30), st.lists(st.text("ab\U0001f600", min_size=1, max_size=4), min_size=1, max_size=5, unique=True))
def test_spans_are_terms_in_code_points_and_never_overlap(text, terms):
    (spans,) = suggest.dictionary({"A": terms}, whole_word=False)([text])
    edges = [edge for span in spans for edge in (span["startOffset"], span["endOffset"])]
    assert edges == sorted(edges)
    assert all(text[span["startOffset"] : span["endOffset"]] in terms for span in spans)
    assert bool(spans) == any(term in text for term in terms)


def test_regular_expressions_suggest_a_group_or_all_of_a_match():
    dates = suggest.regex({"Year": [r"\b\d{4}\b", re.compile("MCM")], "Nothing": r"x*"})
    assert found(dates, "1835 and MCM, 18350") == [("Year", "1835"), ("Year", "MCM")]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: suggest.dictionary(["London"]), "expected a mapping"),
        (lambda: suggest.dictionary({"Place": [" "]}), "is no term"),
        (lambda: suggest.dictionary({"Place": [3]}), "is no term"),
        (lambda: suggest.dictionary({"A": "x", "B": "x"}), "'x' belongs to 'A' and to 'B'"),
        (lambda: suggest.regex({"A": "("}), r"'\(' of 'A' is not a regular expression"),
    ],
)
def test_what_cannot_be_searched_for_is_refused(make, text):
    with pytest.raises(TaskError, match=text):
        make()
