"""The options of `trainspec run`, and what they select."""

import argparse
import json
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from trainspec.cli.arguments import add_composition, add_each, add_local, logical_date
from trainspec.local.wish import Wish
from trainspec.project.project import UsageError
from trainspec.runtime.engine.identity import LOCAL_RUN
from trainspec.units import seconds

SIMULATED_PHASES = "0.5,0.5,1.5,0.5"
SIMULATED_INTERVAL = 0.25
SIMULATED_METRIC = 0.5
TRIALS = 10
"""The default number of training jobs of a tuning job that run on this machine at the same time."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("spec", metavar="SPEC", help="the spec's file")
    parser.add_argument("--job", action="append", default=[], metavar="ID", help="run only this job; repeatable")
    parser.add_argument(
        "--use",
        action="append",
        default=[],
        metavar="ID=TRAINING_JOB",
        help="do not run this job; use the results of this completed training job instead",
    )
    parser.add_argument("--at", metavar="DATE", help="render Airflow's macros for this logical date (default: now)")
    parser.add_argument(
        "--conf",
        metavar="JSON",
        help="the configuration that the run is triggered with, available as {{ dag_run.conf['NAME'] }}",
    )
    parser.add_argument(
        "--resume", metavar="RUN", help="resume this earlier run: find its jobs and run the remaining ones"
    )
    parser.add_argument(
        "--preflight",
        action="store_true",
        help="run `trainspec preflight` first, and start nothing if a job could not run",
    )
    parser.add_argument("--no-wait", action="store_true", help="start the jobs without waiting for them to end")
    parser.add_argument(
        "--check-interval", metavar="DURATION", help="time between status checks (default: the spec's value, or 10s)"
    )
    add_composition(parser)
    add_each(parser)
    aws = parser.add_argument_group("AWS")
    aws.add_argument("--region", help="the AWS region, if the spec sets none (default: that of your AWS configuration)")
    aws.add_argument("--profile", help="the profile of your AWS configuration")
    aws.add_argument("--endpoint-url", metavar="URL", help="a different endpoint for SageMaker and CloudWatch Logs")
    simulated = parser.add_argument_group("simulation")
    simulated.add_argument(
        "--simulate",
        action="store_true",
        help="run against a simulated SageMaker on this machine; needs no AWS account",
    )
    simulated.add_argument(
        "--phase-seconds",
        metavar="N",
        help="how long a simulated phase takes: one number, or four with commas "
        f"(starting, downloading, training, uploading; {SIMULATED_PHASES})",
    )
    simulated.add_argument(
        "--fail",
        action="append",
        default=[],
        metavar="GLOB=REASON",
        help="simulated jobs whose name matches fail with this reason",
    )
    simulated.add_argument(
        "--strict-containers",
        action="store_true",
        help="fail simulated jobs whose containers are certain to fail",
    )
    simulated.add_argument(
        "--metric",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=(
            "a metric that simulated jobs report; a metric that a gate or another job needs is "
            f"{SIMULATED_METRIC} if not given"
        ),
    )
    parser.add_argument(
        "--json", action="store_true", help="print a line of JSON for each job instead of a table, even on a terminal"
    )
    here = parser.add_argument_group("on this machine")
    here.add_argument(
        "--local",
        action="store_true",
        help="run the jobs' scripts as processes on this machine, without AWS",
    )
    add_local(here)
    here.add_argument(
        "--trials",
        type=int,
        metavar="N",
        help=f"run at most N training jobs of a tuning job, regardless of its limits ({TRIALS})",
    )
    here.add_argument("--keep", metavar="DIR", help="keep the jobs' folders and models in this folder")


def wish_of(arguments: argparse.Namespace, airflow: str) -> Wish:
    """The options, read. Raises UsageError for options that are invalid, or contradict each other."""
    own = "--local" if arguments.local else "--simulate" if arguments.simulate else None
    if arguments.local and arguments.simulate:
        raise UsageError("--local and --simulate cannot be used together")
    for option in ("profile", "endpoint_url", "use", "resume", "preflight"):
        if own and getattr(arguments, option):
            raise UsageError(f"{own} cannot be combined with --{option.replace('_', '-')}: it uses a simulated account")
    for option in ("input", "python", "keep", "trials"):
        if getattr(arguments, option) not in (None, []) and not arguments.local:
            raise UsageError(f"--{option} requires --local")
    if arguments.trials is not None and arguments.trials < 1:
        raise UsageError("--trials takes a number greater than 0")
    for option in ("phase_seconds", "fail", "metric", "strict_containers"):
        if getattr(arguments, option) and not arguments.simulate:
            raise UsageError(f"--{option.replace('_', '-')} requires --simulate")
    interval = _interval(arguments.check_interval) if arguments.check_interval else None
    return Wish(
        arguments.job,
        _pairs("--use", "ID=TRAINING_JOB", arguments.use),
        logical_date(arguments.at) if arguments.at else None,
        _resumed(arguments.resume) if arguments.resume else None,
        not arguments.no_wait,
        interval or (SIMULATED_INTERVAL if own else None),
        airflow,
        _conf(arguments.conf) if arguments.conf else None,
    )


def _pairs(option: str, form: str, given: Iterable[str]) -> dict[str, str]:
    found = {}
    for pair in given:
        name, _, value = pair.partition("=")
        if not name or not value:
            raise UsageError(f"{option} takes {form}, not `{pair}`")
        found[name] = value
    return found


def metrics_of(given: Iterable[str]) -> dict[str, float]:
    """The metrics that the options give. Raises UsageError."""
    pairs = _pairs("--metric", "NAME=VALUE", given)
    try:
        return {name: float(value) for name, value in pairs.items()}
    except ValueError as error:
        raise UsageError(f"--metric takes NAME=VALUE with a number: {error}") from None


def _conf(text: str) -> dict[str, Any]:
    try:
        conf = json.loads(text)
    except (ValueError, RecursionError):
        conf = None
    if not isinstance(conf, dict):
        raise UsageError(f'--conf takes a JSON object such as {{"model": "s3://..."}}, not `{text}`')
    return conf


def _interval(text: str) -> float:
    try:
        count = float(seconds(text))
    except ValueError:
        count = 0.0
    if not 0 < count < 86400:
        raise UsageError(f"--check-interval takes a duration like 30s, not `{text}`")
    return count


def _resumed(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.removeprefix(LOCAL_RUN))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not text.startswith(LOCAL_RUN):
        raise UsageError(f"--resume takes the id of an earlier run, {LOCAL_RUN}..., not `{text}`")
    if moment > datetime.now(timezone.utc):
        raise UsageError(f"--resume takes an earlier run, and `{text}` is in the future")
    return moment
