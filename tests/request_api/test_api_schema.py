"""The checked-in schema compared with botocore's model: the schema must know whatever botocore knows."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from trainspec.request.api.changes import changes
from trainspec.request.api.derive import ROOT_SHAPE, derive_other_requests, derive_schema, first_sentence, schema_text
from trainspec.schema.files import API_SCHEMA, OTHER_REQUESTS, load_schema, schema_path

LIMITS = {
    "string": ("minLength", "maxLength"),
    "integer": ("minimum", "maximum"),
    "long": ("minimum", "maximum"),
    "list": ("minItems", "maxItems"),
    "map": ("minProperties", "maxProperties"),
}
JSON_TYPES = {
    "string": "string",
    "integer": "integer",
    "long": "integer",
    "boolean": "boolean",
    "list": "array",
    "map": "object",
    "structure": "object",
}


def parts(shape: Any) -> dict[str, Any]:
    """The shapes that `shape` consists of, by the name of the part."""
    match shape.type_name:
        case "structure":
            return dict(shape.members)
        case "list":
            return {"items": shape.member}
        case "map":
            return {"propertyNames": shape.key, "additionalProperties": shape.value}
    return {}


def reached(shape: Any, seen: set[str]) -> Iterator[Any]:
    """Every shape that `shape` reaches, through botocore's own model classes (the derivation reads the raw data)."""
    if shape.name not in seen:
        seen.add(shape.name)
        yield shape
        for part in parts(shape).values():
            yield from reached(part, seen)


def api_shapes() -> list[Any]:
    session: Any = botocore.session.Session()
    model = session.get_service_model("sagemaker")
    return list(reached(model.operation_model("CreateTrainingJob").input_shape, set()))


@pytest.mark.parametrize("shape", api_shapes(), ids=lambda shape: shape.name)
def test_schema_knows_what_botocore_knows(shape: Any) -> None:
    definition = load_schema(API_SCHEMA)["$defs"][shape.name]
    assert definition["type"] == JSON_TYPES[shape.type_name]
    assert definition.get("enum", []) == shape.metadata.get("enum", [])
    assert definition.get("x-aws-pattern") == shape.metadata.get("pattern")
    assert ("pattern" in definition) == ("pattern" in shape.metadata)
    lower, upper = LIMITS.get(shape.type_name, ("", ""))
    assert definition.get(lower) == shape.metadata.get("min")
    assert definition.get(upper) == shape.metadata.get("max")
    is_structure = shape.type_name == "structure"
    referring = definition["properties"] if is_structure else definition
    for name, part in parts(shape).items():
        assert referring[name]["$ref"] == f"#/$defs/{part.name}"
    if is_structure:
        assert list(referring) == sorted(shape.members)
        assert definition["additionalProperties"] is False
        assert sorted(definition.get("required", [])) == sorted(shape.required_members)


def test_schema_has_no_shape_that_botocore_has_not() -> None:
    assert sorted(load_schema(API_SCHEMA)["$defs"]) == sorted(shape.name for shape in api_shapes())


def test_checked_in_schema_is_what_derivation_gives() -> None:
    derived = derive_schema()
    checked_in = json.loads(schema_path(API_SCHEMA).read_text(encoding="utf-8"))
    derived["x-botocore-version"] = checked_in["x-botocore-version"]
    assert schema_text(derived) == schema_path(API_SCHEMA).read_text(encoding="utf-8")


def test_the_other_requests_are_what_derivation_gives() -> None:
    derived = derive_other_requests()
    checked_in = json.loads(schema_path(OTHER_REQUESTS).read_text(encoding="utf-8"))
    derived["x-botocore-version"] = checked_in["x-botocore-version"]
    assert schema_text(derived) == schema_path(OTHER_REQUESTS).read_text(encoding="utf-8")


def test_schema_is_a_valid_schema() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(load_schema(API_SCHEMA))


def test_output_only_members_are_marked_and_exist() -> None:
    definitions = load_schema(API_SCHEMA)["$defs"]
    marked = {
        (shape, member)
        for shape, definition in definitions.items()
        for member, entry in definition.get("properties", {}).items()
        if entry.get("x-output-only")
    }
    assert marked == {("ResourceConfig", "SelectedInstanceType"), ("ResourceConfig", "SelectedInstanceCount")}


def patched(shape: str, **patch: Any) -> dict[str, Any]:
    schema = copy.deepcopy(load_schema(API_SCHEMA))
    definition = schema["$defs"][shape]
    for keyword, value in patch.items():
        keyword = keyword.replace("x_aws_", "x-aws-")
        definition[keyword] = {**definition[keyword], **value} if isinstance(value, dict) else value
    return schema


CHANGES = [
    ({}, []),
    (
        {"shape": "VpcConfig", "properties": {"Endpoint": {"$ref": "#/$defs/S3Uri"}}},
        ["VpcConfig: member Endpoint added"],
    ),
    (
        {"shape": "TrainingInputMode", "enum": ["Pipe", "File", "Warp"]},
        ["TrainingInputMode: value Warp added", "TrainingInputMode: value FastFile removed"],
    ),
    ({"shape": "TrainingJobName", "maxLength": 80}, ["TrainingJobName: maxLength 63 → 80"]),
    ({"shape": "KmsKeyId", "x_aws_pattern": ".*"}, ["KmsKeyId: pattern [a-zA-Z0-9:/_-]* → .*"]),
    ({"shape": "VpcConfig", "required": ["Subnets"]}, ["VpcConfig: SecurityGroupIds is no longer required"]),
    (
        {"shape": "InputDataConfig", "items": {"$ref": "#/$defs/Tag"}},
        ["InputDataConfig: items Channel → Tag"],
    ),
    (
        {"shape": "CheckpointConfig", "properties": {"S3Uri": {"$ref": "#/$defs/KmsKeyId"}}},
        ["CheckpointConfig: member S3Uri: $ref S3Uri → KmsKeyId"],
    ),
]


@pytest.mark.parametrize(("patch", "lines"), CHANGES)
def test_changes_says_what_differs(patch: dict[str, Any], lines: list[str]) -> None:
    patch = dict(patch)
    new = patched(patch.pop("shape", "Tag"), **patch)
    assert changes(load_schema(API_SCHEMA), new) == lines


def test_changes_says_which_shapes_came_and_went() -> None:
    old = load_schema(API_SCHEMA)
    new = {**old, "$defs": {name: shape for name, shape in old["$defs"].items() if name != "Seed"} | {"Leaf": {}}}
    assert changes(old, new) == ["Leaf: new shape", "Seed: shape removed"]
    assert ROOT_SHAPE in new["$defs"]


SENTENCES = [
    ("<p>The name. It must be unique.</p>", "The name."),
    ("<p>A list of <code>Tag</code> objects &amp; more, e.g. Two. Next</p>", "A list of Tag objects & more, e.g. Two."),
    ("<p>Options:</p> <ul><li>one</li></ul>", "Options:"),
    ("", ""),
]


@pytest.mark.parametrize(("documentation", "sentence"), SENTENCES)
def test_first_sentence(documentation: str, sentence: str) -> None:
    assert first_sentence(documentation) == sentence
