"""`trainspec import --record`: a program runs against the recorder, and its requests become specs."""

import hashlib
import io
import sys
import tarfile
import textwrap
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

import pytest
from trainspec.importers.outputs import with_references
from trainspec.recording.clock import without_clock
from trainspec.recording.names import Named, free_base, templated
from trainspec.recording.objects import Objects
from trainspec.recording.rewriting import OfJob, Rewriting
from trainspec.recording.server import Created
from trainspec.recording.specs import specs_of
from trainspec.recording.unpack import unpacked
from trainspec.templates.render import render

from helpers import Run

HEAD = """
import io, tarfile, boto3
s3, sm = boto3.client("s3"), boto3.client("sagemaker")
def train(name, **more):
    request = {"TrainingJobName": name, "RoleArn": "arn:aws:iam::111122223333:role/R",
        "AlgorithmSpecification": {"TrainingImage": "111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1",
                                   "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://acme/out/"}, "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}, **more}
    sm.create_training_job(**request)
    sm.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name)
    return sm.describe_training_job(TrainingJobName=name)
"""


def script(project: Path, body: str) -> list[str]:
    (project / "go.py").write_text(HEAD + textwrap.dedent(body))
    return ["--", sys.executable, "go.py"]


@pytest.mark.slow
def test_each_job_becomes_a_spec_with_its_source(trainspec: Run, project: Path) -> None:
    command = script(
        project,
        """
        import time
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            tar.addfile(tarfile.TarInfo("train.py"))
        s3.put_object(Bucket="code", Key="c/sourcedir.tar.gz", Body=packed.getvalue())
        assert train(time.strftime("churn-%Y-%m-%d-%H-%M-%S-123", time.gmtime()), HyperParameters={
            "sagemaker_program": "train.py", "epochs": "3",
            "sagemaker_submit_directory": "s3://code/c/sourcedir.tar.gz",
        })["TrainingJobStatus"] == "Completed"
        train("fraud")
        """,
    )
    ran = trainspec("import", "--record", "-o", "out", *command)
    assert (ran.returncode, ran.stdout) == (0, "wrote out/churn.yaml\nwrote out/fraud.yaml\n"), ran.stderr
    churn = (project / "out" / "churn.yaml").read_text()
    assert 'name: "churn-{{ ts_nodash }}"' in churn
    assert "source: {entry: train.py, dir: churn-source, upload: s3://code/c/}" in churn
    assert (project / "out" / "churn-source" / "train.py").is_file()
    assert "name: fraud\n" in (project / "out" / "fraud.yaml").read_text()
    again = trainspec("import", "--record", "-o", "out", *command)
    assert again.returncode == 2
    assert "exists; remove it" in again.stderr


@pytest.mark.slow
def test_what_stands_around_a_job_becomes_tasks(trainspec: Run, project: Path) -> None:
    command = script(
        project,
        """
        role = boto3.client("iam").get_role(RoleName="Mine")["Role"]["Arn"]
        assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
        own = boto3.client("sts", endpoint_url="https://sts.us-east-1.amazonaws.com/")  # as the SDK asks
        assert own.get_caller_identity()["Account"] == "123456789012"
        open("large", "wb").write(b"x" * 9_000_000)
        s3.upload_file("large", "acme", "large")
        assert s3.head_object(Bucket="acme", Key="large")["ContentLength"] == 9_000_000
        sm.create_processing_job(ProcessingJobName="prepare", RoleArn=role, AppSpecification={"ImageUri": "i"},
            ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.large",
                                                   "VolumeSizeInGB": 1}})
        sm.get_waiter("processing_job_completed_or_stopped").wait(ProcessingJobName="prepare")
        url = train("churn")["ModelArtifacts"]["S3ModelArtifacts"]
        sm.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer={"Image": "i", "ModelDataUrl": url})
        raise SystemExit(3)
        """,
    )
    ran = trainspec("import", "--record", "-o", "out", *command)
    assert ran.returncode == 1
    said = ran.stderr.replace(sys.executable, "python")
    assert "python ended with 3" in said
    assert "ModelDataUrl: ${jobs.churn.model}" in (project / "out" / "churn.yaml").read_text().replace('"', "")
    assert "note: prepare: no time is recognized in the name `prepare`, so every run" in said
    assert "prepare: RoleArn contains the recorder's account, 123456789012: use your own in" in said
    spec = (project / "out" / "churn.yaml").read_text()
    assert "  churn:\n    depends_on: prepare\n" in spec
    assert (
        "  m:\n    depends_on: churn\n    operator: airflow.providers.amazon.aws.operators.sagemaker.SageMaker" in spec
    )


