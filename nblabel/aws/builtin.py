"""The 23 built-in task types of Ground Truth and what a labeling job of each needs.

Sources: API reference, `HumanTaskConfig` (Lambda functions, worker pages, prices), `LabelAttributeName` (which end in ``-ref``) and
`LabelingJobAlgorithmsConfig`; the numbers of workers and time limits are those that the console proposes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nblabel.errors import RequestError
from nblabel.tasks.with_attributes import WithAttributes

if TYPE_CHECKING:
    from nblabel.tasks import Task

__all__ = ["BUILTIN_TASKS", "BuiltinTask", "builtin_of", "builtin_task"]

_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600
_PRICES = (36, 48, 60, 72, 120, 240, 360, 480, 600, 720, 840, 960, 1080, 1200)


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltinTask:
    """What a labeling job of one built-in task type needs.

    Attributes
    ----------
    name : str
        As it ends the names of its Lambda functions.
    output : str or None
        What the metadata of its labels says under ``type``.
    reference : bool
        Whether its label attribute must end in ``-ref``; that of others must not.
    page : str or None
        The worker page that AWS keeps for it; None where a template of one's own is needed.
    sequence : bool
        Whether it is of video frames or point clouds: one worker labels an object and may take days; Mechanical Turk does not take it.
    workers, time_limit : int
        Workers for an object, and seconds that each has, where nothing else is asked for.
    most_seconds : int
        The longest time limit.
    algorithm : str or None
        What labels automatically, where that is possible.
    prices : tuple of int
        What Mechanical Turk may be paid for an object, in thousandths of a dollar.
    """

    name: str
    output: str | None = None
    reference: bool = False
    page: str | None = None
    sequence: bool = False
    workers: int = 3
    time_limit: int = _HOUR
    most_seconds: int = 8 * _HOUR
    algorithm: str | None = None
    prices: tuple[int, ...] = (12, 24, *_PRICES)

    @property
    def purpose(self) -> str:
        """``label``, ``adjust`` or ``verify``."""
        return "adjust" if self.name.startswith("Adjustment") else "verify" if self.name.startswith("Verification") else "label"


def _frames(name: str, output: str, *, reference: bool, page: str, time_limit: int) -> list[BuiltinTask]:
    """Give a task of sequences and its adjustment; the guide allows 7 days for an object, the API 30."""
    return [
        BuiltinTask(
            name=prefix + name,
            output=f"groundtruth/{output}",
            reference=reference,
            page=page,
            sequence=True,
            workers=1,
            time_limit=time_limit,
            most_seconds=30 * _DAY,
        )
        for prefix in ("", "Adjustment")
    ]


_BOXES: dict[str, Any] = {"output": "groundtruth/object-detection", "prices": _PRICES}
_MASKS: dict[str, Any] = {"output": "groundtruth/semantic-segmentation", "reference": True, "prices": _PRICES[-4:]}
_VERDICT = "groundtruth/label-verification"
_CHECK: dict[str, Any] = {"output": _VERDICT, "time_limit": 5 * _MINUTE}

BUILTIN_TASKS: dict[str, BuiltinTask] = {
    task.name: task
    for task in (
        BuiltinTask(name="BoundingBox", workers=5, algorithm="object-detection", **_BOXES),
        BuiltinTask(name="AdjustmentBoundingBox", workers=1, **_BOXES),
        BuiltinTask(name="VerificationBoundingBox", **_CHECK),
        BuiltinTask(name="SemanticSegmentation", algorithm="semantic-segmentation", **_MASKS),
        BuiltinTask(name="AdjustmentSemanticSegmentation", workers=1, **_MASKS),
        BuiltinTask(name="VerificationSemanticSegmentation", **_CHECK),
        BuiltinTask(name="ImageMultiClass", output="groundtruth/image-classification", time_limit=5 * _MINUTE, algorithm="image-classification"),
        BuiltinTask(name="ImageMultiClassMultiLabel", output="groundtruth/image-classification-multilabel", time_limit=5 * _MINUTE),
        BuiltinTask(name="TextMultiClass", output="groundtruth/text-classification", time_limit=5 * _MINUTE, algorithm="text-classification"),
        BuiltinTask(name="TextMultiClassMultiLabel", output="groundtruth/text-classification-multilabel", time_limit=5 * _MINUTE),
        BuiltinTask(name="NamedEntityRecognition", output="groundtruth/text-span", page="NamedEntityRecognition"),
        BuiltinTask(name="VideoMultiClass", output="groundtruth/video-classification"),
        *_frames("VideoObjectDetection", "video-object-detection", reference=True, page="VideoObjectDetection", time_limit=_HOUR),
        *_frames("VideoObjectTracking", "video-object-tracking", reference=True, page="VideoObjectTracking", time_limit=_HOUR),
        *_frames(
            "3DPointCloudObjectDetection", "point_cloud_object_detection", reference=False, page="PointCloudObjectDetection", time_limit=3 * _DAY
        ),
        *_frames("3DPointCloudObjectTracking", "point_cloud_object_tracking", reference=True, page="PointCloudObjectTracking", time_limit=3 * _DAY),
        *_frames(
            "3DPointCloudSemanticSegmentation",
            "point_cloud_single_frame_semantic_segmentation",
            reference=True,
            page="PointCloudSemanticSegmentation",
            time_limit=3 * _DAY,
        ),
        BuiltinTask(name="PassThrough", workers=1),
    )
}
"""All of them, by name."""

_VERIFIED = {
    "groundtruth/object-detection": "VerificationBoundingBox",
    "groundtruth/semantic-segmentation": "VerificationSemanticSegmentation",
}


def builtin_task(name: str) -> BuiltinTask:
    """Find a built-in task type.

    Raises
    ------
    RequestError
        There is none of the name.

    Examples
    --------
    >>> builtin_task("SemanticSegmentation").reference
    True
    """
    if name not in BUILTIN_TASKS:
        raise RequestError("the built-in task", name, f"it must be one of {sorted(BUILTIN_TASKS)}", remedy="choose one of them")
    return BUILTIN_TASKS[name]


def builtin_of(task: Task, *, present: str | None = None) -> BuiltinTask:
    """Find the built-in task type that asks what a task asks.

    Parameters
    ----------
    task : Task
        What is asked.
    present : str, optional
        What the metadata of the labels that work begins with (`Task.of`) says under ``type``.

    Raises
    ------
    RequestError
        Ground Truth has none.

    Examples
    --------
    >>> from nblabel.tasks.image_classification import ImageClassification
    >>> builtin_of(ImageClassification(["cat", "dog"], multiple=True)).name
    'ImageMultiClassMultiLabel'
    """
    if isinstance(task, WithAttributes):
        rule = "Ground Truth's pages for images and texts have no place for attributes of an item"
        raise RequestError("task", task, rule, remedy="push the task without them, give template='nblabel', or use a team of nl.LocalWorkforce")
    output = task.groundtruth_type
    if output == _VERDICT:
        if present not in _VERIFIED:
            rule = f"Ground Truth verifies labels of {' and '.join(_VERIFIED)}"
            raise RequestError(f"the type of {task.of!r}", present, rule, remedy="verify these with a team of nl.LocalWorkforce")
        return BUILTIN_TASKS[_VERIFIED[present]]
    purpose = "label" if task.of is None else "adjust"
    found = next((each for each in BUILTIN_TASKS.values() if each.output == output and each.purpose == purpose), None)
    if found is None:
        raise RequestError("task", task, f"no built-in task type of Ground Truth does this ({purpose})", remedy="use a team of nl.LocalWorkforce")
    if purpose == "adjust" and present != output:
        rule = f"labels of the type {output} are adjusted"
        raise RequestError(f"the type of {task.of!r}", present, rule, remedy="read the output manifest of the job that made them")
    return found
