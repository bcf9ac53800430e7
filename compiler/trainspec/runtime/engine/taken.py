"""What to do if the name of a job is taken: whose it is, and which other names are free."""

from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import chain

from trainspec.runtime.engine.identity import Label, Relation
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.kinds import JobKind
from trainspec.runtime.engine.names import numbered, with_suffix
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.problems import Kind, TrainingProblem


def other_names(
    name: str, holder: Job, theirs: Label | None, label: Label, policy: Policy, kind: JobKind
) -> Iterator[str]:
    """Return names to try if `holder`, labeled `theirs`, has the one that `label` requested.

    Raises `TrainingProblem` if the policy allows no other.
    """
    longest = kind.max_name
    if label.relation(theirs) is not Relation.OTHER:
        return numbered(name, longest)  # it is our own earlier job's: a new job needs another name anyway
    text = taken_message(holder, theirs, label, kind)
    started = label.task_run.started
    match policy.if_exists:
        case "fail":
            raise TrainingProblem(Kind.FATAL, f"{text} (action_if_job_exists='fail')")
        case "skip":
            raise TrainingProblem(Kind.SKIP, f"{text} (action_if_job_exists='skip')")
        case "timestamp" if started:  # the run's start, not now: a retry must get the same name
            moment = datetime.fromtimestamp(started / 1e6, timezone.utc)
            stamped = with_suffix(name, f"{moment:%Y%m%d%H%M%S}", longest)
            return chain([stamped], numbered(stamped, longest))
        case _:
            return numbered(name, longest)


def taken_message(job: Job, theirs: Label | None, label: Label, kind: JobKind) -> str:
    """The message that the name of `job`, labeled `theirs`, is not available to the task run of `label`, and why."""
    owner = f"It belongs to {theirs}."
    if theirs is None:
        owner = f"It was created by something other than trainspec, or by a later release: {job.arn}"
    elif theirs.task_run.installation not in ("", label.task_run.installation):
        owner = f"It belongs to {theirs} of another Airflow, the installation {theirs.task_run.installation}."
    return f"{kind.noun.capitalize()} {job.name} already exists. {owner}"


def presumed_message(job: Job, kind: JobKind) -> str:
    """The message that `job` continues although it was probably created before a clear."""
    return (
        f"{kind.noun.capitalize()} {job.name} seems to have been created by this task before its run was cleared. "
        f"It continues, because it may belong to another Airflow. If you name this Airflow ([trainspec] installation), "
        f"such a job is stopped"
    )
