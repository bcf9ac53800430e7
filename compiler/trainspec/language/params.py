"""The models of a run's parameters: `params` of a DAG or a task.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/params.html
"""

from typing import Annotated, Any, TypeAlias

from pydantic import ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from trainspec.language.forms import Text
from trainspec.language.parts import Model

_Number: TypeAlias = Annotated[StrictInt | StrictFloat, Field(json_schema_extra={"x-form": "a number"})]
_Type: TypeAlias = Annotated[
    StrictStr, Field(json_schema_extra={"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]})
]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class Param(Model):
    """A parameter: its default, and the JSON Schema of the values that a run may set."""

    model_config = ConfigDict(alias_generator=_camel)

    default: Any = Field(None, description="The default value.")
    title: Text | None = Field(None, description="The parameter's label in the trigger form.")
    description: Text | None = Field(None, description="The description below the field in the trigger form.")
    type: _Type | list[_Type] | None = Field(None, description="The JSON type of the value, or several of them.")
    enum: list[Any] | None = Field(None, description="The allowed values.")
    const: Any = Field(None, description="The only allowed value.")
    examples: list[Any] | None = Field(None, description="Values that the trigger form suggests.")
    format: Text | None = Field(None, description="The format of a string: date, date-time, time, multiline and so on.")
    pattern: Text | None = Field(None, description="A regular expression that a string must match.")
    min_length: Annotated[StrictInt, Field(ge=0)] | None = Field(None, description="The minimum length of a string.")
    max_length: Annotated[StrictInt, Field(ge=0)] | None = Field(None, description="The maximum length of a string.")
    minimum: _Number | None = Field(None, description="The minimum of a number.")
    maximum: _Number | None = Field(None, description="The maximum of a number.")
    exclusive_minimum: _Number | None = Field(None, description="The value must be greater than this number.")
    exclusive_maximum: _Number | None = Field(None, description="The value must be less than this number.")
    multiple_of: _Number | None = Field(None, description="The value must be a multiple of this number.")
    items: dict[str, Any] | None = Field(None, description="The JSON Schema of a list's items.")
    min_items: Annotated[StrictInt, Field(ge=0)] | None = Field(
        None, description="The minimum number of items in a list."
    )
    max_items: Annotated[StrictInt, Field(ge=0)] | None = Field(
        None, description="The maximum number of items in a list."
    )
    unique_items: StrictBool | None = Field(None, description="Whether the items must be unique.")
    properties: dict[str, Any] | None = Field(None, description="JSON Schemas of a map's values, by key.")
    required: list[Text] | None = Field(None, description="The keys that a map must have.")
    additional_properties: StrictBool | dict[str, Any] | None = Field(
        None, description="Whether a map may have other keys, or the JSON Schema of their values."
    )
    section: Text | None = Field(None, description="The section of the trigger form that contains the parameter.")
    description_md: Text | None = Field(None, alias="description_md", description="The description in Markdown.")
    values_display: dict[str, Text] | None = Field(
        None, alias="values_display", description="What the trigger form shows for each value of `enum`."
    )


Params: TypeAlias = dict[
    Annotated[StrictStr, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$(?!\n)")],
    Annotated[
        Annotated[
            StrictStr | StrictInt | StrictFloat | StrictBool | list[Any] | Param,
            Field(json_schema_extra={"x-form": "a default value, or a map with a default and a JSON Schema"}),
        ]
        | None,
        Field(json_schema_extra={"x-nullable": True}),
    ],
]
