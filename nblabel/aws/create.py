"""Labeling jobs created from plans; a plan that is carried out again finds what it made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel import storage
from nblabel.aws.job import GroundTruthJob
from nblabel.aws.jobs import GroundTruthJobs, parts_of
from nblabel.aws.model import check_request
from nblabel.aws.service import MISSING, explained, job_names, sagemaker_client
from nblabel.errors import RequestError, ServiceError
from nblabel.storage.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nblabel.aws.plan import LabelingJobPlan, LabelingJobsPlan

__all__ = ["create_labeling_job", "create_labeling_jobs"]

_ALIKE = ("OutputConfig", "LabelAttributeName", "RoleArn", "InputConfig")
"""What a job and a request for it have in common, word for word, when the request made the job."""


def create_labeling_job(plan: LabelingJobPlan) -> GroundTruthJob:
    """Upload what a plan names, and create its job; a job that the same plan made before is found.

    Raises
    ------
    RequestError
        When another job has the name.
    ServiceError, StorageError
        When SageMaker or S3 refuses, or cannot be reached.
    """
    return _carry_out([plan], sagemaker_client(plan.region))[0]


def create_labeling_jobs(plan: LabelingJobsPlan) -> GroundTruthJobs:
    """Upload what a plan of several jobs names, and create them one after the other; those that the same plan made before are found.

    Raises
    ------
    RequestError
        When another job has one of the names, or the push was divided otherwise before.
    ServiceError, StorageError
        When SageMaker or S3 refuses, or cannot be reached. Carry the plan out again: it makes the others.
    """
    client = sagemaker_client(plan.region)
    known = job_names(client, plan.name)
    others = {count: names for count, names in parts_of(plan.name, known).items() if count != len(plan.plans)}
    divided = next((names for names in others.values()), [name for name in known if name.lower() == plan.name.lower()])
    if divided:
        rule = f"rows were pushed under this name before, as {divided[0]!r}, and would be {len(plan.plans)} jobs now"
        raise RequestError("LabelingJobName", plan.name, rule, remedy="push the rows as they were, or under another name")
    return GroundTruthJobs(plan.name, _carry_out(plan.plans, client))


def _carry_out(plans: Sequence[LabelingJobPlan], client: Any) -> list[GroundTruthJob]:
    jobs = [
        GroundTruthJob(plan.request["LabelingJobName"], plan.region, task=plan.task, frame=plan.frame, places=plan.places, client=client)
        for plan in plans
    ]
    missing = [(job, plan) for job, plan in zip(jobs, plans, strict=True) if not _is_made(job, plan)]
    files: dict[str, str | bytes] = {}
    for _, plan in missing:
        files |= {**plan.uploads, **plan.files}
    S3().upload(files, kms_key=plans[0].request["OutputConfig"].get("KmsKeyId"))
    for number, (job, plan) in enumerate(missing):
        try:
            _create(job, plan.request, client)
        except BaseException as error:
            if len(jobs) > 1:
                there = len(jobs) - len(missing) + number
                error.add_note(f"{there} of {len(jobs)} jobs are there; push the same again to make the others")
            raise
    return jobs


def _create(job: GroundTruthJob, request: dict[str, Any], client: Any) -> None:
    check_request("sagemaker", "CreateLabelingJob", request)
    try:
        with explained("CreateLabelingJob"):
            client.create_labeling_job(**request)
    except ServiceError as error:
        # A request that was sent again after its answer got lost finds the job that it made.
        if error.reason != "ResourceInUse" or not _exists(job, request):
            raise


def _is_made(job: GroundTruthJob, plan: LabelingJobPlan) -> bool:
    """Tell whether the service has the job of a plan already.

    Raises
    ------
    RequestError
        When it has one of the name that was made of something else.
    """
    if not _exists(job, plan.request):
        return False
    _check_same(job, plan)
    return True


def _check_same(job: GroundTruthJob, plan: LabelingJobPlan) -> None:
    """Refuse to take a job for that of a plan with other rows or classes."""
    places = {
        plan.request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"]: "from other rows",
        plan.request["LabelCategoryConfigS3Uri"]: "with other classes or instructions",
    }
    for url, difference in places.items():
        if not _is_there(url, plan.files[url]):
            rule = f"the job of this name was made {difference}: {url} is not what these would give"
            remedy = f"push as it was, or under another name; or attach({job.name!r})"
            raise RequestError("LabelingJobName", job.name, rule, remedy=remedy)


def _exists(job: GroundTruthJob, request: dict[str, Any]) -> bool:
    """Tell whether the service has the job already.

    Raises
    ------
    RequestError
        When it has another one of that name.
    """
    try:
        found = job.describe()
    except ServiceError as error:
        if error.reason in MISSING:
            return False
        raise
    if differing := [name for name in _ALIKE if not _holds(found.get(name), request.get(name))]:
        rule = f"the account has another job of this name, whose {differing[0]} is {found.get(differing[0])!r:.120}; names are used once for all time"
        raise RequestError("LabelingJobName", job.name, rule, remedy="push under another name")
    return True


def _holds(found: Any, asked: Any) -> bool:
    """Tell whether what the service says holds what was asked; it adds defaults of its own."""
    if isinstance(asked, dict):
        return isinstance(found, dict) and all(_holds(found.get(name), value) for name, value in asked.items())
    return bool(found == asked)


def _is_there(url: str, content: bytes) -> bool:
    return storage.exists(url) and storage.size(url) == len(content) and storage.read_bytes(url) == content
