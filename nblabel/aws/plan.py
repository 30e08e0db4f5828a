"""Labeling jobs that are ready to be created."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nblabel import storage
from nblabel.aws.arns import TeamArn
from nblabel.aws.permissions import buckets_in, needed_statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from nblabel.aws.cost import Cost
    from nblabel.tasks import Task

__all__ = ["LabelingJobPlan", "LabelingJobsPlan"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class LabelingJobPlan:
    """Everything that creating a labeling job would send; nothing was sent.

    Attributes
    ----------
    request : dict
        The request of `CreateLabelingJob`, complete and checked.
    files : mapping of str to bytes
        What would be uploaded first, by S3 URL: the manifest, the label category file, the worker template and its example images.
    uploads : mapping of str to str
        Files of this machine that would be uploaded, too, by S3 URL: what is labeled.
    cost : Cost
        A preview of what it costs.
    notes : list of str
        What one should know before.
    task : Task or None
        What is asked.
    frame : DataFrame or None
        The rows that are pushed.
    places : sequence of int
        Their rows that are lines of the manifest, in its order.
    """

    request: dict[str, Any]
    files: Mapping[str, bytes]
    cost: Cost
    uploads: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    task: Task | None = field(default=None, compare=False)
    frame: pd.DataFrame | None = field(default=None, compare=False)
    places: Sequence[int] = field(default=(), compare=False)

    @property
    def role(self) -> str:
        """ARN of the role that Ground Truth takes."""
        return str(self.request["RoleArn"])

    @property
    def region(self) -> str:
        """The region of the job, which is that of its team."""
        return TeamArn.parse(self.request["HumanTaskConfig"]["WorkteamArn"]).region

    @property
    def permissions(self) -> list[dict[str, Any]]:
        """The statements of a policy that its role needs; `nblabel.aws.check_role` finds those that it lacks."""
        return needed_statements(self.request, buckets_in(self.files.values()))

    def __repr__(self) -> str:
        lines = [
            f"Plan of the labeling job {self.request['LabelingJobName']!r}; nothing was sent",
            *_told(self.request, self.cost),
            "  uploads",
            *(f"    {url}  {len(content):,} bytes" for url, content in self.files.items()),
            *_counted(self.uploads),
            *(f"  note     {note}" for note in self.notes),
        ]
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class LabelingJobsPlan:
    """Everything that creating several labeling jobs would send, because one does not take as many objects; nothing was sent.

    Attributes
    ----------
    name : str
        The name of the push.
    plans : list of LabelingJobPlan
        The jobs, in the order of the rows: ``<name>-1-of-3`` and so on; their labels go to one attribute.
    cost : Cost
        A preview of what all of them cost.
    notes : list of str
        What one should know before.
    """

    name: str
    plans: list[LabelingJobPlan]
    cost: Cost
    notes: list[str] = field(default_factory=list)

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests of `CreateLabelingJob`, complete and checked."""
        return [plan.request for plan in self.plans]

    @property
    def files(self) -> dict[str, bytes]:
        """What would be uploaded first, by S3 URL; see `LabelingJobPlan`."""
        return {url: content for plan in self.plans for url, content in plan.files.items()}

    @property
    def uploads(self) -> dict[str, str]:
        """Files of this machine that would be uploaded, too, by S3 URL."""
        return {url: path for plan in self.plans for url, path in plan.uploads.items()}

    @property
    def role(self) -> str:
        """ARN of the role that Ground Truth takes."""
        return self.plans[0].role

    @property
    def region(self) -> str:
        """The region of the jobs, which is that of their team."""
        return self.plans[0].region

    @property
    def permissions(self) -> list[dict[str, Any]]:
        """The statements of a policy that their role needs; `nblabel.aws.check_role` finds those that it lacks."""
        return needed_statements(self.plans[0].request, buckets_in(self.files.values()))

    def __repr__(self) -> str:
        lines = [
            f"Plan of {len(self.plans)} labeling jobs for {self.name!r}; nothing was sent",
            *(
                f"  job      {plan.request['LabelingJobName']}, {plan.cost.objects:,} object{'' if plan.cost.objects == 1 else 's'}"
                for plan in self.plans
            ),
            *_told(self.plans[0].request, self.cost),
            f"  uploads  {len(self.files):,} files of the jobs, {sum(map(len, self.files.values())):,} bytes",
            *_counted(self.uploads),
            *(f"  note     {note}" for note in self.notes),
        ]
        return "\n".join(lines)


def _told(request: Mapping[str, Any], cost: Cost) -> list[str]:
    human = request["HumanTaskConfig"]
    workers, seconds = human["NumberOfHumanWorkersPerDataObject"], human["TaskTimeLimitInSeconds"]
    function = human["PreHumanTaskLambdaArn"].rpartition(":PRE-")[2]
    return [
        f"  task     {function}, labels go to {request['LabelAttributeName']!r}",
        f"  objects  {cost.objects:,}, for {workers} worker{'' if workers == 1 else 's'} each, who have {seconds:,} s for one",
        f"  team     {human['WorkteamArn']}",
        f"  output   {request['OutputConfig']['S3OutputPath']}",
        f"  cost     {cost}",
    ]


def _counted(uploads: Mapping[str, str]) -> list[str]:
    if not uploads:
        return []
    size = sum(map(storage.size, uploads.values()))
    count = f"{len(uploads):,} file{'' if len(uploads) == 1 else 's'}"
    return [f"    {next(iter(uploads)).rpartition('/')[0]}/  {count} of this machine, {size:,} bytes"]
