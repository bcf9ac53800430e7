"""Whether the API's model accepts a request: its types, members, values, limits and patterns.

What only the documentation states is checked by rules.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

from trainspec.request.api.model import TRAINING, model
from trainspec.safety.budget import spend
from trainspec.schema import in_order
from trainspec.schema.validator import Accepts, acceptor
from trainspec.schema.walk import name_of

Constraint: TypeAlias = Literal[
    "required", "unknown", "output_only", "type", "enum", "pattern", "min_length", "max_length", "minimum", "maximum",
    "min_items", "max_items", "min_entries", "max_entries", "key_pattern", "key_length",
]  # fmt: skip
Path: TypeAlias = tuple[str | int, ...]

# keyword of JSON Schema → (constraint on a value, constraint on a map's key)
_CONSTRAINTS: dict[str, tuple[Constraint, Constraint]] = {
    "required": ("required", "required"),
    "unknown": ("unknown", "unknown"),
    "x-output-only": ("output_only", "output_only"),
    "type": ("type", "type"),
    "enum": ("enum", "enum"),
    "pattern": ("pattern", "key_pattern"),
    "minLength": ("min_length", "key_length"),
    "maxLength": ("max_length", "key_length"),
    "minimum": ("minimum", "minimum"),
    "maximum": ("maximum", "maximum"),
    "minItems": ("min_items", "min_items"),
    "maxItems": ("max_items", "max_items"),
    "minProperties": ("min_entries", "min_entries"),
    "maxProperties": ("max_entries", "max_entries"),
}

_STEPS_OF_VIOLATION = 150

# A string over its maximum length is not matched with a pattern from here on: some patterns take quadratic time.
_LONGEST_MATCHED = 4096


class Violation(NamedTuple):
    """One part of a request that the API's model rejects.

    `path` leads there from the top of the request (AWS's spelling, list indexes): to the unknown or wrong member, to
    the entry for a map's key, to the structure for a member that is missing. `limit` is what was broken: the member's
    name (required, unknown, output_only), the values (enum), AWS's own pattern, JSON Schema's name of the type, or
    the limit. `shape` is AWS's name of the shape at `path`; for an unknown member, of the structure that contains it.
    """

    path: Path
    constraint: Constraint
    value: Any
    limit: Any
    shape: str
    suggestion: str | None = None


def check_request(request: Mapping[str, Any], operation: str = TRAINING) -> list[Violation]:
    """Everything in `request` that the operation's model rejects, in the order of the request; empty if it is valid.

    `request` is plain data as `json.loads` returns it: `True` and `1.0` are not integers, and a tuple is not a list.
    """
    document = dict(request)
    return [] if _accepts(operation)(document) else violations(document, operation)


def violations(document: dict[str, Any], operation: str = TRAINING) -> list[Violation]:
    """What `check_request` says of a request that may be refused."""
    found = []
    for error in _validator(operation).iter_errors(document):
        spend(_STEPS_OF_VIOLATION)
        found.append(_violation(error, document, operation))
    return sorted(found, key=lambda violation: _place(violation.path, document))


@cache
def _accepts(operation: str) -> Accepts:
    return acceptor(model(operation))


def accepts_at(path: Sequence[str | int], value: Any, operation: str = TRAINING) -> bool:
    """Whether the API's model accepts a value as the member at `path`, whatever the rest of the request."""
    return _accepts_at(tuple(path), operation)(value)


@lru_cache(maxsize=4096)
def _accepts_at(path: Path, operation: str) -> Accepts:
    schema = member_schema(path, operation)
    return acceptor({**schema, "$defs": model(operation)["$defs"]}) if schema else lambda value: False


@cache
def _accepts_shape(shape: str, operation: str) -> Accepts:
    definitions = model(operation)["$defs"]
    return acceptor({**definitions[shape], "$defs": definitions})


def member_schema(path: Sequence[str | int], operation: str = TRAINING) -> dict[str, Any] | None:
    """Look up the schema of the member at `path`, or None if the API has no such member.

    A list's elements are at an index or "*", a map's values at any key or "*". References are resolved, one level
    deep; keywords of the member itself (`description`, `x-output-only`) are merged in.
    """
    found = _resolve(tuple(path), operation)
    if found is None:
        return None
    shape, own = found
    return {**model(operation)["$defs"][shape], **{key: own[key] for key in own if key != "$ref"}}


def shape_name(path: Sequence[str | int], operation: str = TRAINING) -> str | None:
    """AWS's name of the shape at `path` (as for `member_schema`), or None if the API has no such member."""
    found = _resolve(tuple(path), operation)
    return found[0] if found else None


@lru_cache(maxsize=4096)  # the requests of a run have the same members
def _resolve(path: Path, operation: str) -> tuple[str, Mapping[str, Any]] | None:
    """Find the shape at `path`, and the schema entry that refers to it."""
    schema = model(operation)
    own: Any = {"$ref": schema["$ref"]}
    for step in path:
        definition = schema["$defs"][str(name_of(own))]
        if "properties" in definition:
            own = definition["properties"].get(step)
        elif "items" in definition:
            own = definition["items"] if step == "*" or isinstance(step, int) else None
        else:
            own = definition.get("additionalProperties")
        if not own:
            return None
    return str(name_of(own)), own


def _violation(error: Any, document: Mapping[str, Any], operation: str) -> Violation:
    keyword = error.validator
    is_key = "propertyNames" in error.absolute_schema_path
    path: Path = tuple(error.absolute_path)
    limit, suggestion, shape = error.validator_value, None, shape_name(path, operation)
    match keyword:
        case "required" | "unknown" | "x-output-only":
            limit = error.message
        case "enum":
            suggestion = _near(error.instance, limit)
        case "pattern":
            limit = error.schema["x-aws-pattern"]
    if keyword == "unknown":
        suggestion, shape = _near(error.message, error.schema["properties"]), shape_name(path[:-1], operation)
    if is_key:
        path = (*path, error.instance)
    return Violation(path, _CONSTRAINTS[keyword][is_key], error.instance, limit, shape or "", suggestion)


def _near(word: str, candidates: Sequence[str]) -> str | None:
    """Guess the candidate that `word` was most likely meant to be, whatever its capitals."""
    from difflib import get_close_matches

    folded = {candidate.lower(): candidate for candidate in candidates}
    near = get_close_matches(word.lower(), folded, n=1, cutoff=0.7)
    return folded[near[0]] if near else None


def _place(path: Path, document: Any) -> tuple[int, ...]:
    """Where `path` is in `document`: the position of each step among its siblings."""
    place: list[int] = []
    for step in path:
        if isinstance(document, dict):
            place.append(list(document).index(step))
        else:
            place.append(int(step))
        document = document[step]
    return tuple(place)


@cache
def _validator(operation: str) -> Any:
    """Jsonschema's validator (a slow import: only if a request is checked), stricter where AWS is."""
    from jsonschema import Draft202012Validator, ValidationError, validators

    extend: Any = validators.extend
    standard: Mapping[str, Callable[..., Iterator[ValidationError]]] = Draft202012Validator.VALIDATORS

    def ref(validator: Any, reference: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
        """Descend only into what the quick check rejects: of 500 channels, the wrong one."""
        if not accepts_reference(schema)(instance):
            yield from standard["$ref"](validator, reference, instance, schema)

    def accepts_reference(schema: Any) -> Accepts:
        name = name_of(schema)
        return _accepts_shape(str(name), operation) if name else lambda instance: False

    def items(validator: Any, item: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        is_accepted = accepts_reference(item)
        for index, each in enumerate(instance if isinstance(instance, list) else ()):
            if not is_accepted(each):
                yield from validator.descend(each, item, path=index)

    def properties(validator: Any, members: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if not isinstance(instance, dict):
            return
        for name in instance:
            if members.get(name, {}).get("x-output-only"):
                yield _at(ValidationError(name, validator="x-output-only", instance=instance[name]), name)
            elif name in members:
                yield from validator.descend(instance[name], members[name], path=name, schema_path=name)

    def additional_properties(validator: Any, extra: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(extra, dict) and "properties" not in schema and isinstance(instance, dict):
            is_accepted = accepts_reference(extra)
            for name, each in instance.items():
                if not is_accepted(each):
                    yield from validator.descend(each, extra, path=name)
        elif extra is not False:
            yield from in_order.additional_properties(validator, extra, instance, schema)
        elif isinstance(instance, dict):
            for name in instance:
                if name not in schema["properties"]:
                    yield _at(ValidationError(str(name), validator="unknown", instance=instance[name]), name)

    def required(validator: Any, names: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, dict):
            yield from (ValidationError(name) for name in names if name not in instance)

    def enum(validator: Any, values: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, str):
            yield from standard["enum"](validator, values, instance, schema)

    def pattern(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        limit = schema.get("maxLength")
        if limit is None or not isinstance(instance, str) or len(instance) <= max(limit, _LONGEST_MATCHED):
            yield from standard["pattern"](validator, value, instance, schema)

    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    keywords = {
        "$ref": ref,
        "items": items,
        "properties": properties,
        "additionalProperties": additional_properties,
        "required": required,
        "enum": enum,
        "pattern": pattern,
    }
    return extend(Draft202012Validator, keywords, type_checker=types)(model(operation))


def _at(error: Any, name: str) -> Any:
    error.path.appendleft(name)
    return error