@pytest.mark.slow
def test_nothing_leads_elsewhere(trainspec: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL_SAGEMAKER", "AWS_ENDPOINT_URL_S3", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "absent")
    ran = trainspec("import", "--record", "--region", "eu-west-1", *script(project, "train(sm.meta.region_name)"))
    assert ran.returncode == 0, ran.stderr
    assert "region: eu-west-1" in (project / "eu-west-1.yaml").read_text()


@pytest.mark.slow
def test_what_else_a_script_does_with_aws(trainspec: Run, project: Path) -> None:
    command = script(
        project,
        """
        s3 = boto3.Session(profile_name="prod").client("s3")
        s3.put_object(Bucket="acme", Key="k", Body=b"")
        sm = boto3.Session(profile_name="prod", region_name="eu-central-1").client("sagemaker")
        train("churn")
        sm.delete_endpoint(EndpointName="old")
        boto3.client("logs").describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")
        try:
            boto3.client("ssm").get_parameter(Name="/ml/role")
        except Exception as error:
            open("said", "w").write(str(error))
        """,
    )
    ran = trainspec("import", "--record", "-o", "out", *command)
    assert ran.returncode == 1, ran.stderr
    assert ran.stderr.startswith("trainspec: DeleteEndpoint is not carried over\n")
    assert "does not answer AmazonSSM.GetParameter: write its result into the script" in (project / "said").read_text()
    assert "region: eu-central-1" in (project / "out" / "churn.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "--record needs a command: trainspec import --record -- python train.py"),
        (["--", "nothing-such"], 2, "no such program: nothing-such"),
        (["--load", "--", "true"], 2, "it cannot be combined with --load or --job-name"),
        (["--", "true"], 1, "the command started no training job"),
    ],
)
def test_wrong_uses(trainspec: Run, project: Path, arguments: list[str], code: int, said: str) -> None:
    ran = trainspec("import", "--record", *arguments)
    assert (ran.returncode, said in ran.stderr) == (code, True), ran.stderr


def test_an_archive_stays_in_its_folder(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../out.py"))
    with pytest.raises(ValueError, match="points outside it"):
        unpacked(tmp_path / "a.tar.gz", tmp_path / "new")
    assert not (tmp_path / "out.py").exists()
    (tmp_path / "b").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="damaged, or something else"):
        unpacked(tmp_path / "b", tmp_path / "other")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.tar.gz", "b"]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2"])
