from __future__ import annotations

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from nblabel.aws import BUILTIN_TASKS, labeling_job_request
from nblabel.errors import RequestError

PUBLIC = "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default"
NO_PERSONAL_DATA = "FreeOfPersonallyIdentifiableInformation"
REFERENCES = {
    *("SemanticSegmentation", "AdjustmentSemanticSegmentation", "VideoObjectDetection", "AdjustmentVideoObjectDetection", "VideoObjectTracking"),
    *("AdjustmentVideoObjectTracking", "3DPointCloudObjectTracking", "Adjustment3DPointCloudObjectTracking", "3DPointCloudSemanticSegmentation"),
    "Adjustment3DPointCloudSemanticSegmentation",
}
PAGES = {
    "NamedEntityRecognition": "NamedEntityRecognition",
    "AdjustmentVideoObjectDetection": "VideoObjectDetection",
    "VideoObjectTracking": "VideoObjectTracking",
    "3DPointCloudSemanticSegmentation": "PointCloudSemanticSegmentation",
}


def request(order, task, **changes):
    given = {**order, **changes}
    if BUILTIN_TASKS[task].page:
        given.pop("template")
    return labeling_job_request(task, **given)


def test_there_are_the_23_tasks_of_the_api_reference():
    assert len(BUILTIN_TASKS) == 23


@pytest.mark.parametrize("task", BUILTIN_TASKS)
def test_every_task_makes_a_request_that_the_client_takes(order, task):
    made = request(order, task)
    shape = get_session().get_service_model("sagemaker").operation_model("CreateLabelingJob").input_shape
    assert not ParamValidator().validate(made, shape).has_errors()
    human = made["HumanTaskConfig"]
    assert human["PreHumanTaskLambdaArn"] == f"arn:aws:lambda:us-east-1:432418664414:function:PRE-{task}"
    assert human["AnnotationConsolidationConfig"]["AnnotationConsolidationLambdaArn"].endswith(f":432418664414:function:ACS-{task}")
    assert made["LabelAttributeName"] == ("my-job-ref" if task in REFERENCES else "my-job")
    sequence = ("Video" in task and task != "VideoMultiClass") or "3D" in task
    assert (human["NumberOfHumanWorkersPerDataObject"] == 1) or not sequence
    assert ("HumanTaskUiArn" in human["UiConfig"]) == (sequence or task == "NamedEntityRecognition")


@pytest.mark.parametrize(("task", "page"), PAGES.items())
def test_pages_of_aws(order, task, page):
    uri = request(order, task)["HumanTaskConfig"]["UiConfig"]
    assert uri == {"HumanTaskUiArn": f"arn:aws:sagemaker:us-east-1:394669845002:human-task-ui/{page}"}


def test_the_lambdas_are_those_of_the_teams_region(order):
    team = "arn:aws:sagemaker:ap-southeast-2:111122223333:workteam/private-crowd/cats"
    assert ":ap-southeast-2:454466003867:" in request(order, "BoundingBox", team=team)["HumanTaskConfig"]["PreHumanTaskLambdaArn"]


