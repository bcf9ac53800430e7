"""`trainspec import`: what jobs have in common is written once in the spec, and every request stays the same."""

import textwrap
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.model import Imported, ImportedJob
from trainspec.importers.write import spec_text
from trainspec.pipeline import Options, analyse
from trainspec.request.check import printable
from trainspec.text.source import Source

HEAD = """
import os
from os import environ
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
def request(name, **more):
    return {"TrainingJobName": name + "-{{ ts_nodash }}", "RoleArn": "arn:aws:iam::111122223333:role/R",
            "OutputDataConfig": {"S3OutputPath": "s3://models/out/"}, **more}
def train(name, **more):
    return SageMakerTrainingOperator(task_id=name, config=request(name, **more))
"""


def only(body: str) -> Imported:
    (imported,) = import_dag_file(HEAD + textwrap.dedent(body))
    return imported


def requests_of(text: str) -> dict[str, Any]:
    analysis = analyse(Source("x.yaml", text), Options())
    return {name: printable(each.members) for name, each in analysis.requests.items()}


REQUESTS = st.fixed_dictionaries(
    {
        "TrainingJobName": st.sampled_from(["a", "b"]),
        "RoleArn": st.sampled_from(["arn:aws:iam::111122223333:role/R", "arn:aws:iam::111122223333:role/S"]),
        "OutputDataConfig": st.sampled_from(
            [{"S3OutputPath": "s3://b/"}, {"S3OutputPath": "s3://b/", "KmsKeyId": "k"}]
        ),
    },
    optional={
        "HyperParameters": st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2", "s3://acme-data/x"])),
        "Environment": st.dictionaries(
            st.sampled_from("ABCD"), st.sampled_from(["1", "2", "acme-data", "$x", "$acme-data"])
        ),
        "Tags": st.sampled_from([[], [{"Key": "team", "Value": "acme-data"}]]),
        "EnableNetworkIsolation": st.booleans(),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(REQUESTS, min_size=1, max_size=4), st.booleans())
def test_what_is_shared_changes_no_request(requests: list[dict[str, Any]], templated: bool) -> None:
    jobs = [ImportedJob(f"job_{index}", each, templated=templated) for index, each in enumerate(requests)]
    constants = {"DATA": "acme-data", "ROLE": "arn:aws:iam::111122223333:role/R", "SHORT": "1"}
    apart = {name: each for job in jobs for name, each in requests_of(spec_text(Imported((job,)))).items()}
    assert requests_of(spec_text(Imported(tuple(jobs), constants=constants))) == apart


def test_jobs_that_are_alike_share_defaults() -> None:
    imported = only("with DAG('d'):\n    for each in ('a', 'b'):\n        train(each, HyperParameters={'x': each})")
    text = spec_text(imported)
    assert text.count("arn:aws:iam::111122223333:role/R") == 1
    assert text.index("\ndefaults:") < text.index("\njobs:")
    assert {each["HyperParameters"]["x"] for each in requests_of(text).values()} == {"a", "b"}


def test_a_constant_that_is_used_twice_is_a_variable() -> None:
    body = """
    DATA, ONCE = "s3://acme-data", "arn:aws:kms:eu-west-1:111122223333:key/k"
    with DAG('d'):
        BashOperator(task_id='sync', bash_command=f'aws s3 sync {DATA}/in .')
        train('t', Environment={'DATA': DATA, 'KEY': ONCE, 'NEAR': 's3://acme-data-2'})
    """
    text = spec_text(only(body))
    assert "vars:\n  data: s3://acme-data\n" in text
    assert 'bash_command: "aws s3 sync ${vars.data}/in ."' in text
    assert "once" not in text
    environment = requests_of(text)["t"]["Environment"]
    assert environment == {"DATA": "s3://acme-data", "KEY": "arn:aws:kms:eu-west-1:111122223333:key/k",
                           "NEAR": "s3://acme-data-2"}  # fmt: skip


def test_the_environment_and_a_constant_may_have_names_that_differ_in_case_only() -> None:
    body = """
    BUCKET = os.getenv("BUCKET", "acme-models")
    _BUCKET = "other-bucket"
    with DAG('d'):
        train('t', Environment={'A': BUCKET, 'B': _BUCKET, 'C': _BUCKET + '/x'})
    """
    environment = requests_of(spec_text(only(body)))["t"]["Environment"]
    assert environment == {"A": "acme-models", "B": "other-bucket", "C": "other-bucket/x"}


def test_a_constant_is_no_variable_in_a_template_nor_where_it_is_a_mere_word() -> None:
    body = """
    DATA, TEAM = "acme-data", "train"
    with DAG('d'):
        train('t', Environment={'A': DATA, 'B': DATA, 'C': "{{ var.value['acme-data'] }}", 'D': 'train', 'E': TEAM})
    """
    text = spec_text(only(body))
    assert text.count("${vars.data}") == 2
    assert "{{ var.value['acme-data'] }}" in text
    assert "vars.team" not in text


def test_remarks_tell_what_the_environment_calls_its_variables() -> None:
    body = """
    with DAG('d'):
        train('t', Environment={'A': os.getenv('Stage', 'dev'), 'B': os.getenv('Stage', 'prod')})
        train('u', Environment={'C': os.getenv('E', '')})
    """
    assert only(body).remarks == (
        "the environment variable `Stage` is written as the variable `stage` of the spec: `dev`",
        "the environment variable `Stage` is written as the variable `stage_2` of the spec: `prod`",
        "the environment variable `E` is written as the variable `e` of the spec: an empty string",
    )


GETTERS = ["os.getenv('STAGE', 'dev')", "environ.get('STAGE', 'dev')", "os.environ.get('STAGE', default='dev')"]


@pytest.mark.parametrize("getter", GETTERS)
def test_the_environment_with_a_default_is_a_variable(getter: str) -> None:
    imported = only(f"X = {getter}\nwith DAG('d'):\n    train('t', Environment={{'S': X, 'P': f's3://m-{{X}}/' + X}})")
    text = spec_text(imported)
    assert "vars:\n  stage: dev\n" in text
    assert not imported.notes
    assert imported.remarks == (
        "the environment variable `STAGE` is written as the variable `stage` of the spec: `dev`",
    )
    assert requests_of(text)["t"]["Environment"] == {"S": "dev", "P": "s3://m-dev/dev"}
    other = analyse(Source("x.yaml", text), Options(variables={"stage": "prod"})).requests["t"]
    assert printable(other.members)["Environment"] == {"S": "prod", "P": "s3://m-prod/prod"}


LOOKED_INTO = {
    "without a default": "os.getenv('STAGE')",
    "a key": "{'dev': 'a'}[X]",
    "compared": "'a' if X == 'dev' else 'b'",
    "true": "'a' if X else 'b'",
    "member": "'a' if X in ('dev', 'prod') else 'b'",
    "upper": "X.upper()",
    "cut": "X[0]",
    "replaced": "'dev'.replace('d', X)",
    "padded": "f'{X:>8}'",
    "length": "f'{max([X, X])}'",
    "key of get": "{'dev': 'a'}.get(X)",
    "pattern": "X.format('a')",
    "braces": "os.getenv('STAGE', '{{ ds }}')",
}


@pytest.mark.parametrize("kind", LOOKED_INTO)
def test_a_text_of_the_environment_that_is_looked_into_is_unread(kind: str) -> None:
    imported = only(
        f"X = os.getenv('STAGE', 'dev')\nwith DAG('d'):\n    train('t', Environment={{'S': {LOOKED_INTO[kind]}}})"
    )
    assert imported.jobs[0].request["Environment"] == {}
    assert any("config.Environment.S is not a literal" in note for note in imported.notes)


def test_a_number_and_an_id_of_the_environment_are_named() -> None:
    imported = only(
        """
        N, X = int(os.getenv('COUNT', '2')), os.getenv('STAGE', 'dev')
        with DAG('d_' + X):
            train('t_' + X, ResourceConfig={'InstanceCount': N, 'InstanceType': 'ml.m5.large', 'VolumeSizeInGB': 1})
        """
    )
    assert (imported.dag["id"], imported.jobs[0].task_id) == ("d_dev", "t_dev")
    assert imported.jobs[0].request["ResourceConfig"]["InstanceCount"] == 2
    assert len([note for note in imported.notes if "depends on the environment" in note]) == 3


def test_a_dollar_with_a_brace_is_no_variable_of_the_spec() -> None:
    """In no string of the source, whatever variables the spec has."""
    imported = only(
        """
        Y = "s3://bucket/x"
        text = "${vars.y} ${job.id}"
        with DAG("d", doc_md=text, description=text, tags=[text], params={"p": text, "${q}": 1},
                 default_args={"owner": text}):
            SageMakerTrainingOperator(task_id="t", doc_md=text, pool=text, aws_conn_id=text, config={
                "OutputDataConfig": {"S3OutputPath": Y}, "HyperParameters": {"a": Y, "b": text}})
            BashOperator(task_id="b", bash_command=text, doc_md=text, queue=text, env={"${k}": text})
        """
    )
    text = spec_text(imported)
    assert text.count("$${vars.y} $${job.id}") == 13, text
    assert '"$${q}": 1' in text
    assert text.replace("$${", "").count("${vars.y}") == text.replace("$${", "").count("${") == 2
