"""Hours and money in `trainspec graph` and on the site. The prices are fixtures, invented for the tests."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from trainspec.graph.model import TIMES

from helpers import Run

PRICES = {"date": "2026-11-01", "currency": "USD", "prices": {"us-east-1": {"ml.m5.large": 0.5, "ml.m5.xlarge": 1}}}
SPEC = """\
trainspec: 1
dag: {id: ID, start_date: 2025-04-01, catchup: false, SCHEDULE}
defaults:
  role: arn:aws:iam::123456789012:role/SageMakerRole
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  output: s3://my-models/out/
  resources: {instance_type: ml.m5.large, instance_count: 2, volume_size: 1GB}
  stopping: {max_runtime: 90m}
environments:
  prod: {defaults: {resources: {instance_type: ml.m5.xlarge}}}
jobs:
  sweep:
    name: ID-${matrix.lr}
    matrix: {lr: [1, 2]}
    hyperparameters: {lr: "${matrix.lr}"}
    retries: 1
  last: {name: "ID-last", depends_on: sweep}
"""


@pytest.fixture
def root(project: Path) -> Path:
    shutil.rmtree(project / "specs", ignore_errors=True)
    (project / "specs").mkdir()
    (project / "prices.json").write_text(json.dumps(PRICES))
    return project


def spec(root: Path, name: str, schedule: str = 'schedule: "@daily"') -> None:
    (root / f"specs/{name}.yaml").write_text(SPEC.replace("ID", name).replace("SCHEDULE", schedule))


def page(root: Path, name: str) -> str:
    """The text of a page."""
    text = re.sub(r"<(style|script).*?</\1>", "", (root / "site" / name).read_text(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", text).split()).replace("\N{EN DASH}", "-")


def test_a_picture_shows_hours_always_and_money_with_a_table(root: Path, trainspec: Run) -> None:
    spec(root, "a")
    hours, money = (
        trainspec("graph", "specs/a.yaml").stdout,
        trainspec("graph", "specs/a.yaml", "--prices", "prices.json"),
    )
    # Two points of two machines for 90 minutes, twice each; and two machines for 90 minutes.
    assert f'sweep {TIMES} 2<br>2 {TIMES} ml.m5.large, my-algo:1<br>at most 12 machine hours"' in hours
    assert "30 runs in 30 days from 2025-04-01: at most 450 machine hours." in hours
    assert "USD" not in hours
    assert "at most 12 machine hours, 6.00 USD" in money.stdout
    assert "A run: at most 15 machine hours, 7.50 USD.<br>30 runs" in money.stdout
    assert "An estimate. Prices of 2026-11-01 (USD), without taxes" in money.stdout


def test_the_settings_name_the_table_and_an_environment_its_machines(root: Path, trainspec: Run) -> None:
    spec(root, "a", "schedule: null")
    (root / "trainspec.toml").write_text('prices = "prices.json"\n')
    drawn = trainspec("graph", "specs/a.yaml", "--env", "prod", "--format", "svg").stdout
    assert ">at most 12 machine hours, 12.00 USD</text>" in drawn
    assert ">Starts manually or through the API: only one run is counted.</text>" in drawn
    (root / "prices.json").write_text("{}")
    assert trainspec("graph", "specs/a.yaml").returncode == 2
    assert trainspec("docs").returncode == 2


def test_a_project_says_a_month_or_a_run(root: Path, trainspec: Run) -> None:
    spec(root, "a")
    spec(root, "b", "schedule: null")
    drawn = trainspec("graph").stdout
    assert "30 days: at most 450 machine hours" in drawn
    assert "a run: at most 15 machine hours" in drawn
    assert "By schedule in 30 days, all DAGs: at most 450 machine hours." in drawn


def test_what_is_not_known_is_said(root: Path, trainspec: Run) -> None:
    spec(root, "a")
    text = (root / "specs/a.yaml").read_text()
    (root / "specs/a.yaml").write_text(text.replace("ml.m5.large", "ml.g5.xlarge"))
    assert "at most 12 machine hours, price not known" in trainspec(
        "graph", "specs/a.yaml", "--prices", "prices.json"
    ).stdout  # fmt: skip
    trainspec("docs", "--prices", "prices.json")
    shown = page(root, "dags/a.html")
    assert "no price for ml.g5.xlarge in us-east-1" in shown
    assert re.search(r"All jobs 15 450 \? \?", shown)


def test_pages_say_hours_and_money_of_jobs_dags_and_the_project(root: Path, trainspec: Run) -> None:
    spec(root, "a")
    spec(root, "b", 'schedule: {assets: ["s3://my-data/in/"]}')
    assert trainspec("docs", "--prices", "prices.json").returncode == 0
    index, first, second = page(root, "index.html"), page(root, "dags/a.html"), page(root, "dags/b.html")
    assert (
        "a base 30 15 450 7.50 225.00 a prod 30 15 450 15.00 450.00 b base - 15 - 7.50 - b prod - 15 - 15.00 -" in index
    )
    assert "By schedule, base 450 225.00 By schedule, prod 450 450.00" in index
    assert "Hours and cost in prod, at most 30 runs in 30 days from 2025-04-01." in first
    assert "sweep 2 points of 2 x ml.m5.large 2 12 360 6.00 180.00" in first
    assert "All jobs 15 450 7.50 225.00" in first
    assert "sweep: 6 hours if nothing fails; every retry may take as long again" in first
    assert "base: at most 6 machine hours, 3.00 USD, in 2 tries" in first, "each point by itself"
    assert "prod: at most 3 machine hours, 3.00 USD" in first
    assert "Starts when its assets are updated: only one run is counted." in second
    assert "Prices of 2026-11-01 (USD)" in index


def test_without_a_table_pages_have_hours_only(root: Path, trainspec: Run) -> None:
    spec(root, "a")
    trainspec("docs")
    assert "By schedule, base 450 By schedule, prod 450" in page(root, "index.html")
    assert "USD" not in page(root, "index.html") + page(root, "dags/a.html")


@pytest.mark.parametrize("start", ["start_date: 2025-04-01, ", "default_args: {start_date: 2025-05-01}, "])
def test_the_same_bytes_whatever_day_it_is(root: Path, trainspec: Run, start: str) -> None:
    spec(root, "a", 'schedule: "0 3 1 * *"')
    text = (root / "specs/a.yaml").read_text()
    (root / "specs/a.yaml").write_text(text.replace("start_date: 2025-04-01, ", start))
    trainspec("docs", "-o", "one")
    trainspec("docs", "-o", "two")
    assert (root / "one/dags/a.html").read_bytes() == (root / "two/dags/a.html").read_bytes()
    (first,) = re.findall(r"\d{4}-\d\d-\d\d", start)
    assert f"1 run in 30 days from {first}" in (root / "one/dags/a.html").read_text()
    assert f"1 run in 30 days from {first}" in trainspec("graph", "specs/a.yaml").stdout


def test_the_30_days_of_a_picture_begin_at_a_date_that_is_given(root: Path, trainspec: Run) -> None:
    spec(root, "a", 'schedule: "0 3 * * 1"')
    # From Tuesday 1 April there are four Mondays in 30 days, from Sunday 1 June there are five.
    assert "4 runs in 30 days from 2025-04-01" in trainspec("graph", "specs/a.yaml").stdout
    assert "5 runs in 30 days from 2025-06-01" in trainspec("graph", "specs/a.yaml", "--at", "2025-06-01").stdout
    assert "30 days: at most 75 machine hours" in trainspec("graph", "--at", "2025-06-01").stdout
    assert trainspec("graph", "--at", "soon").returncode == 2


def test_a_spec_with_errors_has_no_bound(root: Path, trainspec: Run) -> None:
    spec(root, "a")
    text = (root / "specs/a.yaml").read_text()
    (root / "specs/a.yaml").write_text(text.replace("max_runtime: 90m", "max_runtime: soon"))
    assert trainspec("docs").returncode == 0
    assert "Hours, at most" not in page(root, "dags/a.html")
    assert "Hours, at most" not in page(root, "index.html")


def test_a_schedule_that_went_away_is_said_in_words(root: Path, trainspec: Run) -> None:
    import subprocess

    def git(*words: str) -> Any:
        return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)

    spec(root, "a")
    for words in (["init", "-q", "-b", "main"], ["add", "-A"]):
        git(*words)
    git("-c", "user.name=n", "-c", "user.email=e@x.y", "commit", "-qm", "first")
    spec(root, "a", "schedule: null")
    shown = trainspec("cost", "--against", "main", "--format", "markdown").stdout
    assert "| ~ | a | 450 | 15 | 30 days before, a run after |" in shown


PROCESSING = """\
tasks:
  clean:
    operator: airflow.providers.amazon.aws.operators.sagemaker.SageMakerProcessingOperator
    arguments:
      config:
        ProcessingJobName: a
        RoleArn: arn:aws:iam::123456789012:role/R
        AppSpecification: {ImageUri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1"}
        ProcessingResources: {ClusterConfig: {InstanceCount: 1, InstanceType: ml.m5.large, VolumeSizeInGB: 10}}
  greet:
    operator: airflow.providers.standard.operators.bash.BashOperator
    arguments: {bash_command: "true"}
"""


def test_other_tasks_that_start_machines_are_named(root: Path, trainspec: Run) -> None:
    spec(root, "a")
    (root / "specs/a.yaml").write_text((root / "specs/a.yaml").read_text() + PROCESSING)
    (dag,) = json.loads(trainspec("cost", "--format", "json").stdout)["dags"]
    assert (dag["not_counted"], dag["hours_run"]) == (["clean"], 15)
    assert "clean: its operator starts SageMaker instances, which are not counted" in trainspec("cost").stdout


def test_the_site_opens_in_the_browser(root: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    spec(root, "a")
    browser = root / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{root}/opened"\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    assert trainspec("docs", "--open").returncode == 0
    assert (root / "opened").read_text().strip() == (root / "site/index.html").resolve().as_uri()


TRAINING = """\
  big:
    operator: airflow.providers.amazon.aws.operators.sagemaker.SageMakerTrainingOperator
    arguments:
      config:
        ResourceConfig: {InstanceType: ml.m5.large, InstanceCount: 100, VolumeSizeInGB: 1}
        StoppingCondition: {MaxRuntimeInSeconds: 3600}
        TrainingJobName: "a-{{ ts_nodash }}"
        AlgorithmSpecification:
          TrainingImage: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
          TrainingInputMode: File
        RoleArn: arn:aws:iam::123456789012:role/R
        OutputDataConfig: {S3OutputPath: "s3://my-models/other/"}
"""


def test_jobs_that_other_tasks_start_count_and_what_does_not_is_named(root: Path, trainspec: Run) -> None:
    spec(root, "a")
    (root / "specs/a.yaml").write_text((root / "specs/a.yaml").read_text() + PROCESSING + TRAINING)
    rest = "without `clean`, which is not counted"
    drawn = trainspec("graph", "specs/a.yaml").stdout.replace("#96;", "`")
    assert f"A run: at most 115 machine hours, {rest}." in drawn
    assert f"2025-04-01: at most 3,450 machine hours, {rest}." in drawn
    assert f"30 days: at most 3,450 machine hours, {rest}" in trainspec("graph").stdout.replace("#96;", "`")
    assert trainspec("docs", "--prices", "prices.json").returncode == 0
    assert "a base without `clean`, which is not counted 30 115 3,450 57.50 1,725.00" in page(root, "index.html")
    first = page(root, "dags/a.html")
    assert f"all its tries, {rest}." in first
    assert "big 100 x ml.m5.large 1 100 3,000 50.00 1,500.00" in first
    assert "Machine hours per run" in first


def test_a_difference_names_what_is_not_counted(root: Path, trainspec: Run) -> None:
    import subprocess

    spec(root, "a")
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["-c", "user.name=n", "-c", "user.email=e@x.y", "commit", "-qm", "1"],
    ):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
    (root / "specs/a.yaml").write_text((root / "specs/a.yaml").read_text() + PROCESSING)
    assert (
        "~ a: 450 -> 450 machine hours for 30 days, without `clean`, which is not counted"
        in trainspec("cost", "--against", "main").stdout
    )
    shown = trainspec("cost", "--against", "main", "--format", "markdown").stdout
    assert r"| 30 days, without \`clean\`, which is not counted |" in shown


def test_figures_of_one_environment_are_not_beside_the_machines_of_another(root: Path, trainspec: Run) -> None:
    spec(root, "a")
    text = (root / "specs/a.yaml").read_text()
    broken = text.replace("max_runtime: 90m", "max_runtime: soon")
    fixed = "environments:\n  prod: {defaults: {stopping: {max_runtime: 90m}, "
    (root / "specs/a.yaml").write_text(broken.replace("environments:\n  prod: {defaults: {", fixed))
    assert trainspec("docs").returncode == 0
    first = page(root, "dags/a.html")
    assert "A run: at most" not in first, "the picture is of the base, which has errors"
    assert "30 days: at most" not in page(root, "index.html")
    assert "Hours in prod, at most" in first
    assert "Per run at most" not in first, "a bound of a job names its environment"
    assert "Per run prod: at most" in first
