"""The lifecycle of a job of Ground Truth, on a stand-in for the service."""

from __future__ import annotations

import pytest
from harness.lifecycle import NAMES, TASK, Lifecycle

import nblabel as nl


class TestGroundTruth(Lifecycle):
    @pytest.fixture
    def push(self, bucket, service):
        team = nl.aws.team("arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/cats")
        told = {"output": f"{bucket}/out", "role": "arn:aws:iam::111122223333:role/GroundTruth", "workers_per_object": 2}
        return lambda frame, name, **options: frame.nblabel.push(TASK, team, name=name, **told, **options)

    @pytest.fixture
    def work(self, service):
        def label(place, _line):
            metadata = {"class-name": NAMES[place], "confidence": 0.94, "type": "groundtruth/text-classification", "human-annotated": "yes"}
            answers = {f"private.us-east-1.{name}": {"crowd-classifier": {"label": NAMES[place]}} for name in ("ann", "bob")}
            return TASK.class_ids[NAMES[place]], {**metadata, "creation-date": "2024-03-04T09:51:00.148118"}, answers

        return lambda job, count=None: service.answer(job.name, label, count)
