"""`trainspec iam`: the least policies, derived from what the requests name."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import boto3
import pytest
import trainspec.runtime
from trainspec.iam.caller import JOB_ACTIONS, LIST_ACTIONS, LIST_TUNING_ACTIONS, LOG_ACTIONS, TUNING_ACTIONS
from trainspec.iam.job import wild

from helpers import ROOT, Run

ROLE = "arn:aws:iam::123456789012:role/MyRole"
SPEC = """\
trainspec: 1
defaults:
  image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/my-algo:1
  role: %s
  output: {s3: "s3://out/${job.id}/{{ ds }}/", kms_key: alias/models}
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB, volume_kms_key: %s}
  stopping: {max_runtime: 30m, max_wait: 1h}
  spot: true
  checkpoint: s3://checkpoints/all/
  name: ${job.id}-{{ ts_nodash }}
jobs:
  first:
    inputs: {train: "s3://data/*/{{ ds }}/{{ params.x }}"}
  second:
    role: "{{ var.value.role }}"
    inputs: {model: "${jobs.first.model}"}
"""
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def spec(project: Path) -> str:
    (project / "specs" / "two.yaml").write_text(SPEC % (ROLE, KEY))
    return "specs/two.yaml"


def statements(policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in policy["Statement"]}


def test_what_a_role_may_do_follows_what_its_jobs_name(spec: str, trainspec: Run) -> None:
    printed = trainspec("iam", spec, "--for", "execution", "--role", ROLE)
    assert printed.returncode == 0
    policy = statements(json.loads(printed.stdout))
    assert {sid: each["Resource"] for sid, each in policy.items()} == {
        "ReadData": ["arn:aws:s3:::checkpoints/all/*", "arn:aws:s3:::data/${*}/*/*"],
        "WriteResults": ["arn:aws:s3:::checkpoints/all/*", "arn:aws:s3:::out/first/*/*"],
        "ResumeFromCheckpoints": "arn:aws:s3:::checkpoints/all/*",
        "ListBuckets": ["arn:aws:s3:::checkpoints", "arn:aws:s3:::data", "arn:aws:s3:::out"],
        "PullImages": "arn:aws:ecr:eu-west-1:123456789012:repository/team/my-algo",
        "LogInToTheRegistry": "*",
        "WriteLogs": "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/TrainingJobs*",
        "WriteMetrics": "*",
        "EncryptOutput": "arn:aws:kms:eu-west-1:123456789012:key/*",
        "EncryptVolumes": KEY,
    }
    assert policy["EncryptOutput"]["Condition"] == {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/models"}}
    assert "kms:Decrypt" in printed.stderr


def test_a_model_handed_on_lies_below_the_output_of_its_job(spec: str, trainspec: Run) -> None:
    printed = json.loads(trainspec("iam", spec).stdout)
    assert list(printed["execution"]) == [ROLE, "*"]
    policy = statements(printed["execution"]["*"]["policy"])
    assert policy["ReadData"]["Resource"] == ["arn:aws:s3:::checkpoints/all/*", "arn:aws:s3:::out/first/*/*"]
    assert printed["execution"][ROLE]["trust"]["Statement"][0]["Principal"] == {"Service": "sagemaker.amazonaws.com"}


def test_the_caller_runs_these_jobs_and_no_others(spec: str, trainspec: Run) -> None:
    printed = trainspec("iam", spec, "--for", "caller")
    policy = statements(json.loads(printed.stdout))
    assert policy["RunJobs"]["Resource"] == [
        "arn:aws:sagemaker:eu-west-1:*:training-job/second-*",
        "arn:aws:sagemaker:eu-west-1:123456789012:training-job/first-*",
    ]
    assert policy["PassTheRole"]["Resource"] == ["*", ROLE]
    assert policy["PassTheRole"]["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    assert policy["EncryptVolumes"]["Action"] == ["kms:CreateGrant", "kms:DescribeKey"]
    assert printed.stderr == ""


def test_the_caller_may_do_what_the_runtime_calls() -> None:
    written = "".join(file.read_text() for file in Path(trainspec.runtime.__file__).parent.rglob("*.py"))
    words = set(re.findall(r"(?<=[\".])[a-z]+(?:_[a-z]+)+(?=[\"(])", written))
    called = set()
    for service, prefix in (("sagemaker", "sagemaker"), ("logs", "logs")):
        client = boto3.client(service, region_name="us-east-1")
        called |= {f"{prefix}:{api}" for method, api in client.meta.method_to_api_mapping.items() if method in words}
    assert "sagemaker:CreateTrainingJob" in called
    assert called <= {*JOB_ACTIONS, *LIST_ACTIONS, *LOG_ACTIONS, *TUNING_ACTIONS, *LIST_TUNING_ACTIONS}


def test_every_example_has_policies_within_iams_limits(project: Path, trainspec: Run) -> None:
    shutil.copytree(ROOT / "specs", project / "specs", dirs_exist_ok=True)
    printed = json.loads(trainspec("iam").stdout)
    policies = [printed["caller"], *(each["policy"] for each in printed["execution"].values())]
    for policy in policies:
        assert len({each["Sid"] for each in policy["Statement"]}) == len(policy["Statement"])
        assert all(re.fullmatch(r"[A-Za-z0-9]+", each["Sid"]) for each in policy["Statement"])
        assert all(each["Resource"] for each in policy["Statement"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a/{{ ds }}{{ ts }}/b", "a/*/b"), ("a*b?c$d", "a${*}b${?}c${$}d"), ("{{ x }}", "*"), ("{{ x }}*", "*${*}")],
)
def test_templates_are_wildcards_and_nothing_else_is(text: str, shown: str) -> None:
    assert wild(text) == shown


def test_bad_usage(spec: str, project: Path, trainspec: Run) -> None:
    (project / "bad.yaml").write_text("trainspec: 1\njobs: {train: {imagee: x}}\n")
    several, unknown, bad = (
        trainspec("iam", spec, "--for", "execution"),
        trainspec("iam", spec, "--role", "arn:aws:iam::1:role/x"),
        trainspec("iam", "bad.yaml"),
    )
    assert (several.returncode, unknown.returncode, bad.returncode) == (2, 2, 1)
    assert "choose one with --role" in several.stderr
    assert "no job has the role" in unknown.stderr
    assert "did you mean `image`" in bad.stderr


@pytest.mark.parametrize(("chains", "action"), [("", "sts:AssumeRole"), ("  session_tag_chaining: true\n", None)])
def test_who_may_assume_the_role(chains: str, action: str | None, project: Path, trainspec: Run) -> None:
    (project / "specs" / "two.yaml").write_text((SPEC % (ROLE, KEY)).replace("jobs:\n", f"{chains}jobs:\n"))
    printed = json.loads(trainspec("iam", "specs/two.yaml").stdout)
    (statement,) = printed["execution"][ROLE]["trust"]["Statement"]
    assert statement["Action"] == (action or ["sts:AssumeRole", "sts:TagSession"])
