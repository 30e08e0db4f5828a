from __future__ import annotations

import json
from html.parser import HTMLParser

import pandas as pd
import pytest
from PIL import Image

import nblabel as nl
from nblabel.errors import FrameError, RequestError

PUBLIC = "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default"
FOLDER = "s3://bucket/out/cats/"
METADATA = {"type": "groundtruth/object-detection", "class-map": {"0": "cat"}, "objects": [{"confidence": 0}]}
METADATA |= {"human-annotated": "yes", "creation-date": "2024-01-01T00:00:00.000000", "job-name": "labeling-job/boxes"}
BOXES = {"image_size": [{"width": 64, "height": 64, "depth": 3}], "annotations": [{"class_id": 0, "left": 1, "top": 2, "width": 3, "height": 4}]}
NASTY = "Draw \"tight\" boxes 'here' {{ task.input }} {% raw %} <script>alert(1)</script> & more"


class Page(HTMLParser):
    """The elements of a template with their attributes, and its text."""

    def __init__(self, template):
        super().__init__()
        self.elements, self.text = {}, ""
        self.feed(template)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.setdefault(tag, []).append(dict(attrs))

    def handle_data(self, data):
        self.text += data


def template_of(plan):
    return plan.files[FOLDER + "annotation-tool/template.liquid"].decode()


@pytest.fixture
def boxed(images):
    return images.assign(boxes=[BOXES, BOXES, None, BOXES], **{"boxes-metadata": [METADATA, METADATA, None, METADATA]})


@pytest.mark.usefixtures("no_network")
def test_a_plan_has_everything_that_would_be_sent(push, images):
    plan = push(images, nl.BoundingBox(["cat", "dog"], instructions="Draw tight boxes."), workers_per_object=2)
    assert plan.request["LabelingJobName"] == plan.request["LabelAttributeName"] == "cats"
    assert plan.request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"] == FOLDER + "input.manifest"
    assert plan.request["LabelCategoryConfigS3Uri"] == FOLDER + "annotation-tool/data.json"
    assert plan.request["HumanTaskConfig"]["UiConfig"] == {"UiTemplateS3Uri": FOLDER + "annotation-tool/template.liquid"}
    assert plan.request["HumanTaskConfig"]["NumberOfHumanWorkersPerDataObject"] == 2
    assert plan.request["HumanTaskConfig"]["TaskDescription"] == "Draw tight boxes."
    assert plan.files[FOLDER + "input.manifest"].splitlines()[0] == b'{"source-ref":"s3://bucket/images/0.jpg","price":1}'
    assert json.loads(plan.files[FOLDER + "annotation-tool/data.json"])["labels"] == [{"label": "cat"}, {"label": "dog"}]
    assert set(plan.files) == {FOLDER + name for name in ("input.manifest", "annotation-tool/data.json", "annotation-tool/template.liquid")}
    assert (plan.cost.objects, plan.cost.total) == (4, 0.32)
    for fact in ("'cats'", "4, for 2 workers", "$0.32", FOLDER + "input.manifest", "nothing was sent"):
        assert fact in repr(plan)
    assert push(images, nl.BoundingBox(["cat", "dog"], instructions="Draw tight boxes."), workers_per_object=2) == plan


TASKS = [
    (nl.BoundingBox(["cat"]), "BoundingBox", "crowd-bounding-box", "labels"),
    (nl.SemanticSegmentation(["cat"]), "SemanticSegmentation", "crowd-semantic-segmentation", "labels"),
    (nl.ImageClassification(["cat", "dog"]), "ImageMultiClass", "crowd-image-classifier", "categories"),
    (nl.ImageClassification(["cat", "dog"], multiple=True), "ImageMultiClassMultiLabel", "crowd-image-classifier-multi-select", "categories"),
    (nl.TextClassification(["good", "bad"]), "TextMultiClass", "crowd-classifier", "categories"),
    (nl.TextClassification(["good", "bad"], multiple=True), "TextMultiClassMultiLabel", "crowd-classifier-multi-select", "categories"),
]


