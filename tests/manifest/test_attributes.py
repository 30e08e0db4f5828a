import pytest

from nblabel.errors import FrameError
from nblabel.manifest import check_attribute_name, metadata_name


@pytest.mark.parametrize("name", ["a", "0", "my-cat-job", "a--b", "parts-ref", "A" * 127, "source-ref2"])
def test_names_that_ground_truth_takes(name):
    check_attribute_name(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "it is empty; use another name"),
        ("a" * 128, "128 characters"),
        ("cats-metadata", "kept for metadata; try 'cats'"),
        ("my cats", "only letters, digits and hyphens are allowed; try 'my-cats'"),
        ("cats#1", "try 'cats-1'"),
        ("-cats", "begin and end with a letter or digit; try 'cats'"),
        ("cats-", "begin and end"),
        ("cats\n", "only letters"),
        ("katzé", "only letters"),
        ("$cats", "only letters"),
        ("source", "what is to be labeled; use another name"),
        ("source-ref", "what is to be labeled"),
        (7, "named by a string, not by 7"),
    ],
)
def test_names_that_it_refuses(name, message):
    with pytest.raises(FrameError, match=message):
        check_attribute_name(name)


def test_a_long_run_of_hyphens_is_quick():
    with pytest.raises(FrameError):
        check_attribute_name("a" + "-" * 125 + "!")


def test_metadata_name():
    assert metadata_name("parts-ref") == "parts-ref-metadata"
