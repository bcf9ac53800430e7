"""What policies see of a spec, which of them apply to it, and where their findings are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trainspec.diagnostics import Code, Diagnostic, Severity
from trainspec.disk.globs import covers
from trainspec.policies.model import Policy
from trainspec.request.lower import Request
from trainspec.templates import Sample
from trainspec.text.fault import Fault, placed
from trainspec.text.tree import Mapping as Map
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

BASE = "default"
"""The value of `${env}` if no environment is selected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What policies see of a spec: its name, its environment, its data, its requests, its composed document.

    `written` is the document before any patch of an environment: a job's key is found there.
    `groups` has the task ids of each matrix by its job's name; `invalid` are the places whose values were wrong;
    `samples` are the runs of each job's task that its templates are rendered for, `task_samples` those of other tasks.
    """

    name: str
    dag_id: str
    environment: str | None
    region: str | None
    data: "SpecData"
    requests: Mapping[str, Request]
    root: Map
    written: Map
    groups: Mapping[str, Sequence[str]]
    samples: Mapping[str, Sequence[Sample]]
    task_samples: Mapping[str, Sequence[Sample]] = field(default_factory=dict)
    invalid: Collection[Path] = ()

    def job_of(self, task: str) -> str:
        """The job that a task is a point of; the task itself if it is not a point."""
        return next((name for name, tasks in self.groups.items() if task in tasks), task)


def is_about(policy: Policy, document: Document) -> bool:
    """Whether the spec, in its environment, is in the policy's scope."""
    environment = document.environment or BASE
    return (not policy.environments or environment in policy.environments) and (
        not policy.paths or any(covers(each, document.name) for each in policy.paths)
    )


def is_waived(policy: Policy, document: Document, job: str | None) -> bool:
    """Whether an exception that has not ended is about the spec, and the job."""
    environment = document.environment or BASE
    return any(
        (not each.paths or any(covers(glob, document.name) for glob in each.paths))
        and (not each.environments or environment in each.environments)
        and (not each.jobs or (job is not None and any(covers(glob, job) for glob in each.jobs)))
        for each in policy.waivers
        if not each.has_ended
    )


def in_doubt(policy: Policy) -> Code:
    """A note, for what is only known at run time; the finding of a locked policy is not changed."""
    return policy.code if policy.code.is_locked else policy.code._replace(severity=Severity.NOTE)


def at_key(fault: Fault, section: str, task: str, document: Document) -> Diagnostic:
    """`fault` at the key of a job (or other task) in its section: that of the job itself, not that of a patch."""
    found = placed(fault, document.root)
    jobs = document.written.get(section)
    entry = jobs.entry(document.job_of(task)) if isinstance(jobs, Map) else None
    return found._replace(span=entry.key.span, labels=()) if entry else found
