"""Environments: all of them are checked and written, each in its account and region."""

import json
from pathlib import Path

import pytest

from helpers import Run

SPEC = """\
trainspec: 1
jobs:
  train:
    name: job-${env}-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: MyRole
    account: "123456789012"
    output: s3://my-bucket-${env}/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
SETTINGS = """\
[environments.dev]
output = "dags/dev"
account = "123456789012"
region = "us-east-1"

[environments.prod]
output = "dags/prod"
account = "210987654321"
region = "eu-west-1"
airflow = 2
"""
OF_ANY_ACCOUNT = SPEC.replace('    account: "123456789012"\n', "").replace(
    "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1", 'algorithm: "xgboost@1.7-1"'
)
OF_ANY_ACCOUNT += (
    "    inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}\n    hyperparameters: {num_round: 10}\n"
)


def write(project: Path, spec: str, settings: str = "") -> None:
    (project / "specs" / "one.yaml").write_text(spec)
    (project / "trainspec.toml").write_text(settings)


def found(trainspec: Run, *arguments: str) -> list[tuple[str, str]]:
    listed = json.loads(trainspec("lint", "--format", "json", *arguments).stdout)
    return [(each["code"], each["message"]) for each in listed]


def test_lint_checks_base_and_all_environments(project: Path, trainspec: Run) -> None:
    patch = "environments: {dev: {}, prod: {jobs: {train: {output: 's3://My_Bucket/x'}}}}\n"
    write(project, SPEC + patch)
    (one,) = found(trainspec)
    assert one[1].endswith("(in `prod`)")
    assert found(trainspec, "--env", "dev") == []
    assert len(found(trainspec, "--env", "prod")) == 1
    write(project, SPEC.replace("ml.m5.large", "ml.m5.lrage") + "environments: {dev: {}, prod: {}}\n")
    ((_, message),) = found(trainspec)
    assert "(in" not in message, "it is in all of them"
    write(project, SPEC.replace("ml.m5.large", "x") + "environments: {dev: {vars: {}, defaults: {}, jobs: {train: "
          "{resources: {instance_type: ml.m5.large}}}}}\n")  # fmt: skip
    assert all(message.endswith("(in the base)") for _, message in found(trainspec))


def test_a_base_that_is_never_written_need_not_be_whole(project: Path, trainspec: Run) -> None:
    spec = OF_ANY_ACCOUNT.replace("    stopping: {max_runtime: 30m}\n", "").replace("    role: MyRole\n", "")
    role = "{defaults: {role: MyRole, stopping: {max_runtime: 30m}}}"
    write(project, spec + f"environments: {{dev: {role}, prod: {role}}}\n", SETTINGS)
    assert found(trainspec) == []
    assert trainspec("compile").returncode == 0
    write(project, spec + f"environments: {{dev: {role}, prod: {role}}}\n", 'output = "dags/base"\n' + SETTINGS)
    assert found(trainspec) != []
    assert trainspec("compile").returncode == 1


def test_compile_writes_all_environments(project: Path, trainspec: Run) -> None:
    write(project, OF_ANY_ACCOUNT, SETTINGS)
    assert trainspec("compile").stdout == "wrote dags/dev/one.py\nwrote dags/prod/one.py\n"
    dev, prod = ((project / "dags" / name / "one.py").read_text() for name in ("dev", "prod"))
    for text, name, account, region in ((dev, "dev", "1234", "us-east-1"), (prod, "prod", "2109", "eu-west-1")):
        assert f"#   rebuild: trainspec compile --env {name} specs/one.yaml\n" in text
        assert f'"TrainingJobName": "job-{name}-' in text
        assert f"arn:aws:iam::{account}" in text
        assert f'region_name="{region}"' in text
        assert f".dkr.ecr.{region}.amazonaws.com/sagemaker-xgboost" in text
    assert "from airflow import DAG" in prod, "Airflow 2"
    assert trainspec("compile", "--check").returncode == 0
    assert trainspec("compile", "--env", "prod", "--check").returncode == 0
    (project / "dags" / "prod" / "one.py").unlink()
    assert trainspec("compile", "--env", "dev", "--check").returncode == 0
    checked = trainspec("compile", "--check")
    assert checked.returncode == 1
    assert "`dags/prod/one.py` is missing" in checked.stderr
    assert "trainspec compile --env prod" in checked.stderr


def test_nothing_is_written_where_one_environment_has_an_error(project: Path, trainspec: Run) -> None:
    write(project, OF_ANY_ACCOUNT + "environments: {prod: {jobs: {train: {spot: maybe}}}}\n", SETTINGS)
    failed = trainspec("compile")
    assert failed.returncode == 1
    assert "Nothing was written." in failed.stderr
    assert not (project / "dags").exists()


def test_two_environments_in_one_folder(project: Path, trainspec: Run) -> None:
    shared = SETTINGS.replace('"dags/dev"', '"dags"').replace('"dags/prod"', '"dags"')
    write(project, OF_ANY_ACCOUNT, shared)
    refused = trainspec("compile")
    assert refused.returncode == 2
    assert "dev and prod both produce dags/one.py" in refused.stderr
    write(project, OF_ANY_ACCOUNT + "dag: {id: 'one_${env}'}\n", shared)
    assert trainspec("compile").stdout == "wrote dags/one_dev.py\nwrote dags/one_prod.py\n"
    assert trainspec("compile", "--env", "dev").stderr == "0 written, 0 removed, 1 unchanged in dags/\n"
    assert trainspec("compile", "--check").returncode == 0
    (project / "specs" / "one.yaml").unlink()
    assert trainspec("compile").stderr == "0 written, 2 removed, 0 unchanged in dags/\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("", "`jobs.train.image` belongs to the account 123456789012"),
        ("role: arn:aws:iam::111122223333:role/x", "`jobs.train.role` belongs to the account 111122223333"),
        ("region: us-east-1", "`region` is us-east-1, but the environment `prod` has eu-west-1"),
        ('account: "123456789012"', "`account` is 123456789012, but the environment `prod` has 210987654321"),
        (
            "output: {s3: s3://my-bucket/, kms_key: 'arn:aws:kms:us-east-1:210987654321:key/a'}",
         "`jobs.train.output.kms_key` is in us-east-1, but the environment `prod` is in eu-west-1",
        ),
    ],
)  # fmt: skip
def test_what_is_of_another_account_or_region(change: str, said: str, project: Path, trainspec: Run) -> None:
    spec = OF_ANY_ACCOUNT if change else SPEC.replace('    account: "123456789012"\n', "")
    key = change.partition(":")[0]
    if key == "output":
        spec = spec.replace("    output: s3://my-bucket-${env}/models/\n", "")
    spec = spec.replace("    role: MyRole\n", "") if key == "role" else spec
    write(project, spec + (f"    {change}\n" if change else ""), SETTINGS)
    there = [message for code, message in found(trainspec, "--env", "prod") if code == "TS205"]
    assert len(there) == 1
    assert said in there[0]


def test_accounts_that_are_allowed(project: Path, trainspec: Run) -> None:
    spec = OF_ANY_ACCOUNT.replace("role: MyRole", "role: arn:aws:iam::111122223333:role/x")

    def foreign(*options: str) -> list[str]:
        return [code for code, _ in found(trainspec, *options) if code == "TS205"]

    write(project, spec, SETTINGS)
    assert foreign() == ["TS205", "TS205"], "one for each environment"
    write(project, spec, SETTINGS + 'allow-accounts = ["111122223333"]\n')
    assert foreign() != []
    assert foreign("--env", "prod") == []
    write(project, spec, 'allow-accounts = ["111122223333"]\n' + SETTINGS)
    assert foreign() == []


def test_env_is_default_in_the_base(project: Path, trainspec: Run) -> None:
    write(project, SPEC)
    assert json.loads(trainspec("request", "specs/one.yaml").stdout)["OutputDataConfig"] == {
        "S3OutputPath": "s3://my-bucket-default/models/"
    }


def test_environments_of_the_settings_are_known(project: Path, trainspec: Run) -> None:
    write(project, OF_ANY_ACCOUNT + "environments: {dev: {}}\n", SETTINGS)
    assert trainspec("compile", "--env", "prod").returncode == 0
    refused = trainspec("compile", "--env", "prdo")
    assert refused.returncode == 2
    assert "did you mean `prod`?" in refused.stderr


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("[environments.dev]\naccount = 123456789012\n",
         "trainspec.toml:2:1: `environments.dev.account` must be the 12 digits of an AWS account, in quotes"),
        ('[environments.dev]\nregion = "us-east"\n', "must be an AWS region such as us-east-1"),
        ('[environments.dev]\nouptut = "x"\n', "unknown setting `environments.dev.ouptut`; did you mean `output`?"),
        ("environments = 1\n", "`environments` must be a table of environments"),
        ("allow-accounts = [1]\n", "must be the 12 digits of an AWS account, in quotes"),
        ('[environments.dev]\noutput = "../x"\n', "leaves the project"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(settings: str, said: str, project: Path, trainspec: Run) -> None:
    write(project, SPEC, settings)
    refused = trainspec("compile")
    assert refused.returncode == 2
    assert said in refused.stderr
