"""The lint: what is wrong with a manifest, line by line, with stable codes and remedies.

The rules follow the SageMaker developer guide ("Input manifest file", "Input data quotas", "Output data") and the checks that Amazon Rekognition
Custom Labels makes on import; `nblabel.manifest.lint.rules` says how one is written.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import pandas as pd

from nblabel.manifest.lint.files import Files
from nblabel.manifest.lint.record import Line, Manifest
from nblabel.manifest.lint.report import Report
from nblabel.manifest.lint.rules import RULES, Rule, Subject
from nblabel.manifest.origin import folders
from nblabel.manifest.pairs import pairs
from nblabel.manifest.write import written_lines

if TYPE_CHECKING:
    from nblabel.manifest.lines import Lines

__all__ = ["codes", "refusals", "validate"]

# A module of rules puts them on the list.
for _module in ("lines", "sources", "sequences", "labels", "boxes", "spans", "masks", "quotas"):
    import_module(f"{__name__}.{_module}")

_FORM = {"ERROR_NO_LABEL_ATTRIBUTES", "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"}


def validate(df: pd.DataFrame, *, remote: bool = False) -> pd.DataFrame:
    r"""Check a frame as the manifest that it would be written as.

    Parameters
    ----------
    df
        Any DataFrame.
    remote
        Whether files behind URLs (S3) are read too: images, and masks that labels refer to. Those of this machine are looked at in any case.

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
    manifest = Manifest(pairs(df))
    files = Files(remote=remote)
    for place, (text, folder) in enumerate(zip(written_lines(df), folders(df), strict=True)):
        line = Line(text, folder=folder, files=files)
        line.expects_label = bool(manifest.pairs)
        line.labels = manifest.labels(line)
        for label in line.labels:
            for rule in _rules("label"):
                if report.add(rule, rule.check(label), place) and rule.code in _FORM:
                    line.invalid.add(label.name)
        for rule in _rules("line"):
            report.add(rule, rule.check(line), place)
        manifest.gather(line)
    for rule in _rules("manifest"):
        report.add(rule, rule.check(manifest), None)
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


def _listed() -> str:
    """Return the list of codes for the documentation."""
    return "\n".join(f"    {rule.code} ({rule.severity})\n        {rule.meaning} {rule.remedy}" for rule in sorted(RULES, key=lambda rule: rule.code))


def refusals(lines: Lines) -> dict[int, str]:
    """Return what a strict reader refuses: the first error of each line that has one, by row."""
    rules = [rule for rule in _rules("line") if rule.severity == "error"]
    found = {}
    for row in range(len(lines)):
        line = Line(lines[row])
        problem = next((problem for rule in rules for problem in rule.check(line)), None)
        if problem is not None:
            found[row] = problem.message
    return found


@cache
def _rules(subject: Subject) -> list[Rule]:
    return [rule for rule in RULES if rule.subject == subject]


# Written from the rules, so that it says what they do; nothing where Python was told to leave documentation out.
if validate.__doc__:
    validate.__doc__ += f"""
    Notes
    -----
    The codes:

{_listed()}
    """
