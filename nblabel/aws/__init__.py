"""Amazon SageMaker Ground Truth: work teams, labeling jobs.

`builtin` and `arns` say what the service has, `settings` and `request` make a request of it, `model` and `checks` check it; `templates`, `categories`
and `examples` are what workers see, `present` looks at the labels that they begin with; `push` makes all of it from a DataFrame, as a `plan` with its
`cost`. `job` creates such jobs and follows them, through `service`; `lambdas` are functions that a job calls while it runs. `bucket` makes a bucket
ready, with `cors` open to workers' browsers and `kms` for its key; `role` finds what a role lacks of `permissions`; `training` hands labels on. A
plan, a request and a template use no network.
"""

from nblabel.aws import lambdas
from nblabel.aws.bucket import BucketSetup, prepare_bucket
from nblabel.aws.builtin import BUILTIN_TASKS
from nblabel.aws.cors import fix_cors
from nblabel.aws.job import GroundTruthJob, attach
from nblabel.aws.kms import check_kms_key
from nblabel.aws.plan import LabelingJobPlan
from nblabel.aws.request import labeling_job_request
from nblabel.aws.role import RoleCheck, check_role
from nblabel.aws.settings import JobSettings
from nblabel.aws.teams import Workteam, team
from nblabel.aws.training import TrainingInput, training_input

__all__ = [
    "BUILTIN_TASKS",
    "BucketSetup",
    "GroundTruthJob",
    "JobSettings",
    "LabelingJobPlan",
    "RoleCheck",
    "TrainingInput",
    "Workteam",
    "attach",
    "check_kms_key",
    "check_role",
    "fix_cors",
    "labeling_job_request",
    "lambdas",
    "prepare_bucket",
    "team",
    "training_input",
]
