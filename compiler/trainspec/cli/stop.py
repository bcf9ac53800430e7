"""`trainspec stop`: stop a training or tuning job that a task of a spec has started."""

import argparse

from trainspec.cli.aws_arguments import add_aws, clients, found, of_tuning, printable
from trainspec.project.project import UsageError
from trainspec.runtime.engine.calls import CallAnswer
from trainspec.runtime.engine.problems import TrainingProblem


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("job", metavar="JOB", help="the name of the training or tuning job")
    add_aws(parser)


def run(arguments: argparse.Namespace) -> int:
    """Stop the job. Raises UsageError for one that is not there, or that no task of a spec has started."""
    try:
        jobs, job = found(arguments.job, clients(arguments))
        if job.ended:
            print(printable(f"{job.name} has already ended: {job.status}"))
            return 0
        if tuning := of_tuning(job):
            raise UsageError(f"`{job.name}` belongs to the tuning job `{tuning}`: stop that job instead")
        label = jobs.label(job)
        if label is None:
            raise UsageError(f"`{arguments.job}` was not started by trainspec; to stop it anyway, use the AWS CLI")
        stopped = jobs.stop(job, label)
    except (TrainingProblem, CallAnswer) as problem:
        raise UsageError(f"AWS says: {problem}") from None
    print(printable(f"{'stopping' if stopped else 'already ended:'} {job.name} ({label})"))
    return 0
