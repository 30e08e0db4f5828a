"""What several workers said of the same items, as a DataFrame: make it one annotation an item, and measure how far they agree."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nblabel.consolidation import Answers, Consolidation
from nblabel.consolidation.answers import pair_scores
from nblabel.errors import AnnotationError, FrameError, NblabelError, TaskError
from nblabel.tasks.base import Media

if TYPE_CHECKING:
    from nblabel.tasks import Task

__all__ = ["METHODS", "Method", "agreement", "consolidate", "consolidation_of", "object_column", "read_answers", "worker_skill"]

_log = logging.getLogger(__name__)

METHODS = ("dawid-skene", "majority", "aws")
"""Names of methods that every task type with a consolidation knows; the first is the default."""

Method = str | Callable[[list[Any]], Any]

_COLUMNS = ("item", "worker", "annotation")


def consolidate(responses: pd.DataFrame, task: Task, method: Method | None = None, *, gold: Mapping[Any, Any] | None = None) -> pd.DataFrame:
    """Make one annotation an item of what several workers said.

    Parameters
    ----------
    responses : DataFrame
        A row an answer, with the columns item, worker (anything hashable) and annotation, as ``w.value`` gives it: a class name, a list of class
        names, of boxes, of spans, or an index mask. Of two answers of one worker to one item the later counts.
    task : Task
        What was asked.
    method : str or callable, optional
        ``"dawid-skene"`` (default) weighs workers by how good they prove to be, over all items; ``"majority"`` counts votes; ``"aws"`` follows what
        Ground Truth documents for the task. A callable gets the list of annotations of one item and returns one, or a tuple of it and a confidence.
    gold : mapping, optional
        Annotations that are known to be right, by item. They are the result there, and workers are judged by them.

    Returns
    -------
    DataFrame
        A row an item in the order of first appearance: item, annotation, confidence, agreement. Confidence is 0 to 1, a list parallel to an
        annotation of several parts (for masks a dict by class), and 0 where only one worker answered, as Ground Truth writes it. Agreement is the
        mean likeness of the item's answers, 0 to 1, NaN where there is one.

    Raises
    ------
    FrameError
        When a column is missing.
    AnnotationError
        When an annotation is not acceptable for the task; it names item and worker.
    TaskError
        When the method is unknown.

    Notes
    -----
    Models and their sources: `nblabel.consolidation`. Ground Truth's rules: SageMaker developer guide, "Annotation consolidation".

    Examples
    --------
    >>> import nblabel as nl
    >>> answers = [("a.jpg", "ann", "cat"), ("a.jpg", "bob", "cat"), ("a.jpg", "cyd", "dog"), ("b.jpg", "ann", "dog"), ("b.jpg", "bob", "dog")]
    >>> responses = pd.DataFrame(answers, columns=["item", "worker", "annotation"])
    >>> nl.consolidate(responses, nl.ImageClassification(["cat", "dog"]))[["item", "annotation"]]
        item annotation
    0  a.jpg        cat
    1  b.jpg        dog
    """
    answers, items, _ = read_answers(responses, task, gold)
    found = consolidation_of(answers, task, method)
    return pd.DataFrame(
        {
            "item": pd.Series(items, dtype=object if not items else None),
            "annotation": object_column(found.annotations),
            "confidence": _numbers_or_cells(found.confidence),
            "agreement": found.agreement,
        }
    )


def worker_skill(responses: pd.DataFrame, task: Task, method: str | None = None, *, gold: Mapping[Any, Any] | None = None) -> pd.DataFrame:
    """Estimate how good each worker is, from how well the answers fit what `consolidate` makes of all of them.

    Returns
    -------
    DataFrame
        A row a worker, indexed by name: answers, accuracy (0 to 1; for boxes and spans F1, for masks the mean intersection over union) and, where the
        task has them, precision, recall and overlap.

    Examples
    --------
    >>> import nblabel as nl
    >>> answers = [(item, worker, "cat") for item in range(20) for worker in ("ann", "bob")] + [(item, "cyd", "dog") for item in range(20)]
    >>> responses = pd.DataFrame(answers, columns=["item", "worker", "annotation"])
    >>> nl.worker_skill(responses, nl.ImageClassification(["cat", "dog"]))["accuracy"].round(1).to_dict()
    {'ann': 1.0, 'bob': 1.0, 'cyd': 0.0}
    """
    answers, _, workers = read_answers(responses, task, gold)
    found = consolidation_of(answers, task, method).workers
    return found.set_axis(pd.Index(workers, name="worker"))


def agreement(responses: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Measure how far workers agree beyond chance: Krippendorff's alpha, for all classes and for each.

    Returns
    -------
    DataFrame
        Columns measure (label; for boxes and spans also detection and location), label (None: all classes), alpha (1 full agreement, 0 chance), and
        note, which says why where alpha is undefined.

    Examples
    --------
    >>> import nblabel as nl
    >>> answers = [("a", 1, "cat"), ("a", 2, "cat"), ("b", 1, "dog"), ("b", 2, "dog"), ("c", 1, "dog"), ("c", 2, "cat")]
    >>> responses = pd.DataFrame(answers, columns=["item", "worker", "annotation"])
    >>> nl.agreement(responses, nl.ImageClassification(["cat", "dog"]))["alpha"].round(2).tolist()
    [0.44, 0.44, 0.44]
    """
    answers, _, _ = read_answers(responses, task, None)
    found = task.agreement(answers)
    paired = len(pair_scores(answers, lambda _one, _other: 0.0)) > 0
    reason = "all say the same, so chance cannot be told from agreement" if paired else "no item was answered by two workers"
    return found.assign(note=np.where(found["alpha"].isna(), reason, ""))


