"""Request members that require or exclude each other.

The API's model accepts each of them on its own. Its documentation states which must or must not be combined, and
SageMaker rejects the request otherwise.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from trainspec.diagnostics import Code
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView
from trainspec.text.tree import Path

CODE = Code("TS862", "members that require or exclude each other")

BAD = """
experiment: {run: run-1}
"""

GOOD = """
experiment: {name: churn, run: run-1}
"""


class Tie(NamedTuple):
    """If `member` is set (and is `value`, if that is given), `needs` must be set, and `excludes` must not.

    A `needs` or `excludes` that begins with `.` is in the same structure as the member, not at the top.
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
        "add, for example, `evaluation_type: BenchmarkEvaluation`",
        value="Evaluation",
        needs="ServerlessJobConfig.EvaluationType",
    ),
    Tie(
        "AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAuthConfig",
        "credentials are for a private registry, which SageMaker can reach only in the mode Vpc",
        "write `mode: Vpc`, or remove `credentials_provider`",
        excludes="AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode=Platform",
    ),
    Tie(
        "AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode",
        "in the mode Vpc, SageMaker pulls the image through the job's VPC, but the job has none",
        "add `vpc` with its subnets and security groups",
        value="Vpc",
        needs="VpcConfig",
    ),
    Tie(
        "OutputDataConfig.S3OutputPath",
        "S3 Express One Zone does not accept a KMS key here",
        "remove `kms_key`, or use a general purpose bucket",
        fits=_is_express,
        excludes="OutputDataConfig.KmsKeyId",
    ),
    Tie(
        "ResourceConfig.TrainingPlanArn",
        "the instances of a training plan are reserved capacity, so they cannot be spot instances",
        "remove `spot` and `max_wait`, or `training_plan`",
        excludes="EnableManagedSpotTraining=True",
    ),
    Tie(
        "ResourceConfig.TrainingPlanArn",
        "a training plan is set both for the whole job and for the preferences",
        "remove one of them",
        excludes="ResourceConfig.InstancePreferences.*.TrainingPlanArns",
    ),
    Tie(
        "InputDataConfig.*.DataSource.S3DataSource.S3DataType",
        "an augmented manifest needs `attributes`: the attributes of each line to pass to the container",
        "add, for example, `attributes: [source-ref, label]`",
        value="AugmentedManifestFile",
        needs=".AttributeNames",
    ),
    Tie(
        "InputDataConfig.*.DataSource.S3DataSource.ModelAccessConfig.AcceptEula",
        "with `accept_eula: false` the model's license is not accepted, and SageMaker rejects the job",
        "write `accept_eula: true` once you have read it, or remove it if the model has no license agreement",
        fits=lambda value: value is False,
    ),
    Tie(
        "ServerlessJobConfig.AcceptEula",
        "with `accept_eula: false` the model's license is not accepted, and SageMaker rejects the job",
        "write `accept_eula: true` once you have read it, or remove it if the model has no license agreement",
        fits=lambda value: value is False,
    ),
    Tie(
        "ProfilerConfig.DisableProfiler",
        "the profiler is disabled, but also configured",
        "remove `disabled`, or everything else under `profiler`",
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
                is_alone = tie.needs is not None and not _is_set(job, place, tie.needs)
                clashes = tie.excludes is not None and any(
                    _is_set(job, place, each) for each in tie.excludes.split("|")
                )
                if is_alone or clashes or (tie.needs is None and tie.excludes is None):
                    yield Found(job.origin(*place), tie.message, tie.advice)
                    break


def _is_set(job: JobView, place: Path, wanted: str) -> bool:
    """Whether a member is in the request (with a value, behind `=`), or may, for all that is known."""
    member, equals, value = wanted.partition("=")
    if member.startswith("."):
        beside = job.member(*place[:-1], member[1:])
        return beside is not None and beside != []
    return any(not equals or str(found) == value for _path, found in places(job, member))
