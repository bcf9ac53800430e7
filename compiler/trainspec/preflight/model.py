"""What checks get, and what they return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainspec.diagnostics import Code, codes
from trainspec.iam import Job
from trainspec.preflight.account import PERMISSIONS, Account, Answer
from trainspec.text.tree import Path


@dataclass(frozen=True, slots=True)
class Found:
    """One result of a check, about a member of the job's request (a path, empty for the job as a whole)."""

    code: Code
    member: Path
    message: str
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A job, and the account that is checked for it.

    `together` is how many jobs of its task may run at once (a matrix), `parallel` how many training jobs each of them
    has at once (a tuning job); `choices` are the machines that a tuning job takes one of. `caller` is the account of
    who asks, `archive` the S3 URI of the source that must have been pushed.
    """

    job: Job
    account: Account
    caller: str
    together: int = 1
    parallel: int = 1
    archive: str | None = None
    choices: Sequence[Mapping[str, object]] = ()

    @property
    def region(self) -> str | None:
        """The region of the job; that of the user's configuration if neither spec nor image names one."""
        return self.job.region if self.job.region != "*" else self.account.region

    def ask(self, service: str, operation: str, **parameters: object) -> Answer:
        """A call in the job's region."""
        return self.account.ask(service, operation, self.region, **parameters)


def not_checked(member: Path, what: str, call: tuple[str, str], answer: Answer) -> Found:
    """A finding that something could not be checked, and what that would need."""
    permission = PERMISSIONS[call]
    if answer.is_denied:
        return Found(codes.NOT_ASKED, member, f"not checked: {what}", f"you need the permission {permission}")
    because = f"{answer.error}: {answer.text}" if answer.text else str(answer.error)
    return Found(codes.NOT_ASKED, member, f"not checked: {what}", f"{permission} answered {because[:300]}")


def with_words(items: Sequence[str]) -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{each}`" for each in items]
    return " and ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1]))) if quoted else ""
