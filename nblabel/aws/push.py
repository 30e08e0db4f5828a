"""The rows of a DataFrame as labeling jobs of Ground Truth."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from nblabel.aws.arns import TeamArn, lambda_arn
from nblabel.aws.builtin import BUILTIN_TASKS, builtin_of
from nblabel.aws.categories import label_category_file
from nblabel.aws.checks import PUBLIC
from nblabel.aws.cost import Cost
from nblabel.aws.examples import place_examples
from nblabel.aws.jobs import part_of
from nblabel.aws.labeler_template import labeler_template
from nblabel.aws.plan import LabelingJobPlan, LabelingJobsPlan
from nblabel.aws.present import check_labels, check_present, has_labels, type_of
from nblabel.aws.request import labeling_job_request
from nblabel.aws.rows import labeled_rows, manifest_of
from nblabel.aws.settings import thousandths
from nblabel.aws.templates import worker_template
from nblabel.aws.worker_pages import LABELER, header_of
from nblabel.binding import is_absent
from nblabel.errors import FrameError, RequestError
from nblabel.manifest.lint.quotas import OBJECTS
from nblabel.manifest.stream import OBJECTS_PER_JOB
from nblabel.tasks import Task
from nblabel.tasks.with_attributes import WithAttributes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from nblabel.aws.builtin import BuiltinTask
    from nblabel.aws.rows import LabeledRows
    from nblabel.labels import Instructions

__all__ = ["plan_labeling_job"]

_FEWEST_AUTOMATED = 1250
_TURK_ENDS = "AWS announced that Mechanical Turk ends; ask a private team or a vendor for what must last"
_NO_LABELS = (
    "labels are made of the answers afterwards: nl.consolidate(job.responses(), task), or by a function of yours: post_annotation_lambda= and the "
    "handler nblabel.aws.lambdas.post_annotation"
)


def plan_labeling_job(
    frame: pd.DataFrame,
    task: Task,
    team: str,
    *,
    name: str,
    output: str | None = None,
    attribute: str | None = None,
    source: str | None = None,
    template: str | None = None,
    objects_per_job: int | None = None,
    **settings: Any,
) -> LabelingJobPlan | LabelingJobsPlan:
    """Plan a labeling job, or several where the rows are too many for one; see `nblabel.aws.Workteam.push`."""
    if not isinstance(task, Task):
        raise RequestError("task", task, "it must be a task", remedy="give one, such as nl.BoundingBox(['cat', 'dog'])")
    if not isinstance(output, str) or not output.startswith("s3://"):
        raise RequestError("OutputConfig.S3OutputPath", output, "Ground Truth writes to S3", remedy="give a URL: output='s3://bucket/folder'")
    if task.of is not None:
        check_labels(frame, task.of)
    # The labeler asks for attributes of items, too; the built-in functions see nothing of either.
    asked = task.task if template == LABELER and isinstance(task, WithAttributes) else task
    builtin = builtin_of(asked, present=None if task.of is None else type_of(frame, task.of))
    chosen = attribute or (f"{name}-ref" if builtin.reference and not name.endswith("-ref") else name)
    if chosen == task.of:
        rule = "adjusted or verified labels need an attribute of their own"
        raise RequestError("LabelAttributeName", chosen, rule, remedy="give attribute=, or another name")
    most = _most(builtin, objects_per_job)
    places, notes = _chosen(frame, task.of, chosen, most)
    if task.of is not None:
        check_present(frame.iloc[places], task, builtin)
    rows = labeled_rows(frame, task, chosen, source=source, folder=f"{output.rstrip('/')}/data")
    made = partial(_plan, frame, rows, task, builtin, team, output=output, attribute=chosen, template=template, settings=settings)
    attributes = [each.name for each in getattr(task, "attributes", ())]
    if attributes and template != LABELER:
        notes.append(f"the worker page of {builtin.name} does not ask for attributes: {attributes} stay open")
    if template == LABELER and "post_annotation_lambda" not in settings:
        notes.append(_NO_LABELS)
    notes += [_TURK_ENDS] * (TeamArn.parse(team).kind == PUBLIC)
    if len(places) <= most:
        return made(name, places, notes=notes)
    count = -(-len(places) // most)
    cuts = [len(places) * number // count for number in range(count + 1)]
    parts = [made(part_of(name, number, count), places[start:end]) for number, (start, end) in enumerate(pairwise(cuts), start=1)]
    cost = replace(parts[0].cost, objects=sum(part.cost.objects for part in parts))
    notes.append(f"{len(places):,} rows are more than the {most:,} of a job of {builtin.name}, and become {count} jobs")
    return LabelingJobsPlan(name=name, plans=parts, cost=cost, notes=notes)


def _most(builtin: BuiltinTask, given: int | None) -> int:
    """Give the number of objects that a job takes."""
    quota = OBJECTS.get(builtin.output or "", OBJECTS_PER_JOB)
    if given is None:
        return quota
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= quota:
        rule = f"a job of {builtin.name} takes 1 to {quota:,} objects"
        raise RequestError("objects_per_job", given, rule, remedy="choose another number, or leave it out")
    return given


def _chosen(frame: pd.DataFrame, present: str | None, attribute: str, most: int) -> tuple[list[int], list[str]]:
    """Choose the rows that become lines, and say which do not.

    Those that have a label already are lines, too, as in Ground Truth's own chaining; where the rows are too many for a job, they are left out first.
    """
    if not len(frame):
        raise FrameError("the DataFrame has no rows, so there is nothing to push; check how it was read or filtered")
    places = [place for place, there in enumerate(has_labels(frame, present)) if there]
    left = len(frame) - len(places)
    notes = [f"{left:,} of {len(frame):,} rows have no label in {present!r} and are left out"] * bool(left)
    labels = list(frame[attribute]) if attribute in frame.columns else [None] * len(frame)
    unlabeled = [place for place in places if is_absent(labels[place])]
    if not unlabeled:
        raise FrameError(f"every row has a label in {attribute!r} already; push under another name to label them again")
    if len(places) > most and len(unlabeled) < len(places):
        notes.append(f"{len(places) - len(unlabeled):,} of {len(frame):,} rows have a label in {attribute!r} already and are left out")
        places = unlabeled
    return places, notes


def _plan(
    frame: pd.DataFrame,
    rows: LabeledRows,
    task: Task,
    builtin: BuiltinTask,
    team: str,
    name: str,
    places: list[int],
    *,
    output: str,
    attribute: str,
    template: str | None,
    settings: Mapping[str, Any],
    notes: Sequence[str] = (),
) -> LabelingJobPlan:
    """Plan one job of some of the rows."""
    part = rows.frame.iloc[places]
    objects = sum(map(is_absent, part[attribute])) if attribute in part.columns else len(part)
    folder = f"{output.rstrip('/')}/{name}"
    files = {f"{folder}/input.manifest": manifest_of(part)}
    if template == LABELER:
        settings = {**_pass_through(team), **settings}
    placed = None if builtin.page and template is None else f"{folder}/annotation-tool/template.liquid"
    if builtin.page and template not in {None, LABELER} and "pre_annotation_lambda" not in settings:
        rule = f"AWS keeps the worker page of {builtin.name}"
        raise RequestError("HumanTaskConfig.UiConfig", "a template", rule, remedy=f"leave template= out, or give template={LABELER!r}")
    if placed is not None:
        instructions, examples = place_examples(task.instructions, f"{folder}/annotation-tool/examples")
        files |= {placed: _page(task, builtin, instructions, name, template, settings).encode(), **examples}
    files[f"{folder}/annotation-tool/data.json"] = label_category_file(task.labels, task.instructions, builtin)
    request = labeling_job_request(
        builtin.name,
        name=name,
        team=team,
        output=output,
        manifest=f"{folder}/input.manifest",
        label_categories=f"{folder}/annotation-tool/data.json",
        attribute=attribute,
        template=placed,
        **{"task_title": task.title, "task_description": _description(task), **settings},
    )
    if settings.get("automated") and objects < _FEWEST_AUTOMATED:
        rule = f"automated labeling takes at least {_FEWEST_AUTOMATED:,} objects"
        raise RequestError("the number of objects", objects, rule, remedy="push more rows, or leave automated= out")
    return LabelingJobPlan(
        request=request,
        files=files,
        uploads=rows.uploads_of(places),
        cost=_cost(request, objects, settings),
        notes=list(notes),
        task=task,
        frame=frame,
        places=places,
    )


def _page(task: Task, builtin: BuiltinTask, instructions: Instructions, name: str, template: str | None, settings: Mapping[str, Any]) -> str:
    """Write the worker template, unless it was given."""
    if template == LABELER:
        return labeler_template(task, instructions=instructions, job=name)
    header = settings.get("task_description") or header_of(task)
    return template or worker_template(builtin, header=header, instructions=instructions, present=task.of)


def _pass_through(team: str) -> dict[str, str]:
    """Name the functions of AWS that take any worker page, and leave what workers answer as it stands."""
    arn, function = TeamArn.parse(team), BUILTIN_TASKS["PassThrough"]
    return {"pre_annotation_lambda": lambda_arn("PRE", function, arn), "post_annotation_lambda": lambda_arn("ACS", function, arn)}


def _description(task: Task) -> str:
    return " ".join((task.instructions.short or task.title).split())[:255]


def _cost(request: Mapping[str, Any], objects: int, settings: Mapping[str, Any]) -> Cost:
    stops = request.get("StoppingConditions", {})
    people = min(objects, stops.get("MaxHumanLabeledObjectCount", objects), objects * stops.get("MaxPercentageOfInputDatasetLabeled", 100) // 100)
    price = settings.get("price")
    workers = request["HumanTaskConfig"]["NumberOfHumanWorkersPerDataObject"]
    return Cost(objects=people, workers=workers, price=0.0 if price is None else thousandths(price) / 1000)
