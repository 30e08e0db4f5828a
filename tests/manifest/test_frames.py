"""A frame that was read is an ordinary DataFrame: what users do to frames, and what is then written."""

import copy
import datetime as dt
import io
import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nblabel.errors import FrameError, ManifestError, StorageError
from nblabel.manifest import folders, read_manifest, write_manifest

LINES = [
    b'{"source-ref": "s3://b/cat.jpg", "site":"A","page":1 , "cats":{"annotations":[{"top":1.00}]}, "cats-metadata":{"type":"x"}}',
    b'{"page":2,"site":"A","source-ref":"s3://b/dog.jpg"}',
    b'{"source-ref":"caf\\u00e9.jpg","page":3,"site":"B","cats":null,"mixed":1}',
    b'{"source-ref":"s3://b/cat.jpg","page":4,"site":"B","cats":{"annotations":[]},"mixed":"1"}',
]
CONTENT = b"\n".join(LINES) + b"\n"


@pytest.fixture
def df():
    return read(CONTENT)


def read(content):
    return read_manifest(io.BytesIO(content))


def lines(df):
    file = io.BytesIO()
    write_manifest(df, file)
    return file.getvalue().splitlines()


def put(df, place, name, value):
    df.iat[place, df.columns.get_loc(name)] = value


class TestColumns:
    def test_kinds(self, df):
        assert type(df) is pd.DataFrame
        assert list(df.columns) == ["source-ref", "site", "page", "cats", "cats-metadata", "mixed"]
        assert {name: dtype.name for name, dtype in df.dtypes.items() if name not in {"site", "page"}} == dict.fromkeys(
            ["source-ref", "cats", "cats-metadata", "mixed"], "manifest"
        )
        assert df["page"].dtype == "int64"
        assert pd.api.types.is_string_dtype(df["site"])

    def test_labels_are_lazy_even_where_all_are_numbers(self):
        df = read(b'{"source":"a","birds":1,"birds-metadata":{}}\n')

        assert df["birds"].dtype.name == "manifest"
        assert df["birds"].tolist() == [1]

    @pytest.mark.parametrize(
        ("values", "dtype"),
        [
            (["1", "2"], "int64"),
            (["1", "2.0"], "manifest"),
            (["1.0", "2e1"], "float64"),
            (["true", "false"], "bool"),
            (["true", "1"], "manifest"),
            (["1", "null"], "manifest"),
            (["1", '"1"'], "manifest"),
            (["9223372036854775807", "-9223372036854775808"], "int64"),
            (["9223372036854775808", "1"], "manifest"),
            (["[]", "[]"], "manifest"),
        ],
    )
    def test_plain_only_if_all_of_one_kind(self, values, dtype):
        df = read(b"".join(b'{"source":"a","x":%s}\n' % value.encode() for value in values))

        assert df["x"].dtype.name == dtype
        assert [json.dumps(value) for value in df["x"].tolist()] == [json.dumps(json.loads(value)) for value in values]

    def test_frame_without_sources_still_carries_its_lines(self):
        content = b'{"a":1.00}\n{"a":2.00}\n'

        assert lines(read(content)) == content.splitlines()

    def test_cells(self, df):
        assert df.loc[0, "cats"] == {"annotations": [{"top": 1.0}]}
        assert df.loc[1, "cats"] is pd.NA
        assert df.loc[2, "cats"] is None
        assert df["cats"].isna().tolist() == [False, True, True, False]
        assert df["mixed"].tolist() == [pd.NA, pd.NA, 1, "1"]

    def test_asking_what_is_missing_does_not_decode(self, df, monkeypatch):
        monkeypatch.setattr("nblabel.manifest.lines.cell_decoder", None)

        assert df["cats"].notna().sum() == 2
        assert df.iloc[[0, 2]].dropna(subset=["cats"]).index.tolist() == [0]


