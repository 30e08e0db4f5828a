"""Amazon SageMaker Ground Truth: work teams, labeling jobs.

- `builtin` and `arns` say what the service has, `settings` and `request` make a request of it, `model` and `checks` check it.
- `worker_pages` gives the template of a task: of Ground Truth's elements (`templates`), or the labeler (`labeler_template`); `template_preview` shows
  it, filled in by `liquid`.
- `categories`, `sequence_categories` and `examples` are what workers see, `present` looks at the labels that they begin with.
- `push` makes all of it from a DataFrame (`rows`, with files of this machine as `sources`), as a `plan` with its `cost`.
- `create` makes the jobs of a plan and `attach` finds those of others; `job` and `jobs` follow them, through `service`, and bring their labels back,
  as `labels` of a DataFrame.
- `lambdas` are functions that a job calls while it runs.
- `team_setup` makes a `private_team` as the console does, in `cognito` and with a `notification` of jobs; `crowds` are the teams of others.
- `dataset` puts input manifests beside the data, as the console does.
- `bucket` makes a bucket ready, `cors` opens it to workers' browsers, `kms` checks its key; `role` finds what a role lacks of `permissions`.
- `training` hands labels on.

A plan, a request and a template use no network.
"""

from nblabel.aws import lambdas
from nblabel.aws.attach import attach
from nblabel.aws.bucket import BucketSetup, prepare_bucket
from nblabel.aws.builtin import BUILTIN_TASKS
from nblabel.aws.cors import fix_cors
from nblabel.aws.crowds import PublicTeam, list_vendors, public_team, vendor_team
from nblabel.aws.dataset import write_dataset
from nblabel.aws.job import GroundTruthJob
from nblabel.aws.jobs import GroundTruthJobs
from nblabel.aws.kms import check_kms_key
from nblabel.aws.plan import LabelingJobPlan, LabelingJobsPlan
from nblabel.aws.private_team import PrivateTeam
from nblabel.aws.request import labeling_job_request
from nblabel.aws.role import RoleCheck, check_role
from nblabel.aws.sequence_categories import sequence_category_file
from nblabel.aws.settings import JobSettings
from nblabel.aws.team_setup import TeamSetup, private_team
from nblabel.aws.teams import Workteam, team
from nblabel.aws.template_preview import TemplatePreview, preview
from nblabel.aws.training import TrainingInput, training_input
from nblabel.aws.worker_pages import worker_template

__all__ = [
    "BUILTIN_TASKS",
    "BucketSetup",
    "GroundTruthJob",
    "GroundTruthJobs",
    "JobSettings",
    "LabelingJobPlan",
    "LabelingJobsPlan",
    "PrivateTeam",
    "PublicTeam",
    "RoleCheck",
    "TeamSetup",
    "TemplatePreview",
    "TrainingInput",
    "Workteam",
    "attach",
    "check_kms_key",
    "check_role",
    "fix_cors",
    "labeling_job_request",
    "lambdas",
    "list_vendors",
    "prepare_bucket",
    "preview",
    "private_team",
    "public_team",
    "sequence_category_file",
    "team",
    "training_input",
    "vendor_team",
    "worker_template",
    "write_dataset",
]
