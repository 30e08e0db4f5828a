from __future__ import annotations

import copy
import json
import re
import warnings

import numpy as np
import pandas as pd
import pytest

from nblabel import read_manifest, storage, write_manifest
from nblabel.binding import Binding, join
from nblabel.errors import FrameError, MediaError, StorageError, StoreError, TaskError
from nblabel.session import Session
from nblabel.store import Store
from nblabel.tasks.bounding_box import BoundingBox
from nblabel.tasks.named_entity_recognition import NamedEntityRecognition
from nblabel.tasks.text_classification import TextClassification

BOX = {"label": "dog", "left": 1, "top": 2, "width": 10, "height": 20}
LABEL = {
    "image_size": [{"width": 64, "height": 48, "depth": 3}],
    "annotations": [{"class_id": 1, "top": 2, "left": 1, "height": 20, "width": 10}],
}
METADATA = {
    "objects": [{"confidence": 0.93}],
    "class-map": {"1": "dog"},
    "type": "groundtruth/object-detection",
    "human-annotated": "yes",
    "creation-date": "2024-03-04T09:51:00.148118",
    "job-name": "labeling-job/toys",
}

inplace = pytest.mark.filterwarnings("ignore:The inplace keyword")


def session_of(binding):
    return Session(binding.journal, binding.task, binding, name="test")


def submit(binding, index, annotation=(BOX,)):
    session = session_of(binding)
    session.move(index)
    session.set_annotation(index, list(annotation))
    session.submit(session.current)
    return binding.write(index)


def skip(binding, index):
    session = session_of(binding)
    session.move(index)
    session.skip(session.current)
    return binding.write(index)


def labeled(frame, attribute="things"):
    return [None if cell is None or cell is pd.NA else len(cell["annotations"]) for cell in frame[attribute]]


def test_columns_are_there_and_empty(frame, bind):
    bind(frame)
    assert list(frame.columns) == ["source-ref", "things", "things-metadata"]
    assert list(frame["things"]) == list(frame["things-metadata"]) == [None] * 4
    assert frame["things"].dtype == frame["things-metadata"].dtype == object


def test_row_is_written_as_ground_truth_writes_it(frame, bind):
    binding = bind(frame)
    submit(binding, 1)
    assert frame["things"][1] == LABEL
    metadata = frame["things-metadata"][1]
    assert list(metadata) == list(METADATA)
    assert metadata["job-name"] == "labeling-job/things"
    assert metadata["objects"] == [{"confidence": 0}]
    assert labeled(frame) == [None, 1, None, None]


def test_a_new_frame_shows_all_earlier_work(frame, bind):
    binding = bind(frame)
    submit(binding, 1)
    submit(binding, 2, [])
    skip(binding, 0)
    again = pd.DataFrame({"source-ref": frame["source-ref"]})
    bind(again)
    pd.testing.assert_frame_equal(again, frame)


def test_drafts_and_skipped_items_have_no_label(frame, bind):
    binding = bind(frame)
    skip(binding, 0)
    session_of(binding).set_annotation(1, [BOX])
    binding.write(1)
    assert list(frame["things"]) == list(frame["things-metadata"]) == [None] * 4
    bind(frame)
    assert list(frame["things"]) == [None] * 4


def test_changes_wait_for_the_next_submission(frame, bind):
    binding = bind(frame)
    submit(binding, 0)
    session_of(binding).set_annotation(0, [BOX, BOX])
    binding.write(0)
    assert labeled(frame)[0] == 1
    submit(binding, 0, [BOX, BOX])
    assert labeled(frame)[0] == 2


def test_class_ids_follow_the_present_order_of_labels(frame, bind):
    submit(bind(frame), 0)
    bind(frame, task=BoundingBox(["dog", "cat", "bird"]))
    assert frame["things"][0]["annotations"][0]["class_id"] == 0
    assert frame["things-metadata"][0]["class-map"] == {"0": "dog"}


@pytest.mark.parametrize("index", [[7, 7, 7, 7], ["x", "y", "x", "z"], pd.date_range("2024", periods=4)])
def test_any_index_will_do(frame, bind, index):
    frame.index = index
    binding = bind(frame)
    submit(binding, 2)
    assert labeled(frame) == [None, None, 1, None]