class TestSourcesFeelLikeStrings:
    def test_str(self, df):
        source = df["source-ref"]

        assert source.str.contains("cat").tolist() == [True, False, False, True]
        assert source.str.replace("s3://b/", "", regex=False).tolist() == ["cat.jpg", "dog.jpg", "café.jpg", "cat.jpg"]
        assert source.str.split("/").str[-1].tolist() == ["cat.jpg", "dog.jpg", "café.jpg", "cat.jpg"]
        assert source.str.len().tolist() == [14, 14, 8, 14]
        assert source.str.extract(r"(\w+)\.jpg")[0].tolist() == ["cat", "dog", "café", "cat"]
        assert source.str.startswith("s3").sum() == 3
        assert source.str.upper().tolist()[1] == "S3://B/DOG.JPG"
        assert (source + "?v=1").tolist()[1] == "s3://b/dog.jpg?v=1"
        assert ("x" + source).tolist()[1] == "xs3://b/dog.jpg"

    def test_str_of_missing_text_filters(self):
        df = read(b'{"source":"a cat"}\n{"x":1}\n')

        assert df[df["source"].str.contains("cat")].index.tolist() == [0]

    def test_compare_and_select(self, df):
        source = df["source-ref"]

        assert (source == "s3://b/cat.jpg").tolist() == [True, False, False, True]
        assert (source != "s3://b/cat.jpg").tolist() == [False, True, True, False]
        assert (source < "s").tolist() == [False, False, True, False]
        assert (source == source.astype(object)).all()
        assert source.isin(["café.jpg"]).tolist() == [False, False, True, False]
        assert len(df.query("`source-ref` == 's3://b/cat.jpg'")) == 2
        assert len(df.query("`source-ref`.str.contains('cat') and page > 1")) == 1
        assert len(df.query("`source-ref` in ['café.jpg', 's3://b/dog.jpg']")) == 2

    def test_order_and_group(self, df):
        assert df.sort_values("source-ref")["page"].tolist() == [3, 1, 4, 2]
        assert df.sort_values(["source-ref", "page"], ascending=[True, False])["page"].tolist() == [3, 4, 1, 2]
        assert df.drop_duplicates("source-ref")["page"].tolist() == [1, 2, 3]
        assert df.groupby("source-ref")["page"].sum().to_dict() == {"s3://b/cat.jpg": 5, "s3://b/dog.jpg": 2, "café.jpg": 3}
        assert df.groupby("site")["source-ref"].agg(list).tolist() == [["s3://b/cat.jpg", "s3://b/dog.jpg"], ["café.jpg", "s3://b/cat.jpg"]]
        assert df.groupby("site")["source-ref"].nunique().tolist() == [2, 2]
        assert df.groupby("site").first()["page"].tolist() == [1, 3]
        assert df["source-ref"].value_counts().to_dict() == {"s3://b/cat.jpg": 2, "s3://b/dog.jpg": 1, "café.jpg": 1}
        assert list(df["source-ref"].unique()) == ["s3://b/cat.jpg", "s3://b/dog.jpg", "café.jpg"]
        assert (df["source-ref"].min(), df["source-ref"].max()) == ("café.jpg", "s3://b/dog.jpg")

    def test_convert(self, df):
        expected = ["s3://b/cat.jpg", "s3://b/dog.jpg", "café.jpg", "s3://b/cat.jpg"]

        assert df["source-ref"].astype(str).tolist() == expected
        assert df["source-ref"].astype("string").tolist() == expected
        assert df["source-ref"].map(len).tolist() == [14, 14, 8, 14]
        assert df["source-ref"].apply(str.upper).tolist() == [text.upper() for text in expected]
        assert df["source-ref"].to_numpy().tolist() == list(df["source-ref"]) == expected
        assert df["source-ref"].astype("category").cat.codes.tolist() == [1, 2, 0, 1]
        assert pd.to_numeric(df["mixed"].dropna().astype(object)).tolist() == [1, 1]

    @pytest.mark.parametrize("dtype", ["manifest", object, "str", "string"])
    @pytest.mark.parametrize("how", ["inner", "left", "right", "outer"])
    def test_merge(self, df, dtype, how):
        other = pd.DataFrame({"source-ref": pd.Series(["s3://b/dog.jpg", "new.jpg"], dtype=dtype), "extra": [1, 2]})

        merged = df.merge(other, on="source-ref", how=how)
        expected = df.assign(**{"source-ref": df["source-ref"].astype(object)}).merge(
            other.assign(**{"source-ref": other["source-ref"].astype(object)}), on="source-ref", how=how
        )

        assert merged["source-ref"].tolist() == expected["source-ref"].tolist()
        assert merged["extra"].fillna(0).tolist() == expected["extra"].fillna(0).tolist()
        if how in {"inner", "left"}:
            assert LINES[1][:-1] + (b',"extra":1}' if how == "inner" else b',"extra":1.0}') in lines(merged)

    def test_index(self, df):
        indexed = df.set_index("source-ref")

        assert indexed.loc["s3://b/dog.jpg", "page"] == 2
        assert indexed.loc["s3://b/cat.jpg", "page"].tolist() == [1, 4]
        assert indexed.reset_index()["source-ref"].tolist() == df["source-ref"].tolist()
        assert lines(indexed.reset_index()) == LINES
        assert df["source-ref"].map(dict(zip(df["source-ref"], df["page"], strict=True))).tolist() == [4, 2, 3, 4]


