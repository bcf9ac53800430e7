"""`trainspec preflight` against an account on 127.0.0.1: each check once valid, once broken, once denied."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from preflight_account import OPERATIONS, State, serving
from trainspec.preflight.account import PERMISSIONS

from helpers import Run

pytest.importorskip("boto3")

SPEC = """\
trainspec: 1
vars: {data: "s3://my-bucket/train/"}
dag: {id: d, start_date: 2025-04-01, schedule: "@daily", catchup: false}
jobs:
  train:
    name: "a-{{ ts_nodash }}"
    region: us-east-1
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/team/algo:1
    role: arn:aws:iam::123456789012:role/R
    inputs: {train: "${vars.data}"}
    output: {s3: "s3://my-bucket/out/", kms_key: arn:aws:kms:us-east-1:123456789012:key/k-out}
    resources:
      instance_type: ml.m5.large
      instance_count: 2
      volume_size: 10GB
      volume_kms_key: arn:aws:kms:us-east-1:123456789012:key/k-vol
    vpc: {subnets: [subnet-0a, subnet-0b], security_groups: [sg-0a]}
    stopping: {max_runtime: 1h}
"""


class Preflight:
    """A spec, an account, and the command."""

    def __init__(self, folder: Path, run: Run, url: str, state: State) -> None:
        self.path, self.run, self.url, self.state = folder / "specs/d.yaml", run, url, state
        self.path.write_text(SPEC)

    def __call__(self, *arguments: str, code: int | None = None) -> list[dict[str, Any]]:
        ran = self.run("preflight", "specs/d.yaml", "--endpoint-url", self.url, "--format", "json", *arguments)
        assert ran.returncode in (0, 1), ran.stderr
        assert code is None or ran.returncode == code, ran.stdout
        found: list[dict[str, Any]] = json.loads(ran.stdout)
        return found


@pytest.fixture
def preflight(project: Path, trainspec: Run, credentials: None) -> Iterator[Preflight]:
    state = State()
    with serving(state) as url:
        yield Preflight(project, trainspec, url, state)


def test_a_sound_account_gives_nothing(preflight: Preflight) -> None:
    assert preflight(code=0) == []
    assert len(preflight.state.calls) < 20
    assert preflight.state.calls.count("SimulatePrincipalPolicy") <= 6


BROKEN: dict[str, tuple[Callable[[State], object], str, int, int]] = {
    "no role": (lambda state: state.roles.clear(), "TS902", 9, 11),
    "no trust": (lambda state: state.roles.update(R="ec2.amazonaws.com"), "TS903", 9, 11),
    "may not read": (lambda state: state.refused.add("s3:GetObject"), "TS904", 2, 14),
    "may not pull": (lambda state: state.refused.add("ecr:BatchGetImage"), "TS904", 8, 12),
    "may not log": (lambda state: state.refused.add("logs:PutLogEvents"), "TS904", 9, 11),
    "other account": (lambda state: setattr(state, "caller", "999999999999"), "TS905", 9, 11),
    "no repository": (lambda state: state.images.clear(), "TS906", 8, 12),
    "no tag": (lambda state: state.images.update({"team/algo": {"2"}}), "TS906", 8, 12),
    "no bucket": (lambda state: state.buckets.clear(), "TS907", 2, 14),
    "bucket elsewhere": (lambda state: state.buckets.update({"my-bucket": "eu-west-1"}), "TS908", 2, 14),
    "no data": (lambda state: state.objects.clear(), "TS909", 2, 14),
    "may not write": (lambda state: state.refused.add("s3:PutObject"), "TS910", 11, 18),
    "no subnet": (lambda state: state.subnets.pop("subnet-0b"), "TS911", 17, 32),
    "no group": (lambda state: state.groups.clear(), "TS912", 17, 62),
    "two VPCs": (lambda state: state.groups.update({"sg-0a": "vpc-2"}), "TS913", 17, 10),
    "no zone": (lambda state: state.zones.update({"m5.large": ["us-east-1f"]}), "TS914", 17, 20),
    "no key": (lambda state: state.keys.pop("k-out"), "TS915", 11, 50),
    "key disabled": (lambda state: state.keys.update({"k-vol": "PendingDeletion"}), "TS916", 16, 23),
    "no quota": (lambda state: state.quotas.update({"ml.m5.large for training job usage": 1}), "TS917", 13, 22),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_account_is_found_at_the_line(preflight: Preflight, name: str) -> None:
    spoil, code, line, column = BROKEN[name]
    spoil(preflight.state)
    found = preflight(code=0 if code == "TS909" else 1)
    assert (code, line, column) in [(each["code"], each["line"], each["column"]) for each in found], found
    assert {each["code"] for each in found} <= {code, "TS907"}


TUNING = (
    SPEC
    + """\
    metrics: {auc: "auc=([0-9.]+)"}
    tuning:
      strategy: Random
      objective: {metric: auc, goal: Maximize}
      ranges: {eta: {min: 0.1, max: 0.5}}
      limits: {jobs: 20, parallel: 2}
