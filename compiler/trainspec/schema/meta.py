"""Whether something is a JSON Schema, quickly: jsonschema takes 2 ms for each map of one.

The same keywords as in the metaschema of draft 2020-12, in the part of it that our own validator knows. What this
accepts is a schema; what it does not may still be one, and jsonschema is asked.

https://json-schema.org/draft/2020-12/schema
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from trainspec.schema.validator import acceptor

_SCHEMA = {"$ref": "#/$defs/Schema"}
_TYPE = {"type": "string", "enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}
_COUNT = {"type": "integer", "minimum": 0}

_OF_KEYWORDS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("allOf anyOf oneOf prefixItems", {"type": "array", "minItems": 1, "items": _SCHEMA}),
    ("not if then else contains items propertyNames additionalProperties contentSchema", _SCHEMA),
    ("unevaluatedItems unevaluatedProperties", _SCHEMA),
    ("properties patternProperties dependentSchemas", {"type": "object", "additionalProperties": _SCHEMA}),
    ("type", {"anyOf": [_TYPE, {"type": "array", "minItems": 1, "items": _TYPE}]}),
    ("required", {"type": "array", "items": {"type": "string"}}),
    ("enum examples", {"type": "array"}),
    ("maximum exclusiveMaximum minimum exclusiveMinimum", {"type": "number"}),
    ("multipleOf", {"type": "number", "minimum": 1e-300}),
    ("maxLength minLength maxItems minItems maxProperties minProperties maxContains minContains", _COUNT),
    ("pattern format title description contentEncoding contentMediaType", {"type": "string"}),
    ("uniqueItems deprecated readOnly writeOnly", {"type": "boolean"}),
    ("const default section values_display description_md", {}),
)
"""What must be at which keywords."""


@cache
def is_schema() -> Callable[[Any], bool]:
    """The function that says whether a value is surely a schema. One with any other keyword is not, to it."""
    keywords = {name: wanted for names, wanted in _OF_KEYWORDS for name in names.split()}
    known = {"type": "object", "properties": keywords, "additionalProperties": {"$ref": "#/$defs/Nothing"}}
    nothing = {"type": "string", "pattern": "(?!)"}
    definitions = {"Schema": {"anyOf": [{"type": "boolean"}, known]}, "Nothing": nothing}
    return acceptor({**_SCHEMA, "$defs": definitions})
