"""What is reported for common mistakes: a line of a spec, what was typed instead, and the message."""

import subprocess
import sys
from pathlib import Path

import pytest

from helpers import Run

SPEC = """trainspec: 1
dag:
  id: m
  schedule: "@daily"
  start_date: 2026-01-01
jobs:
  train:
    name: m-{{ ts_nodash }}
    role: arn:aws:iam::123456789012:role/SageMakerRole
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    inputs: {train: s3://acme/train/}
    output: s3://acme/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 30GB}
    stopping: {max_runtime: 30m}
"""
ROLE = "    role: arn"
CASES = {
    ROLE: [
        ("   role: arn", "the line is indented by 3 spaces, which matches no line above it"),
        ("      role: arn", "the line is indented as if it continued the value above, which is complete"),
        ("\trole: arn", "a tab is used where YAML allows only spaces"),
        ("  - role: arn", "a list item is mixed in with the keys of a map"),
        ("    owner: @me\n    role: arn", "an unquoted value cannot begin with `@`"),
        ("    doc: first: second\n    role: arn", "a second `: ` in an unquoted value"),
        ('    doc: "a" b\n    role: arn', "the value ends before this"),
    ],
    "s3://acme/train/}": [("s3://acme/train/", "a comma or a `}` is missing before this")],
    "m-{{ ts_nodash }}": [("m_{{ ts_nodash }}", "SageMaker does not accept `_` in a name")],
    "max_runtime: 30m": [
        ("max_runtime: 60d", "a job can run for at most 28 days, but this sets 60d"),
        ("max_runtime: 24", "write the unit: `24h` for hours, `24s` if you mean seconds"),
    ],
    '"@daily"': [("30", "write `30m` for every 30 minutes")],
    "trainspec: 1\n": [("trainspec: 1\nextends: https://example.com/a.yaml\n", "copy the file into the project")],
    "  id: m\n": [("  id: m\n  timezone: Europe/Berln\n", "did you mean `Europe/Berlin`?")],
}


@pytest.mark.parametrize(
    ("written", "instead", "said"), [(old, new, said) for old, each in CASES.items() for new, said in each]
)
def test_a_mistake(written: str, instead: str, said: str, project: Path, trainspec: Run) -> None:
    assert written in SPEC
    (project / "specs/m.yaml").write_text(SPEC.replace(written, instead, 1))
    assert said in trainspec("lint").stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"TrainingJobName": "x", "RoleArn": "y", "AlgorithmSpecification": {}}', "`trainspec import FILE`"),
        ("kind: ConfigMap\nmetadata: {name: x}\napiVersion: v1\n", "`trainspec import` converts a manifest to a spec"),
    ],
)
def test_a_file_of_another_kind_is_one_finding(text: str, said: str, project: Path, trainspec: Run) -> None:
    (project / "specs/m.yaml").write_text(text)
    shown = trainspec("lint").stdout
    assert said in shown
    assert "Found 1 error." in shown


def test_a_wrong_subnet_is_one_finding(project: Path, trainspec: Run) -> None:
    (project / "specs/m.yaml").write_text(SPEC + "    vpc: {subnets: [subnet 1], security_groups: [sg-0123456789]}\n")
    assert "Found 1 error." in trainspec("lint").stdout


def test_an_image_that_needs_a_region(project: Path, trainspec: Run) -> None:
    job = SPEC.replace("image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1", "algorithm: xgboost@1.7-1")
    task = "tasks:\n  show: {operator: my_team.Show, depends_on: train, arguments: {image: '${jobs.train.image}'}}\n"
    (project / "specs/m.yaml").write_text(job + task)
    assert "set the `region` of `train`" in trainspec("lint").stdout


def test_an_environment_that_nothing_has(project: Path, trainspec: Run) -> None:
    (project / "specs/m.yaml").write_text(SPEC)
    refused = trainspec("request", "specs/m.yaml", "--env", "prd")
    assert refused.returncode == 2
    assert "there is no environment `prd`; no spec and no setting has `environments`" in refused.stderr


def test_no_specs_at_all(project: Path, trainspec: Run) -> None:
    assert "there are no specs in `specs`; `trainspec init` creates a first one" in trainspec("lint").stderr


def test_explain_shows_what_a_map_is_without_its_fields(trainspec: Run) -> None:
    shown = trainspec("explain", "operator").stdout
    assert "default: 30s" in shown
    assert "fail | increment | skip | timestamp" in shown
    assert "default         false; true on Airflow 2" in trainspec("explain", "dag.catchup").stdout


def test_advice_about_credentials_is_not_masked_itself(
    project: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3 = pytest.importorskip("boto3")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # from another test, with its credentials
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(project / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(project / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    said = trainspec("import", "--job-name", "x", "--region", "us-east-1").stderr
    assert "no AWS credentials; configure them" in said
    assert "***" not in said
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.delenv("AWS_REGION", raising=False)
    assert "set --region" in trainspec("import", "--job-name", "x").stderr


UNWARNED = """\
trainspec: 1
dag:
  id: d
  params: {x: {default: "a", pattern: "[[a]"}, y: {default: "z", pattern: "[[a]"}}
jobs:
  train:
    name: a
    role: arn:aws:iam::123456789012:role/R
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/team/algo:1
    output: s3://my-bucket/out/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 1h}
    metrics: {a: "[[a]=(.*)"}
"""


def test_no_warning_of_python_reaches_the_terminal(project: Path) -> None:
    (project / "specs/d.yaml").write_text(UNWARNED)
    (project / "log.txt").write_text("a=1\n")
    (project / "dag.py").write_text('x = "\\d" is 3\n')
    for words in (["lint"], ["metrics", "specs/d.yaml", "--log", "log.txt"], ["import", "dag.py"]):
        command = [sys.executable, "-W", "always", "-m", "trainspec", *words]
        ran = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=300)
        assert "Warning" not in ran.stderr, ran.stderr
        if words == ["lint"]:
            assert "`y` does not match its own schema" in ran.stdout
