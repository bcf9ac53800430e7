"""The tables, derived from unpacked packages."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trainspec.airflow_api.model import Signature
from trainspec.airflow_api.packages import BESIDE, PROVIDERS, RELEASES, unpacked
from trainspec.airflow_api.signatures import signature
from trainspec.airflow_api.syntax import Packages
from trainspec.airflow_api.table import WORDS, operators_file
from trainspec.airflow_api.words import by_minor, words_of

_OF_TRIGGERS = (".triggers.",)
_PARTS = (".operators.", ".sensors.", ".notifications.", ".transfers.")
_OF_AIRFLOW_2 = ("airflow.operators.", "airflow.sensors.")


def tables(folder: Path) -> dict[Path, str]:
    """The text of each table by its file, from the packages below `folder`.

    Raises CalledProcessError if packages are missing and cannot be downloaded.
    """
    releases = {minor: unpacked(release, folder) for minor, release in RELEASES.items()}
    words = by_minor({minor: words_of(packages) for minor, packages in releases.items()})
    made = {WORDS: _text({"source": {minor: list(release) for minor, release in RELEASES.items()}, "words": words})}
    packages = unpacked((*PROVIDERS.values(), *BESIDE, *list(RELEASES.values())[-1]), folder)
    for provider, release in PROVIDERS.items():
        made[operators_file(provider)] = _text(_operators(packages, f"airflow.providers.{provider}", release))
    triggers = [_operators(packages, f"airflow.providers.{each}", "", parts=_OF_TRIGGERS) for each in PROVIDERS]
    modules = {name: known for each in triggers for name, known in each["modules"].items()}
    made[operators_file("triggers")] = _text({"source": "", "modules": dict(sorted(modules.items()))})
    older = releases["2.11"]
    made[operators_file("airflow-2")] = _text(_operators(older, "airflow", RELEASES["2.11"][0], _OF_AIRFLOW_2))
    return made


def _operators(
    packages: Packages, package: str, release: str, prefixes: tuple[str, ...] = (), parts: tuple[str, ...] = _PARTS
) -> dict[str, Any]:
    """The operators, sensors and notifiers of a package by module and class, or those of modules in other `parts`."""
    modules: dict[str, dict[str, Any]] = {}
    for name in packages.names(package):
        known = name.startswith(prefixes) if prefixes else any(part in f"{name}." for part in parts)
        module = packages.module(name) if known else None
        found = dict(_classes(packages, name, module.classes)) if module else {}
        if found and module:
            modules[name] = {"classes": found, **_since(module.tree)}
    return {"source": release, "modules": modules}


def _classes(packages: Packages, module: str, classes: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in sorted(classes):
        known = signature(packages, f"{module}.{name}")
        if known and known.root and not name.startswith("_"):
            yield name, _row(known)


def _row(known: Signature) -> dict[str, Any]:
    """A signature as the table has it: `!` behind the kinds of an argument that must be given."""
    arguments = {name: "|".join(each.kinds) + "!" * each.required for name, each in known.arguments.items()}
    row: dict[str, Any] = {"arguments": arguments, "root": known.root}
    if known.renders is None or known.renders:
        row["renders"] = known.renders and list(known.renders)
    if known.open:
        row["open"] = True
    return row


def _since(tree: Any) -> dict[str, str]:
    """The minor that a module requires: `if not AIRFLOW_V_3_1_PLUS: raise …` is at its top."""
    import ast

    for each in tree.body:
        match each:
            case ast.If(test=ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)), body=[ast.Raise(), *_]):
                parts = name.split("_")
                if name.startswith("AIRFLOW_V_") and parts[-1] == "PLUS":
                    return {"since": ".".join(parts[2:4])}
    return {}


def _text(table: object) -> str:
    """A table as it is checked in."""
    return json.dumps(table, indent=1, sort_keys=True) + "\n"
