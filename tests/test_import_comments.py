"""`trainspec import` of DAG files keeps the comments with what their statements become."""

import json
import textwrap
from pathlib import Path

import pytest
from trainspec.editing.format import formatted
from trainspec.importers.comments import comments_of
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.sources import load_file, read_file
from trainspec.importers.write import spec_text
from trainspec.options import Options
from trainspec.pipeline import analyse
from trainspec.text.source import Source

from cpu_time import cpu_seconds

LONG_WORD = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

HEAD = """
from airflow import DAG
from airflow.decorators import dag
from airflow.operators.bash import BashOperator
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
"""


def spec(body: str) -> str:
    (imported,) = import_dag_file(HEAD + textwrap.dedent(body))
    return formatted(Source("imported.yaml", spec_text(imported))).text


def test_comments_stand_at_what_they_are_about() -> None:
    text = spec(
        """
        # Risk agreed on this request.
        config = {
            "TrainingJobName": "n-{{ ts_nodash }}",
            "ResourceConfig": {
                "InstanceCount": 2,  # one is too slow
            },
        }

        # Nightly, when the lake is filled.
        with DAG("d", schedule="@daily"):  # owned by risk
            # Trains the model:
            # it takes an hour.
            train = SageMakerTrainingOperator(
                task_id="train",
                config=config,
                retries=2,  # spot machines go away
            )

            # Tells everybody.
            train >> BashOperator(task_id="report", bash_command="echo")
            # about nothing
        """
    )
    assert "dag:\n  # Nightly, when the lake is filled.\n  # owned by risk\n  id: d\n" in text, text
    assert (
        "jobs:\n  # Risk agreed on this request.\n  # Trains the model:\n  # it takes an hour.\n  train:\n" in text
    ), text
    assert "    # instance_count: one is too slow\n    resources: {instance_count: 2}\n" in text
    assert "    # spot machines go away\n    retries: 2\n" in text
    assert "tasks:\n  # Tells everybody.\n  report:\n" in text
    assert "about nothing" not in text


def test_a_comment_of_a_loop_is_said_once() -> None:
    text = spec(
        """
        with DAG("d"):
            for each in "ab":
                # one for each country
                SageMakerTrainingOperator(task_id="train_" + each, config={"TrainingJobName": each})
        """
    )
    assert text.count("one for each country") == 1


def test_the_decorator_of_a_dag() -> None:
    text = spec(
        """
        # the nightly one
        @dag(schedule=None)
        def d():
            SageMakerTrainingOperator(task_id="train", config={"TrainingJobName": "n"})
        d()
        """
    )
    assert "dag:\n  # the nightly one\n  id: d\n" in text


@pytest.mark.parametrize(
    "comment",
    [
        "# trainspec: ignore[TS401]",
        "# why not # trainspec: ignore-file[TS401]",
        "# noqa: E501",
        "# type: ignore",
        "#",
        "# yaml-language-server: $schema=x",
    ],
)
def test_what_is_meant_for_tools_is_left_out(comment: str) -> None:
    text = spec(f'with DAG("d"):\n    {comment}\n    SageMakerTrainingOperator(task_id="t", config={{}})\n')
    assert "#" not in text, text


def test_hostile_comments_stay_comments() -> None:
    comments = ["# a: b \x07 \x85 jobs: {x: 1}", "# - ${vars.x} {{ ds }}", "#\u2028injected: true", f"# {'x' * 5000}"]
    lines = "".join(f"    {each}\n" for each in comments)
    text = spec(f'with DAG("d"):\n{lines}    SageMakerTrainingOperator(task_id="t", config={{}})\n')
    assert list(analyse(Source("s.yaml", text), Options()).data["jobs"]) == ["t"]
    assert max(map(len, text.splitlines())) < 300


def test_a_file_that_is_no_python_has_no_comments() -> None:
    assert comments_of("# a\nwith (").by_line == {}


