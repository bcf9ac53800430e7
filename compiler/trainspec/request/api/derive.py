"""The CreateTrainingJob request as a JSON Schema, derived from botocore's service model.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html says the same in prose.
"""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from trainspec.request.api.patterns import translate

ROOT_SHAPE = "CreateTrainingJobRequest"

# Members of the input that only an answer carries; the model does not say so, the API's page does.
OUTPUT_ONLY = {("ResourceConfig", "SelectedInstanceType"), ("ResourceConfig", "SelectedInstanceCount")}

# type of botocore → (type of JSON Schema, what `min` and `max` limit)
_TYPES = {
    "structure": ("object", "", ""),
    "map": ("object", "minProperties", "maxProperties"),
    "list": ("array", "minItems", "maxItems"),
    "string": ("string", "minLength", "maxLength"),
    "integer": ("integer", "minimum", "maximum"),
    "long": ("integer", "minimum", "maximum"),
    "float": ("number", "minimum", "maximum"),
    "double": ("number", "minimum", "maximum"),
    "timestamp": ("number", "", ""),
    "boolean": ("boolean", "", ""),
}


def derive_schema() -> dict[str, Any]:
    """Make the schema (draft 2020-12) from the installed botocore: one `$defs` entry a shape, under AWS's name.

    Beside the standard keywords: `x-aws-pattern` (the pattern as AWS writes it), `x-output-only`, `x-botocore-version`.
    """
    import botocore
    import botocore.loaders

    model = botocore.loaders.Loader().load_service_model("sagemaker", "service-2")
    definitions: dict[str, Any] = {}
    _define(ROOT_SHAPE, model["shapes"], definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:trainspec:create-training-job",
        "title": "Amazon SageMaker CreateTrainingJob request",
        "x-botocore-version": botocore.__version__,
        "$ref": f"#/$defs/{ROOT_SHAPE}",
        "$defs": definitions,
    }


OPERATIONS = (
    "CreateEndpoint", "CreateEndpointConfig", "CreateHyperParameterTuningJob", "CreateModel", "CreateProcessingJob",
    "CreateTrainingJob", "CreateTransformJob", "DeleteModel", "UpdateEndpoint",
)  # fmt: skip
"""The operations whose requests Airflow's operators take as their `config`."""


def derive_other_requests() -> dict[str, Any]:
    """Make the schema of the requests of `OPERATIONS`, whose shapes are named in `x-operations`; without prose."""
    import botocore
    import botocore.loaders

    model = botocore.loaders.Loader().load_service_model("sagemaker", "service-2")
    shapes = {operation: model["operations"][operation]["input"]["shape"] for operation in OPERATIONS}
    definitions: dict[str, Any] = {}
    for shape in shapes.values():
        _define(shape, model["shapes"], definitions)
    for definition in definitions.values():
        for member in definition.get("properties", {}).values():
            member.pop("description", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:trainspec:other-requests",
        "title": "Requests of Amazon SageMaker that tasks make beside training",
        "x-botocore-version": botocore.__version__,
        "x-operations": shapes,
        "$defs": definitions,
    }


def schema_text(schema: Mapping[str, Any]) -> str:
    """Write `schema` as it is checked in: sorted keys, one final newline."""
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def _define(name: str, shapes: Mapping[str, Any], definitions: dict[str, Any]) -> None:
    """Put shape `name` and all that it refers to into `definitions`."""
    if name in definitions:
        return
    shape = shapes[name]
    kind, lower, upper = _TYPES[shape["type"]]
    definition: dict[str, Any] = {"type": kind}
    definitions[name] = definition
    if "min" in shape:
        definition[lower] = shape["min"]
    if "max" in shape:
        definition[upper] = shape["max"]
    if "enum" in shape:
        definition["enum"] = list(shape["enum"])
    if "pattern" in shape:
        definition["x-aws-pattern"] = shape["pattern"]
        definition["pattern"] = translate(shape["pattern"])
    match shape["type"]:
        case "structure":
            members = shape["members"]
            definition["properties"] = {member: _member(name, member, members[member]) for member in members}
            definition["additionalProperties"] = False
            if shape.get("required"):
                definition["required"] = list(shape["required"])
            referred = [member["shape"] for member in members.values()]
        case "list":
            referred = [shape["member"]["shape"]]
            definition["items"] = _ref(referred[0])
        case "map":
            referred = [shape["key"]["shape"], shape["value"]["shape"]]
            definition["propertyNames"] = _ref(referred[0])
            definition["additionalProperties"] = _ref(referred[1])
        case _:
            referred = []
    for other in referred:
        _define(other, shapes, definitions)


def _ref(shape: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{shape}"}


def _member(structure: str, name: str, member: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = dict(_ref(member["shape"]))
    description = first_sentence(member.get("documentation", ""))
    if description:
        entry["description"] = description
    if (structure, name) in OUTPUT_ONLY:
        entry["x-output-only"] = True
    return entry


def first_sentence(documentation: str) -> str:
    """Return the first sentence of a piece of AWS's documentation (HTML), as plain text on one line."""
    paragraph = re.split(r"</p>|<ul>|<important>|<note>", documentation, maxsplit=1)[0]
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", "", paragraph)).split())
    return re.split(r"(?<=[.:])(?<!e\.g\.)(?<!i\.e\.) (?=[A-Z])", text, maxsplit=1)[0]
