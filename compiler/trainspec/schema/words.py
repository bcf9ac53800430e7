"""What a JSON Schema says, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

TYPES: Mapping[str, str] = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "null",
}
"""The types of JSON."""

_RANGES = (
    ("minLength", "maxLength", " characters"),
    ("minimum", "maximum", ""),
    ("minItems", "maxItems", " entries"),
    ("minProperties", "maxProperties", " entries"),
)


def types_in_words(types: Iterable[str]) -> str:
    """`a list or a map`."""
    return " or ".join(dict.fromkeys(TYPES[each] for each in types))


def limits_in_words(schema: Mapping[str, Any]) -> str | None:
    """The limits of a value: `1 to 63 characters`; None if there are none, or the values are listed."""
    if "enum" in schema:
        return None
    for low, high, unit in _RANGES:
        if high in schema:
            if schema.get(low) == schema[high]:
                return f"exactly {schema[high]}{unit}"
            return f"{schema[low]} to {schema[high]}{unit}" if schema.get(low) else f"at most {schema[high]}{unit}"
        if schema.get(low):
            return f"at least {schema[low]}{unit}"
    return None
