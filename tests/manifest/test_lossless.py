"""What nobody changed comes back byte for byte."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nblabel.errors import ManifestError
from nblabel.manifest import bad_lines, read_manifest, write_manifest

FIXTURES = Path(__file__).parents[1] / "fixtures" / "manifests"

HOSTILE = [
    b'{"source":"a","x":0.00}',
    b'{"source":"a","x":1.0}',
    b'{"source":"a","x":"0"}',
    b'{"source":"a","x":"00123"}',
    b'{"source":"a","x":1000000000000000000000000000000}',
    b'{"source":"a","x":9007199254740993}',
    b'{"source":"a","x":1e400}',
    b'{"source":"a","x":-0}',
    b'{"source":"a","x":-0.0}',
    b'{"source":"a","x":5e-324}',
    b'{"source":"a","x":1E5}',
    b'{"source":"a","x":' + b"7" * 5000 + b"}",
    b'{"source":"a","x":NaN}',
    b'{"source":"a","x":[Infinity,-Infinity]}',
    b'{"source":"a","x":null}',
    b'{"source":"a","x":true}',
    b'{"source":"a","x":"2024-03-04T09:51:00.148118"}',
    b'{"source":"\\u00e9 \\ud83d\\ude00"}',
    '{"source":"é 😀 가나다"}'.encode(),
    '{"source":"line\u2028separator\u0085\u000b\u000c"}'.encode().replace(b"\x0b\x0c", b""),
    b'{"source":"lone \\ud800 surrogate"}',
    b'{"\\ud800":1,"source":"a"}',
    b'{"source":"\\u0000"}',
    b'{"\\u0000":"\\u0000"}',
    b'{"x":1,"x":2,"source":"a"}',
    b'{"x":1,"\\u0078":2}',
    b'{"":1}',
    b'{"source":"a ","x ":0,"x -metadata":{"class-map":{"0":"cat "}}}',
    b'{"quo\\"te":1,"back\\\\slash":2}',
    b"{}",
    b"{ }",
    b' \t{ "source" : "a" , "x" : [ 1 , 2 ] } \t',
    b'{"$id":1,"__class__":2,"value":3}',
    b'{"x":{"x":{"x":"}{][,:\\""}}}',
    b'{"x":"' + b"long " * 30000 + b'"}',
    b'{"x":' + b"[" * 300 + b"]" * 300 + b"}",
]

BAD = [
    (b"{broken", "broken JSON"),
    (b'{"source":"a"', "broken JSON"),
    (b'{"source":"a"},', "broken JSON"),
    (b'{"source":"a"}{"source":"b"}', "broken JSON"),
    (b'{"source":"a\tb"}', "broken JSON"),
    (b'{"x":01}', "broken JSON"),
    (b"[1]", "an array"),
    (b'"text"', "a string"),
    (b"1", "a number"),
    (b"null", "null"),
    (b"true", "true or false"),
    (b'{"source":"\xff"}', "not UTF-8"),
    (b'{"x":{"y":"\xc3("}}', "not UTF-8"),
    (b'{"source":"a","x":' + b"[" * 100_000 + b"}", "nested too deep"),
    (b"\x00", "broken JSON"),
]


def read(content, **options):
    return read_manifest(io.BytesIO(content), **options)


def written(df):
    file = io.BytesIO()
    write_manifest(df, file)
    return file.getvalue()


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.manifest")), ids=lambda path: path.stem)
def test_examples_of_every_task(path, tmp_path):
    df = read_manifest(path, errors="raise")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    assert written(df) == path.read_bytes()
    assert list(df.columns) == list({key: None for row in rows for key in row})
    for place, row in enumerate(rows):
        assert {name: df[name].iloc[place] for name in df.columns if df[name].iloc[place] is not pd.NA} == row

    write_manifest(df, tmp_path / "out.manifest")

    assert (tmp_path / "out.manifest").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:40].decode())
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_hostile_line(line, end):
    assert written(read(line + end)) == line + end
    assert not bad_lines(read(line + end))


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:40].decode())
def test_hostile_line_beside_a_changed_key(line):
    df = read(line + b"\n")
    df["new"] = [[1]]

    changed = written(df)

    assert changed.startswith(line.rstrip()[:-1].rstrip())
    assert changed.endswith(line[len(line.rstrip()) :] + b"\n")
    assert b'"new":[1]' in changed
    if "source" in df:
        df.isetitem(list(df.columns).index("source"), df["source"].where(df["source"].isna(), "other"))
        assert b'"other"' in written(df)


def test_all_hostile_lines_in_one_file():
    content = b"\xef\xbb\xbf\n  \n" + b"\r\n\n \n".join([*HOSTILE, *(line for line, _ in BAD)])
    df = read(content)

    assert len(df) == len(HOSTILE) + len(BAD)
    assert written(df) == content
    assert written(df.iloc[::-1].iloc[::-1]) == content
    assert sorted(written(df.sample(frac=1, random_state=0)).split()) == sorted(content.removeprefix(b"\xef\xbb\xbf").split())
    assert len(bad_lines(df)) == len(BAD)


@pytest.mark.parametrize(("line", "reason"), BAD, ids=lambda value: str(value[:30]))
def test_bad_line_is_kept_as_a_row(line, reason):
    content = b'{"source":"first"}\n\n' + line + b'\n{"source":"last"}\n'
    df = read(content)

    assert df["source"].isna().tolist() == [False, True, False]
    assert written(df) == content
    assert written(df.iloc[[1]]) == line + b"\n"
    assert written(df.rename(columns={"source": "text"})).splitlines()[2] == line
    (error,) = bad_lines(df)
    assert error.line == 3
    assert reason in str(error)
    with pytest.raises(ManifestError, match=f"line 3: .*{reason}"):
        read(content, errors="raise")


@pytest.mark.parametrize(("line", "reason"), BAD, ids=lambda value: str(value[:30]))
def test_file_of_one_bad_line(line, reason):
    assert written(read(line)) == line
    assert reason in str(bad_lines(read(line))[0])


def test_value_in_a_bad_line_is_refused():
    df = read(b'{"source":"a"}\n{broken\n')
    df["page"] = [1, 2]

    with pytest.raises(ManifestError, match=r"row 1, column 'page': .* line 2 .* drop this row"):
        written(df)

    df["page"] = [1, None]
    assert written(df) == b'{"source":"a","page":1.0}\n{broken\n'


def test_raise_lists_the_first_ten():
    content = b'{"source":"a"}\n' + b"oops\n" * 12

    with pytest.raises(ManifestError, match=r"12 lines are bad: line 2: .*line 11: .*and 2 more") as caught:
        read(content, errors="raise")

    assert "line 12:" not in str(caught.value)
    assert caught.value.line == 2


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", b" \r\n \n"])
def test_file_without_lines(content):
    df = read(content)

    assert df.shape == (0, 0)
    assert written(df) == b""


def test_object_over_several_lines_is_bad_not_misread():
    content = b'{"a":\n1}\n{"x":1}{"y":2}\n'
    df = read(content)

    assert len(df) == len(bad_lines(df)) == 3
    assert written(df) == content


def test_blocks_join(monkeypatch):
    monkeypatch.setattr("nblabel.manifest.lines._BLOCK", 64)
    content = b"".join(b'{"source":"%d","n":%d,"s":"x","late":%s}\n' % (n, n, b"1" if n < 30 else b'"1"') for n in range(40))
    df = read(content + b'{"source":"x"}\n')

    assert written(df) == content + b'{"source":"x"}\n'
    assert df["late"].iloc[[0, 39]].tolist() == [1, "1"]

    df = read(content)

    assert df["n"].tolist() == list(range(40))
    assert (df["n"].dtype, df["late"].dtype.name) == ("int64", "manifest")


@pytest.mark.parametrize(
    "odd",
    [
        b'{"source":"a","n":1.0,"s":"x","t":true}',
        b'{"source":"a","n":true,"s":"x","t":true}',
        b'{"source":"a","n":1,"s":"x","t":1}',
        b'{"source":"a","n":1,"s":1,"t":true}',
        b'{"source":"a","n":1,"s":null,"t":true}',
        b'{"source":null,"n":1,"s":"x","t":true}',
        b'{"source":"a","n":{"m":[1]},"s":"x","t":true}',
        b'{"source":"a","n":18446744073709551616,"s":"x","t":true}',
        b'{"source":"a","n":9223372036854775808,"s":"x","t":true}',
        b'{"source":"a","n":1,"s":"\\ud800","t":true}',
        b'{"source":"a","n":1,"s":"x"}',
        b'{"source":"a","n":1,"s":"x","t":true,"more":1}',
        b'{"source":"a","n":1,"s":"x","t":true,"n":2}',
        b'{"t":false,"s":"y","n":2,"source":"b"}',
        b'{"source":"a","n":1,"s":"x","t":true,"n-metadata":{}}',
    ],
)
def test_one_line_that_is_unlike_the_others(monkeypatch, odd):
    monkeypatch.setattr("nblabel.manifest.lines._BLOCK", 256)
    lines = [b'{"source":"a%d","n":%d,"s":"x%d","t":true}' % (n, n, n) for n in range(40)]
    lines[20:20] = [odd]
    content = b"\n".join(lines) + b"\n"
    df = read(content)
    wanted = [json.loads(line) for line in lines]

    assert written(df) == content
    for key in df.columns:
        assert [None if value is pd.NA else value for value in df[key].tolist()] == [line.get(key) for line in wanted]
        assert df[key].isna().tolist() == [line.get(key) is None for line in wanted]
        assert {type(value) for value in df[key].dropna().tolist()} == {type(line[key]) for line in wanted if line.get(key) is not None}


KEYS = st.sampled_from(["source", "source-ref", "a", "a-metadata", "b", "", 'q"', "é"]) | st.text(max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["\ud800", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)
LINES = st.builds(
    lambda value, ascii_only, indent: json.dumps(value, ensure_ascii=ascii_only, separators=((",", ":") if indent else (" , ", " : "))),
    OBJECTS,
    st.just(True),  # noqa: FBT003
    st.booleans(),
).map(str.encode) | st.binary(max_size=20).filter(lambda line: b"\n" not in line)
FILES = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\n \t\r\n"])), max_size=6).map(
    lambda lines: b"".join(line + end for line, end in lines)
)


@settings(max_examples=300)
@given(FILES)
def test_any_file_comes_back(content):
    df = read(content)

    if len(df):
        assert written(df) == content
        assert written(df.copy()) == content
        assert written(df.take(range(len(df)))) == content


@settings(max_examples=200)
@given(st.lists(OBJECTS, min_size=1, max_size=5))
def test_cells_are_the_values_of_the_file(rows):
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    df = read(content)

    for place, row in enumerate(rows):
        for name in df.columns:
            cell = df[name].tolist()[place]
            assert json.dumps(cell) == json.dumps(row[name]) if name in row else cell is pd.NA
