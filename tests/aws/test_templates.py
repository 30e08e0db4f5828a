"""Worker templates rendered with real lines, by a Liquid that escapes by itself and by one that does not: which one AWS has is not documented."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from liquid import Environment

import nblabel as nl
from nblabel.aws.builtin import BUILTIN_TASKS
from nblabel.aws.templates import worker_template

NAME = 'it\'s "a" <cat> & more'
LINE = {
    "boxes": {
        "annotations": [
            {"class_id": 1, "left": 1, "top": 2, "width": 3, "height": 4},
            {"class_id": 0, "left": 5, "top": 6.5, "width": 3, "height": 4},
        ]
    },
    "boxes-metadata": {"class-map": {"0": NAME, "1": "dog"}},
    "mask-ref": "s3://bucket/mask.png",
    "mask-ref-metadata": {
        "internal-color-map": {
            "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff"},
            "1": {"class-name": NAME, "hex-color": "#2ca02c"},
            "2": {"class-name": "dog", "hex-color": "#d62728"},
        }
    },
}
BOXES = [
    {"label": "dog", "left": 1, "top": 2, "width": 3, "height": 4},
    {"label": NAME, "left": 5, "top": 6.5, "width": 3, "height": 4},
]
MASK = {"src": "https://signed/bucket/mask.png", "labelMappings": {NAME: {"color": "#2ca02c"}, "dog": {"color": "#d62728"}}}
SHOWN = {
    "AdjustmentBoundingBox": ("boxes", "initial-value", BOXES),
    "AdjustmentSemanticSegmentation": ("mask-ref", "initial-value", MASK),
    "VerificationBoundingBox": ("boxes", "overlay", {"boundingBox": {"labels": [NAME, "dog"], "value": BOXES}}),
    "VerificationSemanticSegmentation": ("mask-ref", "overlay", {"semanticSegmentation": {"labels": [NAME, "dog"], **MASK}}),
}
OURS = [name for name, task in BUILTIN_TASKS.items() if task.page is None and name != "PassThrough"]


class Attributes(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found, self.images = {}, []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.images.append(dict(attrs)["src"])
        elif tag.startswith("crowd-") and tag != "crowd-form":
            self.found = dict(attrs)


@pytest.mark.parametrize("autoescape", [True, False])
@pytest.mark.parametrize("name", OURS)
def test_rendered_templates_hold_the_classes_and_the_labels(name, autoescape):
    attribute, place, expected = SHOWN.get(name, (None, None, None))
    instructions = nl.Instructions(short="{{ nothing }} {% raw %}", good=["s3://bucket/good.png"])
    template = worker_template(BUILTIN_TASKS[name], header="Which? {{ x }}", instructions=instructions, present=attribute)
    environment = Environment(autoescape=autoescape)
    environment.filters["to_json"] = json.dumps
    environment.filters["grant_read_access"] = lambda url: f"https://signed/{url.removeprefix('s3://')}"
    entered = {"taskObject": "s3://bucket/1.jpg", "labels": [NAME, "dog"], "manifestLine": LINE}
    page = Attributes(environment.from_string(template).render(task={"input": entered}))
    assert json.loads(page.found.get("labels") or page.found["categories"]) == [NAME, "dog"]
    assert page.found["header"] == "Which? {{ x }}"
    assert page.images == ["https://signed/bucket/good.png"]
    if place:
        assert json.loads(page.found[place]) == expected
