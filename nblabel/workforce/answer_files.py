"""Workers' answers in Ground Truth's output tree: files of JSON, a folder for each object.

Format: SageMaker developer guide, "Output data", section *Worker responses*. Jobs of 2018 have no more than ``answerContent``, ``submissionTime`` and
``workerId``, so that nothing else is counted on.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from nblabel import storage
from nblabel.errors import StorageError
from nblabel.manifest.dates import read_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from nblabel.storage import File

__all__ = ["FileAnswer", "Problem", "read_answer_files"]

_READERS = 16
"""Files that are asked for at once; over a network, waiting is nearly all that reading is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileAnswer:
    """What a worker answered; `seconds` is NaN and `submitted` None where the file does not say."""

    file: str
    item: int
    worker: str
    content: dict[str, Any]
    submitted: datetime | None
    seconds: float


class Problem(NamedTuple):
    """Something in a file that cannot be read, and why."""

    file: str
    problem: str


def read_answer_files(files: Iterable[File]) -> tuple[list[FileAnswer], list[Problem]]:
    """Read worker responses.

    Parameters
    ----------
    files : iterable of File
        The files below ``annotations/worker-response``: ``iteration-<n>/<object>/<time>.json``.

    Returns
    -------
    answers, problems
        By object, the first submitted first, one that is in several files once; and what could not be read.
    """
    with ThreadPoolExecutor(_READERS) as pool:
        read = list(pool.map(_read, (file for file in files if file.name.endswith(".json"))))
    problems = [problem for _, found in read for problem in found]
    answers: dict[tuple[Any, ...], FileAnswer] = {}
    for answer in (answer for found, _ in read for answer in found):
        answers.setdefault((answer.item, answer.worker, answer.submitted, json.dumps(answer.content, sort_keys=True)), answer)
    return sorted(answers.values(), key=lambda answer: (answer.item, answer.submitted.timestamp() if answer.submitted else 0.0)), problems


def _read(file: File) -> tuple[list[FileAnswer], list[Problem]]:
    number = file.name.split("/")[-2] if "/" in file.name else ""
    if not number.isdecimal():
        return [], [Problem(file.ref, f"expected it in a folder that is named by the line of its object, such as '0', not in {number!r}")]
    try:
        content = json.loads(storage.read_bytes(file.ref))
    except (StorageError, ValueError, RecursionError) as error:
        return [], [Problem(file.ref, f"it cannot be read as JSON ({error})")]
    entries = content.get("answers") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        return [], [Problem(file.ref, f"expected {{'answers': [...]}}, got {content!r:.60}")]
    answers, problems = [], []
    for place, entry in enumerate(entries):
        if isinstance(entry, dict) and isinstance(entry.get("answerContent"), dict):
            answers.append(_answer(file.ref, int(number), entry, place))
        else:
            problems.append(Problem(file.ref, f"answer {place}: expected an object with 'answerContent', got {entry!r:.60}"))
    return answers, problems


def _answer(file: str, item: int, entry: dict[str, Any], place: int) -> FileAnswer:
    submitted, accepted = read_date(entry.get("submissionTime")), read_date(entry.get("acceptanceTime"))
    seconds = entry.get("timeSpentInSeconds")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        seconds = (submitted - accepted).total_seconds() if submitted and accepted else float("nan")
    return FileAnswer(
        file=file,
        item=item,
        worker=str(entry.get("workerId") or f"unknown-{place}"),
        content=entry["answerContent"],
        submitted=submitted,
        seconds=float(seconds),
    )
