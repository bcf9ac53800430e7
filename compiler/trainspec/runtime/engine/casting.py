"""Templated members are strings; the API requires some of them as integers, numbers and booleans.

A spec may contain `instance_count: "{{ params.n }}"`, and Airflow renders that to `"3"`. This module has the table of
the members with such types in CreateTrainingJob, and the cast. A test compares the table with the API's schema.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from trainspec.runtime.engine.problems import Kind, TrainingProblem

INTEGER: Final = "integer"
BOOLEAN: Final = "boolean"
NUMBER: Final = "number"

# `[]` stands for each entry of a list.
TYPED_MEMBERS: Final[Mapping[str, str]] = {
    "AlgorithmSpecification.EnableSageMakerMetricsTimeSeries": BOOLEAN,
    "DebugRuleConfigurations[].VolumeSizeInGB": INTEGER,
    "EnableInterContainerTrafficEncryption": BOOLEAN,
    "EnableManagedSpotTraining": BOOLEAN,
    "EnableNetworkIsolation": BOOLEAN,
    "InfraCheckConfig.EnableInfraCheck": BOOLEAN,
    "InputDataConfig[].DataSource.S3DataSource.ModelAccessConfig.AcceptEula": BOOLEAN,
    "InputDataConfig[].ShuffleConfig.Seed": INTEGER,
    "ProfilerConfig.DisableProfiler": BOOLEAN,
    "ProfilerConfig.ProfilingIntervalInMilliseconds": INTEGER,
    "ProfilerRuleConfigurations[].VolumeSizeInGB": INTEGER,
    "RemoteDebugConfig.EnableRemoteDebug": BOOLEAN,
    "ResourceConfig.InstanceCount": INTEGER,
    "ResourceConfig.InstanceGroups[].InstanceCount": INTEGER,
    "ResourceConfig.InstancePlacementConfig.EnableMultipleJobs": BOOLEAN,
    "ResourceConfig.InstancePlacementConfig.PlacementSpecifications[].InstanceCount": INTEGER,
    "ResourceConfig.InstancePreferences[].InstanceCount": INTEGER,
    "ResourceConfig.KeepAlivePeriodInSeconds": INTEGER,
    "ResourceConfig.SelectedInstanceCount": INTEGER,
    "ResourceConfig.VolumeSizeInGB": INTEGER,
    "RetryStrategy.MaximumRetryAttempts": INTEGER,
    "ServerlessJobConfig.AcceptEula": BOOLEAN,
    "SessionChainingConfig.EnableSessionTagChaining": BOOLEAN,
    "StoppingCondition.MaxPendingTimeInSeconds": INTEGER,
    "StoppingCondition.MaxRuntimeInSeconds": INTEGER,
    "StoppingCondition.MaxWaitTimeInSeconds": INTEGER,
}

# "1800.0" is what `{{ params.hours * 3600 }}` renders to when hours is 0.5.
_INTEGER_TEXT = re.compile(r"\s*([+-]?[0-9]{1,4000})(?:\.0{1,4000})?\s*", re.ASCII)
_NUMBER_TEXT = re.compile(
    r"\s*[+-]?(?:[0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,400})?\s*", re.ASCII
)
_BOOLEAN_TEXT = {"true": True, "false": False}


def typed(request: Mapping[str, Any], members: Mapping[str, str] = TYPED_MEMBERS) -> dict[str, Any]:
    """`request` with the strings of its typed `members` cast to their types; everything else is unchanged.

    Raises a fatal `TrainingProblem` that names the member whose string has no such value.
    """
    return {name: _typed(value, name, members) for name, value in request.items()}


def _typed(value: Any, path: str, members: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _typed(member, f"{path}.{name}", members) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_typed(entry, f"{path}[]", members) for entry in value]
    wanted = members.get(path)
    if wanted is None or not isinstance(value, str):
        return value
    if wanted == INTEGER and (match := _INTEGER_TEXT.fullmatch(value)):
        return int(match[1])
    if wanted == NUMBER and _NUMBER_TEXT.fullmatch(value):
        return float(value)
    if wanted == BOOLEAN and (flag := _BOOLEAN_TEXT.get(value.strip().lower())) is not None:
        return flag
    raise TrainingProblem(Kind.FATAL, f"{path} must be {_ARTICLES[wanted]}, but rendered to {value!r}")


_ARTICLES = {INTEGER: "an integer", BOOLEAN: "true or false", NUMBER: "a number"}
