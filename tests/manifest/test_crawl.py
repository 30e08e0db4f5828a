import json
import logging
import struct

import pandas as pd
import pytest

import nblabel as nl
from nblabel import storage
from nblabel.errors import StorageError


@pytest.fixture(params=["folder", "s3"])
def location(request, tmp_path):
    """A place for files, without a slash at the end."""
    return tmp_path.as_posix() if request.param == "folder" else request.getfixturevalue("bucket") + "/data set"


@pytest.fixture
def put(location, tmp_path):
    def write(name, content=b"x"):
        ref = f"{location}/{name}"
        if not ref.startswith("s3:"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        storage.write_bytes_atomic(ref, [content if isinstance(content, bytes) else content.encode()])
        return ref

    return write


def crawl(location, media):
    """Crawl; gives what was found, and by file's name the codes of what was left out."""
    df, report = nl.crawl(location, media, report=True)
    assert list(report) == ["file", "code", "message"]
    return df, [(file.removeprefix(f"{location}/"), code) for file, code in zip(report["file"], report["code"], strict=True)]


class TestFiles:
    def test_images(self, location, put):
        for name in [
            "b.PNG",
            "a/10.jpg",
            "a/2.jpeg",
            "a.jpg",
            "é.jpg",
            "가나다 0002.png",
            "notes.txt",
            ".ipynb_checkpoints/a.jpg",
            "dataset.manifest",
        ]:
            put(name)
        put("none.jpg", b"")
        expected = [f"{location}/{name}" for name in ["a.jpg", "a/10.jpg", "a/2.jpeg", "b.PNG", "é.jpg", "가나다 0002.png"]]

        df, left_out = crawl(location, "image")
        assert list(df) == ["source-ref"]
        assert df["source-ref"].tolist() == expected
        assert left_out == [(".ipynb_checkpoints/a.jpg", "hidden"), ("none.jpg", "empty"), ("notes.txt", "other-type")]
        pd.testing.assert_frame_equal(nl.crawl(f"{location}/"), df)
        assert nl.crawl(expected[0])["source-ref"].tolist() == expected[:1]

    def test_videos(self, location, put):
        for name in ["1.mp4", "2.ogg", "3.webm", "4.avi"]:
            put(name)
        df, left_out = crawl(location, "video")
        assert df["source-ref"].tolist() == [f"{location}/{name}" for name in ["1.mp4", "2.ogg", "3.webm"]]
        assert left_out == [("4.avi", "other-type")]

    def test_what_is_left_out_is_logged(self, location, put, caplog):
        caplog.set_level(logging.INFO)
        put("1.jpg")
        nl.crawl(location)
        assert [(record.levelname, record.message) for record in caplog.records if record.name.startswith("nblabel")] == [
            ("INFO", f"{location}: 1 item of 1 file")
        ]
        for number in range(12):
            put(f"{number}.webp")
        nl.crawl(location)
        message = caplog.records[-1].message
        assert f"{location}: 1 item of 13 files. To look at: 12 other-type (as {location}/0.webp: Ground Truth takes .jpg .jpeg .png here" in message
        assert "nl.crawl(..., report=True)" in message

    def test_relative(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "photos").mkdir()
        for name in ("photos/1.jpg", ".hidden.jpg"):
            (tmp_path / name).write_bytes(b"x")

        assert nl.crawl("photos")["source-ref"].tolist() == nl.crawl(".")["source-ref"].tolist() == ["photos/1.jpg"]
        assert nl.crawl(tmp_path.as_uri())["source-ref"].tolist() == [(tmp_path / "photos" / "1.jpg").as_uri()]

    def test_nothing_there(self, location, put, tmp_path):
        put("x.txt")
        with pytest.raises(StorageError, match=r"nothing is there; check|no such file or folder"):
            nl.crawl(f"{location}/none/")
        (tmp_path / "empty").mkdir()
        with pytest.raises(StorageError, match="nothing is there; check"):
            nl.crawl(tmp_path / "empty")
        assert nl.crawl(location, "image").to_dict("list") == {"source-ref": []}
        with pytest.raises(ValueError, match="media='audio' is not known; use one of 'image', 'text'"):
            nl.crawl(location, "audio")


class TestTexts:
    def test_lines_and_rows(self, location, put):
        put("1.txt", "\ufeffFirst.\r\nsecond \f\u2028 with odd blanks\n\n   \nlast, without end")
        put("2.csv", '"quoted, with ""quotes""\nand a line end"\r\nplain\r\n\r\n00123\r\n')
        put("3.csv", 'id,Text ,stars\n007,good,5\n8,"bad, very",\n')
        put("4.csv", "1, two\n3,four")
        put("5.txt", "only\n")
        put("6.jpg")

        df, left_out = crawl(location, "text")
        assert list(df) == ["source", "id", "stars"]
        assert df["source"].tolist() == [
            "First.",
            "second \f\u2028 with odd blanks",
            "last, without end",
            'quoted, with "quotes"\nand a line end',
            "plain",
            "00123",
            "good",
            "bad, very",
            "1, two",
            "3,four",
            "only",
        ]
        assert df["id"].dropna().to_dict() == {6: "007", 7: "8"}
        assert left_out == [("6.jpg", "other-type"), ("1.txt", "blank"), ("2.csv", "blank")]
        nl.write_manifest(df, f"{location}/out.manifest")
        assert storage.read_bytes(f"{location}/out.manifest").decode().split("\n")[5:8] == [
            '{"source":"00123"}',
            '{"source":"good","id":"007","stars":"5"}',
            '{"source":"bad, very","id":"8","stars":""}',
        ]

    def test_what_cannot_be_read(self, location, put):
        put("1.txt", "é".encode("latin-1"))
        put("2.csv", 'open,"quote\n')
        put("3.csv", "text,a,a\nx,1,2\n")
        put("4.csv", "text,a\nx\n")
        put("5.csv", "text,source-ref\nx,y\n")
        put("6.txt", "fine")

        df, left_out = crawl(location, "text")
        assert df.to_dict("list") == {"source": ["fine"]}
        assert left_out == [("1.txt", "encoding"), *((f"{number}.csv", "csv") for number in range(2, 6))]


class TestSequences:
    def test_video_frames(self, location, put):
        for name in ["run 2/f10.jpg", "run 2/f2.jpg", "run1/0001.png", "run1/0000.png", "top.jpg", "run1/notes.txt"]:
            put(name)
        df, left_out = crawl(location, "video-frames")
        name = location.rpartition("/")[2]
        expected = [f"{location}/{ref}" for ref in ["run 2/run 2-sequence.json", "run1/run1-sequence.json", f"{name}-sequence.json"]]

        assert df.to_dict("list") == {"source-ref": expected}
        assert json.loads(storage.read_bytes(expected[1])) == {
            "seq-no": 2,
            "prefix": f"{location}/run1/",
            "number-of-frames": 2,
            "frames": [{"frame-no": 0, "frame": "0000.png"}, {"frame-no": 1, "frame": "0001.png"}],
        }
        assert left_out == [("run1/notes.txt", "other-type"), ("run 2/run 2-sequence.json", "frame-order")]
        assert [frame["frame"] for frame in json.loads(storage.read_bytes(expected[0]))["frames"]] == ["f10.jpg", "f2.jpg"]

    def test_what_is_there_is_kept(self, location, put):
        for number in range(3):
            put(f"run/{number}.jpg")
        mine = {"seq-no": 1, "prefix": f"{location}/run/", "frames": [{"frame": f"{number}.jpg", "unix-timestamp": number} for number in range(3)]}
        ref = put("run/run-sequence.json", json.dumps(mine))

        df, left_out = crawl(location, "video-frames")
        assert (df["source-ref"].tolist(), left_out) == ([ref], [])
        put("run/3.jpg")
        df, left_out = crawl(location, "video-frames")
        assert (df["source-ref"].tolist(), left_out) == ([ref], [("run/run-sequence.json", "sequence-differs")])
        assert json.loads(storage.read_bytes(ref)) == mine
        put("run/run-sequence.json", "[]")
        assert crawl(location, "video-frames")[1] == [("run/run-sequence.json", "sequence-broken")]

    def test_too_many_frames(self, tmp_path):
        for number in range(2001):
            (tmp_path / f"{number:04}.jpg").write_bytes(b"x")
        df, left_out = crawl(tmp_path.as_posix(), "video-frames")
        assert len(json.loads(storage.read_bytes(df.at[0, "source-ref"]))["frames"]) == 2001
        assert [code for _, code in left_out] == ["too-long"]

    def test_point_clouds(self, location, put):
        points = struct.pack("<12f", *range(12))
        for name, content in {
            "a/0.bin": points + points[:16],
            "a/1.bin": points,
            "b/0.bin": points[:12],
            "b/1.bin": points,
            "b/2.bin": points[:10],
            "c/0.txt": "1 2 3 0.5\n4 5 6 0.5\n",
            "c/1.txt": "1 2 3 0.5 1 2 3",
            "c/readme.txt": "Clouds of ours.",
        }.items():
            put(name, content)
        df, left_out = crawl(location, "point-cloud")
        found = [json.loads(storage.read_bytes(ref))["frames"] for ref in df["source-ref"]]

        assert found[0] == [
            {"frame-no": number, "frame": f"{number}.bin", "unix-timestamp": float(number), "format": "binary/xyzi"} for number in (0, 1)
        ]
        assert [frame["format"] for frame in found[-1]] == ["text/xyzi", "text/xyzirgb"]
        assert left_out == [("b/2.bin", "no-points"), ("c/readme.txt", "no-points")]
