"""`trainspec run`: a spec's jobs, run from here without Airflow."""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TextIO

from trainspec.cli.arguments import add_composition, add_each, logical_date, options
from trainspec.cli.reading import analyse_one, project_here
from trainspec.cli.running_here import containers_for
from trainspec.cli.showing import colours, show_on_stderr
from trainspec.diagnostics import has_errors
from trainspec.local.access import Access
from trainspec.local.attempt import Done
from trainspec.local.interrupt import Interrupt, LeaveError
from trainspec.local.messages import stop_command
from trainspec.local.run import LocalRun, Wish
from trainspec.local.runner import Runner
from trainspec.local.steps import State
from trainspec.local.view import LiveView, View
from trainspec.project.project import Project, UsageError
from trainspec.runtime.engine.identity import LOCAL_RUN
from trainspec.runtime.engine.label import VARIABLE, decode
from trainspec.units import seconds

if TYPE_CHECKING:
    from trainspec.pipeline import Analysis
    from trainspec.simulator.jobs import Account

_SIMULATED_PHASES = "0.5,0.5,1.5,0.5"
_SIMULATED_INTERVAL = 0.25
_SIMULATED_STOPPING = 0.5
_SIMULATED_METRIC = 0.5


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
    parser.add_argument("--at", metavar="DATE", help="render Airflow's macros for this logical date (now)")
    parser.add_argument(
        "--conf",
        metavar="JSON",
        help="the configuration that the run is triggered with, available as {{ dag_run.conf['NAME'] }}",
    )
    parser.add_argument(
        "--resume", metavar="RUN", help="resume this earlier run: find its jobs and run the remaining ones"
    )
    parser.add_argument(
        "--preflight", action="store_true", help="ask the account first, and run nothing if the jobs could not run"
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
        f"(starting, downloading, training, uploading; {_SIMULATED_PHASES})",
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
        help="let simulated jobs fail as their containers would, where the rules are certain of it",
    )
    simulated.add_argument(
        "--metric",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=(
            "a metric that simulated jobs report; a metric that a gate or another job needs is "
            f"{_SIMULATED_METRIC} if not given"
        ),
    )
    parser.add_argument(
        "--json", action="store_true", help="print a line of JSON for each job on a terminal, too, and no table"
    )
    here = parser.add_argument_group("on this machine")
    here.add_argument(
        "--local",
        action="store_true",
        help="run the jobs' scripts as processes on this machine, without AWS",
    )
    here.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="CHANNEL=PATH",
        help="a local file or folder to use as the data of an input channel; repeatable",
    )
    here.add_argument(
        "--python", metavar="EXE", help="the Python that runs the scripts (default: the one that runs trainspec)"
    )
    here.add_argument("--keep", metavar="DIR", help="keep the jobs' folders and models in this folder")


def run(arguments: argparse.Namespace) -> int:
    """Run the jobs, one line of JSON each on stdout; 1 where one failed or the spec has errors, 128+n by a signal."""
    project = project_here()
    chosen = options(arguments, project)
    wish = _wish(arguments, chosen.airflow)
    analysis = analyse_one(arguments, project, chosen)
    show_on_stderr(analysis.findings, project, [analysis])
    if has_errors(analysis.findings):
        return 1
    if not analysis.requests:
        raise UsageError(f"{analysis.source.name} is a fragment: it has no `trainspec: 1`")
    if arguments.preflight and not _may_run(analysis, project, arguments, wish):
        return 1
    local = LocalRun(analysis, wish)
    with _access(arguments, local) as access:
        return _run(local, access, as_json=arguments.json or not sys.stdout.isatty())


def _may_run(analysis: "Analysis", project: Project, arguments: argparse.Namespace, wish: Wish) -> bool:
    """Whether the account has nothing against the jobs; what it has is shown."""
    from trainspec.cli.preflight import reported

    findings = project.selection.apply(reported([analysis], arguments, wish.at or datetime.now(timezone.utc)).findings)
    show_on_stderr(findings, project, [analysis])
    if has_errors(findings):
        print("trainspec: nothing was started", file=sys.stderr)
    return not has_errors(findings)


