"""Lambda functions of a labeling job: `pre_annotation` says what workers are shown, `post_annotation` makes their answers one label an object.

Both are handlers of AWS Lambda as they stand: ``nblabel.aws.lambdas.post_annotation``. A function's archive holds nblabel as pip installs it, without
its dependencies, and numpy, pandas, Pillow and msgspec; boto3 is there. Its role needs ``s3:GetObject`` for the payload, and ``s3:PutObject`` where
labels are masks. A function whose name contains ``SageMaker`` may be invoked by roles with AWS's managed policy. Settings are environment variables:

``NBLABEL_LABELS``
    The classes as JSON, which `pre_annotation` hands on to the template; Ground Truth does not tell them to it.
``NBLABEL_METHOD``
    The method of consolidation, as in `nblabel.consolidate`.

Source of the formats: SageMaker developer guide, "Processing data with AWS Lambda".
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel import responses, storage
from nblabel.errors import AnnotationError, NblabelError, RequestError
from nblabel.manifest import metadata_name
from nblabel.tasks import label_reader
from nblabel.tasks.base import Context, Media
from nblabel.template_answers import element_content, handed_in

if TYPE_CHECKING:
    from nblabel.tasks import Task

__all__ = ["post_annotation", "pre_annotation"]

_log = logging.getLogger(__name__)

_REQUESTS = "/consolidation-request/"
_WRONG = (NblabelError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading foreign data may run into."""


