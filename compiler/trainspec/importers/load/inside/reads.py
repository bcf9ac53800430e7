"""What a DAG file reads while it is loaded: variables and connections of Airflow, and environment variables."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .record import Record, resolved
from .values import found_at

_CALLS = (
    ("get", ("airflow.models.variable.Variable",)),
    ("get", ("airflow.sdk.Variable",)),
    ("get", ("airflow.sdk.Connection",)),
    ("get_connection", ("airflow.sdk.BaseHook", "airflow.hooks.base.BaseHook")),
    ("get_connection_from_secrets", ("airflow.models.connection.Connection",)),
)
"""Methods that read, and their classes: the first one that this Airflow has."""
_KEYS = ("key", "conn_id")
_MAPPINGS = ("os", "_collections_abc", "collections.abc")
"""The modules between `os.environ` and the code that reads it."""
_TELLING = 4
"""A value of at least this length is recognised inside a string."""


class Reads:
    """What the file of a record reads: lines, calls and keys, never values."""

    def __init__(self, record: Record) -> None:
        self.calls: list[dict[str, Any]] = []
        self._record = record
        self._of_environment: dict[tuple[int, str], str] = {}
        self._is_reading = False

    def watch(self) -> None:
        """Record what is read from here on."""
        for name, paths in _CALLS:
            owner = next(filter(None, map(found_at, paths)), None)
            if owner is not None:
                self.watch_call(owner, name)
        self.watch_environment()

    def watch_call(self, owner: Any, name: str) -> None:
        """Record the calls of a method; calls that it makes to other such methods belong to the same read."""
        reads, read = self, getattr(owner, name)
        signature = inspect.signature(read)

        @functools.wraps(read)
        def noted(*arguments: Any, **named: Any) -> Any:
            if reads._is_reading:
                return read(*arguments, **named)
            if line := reads._record.line():
                key = _key(signature, arguments, named)
                reads.calls.append({"line": line, "call": f"{owner.__name__}.{name}", "key": key})
            reads._is_reading = True
            try:
                return read(*arguments, **named)
            finally:
                reads._is_reading = False

        setattr(owner, name, staticmethod(noted))

    def watch_environment(self) -> None:
        """Record the environment variables that the file, or a module next to it, reads."""
        reads = self
        kind: Any = type(os.environ)
        read = kind.__getitem__

        @functools.wraps(read)
        def noted(self: Any, key: Any) -> Any:
            value = read(self, key)
            if isinstance(key, str) and reads._is_read_by_file() and (line := reads._record.line()):
                reads._of_environment[line, key] = value
            return value

        kind.__getitem__ = noted

    def of_environment(self, dags: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The reads of environment variables whose values are in the described DAGs."""
        said = list(_said(dags))
        return [
            {"line": line, "call": "os.environ", "key": key}
            for (line, key), value in self._of_environment.items()
            if value and any(value == each or (len(value) >= _TELLING and value in each) for each in said)
        ]

    def _is_read_by_file(self) -> bool:
        frame = sys._getframe(2)
        while frame is not None and frame.f_globals.get("__name__") in _MAPPINGS:
            frame = frame.f_back  # type: ignore[assignment]
        reader = resolved(frame.f_code.co_filename) if frame is not None else Path()
        return Path(self._record.file).parent in reader.parents and "site-packages" not in reader.parts


def _key(signature: inspect.Signature, arguments: tuple[Any, ...], named: dict[str, Any]) -> str:
    """The key of a call, by position or by name: a default next to it may be a secret."""
    try:
        given = signature.bind(*arguments, **named).arguments
    except TypeError:  # the call itself raises it, too
        return ""
    return next((str(given[each]) for each in _KEYS if each in given), "")


def _said(found: Any, is_argument: bool = False) -> Iterator[str]:
    """The strings and numbers in the arguments of described DAGs and tasks."""
    if isinstance(found, dict):
        for name, below in found.items():
            yield from _said(below, is_argument or name in ("arguments", "mapped", "shown"))
    elif isinstance(found, list):
        for each in found:
            yield from _said(each, is_argument)
    elif is_argument and isinstance(found, (str, int, float)):
        yield str(found)
