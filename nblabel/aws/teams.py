"""Work teams of Ground Truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel.aws.arns import TeamArn
from nblabel.aws.create import create_labeling_job, create_labeling_jobs
from nblabel.aws.plan import LabelingJobsPlan
from nblabel.aws.push import plan_labeling_job

if TYPE_CHECKING:
    import pandas as pd

    from nblabel.aws.job import GroundTruthJob
    from nblabel.aws.jobs import GroundTruthJobs
    from nblabel.aws.plan import LabelingJobPlan
    from nblabel.tasks import Task

__all__ = ["Workteam", "team"]


class Workteam:
    """A work team that exists, by its ARN; made by `team`.

    Attributes
    ----------
    arn : str
        Its ARN, which also says the region of its jobs.
    kind : str
        ``private-crowd``, ``vendor-crowd`` or ``public-crowd``.
    """

    def __init__(self, arn: str) -> None:
        self.kind = TeamArn.parse(arn).kind
        self.arn = arn

    def __repr__(self) -> str:
        return f"Workteam({self.arn!r})"

    def push(
        self,
        frame: pd.DataFrame,
        task: Task,
        *,
        name: str,
        output: str | None = None,
        dry_run: bool = False,
        workers_per_object: int | None = None,
        **options: Any,
    ) -> GroundTruthJob | GroundTruthJobs | LabelingJobPlan | LabelingJobsPlan:
        """Create a labeling job of the rows of a frame, or plan one; run again, it finds the job that it made.

        Rows that are too many for a job (100,000; 20,000 for masks) are divided evenly into jobs ``<name>-1-of-3`` and so on, whose labels go to one
        attribute; they are used like one.

        Parameters
        ----------
        frame : DataFrame
            What is labeled. Files of this machine are uploaded into the folder ``data`` of `output`, under their names and a digest of what is in
            them, so that other jobs of this output do not send them again; the frame keeps their paths.
        task : Task
            What is asked.
        name : str
            The job's name; its files are put into a folder of that name in `output`.
        output : str
            S3 URL of the folder in which Ground Truth writes its output tree.
        dry_run : bool
            Plan and check only; then no network is used.
        workers_per_object : int, optional
            Answers wanted for each row, 1 to 9; as Ground Truth's console proposes it by default.
        **options
            ``role`` and the other fields of `nblabel.aws.JobSettings`; ``attribute`` and ``source`` as in `nblabel.label`; ``template``, the
            text of a worker template of your own, or ``"nblabel"`` for the labeler that notebooks have; ``objects_per_job``, how many objects a job
            has at most, where that is to be less than the quota.

        Returns
        -------
        GroundTruthJob, GroundTruthJobs, LabelingJobPlan or LabelingJobsPlan
            The job or jobs; in a dry run what would be sent and uploaded, checked, with a preview of the cost.

        Raises
        ------
        RequestError
            Ground Truth would refuse the job, or fail it.
        FrameError
            The rows cannot be given out as asked.
        ServiceError, StorageError
            SageMaker or S3 refused, or could not be reached. Run the same again: nothing is made twice.
        """
        settings = {"number_of_human_workers_per_data_object": workers_per_object, **options}
        plan = plan_labeling_job(frame, task, self.arn, name=name, output=output, **settings)
        if dry_run:
            return plan
        return create_labeling_jobs(plan) if isinstance(plan, LabelingJobsPlan) else create_labeling_job(plan)


def team(arn: str) -> Workteam:
    """Give the work team of an ARN: a private team, a vendor's, or that of Mechanical Turk.

    Raises
    ------
    RequestError
        It is no ARN of a work team, or its region has no built-in tasks.

    Examples
    --------
    >>> team("arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/cats").kind
    'private-crowd'
    """
    return Workteam(arn)
