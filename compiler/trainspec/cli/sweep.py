"""`trainspec sweep`: list or stop training and tuning jobs whose Airflow task has ended."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trainspec.cli.aws_arguments import printable
from trainspec.project.project import UsageError
from trainspec.runtime.engine.account import RefusedError
from trainspec.runtime.engine.airflow_rest import AirflowRest, Credentials
from trainspec.runtime.engine.calls import BackOff, CallAnswer, Calls
from trainspec.runtime.engine.kinds import TRAINING
from trainspec.runtime.engine.problems import TrainingProblem
from trainspec.runtime.engine.sweep import AskError, Bounds, Finding, Sweep, Verdict
from trainspec.runtime.engine.tuning import TUNING
from trainspec.units import seconds

_URL, _TOKEN, _USER, _PASSWORD = (f"TRAINSPEC_AIRFLOW_{name}" for name in ("URL", "TOKEN", "USER", "PASSWORD"))
_INSTALLATION = "TRAINSPEC_INSTALLATION"

_DAG = """\
\"\"\"Stops training jobs that outlive their task in this Airflow. Written by `trainspec sweep --dag`.\"\"\"

import pendulum
from {sdk} import DAG
from trainspec.runtime import TrainingJobSweepOperator

with DAG(
    dag_id="trainspec_sweep",
    schedule="*/15 * * * *",
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["maintenance"],
):
    # One task for each connection and region in which training jobs run.
    TrainingJobSweepOperator(task_id="sweep", aws_conn_id="aws_default")
"""
_SDK = {2: "airflow", 3: "airflow.sdk"}


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--stop", action="store_true", help="stop the stray jobs (default: only list them)")
    parser.add_argument(
        "--airflow-url",
        metavar="URL",
        help=f"the address of Airflow's UI ({_URL}); credentials for its API are taken from {_TOKEN}, or from {_USER} "
        f"and {_PASSWORD}",
    )
    parser.add_argument(
        "--installation",
        metavar="ID",
        help=f"the name of this Airflow in the labels of its jobs ({_INSTALLATION}): the setting `installation` in the "
        f"section [trainspec] of its configuration; without one, the id beginning with @ that `--all` shows. Jobs of "
        f"other installations are never stopped",
    )
    parser.add_argument("--region", help="the AWS region (default: that of your AWS configuration)")
    parser.add_argument("--profile", help="the profile of your AWS configuration")
    parser.add_argument(
        "--name-contains", default="", metavar="TEXT", help="consider only jobs whose name contains this"
    )
    parser.add_argument(
        "--older-than", default="5m", metavar="DURATION", help="ignore jobs younger than this (default: 5m)"
    )
    parser.add_argument(
        "--max-jobs", type=int, default=1000, metavar="N", help="check at most N running jobs (default: 1000)"
    )
    parser.add_argument("-a", "--all", action="store_true", help="also show the jobs that are not stray, and why")
    parser.add_argument(
        "--dag",
        type=int,
        nargs="?",
        const=3,
        choices=sorted(_SDK),
        metavar="MAJOR",
        help=("only print a DAG file that runs the sweep inside Airflow 3 (or 2)"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the results, one line per job. Returns 1 if a stray job is still running, or may be."""
    if arguments.dag:
        sys.stdout.write(_DAG.format(sdk=_SDK[arguments.dag]))
        return 0
    installation = arguments.installation or os.environ.get(_INSTALLATION, "")
    calls, ask, bounds = _calls(arguments), _airflow(arguments, os.environ).ask, _bounds(arguments)
    sweeps = [Sweep(calls, ask, bounds, installation, kind) for kind in (TRAINING, TUNING)]
    counts = dict.fromkeys(Verdict, 0)
    failed, unnamed = 0, set[str]()
    try:
        for sweep, found in _findings(sweeps):
            counts[found.verdict] += 1
            if not installation and found.label.task_run.installation:
                unnamed.add(found.label.task_run.installation)
            if found.verdict is Verdict.STRAY:
                failed += not _deal_with(found, sweep, stop=arguments.stop)
            elif arguments.all:
                print(_line(found, "left"))
    except (TrainingProblem, CallAnswer) as problem:
        raise UsageError(f"AWS says: {problem}") from None
    _summarize(sweeps, counts)
    if unnamed:
        print(
            f"trainspec: jobs of {printable(', '.join(sorted(unnamed)))} were left alone: which of these is this "
            f"Airflow? Give --installation, or {_INSTALLATION} in the environment",
            file=sys.stderr,
        )
    return int(failed > 0 or any(sweep.exhausted for sweep in sweeps) or bool(unnamed))


