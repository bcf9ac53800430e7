"""Looks up which operators, sensors and notifiers exist, and what each takes, in the tables of the providers."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from trainspec.airflow_api.model import Argument, Signature
from trainspec.airflow_api.table import FOLDER, having, is_older, operators_file

AIRFLOW_2: Final = "airflow-2"
"""The table of Airflow 2's own operators."""

TRIGGERS: Final = "triggers"
"""The table of the triggers of all providers, for the watchers of assets."""

_PROVIDERS: Final = "airflow.providers."
_CORE: Final = ("airflow.operators.", "airflow.sensors.", "airflow.contrib.")
"""The packages that Airflow 3 has no operators in: these have moved to its standard provider, or are gone."""

RENAMED: Final[Mapping[str, str]] = {
    "AWSAthenaOperator": "AthenaOperator",
    "AwsGlueJobOperator": "GlueJobOperator",
    "AwsGlueJobSensor": "GlueJobSensor",
    "AwsBatchOperator": "BatchOperator",
    "AwsLambdaInvokeFunctionOperator": "LambdaInvokeFunctionOperator",
    "DummyOperator": "EmptyOperator",
    "ECSOperator": "EcsRunTaskOperator",
    "S3PrefixSensor": "S3KeySensor",
    "SimpleHttpOperator": "HttpOperator",
    "TimeSensorAsync": "TimeSensor",
    "TimeDeltaSensorAsync": "TimeDeltaSensor",
}
"""Classes that their packages once had, and what does their work now."""

GONE: Final[Mapping[str, str]] = {
    "provide_context": "remove it: the callable is always given the context",
    "execution_date": "write `logical_date`",
    "task_concurrency": "write `max_active_tis_per_dag` next to `operator`",
    "sla": "Airflow 3 has no SLAs; `dag.deadline` reports late runs from 3.1 on",
    "xcom_push": "write `do_xcom_push` next to `operator`",
}
"""Arguments that operators once took, and what to write now."""


def table_of(module: str, minor: str) -> str | None:
    """The name of the table for `module`; None if no table covers it."""
    if module.startswith(_PROVIDERS):
        below = module.removeprefix(_PROVIDERS)
        return next((name for name in providers() if below == name or below.startswith(f"{name}.")), None)
    return AIRFLOW_2 if f"{module}.".startswith(_CORE) else None


@cache
def providers() -> tuple[str, ...]:
    """The providers that have a table."""
    names = {path.stem for path in FOLDER.glob("*.json")} - {"words", AIRFLOW_2, TRIGGERS}
    return tuple(sorted(names, key=len, reverse=True))


def find(module: str, name: str, minor: str) -> Signature | None:
    """What the class `name` of `module` takes in that minor; None if it has no such class."""
    table = table_of(module, minor)
    if table is None or (table == AIRFLOW_2 and not minor.startswith("2.")):
        return None
    row = modules(table).get(module, {}).get("classes", {}).get(name)
    return None if row is None else _signature(row)


def find_trigger(module: str, name: str) -> Signature | None:
    """What a trigger takes; None for a class that is not a trigger of a provider with a table."""
    row = modules(TRIGGERS).get(module, {}).get("classes", {}).get(name)
    return None if row is None else _signature(row)


def since(module: str, minor: str) -> str | None:
    """The minor that a provider's module requires, if that is a newer one."""
    table = table_of(module, minor)
    wanted = modules(table).get(module, {}).get("since") if table else None
    return wanted if wanted and is_older(minor, wanted) else None


def common_arguments(signature: Signature, minor: str) -> frozenset[str]:
    """What a class takes in addition to its own arguments: those of every task, and of every sensor."""
    if signature.root == "BaseNotifier":
        return frozenset()
    return having("task", minor) | (having("sensor", minor) if signature.root == "BaseSensorOperator" else frozenset())


def everywhere(minor: str) -> Iterator[tuple[str, str]]:
    """Every class of all tables that the minor can have, as its module and its name."""
    for table in (*providers(), *((AIRFLOW_2,) if minor.startswith("2.") else ())):
        for module, known in modules(table).items():
            yield from ((module, name) for name in known["classes"])


@cache
def modules(table: str) -> Mapping[str, Any]:
    """A table's classes by module. Shared: not to be changed."""
    read: dict[str, Any] = json.loads(operators_file(table).read_text(encoding="utf-8"))
    found: Mapping[str, Any] = read["modules"]
    return found


def source_of(table: str) -> str:
    """The release that a table was read from, such as `apache-airflow-providers-amazon==9.39.0`."""
    return str(json.loads(operators_file(table).read_text(encoding="utf-8"))["source"])


def _signature(row: Mapping[str, Any]) -> Signature:
    arguments = {
        name: Argument(tuple(kinds.removesuffix("!").split("|")), kinds.endswith("!"))
        for name, kinds in row["arguments"].items()
    }
    renders = row.get("renders", ())
    return Signature(arguments, None if renders is None else tuple(renders), row["root"], row.get("open", False))
