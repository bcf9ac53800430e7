"""The JSON Schema of the language, generated from its models.

It is the schema that the compiler validates with and that editors complete from: descriptions name the request member
and AWS's limits. In addition to the standard's keywords it contains `x-form` (how a value may be written, in words),
`x-text` (the author's characters are the value) and `x-member` (the request member that a field becomes).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from trainspec.language.patches import add_patches
from trainspec.language.spec import Spec
from trainspec.schema.files import FOR_EDITORS
from trainspec.schema.walk import arms, resolved
from trainspec.schema.words import limits_in_words
from trainspec.units import TEMPLATE_PATTERN

ID = "https://trainspec.dev/schemas/trainspec.schema.json"

SUBSTITUTION_PATTERN = r"\$\{"

JsonSchema = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, but an optional field is one that may be left out, not one that may be null."""

    def nullable_schema(self, schema: Any) -> JsonSchema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchema:
        return self.generate_inner(schema["schema"])


def build_schema(
    members: Iterable[tuple[str, str, str, Mapping[str, Any]]] = (), offered: Sequence[JsonSchema] = ()
) -> JsonSchema:
    """The schema of a spec.

    `members` gives, for the fields of a job (`resources.instance_type`, `inputs.*.s3`), the request member that the
    field becomes, AWS's name of its shape and its JSON Schema: its words become the field's, its limits go into the
    description. `offered` are conditions on a job that only editors ask for (`schema.files.FOR_EDITORS`).
    """
    generated = Spec.model_json_schema(schema_generator=_Generator)
    definitions = generated.pop("$defs")
    for schema in (generated, *definitions.values()):
        _tidy(schema)
    sections = (generated["properties"][name] for name in ("jobs", "sensors", "tasks", "approvals", "triggers"))
    for schema in (*sections, *definitions.values()):
        _open(schema)
    definitions["Template"] = {"type": "string", "pattern": TEMPLATE_PATTERN}
    definitions["Substitution"] = {"type": "string", "pattern": SUBSTITUTION_PATTERN}
    for field, member, shape, api in members:
        if "enum" in api:
            definitions[shape] = {"type": "string", "enum": list(api["enum"])}
        _annotate(definitions, field.split("."), member, shape, api)
    add_patches(definitions)
    if offered:
        definitions[FOR_EDITORS] = {"allOf": list(offered)}
        for name in ("Job", "JobPatch"):
            definitions[name]["allOf"] = [{"$ref": f"#/$defs/{FOR_EDITORS}"}]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        **generated,
        "title": "trainspec",
        **_parts(generated["properties"], definitions["Environment"]["properties"]),
        "$defs": dict(sorted(definitions.items())),
    }


def _parts(properties: JsonSchema, patches: JsonSchema) -> JsonSchema:
    """The keywords by which an editor asks for a whole document only where a file is one.

    What a fragment, a file that extends others, or a job above `defaults` lacks may be elsewhere, and null takes
    away what does: there a section is what a patch of it may be. The compiler asks for a whole document, composed.
    """
    partly = {
        name: {**_in_one(patches[name]), "description": properties[name]["description"]}
        for name in patches
        if name != "vars"
    }
    wholly = {name: properties[name] for name in partly if name != "defaults"}
    jobs = {"jobs": wholly.pop("jobs")}
    return {
        "properties": {
            **properties,
            **{name: {"description": properties[name]["description"]} for name in partly},
            "defaults": partly.pop("defaults"),
        },
        "if": {"required": ["trainspec"], "properties": {"extends": False}},
        "then": {
            "properties": wholly,
            "if": {"properties": {"defaults": False}},
            "then": {"properties": jobs},
            "else": {"properties": {"jobs": partly["jobs"]}},
        },
        "else": {"properties": partly},
    }


def _in_one(patch: JsonSchema) -> JsonSchema:
    """A map by names, `${...}` or null, without alternatives: editors show the words of each of them."""
    first = patch["anyOf"][0]
    return {**first, "type": ["object", "string", "null"]} if "additionalProperties" in first else patch


def _tidy(schema: Any) -> None:
    """Drop pydantic's titles, close the maps with patterned keys, and name the template arms of a form."""
    if isinstance(schema, list):
        for each in schema:
            _tidy(each)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("title"), str):
        del schema["title"]
    if "patternProperties" in schema:
        ((pattern, below),) = schema.pop("patternProperties").items()
        schema |= {"propertyNames": {"pattern": pattern}, "additionalProperties": below}
    for below in schema.values():
        _tidy(below)
    if schema.get("pattern") == TEMPLATE_PATTERN:
        schema.clear()
        schema["$ref"] = "#/$defs/Template"


def _open(schema: JsonSchema) -> None:
    """Allow each value of a map to be written as a `${...}`, and as null if the model says so."""
    below = schema.get("additionalProperties")
    values = [*schema.get("properties", {}).values(), *([below] if isinstance(below, dict) else [])]
    for value in values:
        nullable = value.pop("x-nullable", False)
        takes_any_text = value.get("type") == "string" and "pattern" not in value and "enum" not in value
        takes_any_text |= not value.keys() - {"description"}
        if value and not takes_any_text and "x-text" not in value:
            outer = {key: value.pop(key) for key in ("description", "x-form") if key in value}
            inner = value.pop("anyOf") if "anyOf" in value else [value.copy()]
            for arm in inner:
                _open(arm)
            value.clear()
            null = [{"type": "null"}] if nullable else []
            value |= {**outer, "anyOf": [*inner, *null, {"$ref": "#/$defs/Substitution"}]}


def _annotate(definitions: JsonSchema, path: list[str], member: str, shape: str, api: Mapping[str, Any]) -> None:
    found = [definitions["Job"]]
    for step in path:
        found = [below for schema in found for below in _below(definitions, schema, step)]
    for schema in found:
        if "x-member" in schema or (path[-1] == "*" and "$ref" in schema):
            continue  # a model used in two places is described at the first; an entry in a list says it all itself
        if "enum" in api and schema.get("type") == "string":
            del schema["type"]
            schema.pop("x-form", None)
            schema["anyOf"] = [{"$ref": f"#/$defs/{name}"} for name in (shape, "Template", "Substitution")]
        schema["x-member"] = member
        limits = limits_in_words(api)
        described = schema if "description" in schema else _model(definitions, schema)
        if described is not None:
            described["description"] += f"\n\nRequest member: `{member}`" + (f" ({limits})." if limits else ".")


def _model(definitions: JsonSchema, schema: JsonSchema) -> JsonSchema | None:
    """The model of a field without its own description: editors show that of the model."""
    named = (resolved(arm, definitions) for arm in schema.get("anyOf", ()) if "$ref" in arm)
    models = (each for each in named if "description" in each)
    return next((model for model in models if "Request member" not in model["description"]), None)


def _below(definitions: JsonSchema, schema: JsonSchema, step: str) -> Iterator[JsonSchema]:
    """The schemas below `schema`, in any of its forms: of the key `step`, or of every key and item for `*`."""
    for form in arms(schema, definitions):
        if step == "*":
            yield from (form[each] for each in ("additionalProperties", "items") if isinstance(form.get(each), dict))
        elif step in form.get("properties", {}):
            yield form["properties"][step]
