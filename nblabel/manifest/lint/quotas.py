"""Rules for the whole manifest: developer guide, "Input data quotas", and the limits of Rekognition Custom Labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nblabel.manifest.lint.rules import Problem, rule
from nblabel.manifest.stream import OBJECTS_PER_JOB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nblabel.manifest.lint.record import Manifest

_SEGMENTATION = "groundtruth/semantic-segmentation"
OBJECTS = {_SEGMENTATION: 20_000, "groundtruth/video-object-detection": 10, "groundtruth/video-object-tracking": 10}
_MOST_LINES, _MOST_BYTES, _MOST_CLASSES = 250_000, 1_000_000_000, 250
# Numbers of classes that a job may have; of a type that is not here any number.
CLASSES = {
    f"groundtruth/{name}": most
    for most, names in {
        50: ("image-classification-multilabel", "object-detection", "text-classification-multilabel"),
        30: (
            *("video-classification", "video-object-detection", "video-object-tracking"),
            *("point_cloud_object_detection", "point_cloud_object_tracking", "point_cloud_single_frame_semantic_segmentation"),
        ),
    }.items()
    for name in names
}


@rule("manifest", "TOO_MANY_OBJECTS", "error", remedy="Split it: df.nblabel.split() makes parts that a job takes.")
def too_many_objects(manifest: Manifest) -> Iterator[Problem]:
    """A manifest has more objects than a labeling job takes: 100,000; 20,000 images to be segmented; 10 sequences of video frames."""
    if manifest.lines > OBJECTS_PER_JOB:
        yield Problem(f"the manifest has {manifest.lines:,} objects, a job takes {OBJECTS_PER_JOB:,}")
    for attribute, types in manifest.types.items():
        for name, most in OBJECTS.items():
            if types[name] > most:
                yield Problem(f"{types[name]:,} objects have labels of the type {name}, a job takes {most:,}", attribute)


@rule("manifest", "TOO_MANY_CLASSES", "warning", remedy="Split the classes into several jobs.")
def too_many_classes(manifest: Manifest) -> Iterator[Problem]:
    """An attribute has more classes than a labeling job of its type takes (50 or 30), or than Rekognition Custom Labels takes (250)."""
    for attribute, ids in manifest.names.items():
        count = len({name for names in ids.values() for name in names})
        most = min(CLASSES.get(name, _MOST_CLASSES) for name in manifest.types[attribute] or [""])
        if count > most:
            yield Problem(f"the attribute has {count} classes, at most {most} are taken", attribute)


@rule("manifest", "MANIFEST_TOO_LARGE", "warning", remedy="Keep it for training with SageMaker; for Rekognition Custom Labels, split it.")
def manifest_too_large(manifest: Manifest) -> Iterator[Problem]:
    """A manifest has more than 250,000 lines or 1 GB, which Rekognition Custom Labels does not take."""
    if manifest.lines > _MOST_LINES or manifest.size > _MOST_BYTES:
        yield Problem(f"the manifest has {manifest.lines:,} lines and {manifest.size:,} bytes")
