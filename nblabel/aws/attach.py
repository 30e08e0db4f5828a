"""Labeling jobs of the account, picked up by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nblabel.aws.job import GroundTruthJob
from nblabel.aws.jobs import GroundTruthJobs, parts_of
from nblabel.aws.service import MISSING, job_names, sagemaker_client
from nblabel.errors import RequestError, ServiceError
from nblabel.storage.s3 import current_region

if TYPE_CHECKING:
    from nblabel.tasks import Task

__all__ = ["attach"]


def attach(name: str, *, region: str | None = None, task: Task | None = None) -> GroundTruthJob | GroundTruthJobs:
    """Pick up a labeling job of the account, whoever made it.

    Parameters
    ----------
    name : str
        Its name, or its ARN; or the name of a push that became several jobs.
    region : str, optional
        Its region; that of the ARN, or of boto3's own configuration by default.
    task : Task, optional
        What was asked; by default it is found by what the labels say, as `nblabel.open_job` does.

    Returns
    -------
    GroundTruthJob or GroundTruthJobs
        The job, or all jobs of the push.

    Raises
    ------
    ServiceError
        When there is no such job, or it may not be looked at.
    RequestError
        When no region is known, or some of the jobs of a push are not there.
    """
    if name.startswith("arn:"):
        region, name = name.split(":")[3], name.rpartition("/")[2]
    if region is None:
        region = current_region()
    if region is None:
        raise RequestError("region", None, "the job's region is not known", remedy="give region=, or set AWS_DEFAULT_REGION")
    client = sagemaker_client(region)
    job = GroundTruthJob(name, region, task=task, client=client)
    try:
        job.name = job.describe()["LabelingJobName"]
    except ServiceError as error:
        if error.reason not in MISSING:
            raise
        parts = parts_of(name, job_names(client, f"{name}-"))
        if not parts:
            raise
        count, names = max(parts.items())
        if len(names) < count:
            rule = f"it was pushed as {count} jobs, of which only {names} are there"
            raise RequestError("LabelingJobName", name, rule, remedy="push the same rows again: that makes the others") from error
        return GroundTruthJobs(name, [GroundTruthJob(each, region, task=task, client=client) for each in names])
    return job
