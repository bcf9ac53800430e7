"""ListTrainingJobs: pages, filters, order.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from trainspec.simulator.errors import validation_error
from trainspec.simulator.jobs import Job, summarize
from trainspec.simulator.lifecycle import STATUSES
from trainspec.simulator.validation import complaint, validation_failure

DEFAULT_RESULTS = 10
MOST_RESULTS = 100

# parameter → whether a job's summary passes it
_FILTERS: dict[str, Callable[[dict[str, Any], Any], bool]] = {
    "NameContains": lambda summary, text: text in summary["TrainingJobName"],
    "StatusEquals": lambda summary, status: summary["TrainingJobStatus"] == status,
    "CreationTimeAfter": lambda summary, moment: summary["CreationTime"] > moment,
    "CreationTimeBefore": lambda summary, moment: summary["CreationTime"] < moment,
    "LastModifiedTimeAfter": lambda summary, moment: summary["LastModifiedTime"] > moment,
    "LastModifiedTimeBefore": lambda summary, moment: summary["LastModifiedTime"] < moment,
}
_Key: TypeAlias = tuple[float | str, str]
_SORT_KEYS: dict[str, Callable[[Job, float], _Key]] = {
    "Name": lambda job, now: (job.name, ""),
    "CreationTime": lambda job, now: (job.created, job.name),
    "Status": lambda job, now: (job.state(now).status, job.name),
}
_VALUES = {
    "SortBy": list(_SORT_KEYS),
    "SortOrder": ["Ascending", "Descending"],
    "StatusEquals": sorted({status for status, _ in STATUSES.values()}),
}


def list_jobs(jobs: Sequence[Job], params: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Answer ListTrainingJobs over `jobs` at `now`.

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
    summaries = [summarize(job, now) for _, job in ordered[:size]]
    wanted = [(_FILTERS[name], value) for name, value in params.items() if name in _FILTERS]
    answer: dict[str, Any] = {
        "TrainingJobSummaries": [item for item in summaries if all(passes(item, value) for passes, value in wanted)]
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