@pytest.mark.parametrize(("task", "function", "tag", "classes"), TASKS, ids=[each[1] for each in TASKS])
def test_templates_show_the_object_the_classes_and_the_instructions(push, images, task, function, tag, classes):
    task.instructions = nl.Instructions(short=NASTY, full=f"{NASTY}\n\nSecond paragraph.")
    frame = images if task.media == "image" else pd.DataFrame({"source": ["a text", "another"]})
    plan = push(frame, task)
    assert plan.request["HumanTaskConfig"]["PreHumanTaskLambdaArn"].endswith(f":PRE-{function}")
    template = template_of(plan)
    page = Page(template)
    assert page.elements[tag][0][classes] == "{{ task.input.labels | to_json | escape }}"
    assert page.elements[tag][0]["header"] == NASTY
    assert page.text.count(NASTY) == 2
    assert set(page.elements) <= {"script", "crowd-form", tag, "full-instructions", "short-instructions", "p", "classification-target"}
    assert len(page.elements["script"]) == 1
    shown = page.elements[tag][0].get("src") or page.text
    assert "{{ task.input.taskObject" in shown
    assert template.count("{{") == 2  # the classes and the object: what the user wrote is no Liquid
    assert "{%" not in template


def test_examples_are_put_where_workers_see_them(push, images, tmp_path):
    Image.new("RGB", (2, 2)).save(tmp_path / "mine.png")
    good = [tmp_path / "mine.png", "https://example.com/a.png?a=1&b=2", Image.new("RGB", (1, 1))]
    plan = push(images, nl.BoundingBox(["cat"], instructions=nl.Instructions(good=good, bad=["s3://other/bad.png"])))
    folder = FOLDER + "annotation-tool/examples/"
    assert plan.files[folder + "good-1.png"] == (tmp_path / "mine.png").read_bytes()
    assert plan.files[folder + "good-3.png"].startswith(b"\x89PNG")
    template = template_of(plan)
    for shown in (
        f'src="{{{{ "{folder}good-1.png" | grant_read_access }}}}"',
        'src="https://example.com/a.png?a=1&amp;b=2"',
        'src="{{ "s3://other/bad.png" | grant_read_access }}"',
    ):
        assert shown in template
    with pytest.raises(RequestError, match="braces and quotes"):
        push(images, nl.BoundingBox(["cat"], instructions=nl.Instructions(good=['s3://b/"}}.png'])))


def test_named_entities_have_short_names_and_instructions_in_the_category_file(push):
    labels = [nl.Label("Person"), nl.Label("Perspective"), nl.Label("Persona"), nl.Label("Place", short_name="pl"), nl.Label("人")]
    task = nl.NamedEntityRecognition(labels, instructions=nl.Instructions(short="Tag <all>.", full="One.\n\nTwo."))
    plan = push(pd.DataFrame({"source": ["Ann lives in Bern"]}), task)
    content = json.loads(plan.files[FOLDER + "annotation-tool/data.json"])
    names = [entry["shortDisplayName"] for entry in content["labels"]]
    assert names == ["per", "pers", "per2", "pl", "人"]
    assert content["instructions"] == {"shortInstruction": "<p>Tag &lt;all&gt;.</p>", "fullInstruction": "<p>One.</p><p>Two.</p>"}
    assert FOLDER + "annotation-tool/template.liquid" not in plan.files
    assert "HumanTaskUiArn" in plan.request["HumanTaskConfig"]["UiConfig"]


def verdict():
    """A task that judges boxes by two classes."""
    task = nl.ImageClassification(["right", "wrong"])
    task.of, task.groundtruth_types = "boxes", ("groundtruth/label-verification",)
    return task


@pytest.mark.parametrize(
    ("task", "function", "attribute"),
    [
        (nl.Adjustment(nl.BoundingBox(["cat"]), of="boxes"), "AdjustmentBoundingBox", "initial-value"),
        (verdict(), "VerificationBoundingBox", "overlay"),
    ],
    ids=["adjust", "verify"],
)
def test_labels_that_are_there_are_adjusted_or_verified(push, boxed, task, function, attribute):
    plan = push(boxed, task)
    assert plan.request["HumanTaskConfig"]["PreHumanTaskLambdaArn"].endswith(f":PRE-{function}")
    assert plan.files[FOLDER + "input.manifest"].count(b"\n") == 3
    assert "1 of 4 rows have no label in 'boxes' and are left out" in repr(plan)
    element = next(found[0] for tag, found in Page(template_of(plan)).elements.items() if tag.startswith("crowd-") and tag != "crowd-form")
    assert 'task.input.manifestLine["boxes"].annotations' in element[attribute]
    with pytest.raises(RequestError, match="an attribute of their own"):
        push(boxed, task, name="boxes")


