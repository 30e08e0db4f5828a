"""Ground Truth's output tree: worker responses, consolidation, and the output manifest.

Format: SageMaker developer guide, "Output data"; the payloads are those of custom consolidation Lambdas ("Processing data with AWS Lambda").
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from nblabel import storage
from nblabel.manifest import metadata_name, write_manifest
from nblabel.post_annotation import consolidation_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from nblabel.binding import Cells
    from nblabel.store.pushes import Answer
    from nblabel.tasks import Task
    from nblabel.workforce.results import Results

__all__ = ["CONSOLIDATION_RESPONSES", "OUTPUT_MANIFEST", "WORKER_RESPONSES", "write_output"]

OUTPUT_MANIFEST = "manifests/output/output.manifest"
WORKER_RESPONSES = "annotations/worker-response"
CONSOLIDATION_RESPONSES = "annotations/consolidated-annotation/consolidation-response"
_CONSOLIDATION_REQUESTS = "annotations/consolidated-annotation/consolidation-request"
# Batches of objects that Ground Truth sends out one after another; here all go at once.
_ITERATION = "iteration-1"


def write_output(root: str, task: Task, results: Results, labels: Mapping[int, Cells], frame: pd.DataFrame, attribute: str) -> None:
    """Write what came of a job.

    Parameters
    ----------
    root : str
        Folder or URL of the job's output.
    task : Task
        What was asked.
    results : Results
        The answers that count.
    labels : mapping
        Consolidated labels, by line.
    frame : DataFrame
        All lines, labels filled in; lines without a label are written as they came.
    attribute : str
        The label attribute.

    Raises
    ------
    StorageError
        When something cannot be written.
    """
    payload = []
    for place in sorted(labels):
        answers = results.answers(place)
        contents = [results.content(answer) for answer in answers]
        moment = _file_name(results.decided(place))
        response = {"answers": [_answer(answer, content) for answer, content in zip(answers, contents, strict=True)]}
        _write(f"{root}/{WORKER_RESPONSES}/{_ITERATION}/{place}/{moment}", response)
        by_worker = [(answer.pseudonym, content) for answer, content in zip(answers, contents, strict=True)]
        payload.append(consolidation_request(place, results.source(place), by_worker, text=task.media == "text"))
    if payload:
        moment = _file_name(max(results.decided(place) for place in labels))
        consolidated = [
            {"datasetObjectId": str(place), "consolidatedAnnotation": {"content": {attribute: label, metadata_name(attribute): metadata}}}
            for place, (label, metadata) in sorted(labels.items())
        ]
        _write(f"{root}/{_CONSOLIDATION_REQUESTS}/{_ITERATION}/{moment}", payload)
        _write(f"{root}/{CONSOLIDATION_RESPONSES}/{_ITERATION}/{moment}", consolidated)
    manifest = f"{root}/{OUTPUT_MANIFEST}"
    storage.make_folder(storage.folder(manifest))
    write_manifest(frame, manifest)


def _answer(answer: Answer, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "acceptanceTime": _moment(answer.accepted),
        "answerContent": content,
        "submissionTime": _moment(answer.submitted),
        "timeSpentInSeconds": round(answer.seconds, 3),
        "workerId": answer.pseudonym,
    }


def _file_name(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d_%H:%M:%S.json")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write(ref: str, content: Any) -> None:
    storage.make_folder(storage.folder(ref))
    storage.write_bytes_atomic(ref, [json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")])
