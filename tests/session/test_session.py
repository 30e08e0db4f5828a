from __future__ import annotations

import io
import logging
import threading

import pytest
from PIL import Image

from nblabel.errors import AnnotationError, MediaError, SchemaError, SessionError
from nblabel.session import Session, shown
from nblabel.tasks.bounding_box import BoundingBox
from nblabel.wire import Notice, Progress

BOX = {"label": "cat", "left": 1, "top": 2, "width": 10, "height": 20}


def ask(session, method, params=None, origin="view"):
    reply, buffers = session.reply({"id": "7", "method": method, "params": params, "origin": origin})
    assert reply["id"] == "7"
    assert "error" not in reply, reply
    return reply["result"], buffers


def refusal(session, message):
    reply, buffers = session.reply(message)
    assert set(reply) == {"id", "error"}
    assert buffers == ()
    return reply["error"]


def change(session, index, name, **parts):
    return {"id": name, "item": session.ids[index], "kind": "change", "change": parts}


def recorded(session):
    events = []
    session.on_event(lambda name, content: events.append((name, content)))
    return events


def test_open_shows_an_item_and_moves_nothing(session, photos):
    view, buffers = ask(session, "open", {"index": 1})
    assert view == {
        "id": photos.ids[1],
        "index": 1,
        "name": "photo-1.png",
        "state": "unlabeled",
        "edited": False,
        "value": [],
        "next": 2,
        "mime": "image/png",
        "width": 64,
        "height": 48,
        "preview": False,
        "error": None,
        "suggestions": [],
        "answered": [],
        "latest": "",
    }
    assert buffers == (photos.media[1],)
    assert session.current == 0


def test_commit_is_acknowledged_with_how_things_stand(session, photos):
    events = recorded(session)
    receipt, _ = ask(session, "commit", change(session, 0, "a", created=[{"id": "x", **BOX}]))
    assert receipt == {
        "operation": {
            "id": "a",
            "item": photos.ids[0],
            "kind": "change",
            "change": {"created": [{"id": "x", **BOX}]},
            "undoes": None,
            "seconds": 0.0,
            "answers": [],
            "reopens": [],
            "batch": None,
            "basis": None,
        },
        "sequence": 1,
        "role": "do",
        "index": 0,
        "state": "draft",
        "edited": False,
        "progress": {"total": 5, "submitted": 0, "skipped": 0, "ahead": 0},
        "origin": "view",
        "next": 1,
    }
    assert [(name, content.origin) for name, content in events] == [("operation", "view")]


def test_repeating_a_commit_is_silent_and_works_when_the_media_is_gone(session, photos):
    operation = change(session, 0, "a", created=[{"id": "x", **BOX}])
    first, _ = ask(session, "commit", operation)
    photos.media[0] = None
    events = recorded(session)
    assert ask(session, "commit", operation)[0] == first
    assert events == []


def test_next_goes_round_and_ends(session):
    for index, following in ((1, 2), (4, 0), (3, 0)):
        session.move(index)
        assert session.skip(session.current).next == following
    session.move(2)
    assert session.submit(session.current).next == 0
    session.move(0)
    assert session.submit(session.current).next is None
    assert session.progress == Progress(total=5, submitted=2, skipped=3)


def test_move_is_told_and_remembered(session, start):
    events = recorded(session)
    assert ask(session, "move", {"index": 2})[0] == {"index": 2, "origin": "view"}
    ask(session, "move", {"index": 2})
    assert [name for name, _ in events] == ["moved"]
    assert start()._journal.position() == session.ids[2]


def test_begins_with_the_first_unfinished_item(session, start):
    session.submit(session.current)
    session.move(2)
    session.skip(session.current)
    assert start().current == 1


def test_begins_where_work_was_going_on(session, start):
    session.move(2)
    session.set_annotation(2, [BOX])
    assert start().current == 2


