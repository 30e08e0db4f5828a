"""What a crawl left out, and why."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Report"]

_log = logging.getLogger("nblabel.manifest.crawling")


class Report:
    """Collects what a crawl left out, or took though it may not be meant so."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str]] = []

    def add(self, file: str, code: str, message: str) -> None:
        """Note one file."""
        self._rows.append((file, code, message))

    def frame(self) -> pd.DataFrame:
        """Return a DataFrame with the columns file, code and message, in the order of the crawl."""
        import pandas as pd

        return pd.DataFrame(self._rows, columns=["file", "code", "message"], dtype=object)

    def log(self, location: str, found: str) -> None:
        """Say in one line what was found and how much was left out; as a warning where something was."""
        if not self._rows:
            _log.info("%s: %s", location, found)
            return
        first = {code: (file, message) for file, code, message in reversed(self._rows)}
        counts = Counter(code for _, code, _ in self._rows)
        told = "; ".join(f"{count} {code} (as {first[code][0]}: {first[code][1]})" for code, count in counts.most_common())
        _log.warning("%s: %s. To look at: %s. All of it is in the second value of nl.crawl(..., report=True)", location, found, told)
