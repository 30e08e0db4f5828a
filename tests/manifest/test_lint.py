"""What `validate` says about broken manifests, and that it says nothing about good ones."""

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import nblabel as nl
from nblabel.errors import FrameError, ManifestError
from nblabel.geometry.mask_png import encode_mask
from nblabel.manifest import codes, validate

FIXTURES = Path(__file__).parents[1] / "fixtures" / "manifests"


def read(*lines, **options):
    content = b"\n".join(line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines)
    return nl.read_manifest(io.BytesIO(content), **options)


def found(df):
    report = df.nblabel.validate()
    return [(None if pd.isna(row["line"]) else row["line"], row["code"], row["attribute"]) for row in report.to_dict("records")]


def picture(width, height, form="PNG"):
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, form)
    return file.getvalue()


BAD = [
    ("ERROR_INVALID_JSON_LINE", None, b"{broken"),
    ("ERROR_INVALID_JSON_LINE", None, b"[1]"),
    ("NOT_UTF8", None, b'{"source":"\xff"}'),
    ("NESTED_TOO_DEEP", None, b'{"source":' + b"[" * 99_000),
    ("DUPLICATE_KEY", "source", b'{"source":"a","source":"b"}'),
    ("DUPLICATE_KEY", "x", b'{"source":"a","x":[{"y":1,"\\u0079":1}]}'),
    ("NOT_A_NUMBER", "x", b'{"source":"a","x":NaN}'),
    ("NOT_A_NUMBER", "x", b'{"source":"a","x":{"y":[-Infinity]}}'),
    ("LINE_TOO_LONG", None, b'{"source":"a","x":[' + b"1," * 50_000 + b"1]}"),
    ("ERROR_MISSING_SOURCE_REF", None, b'{"x":1}'),
    ("ERROR_MISSING_SOURCE_REF", None, b'{"source":null}'),
    ("SOURCE_AND_SOURCE_REF", "source", b'{"source":"a","source-ref":"s3://b/a.jpg"}'),
    ("ERROR_INVALID_SOURCE_REF_FORMAT", "source-ref", b'{"source-ref":"s3://b"}'),
    ("ERROR_INVALID_SOURCE_REF_FORMAT", "source-ref", b'{"source-ref":"S3://b/a.jpg"}'),
    ("ERROR_INVALID_SOURCE_REF_FORMAT", "source-ref", b'{"source-ref":" "}'),
    ("ERROR_INVALID_SOURCE_REF_FORMAT", "source-ref", b'{"source-ref":3}'),
    ("INVALID_SOURCE", "source", b'{"source":[]}'),
    ("INVALID_OBJECT_ID", "dataset-objectid-attribute-name", b'{"source":"a","dataset-objectid-attribute-name":"id"}'),
]


class TestLines:
    @pytest.mark.parametrize(("code", "attribute", "line"), BAD, ids=lambda value: str(value)[:30])
    def test_bad_line(self, code, attribute, line):
        df = read({"source": "first"}, b"", line, {"source": "last"})

        assert (3, code, attribute) in found(df)
        assert {number for number, *_ in found(df)} == {3}
        assert found(df.iloc[[1]]) == found(df)
        assert df.iloc[::-1].nblabel.validate()["row"].unique().tolist() == [1]
        report = df.nblabel.validate().iloc[0]
        assert report["severity"] == "error"
        assert report["message"]
        assert report["remedy"]
        file = io.BytesIO()
        nl.write_manifest(df, file)
        assert file.getvalue() == b'{"source": "first"}\n\n' + line + b'\n{"source": "last"}'
        with pytest.raises(ManifestError, match="1 line is bad: line 3: ") as caught:
            read({"source": "first"}, b"", line, errors="raise")
        assert caught.value.line == 3

    @pytest.mark.parametrize(
        ("code", "attribute", "line"),
        [
            ("VALUE_TOO_LONG", "x", {"source": "a", "x": "y" * 20_001}),
            ("VALUE_TOO_LONG", "x", {"source": "a", "x": ["é" * 19_997]}),
            ("RESERVED_KEY", "$x", {"source": "a", "$x": 1}),
        ],
    )
    def test_odd_line(self, code, attribute, line):
        df = read(line, errors="raise")

        assert found(df) == [(1, code, attribute)]
        assert df.nblabel.validate()["severity"].tolist() == ["warning"]

    @pytest.mark.parametrize(
        "line",
        [
            b'{"source":"' + b"\xc3\xa9" * 19_000 + b'","x":"' + b"\xc3\xa9" * 20_000 + b'"}',
            b'{"source-ref":"https://example.com/a"}',
            b'{"source-ref":"s3://b/a.jpg","source":null}',
            b'{"source":"a","dataset-objectid-attribute-name":"$id","$id":"7"}',
            b'{"source":"NaN","x":1e400}',
        ],
        ids=lambda line: str(line)[:30],
    )
    def test_good_line(self, line):
        assert found(read(line, errors="raise")) == []

    def test_all_bad_lines_in_one_file(self):
        lines = [line for *_, line in BAD]
        df = read(*lines)

        assert len(df) == len(lines)
        assert {(number, code) for number, code, _ in found(df)} >= {(number, code) for number, (code, *_) in enumerate(BAD, 1)}
        with pytest.raises(ManifestError, match=r"18 lines are bad: line 1: .*line 10: .*and 8 more") as caught:
            read(*lines, errors="raise")
        assert "line 11:" not in str(caught.value)


