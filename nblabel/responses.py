"""What several workers said of the same items, as a DataFrame: make it one annotation an item, and measure how far they agree."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nblabel.consolidation import Answers, Consolidation
from nblabel.consolidation.answers import pair_scores
from nblabel.errors import AnnotationError, FrameError, NblabelError, TaskError
from nblabel.tasks.base import Media

if TYPE_CHECKING:
    from nblabel.tasks import Task

__all__ = [
    "METHODS",
    "AnnotationConsolidationLambda",
    "Method",
    "Names",
    "agreement",
    "consolidate",
    "consolidation_of",
    "consolidation_request",
    "likeness",
    "object_column",
    "read_answers",
    "worker_skill",
]

_log = logging.getLogger(__name__)

METHODS = ("dawid-skene", "majority", "aws")
"""Names of methods that every task type with a consolidation knows; the first is the default."""


@dataclass(frozen=True, slots=True)
class AnnotationConsolidationLambda:
    """A post-annotation Lambda function, as a method of consolidation: what Ground Truth would run runs here.

    Parameters
    ----------
    handler : callable
        The function's handler: gets the event that Ground Truth sends, and None as its context, and returns what Ground Truth expects. The event's
        ``payload["s3Uri"]`` is the path of a local file with the answers. Objects that it leaves out get no annotation.

    Notes
    -----
    Format: SageMaker developer guide, "Post-annotation Lambda". The label attribute is called ``label`` here.

    Examples
    --------
    >>> import nblabel as nl
    >>> def first_answer(event, context):
    ...     objects = json.loads(Path(event["payload"]["s3Uri"]).read_text())
    ...     name = event["labelAttributeName"]
    ...     made = []
    ...     for each in objects:
    ...         label = json.loads(each["annotations"][0]["annotationData"]["content"])["crowd-classifier"]["label"]
    ...         metadata = {"class-name": label, "confidence": 0.6, "type": "groundtruth/text-classification"}
    ...         content = {name: event["labelCategories"].index(label), f"{name}-metadata": metadata}
    ...         made.append({"datasetObjectId": each["datasetObjectId"], "consolidatedAnnotation": {"content": content}})
    ...     return made
    >>> responses = pd.DataFrame([("Hello!", "ann", "good"), ("Hello!", "bob", "bad")], columns=["item", "worker", "annotation"])
    >>> method = nl.AnnotationConsolidationLambda(first_answer)
    >>> nl.consolidate(responses, nl.TextClassification(["good", "bad"]), method)[["item", "annotation", "confidence"]]
         item annotation  confidence
    0  Hello!       good         0.6
    """

    handler: Callable[[dict[str, Any], Any], Any]


Method = str | Callable[[list[Any]], Any] | AnnotationConsolidationLambda


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What the numbers of `Answers` stand for.

    Attributes
    ----------
    items, workers : sequence
        Names of the items and of the workers.
    sources : sequence of str
        What the items show, as their lines have it.
    """

    items: Sequence[Any]
    workers: Sequence[Any]
    sources: Sequence[str]


_COLUMNS = ("item", "worker", "annotation")
_ATTRIBUTE = "label"
"""What a Lambda function is told that the label attribute is called."""


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


def likeness(task: Task, one: Any, other: Any) -> float:
    """Tell how alike two annotations of the same item are, 0 to 1: 1 or 0 for classes, F1 for boxes and spans, intersection over union for masks."""
    answers = Answers(items=np.array([0, 0]), workers=np.array([0, 1]), annotations=[one, other], shape=(1, 2))
    return float(task.consolidate(answers, "majority").agreement[0])


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
        return _by_lambda(answers, task, method, names or Names(items=items, workers=workers, sources=[str(item) for item in items]))
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


def _by_lambda(answers: Answers, task: Task, method: AnnotationConsolidationLambda, names: Names) -> Consolidation:
    if task.reference:
        raise TaskError(f"the labels of {type(task).__name__} are files, which a Lambda function writes to S3; pass a function of masks as method=")
    payload = [
        consolidation_request(
            names.items[item],
            names.sources[item],
            [(names.workers[answers.workers[place]], task.answer_content(answers.annotations[place], Media())) for place in places.tolist()],
            text=task.media == "text",
        )
        for item, places in answers.by_item()
    ]
    numbers = {str(name): item for item, name in enumerate(names.items)}
    annotations: list[Any] = [None] * answers.shape[0]
    confidence: list[Any] = [float("nan")] * answers.shape[0]
    for made in _invoke(method, task, payload):
        try:
            item = numbers[str(made["datasetObjectId"])]
            content = made["consolidatedAnnotation"]["content"]
            label, metadata = content[_ATTRIBUTE], content.get(f"{_ATTRIBUTE}-metadata")
            annotations[item] = task.decode(label, metadata)
        except (KeyError, TypeError, NblabelError) as error:
            raise TaskError(
                f"the Lambda function returned {made!r:.200}, which cannot be understood ({type(error).__name__}: {error}); expected datasetObjectId"
                f" and consolidatedAnnotation.content with {_ATTRIBUTE!r} and '{_ATTRIBUTE}-metadata', as Ground Truth writes them"
            ) from error
        confidence[item] = _confidence(metadata)
    return _made_elsewhere(answers, annotations, confidence)


def _invoke(method: AnnotationConsolidationLambda, task: Task, payload: list[dict[str, Any]]) -> list[Any]:
    with tempfile.TemporaryDirectory(prefix="nblabel-") as folder:
        path = Path(folder, "consolidation-request.json")
        path.write_text(json.dumps(payload), encoding="utf-8")
        event = {
            "version": "2018-10-16",
            "labelingJobArn": "arn:aws:sagemaker:us-east-1:000000000000:labeling-job/local",
            "labelCategories": [label.name for label in task.labels],
            "labelAttributeName": _ATTRIBUTE,
            "roleArn": "arn:aws:iam::000000000000:role/local",
            "payload": {"s3Uri": str(path)},
        }
        made = method.handler(event, None)
    if not isinstance(made, list):
        raise TaskError(f"the Lambda function returned {type(made).__name__}, expected a list with an element for each object")
    return made


def _confidence(metadata: Any) -> Any:
    """Read the confidence of a label from its metadata: one, or one a part."""
    about = metadata if isinstance(metadata, Mapping) else {}
    parts = about.get("objects") or about.get("entities")
    if isinstance(parts, list):
        return [float(part.get("confidence", "nan")) for part in parts if isinstance(part, Mapping)]
    one = about.get("confidence")
    return float(one) if isinstance(one, int | float) else float("nan")


def consolidation_request(name: Any, source: str, contents: Sequence[tuple[Any, Mapping[str, Any]]], *, text: bool) -> dict[str, Any]:
    """Give an element of the payload that Ground Truth sends to a post-annotation Lambda function.

    Parameters
    ----------
    name : object
        The object's id.
    source : str
        What it shows.
    contents : sequence
        Of each answer, the worker's id and what was answered, as `nblabel.tasks.Task.answer_content` gives it.
    text : bool
        Whether it shows a text.
    """
    return {
        "datasetObjectId": str(name),
        "dataObject": {"content" if text else "s3Uri": source},
        "annotations": [{"workerId": str(worker), "annotationData": {"content": json.dumps(content)}} for worker, content in contents],
    }


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
