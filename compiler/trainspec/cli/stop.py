"""`trainspec stop`: stop a training job that a task of a spec has started."""

import argparse

from trainspec.cli.aws_arguments import account, add_aws, clients, printable
from trainspec.project.project import UsageError
from trainspec.runtime.engine.calls import CallAnswer
from trainspec.runtime.engine.problems import TrainingProblem


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("job", metavar="JOB", help="the training job's name")
    add_aws(parser)


def run(arguments: argparse.Namespace) -> int:
    """Stop the job. Raises UsageError for one that is not there, or that no task of a spec has started."""
    there = clients(arguments)
    jobs = account(there.sagemaker)
    try:
        job = jobs.find(arguments.job)
        if job is None:
            raise UsageError(
                f"there is no training job `{arguments.job}` in {there.region}; `trainspec status` lists them"
            )
        if job.ended:
            print(printable(f"{job.name} has ended already: {job.status}"))
            return 0
        label = jobs.label(job)
        if label is None:
            raise UsageError(f"`{arguments.job}` was not started by trainspec; stop it with the AWS CLI if you mean it")
        stopped = jobs.stop(job, label)
    except (TrainingProblem, CallAnswer) as problem:
        raise UsageError(f"AWS says: {problem}") from None
    print(printable(f"{'stopping' if stopped else 'ended meanwhile:'} {job.name} ({label})"))
    return 0
