"""Members of a request by a pattern: `VpcConfig.Subnets.*` is every subnet."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from trainspec.rules.support.view import JobView
from trainspec.text.tree import Path


def places(job: JobView, pattern: str) -> Iterable[tuple[Path, Any]]:
    """The members that `pattern` stands for, each with its value; `*` is any item of a list, or any entry of a map."""
    steps = _steps(pattern)
    return _below(job.request[steps[0]], steps) if steps[0] in job.request else ()  # most often, it is not there


def _below(member: Any, steps: tuple[str, ...]) -> Iterator[tuple[Path, Any]]:
    found: list[tuple[Path, Any]] = [(steps[:1], member)]
    for step in steps[1:]:
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
