"""All checks of all jobs, in parallel with one time limit, and their findings at the positions of the values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from trainspec.dag.checks.params import declared_params
from trainspec.diagnostics import Diagnostic, Span, codes
from trainspec.iam import Job, jobs_of
from trainspec.preflight.account import Account
from trainspec.preflight.data import check_data, check_image, check_keys, check_plan, check_source
from trainspec.preflight.machines import check_network, check_quotas, of_choices
from trainspec.preflight.model import Checked, Found
from trainspec.preflight.roles import check_role
from trainspec.reporting.dedupe import distinct
from trainspec.request.api.model import TRAINING
from trainspec.request.bounds import bounds_of
from trainspec.request.check import render_request
from trainspec.request.lower import Request
from trainspec.request.tuned import machine_choices
from trainspec.templates import Sample
from trainspec.text.fault import Fault, placed
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.pipeline import Analysis

Check = Callable[[Checked], Iterator[Found]]
CHECKS: tuple[Check, ...] = (
    check_role, check_image, check_data, check_keys, check_source, check_plan, check_network, check_quotas,
)  # fmt: skip
_THREADS = 16


@dataclass(frozen=True, slots=True)
class Report:
    """The findings, and how many calls they took; `is_late` if some have no response yet."""

    findings: tuple[Diagnostic, ...]
    calls: int
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class _Started:
    """A check under way, and what it has found so far."""

    check: Check
    found: list[Found]
    future: Future[None]


def preflight(
    analyses: Sequence["Analysis"], account: Account, region: str | None, at: datetime | None, patience: float
) -> Report:
    """Everything that the account says of the jobs, within `patience` seconds. `at` renders templates for that date."""
    identity = account.ask("sts", "get_caller_identity", account.home)
    if identity.error:
        name = analyses[0].name if analyses else "specs"
        message, advice = _no_caller(identity.error, identity.text)
        return Report((Diagnostic(codes.NO_CALLER, Span(name, 1, 1, 1, 1), message, advice),), account.calls)
    caller = str(identity.data.get("Account", ""))
    work = [
        (analysis, task, checked)
        for analysis in analyses
        for task, checked in _jobs(analysis, account, caller, region, at)
    ]
    found: list[Diagnostic] = []
    is_late = False
    end = monotonic() + patience
    pool = ThreadPoolExecutor(_THREADS, "preflight")
    try:
        started = [[_started(pool, check, checked) for check in CHECKS] for _, _, checked in work]
        wait([each.future for checks in started for each in checks], timeout=max(end - monotonic(), 0))
        for (analysis, task, checked), checks in zip(work, started, strict=True):
            said: list[Found] = []
            for each in checks:
                is_done = each.future.done()
                is_late |= not is_done
                why = _not_whole(each, patience) if not is_done or each.future.exception() else ()
                said += [*each.found, *why]
            found += [_placed(analysis, task, one) for one in of_choices(checked, said)]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    names = {task for _, task, _ in work}
    return Report(distinct(found, names), account.calls, is_late)


_CONFIGURE = "configure credentials as for the AWS CLI: environment variables, a profile, or SSO"


def _no_caller(error: str, text: str) -> tuple[str, str]:
    """Why no call is possible, and what to do about it."""
    if error in ("NoCredentialsError", "PartialCredentialsError"):
        return "no AWS credentials", _CONFIGURE
    if error.endswith("Error"):  # an exception of botocore's, so AWS has not answered
        return f"AWS could not be reached: {error}", text[:300]
    return f"AWS does not recognize the caller: {error}", text[:300] or _CONFIGURE


def _started(pool: ThreadPoolExecutor, check: Check, checked: Checked) -> _Started:
    found: list[Found] = []
    return _Started(check, found, pool.submit(_collect, check, checked, found))


def _collect(check: Check, checked: Checked, found: list[Found]) -> None:
    found.extend(check(checked))


def _not_whole(started: _Started, patience: float) -> tuple[Found, ...]:
    """Why a check has not come to its end: AWS is slow, or its response is unexpected."""
    if not started.future.done():
        return (Found(codes.NOT_ASKED, (), f"some checks are missing: AWS took longer than {patience:g} s"),)
    error = started.future.exception()
    words = getattr(started.check, "__name__", "").removeprefix("check_")
    message = f"not checked: {words}, because AWS returned an unexpected response"
    return (Found(codes.NOT_ASKED, (), message, f"{type(error).__name__}: {error}"[:300]),)


def _jobs(
    analysis: "Analysis", account: Account, caller: str, region: str | None, at: datetime | None
) -> Iterator[tuple[str, Checked]]:
    requests: dict[str, Mapping[str, object]] = {}
    for name, request in analysis.requests.items():
        members: Mapping[str, object] = request.members
        if at is not None:
            params = declared_params(analysis.data, analysis.data["jobs"][name])
            members = render_request(members, Sample(at, analysis.dag_id, name, params=params)).request
        requests[name] = members
    for job in jobs_of(analysis.data, requests, region):
        task = job.view.name
        source = analysis.sources.get(task)
        parallel = bounds_of(requests[task]).parallel or 1
        archive = source.uri if source else None
        choices = machine_choices(requests[task])
        yield task, Checked(job, account, caller, _together(analysis, job), parallel, archive, choices)


def _together(analysis: "Analysis", job: Job) -> int:
    """How many jobs of the task's matrix may run at once."""
    for name, tasks in analysis.groups.items():
        if job.view.name in tasks:
            return min(analysis.bounds.get(name, len(tasks)), len(tasks))
    return 1


def _field_of(member: Path, request: Request) -> tuple[Path, str | None]:
    """The field that says `member`, of the request of the training jobs or of the tuning job; and that in words."""
    if not member:
        return (), None
    if request.operation == TRAINING or member[0] in request.members:
        return request.origin(member), dotted(member)
    from trainspec.request.tuning import tuning_member  # most jobs are not tuned

    return request.training.origin(member), dotted(tuning_member(member))


def _placed(analysis: "Analysis", task: str, found: Found) -> Diagnostic:
    field, member = _field_of(found.member, analysis.requests[task])
    assert analysis.root is not None  # noqa: S101  # a spec that has jobs has a document
    path = ("jobs", task, *field)
    return placed(Fault(found.code, path, found.message, found.advice, on_key=not field, member=member), analysis.root)
