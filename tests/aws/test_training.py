from __future__ import annotations

import ast
import json

import pandas as pd
import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator
from PIL import Image

import nblabel as nl
from nblabel.errors import FrameError, RequestError


@pytest.fixture
def labeled():
    about = {"type": "groundtruth/image-classification-multilabel"}
    cells = [[0, 1]] * 9 + [None]
    return pd.DataFrame({"source-ref": [f"s3://bucket/{n}.jpg" for n in range(10)], "pets": cells, "pets-metadata": [about] * 9 + [None]})


def test_channels_and_manifests_of_training_and_validation(labeled):
    found = nl.aws.training_input(labeled, ["pets"], output="s3://bucket/training/", validation=1 / 3)
    shape = get_session().get_service_model("sagemaker").operation_model("CreateTrainingJob").input_shape.members["InputDataConfig"]
    assert not ParamValidator().validate(found.channels, shape).has_errors()
    assert [channel["DataSource"]["S3DataSource"]["S3Uri"] for channel in found.channels] == list(found.files)
    assert list(found.files) == ["s3://bucket/training/train.manifest", "s3://bucket/training/validation.manifest"]
    train, validation = ([json.loads(line)["source-ref"] for line in content.splitlines()] for content in found.files.values())
    assert (len(train), len(validation)) == (6, 3) == tuple(found.rows.values())
    assert set(train) | set(validation) == set(labeled["source-ref"][:9])
    assert found.channels[0]["ContentType"] == "application/x-recordio;label-format=class-id"
    assert "left out without a label: 1;" in repr(found)
    assert nl.aws.training_input(labeled, "pets", output="s3://bucket/training", validation=1 / 3) == found


def test_the_call_of_the_sdk_says_the_same(labeled):
    found = nl.aws.training_input(labeled, "pets", output="s3://bucket/t", validation=0)
    call = ast.parse(found.sdk).body[1].value.args[0]
    given = {word.arg: ast.literal_eval(word.value) for word in dict(ast.iter_fields(call))["values"][0].keywords}
    assert ast.literal_eval(call.keys[0]) == "train"
    assert given["s3_data"] == "s3://bucket/t/train.manifest"
    assert given["attribute_names"] == ["source-ref", "pets"]
    assert len(call.keys) == len(found.channels) == 1


def test_what_training_could_not_read_is_refused(labeled):
    with pytest.raises(FrameError, match="no column 'cats'"):
        nl.aws.training_input(labeled, "cats", output="s3://bucket/t")
    with pytest.raises(FrameError, match="no row is left for train: 0 of 1 rows"):
        nl.aws.training_input(labeled.iloc[9:], "pets", output="s3://bucket/t")
    with pytest.raises(RequestError, match="at most 16"):
        nl.aws.training_input(labeled, ["pets"] * 16, output="s3://bucket/t")
    with pytest.raises(RequestError, match="from S3"):
        nl.aws.training_input(labeled, "pets", output="t")
    with pytest.raises(ValueError, match="below 1"):
        nl.aws.training_input(labeled, "pets", output="s3://bucket/t", validation=1)


def test_files_of_this_machine_are_named_where_they_will_be(labeled, tmp_path):
    for number in range(10):
        Image.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / f"{number}.png")
    frame = labeled.assign(**{"source-ref": [str(tmp_path / f"{number}.png") for number in range(10)]})
    found = nl.aws.training_input(frame, "pets", output="s3://bucket/t")
    named = [json.loads(line)["source-ref"] for content in found.files.values() for line in content.splitlines()]
    assert sorted(named) == sorted(found.uploads)
    assert sorted(found.uploads.values()) == sorted(frame["source-ref"][:9])
    assert all(url.startswith("s3://bucket/t/data/") for url in named)
    assert "files of this machine to be uploaded: 9;" in repr(found)
