"""The kinds of jobs that the engine can run, as data: everything that differs between them.

A row has the calls of a boto3 SageMaker client and the members of their responses, and the place in a request for the
identity of the task run. Every guarantee is implemented with these rows, so that it holds for every kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from trainspec.runtime.engine.casting import TYPED_MEMBERS
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.label import Path, found_at


@dataclass(frozen=True)
class JobKind:
    """One kind of job. Operations are methods of the client, members are those of requests and responses."""

    noun: str
    """Its name in messages."""
    create: str
    describe: str
    stop: str
    list: str
    summaries: str
    """The member of the response to `list` that contains the jobs."""
    max_name: int
    """Limit on the characters of a name."""
    signed_members: tuple[Path, ...]
    """Where a request or a description may have the map with the containers' `Environment`; the first one counts."""
    max_variables: int
    """Limit on the variables of that Environment."""
    typed_members: Mapping[str, str]
    """The members of the request that are integers, numbers or booleans, in the form of `casting`."""
    page: str
    """The path of a job's page in the AWS console, with `{region}` and `{name}`."""
    log_prefix: str
    """The prefix of the names of the job's log streams, with `{name}`."""
    job: type[Job]
    """The class that reads a description; it knows the members of name, ARN and status."""

    @property
    def name(self) -> str:
        """The member with a job's name."""
        return self.job.name_member

    @property
    def arn(self) -> str:
        """The member with a job's ARN."""
        return self.job.arn_member

    @property
    def status(self) -> str:
        """The member with a job's status."""
        return self.job.status_member

    @property
    def operation(self) -> str:
        """The API's name for the operation that creates a job."""
        return "".join(part.capitalize() for part in self.create.split("_"))

    def signed_in(self, request: Mapping[str, Any]) -> Path:
        """Return the path to the map of a request, or of a description, whose `Environment` has the identity."""
        return next((path for path in self.signed_members if found_at(request, path)), self.signed_members[0])

    def definition(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the part of a request or a description that defines the containers."""
        return found_at(request, self.signed_in(request))

    @property
    def stop_command(self) -> str:
        """The AWS CLI command that stops a job, without the job's name."""
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
    signed_members=((),),
    max_variables=100,
    typed_members=TYPED_MEMBERS,
    page="jobs/{name}",
    log_prefix="{name}/",
    job=Job,
)
