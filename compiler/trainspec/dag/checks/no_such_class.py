"""A class that its package does not have: where it is now, or which one was meant."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from trainspec.airflow_api.operators import AIRFLOW_2, RENAMED, everywhere, modules, source_of, table_of
from trainspec.dag.airflow import Airflow
from trainspec.dag.expressions import Import
from trainspec.diagnostics import codes, did_you_mean
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.airflow_api.own import OwnOperators


def no_such_class(
    imported: Import, path: str, at: Path, airflow: Airflow, own: "OwnOperators | None"
) -> Iterator[Fault]:
    """The finding for a class of which no signature was found, written as `path`.

    Of packages that no table and no source of the project speaks of, nothing is said.
    """
    module, name = imported.module, imported.name or ""
    if own is not None and own.has_module(module):
        if known := own.classes(module):
            message, advice = f"`{module}` has no class `{name}`", _near(name, _paths(module, known))
        else:
            message, advice = f"there is no module `{module}` under `operator-sources`", _near(module, own.modules())
        yield Fault(codes.UNKNOWN_OPERATOR, at, message, advice)
        return
    table = table_of(module, airflow.minor)
    if table is None:
        return
    of_airflow_2 = table == AIRFLOW_2
    release = airflow.name if of_airflow_2 else _shown(source_of(table))
    here = {} if of_airflow_2 and not airflow.minor.startswith("2.") else modules(table).get(module, {})
    places = {known: f"{each}.{known}" for each, known in everywhere(airflow.minor)}
    moved = places.get(RENAMED.get(name, name))
    if here:
        message, near = f"`{module}` has no class `{name}` (in {release})", _near(name, _paths(module, here["classes"]))
    else:
        message, near = f"there is no module `{module}` (in {release})", None
    advice = f"it is now `{moved}`" if moved else near or _near(name, places)
    yield Fault(codes.UNKNOWN_OPERATOR, at, message, advice, fix=moved if moved != path else None)


def _near(word: str, known: "dict[str, str] | list[str]") -> str | None:
    """The advice to write what `word` was meant to be: of a map of names to paths, the path."""
    advice = did_you_mean(word, known)
    if advice is None or not isinstance(known, dict):
        return advice
    meant = advice.partition("`")[2].rpartition("`")[0]
    path = known.get(meant)
    return f"did you mean `{path}`?" if isinstance(path, str) else advice


def _paths(module: str, names: Iterable[str]) -> dict[str, str]:
    """The dotted path of each class of a module by its name: what a spec has to say."""
    return {name: f"{module}.{name}" for name in names}


def _shown(source: str) -> str:
    """A release as messages call it: `providers-amazon 9.39.0`."""
    return source.replace("apache-airflow-", "").replace("==", " ")
