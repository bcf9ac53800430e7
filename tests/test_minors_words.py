"""Approvals, deadlines, watchers, partitions: an older target gets a finding that names the minor that has them."""

from pathlib import Path

import pytest
from trainspec.options import AIRFLOW
from trainspec.pipeline import Options, analyse, generate
from trainspec.text.source import Source, read_source

CASES = Path(__file__).parent / "cases"
SINCE = [
    ("good_approvals", "3.1", "`approvals`"),
    ("good_watchers", "3.0", "`watchers`"),
    ("good_deadline", "3.1", "`deadline`"),
    ("good_deadline_average", "3.2", "average past runs"),
    ("good_partitions", "3.2", "`partitions`"),
    ("good_partitions_of_times", "3.2", "`partitions`"),
]


@pytest.mark.parametrize("minor", AIRFLOW)
@pytest.mark.parametrize(("case", "since", "word"), SINCE)
def test_an_older_minor_lacks_it(case: str, since: str, word: str, minor: str) -> None:
    source = read_source(CASES / case / "spec.yaml", "spec.yaml")
    assert isinstance(source, Source)
    found = [each for each in analyse(source, Options(airflow=minor)).findings if each.code.id == "TS610"]
    if AIRFLOW.index(minor) >= AIRFLOW.index(since):
        assert found == []
    elif case == "good_deadline_average" and minor in ("2.11", "3.0"):
        assert any("`deadline`: it is new in Airflow 3.1" in each.message for each in found)
    else:
        assert any(word in each.message and f"new in Airflow {since}" in each.message for each in found)


@pytest.mark.parametrize(
    ("spec", "forbidden"),
    [
        ("id: a\napprovals: {release: {subject: Now, notify: other.ask}}", "other.ask"),
        ("deadline: {after: queued, within: 1h, call: other.page}", "other.page"),
        ("schedule: {assets: [{name: a, watchers: [{name: q, trigger: other.watch.Queue}]}]}", "other.watch.Queue"),
    ],
)
def test_the_settings_forbid_what_they_do_not_allow(spec: str, forbidden: str) -> None:
    text = f"trainspec: 1\ndag:\n  {spec}\njobs: {{}}\n"
    source = Source("spec.yaml", text)
    found = analyse(source, Options(callbacks=("my_team.*",))).findings
    assert any(each.code.id == "TS620" and forbidden in each.message for each in found)
    assert not any(forbidden in each.message for each in analyse(source, Options(callbacks=("other.*",))).findings)


def test_an_argument_of_a_trigger_may_have_any_name() -> None:
    source = read_source(Path(__file__).parent / "cases" / "good_watchers" / "spec.yaml", "specs/x.yaml")
    assert isinstance(source, Source)
    text = source.text.replace("sqs_queue:", "imported: 1, sqs_queue:")
    analysis = analyse(Source("specs/x.yaml", text), Options(airflow="3.3"))
    assert "imported=1" in generate(analysis, Options(airflow="3.3"))


DAG = "trainspec: 1\ndag: {id: d, schedule: null, %s}\ntasks: {step: {operator: my_team.ops.Report, %s}}\n"


@pytest.mark.parametrize(
    ("of_dag", "of_task", "minor", "code"),
    [
        ("tags: [x]", "pool: ml pool", "2.11", "TS105"),
        ("default_args: {pool: '{{ ds }}'}", "retries: 1", "2.11", "TS105"),
        ("tags: [x]", f"pool: {'x' * 251}", "2.11", "TS105"),
        ("tags: [x]", f"pool: {'x' * 250}", "2.11", None),
        ("tags: [x]", "pool: ml pool", "3.3", None),
        ("tags: [x]", f"outlets: [{{name: a, group: {'x' * 1501}}}]", "3.3", "TS614"),
        ("tags: [x]", "outlets: [{name: a, group: ' '}]", "3.3", "TS614"),
        ("tags: [x]", f"outlets: [{{name: a, group: {'x' * 1500}}}]", "3.3", None),
        ("tags: [x]", "on_failure_callback: {path: my_team.alerts.page, arguments: {self: 1}}", "3.3", "TS612"),
        ("tags: [x]", "arguments: {self: 1}", "2.11", "TS105"),
        ("tags: [x]", "on_failure_callback: {path: my_team.self.page, arguments: {to: 1}}", "3.3", None),
    ],
)
def test_what_airflow_refuses_as_it_loads(of_dag: str, of_task: str, minor: str, code: str | None) -> None:
    found = analyse(Source("specs/x.yaml", DAG % (of_dag, of_task)), Options(airflow=minor)).findings
    assert {each.code.id for each in found if each.severity == "error"} - {"TS102"} == ({code} if code else set())
