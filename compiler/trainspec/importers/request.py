"""A CreateTrainingJob or CreateHyperParameterTuningJob request, or a Describe response, as JSON or YAML.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""

import re
from collections.abc import Mapping
from typing import Any

from trainspec.importers.model import Imported, ImportedJob, task_id_for
from trainspec.importers.script import notes_on, remarks_on
from trainspec.request.api.check import member_schema
from trainspec.request.api.model import TUNING, operation_of

_ANSWERED = (
    "TrainingJobArn", "TrainingJobStatus", "SecondaryStatus", "HyperParameterTuningJobArn",
    "HyperParameterTuningJobStatus",
)  # fmt: skip
_CONFIG = "HyperParameterTuningJobConfig"
_DEFAULTS = {
    "EnableNetworkIsolation": False,
    "EnableInterContainerTrafficEncryption": False,
    "EnableManagedSpotTraining": False,
    "InputDataConfig.CompressionType": "None",
    "InputDataConfig.RecordWrapperType": "None",
    "OutputDataConfig.KmsKeyId": "",
    "OutputDataConfig.CompressionType": "GZIP",
}
"""What SageMaker adds to a job's description, by the members of the training job."""
_ABOVE = re.compile(r"^\.?(TrainingJobDefinitions?\.)?")
"""The prefix of a training job's members in a tuning job's request."""
_TIME = re.compile(r"[-_](20\d\d[-T\d]{4,}\d|\d{6}-\d{4}|\d{10}|\d{13})$")
_NAMES = ("TrainingJobName", "HyperParameterTuningJobName")


def is_request(data: Any) -> bool:
    """Whether `data` is a request, or a response of the operation that describes such a job."""
    known = (*_NAMES, "AlgorithmSpecification", _CONFIG)
    return isinstance(data, Mapping) and any(name in data for name in known)


def answered_by_sagemaker(data: Mapping[str, Any]) -> bool:
    """Whether `data` is a response: it has members that only SageMaker can set."""
    folded = {str(name).lower() for name in data}
    return any(name.lower() in folded for name in _ANSWERED)


def import_request(data: Mapping[str, Any]) -> Imported:
    """The job of a request or a response. The members that only SageMaker can set are dropped without a note."""
    answered = answered_by_sagemaker(data)
    notes: list[str] = []
    request = known_members(data, notes)
    name, remarks = name_of(data), list[str]()
    if answered:
        request, notes = without_defaults(request), []
        remarks.append(taken(name))
    notes += notes_on(request)
    job = ImportedJob(task_id_for(without_time(name) if answered else name), request)
    return Imported((job,), notes=tuple(notes), remarks=(*remarks, *remarks_on(request)))


def taken(name: str) -> str:
    """The remark on the name of a job that exists in SageMaker."""
    return f"SageMaker has a job `{name}`, and accepts a name only once: write a name with `{{{{ ts_nodash }}}}`"


def without_time(name: str) -> str:
    """A job's name without the time that the SDKs and scripts append to it."""
    return _TIME.sub("", name) or name


