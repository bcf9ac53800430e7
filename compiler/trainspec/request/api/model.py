"""The API's model of each request: CreateTrainingJob's in its own schema, those of other tasks together in another."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from trainspec.schema.files import API_SCHEMA, OTHER_REQUESTS, load_schema

TRAINING: Final = "CreateTrainingJob"
TUNING: Final = "CreateHyperParameterTuningJob"


def operation_of(request: Mapping[str, Any]) -> str:
    """The operation that the request of a job is for."""
    return TUNING if "HyperParameterTuningJobConfig" in request else TRAINING


@cache
def model(operation: str) -> dict[str, Any]:
    """The JSON Schema of an operation's request. Shared, and not to be changed."""
    if operation == TRAINING:
        return load_schema(API_SCHEMA)
    schema = load_schema(OTHER_REQUESTS)
    return {"$ref": f"#/$defs/{schema['x-operations'][operation]}", "$defs": schema["$defs"]}
