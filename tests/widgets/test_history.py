"""One history from Python: what is taken back, what is one step, and what was done when."""

from __future__ import annotations

import pandas as pd
import pytest

from nblabel.errors import AnnotationError, FrameError

BOX = {"label": "cat", "left": 1, "top": 2, "width": 10, "height": 20}
DOG = {"label": "dog", "left": 5, "top": 2, "width": 10, "height": 20}


def values(labeler):
    return [labeler._session.annotation(index) for index in range(3)]


def test_a_submission_is_a_step(labeler, frame):
    labeler.value = [BOX]
    labeler.submit()
    assert frame.loc[0, "things"] is not None
    labeler.undo()
    assert (labeler.index, labeler.progress.submitted) == (0, 0)
    assert frame[["things", "things-metadata"]].isna().all(axis=None)
    assert labeler.value == [BOX]
    labeler.undo()
    assert labeler.value == []
    labeler.redo()
    labeler.redo()
    assert labeler.progress.submitted == 1
    assert len(frame.loc[0, "things"]["annotations"]) == 1


def test_undo_brings_back_what_the_row_had(start, frame):
    start(frame, attribute="things").submit()
    strange = frame.copy(deep=True)
    strange.at[1, "things"] = {"what": "is this"}
    labeler = start(strange, attribute="things")
    labeler.index = 1
    labeler.submit()
    assert strange.loc[1, "things"]["annotations"] == []
    labeler.undo()
    assert strange.loc[1, "things"] == {"what": "is this"}
    labeler.undo()
    assert strange["things"].isna().tolist() == [True, False, True]


def test_callbacks_hear_of_a_submission_and_not_of_its_taking_back(labeler):
    heard = []
    labeler.on_submit(lambda submission: heard.append(submission.index))
    labeler.submit()
    labeler.undo()
    assert heard == [0]
    labeler.redo()
    assert heard == [0, 0]


@pytest.mark.parametrize(
    "annotations",
    [
        {0: [BOX], "c.png": [BOX, DOG]},
        pd.DataFrame({"source-ref": ["c.png", "a.png", "b.png"], "annotation": [[BOX, DOG], [BOX], None]}),
        pd.DataFrame([{"source-ref": "a.png", **BOX}, {"source-ref": "c.png", **BOX}, {"source-ref": "c.png", **DOG}]),
    ],
    ids=["mapping", "a row an item", "a row a part"],
)
def test_many_at_once_are_one_step(labeler, frame, annotations):
    labeler.set(annotations, submit=True)
    assert values(labeler) == [[BOX], [], [BOX, DOG]]
    assert labeler.value == [BOX]
    assert frame["things"].notna().tolist() == [True, False, True]
    labeler.undo()
    assert values(labeler) == [[], [], []]
    assert frame["things"].isna().all()
    labeler.redo()
    assert values(labeler) == [[BOX], [], [BOX, DOG]]
    assert labeler.progress.submitted == 2


def test_labels_of_another_frame_are_set(start, frame, labeler):
    labeler.value = [BOX]
    labeler.submit()
    other = start(frame[["source-ref"]].copy(), attribute="others")
    other.set(frame.rename(columns={"things": "others", "things-metadata": "others-metadata"}))
    assert values(other) == [[BOX], [], []]


@pytest.mark.parametrize(
    ("annotations", "error", "text"),
    [
        ({0: [BOX], 1: [{**BOX, "label": "cow"}]}, AnnotationError, "b.png: /0/label: label 'cow'"),
        ({0: [BOX], 1: [{**BOX, "left": float("nan")}]}, AnnotationError, "b.png: /0/left: left is nan"),
        ({0: [BOX], 1: [{**BOX, "width": -1}]}, AnnotationError, "b.png: /0/width: width is -1"),
        ({0: [BOX], 1: [{**BOX, "left": 60}]}, AnnotationError, "b.png: /0/left: .*outside the image"),
        ({0: [BOX], 1: [{"label": "cat"}]}, AnnotationError, "b.png: /0: .*missing"),
        ({0: [BOX], 3: []}, FrameError, "there is no item 3; expected 0 to 2"),
        ({"z.png": []}, FrameError, "there is no item 'z.png'"),
        (pd.DataFrame({"x": [1]}), FrameError, "no column 'source-ref'"),
        ([BOX], FrameError, "expected annotations by item"),
    ],
)
def test_when_one_is_wrong_nothing_changes(labeler, annotations, error, text):
    with pytest.raises(error, match=text):
        labeler.set(annotations)
    assert values(labeler) == [[], [], []]
    assert labeler.history.empty


def test_items_of_the_same_name_must_be_told_apart(start, folder):
    twins = pd.DataFrame({"source-ref": ["a.png", "a.png"]})
    labeler = start(twins, attribute="things")
    with pytest.raises(FrameError, match=r"several items are called 'a.png'"):
        labeler.set({"a.png": []})
    labeler.set(pd.DataFrame({"source-ref": ["a.png", "a.png"], "annotation": [[BOX], [DOG]]}))
    assert [labeler._session.annotation(index) for index in range(2)] == [[BOX], [DOG]]


def test_history_tells_what_was_done_when(labeler, page):
    assert list(labeler.history.columns) == ["time", "item", "operation", "seconds"]
    operation = {"id": "x", "item": labeler._session.ids[1], "kind": "change", "change": {"created": [{"id": "b", **BOX}]}, "seconds": 2.5}
    page[-1].ask("commit", operation)
    labeler.index = 1
    labeler.submit()
    labeler.undo()
    labeler.redo()
    labeler.next()
    labeler.skip()
    history = labeler.history
    assert history["operation"].tolist() == ["change", "submit", "undo submit", "redo submit", "skip"]
    assert history["item"].tolist() == ["b.png"] * 4 + ["c.png"]
    assert history["seconds"].tolist() == [2.5, 0, 0, 0, 0]
    assert history["time"].is_monotonic_increasing
    assert str(history["time"].dt.tz) == "UTC"
