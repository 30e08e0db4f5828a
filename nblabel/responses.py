"""What several workers said of the same items, as a DataFrame: make it one annotation an item, and measure how far they agree."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from nblabel.consolidation import Answers, Consolidation
from nblabel.consolidation.answers import pair_scores
from nblabel.errors import AnnotationError, FrameError, NblabelError, TaskError
from nblabel.post_annotation import AnnotationConsolidationLambda, Names
from nblabel.tasks.base import Media

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nblabel.tasks import Task

__all__ = [
    "METHODS",
    "Method",
    "agreement",
    "confusion",
    "consolidate",
    "consolidation_of",
    "likenesses",
    "object_column",
    "read_answers",
    "worker_skill",
]

_log = logging.getLogger(__name__)

METHODS = ("dawid-skene", "majority", "aws")
"""Names of methods that every task type with a consolidation knows; the first is the default."""

Method = str | Callable[[list[Any]], Any] | AnnotationConsolidationLambda

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
        A post-annotation Lambda function of Ground Truth's is given as an `AnnotationConsolidationLambda`; items are then taken for what is labeled.
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
    answers, items, workers = read_answers(responses, task, gold)
    found = consolidation_of(answers, task, method, Names(items=items, workers=workers, sources=[str(item) for item in items]))
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


def confusion(responses: pd.DataFrame, task: Task, method: Method | None = None, *, gold: Mapping[Any, Any] | None = None) -> pd.DataFrame:
    """Count what each worker says where `consolidate` says what.

    Returns
    -------
    DataFrame
        A row a worker and class (index worker, label), a column for each answer: how many items of that class the worker called so.

    Raises
    ------
    TaskError
        When an annotation is not one class; of boxes and spans, `worker_skill` tells precision and recall.

    Examples
    --------
    >>> import nblabel as nl
    >>> answers = [(item, worker, "cat") for item in range(9) for worker in ("ann", "bob")] + [(item, "cyd", "dog") for item in range(9)]
    >>> responses = pd.DataFrame(answers, columns=["item", "worker", "annotation"])
    >>> nl.confusion(responses, nl.ImageClassification(["cat", "dog"])).loc[("cyd", "cat")].to_dict()
    {'cat': 0, 'dog': 9}
    """
    answers, _, workers = read_answers(responses, task, gold)
    found = consolidation_of(answers, task, method).annotations
    names = [label.name for label in task.labels]
    rows = [
        (workers[worker], _class_of(found[item], task), _class_of(annotation, task))
        for item, worker, annotation in zip(answers.items.tolist(), answers.workers.tolist(), answers.annotations, strict=True)
    ]
    said = pd.DataFrame(rows, columns=["worker", "label", "answer"])
    counts = said.assign(count=1).pivot_table("count", ["worker", "label"], "answer", "sum", fill_value=0)
    index = pd.MultiIndex.from_product([workers, names], names=["worker", "label"])
    return counts.reindex(index=index, columns=pd.Index(names, name="answer"), fill_value=0)


def agreement(responses: pd.DataFrame, task: Task, *, by: Literal["item", "worker"] | None = None) -> pd.DataFrame:
    """Measure how far workers agree: beyond chance for all classes and for each (Krippendorff's alpha), or how alike their answers are.

    Parameters
    ----------
    responses : DataFrame
        As in `consolidate`.
    task : Task
        What was asked.
    by : str, optional
        ``"item"`` or ``"worker"``: tell it of each.

    Returns
    -------
    DataFrame
        Columns measure (label; for boxes and spans also detection and location), label (None: all classes), alpha (1 full agreement, 0 chance), and
        note, which says why where alpha is undefined. By item or worker: a row for each, with answers (how many), agreement (mean likeness, 0 to 1,
        of the item's answers to one another, or of the worker's to those of others) and note.

    Examples
    --------
    >>> import nblabel as nl
    >>> answers = [("a", 1, "cat"), ("a", 2, "cat"), ("b", 1, "dog"), ("b", 2, "dog"), ("c", 1, "dog"), ("c", 2, "cat")]
    >>> responses = pd.DataFrame(answers, columns=["item", "worker", "annotation"])
    >>> nl.agreement(responses, nl.ImageClassification(["cat", "dog"]))["alpha"].round(2).tolist()
    [0.44, 0.44, 0.44]
    """
    answers, items, workers = read_answers(responses, task, None)
    if by is not None:
        if by not in {"item", "worker"}:
            raise TaskError(f"by is {by!r}, expected 'item', 'worker', or nothing for all together")
        return _agreement_by(answers, task, by, items if by == "item" else workers)
    found = task.agreement(answers)
    paired = len(pair_scores(answers, lambda _one, _other: 0.0)) > 0
    reason = "all say the same, so chance cannot be told from agreement" if paired else "no item was answered by two workers"
    return found.assign(note=np.where(found["alpha"].isna(), reason, ""))


def _agreement_by(answers: Answers, task: Task, by: Literal["item", "worker"], names: list[Any]) -> pd.DataFrame:
    """Average the likeness of every two answers to the same item, over the pairs of each item, or over those that each worker is in."""
    pairs = [pair for _, places in answers.by_item() for pair in combinations(places.tolist(), 2)]
    alike = likenesses(task, [(answers.annotations[one], answers.annotations[other]) for one, other in pairs])
    ones, others = np.array(pairs, np.intp).reshape(-1, 2).T
    of = answers.items if by == "item" else answers.workers
    whose = of[ones] if by == "item" else np.concatenate([of[ones], of[others]])
    scores = np.array(alike if by == "item" else [*alike, *alike], float)
    counts = np.bincount(whose, minlength=len(names))
    means = np.divide(np.bincount(whose, weights=scores, minlength=len(names)), counts, out=np.full(len(names), np.nan), where=counts > 0)
    note = "nobody else answered the same items" if by == "worker" else "one answer, which has none to agree with"
    table = {by: object_column(names), "answers": np.bincount(of, minlength=len(names)), "agreement": means}
    return pd.DataFrame({**table, "note": np.where(counts > 0, "", note)})


def likenesses(task: Task, pairs: Iterable[tuple[Any, Any]]) -> list[float]:
    """Tell of pairs of annotations how alike they are, 0 to 1: 1 or 0 for classes, F1 for boxes and spans, intersection over union for masks."""
    annotations = [annotation for pair in pairs for annotation in pair]
    count = len(annotations) // 2
    answers = Answers(items=np.repeat(np.arange(count), 2), workers=np.tile([0, 1], count), annotations=annotations, shape=(count, 2))
    return [float(score) for score in task.consolidate(answers, "majority").agreement]


def _class_of(annotation: Any, task: Task) -> str:
    found = annotation["label"] if isinstance(annotation, Mapping) else annotation
    if not isinstance(found, str):
        raise TaskError(f"an annotation of {task!r} is not one class; nl.worker_skill tells how far its parts are found and right")
    return found


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


def consolidation_of(answers: Answers, task: Task, method: Method | None, names: Names | None = None) -> Consolidation:
    """Consolidate numbered answers by a method's name, or by a function; a Lambda function is told the names."""
    if isinstance(method, AnnotationConsolidationLambda):
        items, workers = map(range, answers.shape)
        numbered = Names(items=items, workers=workers, sources=[str(item) for item in items])
        return _made_elsewhere(answers, *method.consolidate(answers, task, names or numbered))
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
    annotations: list[Any] = [None] * answers.shape[0]
    confidence: list[Any] = [float("nan")] * answers.shape[0]
    for item, places in answers.by_item():
        made = method([answers.annotations[place] for place in places.tolist()])
        annotations[item], confidence[item] = made if isinstance(made, tuple) else (made, float("nan"))
    return _made_elsewhere(answers, annotations, confidence)


def _made_elsewhere(answers: Answers, annotations: list[Any], confidence: list[Any]) -> Consolidation:
    for item, annotation in answers.gold.items():
        annotations[item], confidence[item] = annotation, 1.0
    n, m = answers.shape
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