def _findings(sweeps: Sequence[Sweep]) -> Iterator[tuple[Sweep, Finding]]:
    """The running jobs of all kinds. Tuning jobs that may not be listed are skipped, with a note."""
    return ((sweep, found) for sweep in sweeps for found in _of_kind(sweep))


def _of_kind(sweep: Sweep) -> Iterator[Finding]:
    try:
        yield from sweep.findings()
    except RefusedError as refused:
        if sweep.account.kind is TRAINING:
            raise
        print(printable(f"trainspec: tuning jobs are not checked: {refused.text}"), file=sys.stderr)


def _deal_with(found: Finding, sweep: Sweep, *, stop: bool) -> bool:
    """Stop a stray job, or only report it. Returns whether it is dealt with."""
    if not stop:
        print(_line(found, "stray"))
        return False
    try:
        sweep.stop(found)
    except TrainingProblem as problem:
        print(_line(found, "not stopped"))
        print(printable(f"trainspec: {found.name}: {problem.text}"), file=sys.stderr)
        return False
    print(_line(found, "stopped"))
    return True


def _line(found: Finding, what: str) -> str:
    return printable(f"{what}: {found.name}: {found.why} ({found.label})")


def _summarize(sweeps: Sequence[Sweep], counts: Mapping[Verdict, int]) -> None:
    looked_at = sum(sweep.looked_at for sweep in sweeps)
    print(
        f"{_jobs(looked_at)} checked; {counts[Verdict.STRAY]} stray, {counts[Verdict.WANTED]} wanted, "
        f"{counts[Verdict.UNKNOWN]} unknown to this Airflow, the rest not created by trainspec",
        file=sys.stderr,
    )
    if any(sweep.exhausted for sweep in sweeps):
        print("trainspec: there are more: increase --max-jobs, or select fewer with --name-contains", file=sys.stderr)


def _jobs(count: int) -> str:
    return "1 running job" if count == 1 else f"{count} running jobs"


def _bounds(arguments: argparse.Namespace) -> Bounds:
    older_than = seconds(arguments.older_than)
    if not isinstance(older_than, int) or older_than < 0:
        raise UsageError(f"--older-than takes a duration like 5m, not `{arguments.older_than}`")
    if arguments.max_jobs < 1:
        raise UsageError("--max-jobs takes a number greater than 0")
    return Bounds(older_than, arguments.name_contains, arguments.max_jobs)


def _airflow(arguments: argparse.Namespace, environ: Mapping[str, str]) -> AirflowRest:
    url = arguments.airflow_url or environ.get(_URL)
    if not url:
        raise UsageError(f"no Airflow given: set --airflow-url, or {_URL} in the environment")
    credentials = Credentials(environ.get(_TOKEN, ""), environ.get(_USER, ""), environ.get(_PASSWORD, ""))
    try:
        return AirflowRest(url, credentials)
    except AskError as error:
        raise UsageError(str(error)) from None


def _calls(arguments: argparse.Namespace) -> Calls:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise UsageError('sweep needs boto3: `pip install "boto3>=1.40"`, or trainspec with its extra `aws`') from None
    settings: Any = Config(retries={"total_max_attempts": 1})
    try:
        session = boto3.Session(profile_name=arguments.profile, region_name=arguments.region)
        client = session.client("sagemaker", config=settings)
    except BotoCoreError as error:
        if type(error).__name__ == "NoRegionError":
            raise UsageError("no region given: set --region, or a region in your AWS configuration") from None
        raise UsageError(f"boto3 reports: {error}") from None
    return Calls(client, back_off=BackOff(patience=120.0), log=_log)


def _log(text: str) -> None:
    print(f"trainspec: {text}", file=sys.stderr)