def test_begins_with_the_last_shown_when_all_is_done(session, start):
    for index in range(5):
        session.move(index)
        session.skip(session.current)
    session.move(3)
    assert start().current == 3


def test_set_annotation_is_one_operation(session):
    receipt = session.set_annotation(1, [BOX, {**BOX, "label": "dog"}])
    assert receipt.sequence == 1
    assert session.annotation(1) == [BOX, {**BOX, "label": "dog"}]
    assert session.set_annotation(1, [BOX, {**BOX, "label": "dog"}]) is None
    assert session.undo().index == 1
    assert session.annotation(1) == []


@pytest.mark.parametrize(
    ("annotation", "text"),
    [([{**BOX, "label": "cow"}], "photo-1.png: /0/label: label 'cow'"), ([{"label": "cat"}], "photo-1.png: /0: .*`left`")],
)
def test_bad_annotation_names_item_and_field(session, annotation, text):
    with pytest.raises(AnnotationError, match=text) as error:
        session.set_annotation(1, annotation)
    assert error.value.path.startswith("/0")
    assert error.value.item == "photo-1.png"


def test_undo_goes_to_the_item(session):
    session.set_annotation(1, [BOX])
    session.move(0)
    events = recorded(session)
    receipt, _ = ask(session, "undo")
    assert (receipt["index"], session.current) == (1, 1)
    assert [name for name, _ in events] == ["operation", "moved"]
    assert ask(session, "undo")[0] is None
    assert ask(session, "redo")[0]["index"] == 1
    assert ask(session, "redo")[0] is None


def test_a_glance_shows_a_large_photograph_in_small_and_all_else_as_it_is(session, photos):
    photos.media[0], photos.media[2] = photograph((2000, 1500)), photograph((2000, 1500))[: 2**20]
    view, (small,) = ask(session, "glance", {"index": 0})
    assert (view["preview"], view["mime"], view["width"], view["height"]) == (True, "image/jpeg", 2000, 1500)
    with Image.open(io.BytesIO(small)) as image:
        assert image.size == (1000, 750)
    assert len(small) < len(photos.media[0]) / 4
    whole, (data,) = ask(session, "media", {"index": 0})
    assert (whole, data) == ({"mime": "image/jpeg", "error": None}, photos.media[0])
    assert ask(session, "open", {"index": 0})[0] == {**view, "preview": False}
    assert ask(session, "glance", {"index": 1}) == ask(session, "open", {"index": 1})
    assert "damaged" in ask(session, "glance", {"index": 2})[0]["error"]
    whole, buffers = ask(session, "media", {"index": 3})
    assert ("the file is gone" in whole["error"], whole["mime"], buffers) == (True, None, ())


def photograph(size):
    file = io.BytesIO()
    Image.effect_noise(size, 60).save(file, "JPEG", quality=95)
    return file.getvalue()


@pytest.mark.parametrize(("index", "reason"), [(3, "the file is gone"), (4, "not an image")])
def test_media_that_cannot_be_read(session, index, reason):
    view, buffers = ask(session, "open", {"index": index})
    assert reason in view["error"]
    assert (view["mime"], view["width"], buffers) == (None, None, ())
    session.move(index)
    with pytest.raises(MediaError, match=f"photo-{index}.png: .*{reason}.*skip it"):
        session.submit(session.current)
    with pytest.raises(MediaError):
        session.set_annotation(index, [BOX])
    assert session.skip(session.current).state == "skipped"


def test_a_fault_while_media_is_read_is_shown(session, photos, monkeypatch, caplog):
    monkeypatch.setattr(photos, "load", lambda _: 1 / 0)
    session._reading.media._load = photos.load
    view, media = session.view(0)
    assert ("ZeroDivisionError" in view.error, media) == (True, None)
    assert "photo-0.png cannot be shown" in caplog.text


def test_media_put_right_can_be_labeled(session, photos):
    assert session.view(3)[0].error
    photos.media[3] = photos.media[0]
    assert session.view(3)[0].error is None
    assert session.set_annotation(3, [BOX])