def test_a_damaged_archive_is_not_unpacked(tmp_path: Path, mode: Literal["w", "w:gz", "w:xz", "w:bz2"]) -> None:
    archive = tmp_path / "a.tar"
    with tarfile.open(archive, mode) as tar:
        for name in ("one", "two"):
            member = tarfile.TarInfo(name)
            member.size = 40_000
            tar.addfile(member, io.BytesIO(hashlib.shake_256(name.encode()).digest(40_000)))
    whole = bytearray(archive.read_bytes())
    assert unpacked(archive, tmp_path / "whole") == []
    assert sorted(each.name for each in (tmp_path / "whole").iterdir()) == ["one", "two"]
    where = 512 + 40_448 + 10 if mode == "w" else len(whole) // 2  # the second header, or the middle of compressed data
    archive.write_bytes(whole[:where] + bytes([whole[where] ^ 0x55]) + whole[where + 1 :])
    with pytest.raises(ValueError, match="damaged"):
        unpacked(archive, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_links_are_named(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for name, kind in (("soft", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "train.py"
            tar.addfile(member)
    assert unpacked(tmp_path / "a.tar", tmp_path / "new") == ["soft is a link", "hard is a link", "pipe is no file"]


NOON = datetime(2026, 5, 4, 12, 0, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("a-20260504-120010", "a"),
        ("a-2026-05-04-12-00-00-123", "a"),  # as in the SDK
        ("a-2025-05-04-12-00-00-123", "a-2025-05-04-12-00-00-123"),
        ("a-260504-1200", "a"),
        ("a-20260504120010", "a"),
        ("a-20250504120010", "a-20250504120010"),
        ("a-2026-05-04-11-59-00", "a"),
        ("a-20260504T113000", "a"),
        (f"a-{int(NOON.timestamp())}", "a"),
        (f"a-{int(NOON.timestamp())}123456789", "a"),  # nanoseconds
        ("a-2605041204", "a"),  # ten digits, like a time since 1970
        ("a-20250504-120010", "a-20250504-120010"),
        ("a-1234567890", "a-1234567890"),
        ("a-99999999999999-1", "a-99999999999999-1"),
        ("resnet-50", "resnet-50"),
        ("a-20260504-210010", "a"),  # Tokyo's time zone
        ("a-2026-05-03-23-59-59-999", "a"),  # the westernmost time zone
        ("a-20260505-050010", "a-20260505-050010"),  # no time zone is that far ahead
        ("a-20260504-120010-prepare", "a-prepare"),
        ("20260504-120010-a", "a"),
        ("a_2026-05-04_12-00-00", "a"),
        ("tune-260504-1200-001-0123abcd", "tune"),  # a training job of a tuning job
        ("a-20260504120010x", "a-20260504120010x"),
    ],
)
def test_the_time_in_a_name(name: str, base: str) -> None:
    assert without_clock(name, NOON) == base


def rewritten(request: dict[str, Any], job: OfJob | None = None) -> tuple[dict[str, Any], list[str]]:
    names = {"n-20260504-120000": Named("n-{{ ts_nodash }}", ""), "m-1777896000": Named("m-{{ ts_nodash }}", "")}
    others = {"o-20260504-120000": "o.yaml"}
    kept = frozenset({"s3://b/n-20260504-120000/in"})
    made, notes = Rewriting(names, frozenset({"m-1777896000"}), others, kept, NOON).rewritten(request, job)
    changed: dict[str, Any] = with_references(made)
    return changed, notes


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("s3://b/n-20260504-120000/x", "s3://b/n-{{ ts_nodash }}/x"),
        ("n-20260504-120000", "n-{{ ts_nodash }}"),
        ("m-1777896000", "m-{{ ts_nodash }}"),
        ("s3://b/runs/20260504-120001/x", "s3://b/runs/{{ ts_nodash }}/x"),
        ("s3://b/other-20260504-120001.csv", "s3://b/other-{{ ts_nodash }}.csv"),
        ("xn-20260504-120000", "xn-{{ ts_nodash }}"),
        ("s3://b/n-20260504-120000/in", "s3://b/n-20260504-120000/in"),
        ("s3://b/model.tar.gz", "s3://b/model.tar.gz"),
        ("{{ x }} ${y}", "{{ '{{' }} x }} ${y}"),
        ("20260504T120000", "{{ ts_nodash }}"),  # exactly as Airflow writes it
        ("s3://b/1777896000.6421955/x", "s3://b/{{ ts_nodash }}/x"),
        ("s3://b/dt=2026-05-14/20260404/120260504", "s3://b/dt=2026-05-14/20260404/120260504"),  # not the recorded day
    ],
)
def test_a_recorded_time_in_a_text(text: str, new: str) -> None:
    assert rewritten({"A": [text]}) == ({"A": [new]}, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("20260504-120000", "A is the time of the recording"),
        ("2026-05-04T12:00:00.123+00:00", "A is the time of the recording"),
        ('"1777896000"', "A is the time of the recording"),
        ("1777896000.6421955", "A is the time of the recording"),
        ("2026-05-04", "A contains the day of the recording, 2026-05-04, in every run: replace it with `{{ ds }}`"),
        ("20260504", "A contains the day of the recording, 20260504, in every run: replace it with `{{ ds_nodash }}`"),
        ("s3://b/dt=2026-05-04/", "A contains the day"),
        ("s3://b/in/2026/05/04/x", "A contains the day of the recording, 2026/05/04, in every run: replace it with"),
        ("s3://b/year=2026/month=05/day=04", "A contains the day"),
        ("04/05/2026", "A contains the day"),
        ("dmy-04-05-2026-12-00-03", "A contains the day"),
        ("s3://b/20260504-120000/o-20260504-120000/x", "A contains `o-20260504-120000`, a name of o.yaml"),
    ],
)
def test_a_recorded_time_that_stays_is_noted(text: str, said: str) -> None:
    made, (note,) = rewritten({"A": text})
    assert made == {"A": text}
    assert note.startswith(said)


