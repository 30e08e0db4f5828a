from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from nblabel.errors import AnnotationError, ConflictError, SchemaError, SessionError
from nblabel.store import Label, Store, Subject, Wish
from nblabel.tasks.base import Media
from nblabel.tasks.bounding_box import BoundingBox
from nblabel.wire import Operation

TASK = BoundingBox(["cat", "dog"])
MEDIA = Media(width=640, height=480, depth=3)
SUBJECT = Subject(MEDIA)


def box(name, left=1):
    return {"id": name, "label": "cat", "left": left, "top": 1, "width": 10, "height": 10, "attributes": {}}


def change(name, item, undoes=None, seconds=0.0, **parts):
    return Operation(id=name, item=item, kind="change", change=parts, undoes=undoes, seconds=seconds)


@pytest.fixture
def items(store):
    return store.add_items(store.job("things", TASK), [(name, 0) for name in "abc"])


@pytest.fixture
def journal(store, items):
    return store.journal(store.job("things", TASK), "ann")


def commit(journal, operation):
    return journal.commit([(operation, SUBJECT)], TASK)[0]


def back(journal, known=lambda _: True):
    """What the newest step that can be taken back is, None when there is none."""
    return next(iter(journal.undoable(known)), None)


def forth(journal):
    return next(iter(journal.redoable(lambda _: True)), None)


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
        return commit(journal, back(journal))

    def redo():
        return commit(journal, forth(journal))

    first, second = items[:2]
    commit(journal, change("1", first, created=[box("x")]))
    commit(journal, change("2", second, created=[box("y")]))
    commit(journal, Operation(id="3", item=second, kind="submit"))
    decided = journal.work(second)
    assert [(undo().operation.kind, journal.work(second).state) for _ in range(2)] == [("submit", "draft"), ("change", "draft")]
    assert undo().operation.item == first
    assert back(journal) is None
    assert (names(journal, first), names(journal, second)) == ([], [])
    assert redo().operation.item == first
    assert [redo().operation.kind for _ in range(2)] == ["change", "submit"]
    assert forth(journal) is None
    assert (names(journal, first), names(journal, second)) == (["x"], ["y"])
    assert journal.work(second) == decided
    assert [undo().operation.item for _ in range(2)] == [second, second]
    commit(journal, change("4", first, created=[box("z")]))
    assert forth(journal) is None
    assert undo().operation.undoes == "4"


def test_only_items_that_are_known_are_undone(journal, items):
    commit(journal, change("1", items[0], created=[box("x")]))
    commit(journal, change("2", items[1], created=[box("y")]))
    assert back(journal, lambda item: item == items[0]).undoes == "1"
    assert back(journal, lambda _: False) is None


def test_workers_and_jobs_are_apart(store, journal, items):
    commit(journal, change("1", items[0], created=[box("x")]))
    other = store.journal(journal.job, "bob")
    assert other.work(items[0]).state == "unlabeled"
    assert back(other) is None
    assert other.find("1") is None
    with pytest.raises(SessionError, match="does not know it"):
        commit(other, change("2", items[0], undoes="1", deleted=["x"]))


