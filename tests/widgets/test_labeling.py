from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nblabel as nl
from nblabel.errors import FrameError, MediaError, StoreError, TaskError
from nblabel.geometry.mask_png import encode_mask
from nblabel.tasks.bounding_box import BoundingBox

BOX = {"label": "cat", "left": 1, "top": 2, "width": 10, "height": 20}


class Masks(BoundingBox):
    reference = True


def test_a_frame_needs_an_attribute(start, frame):
    with pytest.raises(FrameError, match=r"nl.label\(df, task, attribute='my-labels'\)"):
        start(frame)
    assert list(frame.columns) == ["source-ref"]


def test_the_attribute_can_come_from_the_name(start, frame):
    start(frame, name="cats")
    assert "cats" in frame
    start(frame, name="cats", task=Masks(["cat"]), store="other.db")
    assert "cats-ref" in frame


def test_name_and_attribute(start, frame):
    labeler = start(frame, attribute="things", name="First")
    labeler.submit()
    assert frame["things-metadata"][0]["job-name"] == "labeling-job/first"


def test_work_is_there_again(start, frame):
    labeler = start(frame, attribute="things")
    labeler.value = [BOX]
    labeler.submit()
    labeler.close()
    fresh = pd.DataFrame({"source-ref": frame["source-ref"]})
    again = start(fresh, attribute="things")
    assert fresh["things"][0] == frame["things"][0]
    assert (again.index, again.progress.submitted) == (1, 1)


def test_jobs_share_a_store(start, frame, folder):
    for attribute in ("cats", "dogs"):
        labeler = start(frame, attribute=attribute, store=folder / "work" / "labels.db")
        labeler.submit()
    assert list(frame.columns) == ["source-ref", "cats", "cats-metadata", "dogs", "dogs-metadata"]
    assert not (folder / ".nblabel").exists()


def forms(folder):
    path = folder / "a.png"
    return {
        "path": path,
        "text": str(path),
        "relative": "a.png",
        "url": path.as_uri(),
        "bytes": path.read_bytes(),
        "image": Image.open(path).copy(),
        "gray": np.zeros((48, 64), np.uint8),
        "color": np.zeros((48, 64, 3), np.uint8),
    }


@pytest.mark.parametrize("form", ["path", "text", "relative", "url", "bytes", "image", "gray", "color"])
def test_one_item(start, folder, form):
    labeler = start(forms(folder)[form])
    labeler.value = [BOX]
    labeler.submit()
    assert labeler.value == [BOX]
    assert labeler.data["bounding-box"][0]["image_size"] == [{"width": 64, "height": 48, "depth": 1 if form == "gray" else 3}]
    again = start(forms(folder)[form])
    assert (again.value, again.progress.submitted) == ([BOX], 1)
    assert (folder / ".nblabel" / "store.db").exists()


def test_one_item_in_a_store_of_its_own(start, folder):
    picture = np.arange(64 * 48, dtype=np.uint8).reshape(48, 64)
    start(picture, store="one.db").value = [BOX]
    assert start(picture, store="one.db").value == [BOX]
    assert start(picture + np.uint8(1), store="one.db").value == []
    assert not (folder / ".nblabel").exists()


@pytest.mark.parametrize("mode", ["1", "P", "PA", "LA", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16"])
def test_one_picture_of_any_mode(start, mode):
    widget = start(Image.new(mode, (300, 200)))
    widget.value = [BOX]
    assert widget.value == [BOX]


def test_an_array_with_alpha_is_one_item(start):
    assert start(np.zeros((200, 300, 4), np.uint8)).value == []


def test_one_item_of_a_task_that_writes_files(start, folder):
    assert list(start("a.png", task=Masks(["cat"])).data.columns) == ["source-ref", "bounding-box-ref", "bounding-box-ref-metadata"]


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        (pd.Series(["a.png"]), FrameError, "got Series; put several items into a DataFrame"),
        (["a.png", "b.png"], FrameError, "got list"),
        (None, FrameError, "got NoneType"),
        (np.zeros((4, 4)), MediaError, r"got float64 and \(4, 4\)"),
        (np.zeros((4, 4, 2), np.uint8), MediaError, r"got uint8 and \(4, 4, 2\)"),
        (np.zeros((4, 0), np.uint8), MediaError, r"got uint8 and \(4, 0\)"),
        (Image.new("La", (4, 4)), MediaError, r"pixels of mode 'La' cannot be shown .*; convert the image"),
        (np.zeros(4, np.uint8), MediaError, r"got uint8 and \(4,\)"),
    ],
)
def test_data_that_cannot_be_labeled(start, data, error, text):
    with pytest.raises(error, match=text):
        start(data)


