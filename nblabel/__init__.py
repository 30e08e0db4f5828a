"""Labeling widgets for Jupyter, bound to a manifest-backed pandas DataFrame.

>>> import nblabel as nl
>>> task = nl.BoundingBox(["cat", "dog"], instructions="Draw tight boxes.")

Importing nblabel registers the accessor ``df.nblabel`` and is otherwise light: what a name needs is imported when the name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from nblabel import accessor as _accessor  # noqa: F401
from nblabel import errors

if TYPE_CHECKING:
    from nblabel import assist, aws, suggest
    from nblabel.attributes import Attribute
    from nblabel.diagnosis import doctor
    from nblabel.keys import Keys
    from nblabel.labels import Instructions, Label
    from nblabel.manifest import crawl, read_manifest, read_mask, scan, write_manifest
    from nblabel.post_annotation import AnnotationConsolidationLambda
    from nblabel.responses import agreement, confusion, consolidate, worker_skill
    from nblabel.tasks.adjustment import Adjustment
    from nblabel.tasks.bounding_box import BoundingBox
    from nblabel.tasks.image_classification import ImageClassification
    from nblabel.tasks.named_entity_recognition import NamedEntityRecognition
    from nblabel.tasks.semantic_segmentation import SemanticSegmentation
    from nblabel.tasks.text_classification import TextClassification
    from nblabel.tasks.verification import Verification
    from nblabel.tasks.with_attributes import WithAttributes
    from nblabel.widgets import label
    from nblabel.workforce import LocalWorkforce, open_job

__version__ = "0.1.0"

__all__ = [
    "Adjustment",
    "AnnotationConsolidationLambda",
    "Attribute",
    "BoundingBox",
    "ImageClassification",
    "Instructions",
    "Keys",
    "Label",
    "LocalWorkforce",
    "NamedEntityRecognition",
    "SemanticSegmentation",
    "TextClassification",
    "Verification",
    "WithAttributes",
    "__version__",
    "agreement",
    "assist",
    "aws",
    "confusion",
    "consolidate",
    "crawl",
    "doctor",
    "errors",
    "label",
    "open_job",
    "read_manifest",
    "read_mask",
    "scan",
    "suggest",
    "worker_skill",
    "write_manifest",
]

_HOMES = {
    "Adjustment": "nblabel.tasks.adjustment",
    "AnnotationConsolidationLambda": "nblabel.post_annotation",
    "Attribute": "nblabel.attributes",
    "BoundingBox": "nblabel.tasks.bounding_box",
    "ImageClassification": "nblabel.tasks.image_classification",
    "Instructions": "nblabel.labels",
    "Keys": "nblabel.keys",
    "Label": "nblabel.labels",
    "LocalWorkforce": "nblabel.workforce",
    "NamedEntityRecognition": "nblabel.tasks.named_entity_recognition",
    "SemanticSegmentation": "nblabel.tasks.semantic_segmentation",
    "TextClassification": "nblabel.tasks.text_classification",
    "Verification": "nblabel.tasks.verification",
    "WithAttributes": "nblabel.tasks.with_attributes",
    "agreement": "nblabel.responses",
    "confusion": "nblabel.responses",
    "consolidate": "nblabel.responses",
    "crawl": "nblabel.manifest",
    "doctor": "nblabel.diagnosis",
    "label": "nblabel.widgets",
    "open_job": "nblabel.workforce",
    "read_manifest": "nblabel.manifest",
    "read_mask": "nblabel.manifest",
    "scan": "nblabel.manifest",
    "worker_skill": "nblabel.responses",
    "write_manifest": "nblabel.manifest",
}


_MODULES = {"assist", "aws", "suggest"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'nblabel' has no attribute {name!r}", name=name, obj=importlib.import_module(__name__))
    value = globals()[name] = getattr(importlib.import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    """List the public names, those not imported yet included."""
    return sorted(__all__)
