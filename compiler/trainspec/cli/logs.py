"""`trainspec logs`: the log of a training job, from CloudWatch; of a tuning job that of one of its training jobs."""

import argparse
import sys
import time
from collections.abc import Iterator

from trainspec.cli.aws_arguments import add_aws, clients, found, printable
from trainspec.local.masking import Mask
from trainspec.project.project import UsageError
from trainspec.runtime.engine.account import Account
from trainspec.runtime.engine.calls import CallAnswer
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.logs import JobLog, last_log_lines
from trainspec.runtime.engine.problems import TrainingProblem
from trainspec.runtime.engine.tuning import LIST_TRAININGS, TUNING

_PAUSE = 10.0
_CALLS = 500


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("job", metavar="JOB", help="the name of the training or tuning job")
    parser.add_argument("-f", "--follow", action="store_true", help="keep printing until the job ends")
    parser.add_argument("-n", "--lines", type=int, metavar="N", help="only the last N lines of each container")
    add_aws(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the log. Raises UsageError if there is no such job."""
    there = clients(arguments)
    try:
        jobs, job = found(arguments.job, there)
        if jobs.kind is TUNING:
            jobs, job = _one_of(job, jobs)
        mask = Mask()
        mask.add(job.description)

        def show(line: str) -> None:
            print(printable(mask(line)), flush=True)

        if arguments.lines is not None:
            for line in last_log_lines(there.logs, job.name, streams=20, lines=max(1, arguments.lines)):
                show(line)
            return 0
        log = JobLog(there.logs, job.name, show)
        log.show(_CALLS)
        while arguments.follow:
            now = jobs.find(job.name)
            log.show(_CALLS)
            if now is None or now.ended:
                break
            time.sleep(_PAUSE)
    except (TrainingProblem, CallAnswer) as problem:
        raise UsageError(f"AWS says: {problem}") from None
    return 0


def _one_of(tuning: Job, jobs: Account) -> tuple[Account, Job]:
    """The most informative training job of a tuning job: the best, else one that failed, else the newest.

    Raises UsageError if it has none yet.
    """
    trainings = Account(jobs.calls)
    best = (tuning.description.get("BestTrainingJob") or {}).get("TrainingJobName")
    chosen = [("the best training job", best)] if best else list(_others(tuning, jobs))
    for what, name in chosen:
        if (job := trainings.find(str(name))) is not None:
            print(f"trainspec: {printable(f'{name}, {what} of the tuning job {tuning.name}')}", file=sys.stderr)
            return trainings, job
    raise UsageError(f"the tuning job `{tuning.name}` has no training job yet")


def _others(tuning: Job, jobs: Account) -> Iterator[tuple[str, str]]:
    newest = {"SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": 1}
    for what, narrowed in (("a failed training job", {"StatusEquals": "Failed"}), ("the newest training job", {})):
        page = jobs.calls(LIST_TRAININGS, {TUNING.name: tuning.name, **newest, **narrowed})
        yield from ((what, each["TrainingJobName"]) for each in page.get("TrainingJobSummaries") or ())
