"""A job's `distribution`, as rules need it."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from trainspec.request.distribution import KINDS, Kind
from trainspec.rules.support.view import JobView
from trainspec.text.tree import Path


class Distribution(NamedTuple):
    """A kind of distribution, where it is in the job, and the framework that is to start it.

    `version` is PyTorch's or TensorFlow's as numbers, also under Hugging Face; empty if no field names it.
    """

    name: str
    kind: Kind
    at: Path
    options: Mapping[str, Any]
    framework: str | None
    version: tuple[int, ...]


def distribution_of(job: JobView) -> Distribution | None:
    """The `distribution` of a job; None if it has none, or an unknown one."""
    given = job.fields.get("distribution")
    options = {"type": given} if isinstance(given, str) else given or {}
    name = options.get("type") or ""
    kind = KINDS.get(name)
    if kind is None:
        return None
    at: Path = ("distribution",) if isinstance(given, str) else ("distribution", "type")
    framework, version = _base(job.fields.get("framework") or {})
    return Distribution(name, kind, at, options, framework, version)


def _base(framework: Mapping[str, Any]) -> tuple[str | None, tuple[int, ...]]:
    """The framework that runs the script: PyTorch under a Hugging Face that builds on it."""
    name = framework.get("name")
    if name == "huggingface":
        for below in ("pytorch", "tensorflow"):
            if below in framework:
                return below, _numbers(framework[below])
        return name, ()
    return name, _numbers(framework.get("version"))


def _numbers(version: Any) -> tuple[int, ...]:
    text = version if isinstance(version, str) else ""
    return tuple(map(int, text.split("."))) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}", text) else ()
