"""`trainspec logs`: the log of a training job, from CloudWatch."""

import argparse
import time

from trainspec.cli.aws_arguments import account, add_aws, clients, printable
from trainspec.local.masking import Mask
from trainspec.project.project import UsageError
from trainspec.runtime.engine.calls import CallAnswer
from trainspec.runtime.engine.logs import JobLog, last_log_lines
from trainspec.runtime.engine.problems import TrainingProblem

_PAUSE = 10.0
_CALLS = 500


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("job", metavar="JOB", help="the training job's name")
    parser.add_argument("-f", "--follow", action="store_true", help="go on until the job ends")
    parser.add_argument("-n", "--lines", type=int, metavar="N", help="only the last N lines of each container")
    add_aws(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the log. Raises UsageError where there is no such job."""
    there = clients(arguments)
    jobs = account(there.sagemaker)
    try:
        job = jobs.find(arguments.job)
        if job is None:
            raise UsageError(
                f"there is no training job `{arguments.job}` in {there.region}; `trainspec status` lists them"
            )
        mask = Mask()
        mask.add(job.description)

        def show(line: str) -> None:
            print(printable(mask(line)), flush=True)

        if arguments.lines is not None:
            for line in last_log_lines(there.logs, arguments.job, streams=20, lines=max(1, arguments.lines)):
                show(line)
            return 0
        log = JobLog(there.logs, arguments.job, show)
        log.show(_CALLS)
        while arguments.follow:
            job = jobs.find(arguments.job)
            log.show(_CALLS)
            if job is None or job.ended:
                break
            time.sleep(_PAUSE)
    except (TrainingProblem, CallAnswer) as problem:
        raise UsageError(f"AWS says: {problem}") from None
    return 0
