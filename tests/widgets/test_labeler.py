from __future__ import annotations

import gc
import threading
import weakref

import pandas as pd
import pytest

from nblabel.errors import AnnotationError, SessionError, StoreError
from nblabel.session import Session
from nblabel.wire import Progress

BOX = {"label": "cat", "left": 1, "top": 2, "width": 10, "height": 20}


def change(labeler, index, name="op", **parts):
    return {"id": name, "item": labeler._session.ids[index], "kind": "change", "change": parts}


def submission(labeler, index, name="handed-in"):
    return {"id": name, "item": labeler._session.ids[index], "kind": "submit"}


def in_a_thread(function, *arguments):
    thread = threading.Thread(target=function, args=arguments)
    thread.start()
    thread.join()


def test_repr_says_where_it_stands(labeler):
    assert repr(labeler) == "BoundingBox 'things': 0 of 3 submitted, at item 1 a.png"
    labeler.submit()
    labeler.skip()
    assert repr(labeler) == "BoundingBox 'things': 1 of 3 submitted, 1 skipped, at item 3 c.png"
    assert labeler._repr_mimebundle_()[0]["text/plain"] == repr(labeler)


def test_a_page_opens_with_the_current_item_and_its_media(labeler, page, folder):
    kind, data, buffers = page[-1].sent[0]
    assert kind == "comm_open"
    state = data["state"]
    assert state["_task"]["type"] == "bounding-box"
    assert [label["name"] for label in state["_task"]["labels"]] == ["cat", "dog"]
    opening = state["_opening"]
    assert opening["item"]["name"] == "a.png"
    assert opening["progress"] == {"total": 3, "submitted": 0, "skipped": 0, "ahead": 0}
    assert opening["session"].endswith("/owner")
    assert buffers[data["buffer_paths"].index(["_opening", "media"])] == (folder / "a.png").read_bytes()
    assert not {"value", "index", "progress"} & state.keys()


def test_a_page_that_is_reloaded_gets_the_present_state(labeler, page):
    labeler.submit()
    page[-1].customs()
    request = {"content": {"comm_id": page[-1].comm_id, "data": {"method": "request_state"}}, "buffers": [], "metadata": {}}
    page[-1].handle_msg(request)
    ((_, data, _),) = page[-1].sent
    assert data["state"]["_opening"]["item"]["index"] == 1
    assert data["state"]["_opening"]["progress"]["submitted"] == 1


def test_opening_state_is_never_sent_again(labeler, page):
    page[-1].sent.clear()
    labeler.value = [BOX]
    labeler.submit()
    assert {data["method"] for _, data, _ in page[-1].sent} == {"custom"}


def test_setting_the_value_is_one_gesture_that_views_see_at_once(labeler, page):
    page[-1].customs()
    labeler.value = [BOX]
    ((event, _),) = page[-1].customs()
    assert event["event"] == "operation"
    assert len(event["params"]["operation"]["change"]["created"]) == 1
    assert labeler.value == [BOX]
    labeler.value = [BOX]
    assert page[-1].customs() == []
    labeler.undo()
    assert labeler.value == []
    labeler.redo()
    assert labeler.value == [BOX]


def test_a_bad_value_is_refused_and_changes_nothing(labeler):
    labeler.value = [BOX]
    with pytest.raises(AnnotationError, match=r"^a.png: /0/width"):
        labeler.value = [{**BOX, "width": -1}]
    assert labeler.value == [BOX]


def test_submit_writes_the_row_and_moves_on(labeler, frame, page):
    labeler.value = [BOX]
    page[-1].customs()
    labeler.submit()
    assert labeler.data is frame
    assert frame["things"][0]["annotations"] == [{"class_id": 0, "top": 2, "left": 1, "height": 20, "width": 10}]
    assert (labeler.index, labeler.value) == (1, [])
    assert labeler.progress == Progress(total=3, submitted=1, skipped=0)
    assert [content["event"] for content, _ in page[-1].customs()] == ["operation", "moved"]


def test_moving(labeler):
    labeler.previous()
    assert labeler.index == 0
    labeler.next()
    labeler.next()
    labeler.next()
    assert labeler.index == 2
    labeler.index = 1
    assert labeler._session.current == 1
    for index in (3, -1):
        with pytest.raises(SessionError, match=rf"no item {index}; expected 0 to 2"):
            labeler.index = index
    assert labeler.index == 1


def test_everything_submitted(labeler, frame):
    for _ in range(3):
        labeler.submit()
    assert labeler.progress.remaining == 0
    assert labeler.index == 2
    assert frame["things"].notna().all()


