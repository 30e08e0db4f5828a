from __future__ import annotations

import re

import pytest

import nblabel as nl
from nblabel import storage
from nblabel.errors import RequestError


def test_a_manifest_beside_the_data_is_written_once_for_the_same_rows(bucket):
    for number in range(4):
        storage.write_bytes_atomic(f"{bucket}/cats/{number}.jpg", [b"a picture"])
    frame = nl.crawl(f"{bucket}/cats/")
    url = nl.aws.write_dataset(frame, f"{bucket}/cats/")
    assert re.fullmatch(re.escape(f"{bucket}/cats/") + r"dataset-\d{8}T\d{6}\.manifest", url)
    assert nl.aws.write_dataset(frame, f"{bucket}/cats") == url
    sample = nl.aws.write_dataset(frame.nblabel.sample(2, seed=0), f"{bucket}/cats/")
    other = nl.aws.write_dataset(frame.nblabel.select("""s."source-ref" LIKE '%/3.jpg'"""), f"{bucket}/cats/")
    assert len({url, sample, other}) == 3, "also within one second"
    assert [len(nl.read_manifest(each)) for each in (url, sample, other)] == [4, 2, 1]
    assert len(nl.crawl(f"{bucket}/cats/")) == 4
    assert nl.aws.write_dataset(frame, bucket).startswith(f"{bucket}/dataset-")
    with pytest.raises(RequestError, match="reads manifests from S3"):
        nl.aws.write_dataset(frame, "cats/")
