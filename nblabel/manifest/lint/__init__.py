"""The lint: what is wrong with a manifest, line by line, with stable codes and remedies.

The rules follow the SageMaker developer guide ("Input manifest file", "Input data quotas", "Output data") and the checks that Amazon Rekognition
Custom Labels makes on import; `nblabel.manifest.lint.rules` says how one is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from nblabel.manifest.lint import lines as _lines  # noqa: F401 - a module of rules puts them on the list
from nblabel.manifest.lint.record import Line
from nblabel.manifest.lint.report import Report
from nblabel.manifest.lint.rules import RULES
from nblabel.manifest.write import written_lines

if TYPE_CHECKING:
    from nblabel.manifest.lines import Lines

__all__ = ["codes", "refusals", "validate"]


def validate(df: pd.DataFrame) -> pd.DataFrame:
    r"""Check a frame as the manifest that it would be written as.

    Parameters
    ----------
    df
        Any DataFrame.

    Returns
    -------
    DataFrame
        One row a problem, in the order of the lines; what is about the whole manifest comes last. Columns: ``line`` (its number in the file that it
        was read from, from 1), ``row`` (its position in the frame), ``attribute`` (the key), ``severity`` (error or warning), ``code``, ``message``
        and ``remedy``. Missing where it does not apply. `codes` lists the codes.

    Raises
    ------
    ManifestError
        Columns are not named by distinct strings.

    Examples
    --------
    >>> import io
    >>> from nblabel.manifest import read_manifest
    >>> df = read_manifest(io.BytesIO(b'{"source": "fine"}\n{"source": bad}\n{"x": 1}\n'))
    >>> validate(df)[["line", "severity", "code"]]
       line severity                      code
    0     2    error   ERROR_INVALID_JSON_LINE
    1     3    error  ERROR_MISSING_SOURCE_REF
    """
    report = Report()
    rules = [rule for rule in RULES if rule.subject == "line"]
    for place, text in enumerate(written_lines(df)):
        line = Line(text)
        for rule in rules:
            report.add(rule, rule.check(line), place)
    return report.frame(df)


def codes() -> pd.DataFrame:
    """List the codes of the lint: what each is about, how severe it is, what it means and what to do.

    Examples
    --------
    >>> codes().loc["DUPLICATE_KEY", "meaning"]
    'An object has a key more than once.'
    """
    table = pd.DataFrame([(rule.code, rule.subject, rule.severity, rule.meaning, rule.remedy) for rule in RULES])
    table.columns = pd.Index(["code", "subject", "severity", "meaning", "remedy"])
    return table.set_index("code")


def refusals(lines: Lines) -> dict[int, str]:
    """Return what a strict reader refuses: the first error of each line that has one, by row."""
    rules = [rule for rule in RULES if rule.subject == "line" and rule.severity == "error"]
    found = {}
    for row in range(len(lines)):
        line = Line(lines[row])
        problem = next((problem for rule in rules for problem in rule.check(line)), None)
        if problem is not None:
            found[row] = problem.message
    return found
