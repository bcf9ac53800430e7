"""Members of a request by a pattern: `VpcConfig.Subnets.*` is every subnet."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from trainspec.rules.support.view import JobView
from trainspec.text.tree import Path


def places(job: JobView, pattern: str) -> Iterator[tuple[Path, Any]]:
    """The members that `pattern` stands for, each with its value; `*` is any item of a list, or any entry of a map."""
    first, *steps = _steps(pattern)
    if first not in job.request:
        return  # most often
    found: list[tuple[Path, Any]] = [((first,), job.request[first])]
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
        if not found:
            return
    yield from found


@cache
def _steps(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.split("."))
