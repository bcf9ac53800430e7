"""Why a job did not complete, as a problem for the caller that waits for it."""

from collections.abc import Sequence

from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.problems import Kind, TrainingProblem


def failure(job: Job, log_lines: Sequence[str], *links: str | None) -> TrainingProblem:
    """Why `job` did not complete: SageMaker's reason, the job's last log lines, and links to more.

    A reason that lies in the request itself (`ClientError`) is fatal; for all others, another try may succeed.
    """
    secondary = job.description.get("SecondaryStatus", "")
    more = f" ({secondary})" if secondary not in ("", job.status) else ""
    where = [f"{job.name} is {job.status}{more}: {job.reason}"]
    if log_lines:
        where += ["Its last log lines:", *(f"  {line}" for line in log_lines)]
    return TrainingProblem(Kind.FATAL if job.lasting else Kind.RETRY, "\n".join([*where, *filter(None, links)]))