@pytest.mark.parametrize(
    ("operation", "error", "text"),
    [
        (change("2", 1, undoes="9"), SessionError, "the store does not know it; reload the item"),
        (change("2", 2, undoes="1"), SessionError, "the store does not know it"),
        (Operation(id="2", item=1, kind="submit", undoes="1"), SchemaError, "/undoes: a submit cannot take back a change"),
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
    (outcome,) = journal.replace([Wish(items[0], lambda present: [*present, box("x"), box("y")], SUBJECT)], TASK)
    assert outcome.sequence == 1
    assert names(journal, items[0]) == ["x", "y"]
    assert journal.replace([Wish(items[0], lambda present: present, SUBJECT)], TASK) == []
    commit(journal, back(journal))
    assert names(journal, items[0]) == []


def test_many_values_are_one_step_or_none_at_all(journal, items):
    def refuse(present):
        raise AnnotationError("no")

    with pytest.raises(AnnotationError):
        journal.replace([Wish(items[0], lambda _: [box("x")], SUBJECT), Wish(items[1], refuse, SUBJECT)], TASK)
    assert journal.last_sequence() == 0
    assert journal.states() == []

    commit(journal, change("1", items[2], created=[box("z")]))
    outcomes = journal.replace([Wish(item, lambda _, name=f"x{item}": [box(name)], SUBJECT) for item in items[:2]], TASK, submit=True)
    assert [(outcome.operation.kind, outcome.operation.item) for outcome in outcomes] == [
        (kind, item) for item in items[:2] for kind in ("change", "submit")
    ]
    steps = journal.undoable(lambda _: True)
    assert len(steps) == 4
    journal.commit([(step, SUBJECT) for step in steps], TASK)
    assert [journal.work(item).state for item in items] == ["draft", "draft", "draft"]
    assert [names(journal, item) for item in items] == [[], [], ["z"]]
    journal.commit([(step, SUBJECT) for step in journal.redoable(lambda _: True)], TASK)
    assert [journal.work(item).state for item in items] == ["submitted", "submitted", "draft"]
    assert len(journal.undoable(lambda _: True)) == 4
    assert [step.undoes for step in journal.undoable(lambda item: item == items[2])] == ["1"]


@pytest.mark.parametrize("kind", ["submit", "skip"])
def test_taking_back_a_decision_restores_what_was_before(journal, items, kind):
    untouched, draft, imported = items
    commit(journal, change("1", draft, created=[box("x")]))
    journal.take_in([(imported, label([box("theirs")], 1))])
    before = [journal.work(item) for item in items]
    for item in items:
        commit(journal, Operation(id=f"{kind}-{item}", item=item, kind=kind))
    after = [journal.work(item) for item in items]
    for _ in items:
        assert commit(journal, back(journal)).role == "undo"
    assert [journal.work(item) for item in items] == before
    assert journal.work(untouched).state == "unlabeled"
    for _ in items:
        assert commit(journal, forth(journal)).role == "redo"
    assert [journal.work(item) for item in items] == after


def test_what_was_drawn_since_outlives_the_taking_back_of_a_submission(journal, items):
    commit(journal, Operation(id="1", item=items[0], kind="submit"))
    commit(journal, change("2", items[0], created=[box("x")]))
    commit(journal, Operation(id="3", item=items[0], kind="submit", undoes="1"))
    assert names(journal, items[0]) == ["x"]
    assert journal.work(items[0]).state == "draft"
    assert journal.work(items[0]).submitted is None


@pytest.mark.parametrize(("basis", "since"), [("", None), ("0", None), (None, 0)])
def test_what_was_changed_unseen_is_not_submitted(journal, items, basis, since):
    commit(journal, change("1", items[0], created=[box("x")]))
    submission = Operation(id="2", item=items[0], kind="submit", basis=basis)
    with pytest.raises(ConflictError, match="look at it, then submit it"):
        journal.commit([(submission, SUBJECT)], TASK, since=since)
    assert journal.work(items[0]).state == "draft"
    seen = Operation(id="2", item=items[0], kind="submit", basis=journal.latest(items[0]))
    assert journal.commit([(seen, SUBJECT)], TASK, since=1)[0].state == "submitted"


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
    journal.commit([(operation, SUBJECT)], task)
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
    assert [back(journal, lambda item, only=item: item == only) is None for item in items] == [True, False, False]
    assert commit(journal, back(journal)).operation.item == draft
    assert commit(journal, back(journal)).operation.item == second
    assert back(journal) is None
    assert names(journal, first) == ["theirs"]


def test_labels_leave_alone_what_was_worked_on_since(journal, items):
    last = journal.last_sequence()
    commit(journal, Operation(id="1", item=items[0], kind="submit"))
    journal.take_in([(item, label([box("theirs")], 1)) for item in items], since=last)
    assert [names(journal, item) for item in items] == [[], ["theirs"], ["theirs"]]


def test_a_retired_operation_is_not_undone(journal, items):
    commit(journal, change("1", items[0], created=[box("x")]))
    commit(journal, change("2", items[0], created=[box("y")]))
    journal.retire(["2"])
    assert back(journal).undoes == "1"


def test_log_holds_change_and_inverse(store, journal, items):
    commit(journal, change("1", items[0], created=[box("x")]))
    with store._database.read() as connection:
        (row,) = connection.execute("SELECT change, inverse, role FROM operations").fetchall()
    assert json.loads(row[0]) == {"created": [box("x")]}
    assert json.loads(row[1])["deleted"] == ["x"]
    assert row[2] == "do"