def test_traits_can_be_observed(labeler):
    seen = []
    labeler.observe(lambda change: seen.append((change["name"], change["new"])), ["value", "index", "progress"])
    labeler.value = [BOX]
    labeler.submit()
    assert seen == [("value", [BOX]), ("index", 1), ("progress", Progress(total=3, submitted=1, skipped=0)), ("value", [])]


def test_request_is_answered_and_the_row_written(labeler, frame, page):
    page[-1].customs()
    received = page[-1].ask("commit", change(labeler, 0, created=[{"id": "x", **BOX}]))
    assert [content.get("event", "reply") for content, _ in received] == ["operation", "reply"]
    assert received[-1][0]["result"]["state"] == "draft"
    assert labeler.value == [BOX]
    page[-1].ask("commit", submission(labeler, 0))
    assert len(frame["things"][0]["annotations"]) == 1
    ((reply, buffers),) = page[-1].ask("open", {"index": 1})
    assert reply["result"]["name"] == "b.png"
    assert len(buffers) == 1
    page[-1].ask("move", {"index": 2})
    assert labeler.index == 2
    ((reply, _),) = page[-1].ask("commit", {"id": "z"})
    assert reply["error"]["code"] == "schema"


def test_another_thread_touches_neither_frame_nor_traits(labeler, frame, page):
    seen = []
    labeler.observe(lambda change: seen.append(change["name"]), ["value", "index", "progress"])
    labeler.on_submit(lambda submission: seen.append(submission.source))
    in_a_thread(page[-1].ask, "commit", change(labeler, 0, created=[{"id": "x", **BOX}]))
    in_a_thread(page[-1].ask, "commit", submission(labeler, 0))
    in_a_thread(page[-1].ask, "move", {"index": 1})
    assert seen == []
    assert frame["things"].isna().all()
    assert (labeler.index, labeler.value, labeler.progress.submitted) == (0, [], 0)
    assert labeler._session.progress.submitted == 1
    labeler.sync()
    assert frame["things"].notna().tolist() == [True, False, False]
    assert (labeler.index, labeler.value, labeler.progress.submitted) == (1, [], 1)
    assert sorted(seen) == ["a.png", "index", "progress"]


def test_python_acts_on_the_item_that_it_sees(labeler, frame, page):
    def person_goes_to(index):
        in_a_thread(page[-1].ask, "move", {"index": index})
        assert labeler._session.current == index

    person_goes_to(2)
    labeler.value = [BOX]
    assert (labeler.index, labeler.value) == (0, [BOX])
    assert [labeler._session.annotation(index) for index in range(3)] == [[BOX], [], []]
    labeler.submit()
    assert frame["things"].notna().tolist() == [True, False, False]
    assert labeler.index == 1
    person_goes_to(2)
    labeler.skip()
    assert (labeler.progress.skipped, labeler.index) == (1, 2)
    person_goes_to(0)
    labeler.previous()
    assert labeler.index == 1
    person_goes_to(0)
    labeler.next()
    assert labeler.index == labeler._session.current == 2


def test_another_thread_acts_on_the_item_that_python_sees(labeler, page):
    in_a_thread(page[-1].ask, "move", {"index": 2})
    in_a_thread(labeler.submit)
    in_a_thread(setattr, labeler, "value", [BOX])
    assert [labeler._session.view(index)[0].state for index in range(3)] == ["submitted", "unlabeled", "unlabeled"]
    assert labeler._session.annotation(0) == [BOX]


def test_an_interrupt_loses_neither_rows_nor_calls(labeler, frame, page, monkeypatch):
    calls = []

    def call(submission):
        calls.append(submission.source)
        if len(calls) == 1:
            raise KeyboardInterrupt

    labeler.on_submit(call)
    for index in range(3):
        in_a_thread(page[-1].ask, "commit", submission(labeler, index, f"s{index}"))
    write, written = labeler._binding.write, []

    def interrupted(index):
        written.append(index)
        if len(written) == 2:
            raise KeyboardInterrupt
        return write(index)

    monkeypatch.setattr(labeler._binding, "write", interrupted)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            labeler.sync()
    labeler.sync()
    assert frame["things"].notna().all()
    assert calls == ["a.png", "b.png", "c.png"]
    assert written == [0, 1, 1, 2]


def test_an_edited_item_is_counted(labeler):
    labeler.submit()
    labeler.index = 0
    labeler.value = [BOX]
    assert repr(labeler) == "BoundingBox 'things': 1 of 3 submitted, 1 edited, at item 1 a.png"


