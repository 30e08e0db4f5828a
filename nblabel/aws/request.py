"""The request that creates a labeling job: one builder for all built-in task types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel.aws.arns import TeamArn, lambda_arn, page_arn, specification_arn
from nblabel.aws.builtin import builtin_task
from nblabel.aws.checks import check_labeling_job
from nblabel.aws.settings import JobSettings, thousandths

if TYPE_CHECKING:
    from nblabel.aws.builtin import BuiltinTask

__all__ = ["labeling_job_request"]


def labeling_job_request(
    task: str,
    *,
    name: str,
    team: str,
    output: str,
    label_categories: str,
    manifest: str | None = None,
    attribute: str | None = None,
    template: str | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Give the complete, checked request of `CreateLabelingJob` for a built-in task type; nothing is sent.

    Parameters
    ----------
    task : str
        One of the 23 names in `nblabel.aws.BUILTIN_TASKS`: ``"BoundingBox"``, ``"VideoObjectTracking"``, ...
    name : str
        The job's name, unique in the account and region.
    team : str
        ARN of the work team; its region is that of the job.
    output : str
        S3 URL of the folder in which the output tree is written.
    label_categories : str
        S3 URL of the label category file.
    manifest : str, optional
        S3 URL of the input manifest; a streaming job does without.
    attribute : str, optional
        The label attribute; by default the name, with ``-ref`` where labels are files.
    template : str, optional
        S3 URL of the worker template; tasks for which AWS keeps a worker page do without.
    **settings
        Fields of `nblabel.aws.JobSettings`; ``role`` is required.

    Raises
    ------
    RequestError
        The service would refuse the request, or the job would fail.

    Examples
    --------
    >>> request = labeling_job_request(
    ...     "VideoObjectTracking",
    ...     name="cars",
    ...     team="arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/cars",
    ...     output="s3://bucket/out",
    ...     label_categories="s3://bucket/labels.json",
    ...     manifest="s3://bucket/in.manifest",
    ...     role="arn:aws:iam::111122223333:role/GroundTruth",
    ... )
    >>> request["LabelAttributeName"], request["HumanTaskConfig"]["UiConfig"]
    ('cars-ref', {'HumanTaskUiArn': 'arn:aws:sagemaker:us-east-1:394669845002:human-task-ui/VideoObjectTracking'})
    """
    kind, arn, chosen = builtin_task(task), TeamArn.parse(team), JobSettings.of(**settings)
    request = {
        "LabelingJobName": name,
        "LabelAttributeName": attribute or (f"{name}-ref" if kind.reference and not name.endswith("-ref") else name),
        "InputConfig": _input(manifest, chosen),
        "OutputConfig": _given(S3OutputPath=output, KmsKeyId=chosen.kms_key, SnsTopicArn=chosen.output_topic),
        "RoleArn": chosen.role,
        "LabelCategoryConfigS3Uri": label_categories,
        **_given(StoppingConditions=_stopping(chosen), LabelingJobAlgorithmsConfig=_algorithms(kind, arn, chosen)),
        "HumanTaskConfig": _human_task(kind, team, arn, template, chosen),
        **_given(Tags=[{"Key": key, "Value": value} for key, value in chosen.tags.items()]),
    }
    check_labeling_job(request, kind, arn, automated=chosen.automated)
    return request


def _given(**found: Any) -> dict[str, Any]:
    """Leave out what was not asked for: the service takes neither null nor empty parts."""
    return {name: value for name, value in found.items() if value is not None and value not in ({}, [])}


def _input(manifest: str | None, settings: JobSettings) -> dict[str, Any]:
    source = _given(
        S3DataSource=_given(ManifestS3Uri=manifest),
        SnsDataSource=_given(SnsTopicArn=settings.input_topic),
    )
    return {"DataSource": source, **_given(DataAttributes=_given(ContentClassifiers=list(settings.content_classifiers)))}


def _stopping(settings: JobSettings) -> dict[str, Any]:
    return _given(
        MaxHumanLabeledObjectCount=settings.max_human_labeled_object_count,
        MaxPercentageOfInputDatasetLabeled=settings.max_percentage_of_input_dataset_labeled,
    )


def _algorithms(kind: BuiltinTask, team: TeamArn, settings: JobSettings) -> dict[str, Any]:
    vpc = _given(SecurityGroupIds=list(settings.security_groups), Subnets=list(settings.subnets))
    return _given(
        LabelingJobAlgorithmSpecificationArn=specification_arn(kind.algorithm, team) if settings.automated and kind.algorithm else None,
        InitialActiveLearningModelArn=settings.initial_model,
        LabelingJobResourceConfig=_given(VolumeKmsKeyId=settings.volume_kms_key, VpcConfig=vpc),
    )


def _human_task(kind: BuiltinTask, team: str, arn: TeamArn, template: str | None, settings: JobSettings) -> dict[str, Any]:
    title = settings.task_title or f"{kind.purpose.capitalize()} data"
    # The worker page that AWS keeps goes with the functions that AWS keeps.
    page = page_arn(kind.page, arn) if kind.page and settings.pre_annotation_lambda is None else None
    workers, seconds = settings.number_of_human_workers_per_data_object, settings.task_time_limit_in_seconds
    return {
        "WorkteamArn": team,
        "UiConfig": _given(UiTemplateS3Uri=template, HumanTaskUiArn=page),
        "PreHumanTaskLambdaArn": settings.pre_annotation_lambda or lambda_arn("PRE", kind, arn),
        **_given(TaskKeywords=list(settings.task_keywords)),
        "TaskTitle": title,
        "TaskDescription": settings.task_description or title,
        "NumberOfHumanWorkersPerDataObject": kind.workers if workers is None else workers,
        "TaskTimeLimitInSeconds": kind.time_limit if seconds is None else seconds,
        **_given(
            TaskAvailabilityLifetimeInSeconds=settings.task_availability_lifetime_in_seconds,
            MaxConcurrentTaskCount=settings.max_concurrent_task_count,
        ),
        "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": settings.post_annotation_lambda or lambda_arn("ACS", kind, arn)},
        **_given(PublicWorkforceTaskPrice=None if settings.price is None else _amount(thousandths(settings.price))),
    }


def _amount(price: int) -> dict[str, Any]:
    """Spell thousandths of a dollar as the API does."""
    cents, tenths = divmod(price, 10)
    dollars, cents = divmod(cents, 100)
    return {"AmountInUsd": {"Dollars": dollars, "Cents": cents, "TenthFractionsOfACent": tenths}}
