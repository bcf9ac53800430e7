"""What a run was asked for, beside the specs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

AIRFLOW = (2, 3)
DEFAULT_AIRFLOW = 3
"""Airflow's major versions, as `--airflow` takes them. What each calls things stands in `trainspec.dag.airflow`."""


@dataclass(frozen=True, slots=True)
class Options:
    """`--var`, `--airflow` and `--env`.

    `operators` are globs of the dotted paths that tasks may run, `callbacks` of those that Airflow may call; None where
    any may be.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    airflow: int = DEFAULT_AIRFLOW
    environment: str | None = None
    operators: tuple[str, ...] | None = None
    callbacks: tuple[str, ...] | None = None
