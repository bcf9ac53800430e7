"""`trainspec preflight` against moto's server: each check once valid, once broken, once denied.

The account of `preflight_account` is in front of it: it denies what a test says, and answers what moto does not know:
IAM's simulator, SageMaker's quotas and training plans. Everything else is moto's.
"""

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from preflight_account import OPERATIONS, State, serving

from helpers import Run

TRUST = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {
        "mediaType": "application/vnd.docker.container.image.v1+json",
        "size": 1,
        "digest": f"sha256:{'0' * 64}",
    },
    "layers": [],
}
SPEC = """\
trainspec: 1
vars: {data: "s3://my-bucket/train/"}
dag: {id: d, start_date: 2025-04-01, schedule: "@daily", catchup: false}
jobs:
  train:
    name: "a-{{ ts_nodash }}"
    region: us-east-1
    framework: {name: pytorch, version: "2.3", python: py311}
    role: arn:aws:iam::123456789012:role/R
    inputs: {train: "${vars.data}"}
    output:
      s3: s3://my-bucket/out/
      kms_key: OUTPUT_KEY
    resources:
      instance_type: ml.m5.large
      instance_count: 2
      volume_size: 10GB
      volume_kms_key: VOLUME_KEY
    vpc:
      subnets: [SUBNET]
      security_groups: [GROUP]
    stopping: {max_runtime: 1h}
    source: {dir: ../src, entry: train.py, upload: s3://my-bucket/code/}
"""
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/algo:1"
OWN_IMAGE = SPEC.replace('framework: {name: pytorch, version: "2.3", python: py311}', f"image: {IMAGE}")
OWN_IMAGE = "".join(line for line in OWN_IMAGE.splitlines(keepends=True) if "source:" not in line)


