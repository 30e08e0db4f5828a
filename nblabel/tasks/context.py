"""What is known of an item's media, and what its label's metadata is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CONFIDENCE", "PROVENANCE", "Context", "Media"]

PROVENANCE = "nblabel-provenance"
"""Key of the metadata that says where the parts of a label came from; see `Context.metadata`."""

CONFIDENCE = "nblabel-confidence"
"""Key of the metadata that has the confidence as it was estimated; see `Context.metadata`."""

# What jobs of Ground Truth top out at.
_MOST_SURE = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """What is known of an item's media without its content.

    Sizes are pixels of the image as stored (EXIF orientation is not applied); `depth` is the number of colour channels, 3 or 1. A text has a
    `length` in code points.
    """

    width: int | None = None
    height: int | None = None
    depth: int | None = None
    length: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What a label's metadata needs to know beside the annotation; `provenance` is what `Task.provenance` gave."""

    media: Media
    job_name: str
    created: datetime
    provenance: Sequence[Mapping[str, Any]] = ()
    reference: str = ""
    """What the label refers to its file by, where it is one."""
    adjusted: bool | None = None
    """Whether an annotation that was laid before a person was changed; None where none was to be adjusted."""
    confidence: Any = None
    """How sure a consolidated annotation is, 0 to 1: a number, a sequence parallel to its parts, or a mapping by class; None: one worker labeled."""

    def sureness(self, part: Any = None) -> float:
        """Give a confidence as Ground Truth writes it: two digits, at most 0.95, and 0 where one worker labeled."""
        found = self.confidence
        if part is not None and found is not None:
            found = found.get(part) if isinstance(found, Mapping) else found[part]
        return 0 if not found else round(min(found, _MOST_SURE), 2)

    def metadata(self, groundtruth_type: str) -> dict[str, Any]:
        """Give the metadata fields that all task types share, in Ground Truth's order and form (developer guide, "Output data").

        Ground Truth has no field that says of a part where it came from. Where some came from suggestions, a key of our own, ``nblabel-provenance``,
        follows those of Ground Truth: a list with an object for each part, in the label's order: its ``origin`` (human, suggested or changed) and,
        unless that is human, the ``score`` and the ``source`` of the suggestion. Where several workers were consolidated, ``nblabel-confidence`` has
        the confidence as it was estimated, without the form of `sureness`.
        """
        shared: dict[str, Any] = {
            "type": groundtruth_type,
            "human-annotated": "yes",
            "creation-date": self.created.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds"),
            "job-name": f"labeling-job/{self.job_name.lower()}",
        }
        if self.adjusted is not None:
            shared["adjustment-status"] = "adjusted" if self.adjusted else "unadjusted"
        if self.confidence is not None:
            by_class = isinstance(self.confidence, Mapping)
            shared[CONFIDENCE] = {str(index): sure for index, sure in self.confidence.items()} if by_class else self.confidence
        assisted = any(part["origin"] != "human" for part in self.provenance)
        return {**shared, PROVENANCE: [dict(part) for part in self.provenance]} if assisted else shared
