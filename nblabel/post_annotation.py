"""Post-annotation Lambda functions of Ground Truth, run here: the payload that they get, and what they return.

Format: SageMaker developer guide, "Post-annotation Lambda"; payload files are the requests below ``consolidation-request`` of an output tree.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nblabel.confidences import confidence_of
from nblabel.errors import NblabelError, TaskError
from nblabel.tasks.base import Media

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nblabel.consolidation import Answers
    from nblabel.tasks import Task

__all__ = ["AnnotationConsolidationLambda", "Names", "consolidation_request"]

_ATTRIBUTE = "label"
"""What a function is told that the label attribute is called."""


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
    The label attribute is called ``label`` here.

    Examples
    --------
    >>> import pandas as pd
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

    def consolidate(self, answers: Answers, task: Task, names: Names) -> tuple[list[Any], list[Any]]:
        """Run the function; gives annotations and confidences by item, None and NaN where it gave none.

        Raises
        ------
        TaskError
            When it returns what cannot be understood, or when the labels are files, which it would write to S3.
        """
        if task.reference:
            raise TaskError(
                f"the labels of {type(task).__name__} are files, which a Lambda function writes to S3; pass a function of masks as method="
            )
        numbers = {str(name): item for item, name in enumerate(names.items)}
        annotations: list[Any] = [None] * answers.shape[0]
        confidence: list[Any] = [float("nan")] * answers.shape[0]
        for made in self._invoke(task, _payload(answers, task, names)):
            try:
                item, content = numbers[str(made["datasetObjectId"])], made["consolidatedAnnotation"]["content"]
                label, metadata = content[_ATTRIBUTE], content.get(f"{_ATTRIBUTE}-metadata")
                annotations[item] = task.decode(label, metadata)
                sure = confidence_of(task, annotations[item], metadata if isinstance(metadata, Mapping) else {})
            except (KeyError, TypeError, NblabelError) as error:
                raise TaskError(
                    f"the Lambda function returned {made!r:.200}, which cannot be understood ({type(error).__name__}: {error}); expected"
                    f" datasetObjectId and consolidatedAnnotation.content with {_ATTRIBUTE!r} and '{_ATTRIBUTE}-metadata', as Ground Truth has it"
                ) from error
            confidence[item] = float("nan") if sure is None else sure
        return annotations, confidence

    def _invoke(self, task: Task, payload: list[dict[str, Any]]) -> list[Any]:
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
            made = self.handler(event, None)
        if not isinstance(made, list):
            raise TaskError(f"the Lambda function returned {type(made).__name__}, expected a list with an element for each object")
        return made


def _payload(answers: Answers, task: Task, names: Names) -> list[dict[str, Any]]:
    return [
        consolidation_request(
            names.items[item],
            names.sources[item],
            [(names.workers[answers.workers[place]], task.answer_content(answers.annotations[place], Media())) for place in places.tolist()],
            text=task.media == "text",
        )
        for item, places in answers.by_item()
    ]


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