def test_rows_that_repeat_are_items_of_their_own(folder, bind):
    frame = pd.DataFrame({"source-ref": ["a.png", "b.png", "a.png", "a.png"]})
    submit(bind(frame), 2)
    assert labeled(frame) == [None, None, 1, None]
    again = pd.DataFrame({"source-ref": ["a.png", "a.png", "b.png"]})
    bind(again)
    assert labeled(again) == [None, 1, None]


def test_a_key_tells_rows_apart(folder, bind):
    frame = pd.DataFrame({"source-ref": ["a.png", "a.png"], "number": [7, 8]})
    submit(bind(frame, key="number"), 1)
    again = pd.DataFrame({"source-ref": ["a.png", "a.png"], "number": ["8", "7"]})
    bind(again, key="number")
    assert labeled(again) == [1, None]


@inplace
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda frame: frame.sort_values("source-ref", ascending=False, inplace=True), {"b.png": 1}),  # noqa: PD002 - what is tested
        (lambda frame: frame.drop(index=0, inplace=True), {"b.png": 1}),  # noqa: PD002 - what is tested
        (lambda frame: frame.drop(index=1, inplace=True), {}),  # noqa: PD002 - what is tested
        (lambda frame: frame.reset_index(drop=True, inplace=True), {"b.png": 1}),  # noqa: PD002 - what is tested
        (lambda frame: frame.insert(0, "first", 0), {"b.png": 1}),
        (lambda frame: frame.__setitem__("source-ref", list(reversed(frame["source-ref"]))), {"b.png": 1}),
        (lambda frame: frame.loc.__setitem__(9, {"source-ref": "z.png"}), {"b.png": 1}),
    ],
    ids=["sorted", "filtered", "its row dropped", "index reset", "column added", "sources moved", "row appended"],
)
def test_the_row_is_found_after_the_frame_was_changed_in_place(frame, bind, change, expected):
    binding = bind(frame)
    change(frame)
    submit(binding, 1)
    assert {source: 1 for source, label in zip(frame["source-ref"], frame["things"], strict=True) if isinstance(label, dict)} == expected


def test_columns_that_were_taken_away_are_made_again(frame, bind):
    binding = bind(frame)
    submit(binding, 0)
    del frame["things"], frame["things-metadata"]
    submit(binding, 1)
    assert labeled(frame) == [1, 1, None, None]


@pytest.mark.parametrize("values", [[np.nan] * 4, [""] * 4, pd.array([None] * 4, dtype="string"), pd.Categorical([None] * 4)])
def test_a_column_of_another_kind_becomes_an_object_column(frame, bind, values, caplog):
    frame["things"] = values
    binding = bind(frame)
    strange = isinstance(values, list) and values[0] == ""
    assert ("4 cells of 'things' do not hold labels of BoundingBox" in caplog.text) == strange
    submit(binding, 0)
    assert frame["things"].dtype == object
    assert frame["things"][0] == LABEL


def test_a_filtered_frame_is_written_without_warning(frame, bind):
    part = frame[frame["source-ref"] > "b.png"]
    submit(bind(part), 0)
    assert labeled(part) == [1, None]
    assert "things" not in frame


def chained(**more):
    return pd.DataFrame(
        {
            "source-ref": ["a.png", "b.png", "c.png"],
            "things": pd.Series([LABEL, None, more.get("label", LABEL)], dtype=object),
            "things-metadata": pd.Series([METADATA, None, {**METADATA, **more.get("metadata", {})}], dtype=object),
        }
    )


def test_labels_of_a_chained_manifest_count_as_submitted(folder, bind):
    frame = chained()
    before = json.dumps(frame["things"].tolist() + frame["things-metadata"].tolist())
    binding = bind(frame)
    session = session_of(binding)
    assert session.progress.submitted == 2
    assert session.current == 1
    assert session.annotation(0) == [BOX]
    assert json.dumps(frame["things"].tolist() + frame["things-metadata"].tolist()) == before
    bare = pd.DataFrame({"source-ref": ["c.png", "a.png"]})
    bind(bare)
    assert bare["things"].tolist() == [LABEL, LABEL]
    assert bare["things-metadata"][1] == METADATA


