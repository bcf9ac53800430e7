"""How a failed job is handled, by `on_failure` and the kind of the failure."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from trainspec.runtime.engine.by_kind import KINDS, asked_for, failure_kind
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.problems import Kind, TrainingProblem
from trainspec.runtime.engine.tuning import TuningJob

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


def _tuning(status: str, of_training: str | None = None, ran: float = 0, limit: int | None = None) -> TuningJob:
    created = datetime(2025, 4, 1, tzinfo=timezone.utc)
    limits = {} if limit is None else {"MaxRuntimeInSeconds": limit}
    described = {
        "HyperParameterTuningJobStatus": status,
        "HyperParameterTuningJobConfig": {"ResourceLimits": limits},
        "CreationTime": created,
        "HyperParameterTuningEndTime": created + timedelta(seconds=ran),
        **({"FailureReason": "All training jobs failed."} if status == "Failed" else {}),
    }
    training = None if of_training is None else {"TrainingJobName": "t-001", "FailureReason": of_training}
    return TuningJob("t", "arn", described, failed_training=training)


@pytest.mark.parametrize(
    ("job", "kind"),
    [
        (_tuning("Failed", "AlgorithmError: , exit code: 1"), "algorithm"),
        (_tuning("Failed", "CapacityError: Unable to provision"), "capacity"),
        (_tuning("Failed", "InternalServerError: try again"), "internal"),
        (_tuning("Failed", "ClientError: no such bucket"), None),
        (_tuning("Failed"), None),
        (_tuning("Stopped", ran=300), "stopped"),
        (_tuning("Stopped", ran=3600, limit=3600), "timeout"),
        (_tuning("Stopped", ran=1800, limit=3600), "stopped"),
    ],
)
def test_kinds_of_tuning_jobs(job: TuningJob, kind: str | None) -> None:
    assert failure_kind(job) == kind


@pytest.mark.parametrize(("ran", "limit", "in_time"), [(45, 90, True), (107, 120, True), (109, 120, False),
                                                       (3539, 3600, True), (3541, 3600, False)])  # fmt: skip
def test_how_near_its_limit_a_tuning_job_counts_as_stopped_by_it(ran: int, limit: int, in_time: bool) -> None:
    job = _tuning("Stopped", ran=ran, limit=limit)
    with_best = replace(job, description={**job.description, "BestTrainingJob": {"TrainingJobName": "t-001"}})
    assert with_best.completed is not in_time
    assert ("it was stopped from outside" in job.reason) is in_time
