from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from nblabel.errors import AnnotationError, SchemaError, SessionError
from nblabel.store import Label, Store
from nblabel.tasks.base import Media
from nblabel.tasks.bounding_box import BoundingBox
from nblabel.wire import Operation

TASK = BoundingBox(["cat", "dog"])
MEDIA = Media(width=640, height=480, depth=3)


def box(name, left=1):
    return {"id": name, "label": "cat", "left": left, "top": 1, "width": 10, "height": 10}


def change(name, item, undoes=None, seconds=0.0, **parts):
    return Operation(id=name, item=item, kind="change", change=parts, undoes=undoes, seconds=seconds)


@pytest.fixture
def items(store):
    return store.add_items(store.job("things", TASK), [(name, 0) for name in "abc"])


@pytest.fixture
def journal(store, items):
    return store.journal(store.job("things", TASK), "ann")


def commit(journal, operation):
    return journal.commit(operation, TASK, MEDIA)


def names(journal, item):
    return [shape["id"] for shape in journal.work(item).value or []]


def test_life_of_an_item(journal, items):
    item = items[0]
    assert journal.work(item).state == "unlabeled"
    drawn = commit(journal, change("1", item, created=[box("x")]))
    assert (drawn.state, drawn.edited, drawn.sequence) == ("draft", False, 1)
    handed_in = commit(journal, Operation(id="2", item=item, kind="submit"))
    assert (handed_in.state, handed_in.edited) == ("submitted", False)
    work = journal.work(item)
    assert work.submitted == work.value == [box("x")]
    assert work.media == MEDIA
    assert abs((datetime.now(UTC) - work.decided).total_seconds()) < 60
    edited = commit(journal, change("3", item, updated=[box("x", left=5)]))
    assert (edited.state, edited.edited) == ("submitted", True)
    assert journal.work(item).submitted == [box("x")]
    back = commit(journal, change("4", item, undoes="3", updated=[box("x")]))
    assert (back.state, back.edited) == ("submitted", False)
    passed = commit(journal, Operation(id="5", item=item, kind="skip"))
    assert (passed.state, passed.edited) == ("submitted", False)
    assert journal.work(item).submitted == [box("x")]


def test_a_skipped_item_keeps_what_was_drawn(journal, items):
    commit(journal, change("1", items[0], created=[box("x")]))
    skipped = commit(journal, Operation(id="2", item=items[0], kind="skip"))
    assert (skipped.state, skipped.edited) == ("skipped", False)
    assert journal.work(items[0]).value == [box("x")]
    assert journal.work(items[0]).submitted is None


def test_an_untouched_item_may_be_submitted(journal, items):
    assert commit(journal, Operation(id="1", item=items[0], kind="submit")).state == "submitted"
    assert journal.work(items[0]).submitted == []


def test_repeating_an_operation_does_nothing(journal, items):
    first = commit(journal, change("1", items[0], created=[box("x")]))
    assert commit(journal, change("1", items[0], created=[box("x")])) == first
    assert journal.find("1") == first
    assert journal.find("2") is None
    assert names(journal, items[0]) == ["x"]


def test_a_refused_change_leaves_nothing(journal, items):
    with pytest.raises(AnnotationError):
        commit(journal, change("1", items[0], deleted=["x"]))
    assert journal.find("1") is None
    assert journal.work(items[0]).state == "unlabeled"


def test_undo_and_redo_follow_the_log(journal, items):
    def undo():
        return commit(journal, journal.undoable(lambda _: True))

    def redo():
        return commit(journal, journal.redoable(lambda _: True))

    first, second = items[:2]
    commit(journal, change("1", first, created=[box("x")]))
    commit(journal, change("2", second, created=[box("y")]))
    commit(journal, Operation(id="3", item=second, kind="submit"))
    assert undo().operation.item == second
    assert undo().operation.item == first
    assert journal.undoable(lambda _: True) is None
    assert (names(journal, first), names(journal, second)) == ([], [])
    assert redo().operation.item == first
    assert redo().operation.item == second
    assert journal.redoable(lambda _: True) is None
    assert (names(journal, first), names(journal, second)) == (["x"], ["y"])
    assert undo().operation.item == second
    commit(journal, change("4", first, created=[box("z")]))
    assert journal.redoable(lambda _: True) is None
    assert undo().operation.undoes == "4"


def test_only_items_that_are_known_are_undone(journal, items):
    commit(journal, change("1", items[0], created=[box("x")]))
    commit(journal, change("2", items[1], created=[box("y")]))
    assert journal.undoable(lambda item: item == items[0]).undoes == "1"
    assert journal.undoable(lambda _: False) is None


def test_workers_and_jobs_are_apart(store, journal, items):
    commit(journal, change("1", items[0], created=[box("x")]))
    other = store.journal(journal.job, "bob")
    assert other.work(items[0]).state == "unlabeled"
    assert other.undoable(lambda _: True) is None
    assert other.find("1") is None
    with pytest.raises(SessionError, match="does not know it"):
        commit(other, change("2", items[0], undoes="1", deleted=["x"]))


@pytest.mark.parametrize(
    ("operation", "error", "text"),
    [
        (change("2", 1, undoes="9"), SessionError, "the store does not know it; reload the item"),
        (change("2", 2, undoes="1"), SessionError, "the store does not know it"),
        (Operation(id="2", item=1, kind="submit", undoes="1"), SchemaError, "/undoes: a submit takes nothing back"),
        (change("", 1), SchemaError, "/id: expected 1 to 128 ASCII characters"),
        (change("x" * 129, 1), SchemaError, "/id"),
        (change("\ud800", 1), SchemaError, "/id"),
        (change("2", 1, undoes="\ud800"), SchemaError, "/undoes"),
    ],
)
def test_operation_that_makes_no_sense(journal, items, operation, error, text):
    commit(journal, change("1", items[0], created=[box("x")]))
    with pytest.raises(error, match=text):
        commit(journal, operation)


