"""The names that a job may get: the requested one, and alternatives if that is taken.

A job's name has at most 63 characters and is unique in its account and region.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html#sagemaker-CreateTrainingJob-request-TrainingJobName
"""

from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any, Final

MAX_NAME = 63
MAX_NUMBER = 9999
_NAME_PARAMETER: Final = "sagemaker_job_name"
"""The hyperparameter in which AWS's toolkits pass the job's name to a script, as SAGEMAKER_JOB_NAME."""


def with_suffix(name: str, suffix: str, longest: int = MAX_NAME) -> str:
    """`name-suffix`, with `name` cut so that the result has at most `longest` characters and no double dash."""
    return f"{name[: longest - len(suffix) - 1].rstrip('-')}-{suffix}"


def numbered(name: str, longest: int = MAX_NAME) -> Iterator[str]:
    """`name-1`, `name-2`, … `name-9999`."""
    return (with_suffix(name, str(number), longest) for number in range(1, MAX_NUMBER + 1))


def stem(name: str, longest: int = MAX_NAME) -> str:
    """The common prefix of all names that `numbered` and a time stamp derive from `name`."""
    return name[: longest - len("-20250409000000-9999")].rstrip("-")


def named(request: Mapping[str, Any], member: str, name: str) -> dict[str, Any]:
    """`request` with `name` as its `member`, and in hyperparameters that contain the job's name."""
    asked, values = request[member], request.get("HyperParameters")
    renamed = {**request, member: name}
    if name != asked and isinstance(values, Mapping):
        known = {asked: name, dumps(asked): dumps(name)}  # as it is, or quoted as the framework's estimators do
        if (own := values.get(_NAME_PARAMETER)) in known:
            renamed["HyperParameters"] = {**values, _NAME_PARAMETER: known[own]}
    return renamed
