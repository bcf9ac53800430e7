"""What the identity of the Airflow connection must be allowed: what the runtime calls.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from collections.abc import Iterable, Iterator

from trainspec.iam.document import Statement
from trainspec.iam.execution import volume_keys
from trainspec.iam.job import Job

JOB_ACTIONS = (
    "sagemaker:AddTags",
    "sagemaker:CreateTrainingJob",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:ListTags",
    "sagemaker:StopTrainingJob",
)
TUNING_ACTIONS = (
    "sagemaker:AddTags",
    "sagemaker:CreateHyperParameterTuningJob",
    "sagemaker:DescribeHyperParameterTuningJob",
    "sagemaker:ListTags",
    "sagemaker:ListTrainingJobsForHyperParameterTuningJob",
    "sagemaker:StopHyperParameterTuningJob",
)
_OF_TRIALS = ("sagemaker:DescribeTrainingJob",)
LIST_TUNING_ACTIONS = ("sagemaker:ListHyperParameterTuningJobs",)
LIST_ACTIONS = ("sagemaker:ListTrainingJobs",)
LOG_ACTIONS = ("logs:DescribeLogStreams", "logs:GetLogEvents")


def caller_policy(jobs: Iterable[Job]) -> Iterator[Statement]:
    """The statements for who creates, watches and stops `jobs`."""
    for job in jobs:
        trainings = (job.arn("sagemaker", f"training-job/{job.names}"),)
        if job.is_tuning:
            tunings = (job.arn("sagemaker", f"hyper-parameter-tuning-job/{job.names}"),)
            yield Statement("RunTuningJobs", TUNING_ACTIONS, tunings)
            yield Statement("WatchTuningJobs", LIST_TUNING_ACTIONS, ("*",))
            yield Statement("ReadTheBest", _OF_TRIALS, trainings)
        else:
            yield Statement("RunJobs", JOB_ACTIONS, trainings)
            yield Statement("WatchJobs", LIST_ACTIONS, ("*",))
        to_sagemaker = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
        yield Statement("PassTheRole", ("iam:PassRole",), (job.role,), to_sagemaker)
        yield Statement("ReadLogs", LOG_ACTIONS, (job.arn("logs", "log-group:/aws/sagemaker/TrainingJobs*"),))
        yield from volume_keys(job)
