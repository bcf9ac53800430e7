"""`trainspec import`: creates a spec from requests, manifests, DAG files or jobs."""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from trainspec.cli.imported import refuse, report, write_recorded, write_spec
from trainspec.cli.reading import standard_input
from trainspec.editing.format import formatted
from trainspec.importers.model import CannotImportError, Imported, TaskIds, UnavailableError
from trainspec.importers.sources import load_file, read_aws, read_file, read_text
from trainspec.importers.write import spec_text
from trainspec.project.project import UsageError
from trainspec.text.source import Source

_LOAD_TIMEOUT = 120.0


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "sources",
        nargs="*",
        metavar="SOURCE",
        help="a request or a DescribeTrainingJob response (JSON, YAML), a file that contains requests (a state "
        "machine, CloudFormation, Terraform JSON, CloudTrail events), an ACK TrainingJob manifest, or a DAG file; "
        "- for standard input",
    )
    parser.add_argument(
        "--load",
        action="store_true",
        help="let Airflow load DAG files: this RUNS them, in a separate process, with your environment",
    )
    parser.add_argument(
        "--airflow-python",
        metavar="EXE",
        help="with --load: the Python of your Airflow; default: the one that runs trainspec",
    )
    parser.add_argument(
        "--load-timeout", metavar="SECONDS", type=_seconds, help="with --load: the time limit in seconds (120)"
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="run the command after --, a script that starts training jobs, with a recorder on this machine instead "
        "of AWS; write a spec for each job into the folder -o (default: the working folder)",
    )
    parser.add_argument("--job-name", metavar="NAME", help="a training or tuning job in your AWS account; needs boto3")
    parser.add_argument("--region", help="the region of that job or, with --record, of the command")
    parser.add_argument("-o", "--output", metavar="FILE", help="output file, or a folder if there are several specs")


def run(arguments: argparse.Namespace) -> int:
    """Print the spec, or write it; what could not be carried over, and what lint says of it, goes to stderr."""
    _check(arguments)
    if arguments.record:
        return write_recorded(arguments.sources, arguments.output, arguments.region)
    if not arguments.sources and not arguments.job_name:
        raise UsageError("pass a file, or a job with --job-name")
    read = list(_read(arguments))
    imported = _join([each for found in read for each in found or ()])
    target = Path(arguments.output) if arguments.output else None
    if len(imported) > 1 and (target is None or not target.is_dir()):
        raise UsageError(f"the sources contain {len(imported)} DAGs: pass a folder with -o")
    is_whole = None not in read
    for each in imported:
        text = formatted(Source("imported.yaml", spec_text(each))).text
        if target is None:
            sys.stdout.write(text)
        else:
            write_spec(target / _file_name(each) if target.is_dir() else target, text)
        is_whole = report(each, text) and is_whole
    return 0 if is_whole else 1


def _check(arguments: argparse.Namespace) -> None:
    """Options that need another one. Raises UsageError."""
    if not arguments.load:
        for option in ("airflow_python", "load_timeout"):
            if getattr(arguments, option) is not None:
                raise UsageError(f"--{option.replace('_', '-')} is for --load, which runs the DAG file; add --load")
    if arguments.record and (arguments.load or arguments.job_name):
        raise UsageError("--record runs a command, so it cannot be combined with --load or --job-name")
    if arguments.record and not arguments.sources:
        raise UsageError("--record needs a command: trainspec import --record -- python train.py")
    if arguments.region is not None and not (arguments.job_name or arguments.record):
        raise UsageError("--region is the region of the job that --job-name names; add --job-name")


def _read(arguments: argparse.Namespace) -> Iterator[list[Imported] | None]:
    """What each source contains; None if it cannot be imported. Raises UsageError."""
    for source in arguments.sources:
        yield _read_one(source, arguments)
    if arguments.job_name:
        try:
            yield [read_aws(arguments.job_name, arguments.region)]
        except UnavailableError as error:  # what goes wrong names the job
            raise UsageError(f"--job-name: {error}") from error


def _read_one(source: str, arguments: argparse.Namespace) -> list[Imported] | None:
    """What a source contains; None, with the reason on stderr, if it cannot be imported. Raises UsageError."""
    try:
        if arguments.load:
            return _load(arguments, source)
        return read_text(standard_input()) if source == "-" else read_file(Path(source))
    except UnavailableError as error:
        raise UsageError(f"{source}: {error}") from error
    except CannotImportError as error:
        refuse(source, error)
        return None


def _load(arguments: argparse.Namespace, source: str) -> list[Imported]:
    if source == "-":
        raise UnavailableError("--load needs a file, not standard input")
    return load_file(Path(source), arguments.airflow_python or sys.executable, arguments.load_timeout or _LOAD_TIMEOUT)


def _seconds(text: str) -> float:
    """The type of `--load-timeout`."""
    value = float(text)
    if not 0 < value < 100_000:
        raise ValueError(text)
    return value


def _join(found: list[Imported]) -> list[Imported]:
    """Combine jobs without a DAG into one spec."""
    alone = [each for each in found if not each.dag]
    if not alone:
        return found
    task_ids = TaskIds()
    jobs = tuple(replace(job, task_id=task_ids.free(job.task_id)) for each in alone for job in each.jobs)
    notes = tuple(note for each in alone for note in each.notes)
    remarks = tuple(remark for each in alone for remark in each.remarks)
    return [Imported(jobs, notes=notes, remarks=remarks), *(each for each in found if each.dag)]


def _file_name(imported: Imported) -> str:
    """The file of a spec in a folder: named after the DAG, whose id the source chooses."""
    name = re.sub(r"[^\w-]", "_", str(imported.dag.get("id", "imported")))
    return f"{name[:100] or 'imported'}.yaml"
