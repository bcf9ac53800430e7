"""Compiles a JSON Schema to a fast function that only answers yes or no.

Nearly every document is valid, and jsonschema takes a quarter of a second to import. So the question whether it is
valid is answered here, and jsonschema is asked only why not. Both must always agree; the tests see to that.

Knows the part of draft 2020-12 that our two schemas use, and raises ValueError where it meets any other.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from operator import ge, le
from typing import Any, TypeAlias

from trainspec.schema.walk import Schema, name_of

Accepts: TypeAlias = Callable[[Any], bool]

_ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default"}
_OF_TEXTS = frozenset({"type", "minLength", "maxLength", "pattern"})
_NO_LIMIT = float("inf")
_TYPES: Mapping[str, Accepts] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def acceptor(schema: Schema) -> Accepts:
    """The function that says whether `schema` accepts a document. Both raise ValueError for an unknown keyword."""
    return _Builder(schema).build(schema)


class _Builder:
    """Builds a validator for each definition once; a recursive one is looked up when it is used."""

    def __init__(self, root: Schema) -> None:
        self._definitions: Mapping[str, Schema] = root.get("$defs", {})
        self._built: dict[str, Accepts] = {}

    def build(self, schema: Schema) -> Accepts:
        if schema.get("x-output-only"):
            return lambda value: False
        keywords = [each for each in schema if each not in _ANNOTATIONS and not each.startswith("x-")]
        unknown = [each for each in keywords if each not in _KEYWORDS]
        if unknown:
            raise ValueError(f"not known here: {', '.join(unknown)}")
        if schema.get("type") == "string" and _OF_TEXTS.issuperset(keywords):
            return _text(schema)
        builders = dict.fromkeys(_KEYWORDS[each] for each in keywords)
        checks = [build(self, schema) for build in builders]
        if len(checks) == 1:
            return checks[0]
        if len(checks) == 2:
            one, other = checks
            return lambda value: one(value) and other(value)

        def accepts(value: Any) -> bool:
            for check in checks:  # noqa: SIM110  # half the time of all() over a generator
                if not check(value):
                    return False
            return True

        return accepts

    def reference(self, schema: Schema) -> Accepts:
        name = str(name_of(schema))
        if name not in self._built:
            self._built[name] = lambda value: self._built[name](value)
            self._built[name] = self.build(self._definitions[name])
        return self._built[name]

    def any_of(self, schema: Schema) -> Accepts:
        arms = [self.build(arm) for arm in schema["anyOf"]]

        def accepts(value: Any) -> bool:
            for arm in arms:  # noqa: SIM110  # half the time of any() over a generator
                if arm(value):
                    return True
            return False

        return accepts

    def type(self, schema: Schema) -> Accepts:
        names = schema["type"]
        if isinstance(names, str):
            return _TYPES[names]
        types = [_TYPES[name] for name in names]
        return lambda value: any(is_type(value) for is_type in types)

    def properties(self, schema: Schema) -> Accepts:
        """`properties`, `additionalProperties` and `required`, which are about the same keys."""
        named: Mapping[str, Schema] = schema.get("properties", {})
        known: dict[str, Accepts] = {}
        others = schema.get("additionalProperties", True)
        other = self.build(others) if isinstance(others, dict) else (lambda value: bool(others))
        required = schema.get("required", ())

        def below(name: str) -> Accepts:
            if name in named:
                known[name] = self.build(named[name])  # when it is first met: a document has a few of all there are
            return known.get(name, other)

        def accepts(value: Any) -> bool:
            if not isinstance(value, dict):
                return True
            for name in required:
                if name not in value:
                    return False
            for name, each in value.items():  # noqa: SIM110  # half the time of all() over a generator
                if not (known.get(name) or below(name))(each):
                    return False
            return True

        return accepts

    def property_names(self, schema: Schema) -> Accepts:
        names = self.build(schema["propertyNames"])
        return lambda value: not isinstance(value, dict) or all(map(names, value))

    def items(self, schema: Schema) -> Accepts:
        items = self.build(schema["items"])
        return lambda value: not isinstance(value, list) or all(map(items, value))

    def enum(self, schema: Schema) -> Accepts:
        words = frozenset(schema["enum"])
        if not all(isinstance(word, str) for word in words):
            raise ValueError("an enum of anything but texts")
        return lambda value: not isinstance(value, str) or value in words

    def const(self, schema: Schema) -> Accepts:
        wanted = schema["const"]
        return lambda value: type(value) is type(wanted) and value == wanted

    def pattern(self, schema: Schema) -> Accepts:
        pattern = schema["pattern"]
        longest = schema.get("maxLength", _NO_LIMIT)  # beyond it the answer is known, and some patterns are slow
        return lambda value: not isinstance(value, str) or (len(value) <= longest and bool(_search(pattern)(value)))


def _text(schema: Schema) -> Accepts:
    """The same for a schema of strings, as most are: one function for all its keywords."""
    low, high, pattern = schema.get("minLength", 0), schema.get("maxLength", _NO_LIMIT), schema.get("pattern")
    if pattern is None:
        return lambda value: isinstance(value, str) and low <= len(value) <= high
    return lambda value: isinstance(value, str) and low <= len(value) <= high and bool(_search(pattern)(value))


@cache
def _search(pattern: str) -> Callable[[str], object]:
    """`re.search` for a pattern, compiled on demand: most never are."""
    return re.compile(pattern).search


def _bound(
    of: type | tuple[type, ...], measure: Callable[[Any], Any], holds: Callable[[Any, Any], bool], keyword: str
) -> Any:
    """The builder for a keyword that limits a length or a number."""

    def build(_: _Builder, schema: Schema) -> Accepts:
        limit = schema[keyword]
        return lambda value: not isinstance(value, of) or isinstance(value, bool) or holds(measure(value), limit)

    return build


def _itself(value: Any) -> Any:
    return value


_BOUNDS = (
    ("minLength", str, len, ge),
    ("maxLength", str, len, le),
    ("minItems", list, len, ge),
    ("maxItems", list, len, le),
    ("minProperties", dict, len, ge),
    ("maxProperties", dict, len, le),
    ("minimum", (int, float), _itself, ge),
    ("maximum", (int, float), _itself, le),
)
_KEYWORDS: Mapping[str, Callable[[_Builder, Schema], Accepts]] = {
    "$ref": _Builder.reference,
    "anyOf": _Builder.any_of,
    "type": _Builder.type,
    "properties": _Builder.properties,
    "additionalProperties": _Builder.properties,
    "required": _Builder.properties,
    "propertyNames": _Builder.property_names,
    "items": _Builder.items,
    "enum": _Builder.enum,
    "const": _Builder.const,
    "pattern": _Builder.pattern,
    **{keyword: _bound(of, measure, holds, keyword) for keyword, of, measure, holds in _BOUNDS},
}
