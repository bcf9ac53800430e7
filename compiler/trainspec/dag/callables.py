"""What a class that a spec names takes: from the providers' tables, and from the project's own sources.

Nothing is loaded until a spec has a task or a callback with arguments.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trainspec.dag import times
from trainspec.dag.airflow import Airflow
from trainspec.dag.expressions import Expression, Import, Name, by_path, check_path

if TYPE_CHECKING:
    from trainspec.airflow_api.model import Argument, Signature
    from trainspec.airflow_api.own import OwnOperators


def signature_of(imported: Import, airflow: Airflow, own: "OwnOperators | None") -> "Signature | None":
    """What the class takes in that minor of Airflow; None for a class of which nothing is known."""
    from trainspec.airflow_api.operators import find

    name = imported.name or ""
    return find(imported.module, name, airflow.minor) or (own.find(imported.module, name) if own else None)


def signature_of_trigger(imported: Import) -> "Signature | None":
    """What a watcher's trigger takes; None for a class of which nothing is known."""
    from trainspec.airflow_api.operators import find_trigger

    return find_trigger(imported.module, imported.name or "")


def written(given: Mapping[str, Any], signature: "Signature | None", zone: str) -> tuple[tuple[str, Expression], ...]:
    """The arguments as the file has them: a duration as a timedelta, a date as one, a callable as its name."""
    if signature is None:
        return tuple(given.items())
    return tuple((name, _written(value, signature.arguments.get(name), zone)) for name, value in given.items())


def _written(value: Any, argument: "Argument | None", zone: str) -> Expression:
    meant = argument and meaning(value, argument.kinds)
    if meant and wrong_form(value, meant):
        meant = None  # reported, and silenced by the author
    match meant:
        case "duration":
            return times.duration(value)
        case "date":
            return times.date(value, zone)
        case "callable":
            return Name(by_path(value))
    expression: Expression = value
    return expression


def meaning(value: Any, kinds: tuple[str, ...]) -> str | None:
    """Which of `duration`, `date` and `callable` a value is written as; None for one that is written as it is."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return "duration" if "duration" in kinds and not {"integer", "number"} & {*kinds} else None
    if not isinstance(value, str) or "string" in kinds:
        return None
    return next((kind for kind in ("callable", "duration", "date") if kind in kinds), None)


def wrong_form(value: Any, meant: str) -> str | None:
    """What to do if a value is not what it is meant to be; None if it is."""
    match meant:
        case "callable":
            return check_path(value) and "the DAG file imports the function by this path; the compiler does not"
        case "date":
            return times.check_date(value)
        case "duration":
            if isinstance(value, str) and not times.is_duration(value):
                return "write `90`, `30m`, `1h30m` or `5d`"
            return times.check_duration(value)
    return None