class TestUnhashableCells:
    def test_what_can_work_works(self, df):
        with pd.option_context("display.width", 200, "display.max_columns", None):
            assert "top" in repr(df)
        assert "top" in df.to_html()
        assert "top" in repr(df["cats"])
        assert df["cats"].head(2).isna().tolist() == [False, True]
        assert df.info(buf=io.StringIO()) is None
        assert len(df.describe(include="all"))
        assert df["cats"].value_counts().tolist() == [1, 1]
        assert df["cats"].isin([{"annotations": []}]).tolist() == [False, False, False, True]
        assert (df["cats"] == {"annotations": []}).tolist() == [False, False, False, True]
        assert len(pd.concat([df, df]).drop_duplicates()) == 4
        assert df["cats"].map(lambda cell: len(cell["annotations"]), na_action="ignore").dropna().tolist() == [1, 0]
        assert len(df.explode("mixed")) == 4
        assert df["cats"].equals(df["cats"].copy())
        assert json.loads(df[["page", "cats"]].iloc[[0]].to_json(orient="records")) == [{"page": 1, "cats": {"annotations": [{"top": 1.0}]}}]

    def test_text_is_not_taken_for_the_object_it_spells(self):
        df = read(b'{"source":"a","x":"[1]"}\n{"source":"b","x":[1]}\n{"source":"c"}\n')

        assert df["x"].nunique() == 2
        assert df["x"].isin(["[1]"]).tolist() == [True, False, False]


class TestRowsMoved:
    def test_filter_sort_sample(self, df):
        assert lines(df[df["page"] > 2]) == LINES[2:]
        assert lines(df.sort_values("page", ascending=False)) == LINES[::-1]
        order = df.sample(frac=1, random_state=3)
        assert lines(order) == [LINES[page - 1] for page in order["page"]]
        assert lines(order.sort_index()) == LINES
        assert lines(df.iloc[1:3].reset_index(drop=True)) == LINES[1:3]
        assert lines(df.iloc[::2]) == LINES[::2]
        assert lines(df.head(0)) == []
        assert lines(df.loc[[0, 0, 3]]) == [LINES[0], LINES[0], LINES[3]]

    def test_line_ends(self):
        content = b'{"a":[1]}\r\n\r\n{"a":[2]}\r\n{"a":[3]}'
        df = read(content)
        file = io.BytesIO()
        write_manifest(df.iloc[[2, 0]], file)

        assert file.getvalue() == b'{"a":[3]}\r\n{"a":[1]}\r\n'

    def test_concat_of_two_files(self, df, tmp_path):
        (tmp_path / "other.manifest").write_bytes(b'{"source":"text","z":1.00}\r\n{"source":"more","cats":[ 1 ],"z":2}')
        other = read_manifest(tmp_path / "other.manifest")
        both = pd.concat([df, other], ignore_index=True)

        assert lines(both) == [*LINES, b'{"source":"text","z":1.00}', b'{"source":"more","cats":[ 1 ],"z":2}']
        assert lines(both.iloc[::-1]) == [b'{"source":"more","cats":[ 1 ],"z":2}', b'{"source":"text","z":1.00}', *LINES[::-1]]
        assert folders(both).tolist() == [None] * 4 + [str(tmp_path)] * 2
        assert both["z"].dtype.name == "manifest"
        assert lines(pd.concat([both.iloc[[5]], df.iloc[[1]], both.iloc[[0]]]).drop(columns="z"))[0] == b'{"source":"more","cats":[ 1 ]}'

    def test_concat_with_rows_of_ones_own(self, df):
        both = pd.concat([df, pd.DataFrame({"source-ref": ["new.jpg"], "page": [5]})])

        assert lines(both) == [*LINES, b'{"source-ref":"new.jpg","page":5}']

    def test_concat_side_by_side(self, df):
        assert lines(pd.concat([df[["source-ref", "page"]], df[["cats", "cats-metadata", "mixed", "site"]]], axis=1)) == LINES

    def test_concat_of_one_key_under_two_names(self, df):
        other = read(b'{"source-ref":"x","dogs":{"annotations":[1.00]}}\n').rename(columns={"dogs": "cats"})

        assert lines(pd.concat([df, other]))[-1] == b'{"source-ref":"x","cats":{"annotations":[1.00]}}'

    def test_integers_that_pandas_made_floats_are_not_changed(self, df):
        big = read(b'{"source-ref":"x","page":9007199254740993}\n')
        both = pd.concat([df, big, pd.DataFrame({"source-ref": ["y"]})])

        assert both["page"].dtype == "float64"
        assert lines(both)[:5] == [*LINES, b'{"source-ref":"x","page":9007199254740993}']

    def test_cells_of_other_lines(self, df):
        shifted = df.assign(cats=df["cats"].shift(1))

        assert lines(shifted)[1] == b'{"page":2,"site":"A","source-ref":"s3://b/dog.jpg","cats":{"annotations":[{"top":1.00}]}}'
        assert b'cats"' not in lines(shifted)[0]

    def test_pickle(self, df):
        put(df, 1, "cats", [7])

        assert lines(pickle.loads(pickle.dumps(df))) == lines(df)
        assert lines(pickle.loads(pickle.dumps(df.iloc[[3, 0]]))) == [LINES[3], LINES[0]]
        assert lines(copy.deepcopy(df)) == lines(df)

    def test_pickle_of_two_files(self, df):
        both = pd.concat([df, read(b'{"source-ref":"x","cats":[1.00]}\n{"source-ref":"y","cats":[2.00]}\n')]).iloc[[5, 0, 4]]

        assert lines(pickle.loads(pickle.dumps(both))) == lines(both)
        assert lines(both)[0] == b'{"source-ref":"y","cats":[2.00]}'

    def test_pickle_carries_only_its_lines_and_those_once(self):
        df = read(b"".join(b'{"source":"%d","a":[],"b":[],"c":[]}\n' % n + b" " * 1000 + b"\n" for n in range(1000)))
        df["source"].isna()

        assert len(pickle.dumps(df.iloc[[5, 900]])) < 6000
        assert len(pickle.dumps(df.iloc[1:])) < 200_000

    def test_folders(self, tmp_path, monkeypatch):
        (tmp_path / "in.manifest").write_bytes(CONTENT)
        monkeypatch.chdir(tmp_path)
        df = read_manifest("in.manifest")

        assert folders(df).tolist() == [str(tmp_path)] * 4
        assert folders(df.sample(2)[["page", "source-ref"]]).tolist() == [str(tmp_path)] * 2
        assert folders(pickle.loads(pickle.dumps(df.iloc[:1]))).tolist() == [str(tmp_path)]
        assert folders(read_manifest((tmp_path / "in.manifest").as_uri())).tolist() == [str(tmp_path)] * 4
        assert folders(df[["page"]]).tolist() == [None] * 4
        assert folders(read(CONTENT)).tolist() == [None] * 4


