"""The forms in which a spec writes values.

Each form is a pydantic type, so that the JSON Schema knows it; what a form says in the units of the API is in
`trainspec.units`.
"""

from typing import Annotated, Any, TypeAlias

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr
from trainspec.units import DURATION_PATTERN, SIZE_PATTERN, TEMPLATE_PATTERN

ID_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,249}$(?!\n)"

TASK_GROUP_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_][A-Za-z0-9_-]*){0,9}$(?!\n)"
"""Ten groups in each other at most: Python takes 20 nested blocks, and Airflow's pages show far fewer."""
LONGEST_TASK_GROUP = 200
"""Airflow's limit on the id of a task group."""


def _form(text: str) -> Any:
    return Field(json_schema_extra={"x-form": text})


Template: TypeAlias = Annotated[StrictStr, Field(pattern=TEMPLATE_PATTERN)]
Text: TypeAlias = Annotated[StrictStr, _form("a string")]
Integer: TypeAlias = Annotated[StrictInt | Template, _form("a whole number")]
Number: TypeAlias = Annotated[StrictInt | StrictFloat | Template, _form("a number")]
Boolean: TypeAlias = Annotated[StrictBool | Template, _form("true or false")]
Duration: TypeAlias = Annotated[
    Annotated[StrictInt, Field(ge=0)] | Annotated[StrictStr, Field(pattern=DURATION_PATTERN)] | Template,
    _form("a duration (a number of seconds, or for example 90s, 30m, 1h30m, 5d)"),
]
FixedDuration: TypeAlias = Annotated[
    Annotated[StrictInt, Field(ge=0)] | Annotated[StrictStr, Field(pattern=DURATION_PATTERN)],
    _form("a duration (a number of seconds, or for example 90s, 30m, 1h30m, 5d)"),
]
Size: TypeAlias = Annotated[
    Annotated[StrictInt, Field(ge=0)] | Annotated[StrictStr, Field(pattern=SIZE_PATTERN)] | Template,
    _form("a size (a number of gigabytes, or for example 50GB, 1TB)"),
]
Id: TypeAlias = Annotated[
    StrictStr,
    Field(pattern=ID_PATTERN),
    _form("a name of letters, digits, `_`, `.` and `-`, at most 250 characters long"),
]
TaskGroup: TypeAlias = Annotated[
    StrictStr,
    Field(pattern=TASK_GROUP_PATTERN, max_length=LONGEST_TASK_GROUP),
    _form(
        "a name of letters, digits, `_` and `-`, or up to 10 such names with dots between them, "
        "at most 200 characters long"
    ),
]
"""The path of a task group: the groups around it, and itself."""

WrittenScalar: TypeAlias = Annotated[
    Any,
    Field(
        json_schema_extra={
            "type": ["string", "number", "boolean"],
            "x-text": True,
            "x-form": "a string, a number or true/false",
        }
    ),
]
"""A scalar whose characters are the value, as the author wrote them."""

WrittenValue: TypeAlias = Annotated[
    Any,
    Field(
        json_schema_extra={
            "type": ["string", "number", "boolean", "array", "object"],
            "x-text": True,
            "x-form": "a scalar, a list or a map",
        }
    ),
]
"""The same, or a list or map of such."""
