"""Named entities: labeled spans of a text.

Formats: SageMaker developer guide, "Output data", section *Named entity recognition output*. Offsets are code points, the end is exclusive. In which
unit Ground Truth's own page counts is documented nowhere; it is a browser's, so some files have UTF-16 units. `NamedEntityRecognition.align` tells.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel import schema
from nblabel.consolidation.spans import consolidate_spans, span_agreement
from nblabel.depiction import Depiction, Entry, Run
from nblabel.errors import AnnotationError
from nblabel.keys import Keymap, Keys
from nblabel.tasks.base import Context, Media, Task, keep_ids
from nblabel.tasks.shapes import apply_parts, parts_difference

if TYPE_CHECKING:
    from PIL import Image

    from nblabel.consolidation import Answers, Consolidation
    from nblabel.labels import Instructions, Label
    from nblabel.wire import TaskView

__all__ = ["NamedEntityRecognition", "Span", "SpanChange"]

_COLUMNS = ["label", "startOffset", "endOffset"]
_ACTIONS: Keymap = {
    "tool-mark": ("b",),
    "tool-select": ("v",),
    "mark-next": ("ArrowRight",),
    "mark-previous": ("ArrowLeft",),
    "extend-next": ("Shift+ArrowRight",),
    "extend-previous": ("Shift+ArrowLeft",),
    "end-forward": ("Alt+ArrowRight",),
    "end-back": ("Alt+ArrowLeft",),
    "start-forward": ("Alt+Shift+ArrowRight",),
    "start-back": ("Alt+Shift+ArrowLeft",),
    "identical": ("x",),
    "granularity": ("g",),
}
_LETTERS_OF_A_SHORT_NAME = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A part of a text: ``text[start:end]``, in code points."""

    id: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SpanChange:
    """What one gesture did to the spans of a text; new spans come last unless `at` says where."""

    created: list[Span] = field(default_factory=list)
    updated: list[Span] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    at: list[int] = field(default_factory=list)


