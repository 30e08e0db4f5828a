"""A labeling job as it goes, in a cell."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any
from weakref import ref

import ipywidgets
import pandas as pd

from nblabel.errors import NblabelError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nblabel.workforce import LabelingJob

__all__ = ["JobMonitor"]

_SECONDS = 2.0
_SHARE = 10
"""A refresh may take no more than one of so many parts of the time, however large the job is."""


class JobMonitor:
    """Progress, workers and agreement of a job; made by `LabelingJob.show`.

    It is refreshed every few seconds while the kernel is idle and the job goes on, and by `refresh`. Its repr says the same in plain text.
    """

    def __init__(self, job: LabelingJob) -> None:
        self._job = job
        self._bar = ipywidgets.IntProgress(layout={"width": "240px"})
        self._state = ipywidgets.Label()
        self._workers = ipywidgets.GridBox(layout={"grid_gap": "0 24px"})
        self._agreement = ipywidgets.Label()
        self._box = ipywidgets.VBox([ipywidgets.HBox([self._bar, self._state]), self._workers, self._agreement])
        self.refresh()
        _refresh_later(ref(self), _SECONDS)

    def __repr__(self) -> str:
        table = self._people.to_string(na_rep="")
        return "\n".join(line for line in (f"{self._job.name}: {self._progress}", table if len(self._people) else "", self._agreed) if line)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        found = self._box._repr_mimebundle_(**options)
        data, metadata = found if isinstance(found, tuple) else (found, {})
        return {**(data or {}), "text/plain": repr(self)}, metadata

    @property
    def is_live(self) -> bool:
        """Whether it goes on being refreshed."""
        return self._box.comm is not None and self._status == "InProgress"

    def refresh(self) -> None:
        """Bring it up to date."""
        self._status, counts, answers = self._job.status, self._job.counts, self._job.responses()
        total = counts["TotalLabeled"] + counts["Unlabeled"] + counts["FailedNonRetryableError"]
        failed = f", {counts['FailedNonRetryableError']} failed" if counts["FailedNonRetryableError"] else ""
        self._progress = f"{self._status}, {counts['TotalLabeled']} of {total} labeled{failed}, {len(answers)} answers"
        self._people, self._agreed = self._team(answers), self._alpha(answers)
        self._bar.max, self._bar.value = total, counts["TotalLabeled"]
        self._bar.bar_style = {"Completed": "success", "Failed": "danger"}.get(self._status, "")
        self._state.value, self._agreement.value = self._progress, self._agreed
        rows = [
            ["worker", *self._people.columns],
            *([name, *_texts(row)] for name, row in zip(self._people.index, self._people.to_numpy(), strict=True)),
        ]
        self._workers.layout.grid_template_columns = f"repeat({len(rows[0])}, max-content)"
        # Labels hold text, not HTML; names are what workers call themselves.
        self._workers.children = [ipywidgets.Label(value=text) for row in rows for text in row] if len(rows) > 1 else []

    def _team(self, answers: pd.DataFrame) -> pd.DataFrame:
        """Give answers, mean seconds an answer, estimated accuracy, and how right answers to known objects were where there are any; by name."""
        found = answers.groupby("worker")["seconds"].agg(["size", "mean"]).set_axis(["answers", "seconds"], axis=1)
        try:
            judged = self._job.workers() if len(found) else pd.DataFrame()
        except NblabelError:
            judged = pd.DataFrame()  # the task type does not say who is how good
        found["accuracy"] = judged.get("accuracy", float("nan"))
        if "gold_score" in judged and judged["gold_score"].notna().any():
            found["gold"] = judged["gold_score"]
        return found.rename(index=self._job.names).rename_axis(None).sort_index().sort_values("answers", ascending=False, kind="stable").round(2)

    def _alpha(self, answers: pd.DataFrame) -> str:
        if not len(answers):
            return ""
        try:
            table = self._job.agreement()
        except NblabelError:
            return ""  # the task type does not say what agreement is
        whole = table[table["label"].isna() & table["alpha"].notna()]
        told = ", ".join(f"{measure} {alpha:.2f}" for measure, alpha in zip(whole["measure"], whole["alpha"], strict=True))
        return f"agreement (alpha): {told}" if told else ""


def _texts(row: Iterable[Any]) -> list[str]:
    return ["" if pd.isna(cell) else f"{cell:g}" for cell in row]


def _refresh_later(monitor: ref[JobMonitor], seconds: float) -> None:
    """Refresh while the kernel is idle, as long as somebody has the monitor; outside a kernel there is nothing that would call."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    loop.call_later(seconds, _refresh, monitor)


def _refresh(monitor: ref[JobMonitor]) -> None:
    shown = monitor()
    if shown is None or not shown.is_live:
        return
    began = time.monotonic()
    shown.refresh()
    if shown.is_live:
        _refresh_later(monitor, max(_SECONDS, _SHARE * (time.monotonic() - began)))
