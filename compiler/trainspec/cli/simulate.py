"""`trainspec simulate`: a simulated SageMaker endpoint on this machine, for a local Airflow or a user's own tests."""

import argparse
import sys

from trainspec.project.project import UsageError
from trainspec.simulator import Simulator, plan_from_options, serve


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--port", type=int, default=4587, help="the port on 127.0.0.1; 0 takes a free one (4587)")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast as the wall's its clock runs")
    parser.add_argument(
        "--phase-seconds",
        metavar="N",
        help="how long a phase takes: one number, or four with commas (starting, downloading, training, uploading)",
    )
    parser.add_argument(
        "--fail", action="append", default=[], metavar="GLOB=REASON", help="jobs of such a name fail for this reason"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C. Raises UsageError for options that say nothing, and for a port that is taken."""
    if arguments.speed <= 0:
        raise UsageError("--speed takes a number greater than 0")
    try:
        plan = plan_from_options(arguments.phase_seconds, arguments.fail)
        serve(arguments.port, speed=arguments.speed, plan=plan, ready=_announce)
    except ValueError as error:
        raise UsageError(str(error)) from error
    except (OSError, OverflowError) as error:
        raise UsageError(f"cannot listen on port {arguments.port}: {error}") from error
    return 0


def _announce(simulator: Simulator) -> None:
    print(simulator.url, flush=True)
    print(
        "SageMaker is simulated here. Give this address to a client as endpoint_url, or to Airflow's connection:\n"
        f"  AIRFLOW_CONN_AWS_DEFAULT='aws://key:secret@/?region_name=us-east-1&endpoint_url={_quoted(simulator.url)}'\n"
        "End it with Ctrl-C.",
        file=sys.stderr,
        flush=True,
    )


def _quoted(url: str) -> str:
    return url.replace(":", "%3A").replace("/", "%2F")
