"""Scans as Dask DataFrames, on a real scheduler and worker."""

import io
import sys

import dask
import pandas as pd
import pytest
from distributed import Client, LocalCluster

import nblabel as nl
from nblabel.errors import MissingExtraError
from nblabel.manifest import bad_lines, read_manifest

LINES = [
    b'{"source-ref":"s3://b/%d.jpg" , "page":%d,"site":"%s","cats":{"annotations":[%d.00]},"cats-metadata":{"type":"x"}}'
    % (n, n, b"AB"[n % 2 :][:1], n)
    for n in range(200)
]
LINES[150] = LINES[150].replace(b'"page":150', b'"page":"150"').replace(b"}}", b'},"late":1}')
CONTENT = b"\n".join(LINES) + b"\n"


@pytest.fixture(scope="module")
def client():
    with (
        dask.config.set({"distributed.admin.tick.limit": "1h", "distributed.worker.memory.terminate": False}),
        LocalCluster(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "in.manifest"
    path.write_bytes(CONTENT)
    return path


def written(df):
    file = io.BytesIO()
    nl.write_manifest(df, file)
    return file.getvalue()


@pytest.mark.usefixtures("client")
class TestOnACluster:
    def test_partitions_are_lossless_frames(self, path):
        ddf = nl.scan(path, block_size=5000).to_dask()

        assert ddf.npartitions == 5
        assert list(ddf.columns) == list(read_manifest(path).columns)
        assert written(ddf.compute()) == CONTENT
        assert b"".join(ddf.map_partitions(written, meta=(None, object)).compute()) == CONTENT

    def test_what_pandas_does(self, path):
        ddf = nl.scan(path, block_size=5000).to_dask()

        assert ddf["site"].value_counts().compute().to_dict() == {"A": 100, "B": 100}
        assert len(ddf[ddf["source-ref"].str.contains("9.jpg")]) == 20
        assert ddf["cats"].map(lambda label: label["annotations"][0], meta=(None, float)).sum().compute() == sum(range(200))
        chosen = ddf[ddf["site"] == "A"].compute()
        assert written(chosen) == b"".join(line + b"\n" for line in LINES[::2])

    def test_kinds_are_those_of_all_partitions(self, path):
        ddf = nl.scan(path, block_size=5000).to_dask()

        assert pd.api.types.is_string_dtype(ddf.dtypes["site"])
        assert {name: ddf.dtypes[name].name for name in ("page", "late", "cats")} == dict.fromkeys(["page", "late", "cats"], "manifest")
        assert nl.scan(path, block_size=5000).select("s.page >= 0").to_dask()["page"].dtype == "int64"
        for part in ddf.partitions:
            assert dict(part.compute().dtypes) == dict(ddf.dtypes)

    def test_given_columns(self, path):
        ddf = nl.scan(path, block_size=5000).to_dask(columns=["source-ref", "page"])

        assert list(ddf.compute().columns) == ["source-ref", "page"]
        assert set(map(str, ddf.dtypes)) == {"manifest"}
        assert ddf["page"].astype(str).astype(int).sum().compute() == sum(range(200))

    def test_filtered_and_sampled(self, path):
        scan = nl.scan(path, block_size=5000).select("s.site = 'B'").sample(30, seed=1)

        assert scan.to_dask().compute().index.tolist() == scan.read().index.tolist()
        assert len(scan.read()) == 30

    def test_workers_read_ranges_from_s3(self, bucket, client, monkeypatch):
        import os

        names = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        client.run(lambda: os.environ.update(names))
        nl.write_manifest(read_manifest(io.BytesIO(CONTENT)), f"{bucket}/in.manifest")
        scan = nl.scan(f"{bucket}/in.manifest", block_size=5000)

        assert written(scan.to_dask().compute()) == CONTENT
        assert scan.select("s.page = 7").read().index.tolist() == [7]
        scan.sample(5, seed=0).to_manifest(f"{bucket}/sample.manifest")
        assert len(nl.read_manifest(f"{bucket}/sample.manifest")) == 5


def test_partitions_can_be_read_in_any_order_by_anyone(path):
    parts = nl.scan(path, block_size=5000).partitions()

    assert b"".join(written(part.read()) for part in reversed(list(reversed(parts)))) == CONTENT
    assert sum(part.count for part in parts) == 200


def test_bad_lines_of_a_partition_name_the_byte_it_begins_at(path):
    path.write_bytes(CONTENT + b"nonsense\n")
    part = nl.scan(path, block_size=10_000).partitions()[-1]

    assert str(bad_lines(part.read())[0]).startswith(f"{path} (from byte 20,000):")


def test_empty_manifest(tmp_path):
    (tmp_path / "a.manifest").touch()

    assert len(nl.scan(tmp_path / "a.manifest").to_dask()) == 0


def test_without_dask_one_sentence_says_what_to_install(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)

    with pytest.raises(MissingExtraError, match=r'needs the package dask, .*pip install "nblabel\[dask\]"'):
        nl.scan(path).to_dask()
