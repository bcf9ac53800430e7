"""The kinds of jobs that the engine can run, as data: what differs between them, and nothing else does.

A row names the calls of a boto SageMaker client and the members of their answers, and says where in a request the
identity of the task run goes. All that a guarantee rests on reads these rows, so that it holds for every kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from trainspec.runtime.engine.casting import TYPED_MEMBERS
from trainspec.runtime.engine.job import Job


@dataclass(frozen=True)
class JobKind:
    """One kind of job. Operations are methods of the client, members are those of requests and answers."""

    noun: str
    """As messages call it."""
    create: str
    describe: str
    stop: str
    list: str
    summaries: str
    """The member of the answer to `list` that holds the jobs."""
    max_name: int
    """Characters of a name."""
    signed_member: tuple[str, ...]
    """The path to the map of the request, and of the description, whose `Environment` the containers get."""
    max_variables: int
    """How many variables that Environment may have."""
    typed_members: Mapping[str, str]
    """The members of the request that are integers, numbers or booleans; `casting` has their form."""
    page: str
    """The path of a job's page in the AWS console, with `{region}` and `{name}`."""
    log_prefix: str
    """How the names of the job's log streams begin, with `{name}`."""
    job: type[Job]
    """What reads a description; it knows the members of name, ARN and status."""

    @property
    def name(self) -> str:
        """The member that holds a job's name."""
        return self.job.name_member

    @property
    def arn(self) -> str:
        """The member that holds a job's ARN."""
        return self.job.arn_member

    @property
    def status(self) -> str:
        """The member that holds a job's status."""
        return self.job.status_member

    @property
    def operation(self) -> str:
        """The API's name of the operation that creates a job."""
        return "".join(part.capitalize() for part in self.create.split("_"))

    def definition(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the part of a request, or of a description, that says what the containers do."""
        for name in self.signed_member:
            request = request.get(name) or {}
        return request

    @property
    def stop_command(self) -> str:
        """The AWS command line's command that stops a job, as far as its name."""
        operation = self.stop.replace("_", "-")
        return f"aws sagemaker {operation} --{operation.removeprefix('stop-')}-name"


# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
TRAINING: Final = JobKind(
    noun="training job",
    create="create_training_job",
    describe="describe_training_job",
    stop="stop_training_job",
    list="list_training_jobs",
    summaries="TrainingJobSummaries",
    max_name=63,
    signed_member=(),
    max_variables=100,
    typed_members=TYPED_MEMBERS,
    page="jobs/{name}",
    log_prefix="{name}/",
    job=Job,
)
