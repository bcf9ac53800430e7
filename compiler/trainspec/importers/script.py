"""Reads `source` and `distribution` back from a request: the script that a job runs, and how it is started.

AWS's toolkits read both from hyperparameters, which the estimators of the SageMaker SDK v2 write as JSON; our own
requests may pass the archive in a channel. Fields are used only if they compile to exactly the same request.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from trainspec.request.api.model import TUNING, operation_of
from trainspec.request.codecs import lift_rows
from trainspec.request.distribution import GROUPS, INSTANCE_TYPE, KINDS, PROCESSES
from trainspec.request.fields import JOB
from trainspec.request.lower import lower
from trainspec.request.source import CHANNEL
from trainspec.request.texts import escaped_key
from trainspec.request.tuned import DEFINITION, OF_TUNING, OTHER_DEFINITIONS, STATIC
from trainspec.request.tuning import lift_tuning

if TYPE_CHECKING:
    from trainspec.language.data import JobData

ToText = Callable[[str], str]

_SOURCE: Final = {
    "entry": "sagemaker_program",
    "dir": "sagemaker_submit_directory",
    "log_level": "sagemaker_container_log_level",
}
_OF_JOB: Final = ("sagemaker_region", "sagemaker_job_name")
_ARCHIVE: Final = "sourcedir.tar.gz"
_DRIVERS: Final = "sm_drivers"


def job_fields(request: Mapping[str, Any], as_text: ToText) -> dict[str, Any]:
    """The shortest fields of a job that compile to `request`."""
    if operation_of(request) == TUNING:
        return _tuning_fields(request, as_text)
    for reading in _readings(request, as_text):
        if _says(reading, request, as_text):
            return reading
    return lift_rows(JOB, request, as_text)


def _tuning_fields(request: Mapping[str, Any], as_text: ToText) -> dict[str, Any]:
    """The fields of a tuning job: those of its training jobs, `tuning`, and raw members for what no field covers."""
    training = {
        **{name: value for name, value in (request.get(DEFINITION) or {}).items() if name not in OTHER_DEFINITIONS},
        **{name: request[name] for name in ("Tags",) if name in request},
    }
    if STATIC in training:
        training["HyperParameters"] = training.pop(STATIC)
    plain = lift_tuning(request, as_text)
    for reading in _readings(training, as_text):
        if _says(reading, {key: value for key, value in training.items() if key not in OF_TUNING}, as_text):
            plain = {**reading, **{key: plain[key] for key in ("name", "tuning") if key in plain}}
            break
    said = lower(cast("JobData", lift_tuning(request, str))).members  # literal strings, so that both can be compared
    raw = _texts(_beyond(request, _with_keys_of_a_spec(said)), as_text)
    return {**plain, **({"request": raw} if raw else {})}


def _with_keys_of_a_spec(value: Any) -> Any:
    """`value` with the keys that it has after composition, where `$${` becomes `${`."""
    if isinstance(value, Mapping):
        return {key.replace("$${", "${"): _with_keys_of_a_spec(below) for key, below in value.items()}
    return value


def _beyond(wanted: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """The members of `wanted` that are not in `said`."""
    found: dict[str, Any] = {}
    for name, value in wanted.items():
        if name not in said:
            found[name] = value
        elif isinstance(value, Mapping) and isinstance(said[name], Mapping) and (below := _beyond(value, said[name])):
            found[name] = below
    return found


def notes_on(request: Mapping[str, Any]) -> Iterator[str]:
    """Parts of a request that a spec has no fields for: several definitions in a tuning job."""
    if "TrainingJobDefinitions" in request:
        yield "TrainingJobDefinitions: a spec describes one definition of training jobs; they are kept as raw members"


def remarks_on(request: Mapping[str, Any]) -> Iterator[str]:
    """Remarks on what is missing in a request of the SageMaker SDK v3: a file in a channel names its script."""
    channels = [each.get("ChannelName") for each in request.get("InputDataConfig") or () if isinstance(each, Mapping)]
    if CHANNEL in channels and _DRIVERS in channels:
        yield (
            f"the script is named in the channel {_DRIVERS} of the SageMaker SDK v3, not in the request: the channels "
            "are kept; to run it from a folder, replace them and `entrypoint` with `source: {dir: …, entry: …}`"
        )


def _readings(request: Mapping[str, Any], as_text: ToText) -> Iterator[dict[str, Any]]:
    """Possible fields for the request, the shortest first."""
    values = request.get("HyperParameters")
    if isinstance(values, Mapping) and all(isinstance(each, str) for each in values.values()):
        for is_json in (True, False):
            yield from _by_toolkit(request, values, is_json, as_text)
    yield from _by_channel(request, as_text)


def _by_toolkit(
    request: Mapping[str, Any], values: Mapping[str, str], is_json: bool, as_text: ToText
) -> Iterator[dict[str, Any]]:
    try:
        decoded = {name: json.loads(value) for name, value in values.items()} if is_json else dict(values)
    except (ValueError, RecursionError):
        return
    if is_json and not all(map(_is_plain, decoded.values())):
        return
    quoted = is_json and any(isinstance(each, str) for each in decoded.values())
    distribution, used = _distribution(values)
    own = {name: each for name, each in decoded.items() if name not in used}
    source, region = _source(own) if "sagemaker_program" in own else ({}, None)
    if not source and not distribution:
        return
    left = {name: each for name, each in own.items() if name not in (*_SOURCE.values(), *_OF_JOB)} if source else own
    fields = lift_rows(JOB, {key: value for key, value in request.items() if key != "HyperParameters"}, as_text)
    if left and is_json:
        fields["hyperparameters"] = {escaped_key(name): _texts(each, as_text) for name, each in left.items()}
    elif left:
        fields |= lift_rows(JOB, {"HyperParameters": left}, as_text)
    if quoted:
        fields["hyperparameter_encoding"] = "json"
    if distribution:
        fields["distribution"] = distribution
    if not source:
        yield fields
        return
    if region is not None:
        fields["region"] = _texts(region, as_text)
    said = {key: _texts(each, as_text) for key, each in source.items()}
    yield {**fields, "source": said}
    yield {**fields, "source": {**said, "launch": "toolkit"}}


def _is_plain(value: Any) -> bool:
    """Whether YAML writes a JSON value exactly as JSON does: not null, nor a number such as 1e-05."""
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is not None and not (
        isinstance(value, float) and not repr(value).replace(".", "").lstrip("-").isdigit()
    )


def _source(values: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    source = {key: values[name] for key, name in _SOURCE.items() if name in values}
    level = source.get("log_level")
    if isinstance(level, str) and level.isdigit():
        source["log_level"] = int(level)
    return source, values.get("sagemaker_region")


def _distribution(values: Mapping[str, str]) -> tuple[Any, frozenset[str]]:
    """The field, and the hyperparameters that it replaces."""
    for name, kind in KINDS.items():
        if values.get(kind.enabled) != "true":
            continue
        found: dict[str, Any] = {"type": name}
        used = {kind.enabled, *(each for each in (INSTANCE_TYPE,) if kind.names_machine and each in values)}
        for key, hyperparameter in (
            ("processes_per_host", PROCESSES if kind.takes_processes else None),
            ("options", kind.options),
            ("instance_groups", GROUPS),
        ):
            if hyperparameter is None or hyperparameter not in values:
                continue
            try:
                value = json.loads(values[hyperparameter])
            except (ValueError, RecursionError):
                return None, frozenset()
            used.add(hyperparameter)
            if value != "":
                found[key] = value
        return name if len(found) == 1 else found, frozenset(used)
    return None, frozenset()


def _by_channel(request: Mapping[str, Any], as_text: ToText) -> Iterator[dict[str, Any]]:
    """A script that our own entrypoint starts."""
    algorithm = request.get("AlgorithmSpecification") or {}
    channels = request.get("InputDataConfig") or []
    words = algorithm.get("ContainerArguments") or []
    if not words or not channels or "ContainerEntrypoint" not in algorithm or not isinstance(channels[-1], Mapping):
        return
    last = channels[-1]
    uri = ((last.get("DataSource") or {}).get("S3DataSource") or {}).get("S3Uri")
    if last.get("ChannelName") != CHANNEL or not isinstance(uri, str):
        return
    kept = {key: each for key, each in algorithm.items() if key not in ("ContainerEntrypoint", "ContainerArguments")}
    if len(words) > 1:
        kept["ContainerArguments"] = words[1:]
    rest = {**request, "AlgorithmSpecification": kept, "InputDataConfig": channels[:-1]}
    if not channels[:-1]:
        del rest["InputDataConfig"]
    source = {"entry": as_text(words[0]), "dir": as_text(f"{uri}{_ARCHIVE}")}
    yield {**lift_rows(JOB, rest, as_text), "source": source}
    yield {**lift_rows(JOB, rest, as_text), "source": {**source, "launch": "channel"}}


def _says(fields: Mapping[str, Any], request: Mapping[str, Any], as_text: ToText) -> bool:
    """Whether `fields` become `request`, with strings written as a spec writes them."""
    try:
        lowered = lower(cast("JobData", fields))
    except (TypeError, ValueError, AttributeError):
        return False
    return not lowered.faults and lowered.members == _texts(request, as_text)


def _texts(value: Any, as_text: ToText) -> Any:
    if isinstance(value, Mapping):
        return {key: _texts(below, as_text) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(below, as_text) for below in value]
    return as_text(value) if isinstance(value, str) else value
