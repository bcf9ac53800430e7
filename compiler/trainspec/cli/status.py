"""`trainspec status`: the training and tuning jobs that carry the label of a task run, newest first."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from heapq import merge
from typing import Any

from trainspec.cli.aws_arguments import accounts, add_aws, clients, printable
from trainspec.diagnostics.excerpt import visible_json
from trainspec.local.table import table
from trainspec.project.project import UsageError
from trainspec.runtime.engine.account import Account, RefusedError
from trainspec.runtime.engine.calls import CallAnswer
from trainspec.runtime.engine.kinds import TRAINING
from trainspec.runtime.engine.problems import TrainingProblem
from trainspec.safety.masking import redacted

_HEADING = ("JOB", "KIND", "STATUS", "DAG", "TASK", "RUN", "STARTED", "BILLABLE")


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--dag", metavar="ID", help="only jobs of this DAG")
    parser.add_argument("--running", action="store_true", help="only jobs that have not ended")
    parser.add_argument("--name-contains", default="", metavar="TEXT", help="only jobs whose name contains this")
    parser.add_argument("-n", "--number", type=int, default=20, metavar="N", help="show at most N jobs (20)")
    parser.add_argument("--max-looks", type=int, default=200, metavar="N", help="check at most N jobs (200)")
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    add_aws(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the jobs, as a table or as JSON."""
    if min(arguments.number, arguments.max_looks) < 1:
        raise UsageError("-n and --max-looks take a number greater than 0")
    found: list[dict[str, Any]] = []
    try:
        for row in _rows(accounts(clients(arguments).sagemaker), arguments):
            found.append(row)
            if len(found) == arguments.number:
                break
    except (TrainingProblem, CallAnswer, RefusedError) as problem:
        raise UsageError(f"AWS says: {problem}") from None
    if arguments.json:
        print(visible_json(redacted(found)))
        return 0
    lines = table([_HEADING, *(_cells(row) for row in found)])
    print(
        "\n".join(map(printable, lines)) if lines else "No jobs found that trainspec has started.",
        file=sys.stdout if lines else sys.stderr,
    )
    return 0


def _newest(kinds: Sequence[Account], narrowed: Mapping[str, Any]) -> Iterator[tuple[Account, dict[str, Any]]]:
    """The summaries of jobs of all kinds, the newest first."""

    def of(there: Account) -> Iterator[tuple[Account, dict[str, Any]]]:
        try:
            yield from ((there, summary) for summary in there.listed(dict(narrowed)))
        except RefusedError as refused:
            if there.kind is TRAINING:
                raise
            print(printable(f"trainspec: tuning jobs are not checked: {refused.text}"), file=sys.stderr)

    return merge(*map(of, kinds), key=lambda each: each[1]["CreationTime"], reverse=True)


def _rows(kinds: Sequence[Account], arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    narrowed = {"StatusEquals": "InProgress"} if arguments.running else {}
    narrowed |= {"NameContains": arguments.name_contains} if arguments.name_contains else {}
    for looks, (there, summary) in enumerate(_newest(kinds, narrowed), start=1):
        job = there.find(summary[there.kind.name])
        label = there.label(job) if job else None
        if job and label and arguments.dag in (None, label.task_run.dag_id):
            started = datetime.fromtimestamp(job.created or 0, timezone.utc)
            yield {
                "job": job.name,
                "kind": there.kind.noun,
                "status": job.status,
                "dag": label.task_run.dag_id,
                "task": label.task_run.task_id,
                "run": label.task_run.run_id,
                "try": label.try_number,
                "started": started.isoformat(timespec="seconds"),
                "billable_seconds": job.billable_seconds,
            }
        if looks == arguments.max_looks:
            print(f"trainspec: checked {looks} jobs; --max-looks N checks more", file=sys.stderr)
            return


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    billable = row["billable_seconds"]
    started = row["started"][:16].replace("T", " ")
    seconds = f"{billable:,} s" if billable is not None else ""
    return (
        row["job"],
        row["kind"].removesuffix(" job"),
        row["status"],
        row["dag"],
        row["task"],
        row["run"],
        started,
        seconds,
    )