def test_a_row_that_is_gone_is_told_of_once(labeler, frame, page):
    frame["source-ref"] = ["x.png", "y.png", "c.png"]
    page[-1].customs()
    for _ in range(3):
        labeler.submit()
    notices = [content["params"] for content, _ in page[-1].customs() if content["event"] == "notice"]
    assert [notice["level"] for notice in notices] == ["warning"]
    assert notices[0]["message"].startswith("a.png: saved, but its row is no longer in the DataFrame; df.nblabel.join('things') brings it")
    assert frame["things"].notna().tolist() == [False, False, True]


def test_what_another_notebook_did_reaches_the_page(labeler, start, frame, page):
    mine = page[-1]
    other = start(pd.DataFrame({"source-ref": ["a.png"]}), attribute="things")
    other.value = [BOX]
    other.submit()
    mine.customs()
    received = mine.ask("open", {"index": 1})
    assert [content.get("event", "reply") for content, _ in received] == ["operation", "operation", "reply"]
    assert [content["params"]["origin"] for content, _ in received[:2]] == [None, None]
    assert len(frame["things"][0]["annotations"]) == 1


def test_what_another_notebook_did_calls_nobody_here(labeler, start):
    calls = []
    labeler.on_submit(calls.append)
    start(pd.DataFrame({"source-ref": ["a.png"]}), attribute="things").submit()
    labeler.sync()
    assert (labeler.progress.submitted, calls) == (1, [])


def test_what_was_done_while_the_frame_was_bound_is_not_missed(labeler, start, frame, monkeypatch):
    def late(*arguments, **options):
        labeler.submit()
        return Session(*arguments, **options)

    monkeypatch.setattr("nblabel.widgets.labeling.Session", late)
    fresh = pd.DataFrame({"source-ref": frame["source-ref"]})
    assert start(fresh, attribute="things").progress.submitted == 1
    assert fresh["things"].notna().tolist() == [True, False, False]


def test_sync_belongs_to_the_thread_that_made_the_widget(labeler):
    failures = []

    def call():
        try:
            labeler.sync()
        except SessionError as error:
            failures.append(str(error))

    in_a_thread(call)
    assert len(failures) == 1


def test_sync_brings_what_another_notebook_did(labeler, start, frame):
    other = start(pd.DataFrame({"source-ref": ["c.png", "a.png"]}), attribute="things")
    other.index = 1
    other.value = [BOX]
    other.submit()
    assert frame["things"].isna().all()
    labeler.sync()
    assert len(frame["things"][0]["annotations"]) == 1
    assert labeler.progress.submitted == 1


def test_on_submit_gets_what_was_handed_in(labeler, frame):
    got = []
    labeler.on_submit(got.append)
    labeler.skip()
    labeler.value = [BOX]
    labeler.submit()
    (submission,) = got
    assert (submission.index, submission.source, submission.annotation) == (1, "b.png", [BOX])
    assert (submission.label, submission.metadata) == (frame["things"][1], frame["things-metadata"][1])


def test_on_submit_may_label_the_next_item(labeler):
    labeler.on_submit(lambda submission: setattr(labeler, "value", submission.annotation))
    labeler.value = [BOX]
    labeler.submit()
    assert (labeler.index, labeler.value) == (1, [BOX])


@pytest.mark.parametrize("attach", ["on_submit", "observe"])
def test_a_user_s_function_that_fails_is_shown_and_stops_nothing(labeler, frame, page, capsys, attach):
    def fail(_):
        raise RuntimeError("disk on fire")

    labeler.on_submit(fail) if attach == "on_submit" else labeler.observe(fail, "progress")
    page[-1].customs()
    labeler.submit()
    assert "disk on fire" in capsys.readouterr().err
    notices = [content["params"] for content, _ in page[-1].customs() if content["event"] == "notice"]
    assert [notice["level"] for notice in notices] == ["error"]
    assert "disk on fire" in notices[0]["message"]
    assert frame["things"].notna()[0]
    labeler.submit()
    assert labeler.index == 2


def test_a_frame_that_cannot_be_written_is_told_and_loses_nothing(labeler, frame, page, capsys):
    del frame["source-ref"]
    labeler.submit()
    assert "no column 'source-ref'" in capsys.readouterr().err
    notices = [content["params"]["message"] for content, _ in page[-1].customs() if content.get("event") == "notice"]
    assert notices[0].startswith("The label is saved, but it could not be written into the DataFrame")
    frame["source-ref"] = ["a.png", "b.png", "c.png"]
    labeler.submit()
    assert labeler._session.progress.submitted == 2


def test_media_that_cannot_be_shown_can_be_skipped(start, folder):
    labeler = start(pd.DataFrame({"source-ref": ["gone.png", "a.png"]}), attribute="things")
    assert "no such file" in labeler.opening()["item"]["error"]
    assert labeler.opening()["media"] is None
    labeler.skip()
    assert labeler.opening()["media"] is not None