def test_everything_that_can_be_asked_for_is_in_the_request(order):
    made = request(
        order,
        "BoundingBox",
        team=PUBLIC,
        number_of_human_workers_per_data_object=7,
        task_title="Cats",
        task_description="Draw.",
        task_keywords=["image", "two words"],
        task_time_limit_in_seconds=600,
        task_availability_lifetime_in_seconds=3600,
        max_concurrent_task_count=50,
        max_human_labeled_object_count=10,
        max_percentage_of_input_dataset_labeled=80,
        content_classifiers=[NO_PERSONAL_DATA],
        price=1.2,
        automated=True,
        initial_model="arn:aws:sagemaker:us-east-1:111122223333:model/cats",
        kms_key="alias/out",
        volume_kms_key="alias/disk",
        security_groups=["sg-1"],
        subnets=["subnet-1"],
        output_topic="arn:aws:sns:us-east-1:111122223333:out",
        tags={"projet": "été"},
    )
    assert made["OutputConfig"] == {
        "S3OutputPath": "s3://bucket/out",
        "KmsKeyId": "alias/out",
        "SnsTopicArn": "arn:aws:sns:us-east-1:111122223333:out",
    }
    assert made["LabelingJobAlgorithmsConfig"] == {
        "LabelingJobAlgorithmSpecificationArn": "arn:aws:sagemaker:us-east-1:027400017018:labeling-job-algorithm-specification/object-detection",
        "InitialActiveLearningModelArn": "arn:aws:sagemaker:us-east-1:111122223333:model/cats",
        "LabelingJobResourceConfig": {"VolumeKmsKeyId": "alias/disk", "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}},
    }
    assert made["StoppingConditions"] == {"MaxHumanLabeledObjectCount": 10, "MaxPercentageOfInputDatasetLabeled": 80}
    assert made["HumanTaskConfig"]["PublicWorkforceTaskPrice"] == {"AmountInUsd": {"Dollars": 1, "Cents": 20, "TenthFractionsOfACent": 0}}
    assert made["HumanTaskConfig"]["TaskKeywords"] == ["image", "two words"]
    assert made["InputConfig"]["DataAttributes"] == {"ContentClassifiers": [NO_PERSONAL_DATA]}
    assert made["Tags"] == [{"Key": "projet", "Value": "été"}]


def test_a_streaming_job_takes_objects_from_a_topic(order):
    topic = "arn:aws:sns:us-east-1:111122223333:in"
    made = request(order, "ImageMultiClass", manifest=None, input_topic=topic)
    assert made["InputConfig"] == {"DataSource": {"SnsDataSource": {"SnsTopicArn": topic}}}


# What is wrong, and which field the error must name with which rule.
WRONG = [
    ("BoundingBox", {"name": "my job"}, "LabelingJobName", "must match"),
    ("BoundingBox", {"name": "x" * 64}, "LabelingJobName", "1 to 63 characters, it has 64"),
    ("BoundingBox", {"output": "bucket/out"}, "OutputConfig.S3OutputPath", "must match"),
    ("BoundingBox", {"manifest": None}, "InputConfig.DataSource", "manifest or a topic"),
    ("BoundingBox", {"role": "GroundTruth"}, "RoleArn", "20 to 2048 characters"),
    ("BoundingBox", {"role": None}, "RoleArn", "as a role"),
    ("BoundingBox", {"role": "arn:aws:iam::999999999999:role/GroundTruth"}, "RoleArn", "team's account 111122223333"),
    ("BoundingBox", {"team": "cats"}, "WorkteamArn", "workteam/private-crowd"),
    ("BoundingBox", {"team": "arn:aws:sagemaker:sa-east-1:111122223333:workteam/private-crowd/cats"}, "WorkteamArn", "'sa-east-1' has no built-in"),
    ("BoundingBox", {"template": None}, "HumanTaskConfig.UiConfig", "worker template"),
    ("BoundingBox", {"attribute": "cats-ref"}, "LabelAttributeName", "those of BoundingBox are not"),
    ("BoundingBox", {"attribute": "cats-metadata"}, "LabelAttributeName", "must not end in -metadata"),
    ("SemanticSegmentation", {"attribute": "cats"}, "LabelAttributeName", "must end in -ref"),
    ("BoundingBox", {"task_description": "two\nlines"}, "HumanTaskConfig.TaskDescription", "must match"),
    ("BoundingBox", {"task_title": "x" * 129}, "HumanTaskConfig.TaskTitle", "it has 129"),
    ("BoundingBox", {"task_keywords": ["a-b"]}, "HumanTaskConfig.TaskKeywords[0]", "must match"),
    ("BoundingBox", {"task_keywords": list("abcdef")}, "HumanTaskConfig.TaskKeywords", "1 to 5 entries, it has 6"),
    ("BoundingBox", {"number_of_human_workers_per_data_object": 10}, "HumanTaskConfig.NumberOfHumanWorkersPerDataObject", "1 to 9"),
    ("BoundingBox", {"number_of_human_workers_per_data_object": True}, "HumanTaskConfig.NumberOfHumanWorkersPerDataObject", "integer"),
    ("VideoObjectTracking", {"number_of_human_workers_per_data_object": 2}, "HumanTaskConfig.NumberOfHumanWorkersPerDataObject", "one worker"),
    ("BoundingBox", {"task_time_limit_in_seconds": 29}, "HumanTaskConfig.TaskTimeLimitInSeconds", "30 or more"),
    ("BoundingBox", {"task_time_limit_in_seconds": 28_801}, "HumanTaskConfig.TaskTimeLimitInSeconds", "at most 28,800"),
    ("BoundingBox", {"task_availability_lifetime_in_seconds": 2_592_001}, "HumanTaskConfig.TaskAvailabilityLifetimeInSeconds", "2,592,000"),
    ("BoundingBox", {"max_concurrent_task_count": 5001}, "HumanTaskConfig.MaxConcurrentTaskCount", "1 to 5000"),
    ("BoundingBox", {"max_percentage_of_input_dataset_labeled": 101}, "StoppingConditions.MaxPercentageOfInputDatasetLabeled", "1 to 100"),
    ("BoundingBox", {"content_classifiers": ["Clean"]}, "InputConfig.DataAttributes.ContentClassifiers[0]", "one of"),
    ("BoundingBox", {"kms_key": "my key"}, "OutputConfig.KmsKeyId", "must match"),
    ("BoundingBox", {"tags": {"a": "!"}}, "Tags[0].Value", "must match"),
    ("BoundingBox", {"output_topic": "arn:aws:sns:eu-west-1:111122223333:out"}, "OutputConfig.SnsTopicArn", "team's region us-east-1"),
    ("BoundingBox", {"price": 0.036}, "HumanTaskConfig.PublicWorkforceTaskPrice", "only Mechanical Turk"),
    ("BoundingBox", {"subnets": ["subnet-1"]}, "LabelingJobAlgorithmsConfig", "automated labeling"),
    ("NamedEntityRecognition", {"automated": True}, "LabelingJobAlgorithmsConfig", "no model"),
    ("ImageMultiClass", {"automated": True, "input_topic": "arn:aws:sns:us-east-1:111122223333:in"}, "LabelingJobAlgorithmsConfig", "streaming"),
    ("BoundingBox", {"colour": "red"}, "colour", "no such setting"),
    ("BoundingBox", {"team": PUBLIC}, "HumanTaskConfig.PublicWorkforceTaskPrice", "accepted are $0.036"),
    ("BoundingBox", {"team": PUBLIC, "price": 0.012}, "HumanTaskConfig.PublicWorkforceTaskPrice", "accepted for BoundingBox"),
    ("BoundingBox", {"team": PUBLIC, "price": "cheap"}, "HumanTaskConfig.PublicWorkforceTaskPrice", "no amount"),
    ("BoundingBox", {"team": PUBLIC, "price": 0.0361}, "HumanTaskConfig.PublicWorkforceTaskPrice", "three digits"),
    ("BoundingBox", {"team": PUBLIC, "price": 0.036}, "InputConfig.DataAttributes.ContentClassifiers", "no personal data"),
    ("VideoObjectTracking", {"team": PUBLIC, "price": 0.036}, "HumanTaskConfig.WorkteamArn", "does not take"),
    ("BoundingBox", {"team": PUBLIC, "task_availability_lifetime_in_seconds": 43_201}, "HumanTaskConfig.TaskAvailabilityLifetimeInSeconds", "43,200"),
]


@pytest.mark.parametrize(("task", "changes", "field", "rule"), WRONG, ids=lambda value: value if isinstance(value, str) else None)
def test_what_the_service_would_refuse_is_refused_with_field_value_rule_and_remedy(order, task, changes, field, rule):
    with pytest.raises(RequestError) as caught:
        request(order, task, **changes)
    assert caught.value.field == field
    assert rule in str(caught.value)
    assert caught.value.remedy
    assert str(caught.value).startswith(field)


def test_a_page_of_aws_takes_no_template(order):
    with pytest.raises(RequestError, match="leave template= out"):
        labeling_job_request("NamedEntityRecognition", **order)


def test_all_problems_are_told(order):
    with pytest.raises(RequestError) as caught:
        request(order, "BoundingBox", name="my job", task_title="")
    assert caught.value.field == "LabelingJobName"
    with pytest.raises(RequestError) as caught:
        request(order, "BoundingBox", name="my job", attribute="x", max_concurrent_task_count=0)
    assert ["MaxConcurrentTaskCount" in note for note in caught.value.__notes__] == [True]
