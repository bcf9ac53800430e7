"""Members of a request that need or exclude each other.

The API's model lets each stand by itself; its documentation says which go together, and SageMaker refuses the call
otherwise.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from trainspec.diagnostics import Code
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView
from trainspec.text.tree import Path

CODE = Code("TS862", "members that need or exclude each other")

BAD = """
experiment: {run: run-1}
"""

GOOD = """
experiment: {name: churn, run: run-1}
"""


class Tie(NamedTuple):
    """Where `member` stands (and is `value`, if that is set), `needs` must stand, and `excludes` must not.

    A `needs` or `excludes` that begins with `.` is beside the member, not at the top.
    """

    member: str
    message: str
    advice: str
    needs: str | None = None
    excludes: str | None = None
    value: object = None
    fits: Callable[[object], bool] | None = None


def _is_express(value: object) -> bool:
    return isinstance(value, str) and value.removeprefix("s3://").partition("/")[0].endswith("--x-s3")


TIES = (
    Tie(
        "ExperimentConfig.RunName",
        "a run belongs to an experiment, and `experiment.name` is missing",
        "add `experiment.name`",
        needs="ExperimentConfig.ExperimentName",
    ),
    Tie(
        "ServerlessJobConfig.JobType",
        "a serverless job of the type Evaluation needs `evaluation_type`",
        "add for example `evaluation_type: BenchmarkEvaluation`",
        value="Evaluation",
        needs="ServerlessJobConfig.EvaluationType",
    ),
    Tie(
        "AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAuthConfig",
        "credentials are for a private registry, which SageMaker reaches with the mode Vpc alone",
        "write `mode: Vpc`, or remove `credentials_provider`",
        excludes="AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode=Platform",
    ),
    Tie(
        "AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode",
        "with the mode Vpc SageMaker pulls the image through the job's VPC, and the job has none",
        "add `vpc` with its subnets and security groups",
        value="Vpc",
        needs="VpcConfig",
    ),
    Tie(
        "OutputDataConfig.S3OutputPath",
        "S3 Express One Zone takes no KMS key",
        "remove `kms_key`, or write to a bucket of S3 Standard",
        fits=_is_express,
        excludes="OutputDataConfig.KmsKeyId",
    ),
    Tie(
        "ResourceConfig.TrainingPlanArn",
        "the machines of a training plan are reserved: they cannot be spot instances",
        "remove `spot` and `max_wait`, or `training_plan`",
        excludes="EnableManagedSpotTraining=True",
    ),
    Tie(
        "ResourceConfig.TrainingPlanArn",
        "a training plan stands for the whole job or for each preference, and here for both",
        "remove one of them",
        excludes="ResourceConfig.InstancePreferences.*.TrainingPlanArns",
    ),
    Tie(
        "InputDataConfig.*.DataSource.S3DataSource.S3DataType",
        "an augmented manifest needs `attributes`: the names of what the container gets of each line",
        "add for example `attributes: [source-ref, label]`",
        value="AugmentedManifestFile",
        needs=".AttributeNames",
    ),
    Tie(
        "InputDataConfig.*.DataSource.S3DataSource.ModelAccessConfig.AcceptEula",
        "`accept_eula: false` refuses the licence of the model, and the job is refused",
        "write `accept_eula: true` once you have read it, or remove it for a model without one",
        fits=lambda value: value is False,
    ),
    Tie(
        "ServerlessJobConfig.AcceptEula",
        "`accept_eula: false` refuses the licence of the model, and the job is refused",
        "write `accept_eula: true` once you have read it, or remove it for a model without one",
        fits=lambda value: value is False,
    ),
    Tie(
        "ProfilerConfig.DisableProfiler",
        "the profiler is off, and configured",
        "remove `disabled`, or all else under `profiler`",
        value=True,
        excludes="ProfilerConfig.S3OutputPath|ProfilerConfig.ProfilingIntervalInMilliseconds|ProfilerConfig.ProfilingParameters"
        "|ProfilerRuleConfigurations.*",
    ),
)
"""Each row is a sentence of the API's reference, at the member that it names; see docs/rules.md."""


def check_job(job: JobView) -> Iterator[Found]:
    """Go through the table."""
    for tie in TIES:
        for place, value in places(job, tie.member):
            if tie.fits(value) if tie.fits else tie.value in (None, value):
                is_alone = tie.needs is not None and not _stands(job, place, tie.needs)
                clashes = tie.excludes is not None and any(
                    _stands(job, place, each) for each in tie.excludes.split("|")
                )
                if is_alone or clashes or (tie.needs is None and tie.excludes is None):
                    yield Found(job.origin(*place), tie.message, tie.advice)
                    break


def _stands(job: JobView, place: Path, wanted: str) -> bool:
    """Whether a member stands in the request (with a value, behind `=`), or may, for all that is known."""
    member, equals, value = wanted.partition("=")
    if member.startswith("."):
        beside = job.member(*place[:-1], member[1:])
        return beside is not None and beside != []
    return any(not equals or str(found) == value for _path, found in places(job, member))