@pytest.mark.parametrize(
    "comment",
    [
        f"the one in use was ghp_{'a1B2' * 9}",
        "password: hunter2-hunter2",
        f"AWS_SECRET {LONG_WORD}",
        f"AKIAABCDEFGHIJKLMNOP / {LONG_WORD}",
        "pwd is Tr0ub4dor",
        "passphrase is open sesame",
        "the access key is Tr0ub4dor",
        f"{'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC' * 2}",
        f"{'x' * 190} {LONG_WORD}",
        "postgres://me:Tr0ub4dor@db/runs",
    ],
)
def test_no_comment_with_a_secret_comes_over(comment: str) -> None:
    text = spec(f'with DAG("d"):\n    # {comment}\n    SageMakerTrainingOperator(task_id="t", config={{}})\n')
    assert "#" not in text


def test_no_line_of_a_private_key_comes_over() -> None:
    text = spec(
        """
        with DAG("d"):
            SageMakerTrainingOperator(
                task_id="t",
                # -----BEGIN RSA PRIVATE KEY-----
                # aaaa
                # -----END RSA PRIVATE KEY-----
                # as agreed
                config={},
                # -----BEGIN PRIVATE KEY-----
                # bbbb
                retries=2,
                # keyed by country, see https://wiki.acme.com/display/ML2024/Team_A1_Notes and 5 more
                pool="p",
            )
        """
    )
    assert "aaaa" not in text
    assert "bbbb" not in text
    assert "KEY" not in text
    assert "# as agreed" in text
    assert "# keyed by country, see https" in text


def test_a_ruler_before_a_text_makes_no_title() -> None:
    text = spec('with DAG("d"):\n    # --- yaml: "x\n    SageMakerTrainingOperator(task_id="t", config={})\n')
    assert '  # --- yaml: "x\n  t:' in text


def test_many_comments_are_work_for_their_lines_alone() -> None:
    lines = "".join(f"        'K{number}': 'v',  # about {number}\n" for number in range(4_000))
    body = (
        f"SageMakerTrainingOperator(task_id='t', config={{'TrainingJobName': 'n', 'Environment': {{\n{lines}    }}}})"
    )
    with cpu_seconds(at_most=5):
        (imported,) = import_dag_file(f"{HEAD}with DAG('d'):\n    {body}\n")
    assert imported.comments["t"][0] == ("K0", "about 0")


SETTINGS = """
# ---- Settings ----
# The lake of the data team; read only.
BUCKET = "acme-lake"
# Set by the deployment.
TAG = os.getenv("IMAGE_TAG", "1.4")
IMAGE = f"111122223333.dkr.ecr.us-east-1.amazonaws.com/churn:{TAG}"  # built each Monday
MACHINE = "ml.m5.large"  # larger ones are not faster
EPOCHS = 12  # agreed with risk
# Before people come to work.
SCHEDULE = "0 4 * * *"
# Countries that we sell in.
COUNTRIES = ["de", "fr"]
ROLE = "arn:aws:iam::111122223333:role/Train"  # may read the lake
# Of nobody's interest.
UNUSED = "nothing"


def request(country):
    # Joins two strings.
    name = country.upper()
    return {
        # One of each country.
        "TrainingJobName": f"{country}-{{{{ ts_nodash }}}}",
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": {"epochs": EPOCHS},
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/{country}/"},
        "ResourceConfig": {"InstanceType": MACHINE, "InstanceCount": 1},
    }


with DAG("d", schedule=SCHEDULE):
    # One job each.
    for country in COUNTRIES:
        SageMakerTrainingOperator(task_id=country, config=request(country))
    SageMakerTrainingOperator(task_id="own", config={**request("own"), "RoleArn": ROLE})
"""


def test_comments_of_constants_stand_at_the_values_that_they_have_become() -> None:
    text = spec("import os\n" + SETTINGS)
    for expected in (
        "  # Before people come to work.\n  schedule: ",
        "  # The lake of the data team; read only.\n  bucket: acme-lake\n",
        '  # Set by the deployment.\n  image_tag: "1.4"\n',
        "defaults:\n  # built each Monday\n  image: ",
        "  # epochs: agreed with risk\n  hyperparameters: {epochs: 12}\n",
        "  # instance_type: larger ones are not faster\n  resources: ",
        "jobs:\n  # Countries that we sell in.\n  # One job each.\n  de:\n",
    ):
        assert expected in text, text
    assert text.count("  # One of each country.\n    name: ") == 1
    assert "    # may read the lake\n    role: " in text[text.index("  own:") :]
    assert all(each not in text for each in ("Settings", "Joins two", "interest"))