"""
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["no role", "no tag", "no data", "no subnet", "two VPCs", "key disabled", "no quota"])
def test_what_a_tuning_job_lacks_is_found_at_the_same_place(preflight: Preflight, name: str) -> None:
    preflight.path.write_text(TUNING)
    assert preflight(code=0) == []
    spoil, code, line, column = BROKEN[name]
    spoil(preflight.state)
    found = preflight()
    assert (code, line, column) in [(each["code"], each["line"], each["column"]) for each in found], found
    assert all(str(each["member"]).startswith("TrainingJobDefinition.") for each in found if each["code"] == code)


def test_the_quota_counts_the_training_jobs_of_a_tuning_job_that_run_at_once(preflight: Preflight) -> None:
    preflight.path.write_text(TUNING.replace("parallel: 2", "parallel: 3"))
    (found,) = preflight(code=1)
    assert (found["code"], found["line"], found["column"]) == ("TS917", 24, 36)
    assert found["message"].endswith("is 4; 3 training jobs at once need 6")
    assert found["advice"].startswith("write `parallel: 2` or less")


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_denied_is_not_checked(preflight: Preflight, operation: str) -> None:
    preflight.state.denied.add(operation)
    found = preflight(code=0)
    assert {(each["code"], each["severity"]) for each in found} == {("TS900", "note")}
    assert {each["advice"] for each in found} == {f"you need the permission {OPERATIONS[operation]}"}


@pytest.mark.slow
def test_all_denied(preflight: Preflight) -> None:
    preflight.state.denied |= OPERATIONS.keys()
    assert {each["code"] for each in preflight(code=0)} == {"TS900"}


@pytest.mark.slow
def test_credentials_that_aws_does_not_know(preflight: Preflight) -> None:
    preflight.state.denied.add("GetCallerIdentity")
    assert [each["code"] for each in preflight(code=1)] == ["TS901"]
    assert preflight.state.calls == ["GetCallerIdentity"]


@pytest.mark.slow
def test_nobody_answers(preflight: Preflight) -> None:
    preflight.url = "http://127.0.0.1:9"
    (one,) = preflight("--timeout", "5", code=1)
    assert one["code"] == "TS901"
    assert one["message"].startswith("AWS could not be reached: ")


def test_what_is_no_endpoint_is_an_error_of_use(preflight: Preflight) -> None:
    ran = preflight.run("preflight", "specs/d.yaml", "--endpoint-url", "foo")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Invalid endpoint: foo" in ran.stderr


def test_there_are_no_credentials(preflight: Preflight, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (one,) = preflight(code=1)
    assert (one["code"], one["message"]) == ("TS901", "no AWS credentials")
    assert preflight.state.calls == []


@pytest.mark.slow
@pytest.mark.parametrize(("operation", "code"), [("GetCallerIdentity", "TS901"), ("DescribeSubnets", "TS900")])
def test_a_page_of_a_proxy_is_no_answer(preflight: Preflight, operation: str, code: str) -> None:
    preflight.state.behind_proxy.add(operation)
    assert {each["code"] for each in preflight()} == {code}


def test_an_answer_that_nobody_expects_is_one_check_not_made(preflight: Preflight) -> None:
    preflight.state.quotas["ml.m5.large for training job usage"] = "plenty"
    preflight.state.objects.clear()
    found = {each["code"]: each for each in preflight()}
    assert found.keys() == {"TS900", "TS907"} or found.keys() > {"TS900"}
    assert found["TS900"]["message"].startswith("not checked: quotas, because AWS returned an unexpected response")
    assert len(found) == 2


@pytest.mark.slow
def test_a_matrix_asks_once_and_counts_the_jobs_at_once(preflight: Preflight) -> None:
    assert preflight(code=0) == []
    calls = len(preflight.state.calls)
    more = '    matrix: {lr: [1, 2, 3]}\n    hyperparameters: {lr: "${matrix.lr}"}\n'
    preflight.path.write_text(SPEC.replace('"a-{{', '"a-${matrix.lr}-{{') + more)
    found = preflight(code=0)
    assert [(each["code"], each["severity"], each["line"]) for each in found] == [("TS918", "warning", 13)]
    assert len(preflight.state.calls) == 2 * calls
    preflight.path.write_text(preflight.path.read_text().replace("[1, 2, 3]}", "[1, 2, 3], max_parallel: 2}"))
    assert preflight(code=0) == []


@pytest.mark.slow
def test_spot_and_warm_pools_have_quotas_of_their_own(preflight: Preflight) -> None:
    preflight.state.quotas |= {"ml.m5.large for spot training job usage": 0}
    spot = (
        SPEC.replace("max_runtime: 1h", "max_runtime: 1h, max_wait: 2h")
        + "    spot: true\n    checkpoint: s3://my-bucket/c/\n"
    )
    preflight.path.write_text(spot)
    assert "spot training job usage" in preflight(code=1)[0]["message"]
    preflight.state.quotas |= {"ml.m5.large for training warm pool usage": 0}
    preflight.path.write_text(SPEC.replace("volume_size: 10GB", "volume_size: 10GB\n      keep_alive: 10m"))
    assert "training warm pool usage" in preflight(code=1)[0]["message"]


@pytest.mark.slow
def test_templates_are_looked_at_with_a_date_only(preflight: Preflight) -> None:
    preflight.path.write_text(SPEC.replace("/train/", "/{{ ds }}/"))
    assert preflight(code=0) == []
    (one,) = preflight("--at", "2025-04-09", code=0)
    assert (one["code"], one["message"]) == ("TS909", "there is nothing at s3://my-bucket/2025-04-09/")
    preflight.state.objects.add("my-bucket/2025-04-09/a.csv")
    assert preflight("--at", "2025-04-09", code=0) == []


@pytest.mark.slow
def test_a_training_plan(preflight: Preflight) -> None:
    plan = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/plan"
    spec = SPEC.replace("ml.m5.large", f"ml.p5.48xlarge\n      training_plan: {plan}")
    keyless = [line for line in spec.splitlines() if "volume" not in line]
    preflight.path.write_text("\n".join(keyless))
    assert preflight(code=0) == []
    preflight.state.plans["plan"] = "Scheduled"
    assert [each["code"] for each in preflight(code=1)] == ["TS920"]
    preflight.state.plans.clear()
    assert [each["code"] for each in preflight(code=1)] == ["TS920"]
    preflight.state.denied.add("DescribeTrainingPlan")
    assert [each["code"] for each in preflight(code=0)] == ["TS900"]


@pytest.mark.slow
def test_a_source_that_was_not_pushed(preflight: Preflight, project: Path) -> None:
    (project / "src").mkdir()
    (project / "src/train.py").write_text("print(1)\n")
    source = "    source: {dir: ../src, entry: train.py, upload: s3://my-bucket/code/}\n"
    framework = '    framework: {name: pytorch, version: "2.3", python: py311}\n'
    spec = SPEC.replace("    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/team/algo:1\n", framework)
    preflight.path.write_text(spec + source)
    (one,) = preflight(code=1)
    assert one["code"] == "TS919"
    preflight.state.objects.add(one["message"].partition("s3://")[2])
    assert preflight(code=0) == []
    preflight.state.denied.add("HeadObject")
    assert [each["code"] for each in preflight(code=0)] == ["TS900"]


@pytest.mark.slow
def test_the_time_limit_holds(preflight: Preflight) -> None:
    import subprocess
    import sys

    preflight.state.is_slow.add("DescribeKey")
    command = [sys.executable, "-m", "trainspec", "preflight", "specs/d.yaml", "--endpoint-url", preflight.url]
    ran = subprocess.run(
        [*command, "--timeout", "6", "--format", "json"], capture_output=True, text=True, timeout=120, check=False
    )
    found = json.loads(ran.stdout)
    assert {each["code"] for each in found} == {"TS900"}
    assert "AWS took longer than 6 s" in found[0]["message"] or "ReadTimeout" in found[0]["advice"]


def test_run_asks_first(preflight: Preflight) -> None:
    preflight.state.roles.clear()
    ran = preflight.run("run", "specs/d.yaml", "--preflight", "--endpoint-url", preflight.url)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "TS902" in ran.stderr
    assert "nothing was started" in ran.stderr
    assert "CreateTrainingJob" not in preflight.state.calls


@pytest.mark.slow
def test_text_counts_the_calls(preflight: Preflight) -> None:
    ran = preflight.run("preflight", "specs/d.yaml", "--endpoint-url", preflight.url)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "1 job checked with" in ran.stderr


def test_the_policy_has_every_permission(trainspec: Run) -> None:
    said = json.loads(trainspec("iam", "--for", "preflight").stdout)
    assert {*said["Statement"][0]["Action"]} == {*PERMISSIONS.values()}


CHOICES = TUNING.replace(
    """      instance_type: ml.m5.large
      instance_count: 2
      volume_size: 10GB
      volume_kms_key: arn:aws:kms:us-east-1:123456789012:key/k-vol
