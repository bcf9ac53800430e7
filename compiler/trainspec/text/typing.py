"""What a scalar means: the text that the author wrote, with the type of the place where it stands.

YAML's own guesses change values: a date becomes a date object, `012345678901` loses its zero, `1e-5` is a string to one
reader and a float to another. Here the characters stay. Only where the place takes no text are they read as what
YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema) says: a number, a boolean, null.
"""

import json
import re
from collections.abc import Mapping as Map
from typing import Any

from trainspec.text.tree import Mapping, Node, Scalar, Sequence

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_MAX_DIGITS = 4000
"""Python refuses to read longer integers; a text of that length is no number that anybody means."""

Schema = Map[str, Any]


class Plain(str):
    """The characters of a scalar without quotes, at a place where the characters themselves are the value."""

    __slots__ = ()


def natural(text: str) -> object:
    """What an unquoted scalar is by YAML 1.2's core schema: None, a bool, an int, a float, or its text."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if len(text) <= _MAX_DIGITS:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _OTHER_BASE.fullmatch(text):
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
    """`node` as plain data, each scalar read as the type that `schema` (a JSON Schema) wants at its place.

    Where `schema` says `x-text`, unquoted scalars come back as `Plain`; where it says `x-request`, `request_schema`
    takes over. A scalar that fits no wanted type comes back as what it naturally is, for the validation to refuse.
    """
    return _Typing(schema, request_schema).read(node, (schema,))


def json_text(value: Any) -> str:
    """Compact JSON of data that may hold `Plain` text: a number keeps the digits that its author wrote."""
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


class _Typing:
    """One walk down a tree and the schema beside it. `places` are the schemas that may apply: the arms of an anyOf."""

    def __init__(self, root: Schema, request_schema: Schema | None = None) -> None:
        self.definitions = root.get("$defs", {})
        self.request_schema = request_schema

    def read(self, node: Node, places: tuple[Schema, ...]) -> Any:
        arms = tuple(self._arms(places))
        if self.request_schema and isinstance(node, Mapping) and any(arm.get("x-request") for arm in arms):
            return to_data(node, self.request_schema)
        if isinstance(node, Scalar):
            return _read_scalar(node, arms)
        if isinstance(node, Sequence):
            below = tuple(arm["items"] for arm in arms if "items" in arm)
            return [self.read(item, below or _as_text(arms)) for item in node.items]
        return {entry.key.text: self.read(entry.value, self._below(entry.key.text, arms)) for entry in node.entries}

    def _arms(self, places: tuple[Schema, ...]) -> Any:
        for place in places:
            if "$ref" in place:
                yield from self._arms((self.definitions[place["$ref"].rsplit("/", 1)[-1]],))
            if "anyOf" in place:
                yield from self._arms(tuple(place["anyOf"]))
            if "$ref" not in place and "anyOf" not in place:
                yield place

    @staticmethod
    def _below(key: str, arms: tuple[Schema, ...]) -> tuple[Schema, ...]:
        named = tuple(arm["properties"][key] for arm in arms if key in arm.get("properties", {}))
        others = tuple(arm["additionalProperties"] for arm in arms if isinstance(arm.get("additionalProperties"), dict))
        return named or others or _as_text(arms)


def _as_text(arms: tuple[Schema, ...]) -> tuple[Schema, ...]:
    """Below a place that wants the author's characters, all places do."""
    return ({"x-text": True},) if any(arm.get("x-text") for arm in arms) else ()


def _read_scalar(node: Scalar, arms: tuple[Schema, ...]) -> object:
    if not node.plain:
        return node.text
    if any(arm.get("x-text") for arm in arms):
        return None if node.text in _NULL else Plain(node.text)
    value = natural(node.text)
    wanted = {name for arm in arms for name in _types(arm)}
    fits = _type_name(value) in wanted or (type(value) is int and "number" in wanted)
    return node.text if value is not None and not fits and "string" in wanted else value


def _types(arm: Schema) -> tuple[str, ...]:
    if "type" in arm:
        types = arm["type"]
        return (types,) if isinstance(types, str) else tuple(types)
    values = arm.get("enum", [arm["const"]] if "const" in arm else [])
    return tuple(_type_name(value) for value in values)


def _type_name(value: object) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    return names[type(value)]