def test_a_class_the_task_lacks_survives_submission(folder, bind):
    frame = chained(metadata={"class-map": {"1": "bird"}})
    binding = bind(frame)
    session = session_of(binding)
    session.move(2)
    session.submit(session.current)
    binding.write(2)
    assert frame["things-metadata"][2]["class-map"] == {"2": "bird"}


@pytest.mark.parametrize("label", [3, "s3://bucket/mask.png", {"annotations": 1}, [1]])
def test_what_cannot_be_read_stays_until_it_is_submitted(folder, bind, label, caplog):
    frame = chained(label=label)
    binding = bind(frame)
    assert re.search("1 cells of 'things'.*each stays as it is until its item is submitted", caplog.text)
    assert session_of(binding).progress.submitted == 1
    assert frame["things"][2] == label
    submit(binding, 2)
    assert frame["things"][2] == LABEL


def test_the_newer_of_frame_and_store_wins(folder, bind):
    bind(chained())
    older = {"creation-date": "2023-01-01T00:00:00"}
    newer = {"creation-date": "2025-01-01T00:00:00.5Z"}
    empty = {**LABEL, "annotations": []}
    frame = chained(label=empty, metadata=older)
    bind(frame)
    assert labeled(frame) == [1, None, 1]
    frame = chained(label=empty, metadata=newer)
    bind(frame)
    assert labeled(frame) == [1, None, 0]
    frame = chained()
    bind(frame)
    assert labeled(frame) == [1, None, 0]


def test_a_label_in_the_frame_counts_more_than_having_been_skipped(folder, bind):
    binding = bind(pd.DataFrame({"source-ref": ["a.png", "b.png", "c.png"]}))
    skip(binding, 0)
    frame = chained()
    assert session_of(bind(frame)).progress.submitted == 2
    assert frame["things"][0] == LABEL
    bare = pd.DataFrame({"source-ref": ["a.png"]})
    bind(bare)
    assert bare["things"][0] == LABEL


def test_skipping_leaves_a_label_that_cannot_be_read(folder, bind):
    frame = chained(label="scribble")
    for _ in range(2):
        binding = bind(frame)
        skip(binding, 2)
        assert frame["things"][2] == "scribble"


def corrected(frame, row):
    label = copy.deepcopy(frame["things"][row])
    label["annotations"][0]["left"] = 30
    frame.at[row, "things"] = label


@pytest.mark.parametrize("origin", ["submitted here", "of a manifest", "of a manifest without dates"])
def test_a_label_that_was_corrected_by_hand_is_taken_in(folder, bind, origin):
    if origin == "submitted here":
        frame = pd.DataFrame({"source-ref": ["a.png"]})
        submit(bind(frame), 0)
    else:
        frame = chained()
        if origin.endswith("dates"):
            frame["things-metadata"] = [{"class-map": {"1": "dog"}}, None, {"class-map": {"1": "dog"}}]
        bind(frame)
    for _ in range(2):
        corrected(frame, 0)
        binding = bind(frame)
        assert session_of(binding).annotation(0) == [{**BOX, "left": 30}]
        assert frame["things"][0]["annotations"][0]["left"] == 30
    bare = pd.DataFrame({"source-ref": ["a.png"]})
    bind(bare)
    assert bare["things"][0]["annotations"][0]["left"] == 30


def test_what_is_newer_in_the_store_undoes_a_correction_of_an_older_copy(frame, bind):
    binding = bind(frame)
    submit(binding, 0)
    old = frame.copy(deep=True)
    submit(binding, 0, [BOX, BOX])
    corrected(old, 0)
    bind(old)
    assert labeled(old)[0] == 2


@pytest.mark.parametrize("kind", [float, "Int64", "int32", object])
def test_numbers_of_any_kind_tell_the_same_rows_apart(folder, bind, kind):
    frame = pd.DataFrame({"source-ref": ["a.png", "a.png"], "number": [7, 8]})
    binding = bind(frame, key="number")
    frame["number"] = frame["number"].astype(kind)
    assert submit(binding, 1).found
    assert labeled(frame) == [None, 1]
    again = pd.DataFrame({"source-ref": ["a.png", "a.png"], "number": [8, 7]}).astype({"number": kind})
    bind(again, key="number")
    assert labeled(again) == [1, None]


