"""Scans give what a frame of the whole manifest gives, wherever the blocks happen to end."""

import io
import json
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nblabel as nl
from nblabel.errors import ManifestError, StorageError
from nblabel.manifest import Scan, bad_lines, read_manifest
from nblabel.manifest.blocks import read_block
from nblabel.manifest.chance import choose, keys

CONTENT = (
    b'\xef\xbb\xbf{"source-ref": "s3://b/0.jpg", "page":0 , "score":0.00}\r\n'
    b"\r\n"
    b'{"source-ref":"s3://b/1.jpg","page":1}\n'
    b"  \n\n"
    b'{"source-ref":"s3://b/2.jpg","page":2\n'
    b'{"page":3,"source-ref":"caf\\u00e9.jpg","cats":{"annotations":[]},"cats-metadata":{"type":"x"}}\n'
    b'{"source-ref":"s3://b/4.jpg","page":4}'
)
KEPT = [0, 1, 3, 4]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "in.manifest"
    path.write_bytes(CONTENT)
    return path


def write(path, count):
    path.write_bytes(b"".join(b'{"source-ref":"%d.jpg","page":%d}\n' % (number, number) for number in range(count)))
    return path


def pages(scan):
    return [page for df in scan for page in df["page"]]


def written(scan_or_frame, path):
    (scan_or_frame.to_manifest if isinstance(scan_or_frame, Scan) else scan_or_frame.nblabel.to_manifest)(path)
    return path.read_bytes()


def without_blanks(content):
    return b"".join(line for line in content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True) if line.strip())


lines = st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=12)


@settings(max_examples=200)
@given(lines, st.integers(1, 40), st.booleans())
def test_ranges_give_each_byte_once(tmp_path_factory, lines, block, ends):
    path = tmp_path_factory.getbasetemp() / "ranges.manifest"
    content = b"\n".join(lines) + b"\n" * ends
    path.write_bytes(content)

    blocks = [read_block(str(path), start, min(start + block, len(content)), len(content)) for start in range(0, len(content), block)]

    assert b"".join(block.data for block in blocks) == content
    assert all(content.startswith(block.data, block.offset) for block in blocks)
    assert all(block.data.endswith(b"\n") for block in blocks[:-1] if block.data and not content.endswith(block.data))


def test_a_line_longer_than_many_blocks_and_margins(tmp_path):
    path = tmp_path / "long.manifest"
    path.write_bytes(b'{"source":"a"}\n{"source":"' + b"x" * 500_000 + b'"}\n{"source":"b"}\n')

    assert [len(text) for df in nl.scan(path, block_size=1000) for text in df["source"]] == [1, 500_000, 1]


@pytest.mark.parametrize("block_size", [1, 17, 60, 1 << 24])
class TestWholeManifest:
    def test_frames_are_those_of_read_manifest(self, path, block_size):
        whole = read_manifest(path)
        streamed = list(nl.scan(path, block_size=block_size))

        assert [index for df in streamed for index in df.index] == list(whole.index)
        assert [value for df in streamed for value in df["source-ref"]] == whole["source-ref"].tolist()
        assert nl.scan(path, block_size=block_size).count == 5

    def test_bytes_come_out_as_they_are(self, path, block_size, tmp_path):
        assert written(nl.scan(path, block_size=block_size), tmp_path / "out.manifest") == CONTENT

    def test_frames_write_the_same_bytes(self, path, block_size, tmp_path):
        out = b"".join(written(df, tmp_path / "out.manifest") for df in nl.scan(path, block_size=block_size))

        assert without_blanks(out) == without_blanks(CONTENT)

    def test_bad_lines_are_rows_and_know_their_number(self, path, block_size):
        errors = [error for df in nl.scan(path, block_size=block_size) for error in bad_lines(df)]

        assert [(error.line, error.uri) for error in errors] == [(6, str(path))]
        assert [error.line for error in bad_lines(nl.scan(path, block_size=block_size).sample(frac=1, seed=0).read())] == [6]

    def test_filter_is_that_of_the_frame(self, path, block_size, tmp_path):
        where = "s.page >= 1 AND s.\"source-ref\" LIKE '%.jpg'"
        scan = nl.scan(path, block_size=block_size).select(where)
        df = read_manifest(path).nblabel.select(where)

        assert df.index.tolist() == scan.read().index.tolist() == [1, 3, 4]
        assert pages(scan) == [1, 3, 4]
        assert written(scan, tmp_path / "a") == written(df, tmp_path / "b") == b"\n".join(CONTENT.split(b"\n")[n] for n in (2, 6, 7))

    @pytest.mark.parametrize("seed", range(4))
    def test_sample_is_that_of_the_frame(self, path, block_size, seed, tmp_path):
        scan = nl.scan(path, block_size=block_size).sample(3, seed=seed)
        df = read_manifest(path).nblabel.sample(3, seed=seed)

        assert df.index.tolist() == scan.read().index.tolist() == sorted(df.index)
        assert len(df) == scan.count == 3
        assert written(scan, tmp_path / "a") == without_blanks(written(df, tmp_path / "b"))