class TestFrames:
    def test_columns(self):
        report = read({"source": "a"}).nblabel.validate()

        assert report.columns.tolist() == ["line", "row", "attribute", "severity", "code", "message", "remedy"]
        assert (len(report), report["line"].dtype, report["row"].dtype) == (0, "Int64", "Int64")
        assert pd.DataFrame().nblabel.validate().empty

    def test_what_was_changed_is_checked(self):
        df = read({"source": "a", "x": [1]}, {"source": "b"}, {"source": "c"})
        df["source"] = df["source"].where(df["source"] != "b")
        df["y"] = [1.0, None, 2.0]
        df.isetitem(1, pd.Series([[float("nan")], None, None], dtype=object))

        assert found(df) == [(1, "VALUE_NOT_JSON", "x"), (2, "ERROR_MISSING_SOURCE_REF", None)]

    def test_frame_of_ones_own(self):
        df = pd.DataFrame({"source-ref": ["s3://b/a.jpg", None], "x": [1, 2]}, index=[7, 7])

        assert found(df) == [(None, "ERROR_MISSING_SOURCE_REF", None)]
        assert df.nblabel.validate()["row"].tolist() == [1]

    def test_line_numbers_survive(self):
        df = read(b"", {"source": "a"}, {"x": 1}, b"", {"x": 2})
        both = pd.concat([df.iloc[[2, 0]], read({"x": 3})])

        assert df.nblabel.validate()["line"].tolist() == [3, 5]
        assert both.nblabel.validate()["line"].tolist() == [5, 1]
        assert pd.read_pickle(_pickled(both)).nblabel.validate()["line"].tolist() == [5, 1]


def _pickled(df):
    file = io.BytesIO()
    df.to_pickle(file)
    file.seek(0)
    return file


def label(value, kind, name="x", **metadata):
    """Return a good line with a label, but for what is given."""
    common = {"type": f"groundtruth/{kind}", "human-annotated": "yes", "creation-date": "2024-03-04T09:51:00.148118", "job-name": "labeling-job/x"}
    return {"source-ref": "s3://b/a.jpg", name: value, f"{name}-metadata": {**common, **metadata}}


def boxes(*parts, size=(640, 480), **metadata):
    annotations = [dict(zip(["class_id", "left", "top", "width", "height"], part, strict=True)) for part in parts]
    value = {"image_size": [{"width": size[0], "height": size[1], "depth": 3}], "annotations": annotations}
    return label(value, "object-detection", **{"objects": [{"confidence": 0}] * len(parts), "class-map": {"0": "cat"}, **metadata})


def spans(text, *entities):
    entities = [dict(zip(["startOffset", "endOffset", "label"], entity, strict=True)) for entity in entities]
    value = {"annotations": {"entities": entities, "labels": [{"label": "Person", "shortDisplayName": "per"}]}}
    line = label(value, "text-span", entities=[{"confidence": 0}] * len(entities))
    return {"source": text, **{key: line[key] for key in ("x", "x-metadata")}}


def without(line, *keys):
    """Return a line without some keys, or without keys of its metadata (after a dot)."""
    line = json.loads(json.dumps(line))
    for key in keys:
        outer, _, inner = key.partition(".")
        (line[outer] if inner else line).pop(inner or outer)
    return line


