"""Suggestions: from a prediction to parts that are accepted, changed or rejected, and what the label says of them."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest

from nblabel.errors import AnnotationError, SessionError
from nblabel.session import Columns, Function, Session
from nblabel.session.suggesting import PATIENCE
from nblabel.tasks.context import PROVENANCE, Context, Media

BOX = {"label": "cat", "left": 1, "top": 2, "width": 10, "height": 20}
DOG = {"label": "dog", "left": 30, "top": 2, "width": 10, "height": 20}
PREDICTION = [{**BOX, "score": 0.9}, {**DOG, "score": 0.4}]
MEDIA = Media(width=64, height=48, depth=3)


@pytest.fixture
def suggesting(store, task, photos):
    """Begin a session with predictions, as a new process would."""

    def begin(predictions):
        made = predictions if isinstance(predictions, Function) else Columns("yolo", lambda index: predictions)
        return Session(store.journal(store.job("things", task), "ann"), task, photos, name="things", predictions=made)

    return begin


def waiting(session, index=0):
    view, _ = session.view(index)
    return [suggestion for suggestion in view.suggestions if suggestion.id not in view.answered]


def states(session, index=0):
    return session.suggestion_table(index)["state"].tolist()


@pytest.mark.parametrize(
    "prediction",
    [
        PREDICTION,
        ([BOX, DOG], [0.9, 0.4]),
        ([BOX, DOG], np.array([0.9, 0.4])),
        pd.DataFrame(PREDICTION),
        [{**BOX, "confidence": 0.9}, {**DOG, "confidence": np.float32(0.4)}],
    ],
)
def test_forms_of_predictions(task, prediction):
    suggestions, refusals = task.suggestions(prediction, MEDIA, "yolo")
    assert refusals == []
    assert task.annotation([suggestion.part for suggestion in suggestions]) == [BOX, DOG]
    assert all(suggestion.part["id"] == suggestion.id for suggestion in suggestions)
    assert [suggestion.score for suggestion in suggestions] == pytest.approx([0.9, 0.4])


def test_a_label_of_ground_truth_is_a_prediction(task):
    label, metadata = task.encode([BOX, DOG], Context(media=MEDIA, job_name="job", created=pd.Timestamp("2024-01-01", tz="UTC")))
    metadata["objects"] = [{"confidence": 0.9}, {"confidence": 0.4}]
    suggestions, _ = task.suggestions(task.predicted(label, metadata), MEDIA, "auto")
    assert [(suggestion.part["label"], suggestion.score) for suggestion in suggestions] == [("cat", 0.9), ("dog", 0.4)]


def test_ids_are_the_same_whenever_the_prediction_is_and_doubles_are_left_out(task):
    first, _ = task.suggestions([*PREDICTION, PREDICTION[0]], MEDIA, "yolo")
    again, _ = task.suggestions(PREDICTION, MEDIA, "yolo")
    other, _ = task.suggestions(PREDICTION, MEDIA, "other")
    assert first == again
    assert not {one.id for one in first} & {one.id for one in other}


def test_what_reaches_over_is_cut_off_and_what_cannot_be_is_said(task):
    prediction = [{**BOX, "left": -5, "width": 100}, {**BOX, "label": "cow"}, {**BOX, "left": 900}, {**BOX, "width": float("nan")}, {"label": "cat"}]
    suggestions, refusals = task.suggestions(prediction, MEDIA, "yolo")
    assert [(one.part["left"], one.part["width"]) for one in suggestions] == [(0, 64)]
    assert [text.partition(":")[0] for text in refusals] == ["part 1", "part 2", "part 3", "part 4"]
    assert "'cow'" in refusals[0]


@pytest.mark.parametrize("prediction", ["cat", 3, [1, 2], [{**BOX, "score": "high"}]])
def test_what_is_no_prediction_is_refused(task, prediction):
    with pytest.raises(AnnotationError):
        task.suggestions(prediction, MEDIA, "yolo")


def test_accept_change_reject(suggesting):
    session = suggesting([*PREDICTION, {**BOX, "left": 40, "score": 0.1}])
    cat, dog, third = waiting(session)
    assert [one.score for one in (cat, dog, third)] == [0.9, 0.4, 0.1]
    assert session.answer(0, None, accept=True, above=0.3).operation.answers == [cat, dog]
    session.answer(0, [third.id], accept=False)
    assert waiting(session) == []
    assert session.annotation(0) == [BOX, DOG]
    change = {"updated": [{**dog.part, "left": 31}]}
    session.reply({"id": "1", "method": "commit", "params": {"id": "x", "item": session.ids[0], "kind": "change", "change": change}})
    assert states(session) == ["accepted", "changed", "rejected"]
    session.undo()
    assert states(session) == ["accepted", "accepted", "rejected"]
    session.undo()
    assert states(session) == ["accepted", "accepted", "waiting"]
    session.undo()
    assert states(session) == ["waiting"] * 3
    assert session.annotation(0) == []
    session.redo()
    assert states(session) == ["accepted", "accepted", "waiting"]
    with pytest.raises(SessionError, match=r"photo-0.png: no suggestion 'zzz' waits"):
        session.answer(0, ["zzz"], accept=True)
    assert session.answer(0, None, accept=True, above=0.3) is None


def test_answers_outlive_the_process_and_the_predictions(suggesting):
    session = suggesting(PREDICTION)
    cat, dog = waiting(session)
    session.answer(0, [cat.id], accept=True)
    session.answer(0, [dog.id], accept=False)
    for predictions in (PREDICTION, None):
        again = suggesting(predictions)
        assert waiting(again) == []
        assert states(again) == ["accepted", "rejected"]


def test_an_answer_that_waited_in_a_browser_means_the_same_after_a_restart(suggesting):
    cat, _ = waiting(suggesting(PREDICTION))
    operation = {
        "id": "x",
        "item": 1,
        "kind": "change",
        "change": {"created": [cat.part]},
        "answers": [{"id": cat.id, "part": cat.part, "score": 0.9}],
    }
    again = suggesting(None)
    for _ in range(2):
        reply, _ = again.reply({"id": "1", "method": "commit", "params": operation})
        assert "error" not in reply
    assert states(again) == ["accepted"]


def test_the_label_says_where_its_parts_came_from(suggesting, store, task):
    session = suggesting(PREDICTION)
    session.answer(0, None, accept=True, above=0.5)
    session.set_annotation(0, [*session.annotation(0), {**BOX, "left": 5}])
    session.submit(0)
    work = store.journal(store.job("things", task), "ann").work(session.ids[0])
    context = Context(media=work.media, job_name="things", created=work.decided, provenance=work.provenance)
    _, metadata = task.encode(task.annotation(work.submitted), context)
    assert metadata[PROVENANCE] == [{"origin": "suggested", "score": 0.9, "source": "yolo"}, {"origin": "human"}]
    session.submit(1)
    work = store.journal(store.job("things", task), "ann").work(session.ids[1])
    assert PROVENANCE not in Context(media=work.media, job_name="things", created=work.decided, provenance=work.provenance).metadata("groundtruth/x")


def test_a_function_is_asked_in_batches_in_another_thread_and_tells_when_it_is_done(suggesting):
    asked, threads, heard = [], set(), threading.Event()

    def predict(sources):
        asked.append(list(sources))
        threads.add(threading.current_thread())
        return [PREDICTION for _ in sources]

    session = suggesting(Function(predict, lambda index: f"photo {index}"))
    events = []

    def listen(name, content):
        events.append((name, content))
        if name == "suggested" and content.index == 2:
            heard.set()

    session.on_event(listen)
    assert waiting(session) == []
    assert heard.wait(30)
    assert asked == [[f"photo {index}" for index in range(5)]]
    assert threading.current_thread() not in threads
    # The last two photographs cannot be read.
    assert [content.index for name, content in events if name == "suggested"] == [0, 1, 2]
    assert events[0][1].suggestions == waiting(session)
    assert len(waiting(session, 1)) == 2
    assert len(asked) == 1
    # A page that opened before they were made and listens only now is told again.
    before = len(events)
    session.reply({"id": "1", "method": "listen", "params": {}, "origin": "late"})
    assert events[before:] == events[:1]


def test_failures_of_a_function_are_told_and_end_after_a_while(suggesting, monkeypatch):
    monkeypatch.setattr("nblabel.session.suggesting.BATCH", 1)
    done = threading.Event()

    def predict(sources):
        raise RuntimeError("no weights")

    session = suggesting(Function(predict, lambda index: index))
    told = []

    def listen(name, content):
        if name == "notice":
            told.append(content.message)
        if len(told) == PATIENCE:
            done.set()

    session.on_event(listen)
    session.view(0)
    assert done.wait(30)
    assert all("RuntimeError: no weights" in message for message in told)
    assert "run the cell again" in told[-1]
    session.view(1)
    assert len(told) == PATIENCE
    session.reply({"id": "1", "method": "listen", "params": {}, "origin": "late"})
    assert told[PATIENCE:] == [told[PATIENCE - 1]]


def test_a_wrong_number_of_predictions_is_told(suggesting):
    told = threading.Event()
    session = suggesting(Function(lambda sources: [], lambda index: index))
    session.on_event(lambda name, content: told.set() if "one prediction for each of 5 items, got 0" in content.message else None)
    session.view(0)
    assert told.wait(30)


def test_a_bad_prediction_is_told_once_and_the_rest_is_shown(suggesting):
    session = suggesting([{**BOX, "label": "cow"}, *PREDICTION])
    told = []
    session.on_event(lambda name, content: told.append(content.message) if name == "notice" else None)
    assert len(waiting(session)) == 2
    assert len(waiting(session, 1)) == 2
    (message,) = told
    assert "photo-0.png" in message
    assert "'cow'" in message