def test_a_row_that_is_gone_is_reported(frame, bind):
    binding = bind(frame)
    frame["source-ref"] = ["x.png", "b.png", "c.png", "d.png"]
    assert [submit(binding, index).found for index in (0, 1)] == [False, True]
    assert skip(binding, 2) is None


def test_labels_that_number_classes_in_another_way_are_told_of_once(folder, bind, caplog):
    frame = chained(metadata={"class-map": {"0": "dog", "1": "cat"}})
    remedy = r"1 labels of 'things' number their classes in another way than BoundingBox\(\['cat', 'dog'\]\).*order the labels as \['dog', 'cat'\]"
    bind(frame)
    assert re.search(remedy, caplog.text)
    assert len(caplog.records) == 1


def foreign(folder):
    lines = []
    for name, number, kind in (("a.png", 7, "zebra"), ("b.png", 1, "ostrich"), ("c.png", 7, "zebra"), ("d.png", 1, "ostrich")):
        label = {**LABEL, "annotations": [{**LABEL["annotations"][0], "class_id": number}]}
        lines.append(json.dumps({"source-ref": name, "things": label, "things-metadata": {**METADATA, "class-map": {str(number): kind}}}))
    (folder / "in.manifest").write_text("\n".join(lines), encoding="utf-8")
    return read_manifest(folder / "in.manifest")


def test_classes_that_the_task_lacks_have_one_id_on_every_item(folder, bind, store):
    for indices in ((3, 2), (0, 1)):
        frame = foreign(folder)
        binding = bind(frame)
        session = session_of(binding)
        for index in indices:
            session.submit(index)
            binding.write(index)
    maps = [cell["class-map"] for cell in frame["things-metadata"]]
    assert maps == [{"7": "zebra"}, {"2": "ostrich"}, {"7": "zebra"}, {"2": "ostrich"}]
    other = pd.DataFrame({"source-ref": ["b.png"]})
    assert join(other, "things")["things-metadata"][0]["class-map"] == {"2": "ostrich"}


def test_looking_for_labels_keeps_none_of_them(folder, bind):
    for _ in range(2):
        frame = foreign(folder)
        bind(frame)
        assert not frame["things"].array._looked_at
        assert not frame["things-metadata"].array._looked_at


def test_a_manifest_keeps_untouched_lines_byte_for_byte(folder, bind):
    lines = [
        json.dumps({"source-ref": "a.png", "things": LABEL, "things-metadata": METADATA}),
        '{"source-ref": "b.png", "n": 0.0}',
        '{"source-ref": "c.png", "things": null}',
    ]
    (folder / "in.manifest").write_text("\n".join(lines) + "\n", encoding="utf-8")
    frame = read_manifest(folder / "in.manifest")
    binding = bind(frame)
    submit(binding, 1, [])
    write_manifest(frame, folder / "out.manifest")
    written = (folder / "out.manifest").read_text(encoding="utf-8").splitlines()
    assert [written[0], written[2]] == [lines[0], lines[2]]
    line = json.loads(written[1])
    assert list(line) == ["source-ref", "n", "things", "things-metadata"]
    assert line["things"] == {**LABEL, "annotations": []}


def test_skipping_takes_no_label_away(frame, bind):
    binding = bind(frame)
    submit(binding, 0)
    label = frame.at[0, "things"]
    skip(binding, 0)
    assert frame.at[0, "things"] == label
    bind(frame)
    assert frame.at[0, "things"] == label


def test_media_is_looked_up_in_the_manifest_s_folder_then_root_then_here(folder, bind, monkeypatch):
    places = {"photos": "a.png", "root": "b.png", "here": "c.png"}
    for place, name in places.items():
        (folder / place).mkdir()
        for later in list(places.values())[list(places).index(place) :]:
            (folder / place / later).write_bytes(place.encode())
        assert name
    (folder / "photos" / "in.manifest").write_text("".join(f'{{"source-ref": "{name}"}}\n' for name in places.values()), encoding="utf-8")
    (folder / "photos" / "c.png").unlink()
    (folder / "photos" / "b.png").unlink()
    (folder / "root" / "c.png").unlink()
    frame = read_manifest(folder / "photos" / "in.manifest")
    binding = bind(frame, root=folder / "root")
    monkeypatch.chdir(folder / "here")
    assert [binding.load(index) for index in range(3)] == [b"photos", b"root", b"here"]