class TestArrow:
    def test_parquet(self, df, tmp_path):
        put(df, 3, "cats", [{"é": 10**18}])
        df.to_parquet(tmp_path / "a.parquet")
        again = pd.read_parquet(tmp_path / "a.parquet")

        assert again.dtypes.astype(str).tolist() == df.dtypes.astype(str).tolist()
        assert again.astype(object).to_dict("records") == df.astype(object).to_dict("records")
        assert lines(again)[1] == b'{"source-ref":"s3://b/dog.jpg","site":"A","page":2}'

    def test_others_see_texts_and_json(self, df):
        table = pa.Table.from_pandas(df)

        assert table.schema.field("source-ref").type == pa.string()
        assert table.schema.field("cats").type == pa.json_(pa.string())
        assert table.column("cats").to_pylist() == ['{"annotations":[{"top":1.0}]}', None, "null", '{"annotations":[]}']

    def test_type_that_is_asked_for(self, df):
        assert pa.array(df["page"].astype("manifest").array, type=pa.float32()).type == pa.float32()

    def test_old_pyarrow(self, df, monkeypatch):
        monkeypatch.delattr(pa, "json_")

        assert pa.array(df["source-ref"].array).type == pa.string()
        with pytest.raises(FrameError, match=r"pip install 'pyarrow>=19', or make it text first"):
            pa.array(df["cats"].array)


