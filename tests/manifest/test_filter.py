"""The console's filter, run locally."""

import io
import re
import sys
import threading

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nblabel.errors import ManifestError, MissingExtraError, QueryError
from nblabel.manifest import filter as manifest_filter
from nblabel.manifest import read_manifest
from nblabel.manifest.filter import Filter

CONTENT = rb"""
{"source-ref":"s3://b/cat's.jpg","page":1,"ok":true,"zip":"00123","cats":0,"cats-metadata":{"class-name":"cat","confidence":0.9}}
{"source-ref":"s3://b/dog.jpg","page":2,"ok":false,"zip":123,"boxes":[{"top":5,"left":7}],"0":"zero","a/b~c":"x"}
{"source-ref":"caf\u00e9.jpg","page":"2","ok":null,"big":123456789012345678901234567890}

{"source-ref":"S3://B/UP.JPG" , "page":-1.5e0, "Page":9, "100%":"50%_x"}
"""


WORDS = re.findall(r"\S+", """s . "a" 'x' 1 - ( ) = < LIKE IN NOT AND OR IS NULL , CAST AS INT LOWER [ ]""")


@pytest.fixture(scope="module")
def df():
    return read_manifest(io.BytesIO(CONTENT))


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("s.\"source-ref\" LIKE '%cat%'", [0]),
        ("S.\"source-ref\" like 's3://b/___.jpg'", [1]),
        ("s.\"source-ref\" NOT LIKE '%.jpg'", [3]),
        ("s.\"source-ref\" = 's3://b/cat''s.jpg'", [0]),
        ("s.\"source-ref\" = 'café.jpg'", [2]),
        ("s.\"100%\" LIKE '50!%!_%' ESCAPE '!'", [3]),
        ("s.page = 2", [1]),
        ("s.page = '2'", [2]),
        ("s.page <> 2", [0, 3]),
        ("s.page != 2", [0, 3]),
        ("s.page < +1", [3]),
        ("s.page >= -1.5", [0, 1, 3]),
        ("s.page BETWEEN 1 AND 2", [0, 1]),
        ("s.page NOT BETWEEN 1 AND 2", [3]),
        ("s.page IN (1, -1.5, '2')", [0, 2, 3]),
        ("s.page NOT IN (1)", [1, 3]),
        ("s.Page = 9", [3]),
        ("s.zip = '00123'", [0]),
        ("CAST(s.zip AS INT) = 123", [0, 1]),
        ("CAST(s.zip AS STRING) = '123'", [1]),
        ("CAST(s.page AS INTEGER) = -1", [3]),
        ("CAST(s.ok AS STRING) = 'true'", [0]),
        ("CAST('true' AS BOOL) = s.ok", [0]),
        ("CAST('1e1' AS DECIMAL) > s.page", [0, 1, 3]),
        ("s.ok", [0]),
        ("NOT s.ok", [1]),
        ("s.ok = TRUE OR s.page = 2", [0, 1]),
        ("s.ok IS NULL", [2, 3]),
        ("s.ok IS NOT NULL", [0, 1]),
        ("s.ok IS MISSING", [3]),
        ("s.ok IS NOT MISSING", [0, 1, 2]),
        ('s."cats-metadata"."class-name" = \'cat\' AND s."cats-metadata".confidence > 0.8', [0]),
        ("s.boxes[0].top = 5", [1]),
        ("s.boxes[1].top IS MISSING AND s.boxes[0] IS NOT NULL", [1]),
        ("s.boxes[0].top < s.boxes[0].left", [1]),
        ("s.zip = s.zip", [0, 1]),
        ("s.\"0\" = 'zero' AND s.\"a/b~c\" = 'x'", [1]),
        ("s.big > 1e29", [2]),
        ("LOWER(s.\"source-ref\") LIKE 's3://%'", [0, 1, 3]),
        ("UPPER(s.zip) = UPPER('00123')", [0]),
        ("TRIM('  x ') = s.\"a/b~c\"", [1]),
        ('CHAR_LENGTH(s."source-ref") = 8', [2]),
        ("character_length(s.zip) > 1", [0]),
        ("s.page = 1 OR s.page = 2 AND s.zip = 'x'", [0]),
        ("(s.page = 1 OR s.page = 2) AND NOT (s.zip = 'x')", [0]),
        ("1 = 1", [0, 1, 2, 3]),
        ("s.nothing = 1", []),
        ("s.zip", []),
    ],
)
def test_condition(df, where, rows):
    assert df.nblabel.select(where).index.tolist() == rows