def pre_annotation(event: Mapping[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001 - a handler gets it
    """Say what the worker template of an object gets: the handler of a pre-annotation Lambda function.

    Parameters
    ----------
    event : mapping
        What Ground Truth sends: ``{"version", "labelingJobArn", "dataObject": {the line of the manifest}}``.
    context : object
        Lambda's own.

    Returns
    -------
    dict
        ``{"taskInput", "isHumanAnnotationRequired"}``. The template has the object as ``task.input.taskObject``, the line as
        ``task.input.manifestLine`` where it holds more than the object, and the classes of ``NBLABEL_LABELS`` as ``task.input.labels``.

    Raises
    ------
    RequestError
        The line has neither ``source-ref`` nor ``source``, or ``NBLABEL_LABELS`` is no list of texts.

    Examples
    --------
    >>> pre_annotation({"version": "2018-10-16", "dataObject": {"source": "Hello!"}}, None)
    {'taskInput': {'taskObject': 'Hello!'}, 'isHumanAnnotationRequired': True}
    """
    line = event.get("dataObject")
    shown = next((line[key] for key in ("source-ref", "source") if key in line), None) if isinstance(line, Mapping) else None
    if not isinstance(line, Mapping) or not isinstance(shown, str):
        rule = "a line has its object under 'source-ref' or 'source'"
        raise RequestError("dataObject", line, rule, remedy="name it so; as a handler this is for PreHumanTaskLambdaArn")
    entered: dict[str, Any] = {"taskObject": shown}
    if (labels := _labels()) is not None:
        entered["labels"] = labels
    if len(line) > 1:
        entered["manifestLine"] = dict(line)
    return {"taskInput": entered, "isHumanAnnotationRequired": True}


def _labels() -> list[str] | None:
    given = os.environ.get("NBLABEL_LABELS")
    if given is None:
        return None
    try:
        found = json.loads(given)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise RequestError("NBLABEL_LABELS", given, "it must be a list of texts as JSON", remedy="""write ["cat", "dog"]""")
    return found


def post_annotation(event: Mapping[str, Any], context: Any) -> list[dict[str, Any]]:  # noqa: ARG001 - a handler gets it
    """Consolidate what workers answered: the handler of a post-annotation Lambda function.

    Parameters
    ----------
    event : mapping
        What Ground Truth sends; ``event["payload"]["s3Uri"]`` names the file with the answers.
    context : object
        Lambda's own.

    Returns
    -------
    list of dict
        ``{"datasetObjectId", "consolidatedAnnotation": {"content": {<attribute>: ..., "<attribute>-metadata": ...}}}`` of each object, in the form of
        the built-in task types. What was asked is seen by the answers: those of crowd elements, and of the labeler in a template. Classes that
        ``labelCategories`` lacks get the numbers after them.

    Raises
    ------
    RequestError
        The event has no payload or no label attribute, or the payload is none.
    StorageError
        The payload cannot be read.

    Notes
    -----
    An object is left out, and the log says why, when none of its answers can be read or its label cannot be written; the others are not touched by
    it. Workers are compared over all objects of one payload. A mask is written below ``annotations/consolidated-annotation/output/``, beside the
    payload's folder, where Ground Truth has its own.
    """
    order = _Order.of(event)
    objects = [found for element in order.payload if (found := _read(element)) is not None]
    made: dict[str, dict[str, Any]] = {}
    for kind in dict.fromkeys(found.kind for found in objects):
        made |= _labeled([found for found in objects if found.kind == kind], kind, order)
    return [{"datasetObjectId": name, "consolidatedAnnotation": {"content": made[name]}} for found in objects if (name := found.name) in made]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Order:
    """What an event asks for."""

    attribute: str
    job_name: str
    classes: list[str]
    folder: str
    payload: list[Any]
    created: datetime

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> _Order:
        try:
            attribute, place = str(event["labelAttributeName"]), str(event["payload"]["s3Uri"])
        except (KeyError, TypeError) as error:
            rule = "an event names a label attribute and the file with the answers"
            remedy = "use this handler as AnnotationConsolidationLambdaArn of a labeling job"
            raise RequestError("labelAttributeName, payload.s3Uri", event, rule, remedy=remedy) from error
        try:
            payload = json.loads(storage.read_bytes(place))
        except ValueError as error:
            raise RequestError("payload.s3Uri", place, f"it is no JSON ({error})", remedy="see whether the upload was complete") from error
        if not isinstance(payload, list):
            raise RequestError("payload.s3Uri", place, "it must hold a list with an element for each object", remedy="name a consolidation request")
        # The folder that has consolidation-request/ in it has output/ too.
        folder = place.partition(_REQUESTS)[0] if _REQUESTS in place else storage.folder(place)
        return cls(
            attribute=attribute,
            job_name=str(event.get("labelingJobArn", "")).rpartition("/")[2],
            classes=[str(name) for name in event.get("labelCategories") or ()],
            folder=f"{folder}/output",
            payload=payload,
            created=datetime.now(UTC),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Object:
    """An object with its answers, as (worker, content); `kind` is what the metadata of its label will say under ``type``."""

    name: str
    kind: str
    answers: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)


def _read(element: Any) -> _Object | None:
    """Read an object of the payload with the answers that can be read; None when there are none."""
    name, found, kind = "?", [], None
    try:
        name = str(element["datasetObjectId"])
        text = "content" in element["dataObject"]
        for answer in element["annotations"]:
            worker = answer.get("workerId") if isinstance(answer, Mapping) else None
            try:
                content = json.loads(answer["annotationData"]["content"])
                asked = _kind(content, text=text)
            except _WRONG as error:
                _log.error("object %s: the answer of %s is left out (%r)", name, worker, error)
                continue
            kind = kind or asked
            if asked == kind:
                found.append((str(worker), content))
    except _WRONG as error:
        _log.error("object %s is left out: expected datasetObjectId, dataObject and annotations (%r)", name, error)
        return None
    if kind is None:
        _log.error("object %s is left out: it has no answer that can be read", name)
        return None
    return _Object(name=name, kind=kind, answers=found)


def _kind(content: Any, *, text: bool) -> str:
    """Tell what an answer is about, by what the crowd element of the task answers, or by what the labeler says."""
    if (answer := handed_in(content)) is not None:
        return answer.groundtruth_type
    for element, said in content.items():
        if not isinstance(said, Mapping):
            continue
        if "boundingBoxes" in said:
            return "groundtruth/object-detection"
        if "labeledImage" in said and "labelMappings" in said:
            return "groundtruth/semantic-segmentation"
        if "entities" in said:
            return "groundtruth/text-span"
        if "label" in said or "labels" in said:
            media = "text" if text or element.startswith("crowd-classifier") else "image"
            return f"groundtruth/{media}-classification" + "-multilabel" * ("labels" in said)
    raise AnnotationError(f"no answer of a known crowd element is in {content!r:.80}")


def _labeled(objects: list[_Object], kind: str, order: _Order) -> dict[str, dict[str, Any]]:
    """Give label and metadata of objects of one kind, by the object's id."""
    reader = label_reader(kind)
    if reader is None:
        _log.error("objects %s are left out: no task type that is installed here reads %s", [found.name for found in objects], kind)
        return {}
    contents = {found.name: _contents(reader, found) for found in objects}
    task = reader.naming(_classes(reader, order, contents))
    sizes: dict[str, Media] = {}
    rows = []
    for name, answers in contents.items():
        for worker, content in answers:
            try:
                annotation = task.annotation(task.begin(task.read_answer(content), Media()))
            except _WRONG as error:
                _log.error("object %s: the answer of %s is left out (%r)", name, worker, error)
                continue
            if annotation is not None:
                sizes.setdefault(name, _size(content))
                rows.append((name, worker, annotation))
    labels = {}
    for name, annotation, confidence in _consolidated(task, rows):
        try:
            labels[name] = _label(task, annotation, confidence, sizes[name], name, order)
        except _WRONG as error:
            _log.error("object %s is left out: its label cannot be written (%s)", name, error)
    return labels


def _contents(reader: Task, found: _Object) -> list[tuple[str, Mapping[str, Any]]]:
    """Give answers as the crowd element of their task answers."""
    contents = []
    for worker, content in found.answers:
        try:
            contents.append((worker, element_content(reader, content)))
        except _WRONG as error:
            _log.error("object %s: the answer of %s is left out (%r)", found.name, worker, error)
    return contents


def _classes(reader: Task, order: _Order, contents: Mapping[str, list[tuple[str, Mapping[str, Any]]]]) -> list[str]:
    """List the classes of the job, and after them those that only answers have."""
    found = list(order.classes)
    for answers in contents.values():
        for _, content in answers:
            try:
                found += reader.answer_classes(content)
            except _WRONG:
                continue  # it is told of where it is read
    return [name for name in dict.fromkeys(found) if name]


def _size(content: Mapping[str, Any]) -> Media:
    """Tell the size of an image that an answer tells; Ground Truth writes 3 channels for all."""
    known = (said["inputImageProperties"] for said in content.values() if isinstance(said, Mapping) and "inputImageProperties" in said)
    found: Mapping[str, Any] = next(known, {})
    return Media(width=found.get("width"), height=found.get("height"), depth=3)


def _consolidated(task: Task, rows: list[tuple[str, str, Any]]) -> list[tuple[str, Any, Any]]:
    """Make one annotation an object; where that fails for all together, one by one, so that only the object that it is about has none."""
    try:
        return _together(task, rows)
    except _WRONG as error:
        names = list(dict.fromkeys(name for name, _, _ in rows))
        if len(names) == 1:
            _log.error("object %s is left out: its answers cannot be consolidated (%s)", names[0], error)
            return []
        return [made for name in names for made in _consolidated(task, [row for row in rows if row[0] == name])]


def _together(task: Task, rows: list[tuple[str, str, Any]]) -> list[tuple[str, Any, Any]]:
    if not rows:
        return []
    frame = pd.DataFrame(
        {
            "item": responses.object_column([name for name, _, _ in rows]),
            "worker": responses.object_column([worker for _, worker, _ in rows]),
            "annotation": responses.object_column([annotation for _, _, annotation in rows]),
        }
    )
    answers, names, _ = responses.read_answers(frame, task, None)
    found = responses.consolidation_of(answers, task, os.environ.get("NBLABEL_METHOD"))
    pairs = zip(names, found.annotations, found.confidence, strict=True)
    return [(name, annotation, confidence) for name, annotation, confidence in pairs if annotation is not None]


def _label(task: Task, annotation: Any, confidence: Any, media: Media, name: str, order: _Order) -> dict[str, Any]:
    moment = order.created.strftime("%Y-%m-%dT%H:%M:%S.%f")
    reference = f"{order.folder}/{name}_{moment}{task.suffix}" if task.reference else ""
    context = Context(media=media, job_name=order.job_name, created=order.created, reference=reference, confidence=confidence)
    value = task.restore(annotation)
    label, metadata = task.write(value, context)
    if (file := task.file(value)) is not None:
        storage.make_folder(storage.folder(reference))
        storage.write_bytes_atomic(reference, [file()])
    return {order.attribute: label, metadata_name(order.attribute): metadata}
