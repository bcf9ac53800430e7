"""The options of a run."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from trainspec.airflow_api.own import OwnOperators

AIRFLOW = ("2.11", "3.0", "3.1", "3.2", "3.3")
"""Airflow's minors, oldest first, as `--airflow` takes them. `trainspec.dag.airflow` has a row for each."""

DEFAULT_AIRFLOW = AIRFLOW[-1]


def airflow_minor(given: str) -> str | None:
    """The minor that a target names: itself, or the newest of a major; None for any other word.

    >>> airflow_minor("3.0"), airflow_minor("2"), airflow_minor("4")
    ('3.0', '2.11', None)
    """
    return next((minor for minor in reversed(AIRFLOW) if given in (minor, minor.partition(".")[0])), None)


class Options(NamedTuple):
    """`--var`, `--airflow` (a minor) and `--env`.

    `account` and `region` are those that the settings give the environment, `allow_accounts` the other accounts that
    its jobs may use; `environments` are the names of all that the settings have. `operators` are globs of the dotted
    paths that tasks may run, `callbacks` of those that Airflow may call; None if any may be. `combination` is the
    number of the one of `for_each` that is analysed, from 0.
    `own_operators` are those of the project itself, below its `operator-sources`.
    """

    variables: Mapping[str, str] = {}
    airflow: str = DEFAULT_AIRFLOW
    environment: str | None = None
    operators: tuple[str, ...] | None = None
    callbacks: tuple[str, ...] | None = None
    account: str | None = None
    region: str | None = None
    allow_accounts: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    combination: int = 0
    own_operators: "OwnOperators | None" = None