@pytest.mark.parametrize(
    ("text", "new", "time"),
    [
        ("s3://b/2026-05-04T12:00:00/n-20260504-120000/in", "s3://b/2026-05-04T12:00:00/n-{{ ts_nodash }}/in",
         "2026-05-04T12:00:00"),
        ('{"job": "n-20260504-120000", "at": "2026-05-04T12:00:00Z"}',
         '{"job": "n-{{ ts_nodash }}", "at": "2026-05-04T12:00:00Z"}', "2026-05-04T12:00:00Z"),
        ("hunter2 2026-05-04 14:00:00.123+02:00", "hunter2 2026-05-04 14:00:00.123+02:00",
         "2026-05-04 14:00:00.123+02:00"),
    ],
)  # fmt: skip
def test_a_recorded_time_that_stays_keeps_no_name_of_the_recording(text: str, new: str, time: str) -> None:
    made, (note,) = rewritten({"A": text})
    assert made == {"A": new}
    instead = "write a template, such as `{{ ts }}`"
    assert note == f"A contains a time of the recording, {time}, in every run: {instead}"


def test_a_second_time_is_noted_without_what_is_around_it() -> None:
    _, notes = rewritten({"A": "hunter2-20260504-120000", "B": "hunter2-20260504-120001"})
    assert notes == ["B contains a second time of the recording, 20260504-120001, in every run"]


def test_two_recorded_times_do_not_become_one() -> None:
    """Recorded a second apart: with the same template, both steps would write to the same place."""
    made, notes = rewritten(
        {"A": "s3://b/20260504-120000/x", "B": "s3://b/20260504-120001/x", "C": "s3://b/20260504-120000/y"}
    )
    assert made == {
        "A": "s3://b/{{ ts_nodash }}/x",
        "B": "s3://b/20260504-120001/x",
        "C": "s3://b/{{ ts_nodash }}/y",
    }
    assert [note.split(",")[0] for note in notes] == ["B contains a second time of the recording"]


def test_what_a_job_returns_is_a_reference() -> None:
    job = OfJob("train", "n-20260504-120000", "s3://b/out/")
    made, notes = rewritten(
        {
            "model": "s3://b/out/n-20260504-120000/output/model.tar.gz",
            "folder": "s3://b/out/n-20260504-120000/output/model/",
            "best": "s3://b/out/n-20260504-120000-003-0123abcd/output/model.tar.gz",
            "name": "n-20260504-120000",
            "arn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/n-20260504-120000",
            "elsewhere": "s3://c/n-20260504-120000/output/model.tar.gz",
        },
        job,
    )
    assert (made, notes) == (
        {
            "model": "${jobs.train.model}",
            "folder": "${jobs.train.model}",
            "best": "${jobs.train.model}",
            "name": "${jobs.train.name}",
            "arn": "${jobs.train.arn}",
            "elsewhere": "s3://c/${jobs.train.name}/output/model.tar.gz",
        },
        [],
    )