class TestCellsChanged:
    @pytest.mark.parametrize("value", [{"annotations": [1]}, [1, 2], "text", 0, 1.5, True, np.int64(3), np.array([1, 2])])
    def test_only_the_changed_key_is_written_anew(self, df, value):
        put(df, 0, "cats", value)
        text = json.dumps(value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value, separators=(",", ":")).encode()

        assert lines(df) == [LINES[0].replace(b'{"annotations":[{"top":1.00}]}', text), *LINES[1:]]

    def test_new_key_at_the_end(self, df):
        put(df, 1, "cats-metadata", {})
        put(df, 1, "cats", [])

        assert lines(df)[1] == LINES[1][:-1] + b',"cats":[],"cats-metadata":{}}'

    def test_missing_and_null(self, df):
        for place in range(4):
            put(df, place, "cats", None)
        assert [b"null" in line for line in lines(df)] == [True, False, True, True]

        for place in range(4):
            put(df, place, "cats", pd.NA)
        assert not any(b'"cats"' in line for line in lines(df))

    def test_loc(self, df):
        df.loc[1, "source-ref"] = "other.jpg"
        df.loc[df["page"] == 4, "mixed"] = 2
        df.loc[0, "page"] = 10

        assert lines(df) == [
            LINES[0].replace(b'"page":1 ', b'"page":10 '),
            LINES[1].replace(b"s3://b/dog.jpg", b"other.jpg"),
            LINES[2],
            LINES[3].replace(b'"1"', b"2"),
        ]

    def test_column_written_back_whole_changes_nothing(self, df, monkeypatch):
        df.loc[1, "cats"] = "x"
        column = df["cats"]
        later = df["page"] > 1
        with monkeypatch.context() as patch:
            patch.setattr("nblabel.manifest.lines.Lines.cells", None)
            df["cats"] = column
            df.loc[:, "cats"] = column
            df.iloc[:, 3] = column
            df.loc[later, "cats"] = column[later]

        assert lines(df) == [LINES[0], LINES[1][:-1] + b',"cats":"x"}', *LINES[2:]]

    def test_cells_set_from_other_lines(self, df):
        array = df["cats"].array.copy()
        array[[0, 3]] = array[[3, 0]]
        df["cats"] = array

        assert [json.loads(line).get("cats") for line in lines(df)] == [{"annotations": []}, None, None, {"annotations": [{"top": 1.0}]}]
        assert [json.loads(line)["page"] for line in lines(df)] == [1, 2, 3, 4]

    def test_setting_what_is_there_changes_nothing(self, df):
        df.loc[2, "source-ref"] = "café.jpg"
        df.loc[0, "page"] = 1
        put(df, 0, "cats", {"annotations": [{"top": 1.0}]})

        assert lines(df) == LINES

    def test_undone_by_the_original_column(self, df):
        original = df["cats"].copy()
        put(df, 0, "cats", 1)
        df.loc[:, "cats"] = original

        assert lines(df) == LINES

    def test_changed_in_place(self, df):
        df.loc[3, "cats"]["annotations"].append({"top": 2})
        df["cats"].iloc[0]["annotations"][0]["top"] = 3

        assert lines(df) == [LINES[0].replace(b"1.00", b"3"), *LINES[1:3], LINES[3].replace(b"[]", b'[{"top":2}]')]
        assert lines(df.sort_values("page", ascending=False)) == lines(df)[::-1]
        assert lines(pd.concat([df, df.iloc[:1]])) == [*lines(df), lines(df)[0]]

    def test_changed_in_a_loop(self, df):
        for cell in df["cats"]:
            if isinstance(cell, dict):
                cell["seen"] = True

        assert [b'"seen":true' in line for line in lines(df)] == [True, False, False, True]

    @pytest.mark.parametrize("change", [1, True, 1.0])
    def test_change_of_type_only(self, change):
        df = read(b'{"source":"a","x":[1]}\n{"source":"a","x":[true]}\n{"source":"a","x":[1.0]}\n')
        for cell in df["x"]:
            cell[0] = change

        assert [json.loads(line)["x"] for line in lines(df)] == [[change]] * 3
        assert all(json.dumps(change) in line.decode() for line in lines(df))

    def test_looking_changes_nothing(self, df):
        df["cats"].tolist()
        repr(df)
        df["cats"].map(type)

        assert lines(df) == LINES

    @pytest.mark.parametrize("duplicate", [pd.DataFrame.copy, lambda df: df[df["page"] < 3], lambda df: df.take([0, 1]), copy.deepcopy])
    def test_copies_do_not_share_cells(self, df, duplicate):
        df.loc[0, "cats"]["annotations"].append(1)
        put(df, 1, "cats", {"annotations": []})
        before = lines(df)
        other = duplicate(df)
        for place in range(2):
            other.loc[place, "cats"]["annotations"].append("other")

        assert lines(df) == before
        assert [b"other" in line for line in lines(other)][:2] == [True, True]

    def test_views_write_to_their_own(self, df):
        view = df.iloc[1:]
        before = lines(df)
        array = view["cats"].array[::-1]
        array[0] = "changed"

        assert view["cats"].array[2] == "changed" or lines(df) == before