def test_a_closed_labeler_says_so(labeler):
    labeler.close()
    labeler.close()
    with pytest.raises(StoreError, match=r"was closed"):
        labeler.submit()


def test_a_closed_labeler_lets_go(start, frame, page):
    reference = weakref.ref(start(frame, attribute="things"))
    reference().close()
    start.made.clear()
    page.clear()
    gc.collect()
    assert reference() is None


class Events:
    """Callbacks of an IPython shell, and the number of its present cell."""

    def __init__(self):
        self.execution_count = 1
        self.events = self
        self.callbacks = {"pre_run_cell": [], "post_run_cell": []}

    def register(self, name, callback):
        self.callbacks[name].append(callback)

    def unregister(self, name, callback):
        self.callbacks[name].remove(callback)

    @property
    def count(self):
        return sum(map(len, self.callbacks.values()))


@pytest.fixture
def ipython(monkeypatch):
    running = Events()
    for module in ("home_thread", "labeler"):
        monkeypatch.setattr(f"nblabel.widgets.{module}.shell", lambda: running)
    return running


def forgotten(start, page, make):
    """Drop every reference that a notebook does not keep, and tell what became of labeler and frame."""
    references = make()
    start.made.clear()
    page.clear()
    gc.collect()
    return [reference() is None for reference in references]


def test_running_a_cell_again_leaves_nothing_of_its_earlier_run(start, page, ipython):
    def run_again():
        first = pd.DataFrame({"source-ref": ["a.png", "b.png"]})
        old = start(first, attribute="things")
        old_page = page[-1]
        old_page.ask("commit", submission(old, 0))
        start(pd.DataFrame({"source-ref": ["a.png", "b.png"]}), attribute="things")
        assert old.comm is not None, "it is still on show"
        replies = old_page.ask("leave")
        assert [content["result"] for content, _ in replies] == [{}]
        assert old.comm is None
        assert first["things"].notna().tolist() == [True, False]
        assert repr(old) == "Labeler (closed: a newer one of the same job took its place)"
        with pytest.raises(StoreError, match=r"this labeler was closed.*call nl.label again"):
            old.submit()
        # A notebook keeps the output of a cell, and with it the widget, but not what is in it.
        return weakref.ref(old), weakref.ref(first)

    assert forgotten(start, page, run_again) == [True, True]
    assert ipython.count == 2


def test_a_page_that_left_before_the_cell_ran_again(start, page):
    old = start("a.png")
    page[-1].ask("leave")
    assert old.comm is not None
    start("a.png")
    assert old.comm is None


def test_what_is_left_in_another_thread_closes_at_home(labeler, start, frame, page):
    old_page = page[-1]
    start(frame, attribute="things")
    in_a_thread(old_page.ask, "leave")
    assert labeler.comm is not None
    labeler.sync()
    assert labeler.comm is None


def test_a_labeler_that_nobody_looked_at_is_closed_by_a_newer_one(start, page, ipython):
    def run_again():
        made = []
        for _ in range(3):
            ipython.execution_count += 1
            made.append(start("a.png"))
        assert [labeler.comm is None for labeler in made] == [True, True, False]
        return [weakref.ref(labeler) for labeler in made[:2]]

    assert forgotten(start, page, run_again) == [True, True]
    assert ipython.count == 2


@pytest.mark.parametrize(
    "use",
    [
        lambda labeler, page: page.ask("open", {"index": 0}),
        lambda labeler, page: labeler._repr_mimebundle_(),
        lambda labeler, page: labeler.submit(),
        lambda labeler, page: labeler.on_submit(print),
    ],
    ids=["on show", "displayed", "used", "listened to"],
)
def test_labelers_that_are_in_use_go_on_side_by_side(start, page, ipython, use, folder):
    left = start("a.png")
    left_page = page[-1]
    use(left, left_page)
    ipython.execution_count += 1
    right = start("a.png")
    for labeler, other, name in ((left, right, "cat"), (right, left, "dog")):
        labeler.value = [{**BOX, "label": name}]
        other.sync()
        assert other.value == [{**BOX, "label": name}]
    assert left_page.ask("open", {"index": 0})[-1][1] == [(folder / "a.png").read_bytes()]


def test_labelers_of_one_cell_and_of_other_jobs_are_left_alone(start, ipython):
    first = start("a.png")
    start("a.png")
    ipython.execution_count += 1
    start("a.png", attribute="others")
    assert first.comm is not None


def test_an_older_labeler_keeps_no_media(labeler, start, frame):
    assert labeler._session._reading.media._kept
    start(frame, attribute="things")
    assert not labeler._session._reading.media._kept
    assert labeler.opening()["media"] is not None
