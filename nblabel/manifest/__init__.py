"""Ground Truth manifests as pandas DataFrames, without loss and without decoding what nobody looks at."""

from __future__ import annotations

from nblabel.manifest.annotations import label_attributes, tidy_annotations
from nblabel.manifest.array import ManifestArray, ManifestDtype
from nblabel.manifest.attributes import check_attribute_name, metadata_name
from nblabel.manifest.crawling import crawl
from nblabel.manifest.lint import codes, validate
from nblabel.manifest.masks import read_mask
from nblabel.manifest.origin import bad_lines, folders
from nblabel.manifest.read import read_manifest
from nblabel.manifest.stream import Scan, scan
from nblabel.manifest.subsets import random_split, sample, select, split
from nblabel.manifest.write import write_manifest

__all__ = [
    "ManifestArray",
    "ManifestDtype",
    "Scan",
    "bad_lines",
    "check_attribute_name",
    "codes",
    "crawl",
    "folders",
    "label_attributes",
    "metadata_name",
    "random_split",
    "read_manifest",
    "read_mask",
    "sample",
    "scan",
    "select",
    "split",
    "tidy_annotations",
    "validate",
    "write_manifest",
]