BOX = (0, 10, 20, 30, 40)
VERIFIED = label(1, "label-verification", **{"class-name": "good", "confidence": 0.5})
SEVERAL = label([0, 1], "image-classification-multilabel", **{"class-map": {"0": "a", "1": "b"}, "confidence-map": {"0": 1, "1": 0}})
METADATA = "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"
FORMAT = "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT"
NONE_VALID = ("ERROR_NO_VALID_LABEL_ATTRIBUTES", None)

COLORS = ["#ffffff", "#2ca02c"]
COLOR_MAP = {
    "0": {"class-name": "BACKGROUND", "hex-color": COLORS[0], "confidence": 0},
    "1": {"class-name": "road", "hex-color": COLORS[1], "confidence": 0},
}
INDICES = np.zeros((480, 640), np.uint8)
INDICES[1:3, 2:5] = 1

LABELS = [
    ([], boxes(BOX)),
    ([], boxes((0, -0.005, 0, 640.01, 480))),
    ([], VERIFIED),
    ([], SEVERAL),
    ([], label({"any": "thing"}, "custom")),
    ([], label("s3://b/label.json", "video-object-tracking", "x-ref", **{"class-map": {"0": "car"}})),
    ([], spans("Ada 😀", (0, 3, "Person"), (4, 5, "Person"))),
    ([], {"source": "a", "x-metadata": {**VERIFIED["x-metadata"], "type": "groundtruth/custom", "worker-response-ref": "s3://b/1.json"}}),
    ([("ERROR_NO_LABEL_ATTRIBUTES", "x"), NONE_VALID], without(VERIFIED, "x")),
    ([(METADATA, "x"), NONE_VALID], {**VERIFIED, "x-metadata": "good"}),
    ([(METADATA, "x"), NONE_VALID], without(VERIFIED, "x-metadata.human-annotated")),
    ([(METADATA, "x"), NONE_VALID], without(VERIFIED, "x-metadata.class-name")),
    ([(METADATA, "x"), NONE_VALID], label(1, "label-verification", **{"class-name": "good", "creation-date": "yesterday"})),
    ([(METADATA, "x"), NONE_VALID], label(1, "label-verification", **{"class-name": "good", "confidence": 1.5})),
    ([("ERROR_UNSUPPORTED_USE_CASE_TYPE", "x")], label(1, "unheard-of")),
    ([(FORMAT, "x"), NONE_VALID], label([], "object-detection", objects=[])),
    ([(FORMAT, "x"), NONE_VALID], label({"x": 1}, "label-verification", **{"class-name": "good"})),
    ([(FORMAT, "x-ref"), NONE_VALID], label(7, "video-object-tracking", "x-ref")),
    ([("ERROR_MISSING_CLASS_MAP_ID", "x")], boxes((3, 10, 20, 30, 40))),
    ([("ERROR_MISSING_CLASS_MAP_ID", "x")], {**SEVERAL, "x": [0, 2]}),
    ([("INVALID_FRAME_ATTRIBUTES", "x")], boxes(BOX, **{"frame-attributes": 5})),
    ([("INVALID_FRAME_ATTRIBUTES", "x")], boxes(BOX, **{"frame-attributes": {"weather": ["wet"]}})),
    ([], boxes(BOX, **{"frame-attributes": {"weather": "wet", "people": 2}})),
    ([("ERROR_INVALID_LABEL_NAME_LENGTH", "x")], boxes(BOX, **{"class-map": {"0": ""}})),
    ([("ERROR_INVALID_LABEL_NAME_LENGTH", "x")], boxes(BOX, **{"class-map": {"0": "c" * 257}})),
    ([("IMAGE_SIZE_MISSING", "x")], {**boxes(BOX), "x": {"annotations": boxes(BOX)["x"]["annotations"]}}),
    ([("ERROR_INVALID_BOUNDING_BOX", "x"), ("ERROR_NO_VALID_ANNOTATIONS", "x")], boxes((0, 10, 20, 30, 470))),
    ([("ERROR_INVALID_BOUNDING_BOX", "x")], boxes(BOX, (0, -1, 20, 30, 40))),
    ([("ERROR_INVALID_BOUNDING_BOX", "x")], boxes(BOX, (0, 10, 20, 0, 40))),
    ([("ERROR_BOUNDING_BOX_TOO_SMALL", "x")], boxes((0, 10, 20, 1, 40))),
    ([("ERROR_TOO_MANY_BOUNDING_BOXES", "x")], boxes(*[BOX] * 51)),
    ([("ERROR_MISSING_BOUNDING_BOX_CONFIDENCE", "x")], boxes(BOX, BOX, objects=[{"confidence": 0}])),
    ([("ERROR_MISSING_BOUNDING_BOX_CONFIDENCE", "x")], boxes(BOX, objects=[{}])),
    ([("ERROR_MISSING_BOUNDING_BOX_CONFIDENCE", "x")], without(boxes(BOX), "x-metadata.objects")),
    ([("WARNING_NO_ANNOTATIONS", "x")], boxes()),
    ([("WARNING_NO_ATTRIBUTE_ANNOTATIONS", "x")], boxes(**{"human-annotated": "no"})),
    ([("SPAN_OUTSIDE_TEXT", "x")], spans("Ada", (1, 4, "Person"))),
    ([("SPAN_OUTSIDE_TEXT", "x")], spans("Ada", (2, 2, "Person"))),
    ([("SPAN_OUTSIDE_TEXT", "x")], spans("😀😀", (0, 3, "Person"))),
    ([("SPAN_LABEL_UNKNOWN", "x")], spans("Ada", (0, 3, "Place"))),
    ([], spans("Ada Bob", (4, 7, "Person"), (0, 4, "Person"))),
    ([("SPANS_OVERLAP", "x")], spans("Ada Bob", (4, 7, "Person"), (0, 5, "Person"))),
    ([("ERROR_INVALID_IMAGE", "source-ref")], {**boxes(BOX), "source-ref": "s3://b/a.webp"}),
    ([("ERROR_INVALID_IMAGE_DIMENSION", "source-ref")], boxes(BOX, size=(5000, 480))),
    ([("IMAGE_TOO_LARGE", "source-ref"), ("ERROR_INVALID_IMAGE_DIMENSION", "source-ref")], boxes(BOX, size=(20_000, 6_000))),
]

