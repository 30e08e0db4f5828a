"""Labels as tidy frames, of every kind that Ground Truth writes."""

import io
import json
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nblabel as nl
from nblabel.errors import FrameError
from nblabel.manifest.kinds import kind_of

FIXTURES = Path(__file__).parents[1] / "fixtures" / "manifests"


def read(*lines):
    return nl.read_manifest(io.BytesIO("".join(json.dumps(line) + "\n" for line in lines).encode()))


def item(label, kind, name="x", **metadata):
    return {"source-ref": "s3://b/a", name: label, f"{name}-metadata": {"type": f"groundtruth/{kind}", **metadata}}


def records(table):
    """Return the rows as plain data, None for what is missing."""
    return [
        {name: value if isinstance(value, list | dict) or pd.notna(value) else None for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def boxes(*parts, **metadata):
    annotations = [dict(zip(["class_id", "left", "top", "width", "height"], part, strict=True)) for part in parts]
    return item({"annotations": annotations}, "object-detection", **{"class-map": {"0": "cat", "1": "dog"}, **metadata})


class TestBoxes:
    def test_rows_keep_their_index(self):
        df = read(boxes((0, 1, 2, 3, 4), (1, 5, 6, 7, 8.5)), {"source-ref": "s3://b/b"}, boxes((1, 0, 0, 1, 1)))
        df.index = ["u", "v", "u"]
        table = df.nblabel.annotations("x")

        assert table.index.tolist() == ["u", "u", "u"]
        assert table.columns.tolist() == ["label", "left", "top", "width", "height", "confidence"]
        assert table["label"].tolist() == ["cat", "dog", "dog"]
        assert table["height"].tolist() == [4.0, 8.5, 1.0]
        assert all(table[name].dtype == float for name in table.columns[1:])

    def test_row_without_boxes_is_there_once(self):
        table = read(boxes(), boxes((0, 1, 2, 3, 4)), boxes()).nblabel.annotations("x")

        assert table.index.tolist() == [0, 1, 2]
        assert table["label"].isna().tolist() == [True, False, True]
        assert table["label"].groupby(level=0).count().tolist() == [0, 1, 0]

    def test_confidence_of_each(self):
        df = read(boxes((0, 1, 2, 3, 4), (1, 1, 2, 3, 4), objects=[{"confidence": 0.9}, {"confidence": 0}]), boxes((0, 1, 2, 3, 4)))

        assert df.nblabel.annotations("x")["confidence"].fillna(-1).tolist() == [0.9, 0.0, -1.0]

    def test_adjusted(self):
        df = read(boxes(), boxes((0, 1, 2, 3, 4), **{"adjustment-status": "adjusted"}))

        assert records(df.nblabel.annotations("x"))[1]["adjustment-status"] == "adjusted"
        assert "adjustment-status" not in df.iloc[:1].nblabel.annotations("x")

    def test_label_that_cannot_be_read(self, caplog):
        df = read(boxes((0, 1, 2, 3, 4)), {**boxes(), "x": [1]}, boxes((0, 1, 2, 3, 4)))
        table = df.nblabel.annotations("x")

        assert table["label"].isna().tolist() == [False, True, False]
        assert "expected an object with 'annotations'" in table["problem"].iloc[1]
        assert table["problem"].isna().tolist() == [True, False, True]
        assert "1 of x could not be read: expected an object with 'annotations'" in caplog.text

    def test_leads_back_to_the_rows(self):
        df = read(boxes((0, 1, 2, 3, 4), (1, 1, 2, 3, 4)), boxes()).assign(site=["A", "B"])

        assert df[["site"]].join(df.nblabel.annotations("x"))["site"].tolist() == ["A", "A", "B"]


class TestOtherKinds:
    def test_verification(self):
        df = read(
            item(1, "label-verification", **{"class-name": "bad", "confidence": 0.93, "worker-feedback": [{"comment": "too wide"}, {}]}),
            item(0, "label-verification"),
        )

        assert records(df.nblabel.annotations("x")) == [
            {"label": "bad", "comments": ["too wide"], "confidence": 0.93},
            {"label": "#0", "comments": [], "confidence": None},
        ]

    def test_video_classification(self):
        df = read(item(2, "video-classification", **{"class-name": "jump", "confidence": 1}))

        assert records(df.nblabel.annotations("x")) == [{"label": "jump", "confidence": 1.0}]

    def test_spans_have_their_text(self):
        entities = [{"startOffset": 0, "endOffset": 3, "label": "Person"}, {"startOffset": 4, "endOffset": 5, "label": "Face"}]
        lines = [
            item({"annotations": {"entities": part, "labels": []}}, "text-span", entities=[{"confidence": 0.5}] * len(part))
            for part in [entities, []]
        ]
        df = read(*({"source": text, **line} for text, line in zip(["Ada 😀", "nobody"], lines, strict=True)))

        first, second, empty = records(df.nblabel.annotations("x"))
        assert first == {"label": "Person", "text": "Ada", "startOffset": 0, "endOffset": 3, "confidence": 0.5}
        assert (second["label"], second["text"]) == ("Face", "😀")
        assert set(empty.values()) == {None}

    def test_offsets_in_utf16_units_become_code_points(self):
        line = item({"annotations": {"entities": [{"startOffset": 5, "endOffset": 8, "label": "Person"}], "labels": []}}, "text-span")
        (row,) = records(read({**line, "source": "😀😀 Ada"}).nblabel.annotations("x"))

        assert (row["text"], row["startOffset"], row["endOffset"]) == ("Ada", 3, 6)

    def test_cuboids(self):
        cuboid = {
            "class-id": 0,
            "object-name": "car:1",
            "center-x": 1.5,
            "center-y": 2,
            "center-z": 3,
            "length": 4,
            "width": 2,
            "height": 1,
            "yaw": 0.5,
        }
        df = read(item({"annotations": [cuboid]}, "point_cloud_object_detection", class_map={"0": "car"}))

        (row,) = records(df.nblabel.annotations("x"))
        assert row == {"label": "car", **{key: value for key, value in cuboid.items() if key != "class-id"}, "confidence": None}

    def test_custom(self):
        df = read(item({"a": 1}, "custom"), item([{"label": "cat"}, 2], "Custom"), item(None, "custom"))

        assert records(df.nblabel.annotations("x")) == [
            {"label": None, "value": {"a": 1}, "confidence": None},
            {"label": "cat", "value": {"label": "cat"}, "confidence": None},
            {"label": None, "value": 2, "confidence": None},
        ]

    def test_answers_that_nobody_consolidated(self):
        df = read({"source": "a", "x-metadata": {"type": "groundtruth/custom", "worker-response-ref": "s3://b/1.json", "job-name": "q"}})

        assert records(df.nblabel.annotations("x")) == [{"label": None, "value": {"worker-response-ref": "s3://b/1.json"}, "confidence": None}]

    def test_kinds_in_one_attribute(self):
        df = read(item(1, "label-verification", **{"class-name": "bad"}), boxes((0, 1, 2, 3, 4)), item(1, "unheard-of"))
        table = df.nblabel.annotations("x")

        assert table.index.tolist() == [0, 1, 2]
        assert table["left"].fillna(-1).tolist() == [-1, 1, -1]
        assert table["value"].iloc[2] == 1

    def test_no_kind_is_read_in_two_places(self):
        from nblabel.manifest.kinds import _KINDS
        from nblabel.tasks import label_reader

        assert not [name for name in _KINDS if label_reader(name) is not None]


class TestFiles:
    @pytest.fixture
    def label(self, tmp_path):
        """Return a function that reads a frame with a label of a kind that refers to a file."""

        def labeled(content, kind, **metadata):
            (tmp_path / "out").mkdir()
            (tmp_path / "out" / "label").write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
            line = item("out/label", kind, "x-ref", **metadata)
            (tmp_path / "a.manifest").write_text(json.dumps(line), encoding="utf-8")
            return records(nl.read_manifest(tmp_path / "a.manifest").nblabel.annotations("x-ref"))

        return labeled

    def test_detection_in_video(self, label):
        box = {"left": 1, "top": 2, "width": 3, "height": 4, "label-category-attributes": {"occluded": "no"}}
        frames = [
            {
                "annotations": [{**box, "class-id": "0"}, {**box, "class-id": "7"}],
                "frame-no": "0",
                "frame": "f0.jpeg",
                "frame-attributes": {"wet": "no"},
            },
            {"annotations": [], "frame-no": "1", "frame": "f1.jpeg", "frame-attributes": {}},
        ]
        first, second, empty = label({"detection-annotations": frames}, "video-object-detection", **{"class-map": {"0": "car"}})

        assert first == {"label": "car", **box, "frame-no": 0, "frame": "f0.jpeg", "frame-attributes": {"wet": "no"}, "confidence": None}
        assert second["label"] == "#7"
        assert (empty["label"], empty["frame-no"], empty["frame"], empty["left"]) == (None, 1, "f1.jpeg", None)

    @pytest.mark.parametrize(
        ("shapes", "part"), [("polygons", {"vertices": [{"x": 1, "y": 2}]}), ("polylines", {"vertices": []}), ("keypoints", {"x": 1, "y": 2})]
    )
    def test_shapes_of_inferred_form(self, label, shapes, part):
        frame = {shapes: [{"class-id": "0", "object-id": "u1", **part}], "frame-no": 0, "frame": "f0.jpeg"}
        (row,) = label({"tracking-annotations": [frame]}, "video-object-tracking", **{"class-map": {"0": "car"}})

        assert row.items() >= {"label": "car", "object-id": "u1", "frame-no": 0, **part}.items()

    def test_tracking_in_point_clouds_linked_to_cameras(self, label):
        cuboid = {"class-id": 0, "object-id": "u1", "center-x": 1.0, "yaw": 0.5}
        box = {"class-id": 0, "object-id": "u1", "left": 5, "width": 6}
        content = {
            "lidar": {"tracking-annotations": [{"frame-number": 0, "frame-name": "0.bin", "annotations": [cuboid]}]},
            "camera-0": {"tracking-annotations": [{"frame-no": 0, "frame": "0.bin", "annotations": [box]}]},
        }
        rows = label(content, "point_cloud_object_tracking", **{"class-map": {"0": "car"}})

        assert [(row["sensor"], row["frame"], row["object-id"], row["center-x"], row["left"]) for row in rows] == [
            ("lidar", "0.bin", "u1", 1.0, None),
            ("camera-0", "0.bin", "u1", None, 5),
        ]

    def test_classes_of_points(self, label):
        ids = np.array([0, 1, 1, 3], np.uint8)
        color_map = {"0": {"class-name": "Background"}, "1": {"class-name": "Car", "confidence": 0.5}}
        rows = label(zlib.compress(ids.tobytes()), "point_cloud_single_frame_semantic_segmentation", **{"color-map": color_map})

        assert rows == [
            {"label": "Background", "points": 1, "share": 0.25, "confidence": None},
            {"label": "Car", "points": 2, "share": 0.5, "confidence": 0.5},
            {"label": "#3", "points": 1, "share": 0.25, "confidence": None},
        ]

    @pytest.mark.parametrize(
        ("content", "kind", "problem"),
        [
            (b"{", "video-object-tracking", "expected a JSON file"),
            (b"[" * 100_000, "video-object-tracking", "expected a JSON file"),
            ([], "video-object-tracking", "expected an object with one of"),
            ({"tracking-annotations": [1]}, "video-object-tracking", "/tracking-annotations/0: expected a frame"),
            ({"tracking-annotations": [{"annotations": [{}]}]}, "video-object-tracking", "/tracking-annotations/0/annotations/0: .* 'class-id'"),
            (b"text", "point_cloud_single_frame_semantic_segmentation", "compressed by zlib"),
            (zlib.compress(b"\1" * 999)[:-9], "point_cloud_single_frame_semantic_segmentation", "cut off"),
        ],
    )
    def test_broken_file(self, label, content, kind, problem):
        (row,) = label(content, kind)

        assert row["label"] is None
        assert pd.Series([row["problem"]]).str.contains(problem).all()

    def test_missing_file(self, tmp_path):
        df = read(item(str(tmp_path / "none.json"), "video-object-tracking", "x-ref"))

        assert "no such file" in df.nblabel.annotations("x-ref")["problem"].iloc[0]


class TestAttributes:
    def test_counts(self):
        who = [{"human-annotated": "yes", "job-name": "labeling-job/one"}, {"human-annotated": "no", "job-name": "two"}]
        df = read(boxes(**who[0]), boxes(**who[0]), {"source-ref": "s3://b/c"}, boxes(**who[1]))

        assert records(df.nblabel.attributes) == [
            {"attribute": "x", "type": "groundtruth/object-detection", "job": "one, two", "labeled": 3, "human": 2, "machine": 1, "unlabeled": 1}
        ]

    def test_none(self):
        table = read({"source": "a", "page": 1}).nblabel.attributes

        assert table.empty
        assert "attribute" in table

    @pytest.mark.parametrize("path", sorted(FIXTURES.glob("out-*.manifest")), ids=lambda path: path.stem)
    def test_attributes_of_every_task(self, path):
        df = nl.read_manifest(path)
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        names = dict.fromkeys(key for line in lines for key in line if key.endswith("-metadata") and key != "source-ref-metadata")

        table = df.nblabel.attributes.set_index("attribute")
        assert set(table.index) == {name.removesuffix("-metadata") for name in names}
        for name, row in table.iterrows():
            assert row["labeled"] == sum(f"{name}-metadata" in line for line in lines)
            assert kind_of(row["type"]) or row["type"].startswith("groundtruth/")


class TestNames:
    def test_lone_surrogates(self):
        line = boxes((0, 1, 2, 3, 4), **{"class-map": {"0": "\ud800"}})
        df = read({"source-ref": "s3://b/a", "\ud801": line["x"], "\ud801-metadata": line["x-metadata"]})

        assert df.nblabel.attributes["attribute"].tolist() == ["\ud801"]
        assert df.nblabel.annotations("\ud801")["label"].tolist() == ["\ud800"]

    def test_trailing_blanks(self):
        table = read(boxes((0, 1, 2, 3, 4), **{"class-map": {"0": "cat "}})).nblabel.annotations("x")

        assert table["label"].tolist() == ["cat "]


class TestPairs:
    def test_names_that_do_not_pair(self):
        df = read(
            {"source-ref": "a", "page": 1, "cats#1": boxes((0, 1, 2, 3, 4))["x"], "job-metadata": boxes()["x-metadata"]},
            {"source-ref": "b", "page": 2},
        )

        assert df.nblabel.attributes["attribute"].tolist() == ["cats#1"]
        assert df.nblabel.annotations("cats#1")["label"].tolist() == ["cat"]

    def test_several_columns_that_may_be_the_label(self):
        df = read(
            {"source-ref": "a", "cats": boxes((0, 1, 2, 3, 4))["x"], "dogs": boxes((0, 1, 2, 3, 4))["x"], "job-metadata": boxes()["x-metadata"]}
        )

        assert df.nblabel.attributes["attribute"].tolist() == ["job"]
        assert df.nblabel.annotations("dogs")["label"].tolist() == ["cat"]

    def test_description_of_a_point_cloud_is_no_label(self):
        df = read({"source-ref": "a", "source-ref-metadata": {"unix-timestamp": 1}})

        assert df.nblabel.attributes.empty

    def test_frame_of_ones_own(self):
        line = boxes((0, 1, 2, 3, 4))
        df = pd.DataFrame({"source-ref": ["a", "b"], "x": [line["x"], None], "x-metadata": [line["x-metadata"], float("nan")]}, index=[5, 5])

        assert df.nblabel.annotations("x").index.tolist() == [5]
        assert df.nblabel.attributes["unlabeled"].tolist() == [1]

    @pytest.mark.parametrize(
        ("name", "text"),
        [("y", r"no label attribute 'y'; it has \['x'\]"), ("page", "'page' has no 'page-metadata' beside it"), ("source-ref", "no label attribute")],
    )
    def test_no_such_attribute(self, name, text):
        df = read({**boxes(), "page": 1})
        with pytest.raises(FrameError, match=text):
            df.nblabel.annotations(name)

    def test_metadata_that_does_not_say_what_it_is(self):
        with pytest.raises(FrameError, match="nothing says what the labels are"):
            read({"source": "a", "x": 1, "x-metadata": {}}).nblabel.annotations("x")

    def test_no_labels(self):
        df = read(boxes(), {"source-ref": "b"}).iloc[1:]

        assert df.nblabel.annotations("x").empty
        assert "label" in df.nblabel.annotations("x")


def test_what_is_told_of_half_a_surrogate_pair_can_be_told():
    label = pd.Series(["\ud800"], dtype=object)
    frame = pd.DataFrame({"source-ref": ["a.png"], "x": label, "x-metadata": [{"type": "groundtruth/semantic-segmentation"}]})
    table = frame.nblabel.annotations("x")
    assert "\ud800" in table["problem"].iloc[0]
    assert table["problem"].dtype == object
