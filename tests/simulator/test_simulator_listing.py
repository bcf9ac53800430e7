"""ListTrainingJobs: pages, order, filters."""

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from simulator_helpers import refusal, request
from trainspec.simulator import ManualClock, Outcome, Plan, Simulator

START = 1_750_000_000
# Created ten seconds apart; the Failed one and the short one have ended when the last one has been created.
NAMES = ["delta-1", "alpha-1", "echo-bad", "bravo-1", "charlie-short"]
SHORT = Outcome(1, 1, 1, 1)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    clock = ManualClock(START)
    plan = Plan(Outcome(training=1000), {"*-short": SHORT, "*-bad": Outcome(1, 1, 1, 1, failure="oops")})
    with Simulator(clock=clock, plan=plan) as simulator:
        client = simulator.client()
        for name in NAMES:
            client.create_training_job(**request(name))
            clock.advance(10)
        yield client


def moment(after: float) -> datetime:
    return datetime.fromtimestamp(START + after, timezone.utc)


def names(answer: dict[str, Any]) -> list[str]:
    return [summary["TrainingJobName"] for summary in answer["TrainingJobSummaries"]]


ANSWERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, NAMES),
    ({"SortOrder": "Descending"}, NAMES[::-1]),
    ({"SortBy": "Name"}, sorted(NAMES)),
    ({"SortBy": "Name", "SortOrder": "Descending"}, sorted(NAMES, reverse=True)),
    ({"SortBy": "Status"}, ["charlie-short", "echo-bad", "alpha-1", "bravo-1", "delta-1"]),
    ({"NameContains": "-1"}, ["delta-1", "alpha-1", "bravo-1"]),
    ({"NameContains": "ha-"}, ["alpha-1"]),
    ({"StatusEquals": "InProgress"}, ["delta-1", "alpha-1", "bravo-1"]),
    ({"StatusEquals": "Failed"}, ["echo-bad"]),
    ({"StatusEquals": "Stopped"}, []),
    ({"CreationTimeAfter": moment(15)}, ["echo-bad", "bravo-1", "charlie-short"]),
    ({"CreationTimeBefore": moment(15)}, ["delta-1", "alpha-1"]),
    ({"CreationTimeAfter": moment(5), "CreationTimeBefore": moment(25)}, ["alpha-1", "echo-bad"]),
    ({"LastModifiedTimeAfter": moment(38)}, ["bravo-1", "charlie-short"]),
    ({"LastModifiedTimeBefore": moment(15)}, ["delta-1"]),
    ({"NameContains": "o-", "StatusEquals": "InProgress"}, ["bravo-1"]),
]


@pytest.mark.parametrize(("params", "expected"), ANSWERS)
def test_order_and_filters(client: Any, params: dict[str, Any], expected: list[str]) -> None:
    answer = client.list_training_jobs(**params)
    assert names(answer) == expected
    assert "NextToken" not in answer


@pytest.mark.parametrize("params", [params for params, _ in ANSWERS])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages_together_are_the_whole(client: Any, params: dict[str, Any], size: int) -> None:
    pages = client.get_paginator("list_training_jobs").paginate(**params, PaginationConfig={"PageSize": size})
    assert [name for page in pages for name in names(page)] == names(client.list_training_jobs(**params))


def test_a_page_is_cut_before_it_is_filtered(client: Any) -> None:
    first = client.list_training_jobs(NameContains="short", MaxResults=2)
    assert names(first) == []
    assert first["NextToken"]


def test_jobs_created_between_two_pages_shift_nothing() -> None:
    clock = ManualClock(START)
    with Simulator(clock=clock) as simulator:
        client = simulator.client()
        for number in range(4):
            client.create_training_job(**request(f"job-{number}"))
            clock.advance(1)
        first = client.list_training_jobs(SortOrder="Descending", MaxResults=2)
        client.create_training_job(**request("job-late"))
        second = client.list_training_jobs(SortOrder="Descending", MaxResults=2, NextToken=first["NextToken"])
    assert names(first) + names(second) == ["job-3", "job-2", "job-1", "job-0"]


def test_a_summary(client: Any) -> None:
    (summary,) = client.list_training_jobs(NameContains="short")["TrainingJobSummaries"]
    assert summary == {
        "TrainingJobName": "charlie-short",
        "TrainingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/charlie-short",
        "CreationTime": moment(40),
        "TrainingEndTime": moment(44),
        "LastModifiedTime": moment(44),
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
    }


def test_ten_at_a_time_unless_asked() -> None:
    with Simulator(clock=ManualClock()) as simulator:
        client = simulator.client()
        for number in range(11):
            client.create_training_job(**request(f"job-{number:02}"))
        assert len(names(client.list_training_jobs())) == 10
        assert len(names(client.list_training_jobs(MaxResults=100))) == 11


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"MaxResults": 101}, "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than"),
    ({"SortBy": "Size"}, "Value 'Size' at 'sortBy' failed to satisfy constraint: Member must satisfy enum value set"),
    ({"StatusEquals": "Done"}, "Value 'Done' at 'statusEquals' failed"),
    ({"NextToken": "bm9uc2Vuc2U="}, "The pagination token is invalid."),
    ({"NextToken": "é"}, "The pagination token is invalid."),
    ({"NextToken": "WyJhIiwgImIiXQ=="}, "The pagination token is invalid."),
]


@pytest.mark.parametrize(("params", "message"), REFUSED)
def test_refused(client: Any, params: dict[str, Any], message: str) -> None:
    code, said = refusal(client.list_training_jobs, **params)
    assert code == "ValidationException"
    assert message in said
