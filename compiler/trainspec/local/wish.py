"""The options of a run, in addition to the spec: which jobs, when, and how long to wait."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from trainspec.diagnostics import did_you_mean
from trainspec.options import DEFAULT_AIRFLOW
from trainspec.project.project import UsageError
from trainspec.runtime.engine.policy import Policy
from trainspec.units import seconds

if TYPE_CHECKING:
    from trainspec.language.data import OperatorData
    from trainspec.pipeline import Analysis

CHECK_INTERVAL: Final = 10.0
"""The default number of seconds between two polls of a job, because somebody is watching."""
_DEFAULT: Final = Policy()
"""The operator's default: it limits the wait here, too."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of a run, in addition to the spec.

    `given` are the training jobs that replace jobs of the spec.
    """

    jobs: Sequence[str] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    resume: datetime | None = None
    """The start of an earlier run that this one continues with."""
    wait: bool = True
    check_interval: float | None = None
    airflow: str = DEFAULT_AIRFLOW
    conf: Mapping[str, Any] | None = None
    """What the run is triggered with, as `dag_run.conf`."""


def chosen_jobs(analysis: "Analysis", wish: Wish) -> frozenset[str]:
    """The jobs to run, and the tasks that choose among points all of which run or are given. Raises UsageError."""
    chosen = _chosen(analysis, wish)
    there = chosen | wish.given.keys()
    return chosen | {name for name, each in analysis.choices.items() if there.issuperset(analysis.groups[each.job])}


def _chosen(analysis: "Analysis", wish: Wish) -> frozenset[str]:
    """The jobs to run: the selected ones, or all; except those that a training job replaces."""
    jobs, groups = analysis.requests, analysis.groups
    for name in (*wish.jobs, *wish.given):
        if name not in jobs and name not in groups:
            near = did_you_mean(name, (*jobs, *groups)) or f"there are {', '.join(jobs)}"
            raise UsageError(f"{analysis.source.name} has no job `{name}`; {near}")
    for name in wish.given:
        if name in groups:
            raise UsageError(f"--use {name}=...: `{name}` is a matrix; choose a point: {', '.join(groups[name][:3])}")
    named = {point for name in wish.jobs for point in groups.get(name, (name,))} or set(jobs)
    chosen = frozenset(named - set(wish.given))
    if not chosen:
        raise UsageError("--use covers all jobs, so there is nothing to run")
    return chosen


def policy_of(operator: "OperatorData", wish: Wish) -> Policy:
    """The policy of a job's `operator`. The longest wait is as long as in Airflow, whatever the polling interval."""
    every = seconds(operator["check_interval"]) if operator.get("check_interval") else None
    attempts = operator.get("max_attempts")
    longest = None if attempts is None else attempts * float(every or _DEFAULT.check_interval)
    interval = float(wish.check_interval or every or CHECK_INTERVAL)
    return Policy(
        operator.get("action_if_job_exists") or _DEFAULT.if_exists,
        interval,
        None if longest is None else math.ceil(longest / interval),
        operator.get("on_timeout") or _DEFAULT.on_timeout,
        None if attempts is None else f"max_attempts={attempts} x check_interval={every or _DEFAULT.check_interval:g}",
    )