def _run(local: LocalRun, access: Access, *, as_json: bool) -> int:
    local.connect(access)
    kind = LiveView if colours(sys.stderr.isatty()) else View
    view = kind(sys.stderr, sys.stdout, local.mask, names=len(local.chosen) > 1, as_json=as_json)
    interrupt = Interrupt(local.stop)

    def tick() -> None:
        interrupt.heed(view.say)
        view.tick()

    runner = local.runner(view, tick)
    _introduce(local, access, view)
    try:
        with interrupt.caught():
            done = runner.run()
    except LeaveError:
        if access.end is not None:
            access.end()
        _leave(runner, view, interrupt, sys.stdout, sys.stderr)
    view.close()
    if len(local.chosen) > 1 and as_json:
        view.say(_summary(done.values()))
    failed = any(each.state in (State.FAILED, State.UPSTREAM_FAILED) for each in done.values())
    is_over = len(done) == len(local.chosen) and not failed
    if not is_over and not access.simulated and any(each.made for each in done.values()):
        view.say(f"To continue, run the same command with --resume {local.run_id}")
    return interrupt.exit_code if interrupt.number is not None else int(failed)


def _introduce(local: LocalRun, access: Access, view: View) -> None:
    for section, names in local.passed_over.items():
        view.say(f"Skipped, because {section} run only in Airflow: {', '.join(names)}")
    if access.end is not None:
        view.say("Run on this machine: nothing is sent to AWS")
    elif access.simulated:
        view.say("Simulated on this machine: nothing is sent to AWS")
    else:
        view.say(f"Run {local.run_id}")


def _summary(done: Iterable[Done]) -> str:
    counts = Counter(each.status for each in done)
    return f"Jobs: {', '.join(f'{count} {status}' for status, count in counts.items())}"


def _leave(runner: Runner, view: View, interrupt: Interrupt, *streams: TextIO) -> None:
    """End the process at once, whatever its threads are waiting for, and say what is left."""
    left = {task_id: attempt.left for task_id, attempt in runner.running.items()}
    for task_id, attempt in runner.running.items():
        view.forget(task_id)
        name = left[task_id]
        view.say(
            f"{name} may still be running. To stop it: {stop_command(name, attempt.clients.region)}"
            if name
            else f"{task_id}: its training job was being created and may exist",
        )
    for stream in streams:
        with suppress(OSError, ValueError):  # nobody reads it any more
            stream.flush()
    os._exit(interrupt.exit_code)


@contextmanager
def _access(arguments: argparse.Namespace, local: LocalRun) -> Iterator[Access]:
    """How AWS is reached; with --simulate and --local, an account that is there meanwhile.

    Simulated jobs report the metrics that the run asks for.
    """
    if arguments.local:
        with containers_for(local, arguments) as containers:
            yield Access(region=arguments.region, account=containers.account(), end=containers.end)
    elif arguments.simulate:
        yield Access(region=arguments.region, account=_simulated(arguments, local))
    else:
        yield Access(arguments.profile, arguments.region, arguments.endpoint_url)


def _simulated(arguments: argparse.Namespace, local: LocalRun) -> "Account":
    from trainspec.simulator import Outcome, ScaledClock, plan_from_options, strict
    from trainspec.simulator.jobs import Account

    try:
        plan = plan_from_options(arguments.phase_seconds or _SIMULATED_PHASES, arguments.fail)
    except ValueError as error:
        raise UsageError(str(error)) from error
    given = _metrics(arguments.metric)
    metrics = {**dict.fromkeys(local.asked, _SIMULATED_METRIC), **given}
    compared = local.compared

    def outcome(name: str, request: Mapping[str, Any]) -> Outcome:
        label = decode((request.get("Environment") or {}).get(VARIABLE, ""))
        of_point = compared.get(label.task_run.task_id, {}) if label else {}
        known = {**metrics, **{metric: value for metric, value in of_point.items() if metric not in given}}
        return replace(plan(name, request), stopping=_SIMULATED_STOPPING, metrics=known)

    return Account(ScaledClock(), strict(outcome) if arguments.strict_containers else outcome)


def _wish(arguments: argparse.Namespace, airflow: str) -> Wish:
    """The options, read. Raises UsageError for such that say nothing, or do not go together."""
    own = "--local" if arguments.local else "--simulate" if arguments.simulate else None
    if arguments.local and arguments.simulate:
        raise UsageError("--local and --simulate cannot be used together")
    for option in ("profile", "endpoint_url", "use", "resume", "preflight"):
        if own and getattr(arguments, option):
            raise UsageError(f"{own} does not go with --{option.replace('_', '-')}: it uses an account of its own")
    for option in ("input", "python", "keep"):
        if getattr(arguments, option) and not arguments.local:
            raise UsageError(f"--{option} requires --local")
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
        interval or (_SIMULATED_INTERVAL if own else None),
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


def _metrics(given: Iterable[str]) -> dict[str, float]:
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