MANIFESTS = [
    ([("WARNING_UNANNOTATED_RECORD", None)], [VERIFIED, {"source": "a"}]),
    ([("LABELING_FAILED", "x")], [VERIFIED, {"source-ref": "s3://b/b.jpg", "x-metadata": {"retry-count": 1, "failure-reason": "ClientError"}}]),
    ([("ERROR_NO_LABEL_ATTRIBUTES", "x"), NONE_VALID], [VERIFIED, without(VERIFIED, "x-metadata")]),
    ([("INVALID_ATTRIBUTE_NAME", "a b")], [label(1, "label-verification", "a b", **{"class-name": "good"})]),
    ([("INVALID_REFERENCE_NAME", "x-ref")], [label(1, "label-verification", "x-ref", **{"class-name": "good"})]),
    ([("INVALID_REFERENCE_NAME", "x")], [label("s3://b/label.json", "video-object-tracking", **{"class-map": {}})]),
    ([("METADATA_NAME_DIFFERS", "x")], [{"source-ref": "s3://b/a.jpg", "x": 1, "y-metadata": VERIFIED["x-metadata"]}]),
    ([("CLASS_MAPS_DIFFER", "x")], [boxes(BOX), boxes(BOX, **{"class-map": {"0": "dog"}})]),
    ([("TOO_MANY_OBJECTS", "x-ref")], [label("s3://b/l.json", "video-object-tracking", "x-ref", **{"class-map": {}})] * 11),
    ([("TOO_MANY_CLASSES", "x")], [boxes(BOX, **{"class-map": {str(index): f"c{index}" for index in range(51)}})]),
]


@pytest.mark.parametrize(("problems", "line"), LABELS)
def test_label(problems, line):
    df = read(line)

    assert [(code, attribute) for _, code, attribute in found(df)] == problems
    assert found(pd.DataFrame(df.astype(object))) == [(None, *problem) for problem in problems]


@pytest.mark.parametrize(("problems", "lines"), MANIFESTS)
def test_manifest(problems, lines):
    assert [(code, attribute) for _, code, attribute in found(read(*lines))] == problems