def test_a_name_with_two_values_has_no_comment() -> None:
    text = spec(
        """
        SIZE = 1  # small
        def large(SIZE):
            return SageMakerTrainingOperator(task_id="t", config={"ResourceConfig": {"InstanceCount": SIZE}})
        with DAG("d"):
            large(9)
        """
    )
    assert "small" not in text


def test_a_comment_of_several_lines_names_its_member_once() -> None:
    text = spec(
        """
        config = {
            "ResourceConfig": {
                # more are
                # not faster
                "InstanceCount": 2,
            },
            # Which data
            "InputDataConfig": [{"ChannelName": "a", "DataSource": {"S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": "s3://lake/a/",  # of last year
            }}}],
        }
        with DAG("d"):
            SageMakerTrainingOperator(task_id="t", config=config)
        """
    )
    assert "    # instance_count: more are\n    # not faster\n    resources: " in text
    assert "  # S3Uri: of last year\n  t:\n" in text
    assert "    # Which data\n    inputs: " in text


def test_loading_keeps_comments_and_names_as_reading_does(tmp_path: Path) -> None:
    """Airflow's result has line numbers; the file's text has the comments at those lines."""
    text = """
        # The lake.
        BUCKET = "acme-lake"
        # the nightly one
        @dag(schedule=None)
        def d():
            # Trains.
            SageMakerTrainingOperator(
                task_id="t",
                config={
                    "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/models/"},  # kept for a year
                    "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/checkpoints/"},
                },
            )
        d()
    """
    file = tmp_path / "d.py"
    file.write_text(HEAD + textwrap.dedent(text))
    lines = file.read_text().splitlines()
    stock = "airflow.providers.amazon.aws.operators.sagemaker.SageMakerTrainingOperator"
    config = {"OutputDataConfig": "s3://acme-lake/models/", "CheckpointConfig": "s3://acme-lake/checkpoints/"}
    members = {"OutputDataConfig": "S3OutputPath", "CheckpointConfig": "S3Uri"}
    pairs = [[name, {"map": [[members[name], value]]}] for name, value in config.items()]
    train = {
        "id": "t", "line": lines.index("    SageMakerTrainingOperator(") + 1, "class": stock, "upstream": [],
        "kind": "", "lost": None, "arguments": {"config": {"map": pairs}},
    }  # fmt: skip
    dag = {"line": lines.index("d()") + 1, "arguments": {"dag_id": "d", "schedule": None}, "groups": []}
    found = {"airflow": "3.3.2", "errors": [], "dags": [{**dag, "tasks": [train]}]}
    (tmp_path / "found.json").write_text(json.dumps(found))
    python = tmp_path / "airflow-python"
    python.write_text(f'#!/bin/sh\ncp {tmp_path}/found.json "$3"\n')
    python.chmod(0o755)
    (loaded,) = load_file(file, str(python), 300)
    (read,) = read_file(file)
    assert spec_text(loaded) == spec_text(read)
    assert spec_text(read).count("#") == 4
    assert "  bucket: acme-lake\n" in spec_text(read)


def test_many_constants_are_work_for_their_lines_alone() -> None:
    count = 2_000
    lines = "".join(f"C{number} = {number}  # about {number}\n" for number in range(count))
    values = ", ".join(f"'k{number}': C{number}" for number in range(count))
    tasks = "".join(f"    SageMakerTrainingOperator(task_id='t{number}', config=config)\n" for number in range(200))
    body = f"{HEAD}{lines}config = {{'TrainingJobName': 'n', 'Environment': {{{values}}}}}\nwith DAG('d'):\n{tasks}"
    comments, tree_lines = comments_of(body), body.splitlines()
    places = {f"t{number}": tree_lines.index(line) + 1 for number, line in enumerate(tasks.splitlines())}
    with cpu_seconds(at_most=2):
        _, constants = comments.of(places)
    assert len(constants) == count
