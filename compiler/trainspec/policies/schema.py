"""A JSON Schema of a policy, as a function that returns where a value fails it.

Draft 2020-12, without references to other documents and without `unevaluated…`. A value that only a running task knows
is `UNKNOWN`: it fails what is said of it, in doubt.

https://json-schema.org/draft/2020-12/schema
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from trainspec.policies.combined import all_of, any_of, conditional, negated, one_of
from trainspec.policies.expressions import found
from trainspec.policies.structures import contains, dependent, items, names, properties, required
from trainspec.policies.values import (
    NONE,
    TYPES,
    Build,
    Check,
    Failure,
    about_value,
    always,
    is_list,
    is_map,
    is_number,
    is_string,
    same,
)
from trainspec.text.tree import Path

Schema: TypeAlias = Mapping[str, Any] | bool


@lru_cache(maxsize=2_000)
def compiled(text: str) -> Check:
    """The function for the schema in `text`, which is JSON."""
    schema = json.loads(text)
    return _build(schema, schema.get("$defs", {}) if isinstance(schema, dict) else {})


def _build(schema: Schema, definitions: Mapping[str, Schema]) -> Check:
    if isinstance(schema, bool):
        return (lambda value, path: NONE) if schema else (lambda value, path: [Failure(path)])
    checks: list[Check] = []
    if "$ref" in schema:
        checks.append(_build(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions))
    for group, builder in _KEYWORDS:
        if any(each in schema for each in group):
            checks.append(builder(schema, lambda each: _build(each, definitions)))
    if len(checks) == 1:
        return checks[0]

    def check(value: Any, path: Path) -> list[Failure]:
        failures = NONE
        for each in checks:
            if failing := each(value, path):
                failures = failures + failing
        return failures

    return check


def _type(schema: Any, _: Build) -> Check:
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kinds = [TYPES[name] for name in names]
    return about_value(always, lambda value: any(kind(value) for kind in kinds))


def _enum(schema: Any, _: Build) -> Check:
    allowed = {same(each) for each in (schema["enum"] if "enum" in schema else [schema["const"]])}
    if "enum" in schema and "const" in schema:
        allowed &= {same(schema["const"])}
    return about_value(always, lambda value: same(value) in allowed)


def _bound(keyword: str, is_about: Callable[[Any], bool], holds: Callable[[Any, Any], bool]) -> Any:
    return lambda schema, _: about_value(is_about, lambda value: holds(value, schema[keyword]))


def _is_multiple(value: float, of: float) -> bool:
    from fractions import Fraction
    from math import isfinite

    if not all(isinstance(each, int) or isfinite(each) for each in (value, of)):
        return False
    return (Fraction(str(value)) / Fraction(str(of))).denominator == 1


def _unique(schema: Any, _: Build) -> Check:
    wanted = schema["uniqueItems"]
    return about_value(is_list, lambda value: not wanted or len({same(each) for each in value}) == len(value))


_KEYWORDS: tuple[tuple[tuple[str, ...], Callable[[Any, Build], Check]], ...] = (
    (("type",), _type),
    (("enum", "const"), _enum),
    (("minimum",), _bound("minimum", is_number, lambda value, limit: value >= limit)),
    (("maximum",), _bound("maximum", is_number, lambda value, limit: value <= limit)),
    (("exclusiveMinimum",), _bound("exclusiveMinimum", is_number, lambda value, limit: value > limit)),
    (("exclusiveMaximum",), _bound("exclusiveMaximum", is_number, lambda value, limit: value < limit)),
    (("multipleOf",), _bound("multipleOf", is_number, _is_multiple)),
    (("minLength",), _bound("minLength", is_string, lambda value, limit: len(value) >= limit)),
    (("maxLength",), _bound("maxLength", is_string, lambda value, limit: len(value) <= limit)),
    (("pattern",), _bound("pattern", is_string, lambda value, pattern: found(pattern, value))),
    (("minItems",), _bound("minItems", is_list, lambda value, limit: len(value) >= limit)),
    (("maxItems",), _bound("maxItems", is_list, lambda value, limit: len(value) <= limit)),
    (("uniqueItems",), _unique),
    (("prefixItems", "items"), items),
    (("contains",), contains),
    (("required",), required),
    (("properties", "patternProperties", "additionalProperties"), properties),
    (("propertyNames",), names),
    (("minProperties",), _bound("minProperties", is_map, lambda value, limit: len(value) >= limit)),
    (("maxProperties",), _bound("maxProperties", is_map, lambda value, limit: len(value) <= limit)),
    (("dependentRequired", "dependentSchemas"), dependent),
    (("allOf",), all_of),
    (("anyOf",), any_of),
    (("oneOf",), one_of),
    (("not",), negated),
    (("if",), conditional),
)
"""Each keyword, or those that belong together, and what builds their check."""

ANNOTATIONS = ("title", "description", "$comment", "$defs", "default", "examples", "deprecated")
KEYWORDS = frozenset(name for group, _ in _KEYWORDS for name in group) | {
    "$ref", *ANNOTATIONS, "minContains", "maxContains", "then", "else",
}  # fmt: skip

_OF_SCHEMAS = ("properties", "patternProperties", "$defs", "dependentSchemas")
_OF_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_OF_ONE = ("not", "if", "then", "else", "contains", "items", "propertyNames", "additionalProperties")


def below(schema: Any) -> Iterator[tuple[Path, Any]]:
    """The schemas that are in a schema, each with its path; not those that are in these."""
    if not isinstance(schema, dict):
        return
    for key in _OF_SCHEMAS:
        if isinstance(schema.get(key), dict):
            yield from (((key, name), each) for name, each in schema[key].items())
    for key in _OF_LISTS:
        if isinstance(schema.get(key), list):
            yield from (((key, index), each) for index, each in enumerate(schema[key]))
    yield from (((key,), schema[key]) for key in _OF_ONE if key in schema)
