"""Who may read a bucket from a browser: workers do, from the pages of Ground Truth (developer guide, "CORS requirement for input image data")."""

from __future__ import annotations

from typing import Any, Literal

from nblabel.storage.s3 import make_client, parse
from nblabel.storage.s3_errors import code_of, explained

__all__ = ["fix_cors"]

_RULES: dict[str, dict[str, Any]] = {
    "image": {
        "AllowedHeaders": [],
        "AllowedMethods": ["GET"],
        "AllowedOrigins": ["*"],
        "ExposeHeaders": ["Access-Control-Allow-Origin"],
    },
    "sequence": {
        "AllowedHeaders": ["*"],
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedOrigins": ["*"],
        "ExposeHeaders": ["Access-Control-Allow-Origin"],
        "MaxAgeSeconds": 3000,
    },
}
_LISTS = ("AllowedHeaders", "AllowedMethods", "AllowedOrigins", "ExposeHeaders")


def fix_cors(bucket: str, *, media: Literal["image", "sequence"] = "image", dry_run: bool = False, client: Any = None) -> list[dict[str, Any]]:
    """Let workers' browsers read a bucket, as Ground Truth needs it for images, and for sequences of video frames or point clouds.

    Parameters
    ----------
    bucket : str
        Its name, or any URL in it.
    media : str, optional
        ``"image"`` or ``"sequence"``.
    dry_run : bool, optional
        Look only, and change nothing.
    client : boto3 S3 client, optional
        By default one of boto3's own configuration.

    Returns
    -------
    list of dict
        The bucket's CORS rules with what Ground Truth needs; rules that are there stay. When one of them allows it, nothing is sent.

    Raises
    ------
    StorageError
        There is no such bucket, or its configuration may not be read or changed (``s3:GetBucketCORS``, ``s3:PutBucketCORS``).
    """
    url = bucket if "://" in bucket else f"s3://{bucket}"
    name, _ = parse(url)
    s3 = client or make_client()
    needed = _RULES[media]
    with explained(url):
        try:
            present = s3.get_bucket_cors(Bucket=name)["CORSRules"]
        except s3.exceptions.ClientError as error:
            if code_of(error) != "NoSuchCORSConfiguration":
                raise
            present = []
        if any(_allows(rule, needed) for rule in present):
            return list(present)
        rules = [*present, needed]
        if not dry_run:
            s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})
    return rules


def _allows(rule: dict[str, Any], needed: dict[str, Any]) -> bool:
    return all("*" in rule.get(name, ()) or set(needed[name]) <= set(rule.get(name, ())) for name in _LISTS)
