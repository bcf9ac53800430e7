"""Shared by the commands that query AWS about jobs: their options, and the account that these select."""

import argparse
import sys
from typing import Any

from trainspec.diagnostics.excerpt import visible
from trainspec.local.access import Access, Clients, clients_of
from trainspec.project.project import UsageError
from trainspec.runtime.engine.account import Account
from trainspec.runtime.engine.calls import BackOff, Calls
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.tuning import TUNING
from trainspec.safety.masking import conceal_all

_PATIENCE = 60.0
"""Seconds after which a person at a terminal wants to know that AWS does not respond."""


def add_aws(parser: argparse.ArgumentParser) -> None:
    """The options that select an account and a region."""
    parser.add_argument("--region", help="the AWS region (default: that of your AWS configuration)")
    parser.add_argument("--profile", help="the profile of your AWS configuration")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="a different endpoint, such as that of `trainspec simulate`"
    )


def clients(arguments: argparse.Namespace) -> Clients:
    """The clients of the region. Raises UsageError if boto3, a region or credentials are missing."""
    access = Access(arguments.profile, arguments.region, arguments.endpoint_url)
    return clients_of([None], access)[None]


def accounts(client: Any) -> tuple[Account, Account]:
    """The training jobs that a client sees, and the tuning jobs."""
    calls = Calls(client, back_off=BackOff(patience=_PATIENCE), log=_log)
    return Account(calls), Account(calls, TUNING)


def found(name: str, there: Clients) -> tuple[Account, Job]:
    """The training or tuning job of that name, with the jobs of its kind.

    Raises UsageError if there is none, and what `Calls` does.
    """
    for jobs in accounts(there.sagemaker):
        if (job := jobs.find(name)) is not None:
            return jobs, job
    raise UsageError(
        f"there is no training job or tuning job `{name}` in {there.region}; `trainspec status` lists them"
    )


def of_tuning(job: Job) -> str | None:
    """The name of the tuning job that a training job belongs to."""
    arn = job.description.get("TuningJobArn")
    return str(arn).rpartition("/")[2] if arn else None


def printable(text: str) -> str:
    """One line of what AWS says (names, labels, logs): nothing moves a terminal's cursor, and secrets are masked."""
    return visible(conceal_all(text.expandtabs()))


def _log(text: str) -> None:
    print(f"trainspec: {printable(text)}", file=sys.stderr)
