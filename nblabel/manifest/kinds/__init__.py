"""The kinds of labels that Ground Truth writes, by the ``type`` in their metadata.

A kind that is a task type is read by its module in `nblabel.tasks`; the modules here read those that nblabel has no task type for. Source: SageMaker
developer guide, "Output data".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from nblabel.manifest.kinds.custom import Custom
from nblabel.manifest.kinds.point_clouds import Cuboids, PointClasses
from nblabel.manifest.kinds.sequences import Sequences
from nblabel.manifest.kinds.single_class import SingleClass
from nblabel.tasks import label_reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["CUSTOM", "Kind", "groundtruth_type", "kind_of"]


class Kind(Protocol):
    """How the labels of a kind are read; a `nblabel.tasks.Task` is one."""

    @property
    def title(self) -> str:
        """What a person calls it."""

    @property
    def reference(self) -> bool:
        """Whether the label refers to a file."""

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> Any:
        """Read an annotation from a label, or from the bytes of the file that it refers to.

        Raises
        ------
        AnnotationError
            When nothing can be made of it.
        """

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row for each part of an annotation, with its class in the column ``label``."""


CUSTOM: Kind = Custom()
"""Labels that have no form of their own."""

_KINDS: dict[str, Kind] = {
    "groundtruth/custom": CUSTOM,
    "groundtruth/point_cloud_object_detection": Cuboids(),
    "groundtruth/point_cloud_object_tracking": Sequences("Object tracking in point clouds"),
    "groundtruth/point_cloud_single_frame_semantic_segmentation": PointClasses(),
    "groundtruth/video-classification": SingleClass("Video classification"),
    "groundtruth/video-object-detection": Sequences("Object detection in video frames"),
    "groundtruth/video-object-tracking": Sequences("Object tracking in video frames"),
}


def groundtruth_type(metadata: Any) -> str | None:
    """Return the type that a label's metadata names, None where it names none.

    Examples
    --------
    >>> groundtruth_type({"type": "groundTruth/custom"})
    'groundtruth/custom'
    """
    name = metadata.get("type") if isinstance(metadata, dict) else None
    return name.lower() if isinstance(name, str) and name.lower().startswith("groundtruth/") else None


def kind_of(name: str) -> Kind | None:
    """Find what reads the labels of a type; None for a type that nobody knows.

    Parameters
    ----------
    name
        As `groundtruth_type` gives it.

    Examples
    --------
    >>> kind_of("groundtruth/video-classification").title
    'Video classification'
    """
    return label_reader(name) or _KINDS.get(name)
