"""What the project's settings allow a spec to run: the operators of tasks, and callbacks, by their dotted paths."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import chain
from typing import TYPE_CHECKING, Any

from trainspec.dag.arguments import CALLBACKS
from trainspec.dag.checks.operators import callables
from trainspec.dag.sections import sections
from trainspec.diagnostics import codes
from trainspec.options import Options
from trainspec.templates.choices import OPERATOR as BEST
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import SpecData


def check_allowed(data: "SpecData", options: Options) -> Iterator[Fault]:
    """The operators and callbacks of the validated `data` of a spec that no glob in the settings matches."""
    for allowed, what, named in (
        (options.operators, "operator", _operators(data)),
        (options.callbacks, "callback", chain(_callbacks(data), callables(data, options))),
    ):
        for path, name in named if allowed is not None else ():
            if not any(fnmatchcase(name, glob) for glob in allowed or ()):
                message = f"the project's settings do not allow the {what} `{name}`"
                advice = f"`{what}s` there allows {_listed(allowed or ())}"
                yield Fault(codes.FORBIDDEN_OPERATOR, path, message, advice)


def _operators(data: "SpecData") -> Iterator[tuple[Path, str]]:
    for name, task in (data.get("tasks") or {}).items():
        if task.get("operator") not in (None, BEST):
            yield ("tasks", name, "operator"), task["operator"]


def _callbacks(data: "SpecData") -> Iterator[tuple[Path, str]]:
    dag = data.get("dag") or {}
    holders: list[tuple[Path, Mapping[str, Any]]] = [(("dag",), dag)]
    holders.append((("dag", "default_args"), dag.get("default_args") or {}))
    holders += [((section, name), task) for section, tasks in sections(data) for name, task in tasks.items()]
    for path, fields in holders:
        for field in CALLBACKS:
            yield from _paths(fields.get(field), (*path, field))


def _paths(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The dotted paths in a callback: a text, a map with a `path`, or a list of such."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _paths(each, (*path, index))
    elif isinstance(value, Mapping):
        yield from _paths(value.get("path"), (*path, "path"))
    elif isinstance(value, str):
        yield path, value


def _listed(globs: Sequence[str]) -> str:
    return ", ".join(f"`{glob}`" for glob in globs) or "none"
