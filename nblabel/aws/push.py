"""The rows of a DataFrame as a labeling job of Ground Truth."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from nblabel.aws.arns import TeamArn
from nblabel.aws.builtin import builtin_of
from nblabel.aws.categories import label_category_file
from nblabel.aws.checks import PUBLIC
from nblabel.aws.cost import Cost
from nblabel.aws.examples import place_examples
from nblabel.aws.plan import LabelingJobPlan
from nblabel.aws.present import check_present, has_labels, type_of, with_labels
from nblabel.aws.request import labeling_job_request
from nblabel.aws.settings import thousandths
from nblabel.aws.templates import worker_template
from nblabel.binding import is_absent, item_rows
from nblabel.errors import FrameError, RequestError
from nblabel.manifest import validate, write_manifest
from nblabel.manifest.lint.quotas import OBJECTS
from nblabel.manifest.stream import OBJECTS_PER_JOB
from nblabel.tasks import Task

if TYPE_CHECKING:
    import pandas as pd

    from nblabel.aws.builtin import BuiltinTask

__all__ = ["plan_labeling_job"]

_FEWEST_AUTOMATED = 1250
_TURK_ENDS = "AWS announced that Mechanical Turk ends; ask a private team or a vendor for what must last"


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
    **settings: Any,
) -> LabelingJobPlan:
    """Plan a labeling job; see `nblabel.aws.Workteam.push`."""
    if not isinstance(task, Task):
        raise RequestError("task", task, "it must be a task", remedy="give one, such as nl.BoundingBox(['cat', 'dog'])")
    if not isinstance(output, str) or not output.startswith("s3://"):
        raise RequestError("OutputConfig.S3OutputPath", output, "Ground Truth writes to S3", remedy="give a URL: output='s3://bucket/folder'")
    rows = frame if task.of is None else with_labels(frame, task.of)
    builtin = builtin_of(task, present=None if task.of is None else type_of(rows, task.of))
    chosen = attribute or (f"{name}-ref" if builtin.reference and not name.endswith("-ref") else name)
    if chosen == task.of:
        rule = "adjusted or verified labels need an attribute of their own"
        raise RequestError("LabelAttributeName", chosen, rule, remedy="give attribute=, or another name")
    if task.of is not None:
        check_present(rows, task, builtin)
    manifest, objects = _manifest(rows, task, builtin, chosen, source)
    folder = f"{output.rstrip('/')}/{name}"
    files = {f"{folder}/input.manifest": manifest}
    if builtin.page is None:
        instructions, examples = place_examples(task.instructions, f"{folder}/annotation-tool/examples")
        header = settings.get("task_description") or task.instructions.short.split("\n")[0] or task.title
        written = template or worker_template(builtin, header=header, instructions=instructions, present=task.of)
        files |= {f"{folder}/annotation-tool/template.liquid": written.encode(), **examples}
    elif template:
        raise RequestError("HumanTaskConfig.UiConfig", "a template", f"AWS keeps the worker page of {builtin.name}", remedy="leave template= out")
    files[f"{folder}/annotation-tool/data.json"] = label_category_file(task.labels, task.instructions, builtin)
    request = labeling_job_request(
        builtin.name,
        name=name,
        team=team,
        output=output,
        manifest=f"{folder}/input.manifest",
        label_categories=f"{folder}/annotation-tool/data.json",
        attribute=chosen,
        template=None if builtin.page else f"{folder}/annotation-tool/template.liquid",
        **{"task_title": task.title, "task_description": _description(task), **settings},
    )
    if settings.get("automated") and objects < _FEWEST_AUTOMATED:
        rule = f"automated labeling takes at least {_FEWEST_AUTOMATED:,} objects"
        raise RequestError("the number of objects", objects, rule, remedy="push more rows, or leave automated= out")
    return LabelingJobPlan(
        request=request,
        files=files,
        cost=_cost(request, objects, settings),
        notes=_notes(frame, rows, team, task.of),
        task=task,
        frame=frame,
        places=[place for place, there in enumerate(has_labels(frame, task.of)) if there],
    )


def _manifest(frame: pd.DataFrame, task: Task, builtin: BuiltinTask, attribute: str, source: str | None) -> tuple[bytes, int]:
    """Give the input manifest, and how many of its objects have no label yet."""
    if not len(frame):
        raise FrameError("the DataFrame has no rows, so there is nothing to push; check how it was read or filtered")
    rows = item_rows(frame, attribute, task, source=source)
    if not rows.inline:
        _check_on_s3(rows.sources)
    objects = sum(map(is_absent, frame[attribute])) if attribute in frame.columns else len(frame)
    if not objects:
        raise FrameError(f"every row has a label in {attribute!r} already; push under another name to label them again")
    most = OBJECTS.get(builtin.output or "", OBJECTS_PER_JOB)
    if len(frame) > most:
        raise FrameError(f"{len(frame):,} rows are more than the {most:,} that a job of {builtin.name} takes; push each of df.nblabel.split({most})")
    named = frame.rename(columns={rows.identity: "source" if rows.inline else "source-ref"})
    problems = validate(named)
    errors = problems[problems["severity"] == "error"]
    if len(errors):
        first = errors.iloc[0]
        raise FrameError(
            f"row {first['row']}: {first['message']} ({first['code']}). {first['remedy']} There are {len(errors):,} such errors; "
            "df.nblabel.validate() lists them"
        )
    written = io.BytesIO()
    write_manifest(named, written)
    return written.getvalue(), objects


def _check_on_s3(sources: list[str]) -> None:
    elsewhere = [place for place, source in enumerate(sources) if not source.startswith("s3://")]
    if elsewhere:
        raise FrameError(
            f"row {elsewhere[0]} shows {sources[elsewhere[0]]!r:.80}, which is not on S3, like {len(elsewhere):,} of {len(sources):,} rows; upload "
            "the files with nblabel.storage.S3().upload_folder(...) and put their URLs (s3://...) into the column"
        )


def _description(task: Task) -> str:
    return " ".join((task.instructions.short or task.title).split())[:255]


def _cost(request: dict[str, Any], objects: int, settings: dict[str, Any]) -> Cost:
    stops = request.get("StoppingConditions", {})
    people = min(objects, stops.get("MaxHumanLabeledObjectCount", objects), objects * stops.get("MaxPercentageOfInputDatasetLabeled", 100) // 100)
    price = settings.get("price")
    workers = request["HumanTaskConfig"]["NumberOfHumanWorkersPerDataObject"]
    return Cost(objects=people, workers=workers, price=0.0 if price is None else thousandths(price) / 1000)


def _notes(frame: pd.DataFrame, rows: pd.DataFrame, team: str, present: str | None) -> list[str]:
    left = len(frame) - len(rows)
    lacking = [f"{left:,} of {len(frame):,} rows have no label in {present!r} and are left out"] * bool(left)
    return [*lacking, *[_TURK_ENDS] * (TeamArn.parse(team).kind == PUBLIC)]
