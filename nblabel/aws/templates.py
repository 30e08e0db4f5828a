"""Worker templates: what a worker sees of an object, as crowd elements filled in by Liquid (developer guide, "Crowd HTML Elements reference").

The object comes by ``task.input.taskObject``, the classes of the label category file by ``task.input.labels``, and labels that are there already by
``task.input.manifestLine``. Whatever Liquid puts into an attribute is escaped by a filter, and whatever a user wrote by `nblabel.aws.markup`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nblabel.aws.markup import escape, formatted, paragraphs
from nblabel.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nblabel.aws.builtin import BuiltinTask
    from nblabel.labels import Instructions

__all__ = ["worker_template"]


class _Element(NamedTuple):
    """A crowd element, the name of its answer, the attribute that holds the classes, the object as an attribute and as content."""

    tag: str
    name: str
    classes: str
    attribute: str = ""
    content: str = ""


_URL = "{{ task.input.taskObject | grant_read_access }}"
_IMAGE = f'src="{_URL}"'
_TEXT = '<classification-target style="white-space: pre-wrap">{{ task.input.taskObject }}</classification-target>'
_CLIP = f'<classification-target><video src="{_URL}" controls style="max-width: 100%"></video></classification-target>'

_BOXES = _Element("crowd-bounding-box", "boundingBox", "labels", _IMAGE)
_MASK = _Element("crowd-semantic-segmentation", "crowd-semantic-segmentation", "labels", _IMAGE)
_CHECK = _Element("crowd-image-classifier", "crowd-image-classifier", "categories", _IMAGE, "<worker-comment></worker-comment>")
_ELEMENTS = {
    "BoundingBox": _BOXES,
    "AdjustmentBoundingBox": _BOXES,
    "VerificationBoundingBox": _CHECK,
    "SemanticSegmentation": _MASK,
    "AdjustmentSemanticSegmentation": _MASK,
    "VerificationSemanticSegmentation": _CHECK,
    "ImageMultiClass": _Element("crowd-image-classifier", "crowd-image-classifier", "categories", _IMAGE),
    "ImageMultiClassMultiLabel": _Element("crowd-image-classifier-multi-select", "crowd-image-classifier-multi-select", "categories", _IMAGE),
    "TextMultiClass": _Element("crowd-classifier", "crowd-classifier", "categories", content=_TEXT),
    "TextMultiClassMultiLabel": _Element("crowd-classifier-multi-select", "crowd-classifier-multi-select", "categories", content=_TEXT),
    "VideoMultiClass": _Element("crowd-classifier", "crowd-classifier", "categories", content=_CLIP),
}

# Labels that are there already, as the crowd elements take them: JSON in an attribute. ATTRIBUTE stands for the name of the label attribute. A blank
# keeps braces of JSON from those of Liquid.
_PRESENT_BOXES = """\
[{% for box in task.input.manifestLine["ATTRIBUTE"].annotations %}{% capture id %}{{ box.class_id }}{% endcapture %}\
{"label": {{ task.input.manifestLine["ATTRIBUTE-metadata"]["class-map"][id] | to_json | escape }},\
 "left": {{ box.left }}, "top": {{ box.top }}, "width": {{ box.width }}, "height": {{ box.height }} }\
{% unless forloop.last %}, {% endunless %}{% endfor %}]"""
_BOX_CLASSES = """\
[{% for entry in task.input.manifestLine["ATTRIBUTE-metadata"]["class-map"] %}{{ entry[1] | to_json | escape }}\
{% unless forloop.last %}, {% endunless %}{% endfor %}]"""
_COLORS = """\
{% assign comma = "" %}{% for entry in task.input.manifestLine["ATTRIBUTE-metadata"]["internal-color-map"] %}\
{% if entry[1]["class-name"] != "BACKGROUND" %}{{ comma }}SHOWN{% assign comma = ", " %}{% endif %}{% endfor %}"""
_CLASS = '{{ entry[1]["class-name"] | to_json | escape }}'
_PRESENT_MASK = (
    '"src": {{ task.input.manifestLine["ATTRIBUTE"] | grant_read_access | to_json | escape }}, "labelMappings": { '
    + _COLORS.replace("SHOWN", _CLASS + ': {"color": {{ entry[1]["hex-color"] | to_json | escape }} }')
    + " }"
)
_PRESENT = {
    "AdjustmentBoundingBox": ("initial-value", _PRESENT_BOXES),
    "AdjustmentSemanticSegmentation": ("initial-value", f"{{{_PRESENT_MASK} }}"),
    "VerificationBoundingBox": ("overlay", f'{{"boundingBox": {{"labels": {_BOX_CLASSES}, "value": {_PRESENT_BOXES} }} }}'),
    "VerificationSemanticSegmentation": (
        "overlay",
        f'{{"semanticSegmentation": {{"labels": [{_COLORS.replace("SHOWN", _CLASS)}], {_PRESENT_MASK} }} }}',
    ),
}


def worker_template(task: BuiltinTask, *, header: str, instructions: Instructions, present: str | None = None) -> str:
    """Write the worker template of a built-in task type whose objects are images, texts or video clips.

    Parameters
    ----------
    task : BuiltinTask
        What is asked.
    header : str
        The sentence above the object.
    instructions : Instructions
        What workers are told; its examples are URLs as `nblabel.aws.examples.place_examples` gives them. Of those on S3, Ground Truth lets workers
        read what they show.
    present : str, optional
        The label attribute that is adjusted or verified.

    Raises
    ------
    RequestError
        There is no template for such a task, or `present` is missing.

    Notes
    -----
    What a line has as a mask or boxes is put into an attribute between single quotes, as JSON whose own texts are escaped.
    """
    element = _ELEMENTS.get(task.name)
    if element is None:
        remedy = "leave template= out" if task.page else "write one of your own: template="
        raise RequestError("HumanTaskConfig.UiConfig", task.name, "it has no template of ours", remedy=remedy)
    lines = [f'name="{element.name}"', f'header="{escape(header)}"', element.classes + '="{{ task.input.labels | to_json | escape }}"']
    lines += [element.attribute] * bool(element.attribute)
    if task.name in _PRESENT:
        if present is None:
            rule = f"{task.name} begins with labels that are there already"
            raise RequestError("the label attribute to begin with", None, rule, remedy="name it")
        name, value = _PRESENT[task.name]
        lines.append(f"{name}='{value.replace('ATTRIBUTE', present)}'")
    inside = [
        *([element.content] * bool(element.content)),
        f'<full-instructions header="{escape(header)}">{_full(instructions)}</full-instructions>',
        f"<short-instructions>{paragraphs(instructions.short)}</short-instructions>",
    ]
    attributes, content = ("\n".join(f"    {line}" for line in part) for part in (lines, inside))
    return (
        '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n'
        f"<crowd-form>\n  <{element.tag}\n{attributes}\n  >\n{content}\n  </{element.tag}>\n</crowd-form>\n"
    )


def _full(instructions: Instructions) -> str:
    good, bad = _examples("Good examples", instructions.good), _examples("Bad examples", instructions.bad)
    return (formatted(instructions.full) if instructions.full else paragraphs(instructions.short)) + good + bad


def _examples(title: str, urls: Iterable[str]) -> str:
    images = "".join(f'<p><img src="{_readable(url)}" alt="" style="max-width: 100%"></p>' for url in urls)
    return f"<h3>{title}</h3>{images}" if images else ""


def _readable(url: str) -> str:
    """Give what a worker's browser reads: of an object on S3 the URL that Ground Truth signs."""
    if not url.startswith("s3://"):
        return escape(url)
    return '{{ "' + url + '" | grant_read_access }}'