def test_media_is_read_once(session, photos):
    ask(session, "open", {"index": 1})
    ask(session, "open", {"index": 1})
    session.set_annotation(1, [BOX])
    assert photos.reads == [1]


def test_media_cache_is_bounded(session, photos, monkeypatch):
    monkeypatch.setattr(shown, "CACHE_BYTES", len(photos.media[0]))
    for index in (0, 1, 1, 0):
        session.view(index)
    assert photos.reads == [0, 1, 0]


@pytest.mark.parametrize(
    ("message", "code", "path"),
    [
        (None, "schema", ""),
        ([], "schema", ""),
        ({"id": 7, "method": "open"}, "schema", "/id"),
        ({"id": "7"}, "schema", ""),
        ({"id": "7", "method": "dance"}, "session", None),
        ({"id": "7", "method": "open", "params": {}}, "schema", ""),
        ({"id": "7", "method": "open", "params": {"index": "1"}}, "schema", "/index"),
        ({"id": "7", "method": "open", "params": {"index": 5}}, "session", None),
        ({"id": "7", "method": "open", "params": {"index": -1}}, "session", None),
        ({"id": "7", "method": "commit", "params": {"id": "x", "item": 99, "kind": "skip"}}, "session", None),
        ({"id": "7", "method": "commit", "params": {"id": "x", "item": 1, "kind": "eat"}}, "schema", "/kind"),
        ({"id": "7", "method": "commit", "params": {"id": "x", "item": 1, "kind": "change"}}, "schema", ""),
        ({"id": "7", "method": "commit", "params": {"id": "x", "item": 1, "kind": "change", "change": {"deleted": ["q"]}}}, "annotation", ""),
    ],
)
def test_every_failure_is_answered(session, message, code, path):
    error = refusal(session, message)
    assert (error["code"], error["path"]) == (code, path)
    assert error["message"]


def test_a_fault_of_our_own_is_answered_and_logged(session, monkeypatch, caplog):
    monkeypatch.setattr(session.task, "apply", lambda *_: 1 / 0)
    with caplog.at_level(logging.ERROR, logger="nblabel.session"):
        error = refusal(session, {"id": "7", "method": "commit", "params": change(session, 0, "a")})
    assert error["code"] == "internal"
    assert "ZeroDivisionError" in error["message"]
    assert "ZeroDivisionError" in caplog.text
    assert session._journal.find("a") is None


def test_two_sessions_of_one_worker_keep_step(session, start):
    other = start()
    session.submit(session.current)
    other.move(1)
    receipt = other.submit(other.current)
    assert receipt.progress == Progress(total=5, submitted=2, skipped=0)
    session.refresh()
    assert session.progress.submitted == 2


def told(events):
    return [(content.operation.id, content.origin) for name, content in events if name == "operation"]


@pytest.mark.parametrize(
    "occasion",
    [
        lambda session: session.refresh(),
        lambda session: session.view(3),
        lambda session: session.move(3),
        lambda session: ask(session, "commit", change(session, 2, "mine")),
    ],
    ids=["refresh", "open", "move", "commit"],
)
def test_operations_of_other_sessions_are_told_once_in_order(session, start, occasion):
    other = start()
    ask(other, "commit", change(other, 0, "a", created=[{"id": "x", **BOX}]))
    ask(other, "commit", change(other, 0, "b", deleted=["x"]))
    other.submit(0)
    events = recorded(session)
    occasion(session)
    receipts = [content for name, content in events if name == "operation" and content.operation.id != "mine"]
    assert [(receipt.operation.id, receipt.origin, receipt.index) for receipt in receipts[:2]] == [("a", None, 0), ("b", None, 0)]
    assert receipts[0].operation.change == {"created": [{"id": "x", **BOX}]}
    assert (receipts[2].operation.kind, receipts[2].state, receipts[2].progress.submitted) == ("submit", "submitted", 1)
    assert "submitted" not in [name for name, _ in events]
    count = len(events)
    session.refresh()
    assert len(events) == count