class TestColumnsChanged:
    def test_new_column(self, df):
        df["split"] = ["train", None, "test", np.nan]

        assert lines(df) == [LINES[0][:-1] + b',"split":"train"}', LINES[1], LINES[2][:-1] + b',"split":"test"}', LINES[3]]

    def test_dropped_column(self, df):
        assert lines(df.drop(columns=["site", "cats"])) == [
            b'{"source-ref": "s3://b/cat.jpg","page":1, "cats-metadata":{"type":"x"}}',
            b'{"page":2,"source-ref":"s3://b/dog.jpg"}',
            b'{"source-ref":"caf\\u00e9.jpg","page":3,"mixed":1}',
            b'{"source-ref":"s3://b/cat.jpg","page":4,"mixed":"1"}',
        ]
        assert lines(df[["cats"]]) == [b'{"cats":{"annotations":[{"top":1.00}]}}', b"{}", b'{"cats":null}', b'{"cats":{"annotations":[]}}']

    def test_renamed_column_stays_in_its_place(self, df):
        renamed = df.rename(columns={"cats": "kittens", "cats-metadata": "kittens-metadata"})

        assert lines(renamed) == [line.replace(b'"cats', b'"kittens') for line in LINES]
        put(renamed, 0, "kittens", 1)
        assert lines(renamed)[0] == LINES[0].replace(b'{"annotations":[{"top":1.00}]}', b"1").replace(b'"cats', b'"kittens')
        put(renamed, 2, "kittens", pd.NA)
        assert lines(renamed)[2] == LINES[2].replace(b'"cats":null,', b"")

    def test_two_columns_trade_names(self, df):
        traded = df.rename(columns={"cats": "cats-metadata", "cats-metadata": "cats"})

        assert json.loads(lines(traded)[0])["cats"] == {"type": "x"}
        assert json.loads(lines(traded)[0])["cats-metadata"] == {"annotations": [{"top": 1.0}]}
        assert lines(traded)[1] == LINES[1]

    def test_copied_column(self, df):
        df["copy"] = df["cats"]

        assert lines(df)[0] == LINES[0][:-1] + b',"copy":{"annotations":[{"top":1.00}]}}'
        assert lines(df)[1] == LINES[1]

    def test_order_of_columns_does_not_matter(self, df):
        assert lines(df[sorted(df.columns)]) == LINES

    def test_lazy_column_made_plain(self, df):
        df["source-ref"] = df["source-ref"].astype(object)
        df["mixed"] = df["mixed"].astype(object)

        assert lines(df) == LINES

    def test_repeated_key(self):
        df = read(b'{"x":1,"source":"a","x":2}\n{"source":"b"}\n')
        put(df, 0, "source", "c")
        assert lines(df)[0] == b'{"x":1,"source":"c","x":2}'

        put(df, 0, "x", 3)
        assert lines(df)[0] == b'{"source":"c","x":3}'
        assert lines(df.drop(columns="x")) == [b'{"source":"c"}', b'{"source":"b"}']

    def test_names(self, df):
        with pytest.raises(ManifestError, match="column 7 is not named by a string"):
            lines(df.rename(columns={"page": 7}))
        with pytest.raises(ManifestError, match="two columns are named 'page'"):
            lines(df.rename(columns={"site": "page"}))


