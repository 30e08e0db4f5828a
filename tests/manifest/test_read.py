from __future__ import annotations

import io

from nblabel.manifest import read_manifest


def test_bad_lines_are_told_of_in_the_log(caplog):
    read_manifest(io.BytesIO(b'{"source-ref": "a.jpg"}\n{"source-ref": \n'))
    assert "1 line is not a JSON object: line 2" in caplog.text
    assert "kept as a row without values and written back as it is" in caplog.text
