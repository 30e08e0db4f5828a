"""Who may read a bucket from a browser: workers do, from the pages of Ground Truth (developer guide, "CORS requirement for input image data")."""

from __future__ import annotations

from typing import Any, Literal

from nblabel.storage.s3 import make_client, parse
from nblabel.storage.s3_errors import code_of, explained

__all__ = ["Media", "check_media", "fix_cors", "missing_cors"]

Media = Literal["image", "sequence"]

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


def fix_cors(bucket: str, *, media: Media = "image", dry_run: bool = False, client: Any = None) -> list[dict[str, Any]]:
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
    ValueError
        There are no rules for such media.
    StorageError
        There is no such bucket, or its configuration may not be read or changed (``s3:GetBucketCORS``, ``s3:PutBucketCORS``).
    """
    check_media(media)
    name, url = _bucket(bucket)
    s3 = client or make_client()
    present, needed = _rules(s3, name), _RULES[media]
    if any(_allows(rule, needed) for rule in present):
        return present
    rules = [*present, needed]
    if not dry_run:
        with explained(url):
            s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})
    return rules


def check_media(media: str) -> None:
    """Refuse media that there are no rules for.

    Raises
    ------
    ValueError
        It says which there are.
    """
    if media not in _RULES:
        raise ValueError(f"media={media!r} is not known; use one of {', '.join(map(repr, _RULES))}")


def missing_cors(bucket: str, *, media: Media, client: Any) -> bool:
    """Tell whether `fix_cors` would change a bucket."""
    return not any(_allows(rule, _RULES[media]) for rule in _rules(client, bucket))


def _bucket(given: str) -> tuple[str, str]:
    url = given if "://" in given else f"s3://{given}"
    return parse(url)[0], url


def _rules(s3: Any, name: str) -> list[dict[str, Any]]:
    with explained(f"s3://{name}"):
        try:
            return list(s3.get_bucket_cors(Bucket=name)["CORSRules"])
        except s3.exceptions.ClientError as error:
            if code_of(error) != "NoSuchCORSConfiguration":
                raise
            return []


def _allows(rule: dict[str, Any], needed: dict[str, Any]) -> bool:
    return all("*" in rule.get(name, ()) or set(needed[name]) <= set(rule.get(name, ())) for name in _LISTS)
