"""What the commands share that ask AWS about training jobs: their options, and the account that these name."""

import argparse
import sys
from typing import Any

from trainspec.diagnostics.excerpt import visible
from trainspec.local.access import Access, Clients, clients_of
from trainspec.runtime.engine.account import Account
from trainspec.runtime.engine.calls import BackOff, Calls
from trainspec.safety.masking import conceal_all

_PATIENCE = 60.0
"""Seconds after which a person at a terminal wants to know that AWS does not answer."""


def add_aws(parser: argparse.ArgumentParser) -> None:
    """The options that say whose jobs, and where."""
    parser.add_argument("--region", help="the AWS region (default: that of your AWS configuration)")
    parser.add_argument("--profile", help="the profile of your AWS configuration")
    parser.add_argument("--endpoint-url", metavar="URL", help="another endpoint, such as one of `trainspec simulate`")


def clients(arguments: argparse.Namespace) -> Clients:
    """The clients of the region. Raises UsageError where boto3, a region or credentials are missing."""
    access = Access(arguments.profile, arguments.region, arguments.endpoint_url)
    return clients_of([None], access)[None]


def account(client: Any) -> Account:
    """The training jobs that a client sees."""
    return Account(Calls(client, back_off=BackOff(patience=_PATIENCE), log=_log))


def printable(text: str) -> str:
    """One line of what AWS says (names, labels, logs): nothing moves a terminal's cursor, and secrets are masked."""
    return visible(conceal_all(text.expandtabs()))


def _log(text: str) -> None:
    print(f"trainspec: {printable(text)}", file=sys.stderr)
