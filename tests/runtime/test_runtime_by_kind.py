"""What the author wants done about a failed job, by the kind of the failure."""

import pytest
from trainspec.runtime.engine.by_kind import KINDS, asked_for, failure_kind
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.problems import Kind, TrainingProblem

CASES = [
    ({"FailureReason": "AlgorithmError: , exit code: 1", "SecondaryStatus": "Failed"}, "algorithm"),
    ({"FailureReason": "CapacityError: Unable to provision", "SecondaryStatus": "Failed"}, "capacity"),
    ({"FailureReason": "InternalServerError: try again", "SecondaryStatus": "Failed"}, "internal"),
    ({"SecondaryStatus": "MaxRuntimeExceeded"}, "timeout"),
    ({"SecondaryStatus": "MaxWaitTimeExceeded"}, "timeout"),
    ({"SecondaryStatus": "MaxPendingTimeExceeded"}, "capacity"),
    ({"SecondaryStatus": "Interrupted"}, "interrupted"),
    ({"SecondaryStatus": "Stopped"}, "stopped"),
    ({"FailureReason": "ClientError: no such bucket", "SecondaryStatus": "Failed"}, None),
    ({"SecondaryStatus": "Failed"}, None),
]


def _job(described: dict[str, str]) -> Job:
    return Job("j", "arn", {"TrainingJobStatus": "Failed", **described})


@pytest.mark.parametrize(("described", "kind"), CASES)
def test_kinds(described: dict[str, str], kind: str | None) -> None:
    assert failure_kind(_job(described)) == kind


def test_every_kind_of_the_language_is_one() -> None:
    from trainspec.language.failures import OnFailure

    assert set(OnFailure.model_fields) == set(KINDS)


@pytest.mark.parametrize(
    ("wanted", "kind", "retry_after"),
    [("fail", Kind.FATAL, None), ("retry", Kind.RETRY, None), (1800, Kind.RETRY, 1800.0), (None, Kind.RETRY, None)],
)
def test_what_is_wanted(wanted: str | float | None, kind: Kind, retry_after: float | None) -> None:
    on_failure = {} if wanted is None else {"algorithm": wanted}
    asked = asked_for(TrainingProblem(Kind.RETRY, "failed"), _job(CASES[0][0]), on_failure)
    assert (asked.problem.kind, asked.retry_after) == (kind, retry_after)


def test_what_would_fail_again_in_any_case_is_not_tried_again() -> None:
    problem = TrainingProblem(Kind.FATAL, "no such bucket")
    assert asked_for(problem, _job(CASES[0][0]), {"algorithm": "retry"}).problem.kind is Kind.FATAL
