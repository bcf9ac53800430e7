"""Writes once what several jobs of an imported spec share: in `defaults`, and in `vars` named as in the source."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from trainspec.importers.model import variable_name

Fields = dict[str, Any]
_OF_ONE_JOB = ("name", "depends_on", "request", "matrix", "doc")
_MERGED = ("environment", "hyperparameters", "tags", "operator")
"""Fields whose members are shared individually, because each is independent of the others."""
_KEPT = ("depends_on", "operator", "trigger_rule", "weight_rule", "region", "doc")
"""Fields in which no variable is used."""
_SHORTEST = 5
_PLAIN = re.compile(r"[A-Za-z0-9_./:@ -]+")
_LEFT_ALONE = re.compile(r"(\$\{[^}]*\}|\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
"""What already refers to something else: another variable, a template."""


def defaults_of(jobs: Mapping[str, Fields]) -> Fields:
    """The fields that are equal in all jobs, removed from them; none if there is a single job."""
    first, *others = jobs.values()
    if not others:
        return {}
    shared: Fields = {}
    for name, value in list(first.items()):
        if name in _OF_ONE_JOB or value is None:
            continue
        if all(name in job and _alike(job[name], value) for job in others):
            shared[name] = value
            for job in jobs.values():
                del job[name]
        elif name in _MERGED and all(isinstance(job.get(name), Mapping) for job in jobs.values()):
            _share_members(name, list(jobs.values()), shared)
    return shared


def _share_members(name: str, jobs: list[Fields], shared: Fields) -> None:
    first, *others = (job[name] for job in jobs)
    alike = {
        key: value
        for key, value in first.items()
        if value is not None and all(key in each and _alike(each[key], value) for each in others)
    }
    if len(alike) < 2:
        return
    shared[name] = alike
    for job in jobs:
        job[name] = {key: value for key, value in job[name].items() if key not in alike}
        if not job[name]:
            del job[name]


def _alike(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def repeated(sections: list[Fields], constants: Mapping[str, str], taken: Collection[str] = ()) -> dict[str, str]:
    """The constants of the source that strings of the spec contain at least twice: `${vars.NAME}` replaces them.

    The names in `taken` belong to other variables. Airflow templates are not changed.
    """
    used: dict[str, str] = {}
    by_value = {value: name for name, value in reversed([*constants.items()]) if _is_fit(value)}
    for value, name in sorted(by_value.items(), key=lambda each: -len(each[0])):
        known = variable_name(name)
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", known) or known in used or known in taken:
            continue
        pattern = re.compile(rf"(?<![\w.$-]){re.escape(value)}(?![\w-])")
        texts = (part for each in sections for text in _texts(each) for part in _LEFT_ALONE.split(text)[::2])
        if sum(len(pattern.findall(text)) for text in texts) > 1:
            used[known] = value
            for each in sections:
                _replace(each, pattern, f"${{vars.{known}}}")
    return dict(reversed(used.items()))


def _is_fit(value: str) -> bool:
    """Whether a string is unlikely to be repeated by chance, as a word or a number may be."""
    return len(value) >= _SHORTEST and bool(_PLAIN.fullmatch(value)) and not value.isalnum()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, below in value.items():
            if name not in _KEPT:
                yield from _texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below)
    elif isinstance(value, str):
        yield value


def _replace(value: Any, pattern: re.Pattern[str], by: str) -> Any:
    """Replace in the strings of a map or list, in place; returns the new `value`."""
    if isinstance(value, dict):
        for name, below in value.items():
            if name not in _KEPT:
                value[name] = _replace(below, pattern, by)
    elif isinstance(value, list):
        value[:] = [_replace(below, pattern, by) for below in value]
    elif isinstance(value, str):
        parts = _LEFT_ALONE.split(value)
        parts[::2] = [pattern.sub(by, part) for part in parts[::2]]
        return "".join(parts)
    return value
