"""The value of a scalar: the characters that the author wrote, with the type that their place requires.

YAML's own rules change values: a date becomes a date object, `012345678901` loses its zero, `1e-5` is a string to one
reader and a float to another. Here the characters stay. Only where the place takes no text are they read as what
YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema) says: a number, a boolean, null.
"""

import json
import re
from collections.abc import Callable
from collections.abc import Mapping as Map
from functools import cached_property
from typing import Any

from trainspec.schema.walk import Schema, arms
from trainspec.text.tree import Node, Scalar, Sequence

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_MAX_DIGITS, _MAX_OTHER_DIGITS = 4000, 3500
"""Python does not read longer integers, and does not write them, whatever base they were read in."""

_TYPE_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


class Plain(str):
    """The characters of a scalar without quotes, where the characters themselves are the value."""

    __slots__ = ()


def natural(text: str) -> object:
    """What an unquoted scalar is by YAML 1.2's core schema: None, a bool, an int, a float, or its string."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if len(text) <= _MAX_DIGITS:
        if _INTEGER.fullmatch(text):
            return int(text)
        if len(text) <= _MAX_OTHER_DIGITS and _OTHER_BASE.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "").lower())
    return text


def is_null(node: Node | None) -> bool:
    """Whether a node is an unquoted null, or a key without a value."""
    return isinstance(node, Scalar) and node.plain and node.text in _NULL


def to_data(node: Node, schema: Schema, request_schema: Schema | None = None) -> Any:
    """`node` as plain data, each scalar read as the type that `schema` (a JSON Schema) expects at its place.

    Where `schema` says `x-text`, unquoted scalars come back as `Plain`; where it says `x-request`, `request_schema`
    takes over. A scalar that fits no wanted type comes back as what it naturally is, for the validation to refuse.
    """
    return reader(schema, request_schema)(node)


def reader(schema: Schema, request_schema: Schema | None = None) -> Callable[[Node], Any]:
    """`to_data` for these schemas, to be used for many trees: what it learns of the schemas it keeps."""
    request = _Place((request_schema,), request_schema.get("$defs", {})) if request_schema else None
    whole = _Place((schema,), schema.get("$defs", {}))
    return lambda node: _read(node, whole, request)


def json_text(value: Any) -> str:
    """Compact JSON of data that may contain `Plain` strings: a number keeps the digits that its author wrote."""
    if isinstance(value, Plain):
        if _JSON_NUMBER.fullmatch(value):
            return str(value)
        known = natural(value)
        return json.dumps(known if known is None or isinstance(known, bool) else str(value), ensure_ascii=False)
    if isinstance(value, Map):
        return (
            "{" + ",".join(f"{json.dumps(str(k), ensure_ascii=False)}:{json_text(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class _Place:
    """A place in a document: what its schemas, including the arms of an anyOf, expect there."""

    def __init__(self, schemas: tuple[Schema, ...], definitions: Schema) -> None:
        self._definitions = definitions
        self._arms = tuple(arm for schema in schemas for arm in arms(schema, definitions))
        self._below: dict[str, _Place] = {}
        self.is_text = any(arm.get("x-text") for arm in self._arms)
        self.is_request = any(arm.get("x-request") for arm in self._arms)
        self.wanted = frozenset(name for arm in self._arms for name in _types(arm))

    def below(self, key: str) -> "_Place":
        """The place of a key's value."""
        if key not in self._known:
            return self._others
        found = self._below.get(key)
        if found is None:
            named = tuple(arm["properties"][key] for arm in self._arms if key in arm.get("properties", {}))
            found = self._below[key] = self._inner(named)
        return found

    @cached_property
    def items(self) -> "_Place":
        """The place of a list's items."""
        return self._inner(tuple(arm["items"] for arm in self._arms if "items" in arm))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(key for arm in self._arms for key in arm.get("properties", ()))

    @cached_property
    def _others(self) -> "_Place":
        extra = (arm.get("additionalProperties") for arm in self._arms)
        return self._inner(tuple(schema for schema in extra if isinstance(schema, dict)))

    def _inner(self, schemas: tuple[Schema, ...]) -> "_Place":
        """A place below this one: below one that expects the author's characters, all do unless a schema says more."""
        return _Place(schemas or (({"x-text": True},) if self.is_text else ()), self._definitions)


def _read(node: Node, place: _Place, request: _Place | None) -> Any:
    """`node` as data; `request` is the place that takes over at raw members."""
    if isinstance(node, Scalar):
        return _read_scalar(node, place)
    if isinstance(node, Sequence):
        return [_read(item, place.items, request) for item in node.items]
    if request is not None and place.is_request:
        place, request = request, None
    return {entry.key.text: _read(entry.value, place.below(entry.key.text), request) for entry in node.entries}


def _read_scalar(node: Scalar, place: _Place) -> object:
    if not node.plain:
        return node.text
    if place.is_text:
        return None if node.text in _NULL else Plain(node.text)
    value = natural(node.text)
    if not place.wanted and type(value) is int and _LEADING_ZERO.match(node.text):
        return node.text  # where anything is allowed: an account's id would lose a digit
    fits = _type_name(value) in place.wanted or (type(value) is int and "number" in place.wanted)
    return node.text if value is not None and not fits and "string" in place.wanted else value


def _types(arm: Schema) -> tuple[str, ...]:
    if "type" in arm:
        types = arm["type"]
        return (types,) if isinstance(types, str) else tuple(types)
    values = arm.get("enum", [arm["const"]] if "const" in arm else [])
    return tuple(_type_name(value) for value in values)


def _type_name(value: object) -> str:
    return _TYPE_NAMES[type(value)]
