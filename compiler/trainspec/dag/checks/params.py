"""Parameters of a run: whether their schemas are such, and whether their defaults are what these allow."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from trainspec.diagnostics import codes
from trainspec.templates.context import SAMPLES, Declared, Sample
from trainspec.templates.values import UNKNOWN
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted

_OF_THE_FORM = ("default", "description", "source")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef", "$schema", "$id")
_PATTERNS = ("pattern", "patternProperties")
_LONGEST_MATCHED = 64
_MOST_REPEATS = 4
_REPEATED_GROUP = re.compile(r"\)[*+{?]|\\[0-9]|\(\?P=")


def declared_params(data: Mapping[str, Any], task: Mapping[str, Any]) -> Declared:
    """The parameters that a task's templates see, with their defaults.

    None where there may be others: a run that somebody triggers with a configuration gets parameters by that alone, so
    a DAG without a schedule need not declare them.
    """
    dag = data.get("dag") or {}
    maps = ((dag.get("default_args") or {}).get("params"), dag.get("params"), task.get("params"))
    declared = {name: param for each in maps if isinstance(each, Mapping) for name, param in each.items()}
    if not declared and dag.get("schedule") is None:
        return None
    values = ((name, _default(param)) for name, param in declared.items())
    return tuple((name, value, type(value).__name__) for name, value in values)


def samples_of(data: Mapping[str, Any], dag_id: str, airflow: str) -> dict[str, list[Sample]]:
    """The imagined runs of each job's task that its templates are rendered for."""
    return {
        name: [sample.of(dag_id, name, airflow, declared_params(data, job)) for sample in SAMPLES]
        for name, job in data.get("jobs", {}).items()
    }


def _default(param: Any) -> Any:
    value = param.get("default") if isinstance(param, Mapping) else param
    return value if isinstance(value, str | int | float) else UNKNOWN


def check_params(params: Mapping[str, Any], path: Path, is_scheduled: bool) -> Iterator[Fault]:
    """Parameters that Airflow would refuse: when it loads the DAG, or when a run gives them nothing."""
    for name, param in params.items():
        at: Path = (*path, name)
        if not isinstance(param, Mapping):
            continue
        schema = {key: value for key, value in param.items() if key not in _OF_THE_FORM}
        if found := next(_wrong_schemas(schema, at), None):
            yield found
        elif "default" in param:
            if why := _refused(param["default"], schema):
                message = f"the default of the parameter `{name}` is not what its own schema allows: {why}"
                yield Fault(codes.BAD_PARAM, (*at, "default"), message)
        elif is_scheduled:
            message = f"the parameter `{name}` has no default, and a DAG with a schedule runs without being given any"
            yield Fault(codes.BAD_PARAM, at, message, "add a `default`, or remove the schedule")


def _wrong_schemas(schema: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """What is no JSON Schema, or would load one from elsewhere."""
    for path, key, value in _keywords(schema, at):
        if key in _REFERENCES:
            yield Fault(codes.BAD_PARAM, path, f"`{dotted(path)}`: a parameter's schema cannot refer to another one")
        elif key in _PATTERNS:
            for pattern in [value] if isinstance(value, str) else value if isinstance(value, Mapping) else ():
                if why := _no_pattern(pattern):
                    message = f"`{dotted(path)}` is not a regular expression: {why}"
                    yield Fault(codes.BAD_PARAM, path, message)
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema):
        path = (*at, *error.absolute_path)
        yield Fault(codes.BAD_PARAM, path, f"`{dotted(path)}` is no JSON Schema: {_short(error.message)}")


def _no_pattern(pattern: str) -> str | None:
    """Why `pattern` is no regular expression; None where it is one."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None


def _keywords(schema: Any, at: Path) -> Iterator[tuple[Path, str, Any]]:
    """Every key of a schema and of what stands in it, with its path and value."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            yield (*at, key), key, value
            if key not in ("enum", "const", "examples", "values_display"):
                yield from _keywords(value, (*at, key))
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from _keywords(value, (*at, index))


def _refused(value: Any, schema: Mapping[str, Any]) -> str | None:
    """Why `schema` does not allow `value`, as Airflow asks jsonschema."""
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.exceptions import best_match

    told = _without_slow_patterns(schema, is_long=_longest_text(value) > _LONGEST_MATCHED)
    error = best_match(Draft202012Validator(told, format_checker=FormatChecker()).iter_errors(value))
    return _short(error.message) if error else None


def _without_slow_patterns(schema: Any, *, is_long: bool) -> Any:
    """The schema without the regular expressions that might run for ever: a spec must not keep the compiler busy."""
    if isinstance(schema, list):
        return [_without_slow_patterns(each, is_long=is_long) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    told = {key: _without_slow_patterns(value, is_long=is_long) for key, value in schema.items()}
    told.pop("patternProperties", None)
    if isinstance(pattern := told.get("pattern"), str) and (is_long or _may_take_long(pattern)):
        del told["pattern"]
    return told


def _may_take_long(pattern: str) -> bool:
    return bool(_REPEATED_GROUP.search(pattern)) or sum(map(pattern.count, "*+{")) > _MOST_REPEATS


def _longest_text(value: Any) -> int:
    if isinstance(value, Mapping):
        return max((max(len(key), _longest_text(below)) for key, below in value.items()), default=0)
    if isinstance(value, list):
        return max(map(_longest_text, value), default=0)
    return len(value) if isinstance(value, str) else 0


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:157]}..."