def test_output_is_for_tasks_that_write_files(start, frame):
    with pytest.raises(TaskError, match=r"leave output= out"):
        start(frame, attribute="things", output="masks")


def test_a_missing_bundle_is_explained(start, frame):
    class Stars(BoundingBox):
        type = "stars"

    with pytest.raises(StoreError, match=r"stars.js: the front end of 'stars' is missing.*pip install"):
        start(frame, attribute="things", task=Stars(["cat"]))
    assert list(frame.columns) == ["source-ref"]


def test_accessor_joins_and_writes(start, frame, folder):
    labeler = start(frame, attribute="things")
    labeler.submit()
    labeler.close()
    assert repr(frame.nblabel) == "3 rows, label attributes: things"
    other = pd.DataFrame({"source-ref": ["a.png"]})
    assert other.nblabel.join("things") is other
    assert other["things"][0] == frame["things"][0]
    frame.nblabel.to_manifest(folder / "out.manifest")
    assert nl.read_manifest(folder / "out.manifest")["things"][0] == frame["things"][0]
    assert repr(pd.DataFrame({"a": [1]}).nblabel) == "1 row, label attributes: none"


@pytest.mark.parametrize("task", [nl.BoundingBox, ["cat"], "cat", None])
def test_what_is_no_task_is_refused(folder, task):
    with pytest.raises(TaskError, match=r"expected a task with its labels, such as nl.BoundingBox"):
        nl.label(pd.DataFrame({"source-ref": ["a.png"]}), task, attribute="things")


def test_a_single_item_that_cannot_be_shown_is_refused(folder, monkeypatch):
    monkeypatch.chdir(folder)
    task = nl.BoundingBox(["cat"])
    with pytest.raises(MediaError, match=r"nope.jpg: no such file"):
        nl.label("nope.jpg", task)
    with pytest.raises(MediaError, match="not an image of a known kind"):
        nl.label(b"xx", task)
    with pytest.raises(FrameError, match=r"is a manifest; read it first: nl.label\(nl.read_manifest\('photos.manifest'\), ...\)"):
        nl.label("photos.manifest", task)


def test_join_names_the_files_where_they_are(start, frame, folder):
    labeler = start(frame, attribute="parts-ref", task=nl.SemanticSegmentation(["cat"]), output="masks")
    mask = np.zeros((48, 64), np.uint8)
    mask[10:20, 10:20] = 1
    labeler.value = mask
    labeler.submit()
    labeler.close()
    written = frame["parts-ref"][0]
    assert written.startswith("masks/")
    joined = pd.DataFrame({"source-ref": ["a.png"]}).nblabel.join("parts-ref")
    assert joined["parts-ref"][0] == written
    again = start(pd.DataFrame({"source-ref": ["a.png"]}), attribute="parts-ref", task=nl.SemanticSegmentation(["cat"]))
    assert again.data["parts-ref"][0] == written
    again.close()
    elsewhere = pd.DataFrame({"source-ref": ["a.png"]}).nblabel.join("parts-ref", output="others")["parts-ref"][0]
    assert elsewhere.startswith("others/")
    assert np.array_equal(nl.read_mask(elsewhere), nl.read_mask(written))


def test_masks_in_a_column_are_suggested(start, folder):
    color_map = {
        "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.9},
        "1": {"class-name": "cow", "hex-color": "#1f77b4", "confidence": 0.5},
        "2": {"class-name": "cat", "hex-color": "#2ca02c", "confidence": 0.8},
    }
    mask = np.zeros((48, 64), np.uint8)
    mask[10:20, 10:20], mask[30:, :] = 2, 1
    (folder / "model.png").write_bytes(encode_mask(mask, ["#ffffff", "#1f77b4", "#2ca02c"]))
    frame = pd.DataFrame({"source-ref": ["a.png", "b.png"], "model-ref": ["model.png", "none.png"]})
    frame["model-ref-metadata"] = [{"internal-color-map": color_map}] * 2
    labeler = start(frame, attribute="parts-ref", task=nl.SemanticSegmentation(["cat"]), suggest="model-ref")
    (cat,) = labeler.suggestions.to_dict("records")
    assert (cat["label"], cat["score"], cat["source"], cat["state"]) == ("cat", 0.8, "model-ref", "waiting")
    labeler.accept()
    assert np.array_equal(labeler.value, mask // 2)
    labeler.next()
    assert labeler.suggestions.empty