def test_what_was_done_before_a_session_began_is_told_from_where_it_is_asked(session, start, store, task, photos):
    session.submit(0)
    late = Session(store.journal(store.job("things", task), "ann"), task, photos, name="late", since=0)
    events = recorded(late)
    late.refresh()
    assert [name for name, _ in events] == ["operation"]


def test_a_listener_that_is_interrupted_hears_again(session):
    events = []

    def listen(name, content):
        events.append((name, content.origin))
        if len(events) == 1:
            raise KeyboardInterrupt

    session.on_event(listen)
    with pytest.raises(KeyboardInterrupt):
        ask(session, "commit", {"id": "a", "item": session.ids[0], "kind": "submit"})
    session.refresh()
    assert events == [("submitted", "view"), ("submitted", "view"), ("operation", "view")]


def test_leaving_is_told(session):
    events = recorded(session)
    assert ask(session, "leave") == ({}, ())
    assert [name for name, _ in events] == ["left"]


def test_an_edited_item_is_submitted_and_unfinished(session, start):
    for index in range(3):
        session.submit(index)
    session.set_annotation(1, [BOX])
    assert (session.progress.submitted, session.edited) == (3, 1)
    assert session.skip(3).next == 4
    assert session.skip(4).next == 1
    session.move(0)
    again = start()
    assert (again.current, again.edited, again.progress.submitted) == (1, 1, 3)
    assert session.submit(1).next is None
    assert session.edited == 0


def test_steps_that_no_longer_apply_are_passed_over(session, start, store, photos):
    session.set_annotation(0, [BOX])
    session.set_annotation(1, [{**BOX, "label": "dog"}])
    session.set_annotation(1, [])
    cats = Session(store.journal(store.job("things", session.task), "ann"), BoundingBox(["cat"]), photos, name="things")
    receipt = cats.undo()
    assert (receipt.index, cats.annotation(0), cats.annotation(1)) == (0, [], [])
    assert cats.undo() is None


def test_a_class_that_the_task_lacks_may_stay(session, store, photos):
    session.set_annotation(0, [{**BOX, "label": "dog"}])
    cats = Session(store.journal(store.job("things", session.task), "ann"), BoundingBox(["cat"]), photos, name="things")
    assert cats.set_annotation(0, cats.annotation(0)) is None
    assert cats.set_annotation(0, [*cats.annotation(0), BOX])
    with pytest.raises(AnnotationError, match="label 'dog'"):
        cats.set_annotation(1, cats.annotation(0))


def test_another_worker_is_apart(session, start):
    session.submit(session.current)
    assert start("bob").progress.submitted == 0


def test_threads_work_at_once(session):
    failures = []

    def work(thread):
        for number in range(20):
            box = {"id": f"{thread}-{number}", **BOX}
            reply, _ = session.reply({"id": "1", "method": "commit", "params": change(session, number % 3, f"{thread}-{number}", created=[box])})
            if "error" in reply:
                failures.append(reply)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sum(len(session.annotation(index)) for index in range(3)) == 80


def test_nothing_to_label(store, task):
    class Nothing:
        ids = ()

    with pytest.raises(SessionError, match="nothing to label"):
        Session(store.journal(store.job("things", task), "ann"), task, Nothing(), name="things")


def test_notice_reaches_the_listeners(session):
    events = recorded(session)
    session.notify(Notice(level="info", message="Hello."))
    assert events == [("notice", Notice(level="info", message="Hello."))]


def test_unknown_method_lists_those_there_are(session):
    with pytest.raises(SessionError, match=r"'dance' is unknown; there are \['commit', .*'undo'\]"):
        session.handle("dance", None)
    with pytest.raises(SchemaError):
        session.handle("move", {"index": None})
