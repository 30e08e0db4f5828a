from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nblabel import schema
from nblabel.errors import TaskError
from nblabel.labels import MAX_NAME, Instructions, Label, as_instructions, as_labels, default_color


def test_names_become_labels_with_colors_and_keys():
    labels = as_labels([f"class {number}" for number in range(12)])
    assert [label.key for label in labels] == [*"1234567890", None, None]
    assert len({label.color for label in labels}) == 12


def test_a_key_that_was_given_is_not_given_again():
    labels = as_labels(["cat", Label("dog", key="1"), "bird"])
    assert [label.key for label in labels] == ["2", "1", "3"]


def test_a_color_that_was_given_is_not_given_again():
    labels = as_labels(["cat", Label("dog", color="#E69F00"), "bird", Label("fish", color="#009e73"), "cow"])
    assert [label.color for label in labels] == ["#56b4e9", "#E69F00", "#f0e442", "#009e73", "#0072b2"]


def test_names_are_kept_as_they_are():
    assert [label.name for label in as_labels([" cat ", "고양이", "x" * MAX_NAME])] == [" cat ", "고양이", "x" * MAX_NAME]


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        ([], "the list is empty"),
        ("cat", r"write \['cat'\]"),
        (["cat", "cat"], "the name 'cat' is used 2 times"),
        ([Label("cat", key="c"), Label("dog", key="c")], "the key 'c' is used 2 times"),
        (["cat", 3], "got 3, expected names"),
        ([""], "at least one character"),
        (["x" * (MAX_NAME + 1)], "has 257 characters, Ground Truth allows 256"),
    ],
)
def test_labels_that_are_refused(labels, text):
    with pytest.raises(TaskError, match=text):
        as_labels(labels)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"color": "red"}, "six hexadecimal digits"),
        ({"color": "#12345"}, "six hexadecimal digits"),
        ({"color": "#123456;x"}, "six hexadecimal digits"),
        ({"key": "cc"}, "one character"),
        ({"key": " "}, "one character"),
        ({"key": ""}, "one character"),
    ],
)
def test_settings_that_are_refused(given, text):
    with pytest.raises(TaskError, match=f"label 'cat': .*{text}"):
        Label("cat", **given)


def test_a_name_must_be_a_text():
    with pytest.raises(TaskError, match="label 3"):
        Label(3)


def test_repr_shows_what_was_given():
    assert repr(Label("cat", color="#000000", short_name="C")) == "Label('cat', color='#000000', short_name='C')"


@given(st.integers(0, 10_000))
def test_every_place_has_a_color(position):
    assert re.fullmatch("#[0-9a-f]{6}", default_color(position))


def test_instructions():
    assert as_instructions("Tight.") == Instructions(short="Tight.")
    assert as_instructions(None) == Instructions()
    full = Instructions(full="# All")
    assert as_instructions(full) is full


def test_example_images_become_plain_data(tmp_path):
    picture = Image.new("RGB", (4, 3), "teal")
    file = io.BytesIO()
    picture.save(file, "PNG")
    told = Instructions(good=["a.jpg", tmp_path / "b.jpg", "s3://bucket/c.jpg"], bad=[picture, np.asarray(picture), file.getvalue()])
    assert told.good == ("a.jpg", str(tmp_path / "b.jpg"), "s3://bucket/c.jpg")
    for url in told.bad:
        with Image.open(io.BytesIO(base64.b64decode(url.partition("base64,")[2]))) as again:
            assert again.getpixel((0, 0)) == (0, 128, 128)
    assert schema.load(schema.dump(told), Instructions) == told


def test_an_example_that_is_no_image_is_refused():
    with pytest.raises(TaskError, match="an example is 3, expected a path"):
        Instructions(good=[3])
