"""Parameters of a run: whether their schemas are JSON Schemas, and whether their defaults match them."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.dag.sections import sections
from trainspec.diagnostics import codes
from trainspec.diagnostics.words import shorten
from trainspec.safety.unwarned import expression
from trainspec.templates.context import SAMPLES, Declared, Sample
from trainspec.templates.values import UNKNOWN
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.language.data import OtherTaskData, ParamData, SpecData

_OF_THE_FORM = ("default", "description", "source")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef", "$schema", "$id")
_PATTERNS = ("pattern", "patternProperties")


def declared_params(data: "SpecData", task: "OtherTaskData") -> Declared:
    """The parameters that a task's templates see, with their defaults.

    None if there may be others: a run that somebody triggers with a configuration gets parameters by that alone, so
    a DAG without a schedule need not declare them.
    """
    declared = _declared(data, task)
    if not declared and (data.get("dag") or {}).get("schedule") is None:
        return None
    values = ((name, _default(param)) for name, param in declared.items())
    return tuple((name, value, type(value).__name__) for name, value in values)


def allowed_values(data: "SpecData", task: "OtherTaskData") -> Mapping[str, tuple[Any, ...]]:
    """The values that a run may give each parameter; none if it may give any."""
    return {name: tuple(_allowed(param)) for name, param in _declared(data, task).items()}


def _declared(data: "SpecData", task: "OtherTaskData") -> "Mapping[str, Any | ParamData]":
    """A later one replaces an earlier one completely, including its schema: `_convert_params` of Airflow's `DAG`."""
    dag = data.get("dag") or {}
    maps = (dag.get("params"), (dag.get("default_args") or {}).get("params"), task.get("params"))
    return {name: param for each in maps if isinstance(each, Mapping) for name, param in each.items()}


def _allowed(param: Any) -> list[Any]:
    """The values that the schema of a parameter lists. Airflow checks the configuration of a run against it."""
    schema = param if isinstance(param, Mapping) else {}
    listed = [schema["const"]] if "const" in schema else schema.get("enum")
    if listed is None and schema.get("type") == "boolean":
        return [False, True]
    return listed if isinstance(listed, list) and all(isinstance(each, str | int | float) for each in listed) else []


def samples_of(data: "SpecData", dag_id: str, airflow: str, section: str = "jobs") -> dict[str, list[Sample]]:
    """The imagined runs of each task of a section that its templates are rendered for."""
    return {
        name: [sample.of(dag_id, name, airflow, declared_params(data, task)) for sample in SAMPLES]
        for name, task in dict(sections(data))[section].items()
    }


def _default(param: Any) -> Any:
    value = param.get("default") if isinstance(param, Mapping) else param
    return value if isinstance(value, str | int | float) else UNKNOWN


def check_params(params: Mapping[str, Any], path: Path, is_scheduled: bool) -> Iterator[Fault]:
    """Parameters that Airflow would reject: when it loads the DAG, or when a run passes no value."""
    for name, param in params.items():
        at: Path = (*path, name)
        if not isinstance(param, Mapping):
            continue
        schema = {key: value for key, value in param.items() if key not in _OF_THE_FORM}
        if found := next(_wrong_schemas(schema, at), None):
            yield found
        elif "default" in param:
            yield from _wrong_default(name, param["default"], schema, (*at, "default"))
        elif is_scheduled:
            message = f"the parameter `{name}` has no default, but scheduled runs are not given any parameters"
            yield Fault(codes.BAD_PARAM, at, message, "add a `default`, or remove the schedule")


def _wrong_default(name: str, default: Any, schema: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """A default that does not match its schema, or that takes too long to match, which Airflow does at each parse."""
    from trainspec.schema.bounded import SlowPatternError, refusal

    try:
        why = refusal(default, schema)
    except SlowPatternError as slow:
        message = f"matching the default of the parameter `{name}` takes too long: `{shorten(slow.pattern)}`"
        advice = "rewrite the expression without nested repetitions or overlapping alternatives"
        yield Fault(codes.SLOW_PATTERN, (*at[:-1], "pattern"), message, advice)
        return
    if why:
        message = f"the default of the parameter `{name}` does not match its own schema: {shorten(why)}"
        yield Fault(codes.BAD_PARAM, at, message)


def _wrong_schemas(schema: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Schemas that are not JSON Schemas, or that refer to another schema."""
    from trainspec.schema.bounded import MAX_DEPTH, depth, faults

    if depth(schema) > MAX_DEPTH:
        yield Fault(codes.BAD_PARAM, at, f"`{dotted(at)}`: the schema has more than {MAX_DEPTH} levels")
        return
    for path, key, value in _keywords(schema, at):
        if key in _REFERENCES:
            yield Fault(codes.BAD_PARAM, path, f"`{dotted(path)}`: a parameter's schema cannot refer to another schema")
        elif key in _PATTERNS:
            for pattern in [value] if isinstance(value, str) else value if isinstance(value, Mapping) else ():
                if why := _no_pattern(pattern):
                    message = f"`{dotted(path)}` is not a regular expression: {why}"
                    yield Fault(codes.BAD_PARAM, path, message)
    for place, why in faults(schema):
        path = (*at, *place)
        yield Fault(codes.BAD_PARAM, path, f"`{dotted(path)}` is not a JSON Schema: {shorten(why)}")


def _no_pattern(pattern: str) -> str | None:
    """Why `pattern` is not a regular expression; None if it is one."""
    try:
        expression(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None


def _keywords(schema: Any, at: Path) -> Iterator[tuple[Path, str, Any]]:
    """Every key of a schema and of the schemas in it, with its path and value."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            yield (*at, key), key, value
            if key not in ("enum", "const", "examples", "values_display"):
                yield from _keywords(value, (*at, key))
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from _keywords(value, (*at, index))
