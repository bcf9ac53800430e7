"""`trainspec simulate`: a simulated SageMaker endpoint on this machine, for a local Airflow or a user's own tests."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainspec.cli.arguments import add_composition, add_local, options
from trainspec.cli.reading import analyse_files, project_here
from trainspec.project.project import UsageError
from trainspec.simulator import Simulator, plan_from_options, serve, strict
from trainspec.simulator.execution import Executor


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "--port", type=int, default=4587, help="the port on 127.0.0.1; 0 picks a free one (default: 4587)"
    )
    parser.add_argument("--speed", type=float, default=1.0, help="speed of the simulated clock, relative to real time")
    parser.add_argument(
        "--phase-seconds",
        metavar="N",
        help="how long a phase takes: one number, or four with commas (starting, downloading, training, uploading)",
    )
    parser.add_argument(
        "--fail",
        action="append",
        default=[],
        metavar="GLOB=REASON",
        help="jobs whose name matches fail with this reason",
    )
    parser.add_argument(
        "--strict-containers",
        action="store_true",
        help="fail jobs whose containers are certain to fail",
    )
    here = parser.add_argument_group("running scripts")
    here.add_argument(
        "--exec",
        nargs="*",
        metavar="SPEC",
        help="run the scripts of these specs (default: the project's) as processes on this machine",
    )
    add_local(here)
    here.add_argument("--keep", metavar="DIR", help="keep the jobs' folders and models in this folder")
    add_composition(here)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C. Raises UsageError for invalid options, and for a port that is taken."""
    if arguments.speed <= 0:
        raise UsageError("--speed takes a number greater than 0")
    try:
        plan = plan_from_options(arguments.phase_seconds, arguments.fail)
        with _executor(arguments) as (executor, objects):
            serve(
                arguments.port,
                speed=arguments.speed,
                plan=strict(plan) if arguments.strict_containers else plan,
                executor=executor,
                objects=objects,
                ready=_announce,
            )
    except ValueError as error:
        raise UsageError(str(error)) from error
    except (OSError, OverflowError) as error:
        raise UsageError(f"cannot listen on port {arguments.port}: {error}") from error
    return 0


@contextmanager
def _executor(arguments: argparse.Namespace) -> Iterator[tuple[Executor | None, Path]]:
    """The runner for --exec; and the folder that stands for S3."""
    from trainspec.cli.running_here import folder_of, local_inputs, python_of

    inputs = local_inputs(arguments.input)
    with folder_of(arguments.keep) as folder:
        if arguments.exec is None:
            yield None, folder / "s3"
            return
        from trainspec.local.containers import Containers

        project = project_here()
        analyses = analyse_files(arguments.exec, project, options(arguments, project))
        sources = [source for each in analyses for source in each.sources.values()]
        containers = Containers(folder, python_of(arguments.python), inputs, sources)
        try:
            yield containers, folder / "s3"
        finally:
            containers.end()


def _announce(simulator: Simulator) -> None:
    print(simulator.url, flush=True)
    print(
        "SageMaker is simulated at this address. Pass it to a client as endpoint_url, or set Airflow's connection:\n"
        f"  AIRFLOW_CONN_AWS_DEFAULT='aws://key:secret@/?region_name=us-east-1&endpoint_url={_quoted(simulator.url)}'\n"
        "Stop it with Ctrl-C.",
        file=sys.stderr,
        flush=True,
    )


def _quoted(url: str) -> str:
    return url.replace(":", "%3A").replace("/", "%2F")