@pytest.mark.slow
def test_one_bad_source_leaves_the_other_jobs(trainspec: Run, project: Path) -> None:
    command = script(
        project,
        """
        for key in ("k" * 1000, "zero" + chr(0), "c", "c/d"):
            s3.put_object(Bucket="acme", Key=key, Body=key.encode())
            assert s3.get_object(Bucket="acme", Key=key)["Body"].read() == key.encode()
        listed = s3.list_objects_v2(Bucket="acme")["Contents"]
        assert [each["Key"] for each in listed] == ["c", "c/d", "k" * 1000, "zero" + chr(0)]
        s3.put_object(Bucket="acme", Key="bad.tar.gz", Body=b"PK no tar")
        def go(name, uri, **more):
            train(name, HyperParameters={"sagemaker_program": "t.py", "sagemaker_submit_directory": uri}, **more)
        go("first", "s3://acme/bad.tar.gz")
        go("second", "s3://acme/" + "k" * 999)
        go("third", "s3://acme/../x.tar.gz", Environment={"DB_PASSWORD": "correct-horse", "STAGE": "prod"})
        s3.put_object(Bucket="acme", Key="src/code/lib/a.py", Body=b"1")
        s3.put_object(Bucket="acme", Key="src/code/../b.py", Body=b"1")
        train("fourth", InputDataConfig=[{"ChannelName": "code", "DataSource": {"S3DataSource": {
            "S3DataType": "S3Prefix", "S3Uri": "s3://acme/src/code/"}}}])
        """,
    )
    ran = trainspec("import", "--record", "-o", "out", *command)
    assert ran.returncode == 1, ran.stderr
    assert "job `first`: s3://acme/bad.tar.gz is not a tar archive that can be read" in ran.stderr
    assert "\\n" not in ran.stderr
    assert "note: the value of `jobs.third.environment.DB_PASSWORD` looks like a secret" in ran.stderr
    assert "correct-horse" not in ran.stdout + ran.stderr
    assert "STAGE" not in ran.stderr
    assert "every run would use the same name" in ran.stderr
    assert "the channel still names s3://acme/src/code/, and there is no `source.dir`" in ran.stderr
    names = sorted(each.relative_to(project / "out").as_posix() for each in (project / "out").rglob("*.*"))
    assert names == ["first.yaml", "fourth-source/lib/a.py", "fourth.yaml", "second.yaml", "third.yaml"]
    assert "dir: s3://acme/bad.tar.gz" in (project / "out" / "first.yaml").read_text()


@pytest.mark.slow
def test_a_run_has_its_own_name_wherever_the_name_stands(trainspec: Run, project: Path) -> None:
    command = script(
        project,
        """
        import time
        name = time.strftime("churn-%Y%m%d-%H%M%S")
        url = train(name, OutputDataConfig={"S3OutputPath": f"s3://acme/{name}/out"}, Environment={"RUN": name},
            CheckpointConfig={"S3Uri": f"s3://acme/checkpoints/{name}"})["ModelArtifacts"]["S3ModelArtifacts"]
        arn = sm.describe_training_job(TrainingJobName=name)["TrainingJobArn"]
        sm.create_model(ModelName="m", ExecutionRoleArn=arn, PrimaryContainer={"Image": "i", "ModelDataUrl": url})
        """,
    )
    ran = trainspec("import", "--record", "-o", "out", *command)
    spec = (project / "out" / "churn.yaml").read_text()
    job = spec.partition("tasks:")[0]
    assert job.count("churn-{{ ts_nodash }}") == 4, spec
    after = spec.partition("tasks:")[2]
    assert 'ExecutionRoleArn: "${jobs.churn.arn}"' in after
    assert 'ModelDataUrl: "${jobs.churn.model}"' in after
    assert ran.returncode == 0, ran.stderr


def test_a_secret_is_named_and_not_shown(trainspec: Run, project: Path) -> None:
    (project / "dag.py").write_text(
        "import os\nfrom airflow import DAG\n"
        "from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator\n"
        "with DAG('d'):\n    SageMakerTrainingOperator(task_id='t', config={'TrainingJobName': 'x', 'Environment': {\n"
        "        'DB_PASSWORD': os.getenv('DB_PASSWORD', 'hunter22'), 'TOKEN': 'abcd12zz', 'STAGE': 'prod'}})\n"
    )
    said = trainspec("import", "dag.py", "-o", "out.yaml").stderr
    for place in ("vars.db_password", "jobs.t.environment.TOKEN"):
        assert f"note: the value of `{place}` looks like a secret" in said
    assert all(each not in said for each in ("hunter22", "abcd12zz", "STAGE`"))


