"""A JSON Schema of a policy, as a function that says where a value fails it.

Draft 2020-12, without references to other documents and without `unevaluated…`. A value that only a running task knows
is `UNKNOWN`: it fails what is said of it, in doubt.

https://json-schema.org/draft/2020-12/schema
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from trainspec.policies.expressions import found
from trainspec.text.tree import Path


class Unknown:
    """A value that is only known when the task runs."""


UNKNOWN = Unknown()


class Failure(NamedTuple):
    """Where a value fails: its path. `missing` is the key that it lacks, `on_key` says that the last key is meant.

    `in_doubt` where only the task's run can say.
    """

    path: Path
    missing: str | None = None
    on_key: bool = False
    in_doubt: bool = False


Check: TypeAlias = Callable[[Any, Path], "list[Failure]"]
Schema: TypeAlias = Mapping[str, Any] | bool
_NONE: list[Failure] = []


@lru_cache(maxsize=2_000)
def compiled(text: str) -> Check:
    """The function for the schema that `text` is, as JSON."""
    schema = json.loads(text)
    return _build(schema, schema.get("$defs", {}) if isinstance(schema, dict) else {})


def _build(schema: Schema, definitions: Mapping[str, Schema]) -> Check:
    if isinstance(schema, bool):
        return (lambda value, path: _NONE) if schema else (lambda value, path: [Failure(path)])
    checks: list[Check] = []
    for group, build in _KEYWORDS:
        if any(each in schema for each in group):
            checks.append(build(schema, definitions))
    if len(checks) == 1:
        return checks[0]

    def check(value: Any, path: Path) -> list[Failure]:
        failures = _NONE
        for each in checks:
            if failing := each(value, path):
                failures = failures + failing
        return failures

    return check


def _about_value(is_about: Callable[[Any], bool], holds: Callable[[Any], bool]) -> Check:
    """For what is said of one value: it fails in doubt where it is unknown."""

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        return _NONE if not is_about(value) or holds(value) else [Failure(path)]

    return check


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _always(_: Any) -> bool:
    return True


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": _is_text,
    "integer": lambda value: _is_number(value) and float(value).is_integer(),
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "array": _is_list,
    "object": _is_map,
    "null": lambda value: value is None,
}


def _type(schema: Any, _: Any) -> Check:
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kinds = [_TYPES[name] for name in names]
    return _about_value(_always, lambda value: any(kind(value) for kind in kinds))


def same(value: Any) -> str:
    """One text for all that JSON Schema calls equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{same(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(same, value)) + "]"
    return json.dumps(value, default=str)


def _enum(schema: Any, _: Any) -> Check:
    allowed = {same(each) for each in (schema["enum"] if "enum" in schema else [schema["const"]])}
    if "enum" in schema and "const" in schema:
        allowed &= {same(schema["const"])}
    return _about_value(_always, lambda value: same(value) in allowed)


def _bound(keyword: str, is_about: Callable[[Any], bool], holds: Callable[[Any, Any], bool]) -> Any:
    return lambda schema, _: _about_value(is_about, lambda value: holds(value, schema[keyword]))


def _is_multiple(value: float, of: float) -> bool:
    from fractions import Fraction

    return (Fraction(str(value)) / Fraction(str(of))).denominator == 1


def _unique(schema: Any, _: Any) -> Check:
    wanted = schema["uniqueItems"]
    return _about_value(_is_list, lambda value: not wanted or len({same(each) for each in value}) == len(value))


def _items(schema: Any, definitions: Any) -> Check:
    first = [_build(each, definitions) for each in schema.get("prefixItems", ())]
    rest = _build(schema["items"], definitions) if "items" in schema else None

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        if not isinstance(value, list):
            return _NONE
        failures = _NONE
        for index, each in enumerate(value):
            item = first[index] if index < len(first) else rest
            if item is not None and (failing := item(each, (*path, index))):
                failures = failures + failing
        return failures

    return check


def _contains(schema: Any, definitions: Any) -> Check:
    item = _build(schema["contains"], definitions)
    least, most = schema.get("minContains", 1), schema.get("maxContains")

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        if not isinstance(value, list):
            return _NONE
        results = [item(each, ()) for each in value]
        sure = sum(not each for each in results)
        maybe = sum(bool(each) and all(one.in_doubt for one in each) for each in results)
        if sure + maybe < least or (most is not None and sure > most):
            return [Failure(path)]
        in_doubt = sure < least or (most is not None and sure + maybe > most)
        return [Failure(path, in_doubt=True)] if in_doubt else _NONE

    return check


def _properties(schema: Any, definitions: Any) -> Check:
    named = {name: _build(each, definitions) for name, each in schema.get("properties", {}).items()}
    patterns = [(key, _build(each, definitions)) for key, each in schema.get("patternProperties", {}).items()]
    others = schema.get("additionalProperties", True)
    other = None if others is True else _build(others, definitions)

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        if not isinstance(value, dict):
            return _NONE
        failures = _NONE
        if not patterns and other is None:
            for name, each in named.items():
                if name in value and (failing := each(value[name], (*path, name))):
                    failures = failures + failing
            return failures
        for name, below in value.items():
            fitting = [named[name]] if name in named else []
            fitting += [each for key, each in patterns if found(key, name)]
            if not fitting and others is False:
                failures = [*failures, Failure((*path, name), on_key=True)]
            elif not fitting and other is not None:
                failures = failures + other(below, (*path, name))
            for each in fitting:
                failures = failures + each(below, (*path, name))
        return failures

    return check


def _names(schema: Any, definitions: Any) -> Check:
    name = _build(schema["propertyNames"], definitions)

    def check(value: Any, path: Path) -> list[Failure]:
        keys = value if isinstance(value, dict) else ()
        return [Failure((*path, key), on_key=True) for key in keys if name(key, ())]

    return check


def _required(schema: Any, _: Any) -> Check:
    names = tuple(schema["required"])

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        if not isinstance(value, dict):
            return _NONE
        return [Failure(path, name) for name in names if name not in value]

    return check


def _dependent(schema: Any, definitions: Any) -> Check:
    needs = schema.get("dependentRequired", {})
    below = {name: _build(each, definitions) for name, each in schema.get("dependentSchemas", {}).items()}

    def check(value: Any, path: Path) -> list[Failure]:
        if not isinstance(value, dict):
            return _NONE
        failures = [Failure(path, name) for key in needs if key in value for name in needs[key] if name not in value]
        for key, each in below.items():
            failures += each(value, path) if key in value else _NONE
        return failures

    return check


def _all_of(schema: Any, definitions: Any) -> Check:
    checks = [_build(each, definitions) for each in schema["allOf"]]
    return lambda value, path: [failure for each in checks for failure in each(value, path)]


def _any_of(schema: Any, definitions: Any) -> Check:
    checks = [_build(each, definitions) for each in schema["anyOf"]]

    def check(value: Any, path: Path) -> list[Failure]:
        results = []
        for each in checks:
            failing = each(value, path)
            if not failing:
                return _NONE
            results.append(failing)
        in_doubt = any(all(one.in_doubt for one in each) for each in results)
        return [_shared([one for each in results for one in each], path, in_doubt)]

    return check


def _one_of(schema: Any, definitions: Any) -> Check:
    checks = [_build(each, definitions) for each in schema["oneOf"]]

    def check(value: Any, path: Path) -> list[Failure]:
        results = [each(value, path) for each in checks]
        sure = sum(not each for each in results)
        maybe = sum(bool(each) and all(one.in_doubt for one in each) for each in results)
        if sure == 1 and not maybe:
            return _NONE
        if sure > 1 or not maybe:
            return [_shared([one for each in results for one in each], path, False)]
        return [Failure(path, in_doubt=True)]

    return check


def _shared(failures: list[Failure], path: Path, in_doubt: bool) -> Failure:
    """One failure for several of which any would do: at the place that all of them lie in."""
    if not failures:
        return Failure(path, in_doubt=in_doubt)
    shared = failures[0].path
    for each in failures:
        length = next(
            (at for at, (one, other) in enumerate(zip(shared, each.path, strict=False)) if one != other),
            min(len(shared), len(each.path)),
        )
        shared = shared[:length]
    missing = {each.missing for each in failures}
    return Failure(shared, missing.pop() if len(missing) == 1 else None, in_doubt=in_doubt)


def _not(schema: Any, definitions: Any) -> Check:
    forbidden = schema["not"]
    inner = _build(forbidden, definitions)

    def check(value: Any, path: Path) -> list[Failure]:
        failing = inner(value, ())
        if not failing:
            return [Failure((*path, *_meant(forbidden, value)))]
        in_doubt = all(each.in_doubt for each in failing)
        return [Failure((*path, *failing[0].path), in_doubt=True)] if in_doubt else _NONE

    return check


def _meant(schema: Any, value: Any) -> Path:
    """The one place below a value that a schema which must not hold speaks of, as far as it speaks of one."""
    path: Path = ()
    while isinstance(schema, dict) and isinstance(value, dict):
        names = {*schema.get("properties", ()), *schema.get("required", ())} & value.keys()
        if len(names) != 1:
            break
        name = names.pop()
        path, value, schema = (*path, name), value[name], schema.get("properties", {}).get(name)
    return path


def _if(schema: Any, definitions: Any) -> Check:
    condition = _build(schema["if"], definitions)
    then, other = (_build(schema.get(word, True), definitions) for word in ("then", "else"))

    def check(value: Any, path: Path) -> list[Failure]:
        failing = condition(value, ())
        if not failing:
            return then(value, path)
        if not all(each.in_doubt for each in failing):
            return other(value, path)
        return [each._replace(in_doubt=True) for each in (*then(value, path), *other(value, path))]

    return check


def _reference(schema: Any, definitions: Any) -> Check:
    return _build(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)


_KEYWORDS: tuple[tuple[tuple[str, ...], Callable[[Any, Any], Check]], ...] = (
    (("$ref",), _reference),
    (("type",), _type),
    (("enum", "const"), _enum),
    (("minimum",), _bound("minimum", _is_number, lambda value, limit: value >= limit)),
    (("maximum",), _bound("maximum", _is_number, lambda value, limit: value <= limit)),
    (("exclusiveMinimum",), _bound("exclusiveMinimum", _is_number, lambda value, limit: value > limit)),
    (("exclusiveMaximum",), _bound("exclusiveMaximum", _is_number, lambda value, limit: value < limit)),
    (("multipleOf",), _bound("multipleOf", _is_number, _is_multiple)),
    (("minLength",), _bound("minLength", _is_text, lambda value, limit: len(value) >= limit)),
    (("maxLength",), _bound("maxLength", _is_text, lambda value, limit: len(value) <= limit)),
    (("pattern",), _bound("pattern", _is_text, lambda value, pattern: found(pattern, value))),
    (("minItems",), _bound("minItems", _is_list, lambda value, limit: len(value) >= limit)),
    (("maxItems",), _bound("maxItems", _is_list, lambda value, limit: len(value) <= limit)),
    (("uniqueItems",), _unique),
    (("prefixItems", "items"), _items),
    (("contains",), _contains),
    (("required",), _required),
    (("properties", "patternProperties", "additionalProperties"), _properties),
    (("propertyNames",), _names),
    (("minProperties",), _bound("minProperties", _is_map, lambda value, limit: len(value) >= limit)),
    (("maxProperties",), _bound("maxProperties", _is_map, lambda value, limit: len(value) <= limit)),
    (("dependentRequired", "dependentSchemas"), _dependent),
    (("allOf",), _all_of),
    (("anyOf",), _any_of),
    (("oneOf",), _one_of),
    (("not",), _not),
    (("if",), _if),
)
"""Each keyword, or those that belong together, and what builds their check."""

ANNOTATIONS = ("title", "description", "$comment", "$defs", "default", "examples", "deprecated")
KEYWORDS = frozenset(name for group, _ in _KEYWORDS for name in group) | {
    *ANNOTATIONS, "minContains", "maxContains", "then", "else",
}  # fmt: skip

_OF_SCHEMAS = ("properties", "patternProperties", "$defs", "dependentSchemas")
_OF_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_OF_ONE = ("not", "if", "then", "else", "contains", "items", "propertyNames", "additionalProperties")


def below(schema: Any) -> Iterator[tuple[Path, Any]]:
    """The schemas that stand in a schema, each with its path; not those that stand in these."""
    if not isinstance(schema, dict):
        return
    for key in _OF_SCHEMAS:
        if isinstance(schema.get(key), dict):
            yield from (((key, name), each) for name, each in schema[key].items())
    for key in _OF_LISTS:
        if isinstance(schema.get(key), list):
            yield from (((key, index), each) for index, each in enumerate(schema[key]))
    yield from (((key,), schema[key]) for key in _OF_ONE if key in schema)
