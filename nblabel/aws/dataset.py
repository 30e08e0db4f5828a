"""Input manifests, named and placed as the console's automated data setup does it (developer guide, "Automate data setup")."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from nblabel import storage
from nblabel.aws.rows import manifest_of
from nblabel.errors import RequestError
from nblabel.storage import S3
from nblabel.storage.s3 import parse
from nblabel.storage.s3_errors import explained
from nblabel.storage.s3_listing import list_objects

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_dataset"]

_NAME = re.compile(r"dataset-\d{8}T\d{6}\.manifest")
_FORM = "dataset-%Y%m%dT%H%M%S.manifest"


def write_dataset(frame: pd.DataFrame, location: str) -> str:
    """Write rows as an input manifest beside the data, as Ground Truth's console does after it has crawled, sampled or filtered.

    Parameters
    ----------
    frame : DataFrame
        The rows: all that `nblabel.crawl` found, or a part of it (``df.nblabel.sample``, ``df.nblabel.select``).
    location : str
        S3 URL of the folder of the data, such as ``s3://my-bucket/cats/``.

    Returns
    -------
    str
        The URL of the manifest: ``dataset-YYYYMMDDTHHMMSS.manifest`` in the folder, by the time in UTC. One of that kind that has the same lines is
        not written again, and gives its URL.

    Raises
    ------
    RequestError
        The location is not on S3.
    StorageError
        It may not be listed, read or written.

    Notes
    -----
    ``df.nblabel.push`` does not need it: it writes a manifest of its own into the folder of the job, by whose name the same push finds it again.

    Examples
    --------
    ::

        df = nl.crawl("s3://my-bucket/cats/").nblabel.sample(500, seed=0)
        nl.aws.write_dataset(df, "s3://my-bucket/cats/")
    """
    if not location.startswith("s3://"):
        raise RequestError("S3Uri", location, "Ground Truth reads manifests from S3", remedy="give a URL: 's3://bucket/folder/'")
    folder = location.rstrip("/")
    content = manifest_of(frame)
    known = _datasets(folder)
    for name, size in known.items():
        if size == len(content) and storage.read_bytes(f"{folder}/{name}") == content:
            return f"{folder}/{name}"
    moment = datetime.now(UTC)
    while (name := moment.strftime(_FORM)) in known:
        moment += timedelta(seconds=1)
    url = f"{folder}/{name}"
    storage.write_bytes_atomic(url, [content])
    return url


def _datasets(folder: str) -> dict[str, int]:
    """List the manifests of this kind in a folder, with their bytes; not what else is there, which may be much."""
    bucket, key = parse(folder)
    prefix = f"{key}/" if key else ""
    with explained(folder):
        found = [
            (name, size) for names, sizes in list_objects(S3().client, bucket, f"{prefix}dataset-") for name, size in zip(names, sizes, strict=True)
        ]
    named = {key.removeprefix(prefix): size for key, size in found}
    return {name: size for name, size in named.items() if _NAME.fullmatch(name)}