@pytest.mark.parametrize(
    ("base", "room", "name"),
    [
        ("churn", 63, "churn-{{ ts_nodash }}"),
        ("sixteen-of-these", 32, "sixteen-of-these-{{ ts_nodash }}"),
        ("sagemaker-xgboost", 32, "sagemaker-xgboost-{{ ts_nodash[2:13] }}"),
        ("twenty-one-characters", 32, "twenty-one-characters-{{ ts_nodash[2:8] }}{{ ts_nodash[9:13] }}"),
    ],
)
def test_a_name_has_a_time_that_there_is_room_for(base: str, room: int, name: str) -> None:
    assert templated(base, room) == name
    rendered = render(name, {"ts_nodash": "20250409T000000"}).text
    assert rendered is not None
    assert rendered.startswith(f"{base}-")
    assert len(rendered) <= room


def test_no_two_names_are_cut_to_one() -> None:
    taken: set[str] = set()
    for base in ("twenty-two-characters-1", "twenty-two-characters-2", "twenty-two-characters-3"):
        taken.add(free_base(base, 32, taken))
    assert taken == {"twenty-two-characters", "twenty-two-characte-2", "twenty-two-characte-3"}


def test_jobs_of_one_base_have_names_of_their_own(tmp_path: Path) -> None:
    """Two times, two versions of a name with the maximum length, and a tuning job next to them."""

    def made(operation: str, member: str, name: str) -> Created:
        return Created(operation, "us-east-1", {member: name, "RoleArn": "r"}, NOON)

    epoch = int(NOON.timestamp())
    training = [made("CreateTrainingJob", "TrainingJobName", f"churn-{epoch + more}") for more in (0, 1)]
    tuning = [
        made("CreateHyperParameterTuningJob", "HyperParameterTuningJobName", name)
        for name in (f"churn-{epoch}", f"churn-xgboost-tune-v1-{epoch}", f"churn-xgboost-tune-v2-{epoch}")
    ]
    specs = specs_of([*training, *tuning], Objects(tmp_path), "us-east-1")
    short = "{{ ts_nodash[2:8] }}{{ ts_nodash[9:13] }}"
    assert [each.imported.jobs[0].fields.get("name") for each in specs] == [
        "churn-{{ ts_nodash }}",
        "churn-2-{{ ts_nodash }}",
        "churn-{{ ts_nodash }}",
        f"churn-xgboost-tune-v1-{short}",
        f"churn-xgboost-tune-v2-{short}",
    ]
    changed = "with `churn-2` instead of `churn`, because another job has that name"
    assert [changed in str(each.imported.remarks) for each in specs] == [False, True, False, False, False]


@pytest.mark.slow
def test_the_name_of_a_tuning_job_has_its_time(trainspec: Run, project: Path) -> None:
    """As the SageMaker SDK names them: at most 32 characters, to the minute."""
    command = script(
        project,
        """
        import time
        sm.create_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=time.strftime("sagemaker-xgboost-%y%m%d-%H%M", time.gmtime()),
            HyperParameterTuningJobConfig={
                "Strategy": "Random",
                "HyperParameterTuningJobObjective": {"MetricName": "auc", "Type": "Maximize"},
                "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
                "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "mode", "Values": ["a", "b", "c", "d"]}]},
            },
            TrainingJobDefinition={
                "AlgorithmSpecification": {
                    "TrainingImage": "111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1", "TrainingInputMode": "File",
                    "MetricDefinitions": [{"Name": "auc", "Regex": "auc=([0-9.]+)"}],
                },
                "RoleArn": "arn:aws:iam::111122223333:role/R",
                "OutputDataConfig": {"S3OutputPath": "s3://acme/out/"},
                "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
                "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            },
        )
        """,
    )
    ran = trainspec("import", "--record", "-o", "out", *command)
    assert ran.returncode == 0, ran.stderr
    spec = (project / "out" / "sagemaker-xgboost.yaml").read_text()
    assert 'name: "sagemaker-xgboost-{{ ts_nodash[2:13] }}"' in spec
    linted = trainspec("lint", "out/sagemaker-xgboost.yaml")
    assert linted.returncode == 0, linted.stderr


