"""A `${NAME}` that is not defined: what was meant, or what to do about it."""

from collections.abc import Iterable
from collections.abc import Mapping as Map
from itertools import islice
from typing import Any

from trainspec.diagnostics import did_you_mean, the_one

_MOST_CANDIDATES, _LONGEST_NAME = 1_000, 100
_WHERE = {
    "vars": "declare it under `vars`",
    "for_each": "it is available only in a spec whose `for_each` defines it",
    "matrix": "it is available only in a job whose `matrix` defines it",
    "job": "only `${job.id}` is available, and only in jobs",
    "dag": "only `${dag.id}` is available",
}
"""Where the names are that begin so."""


def advice_for(name: str, values: Map[str, Any], literal: str) -> str | None:
    """What to do about the unknown `name`, if `values` are known; `literal` says how to write a literal `${`."""
    return (
        _declared(name, values)
        or _near(name, values)
        or _WHERE.get(name.split(".")[0], literal if "." not in name else None)
    )


def meant(name: str, values: Iterable[str]) -> str | None:
    """The one known name that is like `name`, if it is the only one."""
    return the_one(name, _candidates(values)) if len(name) <= _LONGEST_NAME else None


def _declared(name: str, values: Map[str, Any]) -> str | None:
    """What to do about a name of the environment's, or about one of `vars` without its prefix."""
    if name.startswith("env."):
        return "environment variables are not read: declare a variable under `vars`, and give it a value with `--var`"
    if "." in name or f"vars.{name}" in values or _near(name, values):
        return None
    return f"declare `{name}` under `vars` and write `${{vars.{name}}}`; for a literal `${{`, write `$${{`"


def _near(name: str, values: Map[str, Any]) -> str | None:
    """A name of the same kind that is similar to `name`: a common prefix `vars.` does not make names similar."""
    if len(name) > _LONGEST_NAME:
        return None
    kind, dot, rest = name.partition(".")
    if not dot:
        return did_you_mean(name, _candidates(values))
    alike = [each.partition(".")[2] for each in _candidates(values) if each.startswith(f"{kind}.")]
    near = did_you_mean(rest, alike)
    return near.replace("`", f"`{kind}.", 1) if near else None


def _candidates(values: Iterable[str]) -> list[str]:
    return [each for each in islice(values, _MOST_CANDIDATES) if len(each) < _LONGEST_NAME]
