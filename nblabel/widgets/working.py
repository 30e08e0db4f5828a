"""A worker at a labeling job, in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel.binding import Row
from nblabel.errors import FrameError
from nblabel.keys import as_keys
from nblabel.widgets.labeler import Labeler
from nblabel.widgets.labeling import front_end, replace_older, segmenter_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from nblabel.keys import Keys
    from nblabel.workforce import Desk, LabelingJob, Worker

__all__ = ["work"]


def work(job: LabelingJob, worker: Worker, *, keys: str | Mapping[str, str | Iterable[str]] | Keys | None = None) -> Labeler:
    """Let a worker label a job; see `nblabel.workforce.Worker.label`."""
    preferred = as_keys(keys)
    job.task.view(preferred)
    module = front_end(job.task)
    desk = job.desk(worker, segmenter_for(job.task))
    try:
        labeler = Labeler(module, _Answers(desk), desk.session, desk.store, preferred)
    except BaseException:
        desk.store.close()
        raise
    replace_older(labeler)
    return labeler


class _Answers:
    """What a labeler is bound to where nothing is written into a DataFrame: a worker's answers are the job's."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.attribute = desk.job.name

    @property
    def frame(self) -> pd.DataFrame:
        """The worker's answers that count."""
        answers = self._desk.job.responses()
        return answers[answers["worker"] == self._desk.worker.worker_id].reset_index(drop=True)

    def what(self, index: int) -> str:
        """Tell what was labeled."""
        return self._desk.source_of(index)

    def write(self, index: int) -> Row:
        """Give the answer as Ground Truth's worker responses have it; nothing is to be written."""
        session = self._desk.session
        annotation = session.annotation(index)
        return Row(None if annotation is None else self._desk.job.task.answer_content(annotation, session.media(index)), None, found=True)

    def by_place(self, annotations: Any) -> dict[int, Any]:
        """Take annotations by the place of their item."""
        if not isinstance(annotations, dict) or not all(isinstance(index, int) for index in annotations):
            raise FrameError(f"expected annotations by the place of their item in this labeler, such as {{0: ...}}, got {annotations!r:.80}")
        return annotations