@pytest.mark.slow
def test_all_steps_of_a_program_have_the_time_of_their_run(trainspec: Run, project: Path) -> None:
    """Names with their own time, in another zone, in the middle; each step reads what the previous one wrote."""
    command = script(
        project,
        """
        import time
        from datetime import datetime, timedelta, timezone
        role, image = "arn:aws:iam::111122223333:role/R", "111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1"
        def clock():
            time.sleep(1)
            tokyo = timezone(timedelta(hours=9))
            return datetime.now(tokyo).strftime("%Y-%m-%d-%H-%M-%S-%f")[:-3]
        prep = f"prepare-{clock()}"
        sm.create_processing_job(ProcessingJobName=prep, RoleArn=role, AppSpecification={"ImageUri": image},
            ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.t3.large",
                                                   "VolumeSizeInGB": 1}},
            ProcessingOutputConfig={"Outputs": [{"OutputName": "train", "S3Output": {
                "S3Uri": f"s3://acme/{prep}/train", "LocalPath": "/opt/ml/processing/train",
                "S3UploadMode": "EndOfJob"}}]})
        made = train(f"churn-{clock()}-v2", InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": {
            "S3DataType": "S3Prefix", "S3Uri": f"s3://acme/{prep}/train"}}}])
        model, config, endpoint = (f"churn-{clock()}" for _ in range(3))
        sm.create_model(ModelName=model, ExecutionRoleArn=role, PrimaryContainer={
            "Image": image, "ModelDataUrl": made["ModelArtifacts"]["S3ModelArtifacts"]})
        sm.create_endpoint_config(EndpointConfigName=config, ProductionVariants=[{
            "VariantName": "all", "ModelName": model, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}])
        sm.create_endpoint(EndpointName=endpoint, EndpointConfigName=config)
        sm.create_transform_job(TransformJobName=f"score-{clock()}", ModelName=model,
            TransformInput={"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://acme/in/"}}},
            TransformOutput={"S3OutputPath": f"s3://acme/scores/{clock()}/"},
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1})
        """,
    )
    ran = trainspec("import", "--record", "-o", "out", *command)
    assert ran.returncode == 0, ran.stderr
    spec = (project / "out" / "churn-v2.yaml").read_text().replace('"', "")
    assert datetime.now(timezone.utc).strftime("-%m-") not in spec
    for expected in (
        "inputs: {train: s3://acme/prepare-{{ ts_nodash }}/train}",
        "name: churn-{{ ts_nodash }}-v2",
        "S3Uri: s3://acme/prepare-{{ ts_nodash }}/train",
        "ModelDataUrl: ${jobs.churn-v2.model}",
        "EndpointConfigName: churn-{{ ts_nodash }}",
        "S3OutputPath: s3://acme/scores/{{ ts_nodash }}/",
    ):
        assert expected in spec, spec
    assert spec.count("ModelName: churn-{{ ts_nodash }}") == 3
    tasks = ("prepare", "churn", "churn-endpoint-config", "churn-endpoint", "score")
    assert all(f"\n  {each}:\n" in spec for each in tasks), spec
    assert "churn-endpoint: every run creates an endpoint, which nothing deletes" in ran.stderr
    linted = trainspec("lint", "out/churn-v2.yaml")
    assert linted.returncode == 0, linted.stdout


def test_a_name_of_another_spec_is_noted(tmp_path: Path) -> None:
    first = {"TrainingJobName": "a-20260504-120000", "RoleArn": "r"}
    second = {
        "TrainingJobName": "b-20260504-120001",
        "CheckpointConfig": {"S3Uri": "s3://acme/a-20260504-120000/checkpoints"},
    }
    created = [Created("CreateTrainingJob", "us-east-1", each, NOON) for each in (first, second)]
    specs = specs_of(created, Objects(tmp_path), "us-east-1")
    assert specs[0].imported.notes == ()
    (note,) = specs[1].imported.notes
    assert note.startswith("CheckpointConfig.S3Uri contains `a-20260504-120000`, a name of a.yaml")


