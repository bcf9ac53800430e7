"""What Airflow rejects when it loads a DAG, found before it is written. (What it loads: tests/airflow.)"""

import pytest
from trainspec.pipeline import Options, analyse
from trainspec.text.source import Source

from test_masking import JOB


def _codes(dag: str = "", job: str = "", more: str = "") -> set[str]:
    text = f"trainspec: 1\ndag: {{start_date: 2025-01-01, {dag}}}\njobs:\n  train:\n{JOB}{job}\n{more}\n"
    return {f"{each.code.id} {each.field}" for each in analyse(Source("x.yaml", text), Options()).findings}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"job": "    operator: {check_interval: 0s}"}, "TS106 jobs.train.operator.check_interval"),
        ({"job": "    operator: {check_interval: 4000000000}"}, "TS106 jobs.train.operator.check_interval"),
        ({"job": "    retry_delay: 1000000000000000000"}, "TS106 jobs.train.retry_delay"),
        ({"dag": "dagrun_timeout: 40000d"}, "TS106 dag.dagrun_timeout"),
        ({"dag": f"tags: [ok, {'x' * 101}]"}, "TS106 dag.tags[1]"),
        ({"dag": "end_date: '9999-12-31T23:59:59+00:01'"}, "TS604 dag.end_date"),
        ({"dag": "end_date: '0001-01-01T00:00:00+14:00'"}, "TS604 dag.end_date"),
        ({"dag": "end_date: 0001-01-01, timezone: Europe/Berlin"}, "TS604 dag.end_date"),
        (
            {"more": "tasks: {t: {operator: a.B, arguments: {__debug__: 1}}}"},
            "TS105 tasks.t.arguments.__debug__",
        ),
        (
            {"dag": "on_failure_callback: {path: a.b, arguments: {__debug__: 1}}"},
            "TS612 dag.on_failure_callback.arguments.__debug__",
        ),
    ],
)
def test_refused(given: dict[str, str], found: str) -> None:
    assert found in _codes(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"job": "    operator: {check_interval: 1s}"},
        {"job": "    retry_delay: 36525d"},
        {"dag": f"tags: [{'x' * 100}]"},
        {"dag": "end_date: 9999-12-31"},
    ],
)
def test_taken(given: dict[str, str]) -> None:
    assert not {each for each in _codes(**given) if each.startswith(("TS1", "TS6"))}
