"""Rules for spans of text, whose offsets count code points from 0, end exclusive."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from nblabel.manifest.lint.rules import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nblabel.manifest.lint.record import Label

_SPANS = "groundtruth/text-span"


@rule("label", "SPAN_OUTSIDE_TEXT", "error", remedy="Mark the span anew, on the text as it is now.")
def span_outside_text(label: Label) -> Iterator[Problem]:
    """A span ends before it begins, or reaches out of the text."""
    text = label.line.value.get("source")
    for place, entity in enumerate(_entities(label, "entities")):
        start, end = entity.get("startOffset"), entity.get("endOffset")
        if not isinstance(start, int) or not isinstance(end, int):
            continue  # that is a fault of form
        if not 0 <= start < end:
            yield Problem(f"span {place} reaches from {start} to {end}", label.name)
        elif isinstance(text, str) and end > len(text):
            units = len(text.encode("utf-16-le", errors="surrogatepass")) // 2
            hint = "; it seems to be counted in UTF-16 units" if end <= units else ""
            yield Problem(f"span {place} reaches from {start} to {end}, the text has {len(text)} characters{hint}", label.name)


@rule("label", "SPAN_LABEL_UNKNOWN", "warning", remedy="Add the class to the list of labels, or correct it.")
def span_label_unknown(label: Label) -> Iterator[Problem]:
    """A span has a class that is not among the labels that stand beside the spans."""
    known = {entry.get("label") for entry in _entities(label, "labels")}
    for place, entity in enumerate(_entities(label, "entities")):
        if known and entity.get("label") not in known:
            yield Problem(f"span {place} is {entity.get('label')!r:.80}, the labels are {sorted(map(str, known))!r:.80}", label.name)


@rule("label", "SPANS_OVERLAP", "warning", remedy="Keep it for other uses; Comprehend takes no spans that overlap.")
def spans_overlap(label: Label) -> Iterator[Problem]:
    """Two spans of a text overlap, which Amazon Comprehend does not take."""
    found = sorted(
        (entity["startOffset"], entity["endOffset"])
        for entity in _entities(label, "entities")
        if isinstance(entity.get("startOffset"), int) and isinstance(entity.get("endOffset"), int)
    )
    for (_, end), (start, later) in pairwise(found):
        if start < end:
            yield Problem(f"the spans that end at {end} and {later} overlap from {start} on", label.name)
            return


def _entities(label: Label, key: str) -> list[dict[str, Any]]:
    found = label.value.get("annotations") if label.type == _SPANS and isinstance(label.value, dict) else None
    entries = found.get(key) if isinstance(found, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
