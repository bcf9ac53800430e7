"""Tuning jobs: `tuning` beside a job's fields → a CreateHyperParameterTuningJob request, and the way back.

The job is lowered as a training job, whose members then move below TrainingJobDefinition.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from trainspec.diagnostics import codes
from trainspec.request.api.model import TRAINING, TUNING
from trainspec.request.codecs import (
    AS_IS,
    Assignment,
    Group,
    JobData,
    Listed,
    Lowered,
    Row,
    ToText,
    lift_rows,
    lower_rows,
)
from trainspec.request.fields import GIGABYTES, JOB, SECONDS, members
from trainspec.request.lower import Request
from trainspec.request.texts import hyperparameter, natural_text
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

CONFIG: Final = "HyperParameterTuningJobConfig"
DEFINITION: Final = "TrainingJobDefinition"
NAME: Final = "HyperParameterTuningJobName"
STATIC: Final = "StaticHyperParameters"

_KINDS: Final = (
    ("ContinuousParameterRanges", ("MinValue", "MaxValue")),
    ("IntegerParameterRanges", ("MinValue", "MaxValue")),
    ("CategoricalParameterRanges", ("Values",)),
    ("AutoParameters", ("ValueHint",)),
)
"""The lists of ParameterRanges, with what a range of each has beside its name."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """The ranges by name, of all kinds in one map; a list where their order is not that of the names."""

    def lower(self, value: Any, member: Path, field: Path, job: JobData) -> Lowered:
        """The assignments of each range, in the list of its kind."""
        if not value:
            yield Assignment(member, {}, field)
        numbers: dict[str, int] = {}
        named = isinstance(value, Mapping)
        for key, each in value.items() if named else enumerate(value):
            given = {"values": each} if isinstance(each, list) else each
            kind, at = _kind_of(given), (*field, key)
            index = numbers[kind] = numbers.get(kind, -1) + 1
            where = (*member, kind, index)
            name = key if named else given.get("name")
            if name is not None:
                yield Assignment((*where, "Name"), str(name), at if named else (*at, "name"), is_key=named)
            yield from _lowered_range(given, where, at, at if isinstance(each, list) else (*at, "values"), job)

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The map; a list where a name is a duplicate or missing, or the order is another than the names'."""
        lists = [[_lifted_range(kind, each, as_text) for each in value.get(kind) or ()] for kind, _ in _KINDS]
        ranges = [each for of_kind in lists for each in of_kind]
        names = [[str(each.get("name", "")).replace("$${", "${") for each in of_kind] for of_kind in lists]
        flat = [name for of_kind in names for name in of_kind]
        if len(set(flat)) < len(flat) or "" in flat or any(of_kind != sorted(of_kind) for of_kind in names):
            return ranges
        return {each["name"]: _without_name(each) for each in sorted(ranges, key=lambda each: str(each["name"]))}


def _kind_of(given: Mapping[str, Any]) -> str:
    if "values" in given:
        return "CategoricalParameterRanges"
    if "auto" in given:
        return "AutoParameters"
    return "IntegerParameterRanges" if "int" in given else "ContinuousParameterRanges"


def _lowered_range(given: Mapping[str, Any], where: Path, at: Path, values: Path, job: JobData) -> Lowered:
    if "values" in given:
        yield Assignment((*where, "Values"), [hyperparameter(each, job) for each in given["values"]], values)
        return
    if "auto" in given:
        yield Assignment((*where, "ValueHint"), str(given["auto"]), (*at, "auto"))
    for index, (member, name) in enumerate((("MinValue", "min"), ("MaxValue", "max"))):
        if "int" in given:
            yield Assignment((*where, member), str(given["int"][index]), (*at, "int", index))
        elif name in given:
            yield Assignment((*where, member), str(given[name]), (*at, name))
    if "scale" in given:
        yield Assignment((*where, "ScalingType"), given["scale"], (*at, "scale"))


def _lifted_range(kind: str, given: Mapping[str, Any], as_text: ToText) -> dict[str, Any]:
    found: dict[str, Any] = {"name": as_text(given["Name"])} if "Name" in given else {}
    bounds = [natural_text(as_text(given[each])) for each in ("MinValue", "MaxValue") if each in given]
    if kind == "CategoricalParameterRanges":
        found["values"] = [natural_text(as_text(each)) for each in given.get("Values") or ()]
    elif kind == "AutoParameters":
        found["auto"] = natural_text(as_text(given.get("ValueHint", "")))
    elif kind == "IntegerParameterRanges" and len(bounds) == 2:
        found["int"] = bounds
    else:
        found |= {
            name: natural_text(as_text(given[each]))
            for name, each in (("min", "MinValue"), ("max", "MaxValue"))
            if each in given
        }
    return {**found, **({"scale": as_text(given["ScalingType"])} if "ScalingType" in given else {})}


def _without_name(given: Mapping[str, Any]) -> Any:
    rest = {key: value for key, value in given.items() if key != "name"}
    return rest["values"] if list(rest) == ["values"] else rest


_PARENTS: Final = "ParentHyperParameterTuningJobs"


