"""A labeling job that is ready to be created."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nblabel.aws.permissions import buckets_in, needed_statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from nblabel.aws.cost import Cost
    from nblabel.tasks import Task

__all__ = ["LabelingJobPlan"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class LabelingJobPlan:
    """Everything that creating a labeling job would send; nothing was sent.

    Attributes
    ----------
    request : dict
        The request of `CreateLabelingJob`, complete and checked.
    files : mapping of str to bytes
        What would be uploaded first, by S3 URL: the manifest, the label category file, the worker template and its example images.
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
    notes: list[str] = field(default_factory=list)
    task: Task | None = field(default=None, compare=False)
    frame: pd.DataFrame | None = field(default=None, compare=False)
    places: Sequence[int] = field(default=(), compare=False)

    @property
    def permissions(self) -> list[dict[str, Any]]:
        """The statements of a policy that its role needs; `nblabel.aws.check_role` finds those that it lacks."""
        return needed_statements(self.request, buckets_in(self.files.values()))

    def __repr__(self) -> str:
        human = self.request["HumanTaskConfig"]
        workers, seconds = human["NumberOfHumanWorkersPerDataObject"], human["TaskTimeLimitInSeconds"]
        function = human["PreHumanTaskLambdaArn"].rpartition(":PRE-")[2]
        lines = [
            f"Plan of the labeling job {self.request['LabelingJobName']!r}; nothing was sent",
            f"  task     {function}, labels go to {self.request['LabelAttributeName']!r}",
            f"  objects  {self.cost.objects:,}, for {workers} worker{'' if workers == 1 else 's'} each, who have {seconds:,} s for one",
            f"  team     {human['WorkteamArn']}",
            f"  output   {self.request['OutputConfig']['S3OutputPath']}",
            f"  cost     {self.cost}",
            "  uploads",
            *(f"    {url}  {len(content):,} bytes" for url, content in self.files.items()),
            *(f"  note     {note}" for note in self.notes),
        ]
        return "\n".join(lines)
