"""Labels that are there already, adjusted by a team."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nblabel as nl

CAT = {"label": "cat", "left": 5, "top": 6, "width": 10, "height": 12}
DOG = {"label": "dog", "left": 30, "top": 20, "width": 10, "height": 12}
MASK = np.pad(np.ones((10, 12), np.uint8), ((5, 33), (6, 46)))
CASES = {
    "boxes": (nl.BoundingBox(["cat", "dog"]), [CAT], [CAT, DOG]),
    "class": (nl.ImageClassification(["cat", "dog"]), "cat", "dog"),
    "mask": (nl.SemanticSegmentation(["cat", "dog"]), MASK, 2 * MASK),
    "attributes": (
        nl.WithAttributes(nl.BoundingBox(["cat", "dog"]), ["weather"]),
        {"annotation": [CAT], "attributes": {"weather": "wet"}},
        {"annotation": [CAT], "attributes": {"weather": "dry"}},
    ),
    "spans": (nl.NamedEntityRecognition(["cat"]), [{"label": "cat", "startOffset": 0, "endOffset": 4}], []),
}


def labeled(frame, task, team, annotation, *, name):
    """Have somebody label all but the last row."""
    job = frame.iloc[:-1].nblabel.push(task, team, name=name, workers_per_object=1)
    ann = team.as_worker("ann")
    while (item := ann.next(job)) is not None:
        item.submit(annotation)
    return pd.concat([job.result(), frame.iloc[-1:]], ignore_index=True)


@pytest.mark.parametrize("case", CASES)
def test_a_team_adjusts(case, team, tmp_path, monkeypatch):
    task, before, after = CASES[case]
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 48)).save(tmp_path / "a.png")
    frame = pd.DataFrame({"source": ["text"] * 4} if task.media == "text" else {"source-ref": ["a.png"] * 4})
    ref = "-ref" if task.reference else ""
    frame = labeled(frame, task, team, before, name=f"old{ref}")

    job = frame.nblabel.push(nl.Adjustment(task, of=f"old{ref}"), team, name=f"new{ref}", output=tmp_path / "out", workers_per_object=2)
    assert job.counts["Unlabeled"] == 3
    ann, bob = team.as_worker("ann"), team.as_worker("bob")
    # Nobody changes the first, both the second, one of them the third.
    for worker, changing in ((ann, {1}), (bob, {1, 2})):
        while (item := worker.next(job)) is not None:
            assert task.same(item.annotation, before)
            item.submit(after if item.place in changing else None)
    assert job.status == "Completed"
    result = job.result()
    status = [metadata["adjustment-status"] for metadata in result[f"new{ref}-metadata"][:3]]
    assert status[:2] == ["unadjusted", "adjusted"]
    assert status[2] == ("unadjusted" if task.same(before, annotation_of(result, task, f"new{ref}", 2)) else "adjusted")
    assert task.same(annotation_of(result, task, f"new{ref}", 0), before)
    assert task.same(annotation_of(result, task, f"new{ref}", 1), after)
    assert pd.isna(result[f"new{ref}"][3])
    assert result[f"old{ref}"].equals(frame[f"old{ref}"])
    (response,) = (tmp_path / "out" / job.name / "annotations/worker-response/iteration-1/2").glob("*.json")
    answers = [answer["answerContent"] for answer in json.loads(response.read_text())["answers"]]
    assert [{element["initialValueModified"] for element in answer.values()} for answer in answers] == [{False}, {True}]
    assert task.same(task.read_answer(answers[0]), before)


def annotation_of(result, task, attribute, row):
    annotation = task.decode(result[attribute][row], result[f"{attribute}-metadata"][row])
    return np.asarray(Image.open(annotation.reference)) if task.reference else annotation


def test_rows_without_a_label_that_can_be_read_are_refused(frame, team):
    task = nl.Adjustment(nl.TextClassification(["good", "bad"]), of="mood")
    with pytest.raises(nl.errors.FrameError, match="no row has a label in 'mood'"):
        frame.assign(mood=None).nblabel.push(task, team, name="mood-2")
    with pytest.raises(nl.errors.FrameError, match=r"row 3: its label in 'mood' cannot be worked on .* leave the row out"):
        frame.assign(mood=[0, 1, 0, {}, 1, 0]).nblabel.push(task, team, name="mood-3")
