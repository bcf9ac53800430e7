"""The commands as a user meets them: results on stdout, the rest on stderr, exit codes, no traceback."""

import json
from pathlib import Path

import pytest
from trainspec.schema.files import SPEC_SCHEMA, load_schema, schema_path
from trainspec.simulator import Simulator

from helpers import ROOT, Run

GUIDE = ROOT / "specs" / "sagemaker_training_dag.yaml"
GUIDE_REQUEST = {
    "TrainingJobName": "my-training-job-2025-04-09",
    "AlgorithmSpecification": {
        "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
        "TrainingInputMode": "File",
    },
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": "s3://my-data-bucket/train/",
                    "S3DataDistributionType": "FullyReplicated",
                }
            },
            "ContentType": "text/csv",
        }
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://my-output-bucket/models/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "HyperParameters": {"epochs": "10", "learning_rate": "0.01"},
}

EIGHT_MISTAKES = """\
trainspec: 1
dag:
  id: bad
  catchup: maybe
jobs:
  train:
    name: a-name-that-is-much-too-long-after-its-date-has-been-rendered-{{ ds }}
    imagee: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::1234:role/x
    output: S3://bucket/x
    resources: {instance_type: ml.m5.huge, instance_count: 1, volume_size: 10GB}
    stopping:
      max_runtime: 20m
      max_runtime: 30m
    hyperparameters: {epochs: "{{ dss }}"}
"""


def test_request_of_the_guide(trainspec: Run) -> None:
    printed = trainspec("request", str(GUIDE), "--at", "2025-04-09")
    assert printed.returncode == 0
    request = json.loads(printed.stdout)
    assert request == GUIDE_REQUEST
    with Simulator() as simulator:
        answer = simulator.client().create_training_job(**request)
        assert answer["TrainingJobArn"].endswith("training-job/my-training-job-2025-04-09")


def test_request_leaves_templates_without_a_date(trainspec: Run) -> None:
    assert json.loads(trainspec("request", str(GUIDE)).stdout)["TrainingJobName"] == "my-training-job-{{ ds }}"


def test_eight_mistakes_in_one_run(project: Path, trainspec: Run) -> None:
    (project / "specs" / "bad.yaml").write_text(EIGHT_MISTAKES)
    linted = trainspec("lint", "--format", "json")
    assert linted.returncode == 1
    places = {(found["code"], found["line"], found["column"]) for found in json.loads(linted.stdout)}
    assert places == {
        ("TS103", 4, 12),
        ("TS406", 7, 11),
        ("TS101", 8, 5),
        ("TS405", 9, 11),
        ("TS405", 10, 13),
        ("TS104", 11, 32),
        ("TS003", 14, 7),
        ("TS302", 15, 31),
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "there is no command `nonsense`; `trainspec --help` lists them"),
        (["lnt"], "there is no command `lnt`; did you mean `lint`?"),
        (["build"], "there is no command `build`; did you mean `compile`?"),
        (["--frmat"], "there is no option `--frmat` before the command"),
        (["lint", "--fromat", "json"], "there is no option `--fromat`; did you mean `--format`?"),
        (["compile", "--al"], "there is no option `--al`"),
        (["-C", "nowhere", "lint"], "-C nowhere: No such file or directory"),
        (["-C"], "-C needs a folder"),
        (["lint", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["lint", "--format", "xml"], "invalid choice"),
        (["compile", "--var", "x"], "--var takes NAME=VALUE"),
        (["compile", "--airflow", "1"], "invalid choice"),
        (["request", "many.yaml"], "has several jobs; choose one with --job: a, b"),
        (["request", "many.yaml", "--job", "c"], "has no job `c`"),
        (["request", "many.yaml", "--job", "a", "--at", "today"], "--at takes a date"),
        (["simulate", "--port", "99999"], "cannot listen on port 99999"),
        (["simulate", "--phase-seconds", "x"], "phase seconds"),
    ],
)
def test_bad_usage(arguments: list[str], said: str, project: Path, trainspec: Run) -> None:
    (project / "many.yaml").write_text(
        "trainspec: 1\ndefaults:\n  name: x-{{ ds }}-${job.id}\n  role: arn:aws:iam::123456789012:role/MyRole\n"
        "  image: i:1\n  output: s3://bucket/x\n  stopping: {max_runtime: 30m}\n"
        "  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 1}\n"
        "jobs: {a: {}, b: {}}\n"
    )
    failed = trainspec(*arguments)
    assert failed.returncode == 2
    assert said in failed.stderr
    assert "Traceback" not in failed.stderr
    assert failed.stdout == ""


def test_a_fault_of_our_own_is_no_traceback(trainspec: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from trainspec.cli import main

    (project / "specs" / "x.yaml").write_text("trainspec: 1\n")
    monkeypatch.setattr("trainspec.batch.analyse.analyse", lambda *_: 1 / 0)
    assert main(["lint"]) == 3


def test_github_format(project: Path, trainspec: Run) -> None:
    (project / "specs" / "bad.yaml").write_text("trainspec: 1\njobs: {train: {naem: 'a%b'}}\n")
    lines = trainspec("lint", "--format", "github").stdout.splitlines()
    assert lines[0].startswith("::error file=specs/bad.yaml,line=2,col=")
    assert any("title=TS101::unknown key `naem`" in line for line in lines)


def test_settings(project: Path, trainspec: Run) -> None:
    (project / "trainspec.toml").write_text('paths = ["models"]\noutput = "dags"\n')
    (project / "models").mkdir()
    (project / "models" / "m.yaml").write_text(GUIDE.read_text())
    assert trainspec("compile").returncode == 0
    assert (project / "dags" / "sagemaker_training_dag.py").exists()
    (project / "trainspec.toml").write_text("outptu = 1\n")
    failed = trainspec("compile")
    assert failed.returncode == 2
    assert "unknown setting `outptu`" in failed.stderr


def test_variables_from_the_command_line(project: Path, trainspec: Run) -> None:
    printed = trainspec("request", str(GUIDE), "--var", "data=s3://elsewhere")
    uri = json.loads(printed.stdout)["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
    assert uri == "s3://elsewhere/train/"


def test_schema_is_up_to_date() -> None:
    from trainspec.cli.schema import build_spec_schema
    from trainspec.schema.files import schema_text

    assert schema_path(SPEC_SCHEMA).read_text() == schema_text(build_spec_schema())


def test_schema_command_prints_it(trainspec: Run) -> None:
    assert trainspec("schema").stdout == schema_path(SPEC_SCHEMA).read_text()


def test_schema_accepts_the_example_specs() -> None:
    import yaml
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(load_schema(SPEC_SCHEMA))
    for path in sorted((ROOT / "specs").glob("*.yaml")):
        data = yaml.load(path.read_text(), Loader=yaml.CBaseLoader)  # noqa: S506  # texts only
        assert data["trainspec"] == "1"
    assert not list(validator.iter_errors({"trainspec": 1, "jobs": {}}))