def without_defaults(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request from a response, without what SageMaker adds to what was requested."""

    def kept(value: Any, path: str) -> Any:
        if isinstance(value, list):
            return [kept(each, path) for each in value]
        if not isinstance(value, Mapping):
            return value
        members = ((_ABOVE.sub("", f"{path}.{name}"), name) for name in value)
        return {name: kept(value[name], at) for at, name in members if _DEFAULTS.get(at, ...) != value[name]}

    return without_empty_ranges(kept(request, ""))


def without_empty_ranges(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request of a tuning job without the empty lists of ranges that the SDK sends."""
    config = request.get(_CONFIG)
    ranges = config.get("ParameterRanges") if isinstance(config, Mapping) else None
    if not isinstance(config, Mapping) or not isinstance(ranges, Mapping):
        return dict(request)
    kept = {kind: each for kind, each in ranges.items() if each != []}
    return {**request, _CONFIG: {**config, "ParameterRanges": kept}}


def name_of(request: Mapping[str, Any]) -> str:
    """The name of the job that a request creates; an empty string if it has none."""
    return next((str(request[each]) for each in _NAMES if each in request), "")


def known_members(data: Mapping[str, Any], notes: list[str], operation: str = "") -> dict[str, Any]:
    """The members of a request that its operation takes; a line for each other member is added to `notes`."""
    operation = operation or (TUNING if _NAMES[1] in data else operation_of(data))
    found = _members(data, (), notes, operation)
    return {_CONFIG: {}, **found} if operation == TUNING and _CONFIG not in found else found


_LOST = object()
_KINDS = {"object": "a map", "array": "a list"}
_SCALAR = (str, int, float, bool)


def _known(value: Any, path: tuple[str | int, ...], notes: list[str], operation: str) -> Any:
    """`value` with the members that the operation takes, in the types that it takes."""
    schema = member_schema(path, operation) or {}
    kind = schema.get("type")
    if kind == "array" and schema_of_rows(path, operation) and isinstance(value, Mapping) and _is_flat(value):
        value = [{"Key": str(key), "Value": below} for key, below in value.items()]
    if kind in _KINDS:
        fits = isinstance(value, Mapping if kind == "object" else list)
        if value is not None and not fits:
            notes.append(f"{dotted_member(path)} is not {_KINDS[kind]}, so it was left out")
        if not fits:
            return _LOST
        return _items(value, path, notes, operation) if kind == "array" else _members(value, path, notes, operation)
    if isinstance(value, _SCALAR):
        return _as_text(value, path, notes) if kind == "string" and not isinstance(value, str) else value
    if value is not None:
        notes.append(f"{dotted_member(path)} is not a single value, so it was left out")
    return _LOST


def _items(value: list[Any], path: tuple[str | int, ...], notes: list[str], operation: str) -> list[Any]:
    found = [_known(each, (*path, index), notes, operation) for index, each in enumerate(value)]
    for index, (each, item) in enumerate(zip(found, value, strict=True)):
        if each is _LOST and item is None:
            notes.append(f"{dotted_member((*path, index))} is null, so it was left out")
    return [each for each in found if each is not _LOST]


def _members(value: Mapping[Any, Any], path: tuple[str | int, ...], notes: list[str], operation: str) -> dict[str, Any]:
    kept = {}
    for name, below in value.items():
        schema = member_schema((*path, name), operation)
        if schema is None or schema.get("x-output-only"):
            notes.append(f"{dotted_member((*path, str(name)))} is not a member of {operation}, so it was left out")
        elif (known := _known(below, (*path, str(name)), notes, operation)) is not _LOST and (known != {} or not below):
            kept[str(name)] = known
        elif below is None and path:
            notes.append(f"{dotted_member((*path, str(name)))} is null, so it was left out")
    return kept


def schema_of_rows(path: tuple[str | int, ...], operation: str) -> bool:
    """Whether the elements of a list are pairs of `Key` and `Value`, as tags are."""
    return set((member_schema((*path, "*"), operation) or {}).get("properties", ())) == {"Key", "Value"}


def _is_flat(value: Mapping[Any, Any]) -> bool:
    return all(isinstance(each, _SCALAR) for each in value.values())


def _as_text(value: float, path: tuple[str | int, ...], notes: list[str]) -> str:
    """A number as a string, as JSON writes it. A boolean could be spelled in two ways, so the spelling is noted."""
    if isinstance(value, bool):
        notes.append(
            f"{dotted_member(path)} is a boolean and SageMaker takes a string: written as `{str(value).lower()}`"
        )
        return str(value).lower()
    return str(value)


def dotted_member(path: tuple[str | int, ...]) -> str:
    """`('Tags', 0, 'Key')` as `Tags[0].Key`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