class NamedEntityRecognition(Task):
    r"""Mark the spans of a text that belong to the given classes.

    Parameters
    ----------
    labels : iterable of str or Label
        The classes. A `Label`'s `short_name` is what Ground Truth calls ``shortDisplayName``; by default it is made of the name.
    overlapping : bool, optional
        Whether spans may lie in or across one another, as Ground Truth allows.
    instructions : str or Instructions, optional
        What the person who labels is told.

    Examples
    --------
    An annotation is a list of spans in code points, the end exclusive:

    >>> text = "Ada \U0001f600 moved to London."
    >>> task = NamedEntityRecognition(["Person", "Place"])
    >>> value = task.begin([{"label": "Place", "startOffset": 15, "endOffset": 21}], Media(length=len(text)))
    >>> (span,) = task.annotation(value)
    >>> text[span["startOffset"] : span["endOffset"]]
    'London'
    """

    type = "named-entity-recognition"
    title = "Named entity recognition"
    media = "text"
    groundtruth_types = ("groundtruth/text-span",)
    actions = _ACTIONS
    wire_types = (Span, SpanChange)

    overlapping: bool = True

    def __init__(self, labels: Iterable[str | Label], *, overlapping: bool = True, instructions: str | Instructions | None = None) -> None:
        super().__init__(labels, instructions=instructions)
        self.overlapping = overlapping

    def view(self, keys: Keys = Keys()) -> TaskView:  # noqa: B008 - it is frozen
        """Describe the task to a front end; see `Task.view`."""
        view = super().view(keys)
        view.settings.update(overlapping=self.overlapping)
        return view

    def begin(self, annotation: Any, media: Media, present: Any = None) -> list[dict[str, Any]]:
        """Make the value for a list of spans; see `Task.begin`."""
        spans = [] if annotation is None else [_span(span, place) for place, span in enumerate(_plain(annotation))]
        self._check(spans, media, path="", known={span["label"] for span in present or ()})
        self._check_overlap(spans, spans)
        return keep_ids(_dump(spans), present) if present else _dump(spans)

    def apply(self, value: Any, change: Any, media: Media) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Apply a `SpanChange`; see `Task.apply`."""
        before = schema.load(value, list[Span])
        wanted = schema.load(change, SpanChange)
        known = {span.label for span in before}
        self._check(wanted.created, media, path="/created", known=known)
        self._check(wanted.updated, media, path="/updated", known=known)
        after, inverse = apply_parts(before, wanted, what="span")
        self._check_overlap([*wanted.created, *wanted.updated], after)
        return _dump(after), schema.dump(SpanChange(**inverse._asdict()))

    def difference(self, before: Any, after: Any) -> dict[str, Any] | None:
        """Give the `SpanChange` between two values; see `Task.difference`."""
        return parts_difference(before, after)

    def annotation(self, value: Any) -> list[dict[str, Any]]:
        """Give the spans of a value as Ground Truth names their fields; see `Task.annotation`."""
        return [{"label": span["label"], "startOffset": span["start"], "endOffset": span["end"]} for span in value]

    def depict(self, value: Any, shown: Image.Image | str, media: Media) -> Depiction:
        """Mark the spans in the text; see `Task.depict`."""
        if not isinstance(shown, str):
            return super().depict(value, shown, media)
        spans = sorted(schema.load(value, list[Span]), key=lambda span: (span.start, -span.end))
        borders = sorted({0, len(shown), *(min(place, len(shown)) for span in spans for place in (span.start, span.end))})
        runs = []
        for start, end in pairwise(borders):
            colors = [self.color_of(span.label) for span in spans if span.start <= start and span.end >= end]
            runs.append(Run(shown[start:end], colors, [span.label for span in spans if span.end == end]))
        entries = [Entry(span.label, self.color_of(span.label), shown[span.start : span.end]) for span in spans]
        return Depiction(entries=entries, runs=runs or [Run(shown)])

    def encode(self, annotation: Any, context: Context) -> tuple[dict[str, Any], dict[str, Any]]:
        """Write spans as Ground Truth does; see `Task.encode`.

        Confidence is that of `Context.sureness`.
        """
        known = {label.name: label.short_name or _short(label.name) for label in self.labels}
        names = [*known, *dict.fromkeys(span["label"] for span in annotation if span["label"] not in known)]
        label = {
            "annotations": {
                "entities": [{column: span[column] for column in ("label", "startOffset", "endOffset")} for span in annotation],
                "labels": [{"label": name, "shortDisplayName": known.get(name, _short(name))} for name in names],
            }
        }
        confidences = [{"confidence": context.sureness(place)} for place in range(len(annotation))]
        return label, {"entities": confidences, **context.metadata(self.groundtruth_type)}

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> list[dict[str, Any]]:  # noqa: ARG002
        """Read spans from a label, or from a worker's own answer; see `Task.decode`."""
        found = label.get("annotations", label) if isinstance(label, Mapping) else None
        entities = found.get("entities") if isinstance(found, Mapping) else None
        if not isinstance(entities, list):
            raise AnnotationError(f"expected {{'annotations': {{'entities': [...]}}}}, got {label!r:.80}")
        return [_entity(entity, place) for place, entity in enumerate(entities)]

    def answer_content(self, annotation: Any, media: Media) -> dict[str, Any]:  # noqa: ARG002
        """Write spans as ``crowd-entity-annotation`` answers; see `Task.answer_content`."""
        return {"crowd-entity-annotation": {"entities": [dict(span) for span in annotation]}}

    def read_answer(self, content: Mapping[str, Any]) -> Any:
        """Read the answer of a ``crowd-entity-annotation``; see `Task.read_answer`."""
        found = next((found for found in content.values() if isinstance(found, Mapping) and "entities" in found), None)
        return self.decode(found, None)

    def consolidate(self, answers: Answers, method: str) -> Consolidation:
        """Make one list of spans a text of several; see `Task.consolidate`."""
        return consolidate_spans(answers, method)

    def agreement(self, answers: Answers) -> pd.DataFrame:
        """Measure agreement about spans; see `Task.agreement`."""
        return span_agreement(answers)

    def predicted(self, cell: Any, metadata: Mapping[str, Any] | None) -> Any:
        """Read a prediction from a cell, also spans as Ground Truth writes them; see `Task.predicted`."""
        if not isinstance(cell, Mapping):
            return cell
        return self.decode(cell, metadata), [found.get("confidence") for found in (metadata or {}).get("entities") or []]

    def align(self, annotation: Any, text: str) -> tuple[Any, str | None]:
        """Bring offsets in UTF-16 units, as a browser counts, to code points; see `Task.align`.

        Only a text with characters beyond the basic plane tells them apart, and only where one of the two reaches beyond the text or cuts such a
        character in two.
        """
        edges = [span[edge] for span in annotation for edge in ("startOffset", "endOffset")]
        places = _code_points(text)
        fits = all(0 <= edge <= len(text) for edge in edges)
        fits_units = all(0 <= edge < len(places) and places[edge] >= 0 for edge in edges)
        if not fits_units:
            return annotation, "code points" if fits else "neither"
        if all(places[edge] == edge for edge in edges):
            return annotation, None
        if fits:
            return annotation, "unclear"
        return [{**span, "startOffset": places[span["startOffset"]], "endOffset": places[span["endOffset"]]} for span in annotation], "UTF-16"

    def restore(self, annotation: Any) -> list[dict[str, Any]]:
        """Make the value for spans of a manifest, whatever their classes; see `Task.restore`."""
        # One call for all: the system's random numbers are what takes the time when a large manifest is taken in.
        ids = secrets.token_hex(6 * len(annotation))
        return [
            {"id": ids[12 * place : 12 * place + 12], "label": span["label"], "start": span["startOffset"], "end": span["endOffset"]}
            for place, span in enumerate(annotation)
        ]

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row a span: label, startOffset, endOffset (code points)."""
        return pd.DataFrame(annotation, columns=_COLUMNS)

    def _check(self, spans: Sequence[Span], media: Media, *, path: str, known: Iterable[str]) -> None:
        names = [label.name for label in self.labels]
        for place, span in enumerate(spans):
            where = f"{path}/{place}"
            if span.label not in names and span.label not in known:
                raise AnnotationError(f"label {span.label!r} is not one of the task's: {names}", path=f"{where}/label")
            if not 0 <= span.start < span.end:
                raise AnnotationError(f"the span reaches from {span.start} to {span.end}, expected 0 <= start < end", path=where)
            if media.length is not None and span.end > media.length:
                raise AnnotationError(f"the span ends at {span.end}, the text has {media.length} code points", path=where)

    def _check_overlap(self, added: Iterable[Span], spans: Sequence[Span]) -> None:
        """Refuse overlaps that a person makes, where the task does not allow them; those of a manifest stay."""
        if self.overlapping:
            return
        new = {span.id for span in added}
        furthest: Span | None = None
        for span in sorted(spans, key=lambda span: (span.start, span.end)):
            if furthest is not None and span.start < furthest.end and not new.isdisjoint((span.id, furthest.id)):
                raise AnnotationError(f"spans {furthest.start}:{furthest.end} and {span.start}:{span.end} overlap, which this task does not allow")
            if furthest is None or span.end > furthest.end:
                furthest = span


def _code_points(text: str) -> Sequence[int]:
    """Give the code point at each UTF-16 unit and at the end, -1 within a character that has two."""
    if text.isascii() or max(text) < "\U00010000":
        return range(len(text) + 1)
    places = []
    for place, sign in enumerate(text):
        places.append(place)
        if sign >= "\U00010000":
            places.append(-1)
    return [*places, len(text)]


def _short(name: str) -> str:
    return name.strip()[:_LETTERS_OF_A_SHORT_NAME].lower() or name


def _plain(annotation: Any) -> Iterable[Any]:
    """Accept what users have at hand: frames and other lists of spans."""
    if isinstance(annotation, pd.DataFrame):
        return annotation.to_dict("records")
    if isinstance(annotation, str | bytes | Mapping) or not isinstance(annotation, Iterable):
        raise AnnotationError(f"expected a list of spans {{'label', 'startOffset', 'endOffset'}}, got {annotation!r:.80}")
    return annotation


def _span(span: Any, place: int) -> Span:
    found = _entity(span, place)
    return Span(id=_new_id(), label=found["label"], start=found["startOffset"], end=found["endOffset"])


def _entity(entity: Any, place: int) -> dict[str, Any]:
    """Read a span as a file or a user gives it: offsets may be numpy's, whole floats or texts of digits."""
    if not isinstance(entity, Mapping) or not isinstance(entity.get("label"), str):
        raise AnnotationError(f"expected a span {{'label', 'startOffset', 'endOffset'}}, got {entity!r:.80}", path=f"/{place}")
    return {"label": entity["label"], **{name: _offset(entity.get(name), path=f"/{place}/{name}") for name in ("startOffset", "endOffset")}}


def _offset(offset: Any, *, path: str) -> int:
    try:
        number = int(offset)
    except (OverflowError, TypeError, ValueError):
        number = -1
    if number < 0 or isinstance(offset, bool) or (number != offset and str(number) != offset):
        raise AnnotationError(f"expected a number of code points, got {offset!r:.80}", path=path)
    return number


def _dump(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return list(schema.dump(spans))


def _new_id() -> str:
    return secrets.token_hex(6)
