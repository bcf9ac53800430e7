"""The JSON Schemas that ship with the package."""

import json
from functools import cache
from pathlib import Path
from typing import Any

SPEC_SCHEMA = "trainspec.schema.json"
API_SCHEMA = "create-training-job.schema.json"
OTHER_REQUESTS = "other-requests.schema.json"

FOR_EDITORS = "ForEditors"
"""The definition that offers what depends on other values, and rejects nothing: the compiler leaves it out."""

_PACKAGE = Path(__file__).parents[1]


def schema_path(name: str) -> Path:
    """Where schema `name` is: inside an installed package, or in a checkout's `schemas/`."""
    installed = _PACKAGE / "schemas" / name
    return installed if installed.exists() else _PACKAGE.parents[1] / "schemas" / name


@cache
def load_schema(name: str) -> dict[str, Any]:
    """Schema `name` as data; the spec's is the one for a complete document. Shared, so it must not be changed."""
    loaded: dict[str, Any] = json.loads(schema_path(name).read_text(encoding="utf-8"))
    return whole(_without_offers(loaded))


def _without_offers(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without what is only offered in editors."""
    definitions = schema.get("$defs", {})
    if definitions.pop(FOR_EDITORS, None):
        for name in ("Job", "JobPatch"):
            del definitions[name]["allOf"]
    return schema


def whole(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema's keywords where its conditions hold: with its `then`, and that one's, merged."""
    then = schema.get("then")
    if then is None:
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("if", "then", "else")}
    return {**rest, "properties": {**schema["properties"], **whole(then)["properties"]}}


def schema_text(schema: dict[str, Any]) -> str:
    """A schema as it is checked in."""
    return json.dumps(schema, indent=1) + "\n"
