"""One class for the whole item: label verification and the classification of video clips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel.errors import AnnotationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SingleClass"]


@dataclass(frozen=True)
class SingleClass:
    """An index in the label, its name in the metadata.

    Parameters
    ----------
    title
        What a person calls it.
    comments
        Whether workers may have said why.
    """

    title: str
    comments: bool = False
    reference: bool = False

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        """Read the class and the comments."""
        if isinstance(label, bool) or not isinstance(label, int | str):
            raise AnnotationError(f"expected the index of a class, got {label!r:.80}")
        name = (metadata or {}).get("class-name")
        part: dict[str, Any] = {"label": name if isinstance(name, str) else f"#{label}"}
        if self.comments:
            feedback = (metadata or {}).get("worker-feedback")
            said = [entry.get("comment") for entry in feedback if isinstance(entry, dict)] if isinstance(feedback, list) else []
            part["comments"] = [text for text in said if isinstance(text, str)]
        return [part]

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give label, and the comments as a list of texts."""
        return pd.DataFrame(annotation, columns=["label", "comments"] if self.comments else ["label"], dtype=object)
