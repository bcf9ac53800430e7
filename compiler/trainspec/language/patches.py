"""The schema of patches: what an environment may merge onto the document.

A patch of a map has the map's fields, each of which may be left out, even if the map requires it, or be null, which
removes it. Lists replace as a whole, so their items are not patches.
"""

from collections.abc import Mapping
from typing import Any

from trainspec.schema.walk import name_of

JsonSchema = dict[str, Any]

SUFFIX = "Patch"
_SECTIONS: Mapping[str, str] = {"dag": "Dag", "defaults": "Job"}
_SECTIONS_BY_NAME: Mapping[str, str] = {
    "jobs": "Job", "sensors": "Sensor", "tasks": "Task", "approvals": "Approval", "triggers": "Trigger",
}  # fmt: skip
_OUTER = ("description", "x-form", "x-member")
_NULL = {"type": "null"}


def add_patches(definitions: JsonSchema) -> None:
    """Let the definition of an environment say what it patches, and add the definitions of these patches."""
    patches = _Patches(definitions)
    properties = definitions["Environment"]["properties"]
    for section, name in _SECTIONS.items():
        properties[section]["anyOf"][0] = patches.of({"$ref": f"#/$defs/{name}"})
        properties[section] = {**_nullable(properties[section]), "x-form": "a map"}
    for section, name in _SECTIONS_BY_NAME.items():
        one = {"x-form": "a map", "anyOf": [{"$ref": f"#/$defs/{name}"}, {"$ref": "#/$defs/Substitution"}]}
        properties[section]["anyOf"][0]["additionalProperties"] = _nullable(patches.of(one))
        properties[section] = {**_nullable(properties[section]), "x-form": "a map of maps"}
    definitions |= patches.made


class _Patches:
    """Creates the patch of a schema, and of every definition that it needs; `made` has these."""

    def __init__(self, definitions: Mapping[str, JsonSchema]) -> None:
        self.made: dict[str, JsonSchema] = {}
        self._definitions = definitions

    def of(self, schema: JsonSchema) -> JsonSchema:
        """The schema of what may be merged onto a value of `schema`."""
        if (name := name_of(schema)) is not None:
            return {**schema, "$ref": f"#/$defs/{self._named(name)}"} if self._is_map(name) else schema
        if "anyOf" in schema:
            return {**schema, "anyOf": [self.of(arm) for arm in schema["anyOf"]]}
        patched = {key: value for key, value in schema.items() if key != "required"}
        if "properties" in schema:
            patched["properties"] = {name: _nullable(self.of(below)) for name, below in schema["properties"].items()}
        if isinstance(schema.get("additionalProperties"), dict):
            patched["additionalProperties"] = _nullable(self.of(schema["additionalProperties"]))
        return patched

    def _is_map(self, name: str) -> bool:
        return "properties" in self._definitions.get(name, {})

    def _named(self, name: str) -> str:
        patch = f"{name}{SUFFIX}"
        if patch not in self.made:
            self.made[patch] = {}  # it may contain itself
            self.made[patch] = self.of(self._definitions[name])
        return patch


def _nullable(schema: JsonSchema) -> JsonSchema:
    """The schema, null allowed."""
    if not schema.keys() - {"description"}:
        return schema  # allows anything
    if "anyOf" in schema:
        return schema if _NULL in schema["anyOf"] else {**schema, "anyOf": [*schema["anyOf"], _NULL]}
    outer = {key: schema[key] for key in _OUTER if key in schema}
    inner = {key: value for key, value in schema.items() if key not in outer}
    return {**outer, "anyOf": [inner, _NULL]}