@settings(max_examples=25)
@given(st.integers(0, 60), st.integers(200, 1000), st.integers(5, 25), st.data())
def test_any_chain_equals_the_same_chain_on_a_frame(tmp_path_factory, count, block_size, objects, data):
    folder = tmp_path_factory.getbasetemp()
    scans = [nl.scan(write(folder / "chain.manifest", count), block_size=block_size)]
    frames = [read_manifest(folder / "chain.manifest")]
    for step in data.draw(st.lists(st.sampled_from(["sample", "split", "random_split", "select"]), max_size=3)):
        if step == "sample":
            frac, seed = data.draw(st.floats(0, 1)), data.draw(st.integers(0, 3))
            scans, frames = [scan.sample(frac=frac, seed=seed) for scan in scans], [df.nblabel.sample(frac=frac, seed=seed) for df in frames]
        elif step == "select":
            where = f"s.page > {data.draw(st.integers(0, 60))}"
            scans, frames = [scan.select(where) for scan in scans], [df.nblabel.select(where) for df in frames]
        else:
            argument = objects if step == "split" else [0.5, 0.3, 0.2]
            options = {} if step == "split" else {"seed": 1}
            scans = [part for scan in scans for part in getattr(scan, step)(argument, **options)][:4]
            frames = [part for df in frames for part in getattr(df.nblabel, step)(argument, **options)][:4]

    assert [scan.read().index.tolist() for scan in scans] == [df.index.tolist() for df in frames]
    for scan, df in zip(scans, frames, strict=True):
        assert scan.count == len(df)
        assert written(scan, folder / "a") == written(df, folder / "b")
        assert pages(scan) == ([] if df.empty else df["page"].tolist())


class TestSplit:
    def test_parts_hold_the_quota_and_every_byte(self, path, tmp_path):
        parts = nl.scan(path, block_size=50).split(2)

        assert [part.count for part in parts] == [2, 2, 1]
        assert b"".join(written(part, tmp_path / "part") for part in parts) == CONTENT

    def test_default_is_the_quota_of_a_labeling_job(self, tmp_path):
        scan = nl.scan(write(tmp_path / "a.manifest", 100_001))

        assert [part.count for part in scan.split()] == [100_000, 1]
        assert [len(part) for part in scan.read().nblabel.split()] == [100_000, 1]

    def test_a_part_reads_its_own_bytes_only(self, tmp_path, monkeypatch):
        last = nl.scan(write(tmp_path / "a.manifest", 50_000), block_size=40_000).split(10_000)[-1]
        asked = []
        read_range = nl.manifest.blocks.storage.read_range
        monkeypatch.setattr(nl.manifest.blocks.storage, "read_range", lambda uri, start, end: asked.append(start) or read_range(uri, start, end))

        assert pages(last) == list(range(40_000, 50_000))
        assert min(asked) > (tmp_path / "a.manifest").stat().st_size * 0.75

    def test_parts_number_their_lines_as_the_manifest(self, path):
        assert [error.line for part in nl.scan(path).split(1) for df in part for error in bad_lines(df)] == [6]

    def test_not_positive(self, path):
        with pytest.raises(ValueError, match="objects=0 must be a positive number"):
            nl.scan(path).split(0)
        with pytest.raises(ValueError, match="objects=0 must be a positive number"):
            read_manifest(path).nblabel.split(0)