def test_media_on_s3(folder, bind, bucket):
    lines = ["a.png", "b.png", f"{bucket}/elsewhere/c.png", str(folder / "a.png")]
    storage.write_bytes_atomic(f"{bucket}/photos/in.manifest", [f'{{"source-ref": "{name}"}}\n'.encode() for name in lines])
    for key in ("photos/a.png", "base/b.png", "elsewhere/c.png"):
        storage.write_bytes_atomic(f"{bucket}/{key}", [key.encode()])
    binding = bind(read_manifest(f"{bucket}/photos/in.manifest"), root=f"{bucket}/base/")
    assert [binding.load(index) for index in range(3)] == [b"photos/a.png", b"base/b.png", b"elsewhere/c.png"]
    assert binding.load(3) == (folder / "a.png").read_bytes()
    submit(binding, 3)
    write_manifest(binding.frame, f"{bucket}/out.manifest")
    assert read_manifest(f"{bucket}/out.manifest")["things"].tolist()[3] == binding.frame.at[3, "things"]


def test_absolute_paths_and_file_urls(folder, bind):
    path = folder / "a.png"
    frame = pd.DataFrame({"source-ref": [str(path), path.as_uri()]})
    binding = bind(frame)
    assert binding.load(0) == binding.load(1) == path.read_bytes()
    assert binding.name(0) == str(path)


@pytest.mark.parametrize(
    ("source", "error", "text"),
    [
        ("nowhere.png", StorageError, "no such file"),
        ("s3://bucket/cat.png", StorageError, "S3 cannot be reached"),
        (None, MediaError, "row 1 has no 'source-ref'"),
        (float("nan"), MediaError, "row 1 has no 'source-ref'"),
    ],
)
def test_media_that_cannot_be_found(folder, bind, source, error, text):
    binding = bind(pd.DataFrame({"source-ref": ["a.png", source]}))
    with pytest.raises(error, match=text):
        binding.load(1)
    assert binding.name(1)


def test_strange_texts_are_items_too(bind, folder):
    frame = pd.DataFrame({"source-ref": pd.Series(["\ud800.png", "\0", "", 5], dtype=object)})
    binding = bind(frame)
    skip(binding, 0)
    assert session_of(bind(frame)).progress.skipped == 1


@pytest.mark.parametrize(
    ("columns", "options", "text"),
    [
        ({"photo": ["a.png"]}, {}, r"no column 'source-ref' or 'source', only \['photo'\].*source="),
        ({"source-ref": ["a.png"], "source": ["b"]}, {}, "both 'source-ref' and 'source'.*source='source-ref'"),
        ({"source-ref": ["a.png"]}, {"source": "photo"}, "no column 'photo'"),
        ({"source-ref": ["a.png"]}, {"key": "number"}, "no column 'number'"),
        ({"source-ref": []}, {}, "no rows"),
        ({"photo": ["a.png"]}, {"source": "photo", "attribute": "photo"}, "labels need a column of their own"),
        ({"source-ref": ["a.png"]}, {"attribute": "my things"}, "'my things' cannot be a label attribute.*'my-things'"),
        ({"source-ref": ["a.png"]}, {"attribute": "things-metadata"}, "kept for metadata"),
        ({"source-ref": ["a.png"]}, {"attribute": "things-ref"}, "only labels that are files may end in '-ref'.*'things'"),
    ],
)
def test_frame_that_cannot_be_bound(folder, bind, columns, options, text):
    frame = pd.DataFrame(columns)
    with pytest.raises(FrameError, match=text):
        bind(frame, **options)
    assert list(frame.columns) == list(columns)


@pytest.mark.parametrize("name", ["source-ref", "things", "things-metadata"])
def test_columns_of_the_same_name(folder, bind, name):
    frame = pd.DataFrame([["a.png", None, None, None]], columns=["source-ref", "things", "things-metadata", name])
    with pytest.raises(FrameError, match=f"several columns named '{name}'; rename or drop"):
        bind(frame)


def test_labels_that_are_files_need_an_attribute_that_says_so(frame, bind):
    class Masks(BoundingBox):
        reference = True

    with pytest.raises(FrameError, match="must end in '-ref'; use 'things-ref'"):
        bind(frame, task=Masks(["cat"]))


