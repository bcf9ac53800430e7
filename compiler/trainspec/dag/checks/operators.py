"""The operators of tasks, and the notifiers of callbacks: whether the class exists, and what it takes."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.dag.airflow import MINORS, Airflow
from trainspec.dag.callables import meaning, signature_of, wrong_form
from trainspec.dag.called import called
from trainspec.dag.expressions import Import, by_path, check_path
from trainspec.dag.times import is_duration
from trainspec.diagnostics import codes, did_you_mean, the_one
from trainspec.options import Options
from trainspec.templates import has_template
from trainspec.text.fault import Fault
from trainspec.text.tree import Path
from trainspec.units import seconds

if TYPE_CHECKING:
    from trainspec.airflow_api.model import Signature
    from trainspec.language.data import CalledBackData, SpecData

_SAID_ELSEWHERE = frozenset(("task_id", "doc_md", "dag", "task_group", "depends_on"))
"""Arguments that no operator gets here: `trainspec.dag.checks.other_tasks` says where they belong."""


def check_operators(data: "SpecData", options: Options) -> Iterator[Fault]:
    """What is wrong with the operators of `tasks` and the notifiers of callbacks in the validated `data` of a spec."""
    airflow = MINORS[options.airflow]
    for name, task in (data.get("tasks") or {}).items():
        operator = task.get("operator")
        if isinstance(operator, str) and check_path(operator) is None:
            at: Path = ("tasks", name)
            given = task.get("arguments") or {}
            yield from _called(airflow.operator(operator), operator, given, at, "operator", airflow, options)
    for at, notifier in _notifiers(data):
        path = notifier.get("path")
        if isinstance(path, str) and check_path(path) is None:
            yield from _called(by_path(path), path, notifier.get("arguments") or {}, at, "path", airflow, options)


def callables(data: "SpecData", options: Options) -> Iterator[tuple[Path, str]]:
    """The dotted paths that tasks pass to their operators as callables, each with its place."""
    airflow = MINORS[options.airflow]
    for name, task in (data.get("tasks") or {}).items():
        given = task.get("arguments") or {}
        operator = task.get("operator")
        imported = airflow.operator(operator) if operator is not None and given else None
        signature = signature_of(imported, airflow, options.own_operators) if imported else None
        for argument, value in given.items() if signature else ():
            known = signature.arguments.get(argument) if signature else None
            if known and meaning(value, known.kinds) == "callable":
                yield ("tasks", name, "arguments", argument), value


def _notifiers(data: "SpecData") -> Iterator[tuple[Path, "CalledBackData"]]:
    """The callbacks that are calls: a map with a `path` and, mostly, `arguments`."""
    return ((path, value) for path, value in called(data) if isinstance(value, Mapping))


def _called(
    imported: Import, path: str, given: Mapping[str, Any], at: Path, field: str, airflow: Airflow, options: Options
) -> Iterator[Fault]:
    """What is wrong with the call of a class that the field `field` below `at` names, as `path`."""
    from trainspec.airflow_api.operators import since

    if wanted := since(imported.module, airflow.minor):
        message = f"{airflow.name} has no {imported.name}: it is new in Airflow {wanted}"
        yield Fault(codes.NOT_IN_AIRFLOW, (*at, field), message)
    signature = signature_of(imported, airflow, options.own_operators)
    if signature is None:
        from trainspec.dag.checks.no_such_class import no_such_class

        yield from no_such_class(imported, path, (*at, field), airflow, options.own_operators)
        return
    from trainspec.airflow_api.operators import common_arguments

    yield from check_arguments(imported, signature, common_arguments(signature, airflow.minor), given, at)


def check_arguments(
    imported: Import, signature: "Signature", common: frozenset[str], given: Mapping[str, Any], at: Path
) -> Iterator[Fault]:
    """What is wrong with the `arguments` below `at` of a class that takes its own and those in `common`."""
    from trainspec.airflow_api.operators import GONE

    meant = set[str]()
    for name, value in given.items():
        here = (*at, "arguments", name)
        argument = signature.arguments.get(name)
        if argument is not None:
            yield from _value(value, argument.kinds, here, imported, is_rendered=_is_rendered(signature.renders, name))
        elif name not in common and name not in _SAID_ELSEWHERE and not signature.open:
            known = [each for each in (*signature.arguments, *sorted(common)) if each not in given]
            advice = GONE.get(name) or did_you_mean(name, known) or _takes(signature.arguments)
            fix = None if name in GONE else the_one(name, known)
            message = f"{imported.name} has no argument `{name}`"
            yield Fault(codes.UNKNOWN_ARGUMENT, here, message, advice, on_key=True, fix=fix)
            meant |= {each for each in signature.arguments if advice and f"`{each}`" in advice}
    for name, argument in signature.arguments.items():
        if argument.required and name not in given and name not in meant:
            message = f"{imported.name} requires the argument `{name}`"
            yield Fault(codes.MISSING_ARGUMENT, at, message, f"add `{name}` to its `arguments`", on_key=True)


def _is_rendered(renders: tuple[str, ...] | None, name: str) -> bool | None:
    return None if renders is None else name in renders


def _takes(arguments: Mapping[str, Any]) -> str | None:
    return f"its arguments are {', '.join(f'`{name}`' for name in arguments)}" if 0 < len(arguments) < 12 else None


# ------------------------------------------------------------------ the kinds of values

_WORDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "map": "a map",
    "list": "a list",
    "duration": "a duration such as 30m",
    "date": "a date such as 2025-04-01",
    "callable": "the dotted path of a function, such as my_team.features.build",
}


def _value(
    value: Any, kinds: tuple[str, ...], at: Path, imported: Import, *, is_rendered: bool | None
) -> Iterator[Fault]:
    """What is wrong with the value of one argument that takes `kinds`."""
    holds_template = _holds_template(value)
    if holds_template and is_rendered is False and "callable" not in kinds:
        message = f"Airflow does not render `{at[-1]}` of {imported.name}: it would receive the template unrendered"
        yield Fault(codes.NOT_RENDERED, at, message, "write the value itself, or use an argument that is rendered")
        return
    if kinds == ("any",) or value is None or (isinstance(value, str) and holds_template and is_rendered is not False):
        return
    meant = meaning(value, kinds)
    why = wrong_form(value, meant) if meant else None
    if why is None and meant is None and not _is_of(value, kinds):
        wanted = " or ".join(_WORDS[kind] for kind in kinds if kind in _WORDS)
        message = f"`{at[-1]}` of {imported.name} must be {wanted}"
        yield Fault(codes.WRONG_ARGUMENT, at, message, _instead(value, kinds))
    elif why:
        yield Fault(
            codes.WRONG_ARGUMENT, at, f"`{at[-1]}` of {imported.name} must be {_WORDS[meant or 'string']}: {why}"
        )


def _is_of(value: Any, kinds: tuple[str, ...]) -> bool:
    if isinstance(value, bool):
        return "boolean" in kinds
    if isinstance(value, int):
        return bool({"integer", "number", "duration"} & {*kinds})
    if isinstance(value, float):
        return "number" in kinds
    if isinstance(value, str):
        return "string" in kinds
    return ("list" if isinstance(value, list) else "map") in kinds


def _instead(value: Any, kinds: tuple[str, ...]) -> str | None:
    """What a value of another kind was meant to be."""
    if isinstance(value, str) and value.lower() in ("true", "false") and "boolean" in kinds:
        return f"write {value.lower()} without quotes"
    if isinstance(value, str) and value.lstrip("-").isdigit() and {"integer", "number"} & {*kinds}:
        return f"write {value} without quotes"
    if isinstance(value, str) and is_duration(value) and {"integer", "number"} & {*kinds}:
        return f"write the number of seconds: {seconds(value)}"
    if "string" in kinds and isinstance(value, bool | int | float):
        return "put it in quotes"
    return "write a list: [...]" if kinds == ("list",) and isinstance(value, str) else None


def _holds_template(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_template, value.values()))
    if isinstance(value, list):
        return any(map(_holds_template, value))
    return isinstance(value, str) and has_template(value)