def test_a_model_of_the_jobs_name_has_its_own(tmp_path: Path) -> None:
    """Whatever the final name of the job, the endpoint's configuration names the model."""
    name = "a-20260504-120000"
    variants = [{"VariantName": "all", "ModelName": name}]
    created = [
        Created("CreateTrainingJob", "us-east-1", {"TrainingJobName": name}, NOON),
        Created("CreateModel", "us-east-1", {"ModelName": name}, NOON),
        Created("CreateEndpointConfig", "us-east-1", {"EndpointConfigName": "a", "ProductionVariants": variants}, NOON),
    ]
    (spec,) = specs_of(created, Objects(tmp_path), "us-east-1")
    fields: list[Any] = [each.fields for each in spec.imported.other_tasks]
    model, config = (each["arguments"]["config"] for each in fields)
    assert model["ModelName"] == config["ProductionVariants"][0]["ModelName"] == "a-{{ ts_nodash }}"


@pytest.mark.parametrize(("region", "said"), [("us-east-1", None), ("eu-west-1", "us-east-1"), (None, "us-east-1")])
def test_a_region_that_was_chosen_is_in_the_spec(tmp_path: Path, region: str | None, said: str | None) -> None:
    created = [
        Created("CreateTrainingJob", "us-east-1", {"TrainingJobName": "a"}, NOON),
        Created("CreateModel", "us-east-1", {"ModelName": "a"}, NOON),
    ]
    (spec,) = specs_of(created, Objects(tmp_path), region)
    assert spec.imported.jobs[0].fields.get("region") == said
    fields: Any = spec.imported.other_tasks[0].fields
    assert fields["arguments"].get("region_name") == said


def test_what_was_uploaded_is_said_once(tmp_path: Path) -> None:
    store = Objects(tmp_path)
    for uri in ("s3://acme/raw/data.csv", "s3://acme/prep-20260504-120000/code/prep.py"):
        store.write(uri, b"x")
    inputs = [{"S3Input": {"S3Uri": uri}} for uri in ("s3://acme/raw/", "s3://acme/prep-20260504-120000/code/prep.py")]
    prepare = {"ProcessingJobName": "prep-20260504-120000", "ProcessingInputs": inputs}
    created = [
        Created("CreateProcessingJob", "us-east-1", prepare, NOON),
        Created("CreateTrainingJob", "us-east-1", {"TrainingJobName": "a-20260504-120000"}, NOON),
    ]
    (spec,) = specs_of(created, store, "us-east-1")
    (note,) = spec.imported.notes
    assert "prep: ProcessingInputs[1].S3Input.S3Uri is what the command uploaded" in note
    (remark,) = (each for each in spec.imported.remarks if "uploaded" in each)
    assert remark.endswith("what the command uploaded, s3://acme/raw/: the spec does not upload it")


@pytest.mark.parametrize(
    ("name", "notes", "remarks"),
    [
        (
            "churn",
            0,
            ["no time is recognized in the name `churn`, so every run would use the same name: add `{{ ts_nodash }}`"],
        ),
        ("day-20260504", 1, []),
        ("churn-20260504-120000", 0, ["the name `churn-20260504-120000` contains the time of the recording"]),
    ],
)
def test_what_is_said_of_a_name(tmp_path: Path, name: str, notes: int, remarks: list[str]) -> None:
    created = [Created("CreateTrainingJob", "us-east-1", {"TrainingJobName": name}, NOON)]
    (spec,) = specs_of(created, Objects(tmp_path), "us-east-1")
    assert [each.partition(" of the recording")[0] for each in spec.imported.notes] == [
        "TrainingJobName contains the day"
    ][:notes]
    assert all(map(str.startswith, spec.imported.remarks, remarks))
    assert len(spec.imported.remarks) == len(remarks)


def test_an_upload_to_the_day_of_the_recording_is_noted(tmp_path: Path) -> None:
    store = Objects(tmp_path)
    store.write("s3://acme/2026/05/04/data.csv", b"x")
    channel = {"DataSource": {"S3DataSource": {"S3Uri": "s3://acme/2026/05/04/data.csv"}}}
    request = {"TrainingJobName": "a", "InputDataConfig": [channel]}
    (spec,) = specs_of([Created("CreateTrainingJob", "us-east-1", request, NOON)], store, "us-east-1")
    (note,) = spec.imported.notes
    assert "is what the command uploaded, s3://acme/2026/05/04/data.csv: upload it to your own bucket" in note
