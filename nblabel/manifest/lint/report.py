"""What the lint found, as a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from nblabel.manifest.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nblabel.manifest.lint.rules import Problem, Rule

__all__ = ["Report"]


class _Finding(NamedTuple):
    row: int | None
    attribute: str | None
    severity: str
    code: str
    message: str
    remedy: str


class Report:
    """Collects what rules say."""

    def __init__(self) -> None:
        self._findings: list[_Finding] = []

    def add(self, rule: Rule, problems: Iterable[Problem], row: int | None) -> bool:
        """Add what a rule found in a row, or in the whole manifest; tell whether there was anything."""
        found = False
        for problem in problems:
            self._findings.append(_Finding(row, problem.attribute, rule.severity, rule.code, problem.message, rule.remedy))
            found = True
        return found

    def frame(self, df: pd.DataFrame) -> pd.DataFrame:
        """Return the findings with the numbers of the lines that the rows of a frame came from."""
        # Objects, so that what does not apply is None whatever the others are.
        table = pd.DataFrame(self._findings, columns=list(_Finding._fields), dtype=object).astype({"row": "Int64"})
        numbers = np.zeros(len(df), np.int64)
        for lines, places, rows in Origin(df).parts:
            numbers[places] = lines.numbers[rows]
        line = [numbers[row] if pd.notna(row) and numbers[row] else pd.NA for row in table["row"]]
        table.insert(0, "line", pd.Series(line, dtype="Int64"))
        return table