def read_answers(responses: pd.DataFrame, task: Task, gold: Mapping[Any, Any] | None) -> tuple[Answers, list[Any], list[Any]]:
    """Check responses, and number their items and workers.

    Returns
    -------
    answers, items, workers
        The numbered answers, and the names that the numbers stand for, in order of first appearance.
    """
    if missing := [column for column in _COLUMNS if column not in responses.columns]:
        raise FrameError(f"responses have no column {missing[0]!r}; expected a row an answer with the columns {', '.join(_COLUMNS)}")
    last = ~responses.duplicated(["item", "worker"], keep="last").to_numpy()
    if not last.all():
        _log.warning("%d answers were given again by the same worker to the same item; the last of each counts", int((~last).sum()))
    kept = responses[last]
    items, names = pd.factorize(kept["item"], use_na_sentinel=False)
    workers, people = pd.factorize(kept["worker"], use_na_sentinel=False)
    checked: dict[str, Any] = {}
    annotations = [
        _checked(annotation, task, checked, f"item {item!r}, worker {worker!r}")
        for item, worker, annotation in zip(kept["item"], kept["worker"], kept["annotation"], strict=True)
    ]
    places = {item: number for number, item in enumerate(names)}
    known = {
        places[item]: _checked(annotation, task, checked, f"gold of item {item!r}") for item, annotation in (gold or {}).items() if item in places
    }
    answers = Answers(items=items, workers=workers, annotations=annotations, shape=(len(names), len(people)), gold=known)
    return answers, list(names), list(people)


def consolidation_of(answers: Answers, task: Task, method: Method | None) -> Consolidation:
    """Consolidate numbered answers by a method's name, or by a function."""
    if method is None or isinstance(method, str):
        name = method or METHODS[0]
        if name not in METHODS:
            raise TaskError(f"method {name!r} is unknown; expected one of {list(METHODS)}, or a function of an item's annotations")
        found = task.consolidate(answers, name)
    else:
        found = _by_function(answers, method)
    counts = np.bincount(answers.items, minlength=answers.shape[0])
    for item in np.flatnonzero(counts == 1).tolist():
        if item not in answers.gold:
            found.confidence[item] = _nothing_sure(found.confidence[item])
    return found


def _by_function(answers: Answers, method: Callable[[list[Any]], Any]) -> Consolidation:
    n, m = answers.shape
    annotations: list[Any] = [None] * n
    confidence: list[Any] = [float("nan")] * n
    for item, places in answers.by_item():
        made = method([answers.annotations[place] for place in places.tolist()])
        annotations[item], confidence[item] = made if isinstance(made, tuple) else (made, float("nan"))
    for item, annotation in answers.gold.items():
        annotations[item], confidence[item] = annotation, 1.0
    counts = np.bincount(answers.workers, minlength=m)
    return Consolidation(annotations=annotations, confidence=confidence, agreement=np.full(n, np.nan), workers=pd.DataFrame({"answers": counts}))


def _checked(annotation: Any, task: Task, known: dict[str, Any], where: str) -> Any:
    """Give an annotation as the task has it; class names are looked at once."""
    if isinstance(annotation, str) and annotation in known:
        return known[annotation]
    if isinstance(annotation, np.ndarray) and annotation.ndim == 2:  # noqa: PLR2004 - a mask is what it is
        return annotation
    try:
        found = task.annotation(task.begin(annotation, Media()))
    except NblabelError as error:
        raise AnnotationError(str(error), item=where) from error
    if found is None:
        raise AnnotationError("there is no annotation; leave the row out", item=where)
    if isinstance(annotation, str):
        known[annotation] = found
    return found


def _nothing_sure(confidence: Any) -> Any:
    if isinstance(confidence, Mapping):
        return dict.fromkeys(confidence, 0.0)
    return [0.0] * len(confidence) if isinstance(confidence, Sequence) else 0.0


def _numbers_or_cells(values: list[Any]) -> pd.Series[Any]:
    return pd.Series(values, dtype=float) if all(isinstance(value, float) for value in values) else object_column(values)


def object_column(values: list[Any]) -> pd.Series[Any]:
    """Give a column of values as they are; pandas would take lists and arrays apart."""
    column = np.empty(len(values), object)
    for place, value in enumerate(values):
        column[place] = value
    return pd.Series(column, dtype=object)
