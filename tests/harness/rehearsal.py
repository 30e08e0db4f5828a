"""Stand-ins for AWS behind a notebook: moto's server, and our own for SageMaker's labeling jobs, with workers who answer."""

from __future__ import annotations

import atexit
import os
import secrets
from contextlib import ExitStack
from datetime import UTC, datetime

import boto3
import pandas as pd
from harness.aws import lead_to, moto_server
from harness.ground_truth import GroundTruth

import nblabel as nl
from nblabel import storage
from nblabel.tasks.base import Context, Media

WORKERS = ("ann", "bob", "cyd")


def rehearse():
    """Lead boto3 of this process to stand-ins, until it ends; gives that of SageMaker."""
    stack = ExitStack()
    lead_to(stack.enter_context(moto_server()), os.environ)
    service = stack.enter_context(GroundTruth())
    os.environ["AWS_ENDPOINT_URL_SAGEMAKER"] = service.endpoint
    boto3.DEFAULT_SESSION = None
    atexit.register(stack.close)
    return service


def work(service, job, task, answers, media=Media()):  # noqa: B008 - it is frozen
    """Let three workers label all objects of a job: `answers` gives what each of them says of a line's place; labels are consolidated as ours are."""

    def label(place, _line):
        said = dict(zip(WORKERS, answers(place), strict=True))
        responses = pd.DataFrame({"item": place, "worker": WORKERS, "annotation": pd.Series(list(said.values()), dtype=object)})
        found = nl.consolidate(responses, task).iloc[0]
        annotation, confidence = found["annotation"], found["confidence"]
        reference = f"s3://{job.output.removeprefix('s3://').partition('/')[0]}/masks/{secrets.token_hex(4)}.png" if task.reference else ""
        context = Context(media=media, job_name=job.name, created=datetime.now(UTC), reference=reference, confidence=confidence)
        made, metadata = task.encode(annotation, context)
        if task.reference:
            storage.write_bytes_atomic(made, [task.file(task.begin(annotation, media))()])
        contents = {f"private.us-east-1.{worker}": task.answer_content(one, media) for worker, one in said.items()}
        return made, metadata, contents

    service.answer(job.name, label)