@pytest.mark.parametrize(
    ("where", "at", "message"),
    [
        ("", 0, "a key like"),
        ("s.source-ref LIKE 'x'", 8, 'a key that is not a plain word is written in double quotes: s."source-ref"'),
        ("\"source-ref\" = 'x'", 0, 's."source-ref"'),
        ('s.pet = "cat"', 8, "a text in single quotes: 'cat'"),
        ("page = 1", 0, "keys are written s.page"),
        ("WHERE s.a = 1", 0, "only the condition"),
        (" select * FROM S3Object s where s.a = 1", 1, "only the condition"),
        ("SELECT s.a FROM S3Object s", 0, "only the condition"),
        ("s.a = 'x", 6, "no closing single quote"),
        ('s."a = 1', 2, "no closing double quote"),
        ("s.a = 1; DROP TABLE lines", 7, "means nothing here"),
        ("s.a = 1 UNION", 8, "AND, OR or the end was"),
        ("s.a = (SELECT 1)", 6, "was expected"),
        ("read_text('/etc/passwd') = 'x'", 0, "the function 'read_text' is not known"),
        ("s.a = 1 AND", 11, "a key like"),
        ("s.a LIKE 5", 9, "a text in single quotes"),
        ("5 LIKE '5'", 7, "LIKE looks at texts"),
        ("'1' = 1", 6, "number and text are not compared"),
        ("LOWER(5) = '5'", 0, "LOWER takes a text"),
        ("CAST(s.a AS BLOB) = 1", 12, "cannot be cast to 'BLOB'"),
        ("CAST(s.a, 1) = 1", 8, "AS was expected"),
        ("s.a BETWEEN 1 OR 2", 14, "AND was expected"),
        ("s.a IS 5", 7, "NULL or MISSING"),
        ("s.a[x] = 1", 4, "a place in a list"),
        ("s = 1", 2, "a key was expected"),
        ("s.a LIKE 'x' ESCAPE 'xy'", 20, "one character"),
        ("(s.a = 1", 8, "')' was expected"),
        ("NOT", 3, "a key like"),
    ],
)
def test_what_cannot_be_understood_says_where(df, where, at, message):
    with pytest.raises(QueryError) as caught:
        df.nblabel.select(where)
    assert message in str(caught.value)
    assert caught.value.at == at
    assert isinstance(caught.value, ValueError)


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS)).map(" ".join)))
def test_any_text_is_a_condition_or_a_query_error(where):
    try:
        kept = Filter(where)
    except QueryError:
        return
    assert kept.keep(manifest_filter.Block.of(b'{"a":1}\n{"a":"x"}')).shape == (2,)


@settings(max_examples=60)
@given(st.text(max_size=8), st.text(max_size=8))
def test_any_key_and_text_are_taken_as_they_are(key, text):
    df = pd.DataFrame({"source": ["x", "y"], f"k{key}": [text, text + "."]})
    quoted_key, quoted_text = f"k{key}".replace('"', '""'), text.replace("'", "''")

    assert df.nblabel.select(f"s.\"{quoted_key}\" = '{quoted_text}'").index.tolist() == [0]


class TestFrames:
    def test_asks_what_is_in_the_frame_now(self, df):
        df = df.copy()
        df.loc[3, "page"] = 1
        df["split"] = ["train", "test", None, "train"]

        assert df.nblabel.select("s.page = 1 AND s.split = 'train'").index.tolist() == [0, 3]
        assert df.nblabel.select("s.split IS MISSING").index.tolist() == [2]
        assert df.drop(columns="page").nblabel.select("s.page = 1").empty

    def test_keeps_the_index_the_columns_and_the_lines(self, df):
        chosen = df.iloc[::-1].nblabel.select("s.page < 2")

        assert chosen.index.tolist() == [3, 0]
        assert list(chosen.columns) == list(df.columns)
        file = io.BytesIO()
        chosen.nblabel.to_manifest(file)
        assert file.getvalue().splitlines() == [CONTENT.splitlines()[5], CONTENT.splitlines()[1]]

    def test_duplicate_index_and_empty_frame(self, df):
        assert len(pd.concat([df, df]).nblabel.select("s.page = 1")) == 2
        assert df.iloc[:0].nblabel.select("s.page = 1").empty

    def test_a_cell_without_json_form(self):
        with pytest.raises(ManifestError, match="row 0, column 'a'"):
            pd.DataFrame({"a": [[float("nan")]]}).nblabel.select("s.a IS NULL")


class TestLinesThatDuckDBCannotRead:
    CONTENT = (
        b'{"source":"\\ud800 cat","page":1}\n{"source":"cat","page":NaN}\n{"source":\n[1]\n{"source":"\xff"}\n' + b'{"source":"cat","page":1e999}'
    )

    def test_good_ones_are_asked_and_bad_ones_have_no_keys(self):
        df = read_manifest(io.BytesIO(self.CONTENT))

        assert df.nblabel.select("s.source LIKE '%cat%'").index.tolist() == [0, 1, 5]
        assert df.nblabel.select("s.source IS MISSING").index.tolist() == [2, 3, 4]
        assert df.nblabel.select("s.page < 2").index.tolist() == [0]


class TestDuckDBIsShutIn:
    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT * FROM read_text('{}')",
            "COPY (SELECT 1) TO '{}'",
            "ATTACH '{}'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
            "LOAD httpfs",
        ],
    )
    def test_no_files_no_extensions_no_way_back(self, sql, tmp_path):
        (tmp_path / "secret").write_text("secret")

        with pytest.raises(duckdb.Error):
            manifest_filter._connection().cursor().execute(sql.format(tmp_path / "secret"))
        assert (tmp_path / "secret").read_text() == "secret"

    def test_it_does_not_see_variables_of_python(self):
        secret = pd.DataFrame({"a": [1]})

        with pytest.raises(duckdb.CatalogException):
            manifest_filter._connection().cursor().execute("SELECT * FROM secret")
        assert len(secret) == 1


def test_without_duckdb_one_sentence_says_what_to_install(df, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    manifest_filter._libraries.cache_clear()
    try:
        with pytest.raises(MissingExtraError, match=r'needs the package duckdb, .*pip install "nblabel\[sql\]"') as caught:
            df.nblabel.select("s.page = 1")
    finally:
        manifest_filter._libraries.cache_clear()
    assert caught.value.extra == "sql"
    assert isinstance(caught.value, ImportError)


def test_threads_ask_at_once(df):
    found = []
    threads = [threading.Thread(target=lambda n=n: found.append((n, df.nblabel.select(f"s.page = {n}").index.tolist()))) for n in (1, 2) * 8]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [(1, [0])] * 8 + [(2, [1])] * 8
