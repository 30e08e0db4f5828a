"""Work teams of Ground Truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel.aws.arns import TeamArn
from nblabel.aws.push import plan_labeling_job
from nblabel.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

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
    ) -> LabelingJobPlan:
        """Plan a labeling job of the rows of a frame.

        Parameters
        ----------
        frame : DataFrame
            What is labeled; files must be on S3.
        task : Task
            What is asked.
        name : str
            The job's name; its files are put into a folder of that name in `output`.
        output : str
            S3 URL of the folder in which Ground Truth writes its output tree.
        dry_run : bool
            Must be True: nblabel plans such jobs, it does not create them yet.
        workers_per_object : int, optional
            Answers wanted for each row, 1 to 9; as Ground Truth's console proposes it by default.
        **options
            ``role`` and the other fields of `nblabel.aws.JobSettings`; ``attribute`` and ``source`` as in `nblabel.label`; ``template``, the
            text of a worker template of your own.

        Returns
        -------
        LabelingJobPlan
            What would be sent and uploaded, checked, with a preview of the cost. No network is used.

        Raises
        ------
        RequestError
            Ground Truth would refuse the job, or fail it.
        FrameError
            The rows cannot be given out as asked.
        """
        if not dry_run:
            remedy = "give dry_run=True, upload plan.files with nblabel.storage.S3().upload, and create the job with boto3 from plan.request"
            raise RequestError("dry_run", dry_run, "jobs of Ground Truth are planned, checked and priced, but not created yet", remedy=remedy)
        settings = {"number_of_human_workers_per_data_object": workers_per_object, **options}
        return plan_labeling_job(frame, task, self.arn, name=name, output=output, **settings)


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
