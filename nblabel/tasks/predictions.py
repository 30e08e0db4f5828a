"""Predictions, and what of them is suggested to a person.

A *prediction* is what a model says of an item: an annotation, with scores or without. It is taken apart into suggestions, each of them a part of a
value under an id of its own. One that is accepted becomes a part of the value under that id, so that the value itself tells where its parts came
from: a part that is as it was suggested, one that was changed since, or one that a person made.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Literal

from nblabel.errors import AnnotationError, SchemaError
from nblabel.wire import Suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nblabel.tasks.context import Media

__all__ = ["SCORES", "Origin", "Predictable", "read_score"]

SCORES = ("score", "confidence")
"""What the score of a part is called."""

Origin = Literal["human", "suggested", "changed"]
"""Where a part of a value came from: a person, a suggestion as it was, or a suggestion that was changed."""


class Predictable(ABC):
    """The part of a task type that turns predictions into suggestions; a part of a value is a JSON object with an `id`.

    A task type whose value is not a list of parts says here what its parts are.
    """

    suggestible: bool = True
    """Whether parts of an annotation can be suggested."""

    @abstractmethod
    def begin(self, annotation: Any, media: Media, present: Any = None) -> Any:
        """Make the value for an annotation; see `Task.begin`."""

    @abstractmethod
    def difference(self, before: Any, after: Any) -> Any:
        """Give the change that leads from one value to another; see `Task.difference`."""

    @abstractmethod
    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> Any:
        """Read an annotation from a label attribute; see `Task.decode`."""

    def predicted(self, cell: Any, metadata: Mapping[str, Any] | None) -> Any:
        """Read a prediction from a cell of a column; `metadata` is the cell of its ``-metadata`` column.

        A label as Ground Truth writes it, by automated labeling say, or a prediction as a function would give it.
        """
        if not isinstance(cell, Mapping):
            return cell
        objects = (metadata or {}).get("objects") or []
        return self.decode(cell, metadata), [found.get("confidence") for found in objects]

    def fetch(self, prediction: Any, read: Callable[[str], bytes]) -> Any:  # noqa: ARG002
        """Give a prediction of a column with what it refers to; `read` gives the content of a file."""
        return prediction

    def separate(self, prediction: Any, media: Media) -> list[tuple[Any, float | None]]:  # noqa: ARG002
        """Take a prediction apart into annotations that a person may accept alone, and their scores.

        Parameters
        ----------
        prediction : object
            A list of parts (or a DataFrame with a row for each), each with or without its ``score``, or a tuple of such a list and a list of scores.
        media : Media
            What it is about.

        Raises
        ------
        AnnotationError
            When nothing can be made of it.
        """
        parts, scores = prediction if isinstance(prediction, tuple) else (prediction, [])
        parts = parts.to_dict("records") if hasattr(parts, "to_dict") else parts
        if not isinstance(parts, list | tuple) or not all(isinstance(part, Mapping) for part in parts):
            raise AnnotationError(f"expected a prediction as a list of parts, as w.value gives them, each with or without 'score', got {parts!r:.80}")
        given = list(scores) + [None] * (len(parts) - len(scores))
        return [
            (
                [{key: field for key, field in part.items() if key not in SCORES}],
                read_score(next((part[key] for key in SCORES if key in part), score)),
            )
            for part, score in zip(parts, given, strict=True)
        ]

    def parts(self, value: Any) -> dict[str, dict[str, Any]]:
        """Give the parts of a value by their ids, in the order of the annotation."""
        return {part["id"]: part for part in value}

    def accept(self, value: Any, parts: Iterable[Any]) -> Any:
        """Give the change that takes suggested parts into a value."""
        return self.difference(value, [*value, *parts])

    def identify(self, part: Mapping[str, Any], source: str) -> str:
        """Give the id of a suggested part: the same whenever the same is suggested from the same source."""
        content = sorted((key, field) for key, field in part.items() if key != "id")
        return blake2b(repr((source, content)).encode(errors="replace"), digest_size=8).hexdigest()

    def suggestions(self, prediction: Any, media: Media, source: str) -> tuple[list[Suggestion], list[str]]:
        """Make suggestions of a prediction.

        Returns
        -------
        suggestions, refusals
            What can be suggested, with ids that are the same whenever the prediction is, and why the rest cannot.

        Raises
        ------
        AnnotationError
            When nothing can be made of the prediction.
        """
        made: dict[str, Suggestion] = {}
        refusals = []
        for place, (annotation, score) in enumerate(self.separate(prediction, media)):
            try:
                parts = self.parts(self.begin(annotation, media)).values()
            except (AnnotationError, SchemaError) as error:
                refusals.append(f"part {place}: {error}")
                continue
            for part in parts:
                name = self.identify(part, source)
                made.setdefault(name, Suggestion(id=name, part={**part, "id": name}, score=score, source=source))
        return list(made.values()), refusals

    def provenance(self, value: Any, suggestions: Mapping[str, Suggestion]) -> list[dict[str, Any]]:
        """Tell of each part of a value where it came from: `origin` and, of what was suggested, `score` and `source`.

        Parameters
        ----------
        value : object
            The value.
        suggestions : mapping
            Suggestions by their ids.
        """
        found: list[dict[str, Any]] = []
        for name, part in self.parts(value).items():
            suggestion = suggestions.get(name)
            if suggestion is None:
                found.append({"origin": "human"})
            else:
                origin: Origin = "suggested" if part == suggestion.part else "changed"
                found.append({"origin": origin, "score": suggestion.score, "source": suggestion.source})
        return found


def read_score(given: Any) -> float | None:
    """Take a score as numpy, pandas or JSON have it; raises AnnotationError."""
    try:
        score = math.nan if given is None else float(given)
    except (TypeError, ValueError):
        raise AnnotationError(f"expected a number as score, got {given!r:.80}") from None
    return score if math.isfinite(score) else None
