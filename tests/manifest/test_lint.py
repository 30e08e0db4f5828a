"""What `validate` says about broken manifests, and that it says nothing about good ones."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest

import nblabel as nl
from nblabel.errors import ManifestError
from nblabel.manifest import codes

FIXTURES = Path(__file__).parents[1] / "fixtures" / "manifests"


def read(*lines, **options):
    content = b"\n".join(line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines)
    return nl.read_manifest(io.BytesIO(content), **options)


def found(df):
    report = df.nblabel.validate()
    return [(None if pd.isna(row["line"]) else row["line"], row["code"], row["attribute"]) for row in report.to_dict("records")]


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
            b'{"source-ref":"folder/a.jpg"}',
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
        df = pd.DataFrame({"source-ref": ["a.jpg", None], "x": [1, 2]}, index=[7, 7])

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


def test_codes():
    table = codes()

    assert table.index.is_unique
    assert set(table["severity"]) == {"error", "warning"}
    assert not (table == "").any(axis=None)
