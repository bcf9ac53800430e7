"""A tuning request by its parts: the names of its members, its ranges, and the request of its training jobs.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trainspec.text.tree import Path

CONFIG: Final = "HyperParameterTuningJobConfig"
DEFINITION: Final = "TrainingJobDefinition"
NAME: Final = "HyperParameterTuningJobName"
STATIC: Final = "StaticHyperParameters"

KINDS: Final = (
    ("ContinuousParameterRanges", ("MinValue", "MaxValue")),
    ("IntegerParameterRanges", ("MinValue", "MaxValue")),
    ("CategoricalParameterRanges", ("Values",)),
    ("AutoParameters", ("ValueHint",)),
)
"""The lists of ParameterRanges, with the members of each range, without its name."""

OTHER_DEFINITIONS: Final = ("TrainingJobDefinitions", "TuningObjective", "HyperParameterRanges")
"""Members for several definitions, which no field sets: `TrainingJobDefinitions`, and what only its items have."""

TUNED_RESOURCES: Final = "HyperParameterTuningResourceConfig"
CONFIGS: Final = "InstanceConfigs"
"""The machines of a tuning job, and in them those that it takes one of."""

OF_TUNING: Final = ("DefinitionName", TUNED_RESOURCES)
"""Members of a definition that fields of `tuning` become."""

UNKNOWN: Final = "{{ ti.xcom_pull(task_ids='chosen by the tuning job') }}"
"""Replaces the value of a tuned hyperparameter: a template that is only known at run time."""


def machine_choices(request: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The machines that a tuning job chooses from, in order of preference; none if there is no choice."""
    definition = request.get(DEFINITION) or {}
    tuned = definition.get(TUNED_RESOURCES) if isinstance(definition, Mapping) else None
    if not isinstance(tuned, Mapping) or "ResourceConfig" in definition:
        return []
    configs = tuned.get(CONFIGS)
    return [each for each in configs if isinstance(each, Mapping)] if isinstance(configs, list) else []


def training_request(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request of the training jobs of a tuning job; that of a training job itself.

    A tuned hyperparameter has a template for its value, machines in order of preference are the first of them.
    """
    if CONFIG not in request:
        return dict(request)
    written = request.get(DEFINITION)
    definition = dict(written) if isinstance(written, Mapping) else {}
    tuned = definition.pop(TUNED_RESOURCES, None)
    if isinstance(tuned, Mapping) and "ResourceConfig" not in definition:
        configs = tuned.get(CONFIGS)
        first = configs[0] if isinstance(configs, list) and configs else tuned
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
    for kind, _ in KINDS:
        listed = ranges.get(kind) if isinstance(ranges, Mapping) else None
        for index, each in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(each, Mapping) and isinstance(each.get("Name"), str):
                yield each["Name"], (CONFIG, "ParameterRanges", kind, index), each