""",
    "",
).replace("    resources:\n", "")
CHOICES += """\
      resources:
        instances:
          - {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
          - {instance_type: ml.m5.xlarge, instance_count: 1, volume_size: 10GB}
"""


def test_all_machines_that_a_tuning_job_chooses_from_are_asked_for(preflight: Preflight) -> None:
    preflight.path.write_text(CHOICES)
    state = preflight.state
    state.zones["m5.xlarge"] = ["us-east-1a"]
    state.quotas["ml.m5.xlarge for training job usage"] = 4
    assert preflight(code=0) == []
    line = (
        CHOICES.splitlines().index("          - {instance_type: ml.m5.xlarge, instance_count: 1, volume_size: 10GB}")
        + 1
    )
    state.quotas["ml.m5.xlarge for training job usage"] = 1
    (one,) = preflight(code=0)
    assert (one["code"], one["severity"], one["line"], one["column"]) == ("TS921", "warning", line, 29)
    state.quotas["ml.m5.large for training job usage"] = 0
    assert [(each["code"], each["line"]) for each in preflight(code=1)] == [("TS917", line - 1), ("TS917", line)]
    state.quotas |= {"ml.m5.large for training job usage": 2, "ml.m5.xlarge for training job usage": 2}
    state.zones["m5.xlarge"] = ["us-east-1f"]
    (one,) = preflight(code=0)
    assert (one["code"], one["line"]) == ("TS921", line)
    assert "no subnet is in a zone that has ml.m5.xlarge" in one["message"]
    state.zones["m5.large"] = ["us-east-1f"]
    assert [(each["code"], each["line"]) for each in preflight(code=1)] == [("TS914", line - 1), ("TS914", line)]


def test_machines_that_lack_a_zone_and_a_quota_leave_a_tuning_job_none_to_run_on(preflight: Preflight) -> None:
    preflight.path.write_text(CHOICES)
    preflight.state.zones = {"m5.large": ["us-east-1f"], "m5.xlarge": ["us-east-1a"]}
    preflight.state.quotas["ml.m5.xlarge for training job usage"] = 0
    found = [(each["code"], each["severity"], each["line"]) for each in preflight(code=1)]
    line = len(CHOICES.splitlines())
    assert found == [("TS914", "error", line - 1), ("TS917", "error", line)]


def test_a_call_that_is_denied_later_hides_no_zone_that_was_found(preflight: Preflight) -> None:
    preflight.path.write_text(CHOICES)
    preflight.state.zones["m5.large"] = ["us-east-1f"]
    preflight.state.denied.add("DescribeInstanceTypeOfferings m5.xlarge")
    found = {each["code"]: each["message"] for each in preflight(code=0)}
    assert found == {
        "TS921": "no subnet is in a zone that has ml.m5.large: it is in `us-east-1f`",
        "TS900": "not checked: whether ml.m5.xlarge is in a zone of the subnets",
    }


def test_a_page_that_is_denied_later_hides_no_quota_that_was_found(preflight: Preflight) -> None:
    preflight.path.write_text(CHOICES)
    preflight.state.zones["m5.xlarge"] = ["us-east-1a"]
    preflight.state.quotas = {f"ml.m5.{size} for training job usage": 0 for size in ("large", "xlarge")}
    preflight.state.denied.add("ListServiceQuotas page 1")
    found = {each["code"]: each["message"] for each in preflight(code=0)}
    assert found == {
        "TS921": "the account's quota `ml.m5.large for training job usage` is 0, and the job needs 1",
        "TS900": "not checked: the quota `ml.m5.xlarge for training job usage`",
    }


def test_all_subnets_that_are_missing_are_found(preflight: Preflight) -> None:
    preflight.state.subnets.clear()
    found = [each for each in preflight(code=1) if each["code"] == "TS911"]
    assert [(each["line"], each["column"]) for each in found] == [(17, 21), (17, 32)]
