"""Labeling jobs that people do: teams, jobs, and what comes of them.

`local` has teams, `push` gives rows of a DataFrame to one, `job` is the labeling job, `worker` a worker's door to it and `desk` that of front ends;
`results` are the answers that count, `output` writes them as Ground Truth's output tree, `finished` reads such a tree.
"""

from nblabel.workforce.desk import Desk
from nblabel.workforce.finished import FinishedJob, open_job
from nblabel.workforce.job import LabelingJob
from nblabel.workforce.local import LocalWorkforce, Team
from nblabel.workforce.options import JobOptions
from nblabel.workforce.push import push
from nblabel.workforce.worker import Worker, WorkItem

__all__ = ["Desk", "FinishedJob", "JobOptions", "LabelingJob", "LocalWorkforce", "Team", "WorkItem", "Worker", "open_job", "push"]