class TestChance:
    def test_same_seed_same_lines_other_seed_others(self, tmp_path):
        scan = nl.scan(write(tmp_path / "a.manifest", 1000))

        assert pages(scan.sample(50, seed=7)) == pages(nl.scan(tmp_path / "a.manifest", block_size=99).sample(50, seed=7))
        assert pages(scan.sample(50, seed=7)) != pages(scan.sample(50, seed=8))
        unseeded = scan.sample(50)
        assert pages(unseeded) == pages(unseeded) != pages(scan.sample(50))

    def test_larger_sample_holds_the_smaller(self, tmp_path):
        scan = nl.scan(write(tmp_path / "a.manifest", 300))

        assert set(pages(scan.sample(20, seed=1))) < set(pages(scan.sample(100, seed=1)))

    def test_the_choice_does_not_change_between_versions(self):
        df = pd.DataFrame({"source": range(20)})

        assert df.nblabel.sample(5, seed=0).index.tolist() == [2, 4, 6, 8, 18]
        assert [hex(key) for key in keys(0, 0, 3)] == ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4", "0x6c45d188009454f"]  # the published sequence

    def test_every_line_is_as_likely(self):
        counts = np.bincount(np.concatenate([choose(10, 3, None, seed).keep(0, 10).nonzero()[0] for seed in range(2000)]), minlength=10)

        assert counts.sum() == 6000
        assert (abs(counts - 600) < 5 * (2000 * 0.3 * 0.7) ** 0.5).all()

    def test_random_split_is_a_partition_of_exact_sizes(self, tmp_path):
        train, validation, test = nl.scan(write(tmp_path / "a.manifest", 1000)).random_split([8, 1, 1], seed=3)

        assert (train.count, validation.count, test.count) == (800, 100, 100)
        assert sorted(pages(train) + pages(validation) + pages(test)) == list(range(1000))

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "one of both"),
            ({"n": 1, "frac": 0.5}, "one of both"),
            ({"n": 6}, "n=6 rows cannot be chosen from the 5 that there are"),
            ({"n": -1}, "n=-1 rows cannot"),
            ({"frac": 1.5}, "frac=1.5 must be from 0 to 1"),
        ],
    )
    def test_impossible_samples(self, path, arguments, message):
        for sample in (nl.scan(path).sample, read_manifest(path).nblabel.sample):
            with pytest.raises(ValueError, match=message):
                sample(**arguments)

    @pytest.mark.parametrize("weights", [[], [1, 0], [1, -1], [float("nan")], [float("inf")]])
    def test_impossible_weights(self, path, weights):
        with pytest.raises(ValueError, match="must be positive numbers"):
            nl.scan(path).random_split(weights)


class TestScan:
    def test_repr_tells_what_is_chosen(self, path):
        scan = nl.scan(path)

        assert repr(scan) == f"<Scan of {path}>"
        assert repr(scan.select("s.page > 1").sample(1, seed=5)) == f"<Scan of {path}, where s.page > 1, a random part (seed=5)>"
        assert ", bytes 0 to " in repr(scan.split(2)[0])

    def test_pickle(self, path):
        scan = nl.scan(path).select("s.page > 0").sample(2, seed=0)

        assert pages(pickle.loads(pickle.dumps(scan))) == pages(scan)

    def test_missing_file(self, tmp_path):
        with pytest.raises(StorageError, match="no such file"):
            nl.scan(tmp_path / "none.manifest")

    def test_not_a_block_size(self, path):
        with pytest.raises(ValueError, match="block_size=0"):
            nl.scan(path, block_size=0)

    def test_empty(self, tmp_path):
        (tmp_path / "a.manifest").write_bytes(b"\n\n")
        scan = nl.scan(tmp_path / "a.manifest")

        assert (list(scan), scan.count, scan.split(), len(scan.read())) == ([], 0, [], 0)
        assert scan.sample(frac=0.5).count == 0

    def test_nothing_chosen_still_has_columns(self, path):
        assert list(nl.scan(path).select("s.page > 99").read().columns) == list(read_manifest(path).columns)

    def test_may_replace_the_manifest_that_it_reads(self, path):
        assert written(nl.scan(path, block_size=10).select("s.page = 1"), path) == CONTENT.split(b"\n")[2] + b"\n"

    def test_a_manifest_that_becomes_shorter_is_told(self, path, tmp_path):
        scan = nl.scan(path, block_size=100)
        path.write_bytes(CONTENT[:150])

        with pytest.raises(ManifestError, match="became shorter while it was read"):
            scan.to_manifest(tmp_path / "out.manifest")
        assert not (tmp_path / "out.manifest").exists()

    def test_relative_references_start_at_the_manifests_folder(self, path):
        assert set(nl.manifest.folders(next(iter(nl.scan(path))))) == {str(path.parent)}

    def test_edited_frames_are_written_as_any_other(self, path):
        df = nl.scan(path).select("s.page = 3").read()
        df.loc[3, "page"] = 30
        file = io.BytesIO()
        nl.write_manifest(df, file)

        assert json.loads(file.getvalue())["page"] == 30
        assert b'"caf\\u00e9.jpg"' in file.getvalue()
