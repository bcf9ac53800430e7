"""Members of a request by a pattern: `VpcConfig.Subnets.*` is every subnet."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from trainspec.rules.support.view import JobView
from trainspec.text.tree import Path


def places(job: JobView, pattern: str) -> Iterable[tuple[Path, Any]]:
    """The members that `pattern` stands for, each with its value; `*` is any item of a list, or any entry of a map."""
    steps, names = _steps(pattern)
    return _found(job.request, steps) if names <= job.words else ()  # most often, they are not there


def _found(request: Any, steps: tuple[str, ...]) -> list[tuple[Path, Any]]:
    found: list[tuple[Path, Any]] = [((), request)]
    for step in steps:
        following: list[tuple[Path, Any]] = []
        for path, value in found:
            if step == "*":
                items = (
                    enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
                )
                following += [((*path, key), below) for key, below in items]
            elif isinstance(value, dict) and step in value:
                following.append(((*path, step), value[step]))
        found = following
    return found


@cache
def _steps(pattern: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The steps of a pattern, and the members that it names."""
    steps = tuple(pattern.split("."))
    return steps, frozenset(steps) - {"*"}