def test_labels_to_begin_with_must_be_there_and_of_a_kind_that_ground_truth_takes(push, boxed):
    with pytest.raises(FrameError, match="no labels 'nothing'"):
        push(boxed, nl.Adjustment(nl.BoundingBox(["cat"]), of="nothing"))
    with pytest.raises(RequestError, match="no built-in task type of Ground Truth does this"):
        push(boxed, nl.Adjustment(nl.ImageClassification(["right", "wrong"]), of="boxes"))
    with pytest.raises(RequestError, match="labels of the type groundtruth/semantic-segmentation are adjusted"):
        push(boxed, nl.Adjustment(nl.SemanticSegmentation(["cat"]), of="boxes"))
    with pytest.raises(RequestError, match=r"row 0 has labels of \['cat'\], and the classes of an adjustment must hold"):
        push(boxed, nl.Adjustment(nl.BoundingBox(["dog"]), of="boxes"))
    with pytest.raises(RequestError, match="must be a task"):
        push(boxed, "boxes")
    other = boxed.assign(**{"boxes-metadata": [{**METADATA, "type": "groundtruth/text-span"}] * 4})
    with pytest.raises(RequestError, match="verifies labels of groundtruth/object-detection and"):
        push(other, verdict())


def test_masks_without_colours_cannot_be_shown(push, images):
    metadata = {**METADATA, "type": "groundtruth/semantic-segmentation", "internal-color-map": {"1": {"class-name": "cat", "confidence": 0.5}}}
    masked = images.assign(**{"m-ref": "s3://bucket/m.png", "m-ref-metadata": [metadata] * 4})
    with pytest.raises(FrameError, match=r"row 0 has no 'hex-color'"):
        push(masked, nl.Adjustment(nl.SemanticSegmentation(["cat"]), of="m-ref"))
    metadata["internal-color-map"]["1"]["hex-color"] = "#2ca02c"
    plan = push(masked, nl.Adjustment(nl.SemanticSegmentation(["cat"]), of="m-ref"))
    assert plan.request["LabelAttributeName"] == "cats-ref"


def test_attributes_that_workers_are_not_asked_for_are_told(push, images):
    assert "does not ask for attributes: ['colour'] stay open" in repr(push(images, nl.BoundingBox(["cat"], attributes=["colour"])))


def test_the_crowd_is_paid_and_its_end_is_told(push, images):
    plan = push(images, nl.BoundingBox(["cat"]), PUBLIC, price=0.036, content_classifiers=["FreeOfPersonallyIdentifiableInformation"])
    assert plan.cost.total == pytest.approx(4 * 0.08 + 4 * 5 * 0.036)
    assert "Mechanical Turk ends" in repr(plan)


def test_rows_that_have_a_label_cost_nothing(push, boxed):
    assert push(boxed, nl.BoundingBox(["cat"]), attribute="boxes").cost.objects == 1
    with pytest.raises(FrameError, match="every row has a label in 'boxes'"):
        push(boxed.drop(index=2), nl.BoundingBox(["cat"]), attribute="boxes")


def test_another_column_becomes_the_source(push, images):
    plan = push(images.rename(columns={"source-ref": "image"}), nl.BoundingBox(["cat"]), source="image")
    assert plan.files[FOLDER + "input.manifest"].startswith(b'{"source-ref":"s3://bucket/images/0.jpg"')


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"output": "out"}, RequestError, "s3://bucket/folder"),
        ({"output": None}, RequestError, "S3OutputPath is missing"),
        ({"task_keywords": "cat"}, RequestError, "list of texts; write"),
        ({"tags": ["a"]}, RequestError, "must be a mapping"),
        ({"role": None}, RequestError, "role="),
        ({"gold": "price"}, RequestError, "no such setting"),
        ({"automated": True}, RequestError, "at least 1,250 objects"),
    ],
)
def test_what_cannot_be_is_refused(push, images, changes, kind, message):
    with pytest.raises(kind, match=message):
        push(images, nl.BoundingBox(["cat"]), **changes)


def test_files_must_be_on_s3_and_classes_few(push, images):
    for elsewhere, problem in [("a.jpg", "no such file"), ("https://example.com/a.jpg", "neither on this machine nor on S3")]:
        frame = images.assign(**{"source-ref": [*images["source-ref"][:3], elsewhere]})
        with pytest.raises(FrameError, match=rf"row 3 shows '.*a.jpg', which cannot be uploaded to S3: .*{problem}.*; correct the path"):
            push(frame, nl.BoundingBox(["cat"]))
    with pytest.raises(RequestError, match="at most 50 classes"):
        push(images, nl.BoundingBox([f"class {number}" for number in range(51)]))
    with pytest.raises(RequestError, match="at least 2 classes"):
        push(images, nl.ImageClassification(["cat"]))
    with pytest.raises(FrameError, match="no rows"):
        push(images.iloc[:0], nl.BoundingBox(["cat"]))
    with pytest.raises(FrameError, match=r"row 0: .*; *.*df\.nblabel\.validate\(\) lists them"):
        push(images.assign(source="a text"), nl.BoundingBox(["cat"]), source="source-ref")