def test_a_job_of_another_type_leaves_the_frame_alone(frame, bind):
    class Stars(BoundingBox):
        type = "stars"

    bind(frame.copy())
    with pytest.raises(TaskError, match="another attribute="):
        bind(frame, task=Stars(["cat"]))
    assert list(frame.columns) == ["source-ref"]


def test_another_source_column(folder, bind):
    frame = pd.DataFrame({"photo": ["a.png", "b.png"]})
    submit(bind(frame, source="photo"), 1)
    assert labeled(frame) == [None, 1]


def test_join_fills_any_frame_that_holds_the_same_items(frame, bind, store):
    submit(bind(frame), 1)
    other = pd.DataFrame({"n": [1, 2, 3], "source-ref": ["x.png", "b.png", "b.png"]}, index=[5, 5, 6])
    assert join(other, "things") is other
    assert labeled(other) == [None, 1, None]
    assert list(other["things-metadata"])[1] == frame["things-metadata"][1]
    empty = pd.DataFrame({"source-ref": []})
    assert list(join(empty, "things", store=store.path).columns) == ["source-ref", "things", "things-metadata"]


def test_join_by_the_key_of_the_job(folder, bind):
    submit(bind(pd.DataFrame({"source-ref": ["a.png", "a.png"], "number": [7, 8]}), key="number"), 1)
    assert labeled(join(pd.DataFrame({"number": [8]}), "things")) == [1]
    with pytest.raises(FrameError, match="no column 'number'"):
        join(pd.DataFrame({"source-ref": ["a.png"]}), "things")


def test_join_makes_no_store(tmp_path):
    with pytest.raises(StoreError, match="there is no such file; pass store="):
        join(pd.DataFrame({"source-ref": ["a.png"]}), "things", store=tmp_path / "store.db")
    assert not (tmp_path / "store.db").exists()


def test_binding_again_writes_nothing(folder, bind):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = chained()
        cells = list(frame["things"])
        bind(frame)
        bind(frame)
    assert all(one is other for one, other in zip(frame["things"], cells, strict=True))


def test_it_is_the_very_frame(frame, bind):
    binding = bind(frame)
    assert isinstance(binding, Binding)
    assert binding.frame is frame


def test_metadata_whose_name_does_not_pair_tell_the_classes(tmp_path):
    about = {"class-name": "Owl", "confidence": 0.5, "type": "groundtruth/text-classification", "job-name": "birds"}
    frame = pd.DataFrame({"source": ["a", "b"], "bird": ["3", None], "species-metadata": [about, None]})
    with Store(tmp_path / "store.db") as store:
        binding = Binding(frame, "bird", TextClassification(["Duck", "Owl"]), store)
        assert binding.task.annotation(binding.journal.work(binding.ids[0]).value) == "Owl"
        assert frame.loc[0, "bird"] == "3"
        assert frame["bird-metadata"].isna().all()


def test_offsets_in_utf_16_units_become_code_points_and_unclear_ones_are_told_of(tmp_path, caplog):
    def label(start, end):
        return {"annotations": {"entities": [{"label": "Person", "startOffset": start, "endOffset": end}], "labels": []}}

    texts = ["\U0001f600 Ada", "\U0001f600 Ada Lovelace", "plain Ada", "\U0001f600"]
    about = {"type": "groundtruth/text-span", "human-annotated": "yes"}
    frame = pd.DataFrame({"source": texts, "names": [label(3, 6), label(3, 6), label(6, 9), label(5, 9)], "names-metadata": [about] * 4})
    with Store(tmp_path / "store.db") as store:
        binding = Binding(frame, "names", NamedEntityRecognition(["Person"]), store)
        spans = [binding.journal.work(item).value for item in binding.ids[:3]]
        assert [(span["start"], span["end"]) for (span,) in spans] == [(2, 5), (3, 6), (6, 9)]
        assert binding.journal.work(binding.ids[3]).value is None
    assert "1 labels of 'names' have offsets that fit their texts as code points and as UTF-16 units" in caplog.text
    assert "1 cells of 'names' do not hold labels" in caplog.text
    assert frame.loc[0, "names"] == label(3, 6)
