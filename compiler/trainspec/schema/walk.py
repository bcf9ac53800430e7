"""Walks through a JSON Schema: references followed, alternatives expanded."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

Schema: TypeAlias = Mapping[str, Any]
_S = TypeVar("_S", bound=Schema)

PLACEHOLDERS = frozenset({"Template", "Substitution"})
"""The definitions of `{{ ... }}` and `${...}`, which are allowed nearly everywhere in a spec."""


def name_of(schema: Schema) -> str | None:
    """The name of the definition that `schema` refers to; None if it refers to none."""
    reference = schema.get("$ref")
    return str(reference).removeprefix("#/$defs/") if reference is not None else None


def resolved(schema: _S, definitions: Schema) -> _S:
    """The definition that `schema` refers to, or the schema itself."""
    name = name_of(schema)
    found: _S = schema if name is None else definitions[name]
    return found


def arms(schema: _S, definitions: Schema) -> Iterator[_S]:
    """The forms that `schema` allows: what it refers to, and each arm of an `anyOf`, at any depth."""
    return (arm for _, arm in named_arms(schema, definitions))


def named_arms(schema: _S, definitions: Schema, name: str = "") -> Iterator[tuple[str, _S]]:
    """The same, each with the name of its definition, if it has one; `name` is that of `schema` itself."""
    referred = name_of(schema)
    if referred is not None:
        yield from named_arms(definitions[referred], definitions, referred)
    for arm in schema.get("anyOf", ()):
        yield from named_arms(arm, definitions)
    if referred is None and "anyOf" not in schema:
        yield name, schema