@pytest.mark.parametrize("many", ["lines", "bytes"])
def test_large_manifest(many, monkeypatch):
    monkeypatch.setattr("nblabel.manifest.lint.quotas.OBJECTS_PER_JOB", 2)
    monkeypatch.setattr("nblabel.manifest.lint.quotas._MOST_LINES", 2 if many == "lines" else 9)
    monkeypatch.setattr("nblabel.manifest.lint.quotas._MOST_BYTES", 20 if many == "bytes" else 999)

    assert found(read(*[{"source": "a"}] * 2)) == ([] if many == "lines" else [(None, "MANIFEST_TOO_LARGE", None)])
    assert found(read(*[{"source": "a"}] * 3)) == [(None, "TOO_MANY_OBJECTS", None), (None, "MANIFEST_TOO_LARGE", None)]


FRAMES = {"seq-no": 1, "prefix": "s3://b/run/", "number-of-frames": 2, "frames": [{"frame-no": 0, "frame": "a"}, {"frame-no": 1, "frame": "b"}]}
CLOUD = {"format": "binary/xyzi", "unix-timestamp": 1.5}

SEQUENCES = [
    (None, FRAMES),
    ("INVALID_SEQUENCE", []),
    ("INVALID_SEQUENCE", {**FRAMES, "seq-no": "1"}),
    ("INVALID_SEQUENCE", {**FRAMES, "prefix": "s3://b/run"}),
    ("INVALID_SEQUENCE", {**FRAMES, "number-of-frames": 3}),
    ("INVALID_SEQUENCE", {**FRAMES, "frames": [1, 2]}),
    ("SEQUENCE_TOO_LONG", {**FRAMES, "number-of-frames": 2001, "frames": [{"frame": f"{number:04}"} for number in range(2001)]}),
    ("SEQUENCE_TOO_LONG", {**FRAMES, "number-of-frames": 501, "frames": [{"frame": f"{number:04}", "format": "text/xyz"} for number in range(501)]}),
    ("FRAMES_OUT_OF_ORDER", {**FRAMES, "frames": [{"frame": "frame2"}, {"frame": "frame10"}]}),
]
CLOUDS = [
    (None, CLOUD),
    (None, {"json-paths": []}),
    ("INVALID_FRAME_METADATA", []),
    ("INVALID_FRAME_METADATA", {"format": "binary/xyzi"}),
    ("INVALID_FRAME_METADATA", {**CLOUD, "format": "las"}),
    ("INVALID_FRAME_METADATA", {**CLOUD, "images": [{}] * 9}),
    ("INVALID_FRAME_METADATA", {**CLOUD, "images": [{"image-path": "a.jpg"}]}),
]


@pytest.mark.parametrize(("code", "sequence"), SEQUENCES)
def test_sequence(code, sequence, tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(sequence), encoding="utf-8")

    assert found(read({"source-ref": str(tmp_path / "run.json")})) == ([] if code is None else [(1, code, "source-ref")])


@pytest.mark.parametrize(("code", "metadata"), CLOUDS)
def test_point_cloud(code, metadata):
    df = read({"source-ref": "s3://b/a.bin", "source-ref-metadata": metadata})

    assert found(df) == ([] if code is None else [(1, code, "source-ref-metadata")])


