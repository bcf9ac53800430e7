"""`trainspec run`: a spec's jobs, run from here without Airflow."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TextIO

from trainspec.cli.arguments import options
from trainspec.cli.reading import analyse_one, project_here
from trainspec.cli.run_options import SIMULATED_METRIC, SIMULATED_PHASES, TRIALS, configure, metrics_of, wish_of
from trainspec.cli.running_here import containers_for
from trainspec.cli.showing import colours, show_on_stderr
from trainspec.container.run import GRACE
from trainspec.diagnostics import has_errors
from trainspec.local.access import Access
from trainspec.local.attempt import Done, LocalAttempt
from trainspec.local.interrupt import Interrupt, LeaveError
from trainspec.local.messages import stop_command
from trainspec.local.run import LocalRun
from trainspec.local.runner import Runner
from trainspec.local.steps import State
from trainspec.local.view import LiveView, View
from trainspec.local.wish import Wish
from trainspec.project.project import Project, UsageError
from trainspec.runtime.engine.label import VARIABLE, decode

if TYPE_CHECKING:
    from trainspec.pipeline import Analysis
    from trainspec.simulator.jobs import Account
__all__ = ["configure", "run"]

_SIMULATED_STOPPING = 0.5
_RESPITE = "SageMaker gives a container two minutes"
_LOCAL_RESPITE = f"a script has {GRACE:.0f} seconds to end"


def run(arguments: argparse.Namespace) -> int:
    """Run the jobs, one line of JSON each on stdout; 1 if one failed or the spec has errors, 128+n after a signal."""
    project = project_here()
    chosen = options(arguments, project)
    wish = wish_of(arguments, chosen.airflow)
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
    interrupt = Interrupt(local.stop, _LOCAL_RESPITE if access.end is not None else _RESPITE)

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
        _leave(runner, view, interrupt, access, sys.stdout, sys.stderr)
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
        view.say("Running on this machine: nothing is sent to AWS")
        most = access.account.most_trials if access.account else None
        for job, asked in local.trials.items():
            if most is not None and (asked is None or asked > most):
                of_all = f"of the {asked} training jobs" if asked else f"training job{'' if most == 1 else 's'}"
                view.say(f"At most {most} {of_all} of `{job}` {'is' if most == 1 else 'are'} run (--trials)")
    elif access.simulated:
        view.say("Simulating on this machine: nothing is sent to AWS")
    else:
        view.say(f"Run {local.run_id}")


def _summary(done: Iterable[Done]) -> str:
    counts = Counter(each.status for each in done)
    return f"Jobs: {', '.join(f'{count} {status}' for status, count in counts.items())}"


def _leave(runner: Runner, view: View, interrupt: Interrupt, access: Access, *streams: TextIO) -> None:
    """End the process at once, whatever its threads are waiting for, and report what is still running."""
    left = {task_id: attempt.left for task_id, attempt in runner.running.items()}
    for task_id, attempt in runner.running.items():
        view.forget(task_id)
        view.say(_left_behind(task_id, attempt, left[task_id], access))
    for stream in streams:
        with suppress(OSError, ValueError):  # its reader is gone
            stream.flush()
    os._exit(interrupt.exit_code)


def _left_behind(task_id: str, attempt: LocalAttempt, name: str | None, access: Access) -> str:
    """What may remain of an abandoned attempt, and how to end it."""
    if attempt.clients.runs_here:
        return f"{name or task_id}: its processes were ended"
    if access.simulated:
        return f"{name or task_id}: it was simulated, so nothing is left running"
    if not name:
        return f"{task_id}: its {attempt.kind.noun} was being created and may exist"
    return f"{name} may still be running. To stop it: {stop_command(name, attempt.clients.region, attempt.kind)}"


@contextmanager
def _access(arguments: argparse.Namespace, local: LocalRun) -> Iterator[Access]:
    """How AWS is reached; with --simulate and --local, an account that is there meanwhile.

    Simulated jobs report the metrics that the run needs.
    """
    if arguments.local:
        with containers_for(local, arguments) as containers:
            account = containers.account(arguments.trials or TRIALS)
            yield Access(region=arguments.region, account=account, end=containers.end)
    elif arguments.simulate:
        yield Access(region=arguments.region, account=_simulated(arguments, local))
    else:
        yield Access(arguments.profile, arguments.region, arguments.endpoint_url)


def _simulated(arguments: argparse.Namespace, local: LocalRun) -> "Account":
    from trainspec.simulator import Outcome, ScaledClock, plan_from_options, strict
    from trainspec.simulator.jobs import Account

    try:
        plan = plan_from_options(arguments.phase_seconds or SIMULATED_PHASES, arguments.fail)
    except ValueError as error:
        raise UsageError(str(error)) from error
    given = metrics_of(arguments.metric)
    metrics = {**dict.fromkeys(local.asked, SIMULATED_METRIC), **given}
    compared = local.compared

    def outcome(name: str, request: Mapping[str, Any]) -> Outcome:
        label = decode((request.get("Environment") or {}).get(VARIABLE, ""))
        of_point = compared.get(label.task_run.task_id, {}) if label else {}
        known = {**metrics, **{metric: value for metric, value in of_point.items() if metric not in given}}
        return replace(plan(name, request), stopping=_SIMULATED_STOPPING, metrics=known)

    return Account(ScaledClock(), strict(outcome) if arguments.strict_containers else outcome)
