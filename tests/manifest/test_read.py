from __future__ import annotations

import gzip
import io
import json

import pytest

from nblabel.errors import ManifestError
from nblabel.manifest import read_manifest

ITEMS = [{"source": "a"}, {"source": "b"}]


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (gzip.compress(b'{"source":"a"}'), "packed with gzip; unpack it first"),
        ('{"source":"a"}'.encode("utf-16"), "UTF-16 text; save it as UTF-8"),
        (json.dumps(ITEMS).encode(), "one JSON array; write each of its objects on a line of its own"),
        (json.dumps(ITEMS, indent=1).encode(), "one JSON array"),
        (b"\n".join(json.dumps(item, indent=1).encode() for item in ITEMS), "objects reach over several lines"),
        (b'{"source":"a"', "Repair or remove them"),
    ],
)
def test_files_of_another_form(caplog, content, remedy):
    read_manifest(io.BytesIO(content))
    with pytest.raises(ManifestError, match=remedy):
        read_manifest(io.BytesIO(content), errors="raise")
    assert (remedy in caplog.text) == (remedy != "Repair or remove them")


def test_bad_lines_are_told_of_in_the_log(caplog):
    read_manifest(io.BytesIO(b'{"source-ref": "a.jpg"}\n{"source-ref": \n'))
    assert "1 line is not a JSON object: line 2" in caplog.text
    assert "kept as a row without values and written back as it is" in caplog.text