class TestMasks:
    @pytest.fixture
    def mask(self, tmp_path):
        """Return a function that reads a frame with a mask, 640 x 480 pixels, on an image of this size."""
        (tmp_path / "a.png").write_bytes(picture(640, 480))

        def labeled(content, color_map=COLOR_MAP):
            if content is not None:
                (tmp_path / "mask.png").write_bytes(content)
            line = label("mask.png", "semantic-segmentation", "x-ref", **{"internal-color-map": color_map})
            (tmp_path / "in.manifest").write_text(json.dumps({**line, "source-ref": "a.png"}), encoding="utf-8")
            df = nl.read_manifest(tmp_path / "in.manifest")
            return [(code, attribute) for _, code, attribute in found(df)], df.nblabel.annotations("x-ref")

        return labeled

    def test_good(self, mask):
        problems, table = mask(encode_mask(INDICES, COLORS))

        assert problems == []
        assert table[["label", "pixels", "left", "top", "width", "height"]].to_dict("records") == [
            {"label": "road", "pixels": 6, "left": 2, "top": 1, "width": 3, "height": 2},
        ]

    def test_nothing_painted(self, mask):
        problems, table = mask(encode_mask(INDICES * 0, COLORS))

        assert problems == []
        assert table["label"].isna().tolist() == [True]
        assert "problem" not in table

    @pytest.mark.parametrize(
        ("code", "content"),
        [
            ("LABEL_FILE_NOT_FOUND", None),
            ("LABEL_FILE_UNREADABLE", b"no picture"),
            ("MASK_SIZE_DIFFERS", encode_mask(INDICES[:9], COLORS)),
            ("MASK_COLOR_UNKNOWN", encode_mask(INDICES * 2, [*COLORS, "#d62728"])),
        ],
    )
    def test_bad_file(self, mask, code, content):
        problems, table = mask(content)

        assert problems == [(code, "x-ref")]
        assert ("problem" in table) == (code != "MASK_SIZE_DIFFERS")

    def test_coloured_picture(self, mask):
        file = io.BytesIO()
        Image.open(io.BytesIO(encode_mask(INDICES, COLORS))).convert("RGB").save(file, "PNG")

        problems, table = mask(file.getvalue())
        assert problems == [("MASK_NOT_INDEXED", "x-ref")]
        assert table["pixels"].tolist() == [6]

    @pytest.mark.parametrize(
        ("options", "codes_found"),
        [
            ({}, []),
            ({"bits": 4}, ["MASK_NOT_INDEXED"]),
            ({"dpi": (72, 72)}, ["MASK_CHUNKS_DIFFER"]),
            ({"transparency": b"\xff\xff"}, ["MASK_CHUNKS_DIFFER"]),
        ],
    )
    def test_form_of_the_file(self, mask, options, codes_found):
        image = Image.open(io.BytesIO(encode_mask(INDICES, COLORS)))
        file = io.BytesIO()
        image.save(file, "PNG", **options)

        assert mask(file.getvalue())[0] == [(code, "x-ref") for code in codes_found]

    def test_gray_mask(self, mask):
        file = io.BytesIO()
        Image.fromarray(INDICES).save(file, "PNG")

        problems, table = mask(file.getvalue())
        assert problems == [("MASK_CHUNKS_DIFFER", "x-ref")]
        assert table["pixels"].tolist() == [6]

    @pytest.mark.parametrize(("first", "color"), [("BACKGROUND", "#ffffff"), ("sky", "#d62728")])
    def test_colour_of_a_class_under_another_index(self, mask, first, color):
        color_map = {**COLOR_MAP, "0": {"class-name": first, "hex-color": color}}
        problems, table = mask(encode_mask(INDICES * 2, [COLORS[0], "#1f77b4", COLORS[1]]), color_map)

        assert problems == ([("MASK_INDICES_DIFFER", "x-ref")] if first == "BACKGROUND" else [])
        assert table["label"].tolist() == ["road"]

    @pytest.mark.parametrize(
        "color_map", [None, {"1": {"class-name": "road"}}, {**COLOR_MAP, "2": {"class-name": "car", "hex-color": COLORS[1], "confidence": 0}}]
    )
    def test_color_map(self, mask, color_map):
        problems, _ = mask(encode_mask(INDICES, COLORS), color_map)

        assert ("INVALID_COLOR_MAP", "x-ref") in problems


def test_file_of_a_sequence(tmp_path):
    (tmp_path / "label.json").write_text("{}", encoding="utf-8")
    df = read(label(str(tmp_path / "label.json"), "video-object-tracking", "x-ref", **{"class-map": {}}))

    assert found(df) == [(1, "LABEL_FILE_UNREADABLE", "x-ref")]


