"""ListTrainingJobs: pages, filters, order.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from trainspec.simulator.errors import validation_error
from trainspec.simulator.jobs import summarize
from trainspec.simulator.lifecycle import STATUSES, State
from trainspec.simulator.tuning import summarize_tuning
from trainspec.simulator.validation import complaint, validation_failure

DEFAULT_RESULTS = 10
MOST_RESULTS = 100


class _Listed(Protocol):
    """A job of either kind."""

    @property
    def name(self) -> str: ...
    @property
    def created(self) -> float: ...
    def state(self, now: float) -> State: ...


@dataclass(frozen=True, slots=True)
class Listing:
    """How jobs of one kind are listed: what each shows, and the members that have its name and its status."""

    member: str
    name: str
    status: str
    summarize: Callable[[Any, float], dict[str, Any]]


TRAININGS: Final = Listing("TrainingJobSummaries", "TrainingJobName", "TrainingJobStatus", summarize)
TUNINGS: Final = Listing(
    "HyperParameterTuningJobSummaries",
    "HyperParameterTuningJobName",
    "HyperParameterTuningJobStatus",
    summarize_tuning,
)

# parameter → whether a job's summary passes it
_FILTERS: dict[str, Callable[[dict[str, Any], Any, Listing], bool]] = {
    "NameContains": lambda summary, text, of: text in summary[of.name],
    "StatusEquals": lambda summary, status, of: summary[of.status] == status,
    "CreationTimeAfter": lambda summary, moment, _: summary["CreationTime"] > moment,
    "CreationTimeBefore": lambda summary, moment, _: summary["CreationTime"] < moment,
    "LastModifiedTimeAfter": lambda summary, moment, _: summary["LastModifiedTime"] > moment,
    "LastModifiedTimeBefore": lambda summary, moment, _: summary["LastModifiedTime"] < moment,
}
_Key: TypeAlias = tuple[float | str, str]
_SORT_KEYS: dict[str, Callable[[_Listed, float], _Key]] = {
    "Name": lambda job, now: (job.name, ""),
    "CreationTime": lambda job, now: (job.created, job.name),
    "Status": lambda job, now: (job.state(now).status, job.name),
}
_VALUES = {
    "SortBy": list(_SORT_KEYS),
    "SortOrder": ["Ascending", "Descending"],
    "StatusEquals": sorted({status for status, _ in STATUSES.values()}),
}


def list_jobs(
    jobs: Sequence[_Listed], params: Mapping[str, Any], now: float, listing: Listing = TRAININGS
) -> dict[str, Any]:
    """Answer ListTrainingJobs, or its like of another kind, over `jobs` at `now`.

    As on AWS the page is cut first and filtered afterwards: it may hold fewer than MaxResults, even none, and still
    come with a NextToken. The token names the last job looked at, so jobs created meanwhile shift nothing.
    """
    _check(params)
    key = _SORT_KEYS[params.get("SortBy", "CreationTime")]
    descending = params.get("SortOrder") == "Descending"
    ordered = sorted(((key(job, now), job) for job in jobs), key=lambda pair: pair[0], reverse=descending)
    if "NextToken" in params:
        after = _read_token(params["NextToken"])
        try:
            ordered = [pair for pair in ordered if (pair[0] < after if descending else pair[0] > after)]
        except TypeError:
            raise _bad_token() from None
    size = params.get("MaxResults", DEFAULT_RESULTS)
    summaries = [listing.summarize(job, now) for _, job in ordered[:size]]
    wanted = [(_FILTERS[name], value) for name, value in params.items() if name in _FILTERS]
    answer: dict[str, Any] = {
        listing.member: [item for item in summaries if all(passes(item, value, listing) for passes, value in wanted)]
    }
    if len(ordered) > size:
        answer["NextToken"] = base64.urlsafe_b64encode(json.dumps(ordered[size - 1][0]).encode()).decode()
    return answer


def _check(params: Mapping[str, Any]) -> None:
    complaints = [
        complaint(params[name], name[0].lower() + name[1:], "enum", values)
        for name, values in _VALUES.items()
        if name in params and params[name] not in values
    ]
    size = params.get("MaxResults", DEFAULT_RESULTS)
    if size < 1:
        complaints.append(complaint(size, "maxResults", "minimum", 1))
    if size > MOST_RESULTS:
        complaints.append(complaint(size, "maxResults", "maximum", MOST_RESULTS))
    if complaints:
        raise validation_failure(complaints)


def _read_token(token: str) -> _Key:
    try:
        first, second = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError, TypeError):
        raise _bad_token() from None
    return first, second


def _bad_token() -> Exception:
    return validation_error("The pagination token is invalid.")
