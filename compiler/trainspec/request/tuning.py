"""Tuning jobs: `tuning` and a job's other fields → a CreateHyperParameterTuningJob request, and the way back.

The job is lowered as a training job, whose members then move below TrainingJobDefinition.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from trainspec.diagnostics import codes
from trainspec.request.api.model import TRAINING, TUNING
from trainspec.request.codecs import (
    AS_IS,
    Assignment,
    Group,
    Listed,
    Lowered,
    Row,
    ToText,
    lift_rows,
    lower_rows,
)
from trainspec.request.fields import GIGABYTES, JOB, SECONDS, members
from trainspec.request.lower import Request
from trainspec.request.ranges import MEMBERS as RANGE_MEMBERS
from trainspec.request.ranges import Ranges
from trainspec.request.tuned import CONFIG, DEFINITION, NAME, STATIC, ranges_of, training_request
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import JobData

_PARENTS: Final = "ParentHyperParameterTuningJobs"


@dataclass(frozen=True, slots=True)
class Parents:
    """The names of tuning jobs, each in its own structure."""

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """The assignments of the names."""
        yield Assignment(member, [], field)
        for index, each in enumerate(value):
            yield Assignment((*member, index, NAME), each, (*field, index))

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The list of names; None if one has no name, which the list could not say."""
        return [as_text(each[NAME]) for each in value] if all(NAME in each for each in value) else None


_MACHINE = (
    Row("instance_type", "InstanceType", AS_IS),
    Row("instance_count", "InstanceCount", AS_IS),
    Row("volume_size", "VolumeSizeInGB", GIGABYTES),
)
_RESOURCES = (
    *_MACHINE,
    Row("volume_kms_key", "VolumeKmsKeyId", AS_IS),
    Row("allocation", "AllocationStrategy", AS_IS),
    Row("instances", "InstanceConfigs", Listed(Group(_MACHINE))),
)
_OBJECTIVE = (Row("metric", "MetricName", AS_IS), Row("goal", "Type", AS_IS))
_LIMITS = (
    Row("jobs", "MaxNumberOfTrainingJobs", AS_IS),
    Row("parallel", "MaxParallelTrainingJobs", AS_IS),
    Row("runtime", "MaxRuntimeInSeconds", SECONDS),
)
_COMPLETION = (
    Row("target", "TargetObjectiveMetricValue", AS_IS),
    Row("not_improving", "BestObjectiveNotImproving.MaxNumberOfTrainingJobsNotImproving", AS_IS),
    Row("convergence", "ConvergenceDetected.CompleteOnConvergence", AS_IS),
)
_HYPERBAND = (Row("min_resource", "MinResource", AS_IS), Row("max_resource", "MaxResource", AS_IS))
_WARM_START = (Row("parents", _PARENTS, Parents()), Row("type", "WarmStartType", AS_IS))

TABLE: Final[tuple[Row, ...]] = (
    Row("strategy", f"{CONFIG}.Strategy", AS_IS),
    Row("objective", f"{CONFIG}.HyperParameterTuningJobObjective", Group(_OBJECTIVE)),
    Row("ranges", f"{CONFIG}.ParameterRanges", Ranges()),
    Row("limits", f"{CONFIG}.ResourceLimits", Group(_LIMITS)),
    Row("early_stopping", f"{CONFIG}.TrainingJobEarlyStoppingType", AS_IS),
    Row("hyperband", f"{CONFIG}.StrategyConfig.HyperbandStrategyConfig", Group(_HYPERBAND)),
    Row("completion", f"{CONFIG}.TuningJobCompletionCriteria", Group(_COMPLETION)),
    Row("warm_start", "WarmStartConfig", Group(_WARM_START)),
    Row("autotune", "Autotune.Mode", AS_IS),
    Row("seed", f"{CONFIG}.RandomSeed", AS_IS),
    Row("resources", f"{DEFINITION}.HyperParameterTuningResourceConfig", Group(_RESOURCES)),
    Row("definition", f"{DEFINITION}.DefinitionName", AS_IS),
)

LACKS: Final = frozenset((
    "ContainerEntrypoint", "ContainerArguments", "TrainingImageConfig", "EnableSageMakerMetricsTimeSeries",
    "ServerlessJobConfig", "ModelPackageConfig", "ExperimentConfig", "MlflowConfig", "TensorBoardOutputConfig",
    "DebugHookConfig", "DebugRuleConfigurations", "ProfilerConfig", "ProfilerRuleConfigurations",
    "RemoteDebugConfig", "InfraCheckConfig", "SessionChainingConfig",
))  # fmt: skip
"""Members of a training request, and of its AlgorithmSpecification, that the definition of a tuning job has not."""


def tuning_member(member: Path) -> Path:
    """Where a member of a training request is in that of a tuning job."""
    match member[:1]:
        case ("TrainingJobName",):
            return (NAME,)
        case ("Tags",):
            return member
        case ("HyperParameters",):
            return (DEFINITION, STATIC, *member[1:])
    return (DEFINITION, *member)


def training_member(member: Path) -> Path:
    """The way back."""
    if member[:1] == (NAME,):
        return ("TrainingJobName",)
    if member[:1] != (DEFINITION,):
        return member
    return ("HyperParameters", *member[2:]) if member[1:2] == (STATIC,) else member[1:]


