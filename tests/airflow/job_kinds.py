"""The kinds of jobs that a scene's task runs, and what the tests do with a job of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias
from zlib import crc32

from trainspec.simulator import Outcome
from trainspec.simulator.jobs import Account, Job
from trainspec.simulator.tuning import TuningJob

AnyJob: TypeAlias = Job | TuningJob

CONFIG: Final[dict[str, Any]] = {
    "AlgorithmSpecification": {
        "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
        "TrainingInputMode": "File",
    },
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "OutputDataConfig": {"S3OutputPath": "s3://my-output-bucket/models/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
TRIALS: Final = 2
"""Training jobs of a tuning job, all started at once."""
TUNING_CONFIG: Final[dict[str, Any]] = {
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": TRIALS, "MaxParallelTrainingJobs": TRIALS},
        "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.5"}]},
    },
    "TrainingJobDefinition": {
        **CONFIG,
        "AlgorithmSpecification": {
            **CONFIG["AlgorithmSpecification"],
            "MetricDefinitions": [{"Name": "auc", "Regex": "auc=([0-9.]+)"}],
        },
        # The stock operator takes no tuning job without channels, and checks those on S3 there.
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {
                    "FileSystemDataSource": {
                        "FileSystemId": "fs-0123456789abcdef0",
                        "FileSystemType": "EFS",
                        "FileSystemAccessMode": "ro",
                        "DirectoryPath": "/train",
                    }
                },
            }
        ],
        "VpcConfig": {"SecurityGroupIds": ["sg-0123456789abcdef0"], "Subnets": ["subnet-0123456789abcdef0"]},
    },
}
# A job continues until a test lets it end, or stops it.
ENDLESS: Final = Outcome(starting=0, downloading=0, training=86400, uploading=0, stopping=0)


@dataclass(frozen=True)
class Kind:
    """A kind of job: its calls, and how the simulator's jobs of it are created and ended."""

    name: str
    create: str
    describe: str
    lists: str
    name_member: str
    config: Mapping[str, Any]
    made: Callable[[Account], list[AnyJob]]
    """All jobs of an account."""
    start: Callable[[Account, Mapping[str, Any]], object]
    """Create one by hand, as another user."""
    delete: Callable[[Account, str], None]
    given: Callable[[AnyJob, Outcome], None]
    """Let one proceed to the outcome, counted from its creation."""
    trials: Callable[[AnyJob, float], list[Job]] = lambda *_: []
    """The training jobs that it has started."""
    operators: Mapping[str, str] = field(default_factory=dict)
    """What imports its operator, by the operator's name here."""
    not_stock: frozenset[str] = frozenset()
    """Arguments that its stock operator does not have."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Replacements for the words of events, which are written for training jobs."""

    def request(self, name: str) -> dict[str, Any]:
        """The request of a job with this name."""
        return {self.name_member: name, **self.config}

    def job_name(self, wanted: str) -> str:
        """A name that leaves room for the suffixes of later jobs: `wanted`, cut if necessary."""
        wanted = wanted.replace("_", "-").replace(".", "-")
        return wanted if self is TRAINING else f"{wanted[:12].rstrip('-')}-{crc32(wanted.encode()):08x}"

    def text(self, what: str) -> str:
        """What happens in an event, in the words of this kind."""
        for word, own in self.words.items():
            what = what.replace(word, own)
        return what


def _give(job: AnyJob, outcome: Outcome) -> None:
    assert isinstance(job, Job)
    job.outcome = outcome


def _give_all(job: AnyJob, outcome: Outcome) -> None:
    assert isinstance(job, TuningJob)
    job.planned = tuple(replace(trial, outcome=outcome) for trial in job.planned)


def _trials(job: AnyJob, now: float) -> list[Job]:
    assert isinstance(job, TuningJob)
    return job.trainings(now)


REGION = "us-east-1"
_AMAZON = "from airflow.providers.amazon.aws.operators.sagemaker import"
TRAINING: Final = Kind(
    "training",
    "CreateTrainingJob",
    "DescribeTrainingJob",
    "ListTrainingJobs",
    "TrainingJobName",
    CONFIG,
    made=lambda account: list(account.jobs()),
    start=lambda account, request: account.create(REGION, request),
    delete=lambda account, name: account.delete(REGION, name),
    given=_give,
    operators={
        "trainspec": "from trainspec.runtime import TrainingJobOperator as Operator",
        "stock": f"{_AMAZON} SageMakerTrainingOperator as Operator",
        "resumable": "from resumable import ResumableTrainingOperator as Operator",
    },
)
TUNING: Final = Kind(
    "tuning",
    "CreateHyperParameterTuningJob",
    "DescribeHyperParameterTuningJob",
    "ListHyperParameterTuningJobs",
    "HyperParameterTuningJobName",
    TUNING_CONFIG,
    made=lambda account: list(account.tuning.jobs()),
    start=lambda account, request: account.tuning.create(REGION, request),
    delete=lambda account, name: account.tuning.delete(REGION, name),
    given=_give_all,
    trials=_trials,
    operators={
        "trainspec": "from trainspec.runtime import TuningJobOperator as Operator",
        "stock": f"{_AMAZON} SageMakerTuningOperator as Operator",
    },
    not_stock=frozenset({"max_attempts", "action_if_job_exists"}),
    words={
        "TrainingJob": "HyperParameterTuningJob",
        "The job fails with an AlgorithmError": "All its training jobs fail with an AlgorithmError",
    },
)
KINDS: Final = {kind.name: kind for kind in (TRAINING, TUNING)}