class TestNewValues:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (np.float32(0.5), "0.5"),
            (np.True_, "true"),
            (np.str_("é"), '"é"'),
            ([np.int8(1), (2, np.array([[3]]))], "[1,[2,[[3]]]]"),
            ({1: "one", np.int64(2): None}, '{"1":"one","2":null}'),
            ({"nothing": None, "numpy": np.float64(1.5)}, '{"nothing":null,"numpy":1.5}'),
            (pd.Timestamp("2024-03-04 09:51:00.148118"), '"2024-03-04T09:51:00.148118"'),
            (dt.date(2024, 3, 4), '"2024-03-04"'),
            (Path("a") / "b.jpg", json.dumps(str(Path("a") / "b.jpg"))),
            (10**30, str(10**30)),
            ("\ud800", '"\\ud800"'),
            (["\x00\n\u2028"], '["\\u0000\\n\u2028"]'),
        ],
    )
    def test_encoded(self, df, value, text):
        put(df, 1, "cats", value)
        assert lines(df)[1] == LINES[1][:-1] + f',"cats":{text}}}'.encode()

        plain = pd.DataFrame({"source": ["a"], "x": pd.Series([value], dtype=object)})
        assert lines(plain) == [f'{{"source":"a","x":{text}}}'.encode()]

    @pytest.mark.parametrize(
        "value", [[float("nan")], {"a": float("inf")}, [np.float64("nan")], np.array([1, np.nan]), float("inf"), [pd.NA], object(), 1j]
    )
    def test_refused(self, df, value, tmp_path):
        put(df, 1, "cats", value)
        (tmp_path / "out.manifest").write_bytes(b"old")

        with pytest.raises(ManifestError, match=r"out.manifest: row 1, column 'cats': .*; put a value there"):
            write_manifest(df, tmp_path / "out.manifest")

        assert (tmp_path / "out.manifest").read_bytes() == b"old"
        assert [path.name for path in tmp_path.iterdir()] == ["out.manifest"]

    def test_plain_frame(self):
        df = pd.DataFrame(
            {
                "source-ref": ["é.jpg", "b.jpg", None],
                "n": pd.array([1, None, 3], dtype="Int64"),
                "x": [0.5, np.nan, 2.0],
                "when": pd.to_datetime(["2024-01-02", None, "2024-01-03"]),
                "label": [{"a": [1]}, None, []],
                "kind": pd.Categorical(["u", "v", None]),
            },
            index=[5, 5, 5],
        )

        assert lines(df) == [
            '{"source-ref":"é.jpg","n":1,"x":0.5,"when":"2024-01-02T00:00:00","label":{"a":[1]},"kind":"u"}'.encode(),
            b'{"source-ref":"b.jpg","kind":"v"}',
            b'{"n":3,"x":2.0,"when":"2024-01-03T00:00:00","label":[]}',
        ]
        assert lines(pd.DataFrame({"a": [None]})) == [b"{}"]


class TestFiles:
    def test_over_the_file_itself(self, tmp_path):
        path = tmp_path / "in.manifest"
        path.write_bytes(CONTENT)
        path.chmod(0o640)
        df = read_manifest(str(path))
        write_manifest(df, path)
        assert path.read_bytes() == CONTENT

        put(df, 0, "cats", 1)
        write_manifest(df, path)
        assert b'"cats":1,' in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o640
        assert lines(df)[1:] == LINES[1:]

    def test_file_objects(self, tmp_path, df):
        path = tmp_path / "x.manifest"
        with path.open("wb") as file:
            write_manifest(df, file)
        assert path.read_bytes() == CONTENT
        with path.open(encoding="utf-8") as file:
            assert lines(read_manifest(file)) == LINES
        text = io.StringIO()
        write_manifest(df, text)
        assert text.getvalue() == CONTENT.decode()
        with pytest.raises(ManifestError, match="not UTF-8"):
            write_manifest(read(b"\xff\n"), io.StringIO())
        with pytest.raises(ManifestError, match="lone surrogate"):
            read_manifest(io.StringIO('{"source":"\ud800"}'))

    def test_errors(self, tmp_path, df):
        with pytest.raises(StorageError, match="no such file"):
            read_manifest(tmp_path / "missing.manifest")
        with pytest.raises(StorageError, match="fsspec"):
            read_manifest("nowhere://bucket/x.manifest")
        with pytest.raises(StorageError, match="no such file or folder"):
            write_manifest(df, tmp_path / "no" / "x.manifest")
        with pytest.raises(TypeError, match="not from list"):
            read_manifest([1])
        with pytest.raises(TypeError, match="not to NoneType"):
            write_manifest(df, None)
        with pytest.raises(TypeError, match="a DataFrame was expected, got Series"):
            write_manifest(df["site"], io.BytesIO())
        with pytest.raises(ValueError, match="errors='ignore' is not known"):
            read_manifest(tmp_path, errors="ignore")


CELLS = st.sampled_from([pd.NA, None, 0, 0.0, True, "0", "é", [], [1], {"a": 1}, {"a": [2.0]}])
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 9), st.sampled_from("abc"), CELLS),
        st.tuples(st.just("append"), st.integers(0, 9), st.sampled_from("abc")),
        st.tuples(st.just("take"), st.lists(st.integers(0, 9), min_size=1, max_size=6)),
        st.tuples(st.just("slice"), st.integers(0, 3), st.sampled_from([1, 2, -1])),
        st.tuples(st.just("write_back"), st.sampled_from("abc")),
        st.tuples(st.just("filter"), st.lists(st.booleans(), min_size=1, max_size=4)),
        st.tuples(st.just("sample"), st.integers(0, 9)),
        st.tuples(st.sampled_from(["look", "double", "concat", "copy", "merge", "pickle", "reset_index", "rewrite", "sort"])),
    ),
    max_size=8,
)
ROWS = st.lists(st.dictionaries(st.sampled_from("abc"), CELLS.filter(lambda cell: cell is not pd.NA), max_size=3), min_size=1, max_size=4)


