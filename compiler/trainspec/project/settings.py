"""What `[tool.trainspec]` in pyproject.toml, or trainspec.toml, may say."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from trainspec.diagnostics import Code, did_you_mean
from trainspec.diagnostics.codes import can_be_ignored
from trainspec.reporting.select import Selection

OF_PYPROJECT = ("tool", "trainspec")
"""The table of pyproject.toml that the settings are in."""

SAME_CODE = 0.8
"""A code with two other digits is another code, not a misspelled one."""


class UsageError(Exception):
    """A command line or a settings file that cannot be followed, a line for each fault. The command exits with 2."""


class EnvironmentSettings(NamedTuple):
    """What the settings say of one environment; None if they say nothing.

    `output` is the folder of its DAG files, `account` and `region` are defaults of its jobs, `allow_accounts` the other
    accounts that they may use.
    """

    output: str | None = None
    account: str | None = None
    region: str | None = None
    airflow: str | None = None
    allow_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A settings file, read; or the defaults without one. `output` is None if the file does not name the folder."""

    project: str | None = None
    paths: tuple[str, ...] = ("specs",)
    output: str | None = None
    airflow: str | None = None
    allow_accounts: tuple[str, ...] = ()
    environments: Mapping[str, EnvironmentSettings] = field(default_factory=dict)
    external_dags: tuple[str, ...] = ()
    operators: tuple[str, ...] | None = None
    callbacks: tuple[str, ...] | None = None
    operator_sources: tuple[str, ...] = ()
    prices: str | None = None
    policies: tuple[str, ...] = ()
    policy_packages: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)


def check_codes(
    given: Iterable[str], *, to_ignore: bool = False, policies: Mapping[str, Code] | None = None
) -> tuple[str, ...]:
    """The codes or prefixes of codes in `given`. Raises UsageError for one that is unknown, or may not be ignored.

    `policies` are the codes of an organization.
    """
    codes = tuple(dict.fromkeys(given))
    if not codes:
        return ()
    from trainspec.rules.support.registry import known_codes  # which loads every rule

    known = {**known_codes(), **(policies or {})}
    for each in codes:
        meant = [code for id_, code in known.items() if each and id_.startswith(each)]
        if not meant:
            near = did_you_mean(each, known, SAME_CODE)
            raise UsageError(
                f"there is no code `{each}`" + (f"; {near}" if near else "; `trainspec explain` lists them")
            )
        if to_ignore and not any(map(can_be_ignored, meant)):
            because = "its policy is locked" if meant[0].is_locked else "nothing can be compiled after such an error"
            raise UsageError(f"`{each}` cannot be ignored: {because}")
    return codes


def as_written(path: Path) -> str:
    """The path as a user would write it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
