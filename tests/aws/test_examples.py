"""Requests and label category files as the developer guide and AWS's own notebooks have them: ours say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nblabel as nl
from nblabel.aws import BUILTIN_TASKS, labeling_job_request, sequence_category_file
from nblabel.aws.arns import TeamArn, lambda_arn
from nblabel.errors import RequestError

FOLDER = Path(__file__).parents[1] / "fixtures" / "ground-truth"
REQUESTS = sorted(FOLDER.glob("request-*.json"))


def example(name):
    return json.loads((FOLDER / name).read_bytes())


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_every_example_of_a_request_can_be_asked_for(path):
    wanted = example(path.name)
    human, source, stops = wanted["HumanTaskConfig"], wanted["InputConfig"]["DataSource"], wanted.get("StoppingConditions", {})
    price = human.get("PublicWorkforceTaskPrice", {}).get("AmountInUsd")
    asked = {
        "name": wanted["LabelingJobName"],
        "attribute": wanted["LabelAttributeName"],
        "team": human["WorkteamArn"],
        "output": wanted["OutputConfig"]["S3OutputPath"],
        "manifest": source["S3DataSource"]["ManifestS3Uri"],
        "label_categories": wanted["LabelCategoryConfigS3Uri"],
        "template": human["UiConfig"].get("UiTemplateS3Uri"),
        "role": wanted["RoleArn"],
        "number_of_human_workers_per_data_object": human["NumberOfHumanWorkersPerDataObject"],
        "task_title": human["TaskTitle"],
        "task_description": human["TaskDescription"],
        "task_keywords": human["TaskKeywords"],
        "task_time_limit_in_seconds": human["TaskTimeLimitInSeconds"],
        "task_availability_lifetime_in_seconds": human["TaskAvailabilityLifetimeInSeconds"],
        "max_concurrent_task_count": human["MaxConcurrentTaskCount"],
        "max_human_labeled_object_count": stops.get("MaxHumanLabeledObjectCount"),
        "max_percentage_of_input_dataset_labeled": stops.get("MaxPercentageOfInputDatasetLabeled"),
        "content_classifiers": wanted["InputConfig"]["DataAttributes"]["ContentClassifiers"],
        "price": None if price is None else price["Dollars"] + price["Cents"] / 100 + price["TenthFractionsOfACent"] / 1000,
        "automated": "LabelingJobAlgorithmsConfig" in wanted,
        "kms_key": wanted["OutputConfig"].get("KmsKeyId"),
        "input_topic": source.get("SnsDataSource", {}).get("SnsTopicArn"),
        "output_topic": wanted["OutputConfig"].get("SnsTopicArn"),
        "tags": {tag["Key"]: tag["Value"] for tag in wanted["Tags"]},
    }
    assert labeling_job_request(human["PreHumanTaskLambdaArn"].rpartition(":PRE-")[2], **asked) == wanted


def test_there_are_examples_of_every_kind():
    assert len(REQUESTS) == 12


def test_the_lambda_functions_are_those_of_the_api_reference():
    known = example("lambda-accounts.json")
    assert sorted(known["functions"]) == sorted(BUILTIN_TASKS)
    for region, account in known["lambda_account_by_region"].items():
        team = TeamArn.parse(f"arn:aws:sagemaker:{region}:111122223333:workteam/private-crowd/a")
        assert lambda_arn("PRE", BUILTIN_TASKS["BoundingBox"], team).split(":")[4] == account


WEATHER = nl.Attribute("weather", description="state of the sky", choices=["clear", "rain"], required=True)
COUNT = nl.Attribute("count", description="how many", type="number", minimum=0, maximum=20)
OCCLUDED = nl.Attribute("occluded", description="hidden part", choices=["no", "partial", "full"])
TYPE = nl.Attribute("Type", choices=["SUV", "Sedan"], labels=["Car"])
NOTE = nl.Attribute("note", labels=["Car"])
ASKED = {
    "instructions": nl.Instructions(short="Draw tight shapes", full="Details"),
    "attributes": [OCCLUDED, TYPE, NOTE],
    "frame_attributes": [WEATHER, COUNT],
}


@pytest.mark.parametrize(
    ("name", "task", "options"),
    [
        ("labels-video-frame.json", "VideoObjectDetection", {"annotation_type": "Polygon"}),
        ("labels-video-frame-adjustment.json", "AdjustmentVideoObjectTracking", {"of": "vot-ref"}),
        ("labels-pointcloud.json", "3DPointCloudObjectDetection", {}),
        ("labels-pointcloud-verification.json", "Adjustment3DPointCloudObjectTracking", {"of": "track-ref", "verify": True}),
    ],
)
def test_every_example_of_label_categories_can_be_written(name, task, options):
    wanted = example(name)
    wanted["frameAttributes"][0].pop("editsAllowed")  # any, which is the default
    made = json.loads(sequence_category_file(task, ["Car", "Bus"], **ASKED, **options))
    if "verify" in options:
        # The example leaves the attributes of one class open although the class is not.
        assert {each.pop("editsAllowed") for each in made["labels"][0]["categoryAttributes"]} == {"none"}
    assert made == wanted


def test_boxes_in_camera_images_are_linked_to_cuboids():
    made = json.loads(sequence_category_file("3DPointCloudObjectTracking", ["Car"], annotation_type=["BoundingBox", "Cuboid"]))
    assert made["annotationType"] == example("labels-pointcloud-3d2d.json")["annotationType"]


@pytest.mark.parametrize(
    ("task", "options", "field", "rule"),
    [
        ("BoundingBox", {}, "task", "not one of video frames"),
        ("AdjustmentVideoObjectDetection", {}, "auditLabelAttributeName", "needs the label attribute"),
        ("VideoObjectDetection", {"of": "boxes"}, "auditLabelAttributeName", "begins with no labels"),
        ("VideoObjectDetection", {"verify": True}, "editsAllowed", "AdjustmentVideoObjectDetection"),
        ("VideoObjectDetection", {"labels": [str(number) for number in range(31)]}, "labels", "1 to 30 classes"),
        ("VideoObjectDetection", {"labels": ["x" * 17]}, "labels", "at most 16 characters"),
        ("VideoObjectDetection", {"annotation_type": "Cuboid"}, "annotationType", "one of BoundingBox, Polygon"),
        ("3DPointCloudObjectDetection", {"annotation_type": "Polygon"}, "annotationType", "only their tracking"),
        ("VideoObjectDetection", {"instructions": "x" * 255}, "instructions.shortInstruction", "takes 254"),
        ("VideoObjectDetection", {"instructions": nl.Instructions(full="x" * 2050)}, "instructions.fullInstruction", "takes 2,047"),
        ("VideoObjectDetection", {"instructions": nl.Instructions(good=["a.png"])}, "instructions", "texts alone"),
        ("VideoObjectDetection", {"frame_attributes": ["weather"]}, "frameAttributes", "needs a description"),
        ("VideoObjectDetection", {"attributes": [nl.Attribute("a", labels=["dog"])]}, "categoryAttributes", "'dog' is not one of"),
        ("VideoObjectDetection", {"attributes": ["x" * 17]}, f"the attribute {'x' * 17!r}", "at most 16 characters"),
        ("VideoObjectDetection", {"attributes": [nl.Attribute("a", type="number", minimum=0)]}, "the attribute 'a'", "both whole"),
        ("VideoObjectDetection", {"attributes": [nl.Attribute("a", choices=list("abcdefghijk"))]}, "the attribute 'a'", "at most 10 choices"),
        ("VideoObjectDetection", {"attributes": [nl.Attribute("a", description="x" * 129)]}, "the attribute 'a'", "at most 128"),
        ("VideoObjectDetection", {"attributes": list("abcdef")}, "categoryAttributes of 'car'", "5 free texts"),
        (
            "VideoObjectDetection",
            {"attributes": [nl.Attribute(each, choices=["a"]) for each in "abcdefghijk"]},
            "categoryAttributes of 'car'",
            "most 10",
        ),
    ],
)
def test_label_categories_that_would_be_refused(task, options, field, rule):
    with pytest.raises(RequestError) as caught:
        sequence_category_file(task, **{"labels": ["car"], **options})
    assert caught.value.field == field
    assert rule in str(caught.value)