def test_taking_back_twice_is_refused(journal, items):
    commit(journal, change("1", items[0], created=[box("x")]))
    commit(journal, change("2", items[0], undoes="1", deleted=["x"]))
    with pytest.raises(SessionError, match="was taken back already"):
        commit(journal, change("3", items[0], undoes="1", deleted=["x"]))


@pytest.mark.parametrize(("given", "kept"), [(1.5, 1.5), (-1.0, 0.0), (float("nan"), 0.0), (float("inf"), 0.0)])
def test_seconds_are_sound(journal, items, given, kept):
    assert commit(journal, change("1", items[0], seconds=given)).operation.seconds == kept


def test_replacing_a_value_is_one_operation(journal, items):
    outcome = journal.replace(items[0], lambda present: [*present, box("x"), box("y")], TASK, MEDIA)
    assert outcome.sequence == 1
    assert names(journal, items[0]) == ["x", "y"]
    assert journal.replace(items[0], lambda present: present, TASK, MEDIA) is None
    commit(journal, journal.undoable(lambda _: True))
    assert names(journal, items[0]) == []


def test_what_another_store_did_is_seen(store, journal, items):
    with Store(store.path) as other_store:
        other = other_store.journal(other_store.job("things", TASK), "ann")
        commit(journal, change("1", items[0], created=[box("x")]))
        assert other.states() == [(items[0], "draft", False)]
        assert other.last_sequence() == 1
        commit(other, Operation(id="2", item=items[0], kind="submit"))
        (outcome,) = journal.since(1)
        assert outcome == journal.find("2")
        assert (outcome.sequence, outcome.state, outcome.edited) == (2, "submitted", False)
        assert other.since(2) == []
        other.set_position(items[2])
    assert journal.position() == items[2]


def test_text_of_any_kind_survives_in_values(store, items):
    strange = "a\ud800\0é😀"
    task = BoundingBox([strange])
    journal = store.journal(store.job("things", task), "ann")
    operation = Operation(id="1", item=items[0], kind="change", change={"created": [{**box("x"), "label": strange}]})
    journal.commit(operation, task, MEDIA)
    assert journal.work(items[0]).value[0]["label"] == strange
    assert journal.find("1").operation == operation


def label(value, day):
    return Label(value=value, label={"n": float("inf")}, metadata=None, created=datetime(2024, 1, day, tzinfo=UTC))


def test_labels_of_a_manifest_are_taken_in(journal, items):
    untouched, draft, skipped = items
    commit(journal, change("1", draft, created=[box("mine")]))
    commit(journal, Operation(id="2", item=skipped, kind="skip"))
    journal.take_in([(item, label([box("theirs")], 1)) for item in items])
    assert [journal.work(item).state for item in items] == ["submitted"] * 3
    assert [names(journal, item) for item in items] == [["theirs"], ["mine"], ["theirs"]]
    assert [journal.work(item).edited for item in items] == [False, True, False]
    assert journal.work(untouched).imported == [{"n": float("inf")}, None]
    assert {work.item: work.decided for work in journal.decided()} == dict.fromkeys(items, datetime(2024, 1, 1, tzinfo=UTC))
    commit(journal, Operation(id="3", item=untouched, kind="submit"))
    assert journal.work(untouched).imported is None
    journal.take_in([])


def test_a_label_that_replaces_a_value_ends_the_history_of_that_item(journal, items):
    first, second, draft = items
    for number, item in enumerate(items):
        commit(journal, change(f"{number}", item, created=[box("x")]))
    commit(journal, Operation(id="submit", item=first, kind="submit"))
    journal.take_in([(first, label([box("theirs")], 1)), (draft, label([box("theirs")], 1))])
    assert names(journal, draft) == ["x"]
    assert [journal.undoable(lambda item, only=item: item == only) is None for item in items] == [True, False, False]
    assert commit(journal, journal.undoable(lambda _: True)).operation.item == draft
    assert commit(journal, journal.undoable(lambda _: True)).operation.item == second
    assert journal.undoable(lambda _: True) is None
    assert names(journal, first) == ["theirs"]


def test_labels_leave_alone_what_was_worked_on_since(journal, items):
    last = journal.last_sequence()
    commit(journal, Operation(id="1", item=items[0], kind="submit"))
    journal.take_in([(item, label([box("theirs")], 1)) for item in items], since=last)
    assert [names(journal, item) for item in items] == [[], ["theirs"], ["theirs"]]


def test_a_retired_operation_is_not_undone(journal, items):
    commit(journal, change("1", items[0], created=[box("x")]))
    commit(journal, change("2", items[0], created=[box("y")]))
    journal.retire("2")
    assert journal.undoable(lambda _: True).undoes == "1"


def test_log_holds_change_and_inverse(store, journal, items):
    commit(journal, change("1", items[0], created=[box("x")]))
    with store._database.read() as connection:
        (row,) = connection.execute("SELECT change, inverse, role FROM operations").fetchall()
    assert json.loads(row[0]) == {"created": [box("x")]}
    assert json.loads(row[1])["deleted"] == ["x"]
    assert row[2] == "do"
