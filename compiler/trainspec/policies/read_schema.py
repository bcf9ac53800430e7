"""What is wrong with a schema in a policy file: each keyword known, each expression quick, no reference to itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from trainspec.diagnostics import codes, did_you_mean
from trainspec.diagnostics.words import shorten
from trainspec.policies.expressions import fault as fault_of
from trainspec.policies.schema import KEYWORDS, below
from trainspec.safety.budget import spend
from trainspec.schema.bounded import MAX_DEPTH, depth, faults
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted


def schema_faults(at: Path, schema: Any) -> Iterator[Fault]:
    """Why the value at `at` is not a schema that policies can use."""
    if not isinstance(schema, dict | bool):
        yield _fault(at, f"`{dotted(at)}` must be a JSON Schema, which is a mapping")
    elif depth(schema) > MAX_DEPTH:
        yield _fault(at, f"`{dotted(at)}` has more than {MAX_DEPTH} levels")
    else:
        yield from _keywords(at, schema, frozenset(), schema.get("$defs") if isinstance(schema, dict) else {})
        for path, why in dict.fromkeys(faults(schema)):
            yield _fault((*at, *path), f"`{dotted((*at, *path))}` is not a JSON Schema: {shorten(why)}")


def _keywords(at: Path, schema: Any, within: frozenset[str], definitions: Any) -> Iterator[Fault]:
    """What is wrong with the keywords of a schema and of those in it. `within` are the enclosing definitions."""
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        path = (*at, key)
        if key not in KEYWORDS:
            near = did_you_mean(key, KEYWORDS) or _UNUSED.get(key) or "docs/policies.md lists the keywords"
            yield _fault(path, f"`{key}` is not a keyword of a policy's schema", near)
        elif key == "pattern":
            yield from _expression(path, value)
        elif key == "patternProperties" and isinstance(value, dict):
            for pattern in value:
                yield from _expression((*path, pattern), pattern)
        elif key == "$ref":
            name = value.removeprefix("#/$defs/") if isinstance(value, str) else None
            if not isinstance(definitions, dict) or not isinstance(name, str) or name not in definitions:
                yield _fault(path, "`$ref` must refer to a schema in the `$defs` of this one, as `#/$defs/NAME`")
            elif name in within:
                yield _fault(path, f"`$defs.{name}` refers to itself")
            elif len(within) < MAX_DEPTH:
                spend(50)
                yield from _keywords(path, definitions[name], within | {name}, definitions)
    for path, each in below(schema):
        if path[0] != "$defs" or not within:
            yield from _keywords((*at, *path), each, within, definitions)


def _expression(path: Path, pattern: Any) -> Iterator[Fault]:
    why = fault_of(pattern) if isinstance(pattern, str) else None
    if why is not None:
        is_none, is_unclear = "not a regular" in why, "later version" in why
        is_nested = "forever to match" in why or "fixed numbers" in why
        advice = "rewrite it without nested repetitions" if is_nested else None
        advice = "escape literal characters with `\\`" if is_unclear else advice
        code = codes.BAD_POLICY_SCHEMA if is_none or is_unclear else codes.SLOW_PATTERN
        yield Fault(code, path, f"`{shorten(pattern)}` {why}", advice)


def _fault(at: Path, message: str, advice: str | None = None) -> Fault:
    return Fault(codes.BAD_POLICY_SCHEMA, at, message, advice)


_UNUSED: Mapping[str, str] = {
    "format": "`format` does not check anything in JSON Schema: write a `pattern`",
    "unevaluatedProperties": "list the keys, and use `additionalProperties`",
    "unevaluatedItems": "use `items`",
    "$schema": "a policy's schema always uses draft 2020-12",
}
