"""What the project's settings allow a spec to run: the operators of tasks, and callbacks, by their dotted paths."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import chain
from typing import TYPE_CHECKING, Any

from trainspec.dag.called import called, holders
from trainspec.dag.checks.assets import assets_of
from trainspec.dag.checks.operators import callables
from trainspec.diagnostics import codes
from trainspec.options import Options
from trainspec.templates.choices import OPERATOR as BEST
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import SpecData, WatcherData


def check_allowed(data: "SpecData", options: Options) -> Iterator[Fault]:
    """The operators and callbacks of the validated `data` of a spec that no glob in the settings matches."""
    for allowed, what, named in (
        (options.operators, "operator", _operators(data)),
        (options.callbacks, "callback", chain(_callbacks(data), _triggers(data), callables(data, options))),
    ):
        for path, name in named if allowed is not None else ():
            if not any(fnmatchcase(name, glob) for glob in allowed or ()):
                message = f"the project's settings do not allow the {what} `{name}`"
                advice = f"`{what}s` in the settings allows {_listed(allowed or ())}"
                yield Fault(codes.FORBIDDEN_OPERATOR, path, message, advice)


def _operators(data: "SpecData") -> Iterator[tuple[Path, str]]:
    for name, task in (data.get("tasks") or {}).items():
        if task.get("operator") not in (None, BEST):
            yield ("tasks", name, "operator"), task["operator"]


def _callbacks(data: "SpecData") -> Iterator[tuple[Path, str]]:
    for path, value in called(data):
        if isinstance(value, str):
            yield path, value
        elif isinstance(value.get("path"), str):
            yield (*path, "path"), value["path"]


def _triggers(data: "SpecData") -> Iterator[tuple[Path, str]]:
    """The triggers that watch assets: the file creates them when it is loaded."""
    yield from (((*at, "trigger"), each["trigger"]) for at, each in watchers(data) if "trigger" in each)


def watchers(data: "SpecData") -> Iterator[tuple[Path, "WatcherData"]]:
    """What watches assets, each with its place."""
    schedule = (data.get("dag") or {}).get("schedule")
    waited_for = schedule.get("assets") if isinstance(schedule, Mapping) else None
    found: list[tuple[Path, Any]] = [(("dag", "schedule", "assets"), waited_for)]
    for path, fields in holders(data):
        found += [((*path, field), fields.get(field)) for field in ("inlets", "outlets")]
    for path, value in found:
        for at, asset in assets_of(value, path):
            for index, each in enumerate(asset.get("watchers") or ()):
                yield (*at, "watchers", index), each


def _listed(globs: Sequence[str]) -> str:
    return ", ".join(f"`{glob}`" for glob in globs) or "none"
