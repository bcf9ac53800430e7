"""`trainspec diff`: what changes between specs, environments and revisions of a real git repository."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from helpers import ROOT, Run

SPEC = """\
trainspec: 1
dag: {id: churn}
defaults:
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  role: arn:aws:iam::123456789012:role/MyRole
  output: s3://bucket/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 30m}
jobs:
  prepare: {name: "prepare-{{ ts_nodash }}"}
  train:
    name: train-{{ ts_nodash }}
    depends_on: prepare
    inputs: {train: s3://bucket/t/, valid: s3://bucket/valid/}
    hyperparameters: {epochs: 10, api_key: "%s"}
environments:
  prod: {jobs: {train: {resources: {instance_count: 4}}}}
"""
OLD_KEY, NEW_KEY = "k3yK3yK3yK3yA1b2C3d4E5f6G7", "k3yK3yK3yK3yZ9y8X7w6V5u4T3"


def git(*arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def spec(project: Path) -> Path:
    """A spec in a repository with a single commit that contains it."""
    (project / ".git").rmdir()
    file = project / "specs" / "churn.yaml"
    file.write_text(SPEC % OLD_KEY)
    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "The spec")
    return file


def test_money_where_the_settings_name_a_price_table(spec: Path, trainspec: Run) -> None:
    table = {"date": "2026-11-01", "currency": "USD", "prices": {"us-east-1": {"ml.m5.large": 2}}}
    (spec.parent.parent / "prices.json").write_text(json.dumps(table))
    (spec.parent.parent / "trainspec.toml").write_text('prices = "prices.json"\n')
    spec.write_text(spec.read_text().replace("max_runtime: 30m", "max_runtime: 1h"))
    shown = trainspec("diff", "main").stdout
    assert "~ churn: 2.00 -> 4.00 USD for a run" in shown
    assert "of 2026-11-01" in shown
    shown = trainspec("diff", "specs/churn.yaml", "specs/churn.yaml@prod").stdout
    assert "~ churn: 4.00 -> 10.00 USD for a run" in shown
    assert "USD" not in trainspec("diff", "main", "--format", "json").stdout
    spec.write_text(spec.read_text().replace("epochs: 10", "epochs: 11").replace("max_runtime: 1h", "max_runtime: 30m"))
    assert "USD" not in trainspec("diff", "main").stdout


def test_money_of_a_dag_that_is_new_gone_or_without_a_schedule(spec: Path, trainspec: Run) -> None:
    table = {"date": "2026-11-01", "currency": "USD", "prices": {"us-east-1": {"ml.m5.large": 2}}}
    (spec.parent.parent / "prices.json").write_text(json.dumps(table))
    (spec.parent.parent / "trainspec.toml").write_text('prices = "prices.json"\n')
    manual = spec.read_text()
    daily = manual.replace("dag: {id: churn", 'dag: {id: churn, schedule: "@daily", start_date: 2026-01-01')
    assert daily != manual
    other = spec.with_name("other.yaml")
    other.write_text(manual.replace("id: churn", "id: other"))
    spec.write_text(daily)
    shown = trainspec("diff", "main").stdout
    assert "~ churn: 2.00 USD a run -> 60.00 USD for 30 days\n" in shown
    assert "+ other: 2.00 USD a run more\n" in shown
    git("add", ".")
    git("commit", "-m", "Daily")
    other.unlink()
    spec.write_text(manual.replace("ml.m5.large", "ml.p5.48xlarge"))
    shown = trainspec("diff", "main").stdout
    assert "~ churn: 60.00 USD for 30 days -> ? USD a run (no price for ml.p5.48xlarge in us-east-1)\n" in shown
    assert "- other: 2.00 USD a run less\n" in shown


def test_a_price_table_that_cannot_be_read_is_said_first(spec: Path, trainspec: Run) -> None:
    table = {"date": "2026-11-01", "currency": "USD", "prices": {"us-east-1": {"ml.m5.large": "2"}}}
    (spec.parent.parent / "prices.json").write_text(json.dumps(table))
    (spec.parent.parent / "trainspec.toml").write_text('prices = "prices.json"\n')
    spec.write_text(spec.read_text().replace("max_runtime: 30m", "max_runtime: 1h"))
    seen = trainspec("diff", "main")
    assert (seen.returncode, seen.stdout) == (2, "")
    assert "prices.json" in seen.stderr


def test_nothing_differs(spec: Path, trainspec: Run) -> None:
    assert trainspec("diff", "main", "--exit-code") == trainspec("diff", "main", "HEAD")
    assert trainspec("diff", "main").stdout == "No differences.\n"


def test_against_a_revision(spec: Path, trainspec: Run) -> None:
    text = spec.read_text().replace("train: s3://bucket/t/, ", "").replace("    depends_on: prepare\n", "")
    spec.write_text(text.replace("max_runtime: 30m", "max_runtime: 1h") + "  dev: {}\n")
    seen = trainspec("diff", "main", "--exit-code")
    assert seen.returncode == 1
    assert seen.stdout == (
        "~ DAG churn  specs/churn.yaml\n"
        "  ~ prepare\n"
        "      ~ StoppingCondition.MaxRuntimeInSeconds  1800 → 3600  (specs/churn.yaml:8)\n"
        "  ~ train\n"
        '      - InputDataConfig[train].ChannelName                         "train"  (specs/churn.yaml:14)\n'
        '      - InputDataConfig[train].DataSource.S3DataSource.S3Uri       "s3://bucket/t/"  (specs/churn.yaml:14)\n'
        '      - InputDataConfig[train].DataSource.S3DataSource.S3DataType  "S3Prefix"  (specs/churn.yaml:14)\n'
        "      ~ StoppingCondition.MaxRuntimeInSeconds                      1800 → 3600  (specs/churn.yaml:8)\n"
        "      - waits for prepare\n"
        "\n"
        "DAGs: 1 changed. Tasks: 2 changed.\n"
    )


def test_two_environments(spec: Path, trainspec: Run) -> None:
    dags = json.loads(trainspec("diff", "specs/churn.yaml", "specs/churn.yaml@prod", "--format", "json").stdout)
    assert [dag["tasks"] for dag in dags] == [
        [
            {
                "task": "train",
                "status": "changed",
                "changes": [
                    {
                        "status": "changed",
                        "at": "ResourceConfig.InstanceCount",
                        "before": 1,
                        "after": 4,
                        "place": "specs/churn.yaml:17",
                    }
                ],
            }
        ]
    ]


def test_callbacks_are_told_by_their_paths(spec: Path, trainspec: Run) -> None:
    noted = "{path: company.alerts.Note, arguments: {channel: ml}}"
    text = spec.read_text().replace("{id: churn}", "{id: churn, deadline: {after: queued, within: 2h, call: a.late}}")
    spec.write_text(
        text.replace("    depends_on: prepare\n", "    depends_on: prepare\n    on_failure_callback: one.told\n")
    )
    new = spec.with_name("new.yaml")
    new.write_text(spec.read_text().replace("one.told", f"[other.told, {noted}]").replace("within: 2h", "within: 3h"))
    shown = trainspec("diff", "specs/churn.yaml", "specs/new.yaml")
    assert "- on_failure_callback     one.told\n" in shown.stdout
    assert "+ on_failure_callback[0]  other.told\n" in shown.stdout
    assert '+ on_failure_callback[1]  company.alerts.Note(channel="ml")\n' in shown.stdout
    assert "timedelta(hours=3)" in shown.stdout
    found = json.loads(trainspec("diff", "specs/churn.yaml", "specs/new.yaml", "--format", "json").stdout)
    (train,) = (task for task in found[0]["tasks"] if task["task"] == "train")
    assert {change["before"] for change in train["changes"]} == {"one.told", None}


def test_two_specs_are_compared_whatever_their_dags_are_called(spec: Path, trainspec: Run) -> None:
    spec.with_name("other.yaml").write_text(spec.read_text().replace("id: churn", "id: other"))
    seen = trainspec("diff", "specs/churn.yaml", "specs/other.yaml")
    assert seen.stdout == ('~ DAG other  specs/other.yaml\n    ~ dag_id  "churn" → "other"\n\nDAGs: 1 changed.\n')


def test_dags_that_came_and_went(spec: Path, trainspec: Run) -> None:
    spec.with_name("new.yaml").write_text(spec.read_text().replace("id: churn", "id: new"))
    spec.unlink()
    assert trainspec("diff", "main:specs", "specs").stdout == (
        "+ DAG new  specs/new.yaml\n\n- DAG churn  specs/churn.yaml\n\nDAGs: 1 added, 1 removed.\n"
    )


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_what_looks_like_a_secret_is_not_shown(spec: Path, trainspec: Run, form: str) -> None:
    spec.write_text(SPEC % NEW_KEY)
    seen = trainspec("diff", "main", "--format", form)
    assert "HyperParameters.api" in seen.stdout
    assert "not shown" in seen.stdout
    assert OLD_KEY not in seen.stdout
    assert NEW_KEY not in seen.stdout


def test_markdown_is_a_table_that_no_value_breaks(spec: Path, trainspec: Run) -> None:
    spec.write_text(spec.read_text().replace("s3://bucket/valid/", "s3://bucket/`</code>|/"))
    assert trainspec("diff", "main", "--format", "markdown").stdout == (
        "### churn (changed)\n\n| | where | before | after |\n| --- | --- | --- | --- |\n"
        "| ~ | **train** InputDataConfig&#91;valid&#93;.DataSource.S3DataSource.S3Uri "
        '| <code>"s3://bucket/valid/"</code> | <code>"s3://bucket/&#96;&#60;/code&#62;&#124;/"</code> |\n'
        "\nDAGs: 1 changed. Tasks: 1 changed.\n"
    )


def test_a_side_with_errors_is_told_with_its_revision(spec: Path, trainspec: Run) -> None:
    spec.write_text(spec.read_text().replace("image:", "imagee:"))
    git("commit", "-am", "A typo")
    spec.write_text(SPEC % OLD_KEY)
    seen = trainspec("diff", "HEAD")
    assert (seen.returncode, seen.stdout) == (1, "")
    assert "the specs at HEAD have errors" in seen.stderr
    assert "did you mean `image`" in seen.stderr


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["nope"], "`nope` is not a file, a folder or a git revision"),
        (["--", "--all"], "`--all` is not a file, a folder or a git revision"),
        (["specs"], "`specs` is the working tree itself"),
        (["main:nowhere", "specs"], "no such file"),
        (["main", "specs@nope"], "there is no environment `nope`"),
    ],
)
def test_bad_usage(spec: Path, trainspec: Run, arguments: list[str], shown: str) -> None:
    seen = trainspec("diff", *arguments)
    assert (seen.returncode, seen.stdout) == (2, "")
    assert shown in seen.stderr


def test_extended_files_and_settings_are_those_of_the_revision(project: Path, trainspec: Run) -> None:
    (project / ".git").rmdir()
    shutil.copytree(ROOT / "specs", project / "training")
    (project / "trainspec.toml").write_text('paths = ["training"]\n')
    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "Specs")
    (project / "trainspec.toml").unlink()
    (project / "specs").rmdir()
    (project / "training").rename("specs")
    base = project / "specs" / "base" / "company.yaml"
    base.write_text(base.read_text().replace("ml.m5.large", "ml.m5.xlarge"))
    seen = trainspec("diff", "main")
    assert (seen.returncode, seen.stderr) == (0, "")
    assert 'ResourceConfig.InstanceType  "ml.m5.large" → "ml.m5.xlarge"' in seen.stdout


def test_the_first_specs_come_after_a_commit_without_any(project: Path, trainspec: Run) -> None:
    (project / ".git").rmdir()
    git("init", "-b", "main")
    git("commit", "--allow-empty", "-m", "Nothing yet")
    (project / "specs" / "churn.yaml").write_text(SPEC % OLD_KEY)
    ran = trainspec("diff", "main", "--format", "markdown")
    assert ran.returncode == 0, ran.stderr
    assert "churn" in ran.stdout