@pytest.fixture(scope="module")
def moto() -> Iterator[tuple[str, int]]:
    server = importlib.import_module("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield str(host), int(port)
    server.stop()


@dataclass
class OnMoto:
    """An account that has everything that the spec needs, the spec, and the command."""

    folder: Path
    run: Run
    url: str
    moto: str
    state: State
    ids: dict[str, str] = field(default_factory=dict)
    text: str = OWN_IMAGE

    def client(self, service: str, region: str = "us-east-1") -> Any:
        clients: Any = boto3
        return clients.client(service, region_name=region, endpoint_url=self.moto)

    def fill(self) -> None:
        self.client("iam").create_role(RoleName="R", AssumeRolePolicyDocument=json.dumps({"Statement": [TRUST]}))
        self.client("ecr").create_repository(repositoryName="team/algo")
        self.push_image("1")
        self.client("s3").create_bucket(Bucket="my-bucket")
        self.client("s3").put_object(Bucket="my-bucket", Key="train/a.csv", Body=b"1,2")
        vpc, subnet = self.network("us-east-1a")
        group = self.group(vpc)
        keys = [self.client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
        self.ids = {"OUTPUT_KEY": keys[0], "VOLUME_KEY": keys[1], "SUBNET": subnet, "GROUP": group, "VPC": vpc}

    def push_image(self, tag: str) -> None:
        self.client("ecr").put_image(repositoryName="team/algo", imageTag=tag, imageManifest=json.dumps(MANIFEST))

    def network(self, zone: str) -> tuple[str, str]:
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        return str(vpc), str(subnet)

    def group(self, vpc: str) -> str:
        made = self.client("ec2").create_security_group(GroupName="g", Description="training", VpcId=vpc)
        return str(made["GroupId"])

    def __call__(self, code: int | None = None) -> list[dict[str, Any]]:
        (self.folder / "specs/d.yaml").write_text(self.written())
        ran = self.run("preflight", "specs/d.yaml", "--endpoint-url", self.url, "--format", "json")
        assert ran.returncode in (0, 1), ran.stderr
        assert code is None or ran.returncode == code, ran.stdout
        found: list[dict[str, Any]] = json.loads(ran.stdout)
        return found

    def written(self) -> str:
        """The spec with the ids that moto created."""
        text = self.text
        for name, value in self.ids.items():
            text = text.replace(name, value)
        return text

    def place(self, word: str) -> tuple[int, int]:
        """Line and column of a word in the spec, before it has ids."""
        line, text = next((at, each) for at, each in enumerate(self.text.splitlines(), 1) if word in each)
        return line, text.index(word) + 1


@pytest.fixture
def account(project: Path, trainspec: Run, credentials: None, moto: tuple[str, int]) -> Iterator[OnMoto]:
    address = f"http://{moto[0]}:{moto[1]}"
    with urlopen(Request(f"{address}/moto-api/reset", method="POST"), timeout=120):  # noqa: S310
        pass
    state = State(behind=moto)
    (project / "src").mkdir()
    (project / "src/train.py").write_text("print(1)\n")
    with serving(state) as url:
        made = OnMoto(project, trainspec, url, address, state)
        made.fill()
        yield made


def test_a_sound_account_gives_nothing(account: OnMoto) -> None:
    assert account(code=0) == []
    assert len(account.state.calls) < 20


def test_where_moto_does_not_know_a_call_it_is_not_checked(account: OnMoto) -> None:
    """Moto alone: the only findings are that something could not be checked."""
    account.url = account.moto
    found = account(code=0)
    assert {(each["code"], each["severity"]) for each in found} == {("TS900", "note")}
    assert {each["message"] for each in found} == {
        "not checked: whether the role may do what the job needs",
        "not checked: the quota `ml.m5.large for training job usage`",
    }


def _no_image(account: OnMoto) -> None:
    account.client("ecr").batch_delete_image(repositoryName="team/algo", imageIds=[{"imageTag": "1"}])
    account.push_image("2")


def _no_data(account: OnMoto) -> None:
    account.client("s3").delete_object(Bucket="my-bucket", Key="train/a.csv")


def _no_bucket(account: OnMoto) -> None:
    _no_data(account)
    account.client("s3").delete_bucket(Bucket="my-bucket")


def _elsewhere(account: OnMoto) -> None:
    _no_bucket(account)
    where = {"LocationConstraint": "eu-west-1"}
    account.client("s3", "eu-west-1").create_bucket(Bucket="my-bucket", CreateBucketConfiguration=where)


def _other_zone(account: OnMoto) -> None:
    vpc, account.ids["SUBNET"] = account.network("us-east-1e")
    account.ids["GROUP"] = account.group(vpc)


def _other_vpc(account: OnMoto) -> None:
    account.ids["GROUP"] = account.group(account.network("us-east-1a")[0])


def _trust(principal: Mapping[str, str]) -> Callable[[OnMoto], object]:
    document = json.dumps({"Version": "2012-10-17", "Statement": [{**TRUST, "Principal": principal}]})
    return lambda account: account.client("iam").update_assume_role_policy(RoleName="R", PolicyDocument=document)


# What is broken, the finding's code, and the value at its place.
BROKEN: dict[str, tuple[Callable[[OnMoto], object], str, str]] = {
    "no role": (lambda on: on.client("iam").delete_role(RoleName="R"), "TS902", "arn:aws:iam"),
    "trusts EC2": (_trust({"Service": "ec2.amazonaws.com"}), "TS903", "arn:aws:iam"),
    "trusts an account": (_trust({"AWS": "arn:aws:iam::123456789012:root"}), "TS903", "arn:aws:iam"),
    "no repository": (
        lambda on: on.client("ecr").delete_repository(repositoryName="team/algo", force=True),
        "TS906",
        IMAGE,
    ),
    "no tag": (_no_image, "TS906", IMAGE),
    "no bucket": (_no_bucket, "TS907", '"s3://my-bucket/train/"'),
    "a bucket elsewhere": (_elsewhere, "TS908", '"s3://my-bucket/train/"'),
    "no data": (_no_data, "TS909", '"s3://my-bucket/train/"'),
    "no subnet": (lambda on: on.client("ec2").delete_subnet(SubnetId=on.ids["SUBNET"]), "TS911", "SUBNET"),
    "no group": (lambda on: on.client("ec2").delete_security_group(GroupId=on.ids["GROUP"]), "TS912", "GROUP"),
    "two VPCs": (_other_vpc, "TS913", "subnets:"),
    "no zone": (_other_zone, "TS914", "[SUBNET]"),
    "no key": (lambda on: on.ids.update(OUTPUT_KEY=on.ids["OUTPUT_KEY"][:-4] + "0000"), "TS915", "OUTPUT_KEY"),
    "a key of another region": (
        lambda on: on.ids.update(VOLUME_KEY=on.client("kms", "eu-west-1").create_key()["KeyMetadata"]["KeyId"]),
        "TS915",
        "VOLUME_KEY",
    ),
    "a disabled key": (
        lambda on: on.client("kms").disable_key(KeyId=on.ids["OUTPUT_KEY"].rpartition("/")[2]),
        "TS916",
        "OUTPUT_KEY",
    ),
    "a key that is being deleted": (
        lambda on: on.client("kms").schedule_key_deletion(KeyId=on.ids["VOLUME_KEY"].rpartition("/")[2]),
        "TS916",
        "VOLUME_KEY",
    ),
    # Below: what moto does not know, so our own account answers.
    "may not read": (lambda on: on.state.refused.add("s3:GetObject"), "TS904", '"s3://my-bucket/train/"'),
    "may not write": (lambda on: on.state.refused.add("s3:PutObject"), "TS910", "s3://my-bucket/out/"),
    "no quota": (
        lambda on: on.state.quotas.update({"ml.m5.large for training job usage": 0}),
        "TS917",
        "ml.m5.large",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_account_is_found_at_the_line(account: OnMoto, name: str) -> None:
    spoil, code, word = BROKEN[name]
    spoil(account)
    found = account(code=0 if code == "TS909" else 1)
    assert (code, *account.place(word)) in [(each["code"], each["line"], each["column"]) for each in found], found
    assert {each["code"] for each in found} == {code}


def test_a_role_of_another_account(account: OnMoto) -> None:
    account.text = account.text.replace("iam::123456789012", "iam::999999999999")
    found = account(code=1)
    assert ("TS905", *account.place("arn:aws:iam")) in [(one["code"], one["line"], one["column"]) for one in found]


def test_a_source_is_pushed_and_then_found(account: OnMoto) -> None:
    account.text = SPEC
    (one,) = account(code=1)
    assert one["code"] == "TS919"
    pushed = account.run("push", "specs/d.yaml", "--endpoint-url", account.moto)
    assert pushed.returncode == 0, pushed.stderr
    assert account(code=0) == []
    account.state.denied.add("HeadObject")
    assert [each["code"] for each in account(code=0)] == ["TS900"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_denied_is_not_checked(account: OnMoto, operation: str) -> None:
    account.state.denied.add(operation)
    found = account(code=0)
    assert {(each["code"], each["severity"]) for each in found} == {("TS900", "note")}
    assert {each["advice"] for each in found} == {f"you need the permission {OPERATIONS[operation]}"}


def test_who_may_not_even_ask_who_calls(account: OnMoto) -> None:
    account.state.denied.add("GetCallerIdentity")
    assert [each["code"] for each in account(code=1)] == ["TS901"]