@dataclass(frozen=True, slots=True)
class Parents:
    """The names of tuning jobs, each in a structure of its own."""

    def lower(self, value: Any, member: Path, field: Path, job: JobData) -> Lowered:
        """The assignments of the names."""
        if not value:
            yield Assignment(member, [], field)
        for index, each in enumerate(value):
            yield Assignment((*member, index, NAME), each, (*field, index))

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The list of names; None where one has no name, which the list could not say."""
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

OTHER_DEFINITIONS: Final = ("TrainingJobDefinitions", "TuningObjective", "HyperParameterRanges")
"""Members for several definitions, which no field sets: `TrainingJobDefinitions`, and what only its items have."""


OF_TUNING: Final = ("DefinitionName", "HyperParameterTuningResourceConfig")
"""Members of a definition that fields of `tuning` become."""


def tuning_member(member: Path) -> Path:
    """Where a member of a training request stands in that of a tuning job."""
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
    """The field of `tuning` that becomes `member`: `tuning.limits.jobs`."""
    if "ParameterRanges" in member:
        index = member.index("ParameterRanges")
        return ("tuning", "ranges") if len(member) == index + 1 else None
    return _fields_by_member().get(tuple("*" if isinstance(step, int) else str(step) for step in member))


Made = Callable[[Iterable[Assignment | Fault]], Request]


def rerooted(training: Request, made: Made, job: JobData) -> Request:
    """The request of a tuning job whose fields beside `tuning` became `training`. `made` puts assignments together."""
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
    origins = {tuning_member(path): field for path, field in training.origins.items() if path not in lacking}
    return replace(
        training,
        members=root,
        origins={**origins, **tuning.origins, (CONFIG,): tuning.origins.get((CONFIG,), ("tuning",))},
        keys=frozenset({*map(tuning_member, training.keys - lacking), *tuning.keys}),
        faults=(*training.faults, *tuning.faults, *faults),
        operation=TUNING,
    )


def _lacks(path: Path) -> bool:
    return path[0] in LACKS or (path[0] == "AlgorithmSpecification" and path[1:2] != () and path[1] in LACKS)


def _lacking(training: Request) -> Iterator[Fault]:
    """What the training jobs of a tuning job cannot have, once for each field."""
    told = set()
    for path, field in training.origins.items():
        if not _lacks(path) or field[0] in told:
            continue
        told.add(field[0])
        member = path[1] if path[0] == "AlgorithmSpecification" else path[0]
        message = f"`{field[0]}` cannot be used beside `tuning`: the training jobs of a tuning job have no {member}"
        advice = "remove it here (`null` takes away what `defaults` bring), or train in a job without `tuning`"
        if field[0] == "source":
            message = f"`source` needs {member} to start the script in this image, which training jobs of a tuning"
            message += " job do not have"
            advice = "use a `framework` image, whose toolkit starts the script, or an image that has the script"
        yield Fault(codes.NOT_TUNED, field[:1], message, advice, on_key=True)


UNKNOWN: Final = "{{ ti.xcom_pull(task_ids='chosen by the tuning job') }}"
"""What stands for the value of a tuned hyperparameter: a template that only a run could know."""


def training_request(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request of the training jobs of a tuning job; that of a training job itself.

    A tuned hyperparameter has a template for its value, machines in order of preference are the first of them.
    """
    if CONFIG not in request:
        return dict(request)
    definition = dict(request.get(DEFINITION) or {})
    tuned = definition.pop("HyperParameterTuningResourceConfig", None)
    if isinstance(tuned, Mapping) and "ResourceConfig" not in definition:
        first = next(iter(tuned.get("InstanceConfigs") or [tuned]))
        names = ("InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId")
        both = {**tuned, **first} if isinstance(first, Mapping) else tuned
        definition["ResourceConfig"] = {name: both[name] for name in names if name in both}
    static = definition.pop(STATIC, None)
    chosen = {name: UNKNOWN for name, _, _ in ranges_of(request)}
    found: dict[str, Any] = {"TrainingJobName": request[NAME]} if NAME in request else {}
    for name in ("DefinitionName", "TuningObjective", "HyperParameterRanges"):
        definition.pop(name, None)
    found |= definition
    if static is not None or chosen:
        found["HyperParameters"] = {**chosen, **(static if isinstance(static, Mapping) else {})}
    return {**found, **({"Tags": request["Tags"]} if "Tags" in request else {})}


def ranges_of(request: Mapping[str, Any]) -> Iterator[tuple[str, Path, Mapping[str, Any]]]:
    """Every range of a tuning request: the hyperparameter's name, the range's place, and the range."""
    config = request.get(CONFIG) or {}
    ranges = config.get("ParameterRanges") if isinstance(config, Mapping) else None
    for kind, _ in _KINDS:
        listed = ranges.get(kind) if isinstance(ranges, Mapping) else None
        for index, each in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(each, Mapping) and isinstance(each.get("Name"), str):
                yield each["Name"], (CONFIG, "ParameterRanges", kind, index), each


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
    for field, member in _OF_RANGES:
        yield f"tuning.ranges.{field}", f"{ranges}.{member}"


_OF_RANGES: Final = (
    ("*.min", "ContinuousParameterRanges.*.MinValue"),
    ("*.max", "ContinuousParameterRanges.*.MaxValue"),
    ("*.int.*", "IntegerParameterRanges.*.MinValue"),
    ("*.int.*", "IntegerParameterRanges.*.MaxValue"),
    ("*.scale", "ContinuousParameterRanges.*.ScalingType"),
    ("*.scale", "IntegerParameterRanges.*.ScalingType"),
    ("*.auto", "AutoParameters.*.ValueHint"),
    ("*.name", "ContinuousParameterRanges.*.Name"),
    ("*.name", "IntegerParameterRanges.*.Name"),
    ("*.name", "CategoricalParameterRanges.*.Name"),
    ("*.name", "AutoParameters.*.Name"),
    ("*.values.*", "CategoricalParameterRanges.*.Values.*"),
)