class TestFiles:
    @pytest.fixture
    def image(self, tmp_path, monkeypatch):
        """Return a function that reads a frame with boxes on an image that is in the folder of the manifest."""
        (tmp_path / "data").mkdir()
        monkeypatch.chdir(tmp_path)

        def labeled(content, **options):
            if content is not None:
                (tmp_path / "data" / "a.png").write_bytes(content)
            (tmp_path / "data" / "in.manifest").write_text(json.dumps({**boxes(BOX, **options), "source-ref": "a.png"}), encoding="utf-8")
            return [(code, attribute) for _, code, attribute in found(nl.read_manifest("data/in.manifest"))]

        return labeled

    def test_good(self, image):
        assert image(picture(640, 480)) == []

    def test_missing(self, image):
        assert image(None) == [("SOURCE_NOT_FOUND", "source-ref")]

    def test_size_differs(self, image):
        assert image(picture(480, 640)) == [("IMAGE_SIZE_DIFFERS", "x")]

    @pytest.mark.parametrize("content", [b"", b"text", picture(640, 480)[:20], picture(640, 480, "GIF")])
    def test_no_image(self, image, content):
        assert image(content) == [("ERROR_INVALID_IMAGE", "source-ref")]

    def test_too_large(self, image):
        assert image(picture(640, 480) + b"\0" * 40_000_000) == [("IMAGE_TOO_LARGE", "source-ref")]
        assert image(picture(640, 480) + b"\0" * 15_000_000) == [("IMAGE_TOO_LARGE_FOR_REKOGNITION", "source-ref")]

    def test_remote_only_when_asked(self, monkeypatch):
        asked = []
        monkeypatch.setattr("nblabel.storage.size", lambda name: asked.append(name) or 1)
        monkeypatch.setattr("nblabel.storage.read_bytes", lambda name: picture(480, 640))
        df = read(boxes(BOX))

        assert found(df) == []
        assert not asked
        assert df.nblabel.validate(remote=True)["code"].tolist() == ["IMAGE_SIZE_DIFFERS"]
        assert set(asked) == {"s3://b/a.jpg"}


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.manifest")), ids=lambda path: path.stem)
def test_examples_of_every_task_are_without_error(path):
    report = nl.read_manifest(path).nblabel.validate()

    assert report[report["severity"] == "error"].empty


TYPES = st.sampled_from(
    [
        f"groundtruth/{name}"
        for name in (
            "object-detection",
            "image-classification",
            "image-classification-multilabel",
            "text-span",
            "semantic-segmentation",
            "label-verification",
            "video-object-tracking",
            "point_cloud_object_detection",
            "point_cloud_single_frame_semantic_segmentation",
            "custom",
            "unheard-of",
        )
    ]
)
KEYS = [
    *(
        "annotations",
        "entities",
        "labels",
        "image_size",
        "class_id",
        "class-id",
        "left",
        "top",
        "width",
        "height",
        "startOffset",
        "endOffset",
        "label",
    ),
    *("objects", "class-map", "confidence-map", "confidence", "class-name", "internal-color-map", "color-map", "hex-color", "0", "1"),
]
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.sampled_from(["", "0", "1", "a", "none.json", "\ud800"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)
SOMETHING = st.fixed_dictionaries(
    {"source-ref": ANY},
    optional={
        "source": ANY,
        "x": ANY,
        "x-metadata": ANY | st.builds(lambda kind, rest: {**rest, "type": kind}, TYPES, st.dictionaries(st.sampled_from(KEYS), ANY, max_size=5)),
        "source-ref-metadata": ANY,
        "dataset-objectid-attribute-name": ANY,
    },
)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(SOMETHING, min_size=1, max_size=3))
def test_nothing_that_a_line_can_hold_stops_the_lint_or_the_tidy_frame(lines):
    df = nl.read_manifest(io.BytesIO(b"\n".join(json.dumps(line).encode() for line in lines)))

    df.nblabel.validate()
    for name in df.nblabel.attributes["attribute"]:
        with contextlib.suppress(FrameError):
            df.nblabel.annotations(name)


def test_codes():
    table = codes()
    checked = {code for code, *_ in BAD} | {code for problems, _ in LABELS + MANIFESTS for code, _ in problems}
    checked |= {code for code, _ in SEQUENCES + CLOUDS if code}
    masks = {"LABEL_FILE_NOT_FOUND", "LABEL_FILE_UNREADABLE", "INVALID_COLOR_MAP", "MASK_SIZE_DIFFERS", "MASK_COLOR_UNKNOWN", "MASK_NOT_INDEXED"}
    masks |= {"MASK_CHUNKS_DIFFER", "MASK_INDICES_DIFFER"}
    elsewhere = masks | {"VALUE_TOO_LONG", "RESERVED_KEY", "VALUE_NOT_JSON", "SOURCE_NOT_FOUND", "IMAGE_SIZE_DIFFERS", "MANIFEST_TOO_LARGE"}
    elsewhere |= {"IMAGE_TOO_LARGE_FOR_REKOGNITION"}

    assert table.index.is_unique
    assert set(table["severity"]) == {"error", "warning"}
    assert not (table == "").any(axis=None)
    assert set(table.index) == checked | elsewhere
    assert all(code in validate.__doc__ for code in table.index)