@cache
def _fields_by_member() -> Mapping[tuple[str, ...], Path]:
    return {tuple(name.split(".")): ("tuning", *field.split(".")) for field, name in members(TABLE)}


def tuning_field(member: Path) -> Path | None:
    """The field of `tuning` that becomes `member`: `tuning.limits.jobs`; of a range, `*` is its name."""
    if member[1:2] == ("ParameterRanges",):
        kind, below = str(member[2]) if len(member) > 2 else "", str(member[-1])
        named = (field for field, name in RANGE_MEMBERS if name == f"{kind}.*.{below}" and field != "*.name")
        field = next(named, "") if len(member) > 4 else ""
        return ("tuning", "ranges", *filter(None, field.removesuffix(".*").split(".")))
    return _fields_by_member().get(tuple("*" if isinstance(step, int) else str(step) for step in member))


Made = Callable[[Iterable[Assignment | Fault]], Request]


def rerooted(training: Request, made: Made, job: "JobData") -> Request:
    """The request of a tuning job whose fields other than `tuning` became `training`. `made` combines assignments."""
    tuning = made(lower_rows(TABLE, job["tuning"], (), ("tuning",), job))
    root: dict[str, Any] = {NAME: None, CONFIG: {}, DEFINITION: {}, **tuning.members}
    definition = root[DEFINITION] = dict(root[DEFINITION])
    faults = list(_lacking(training))
    for name, value in training.members.items():
        if name in LACKS:
            continue
        kept = value
        if name == "AlgorithmSpecification" and isinstance(value, Mapping):
            kept = {each: below for each, below in value.items() if each not in LACKS}
        if name == "TrainingJobName":
            root[NAME] = kept
        elif name == "Tags":
            root[name] = kept
        else:
            definition[STATIC if name == "HyperParameters" else name] = kept
    for name, empty in ((NAME, None), (DEFINITION, {})):
        if root[name] == empty:
            del root[name]
    lacking = {path for path in training.origins if _lacks(path)}
    given = (row for row in TABLE if row.field in job["tuning"] and row.field != "resources")
    groups: dict[Path, Path] = {tuple(row.member.split(".")): ("tuning", row.field) for row in given}
    origins = {tuning_member(path): field for path, field in training.origins.items() if path not in lacking}
    return training._replace(
        members=root,
        origins={**origins, **groups, **tuning.origins, (CONFIG,): tuning.origins.get((CONFIG,), ("tuning",))},
        keys=frozenset({*map(tuning_member, training.keys - lacking), *tuning.keys}),
        faults=(*training.faults, *tuning.faults, *faults),
        operation=TUNING,
    )


def _lacks(path: Path) -> bool:
    return path[0] in LACKS or (path[0] == "AlgorithmSpecification" and path[1:2] != () and path[1] in LACKS)


def _lacking(training: Request) -> Iterator[Fault]:
    """What the training jobs of a tuning job cannot have, once for each field."""
    reported = set()
    for path, field in training.origins.items():
        if not _lacks(path) or field[0] in reported:
            continue
        reported.add(field[0])
        member = path[1] if path[0] == "AlgorithmSpecification" else path[0]
        message = f"`{field[0]}` cannot be combined with `tuning`: the training jobs of a tuning job have no {member}"
        advice = "remove it here (`null` removes a value set in `defaults`), or use a job without `tuning`"
        if field[0] == "source":
            message = f"`source` needs {member} to start the script in this image, which training jobs of a tuning"
            message += " job do not have"
            advice = "use a `framework` image, whose toolkit starts the script, or an image that has the script"
        yield Fault(codes.NOT_TUNED, field[:1], message, advice, on_key=True)


def as_training(whole: Request) -> Request:
    """The request of a tuning job as that of its training jobs, each member with the field that it came from."""
    origins = {training_member(path): field for path, field in whole.origins.items() if path[:1] != (CONFIG,)}
    tuned = (DEFINITION, "HyperParameterTuningResourceConfig")
    for path, field in whole.origins.items():
        if path[:2] == tuned:
            rest = path[4:] if path[2:4] == ("InstanceConfigs", 0) else path[2:]
            origins.setdefault(("ResourceConfig", *rest), field)
    for name, place, _ in ranges_of(whole.members):
        origins.setdefault(("HyperParameters", name), whole.origin((*place, "Name")))
    keys = frozenset(map(training_member, whole.keys))
    return Request(training_request(whole.members), origins, keys, (), TRAINING)


def lift_tuning(request: Mapping[str, Any], as_text: ToText) -> dict[str, Any]:
    """What a spec says for a tuning request: the fields of the training jobs, and `tuning`."""
    definition = dict(request.get(DEFINITION) or {})
    static = definition.pop(STATIC, None)
    training = {**definition, **({"HyperParameters": static} if static is not None else {})}
    training |= {name: request[name] for name in ("Tags",) if name in request}
    training |= {"TrainingJobName": request[NAME]} if NAME in request else {}
    return {**lift_rows(JOB, training, as_text), "tuning": lift_rows(TABLE, request, as_text)}


def tuning_members() -> Iterator[tuple[str, str]]:
    """Every field of `tuning` with the member that it becomes, as dotted paths; `*` stands for any key or index."""
    yield from members(TABLE, "tuning")
    ranges = f"{CONFIG}.ParameterRanges"
    for field, member in RANGE_MEMBERS:
        yield f"tuning.ranges.{field}", f"{ranges}.{member}"
