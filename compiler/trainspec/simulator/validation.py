"""The API's validation errors in AWS's own words.

The form is that of
https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html: `1 validation error detected: Value 'x' at
'trainingJobName' failed to satisfy constraint: Member must …`, several of them joined by "; ".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from trainspec.request.api.check import Violation, check_request, member_schema
from trainspec.request.api.model import TRAINING, model
from trainspec.schema.walk import resolved
from trainspec.simulator.errors import ApiError, validation_error

# constraint, or JSON Schema's keyword for it → what AWS says
_WORDS = {
    "required": "Member must not be null",
    "enum": "Member must satisfy enum value set: [{}]",
    "pattern": "Member must satisfy regular expression pattern: {}",
    "min_length": "Member must have length greater than or equal to {}",
    "max_length": "Member must have length less than or equal to {}",
    "minimum": "Member must have value greater than or equal to {}",
    "maximum": "Member must have value less than or equal to {}",
}
_SAME_WORDS = {
    "min_items": "min_length",
    "min_entries": "min_length",
    "max_items": "max_length",
    "max_entries": "max_length",
}
_KEYWORDS = {"maxLength": "max_length", "minLength": "min_length", "x-aws-pattern": "pattern"}


def checked_request(params: Mapping[str, Any], operation: str = TRAINING) -> dict[str, Any]:
    """Return the request of the operation without its nulls, or raise the ApiError that AWS answers.

    Unknown members, which AWS ignores, are rejected here: they are always a mistake.
    """
    try:
        request: dict[str, Any] = _without_nulls(params)
    except RecursionError:
        raise ApiError("SerializationException", "The body is nested too deeply.") from None
    violations = check_request(request, operation)
    for violation in violations:
        if violation.constraint == "type":
            raise ApiError("SerializationException", _type_message(violation))
        if violation.constraint == "unknown":
            raise ApiError("SerializationException", f"Unknown member {violation.limit!r} of {violation.shape}")
    if violations:
        raise validation_failure([_complaint(violation, request, operation) for violation in violations])
    return request


def validation_failure(complaints: Sequence[str]) -> ApiError:
    """Make the error that lists one or several `complaints`, each of them once."""
    distinct = list(dict.fromkeys(complaints))
    return validation_error(
        f"{len(distinct)} validation error{'s' * (len(distinct) > 1)} detected: {'; '.join(distinct)}"
    )


def complaint(value: Any, path: str, constraint: str, limit: Any = None) -> str:
    """Report what is wrong with `value` at `path` (lowerCamel, with dots)."""
    return f"Value {_shown(value)} at '{path}' failed to satisfy constraint: {_words(constraint, limit)}"


def _complaint(violation: Violation, request: Mapping[str, Any], operation: str) -> str:
    path, value, constraint = violation.path, violation.value, violation.constraint
    match constraint:
        case "required":
            return complaint(None, member_path((*path, violation.limit)), constraint)
        case "output_only":
            return f"Value {_shown(value)} at '{member_path(path)}' failed to satisfy constraint: Member is output only"
        case "key_pattern" | "key_length":
            names = (member_schema(path[:-1], operation) or {})["propertyNames"]
            words = f"Map keys must satisfy constraint: [{_all_words(operation, names)}]"
        case _:
            # Of a plain value in a list or a map AWS names the whole, and all that its elements must satisfy.
            parent = member_schema(path[:-1], operation) or {}
            if "properties" in parent or constraint not in ("enum", "pattern", "min_length", "max_length"):
                return complaint(value, member_path(path), constraint, violation.limit)
            kind = "Map value" if parent["type"] == "object" else "Member"
            words = f"{kind} must satisfy constraint: [{_all_words(operation, member_schema(path, operation) or {})}]"
    return (
        f"Value {_shown(_at(request, path[:-1]))} at '{member_path(path[:-1])}' failed to satisfy constraint: {words}"
    )


def member_path(path: Sequence[str | int]) -> str:
    """Write a path as AWS does: lowerCamel, `.1.member` for the first element of a list."""
    steps = [f"{step + 1}.member" if isinstance(step, int) else step[:1].lower() + step[1:] for step in path]
    return ".".join(steps)


def _words(constraint: str, limit: Any) -> str:
    shown = ", ".join(limit) if isinstance(limit, list) else limit
    return _WORDS[_SAME_WORDS.get(constraint, constraint)].format(shown)


def _all_words(operation: str, schema: Mapping[str, Any]) -> str:
    """Say all that a shape demands of a string."""
    schema = resolved(schema, model(operation)["$defs"])
    if "enum" in schema:
        return _words("enum", schema["enum"])
    return ", ".join(_words(word, schema[keyword]) for keyword, word in _KEYWORDS.items() if keyword in schema)


def _shown(value: Any) -> str:
    return "null" if value is None else f"'{_plain(value)}'"


def _plain(value: Any) -> str:
    """Write a value as Java's `toString` does."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_plain(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _at(document: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        document = document[step]
    return document


def _type_message(violation: Violation) -> str:
    match violation.value:
        case dict():
            return "Start of structure or map found where not expected."
        case list():
            return "Start of list found where not expected."
        case bool():
            token = f"{str(violation.value).upper()}_VALUE"
        case str():
            token = "STRING_VALUE"  # noqa: S105
        case float():
            token = "DECIMAL_VALUE"  # noqa: S105
        case _:
            token = "NUMBER_VALUE"  # noqa: S105
    kinds = {"integer": "an Integer", "string": "a String", "boolean": "a Boolean", "array": "a List"}
    return f"{token} can not be converted to {kinds.get(violation.limit, 'a Structure or Map')}"


def _without_nulls(value: Any) -> Any:
    """Drop members that are null: to AWS they are absent."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value