class Model:
    """A frame as a list of (what the line of the row has, what the row has now)."""

    def __init__(self, rows):
        self.content = "".join(json.dumps(row) + "\n" for row in rows).encode()
        self.df = self.fresh()
        self.rows = [(row, copy.deepcopy(row)) for row in rows]

    def fresh(self):
        df = read(self.content)
        for name in "abc":
            if name not in df:
                df[name] = pd.Series([pd.NA] * len(df), dtype="manifest")
            elif df[name].dtype.name != "manifest":
                df[name] = df[name].astype(object)
        return df

    def now(self):
        return [json.dumps(row, sort_keys=True) for _, row in self.rows]

    def put(self, place, name, value):
        line, row = self.rows[place % len(self.rows)]
        put(self.df, place % len(self.rows), name, copy.deepcopy(value))
        lazy = self.df[name].dtype.name == "manifest"
        if value is None and (name in line if lazy else line.get(name, 1) is None):
            row[name] = None
        elif value is None or value is pd.NA:
            row.pop(name, None)
            if not lazy and line.get(name, 1) is None:
                row[name] = None
        elif not lazy and type(value) is float and type(line.get(name)) is int and value == line[name]:
            row[name] = line[name]  # as if pandas had made the integer a float
        else:
            row[name] = copy.deepcopy(value)

    def append(self, place, name):
        place %= len(self.rows)
        cell = self.df[name].array[place]
        if isinstance(cell, list):
            cell.append("new")
            self.rows[place][1][name] = copy.deepcopy(cell)

    def take(self, places):
        places = [place % len(self.rows) for place in places]
        self.df = self.df.iloc[places]
        self.rows = [(self.rows[place][0], copy.deepcopy(self.rows[place][1])) for place in places]

    def slice(self, start, step):
        if self.rows[start::step]:
            self.df, self.rows = self.df.iloc[start::step], self.rows[start::step]

    def filter(self, mask):
        mask = [mask[place % len(mask)] for place in range(len(self.rows))]
        if any(mask):
            self.df = self.df[pd.Series(mask, index=self.df.index)]
            self.rows = [row for row, kept in zip(self.rows, mask, strict=True) if kept]

    def sample(self, seed):
        order = np.arange(len(self.rows))
        self.df = self.df.sample(frac=1, random_state=seed)
        self.rows = [self.rows[place] for place in pd.Series(order).sample(frac=1, random_state=seed)]

    def sort(self):
        self.df = self.df.sort_values("source", kind="stable")
        self.rows = sorted(self.rows, key=lambda row: row[1]["source"])

    def reset_index(self):
        self.df = self.df.reset_index(drop=True)

    def merge(self):
        sources = sorted({row["source"] for _, row in self.rows})
        extra = pd.DataFrame({"source": sources, "extra": [f"of {source}" for source in sources]})
        self.df = self.df.drop(columns="extra", errors="ignore").merge(extra, on="source", how="left")
        for _, row in self.rows:
            row["extra"] = f"of {row['source']}"

    def look(self):
        repr(self.df)
        self.df["a"].tolist()

    def double(self):
        self.df = pd.concat([self.df, self.df], ignore_index=True)
        self.rows += copy.deepcopy(self.rows)

    def concat(self):
        self.df = pd.concat([self.df, self.fresh()])
        rows = [json.loads(line) for line in self.content.splitlines()]
        self.rows += [(row, copy.deepcopy(row)) for row in rows]

    def copy(self):
        self.df = self.df.copy()

    def pickle(self):
        self.df = pickle.loads(pickle.dumps(self.df))

    def rewrite(self):
        self.content = b"\n".join(lines(self.df)) + b"\n"
        self.df = self.fresh()
        self.rows = [(copy.deepcopy(row), row) for _, row in self.rows]

    def write_back(self, name):
        self.df.loc[:, name] = self.df[name].copy()


@pytest.mark.filterwarnings("ignore:The behavior of DataFrame concatenation with empty or all-NA entries:FutureWarning")
@settings(max_examples=400)
@given(ROWS, OPERATIONS)
def test_frame_does_what_lists_of_dicts_do(rows, operations):
    model = Model([{"source": str(number), **row} for number, row in enumerate(rows)])

    for operation, *arguments in operations:
        getattr(model, operation)(*arguments)

    assert [json.dumps(json.loads(line), sort_keys=True) for line in lines(model.df)] == model.now()
