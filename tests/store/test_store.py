from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblabel.errors import FrameError, StoreError, TaskError
from nblabel.labels import Instructions, Label
from nblabel.store import Store
from nblabel.store.texts import decode_source, dump_foreign, dump_json, encode_source, load_json
from nblabel.tasks.bounding_box import BoundingBox
from nblabel.tasks.with_attributes import WithAttributes

TASK = BoundingBox(["cat", "dog"])


class Stars(BoundingBox):
    type = "stars"


def test_a_job_is_found_again(store):
    job = store.job("things", TASK)
    assert job.name == job.attribute == "things"
    assert store.job("things", TASK) == job
    assert store.find_job("things")[0] == job


def test_a_job_may_have_a_name_of_its_own(store):
    job = store.job("things", TASK, name="first")
    assert (job.name, job.attribute) == ("first", "things")
    assert store.job("things", TASK) == job
    with pytest.raises(TaskError, match=r"job 'first' writes 'things', not 'others'; give another name="):
        store.job("others", TASK, name="first")


def test_the_task_comes_back(store):
    labels = [Label("cat ", color="#112233", key="c", short_name="C", description="A cat."), "dog"]
    task = BoundingBox(labels, instructions=Instructions(short="Tight.", full="# Tight", good=("a.png",)))
    store.job("things", task)
    _, found = store.find_job("things")
    assert (found.labels, found.instructions) == (task.labels, task.instructions)


@pytest.mark.parametrize("labels", [["dog", "cat"], ["cat", "dog", "bird"], ["bird"]])
def test_labels_may_change(store, labels):
    job = store.job("things", TASK)
    assert store.job("things", BoundingBox(labels)) == job
    assert [label.name for label in store.find_job("things")[1].labels] == labels


def test_another_type_of_task_is_refused(store):
    store.job("things", TASK)
    with pytest.raises(TaskError, match=r"'things' is a job of type 'bounding-box', not 'stars'; give another attribute=.*store="):
        store.job("things", Stars(["cat"]))


def test_attributes_of_items_may_be_added_and_are_not_left_out(store):
    store.job("things", TASK)
    store.job("things", WithAttributes(TASK, ["weather"]))
    assert repr(store.find_job("things")[1]) == f"WithAttributes({TASK!r}, ['weather'])"
    with pytest.raises(TaskError, match=r"'things' has attributes of each item: \['weather'\]; give nl.WithAttributes\(BoundingBox\(.*store="):
        store.job("things", TASK)


def test_another_column_to_tell_items_apart_is_refused(store):
    store.job("things", TASK, identity="number")
    with pytest.raises(FrameError, match=r"by column 'number', not by 'source-ref'; pass key='number'"):
        store.job("things", TASK)


def test_unknown_job_lists_what_there_is(store):
    store.job("things", TASK)
    with pytest.raises(StoreError, match=r"no job for 'animals'; it has \['things'\]"):
        store.find_job("animals")


def test_items_keep_their_ids_in_any_order(store):
    job = store.job("things", TASK)
    first = store.add_items(job, [("a", 0), ("b", 0), ("a", 1)])
    assert len(set(first)) == 3
    again = store.add_items(job, [("c", 0), ("a", 1), ("a", 0)])
    assert again[1:] == [first[2], first[0]]
    assert store.find_items(job, [("b", 0), ("z", 0)]) == [first[1], None]
    assert store.find_items(store.job("others", TASK), [("b", 0)]) == [None]


def test_two_stores_add_the_same_items(store):
    with Store(store.path) as other:
        job = store.job("things", TASK)
        assert store.add_items(job, [("a", 0), ("b", 0)]) == other.add_items(job, [("a", 0), ("b", 0)])
        mine = store.add_items(job, [("c", 0)])
        assert other.add_items(job, [("d", 0), ("c", 0)])[1:] == mine


def test_class_ids_are_learned_once_for_all(store):
    job = store.job("things", TASK)
    assert store.learn(job, TASK).class_ids == {"cat": 0, "dog": 1}
    learned = store.learn(job, TASK, [("zebra", 7), ("bird", 1)])
    assert learned.class_ids == {"cat": 0, "dog": 1, "zebra": 7, "bird": 2}
    assert TASK.class_ids == {"cat": 0, "dog": 1}
    with Store(store.path) as other:
        again = other.job("things", TASK)
        assert other.learn(again, TASK, [("zebra", 9)]).class_ids == learned.class_ids
        assert other.find_job("things")[1].class_ids == learned.class_ids
    assert store.learn(job, BoundingBox(["dog", "cat", "bird"])).class_ids == {"dog": 0, "cat": 1, "bird": 2, "zebra": 7}


@given(st.text() | st.text(st.characters(codec=None)).map(lambda text: "\0" + text))
def test_any_text_can_be_a_source(text):
    encoded = encode_source(text)
    encoded.encode()
    assert decode_source(encoded) == text


def test_sources_that_differ_only_in_lone_surrogates(store):
    job = store.job("things", TASK)
    sources = ["a\ud800", "a\ud801", "a", 'a"\\ud800"', "\0", "", "\0a"]
    ids = store.add_items(job, [(source, 0) for source in sources])
    assert len(set(ids)) == len(sources)
    assert store.find_items(job, [(source, 0) for source in sources]) == ids


ANY_TEXT = st.text(st.characters(codec=None))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
        lambda part: st.lists(part) | st.dictionaries(ANY_TEXT, part),
    )
)
def test_json_of_any_kind_comes_back(value):
    text = dump_foreign(value)
    text.encode()
    assert repr(load_json(text)) == repr(value)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_lacks(number):
    assert repr(load_json(dump_foreign([number]))) == repr([number])
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_json([number])
