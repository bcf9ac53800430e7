"""`trainspec import` of DAG files that read Airflow's variables: templates read them when the task runs."""

import textwrap

import pytest
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.model import Imported
from trainspec.importers.write import spec_text

HEAD = """
from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
def request(**more):
    return {"TrainingJobName": "n-{{ ts_nodash }}", "RoleArn": "arn:aws:iam::111122223333:role/R", **more}
"""


def only(body: str, head: str = HEAD) -> Imported:
    (imported,) = import_dag_file(head + textwrap.dedent(body))
    return imported


def output(expression: str, before: str = "") -> tuple[str, tuple[str, ...]]:
    """The spec of a file whose output path is the expression, and its notes."""
    body = f"""
        with DAG("d"):
            config = request(OutputDataConfig={{"S3OutputPath": {expression}}})
            SageMakerTrainingOperator(task_id="train", config=config)
        """
    imported = only(f"{before}\n{textwrap.dedent(body)}")
    return spec_text(imported), imported.notes


@pytest.mark.parametrize(
    ("expression", "template"),
    [
        ('Variable.get("out")', "{{ var.value.out }}"),
        ('Variable.get(key="out")', "{{ var.value.out }}"),
        ("f's3://{Variable.get(\"bucket\")}/x/'", "s3://{{ var.value.bucket }}/x/"),
        ('"s3://" + Variable.get("bucket") + "/x/"', "s3://{{ var.value.bucket }}/x/"),
        ('"s3://%s/x/" % Variable.get("bucket")', "s3://{{ var.value.bucket }}/x/"),
        ('Variable.get("my-out")', "{{ var.value.get('my-out') }}"),
        ('Variable.get("get")', "{{ var.value.get('get') }}"),
        ('Variable.get("out", default_var="s3://a/b/")', "{{ var.value.get('out', 's3://a/b/') }}"),
        ('Variable.get("out", "s3://a/b/")', "{{ var.value.get('out', 's3://a/b/') }}"),
        ('Variable.get("paths", deserialize_json=True)["out"]', "{{ var.json.paths['out'] }}"),
        ('Variable.get("paths", deserialize_json=True)["out"][0]', "{{ var.json.paths['out'][0] }}"),
    ],
)
def test_a_variable_becomes_the_template_that_reads_it(expression: str, template: str) -> None:
    text, notes = output(expression)
    assert f'output: "{template}"' in text
    assert notes == ()


@pytest.mark.parametrize(
    ("arguments", "template"),
    [
        ('"a", default="1"', "{{ var.value.get('a', '1') }}"),
        ('"a", "1"', "{{ var.value.get('a', '1') }}"),
        ('"a", "1", False', "{{ var.value.get('a', '1') }}"),
        ('"a", None', None),  # no template can express None
        ('"a", "1", True', None),
        ('"a", "1", False, 2', None),
        ('"a", default_var="1"', None),  # its name in airflow.models
    ],
)
def test_the_variables_of_the_task_sdk(arguments: str, template: str | None) -> None:
    head = HEAD.replace("airflow.models import", "airflow.sdk import")
    imported = only(
        f"""
        with DAG("d"):
            config = request(Environment={{"A": Variable.get({arguments})}})
            SageMakerTrainingOperator(task_id="train", config=config)
        """,
        head,
    )
    text = spec_text(imported)
    assert (template or "environment: {}") in text
    assert ("var.value" in text) is (template is not None)
    assert bool(imported.notes) is (template is None)


def test_containers_that_hold_themselves_many_times_are_read_at_once() -> None:
    before = """
x = ["s3://a/b/"]
for i in range(40):
    x = [x, x]
y = x[0]
deep = ["s3://deep/"]
for i in range(2000):
    deep = [deep]
while_deep = deep[0]
"""
    text, _ = output('"s3://a/b/"', before)
    assert "output: s3://a/b/" in text


@pytest.mark.parametrize(
    "expression",
    [
        'Variable.get("out").upper()',
        'Variable.get("out", default_var=None)',
        'Variable.get("out", default_var="it\'s")',
        'Variable.get("out", deserialize_json=FLAG)',
        'Variable.get(NAME)',
        'Variable.get("a b\' }}")',
        'Variable.get("out")[:3]',
    ],
)  # fmt: skip
def test_what_no_template_says_is_named(expression: str) -> None:
    text, notes = output(expression, "from settings import FLAG, NAME")
    assert "var." not in text
    assert [note.partition(":")[0] for note in notes] == ["line 11"], notes


def test_a_field_without_templates_cannot_hold_a_variable() -> None:
    imported = only(
        """
        with DAG("d", schedule=Variable.get("when"), default_args={"owner": Variable.get("owner")}):
            train = SageMakerTrainingOperator(
                task_id="train",
                pool=Variable.get("pool"),
                config=request(Environment={"A": Variable.get("a")}),
            )
            train >> BashOperator(task_id="r-" + Variable.get("r"), bash_command="x")
            train >> BashOperator(task_id="echo", bash_command="echo " + Variable.get("r"))
        """
    )
    said = "\n".join(imported.notes)
    for line, what in ((9, "schedule"), (9, "owner"), (12, "pool"), (15, "task_id")):
        assert any(note.startswith(f"line {line}: ") and what in note for note in imported.notes), said
    text = spec_text(imported)
    assert 'bash_command: "echo {{ var.value.r }}"' in text
    assert text.count("{{ var.") == 2


def test_a_map_out_of_a_variable_is_named() -> None:
    imported = only(
        """
        with DAG("d"):
            SageMakerTrainingOperator(task_id="train", config=request(
                HyperParameters=Variable.get("hp", deserialize_json=True)))
        """
    )
    assert any("HyperParameters is not a map" in note for note in imported.notes)


@pytest.mark.parametrize(
    ("task", "line"),
    [
        ('Own(task_id="own", config=Variable.get("c"))', 13),  # it is unknown what it renders
        ('BashOperator(task_id="b", bash_command="{{ ds_add(ds, \'" + Variable.get("n") + "\') }}")', 13),
        ('BashOperator(task_id="b", bash_command="{{ \'}}\' ~ \'" + Variable.get("n") + "\' }}")', 13),
        ('BashOperator(task_id="b", bash_command="{% if x == " + Variable.get("n") + " %}y{% endif %}")', 13),
        ('BashOperator(task_id="b", bash_command="x", outlets=[Asset(Variable.get("n"))])', 13),
    ],
)
def test_where_no_template_can_be_a_variable_is_named(task: str, line: int) -> None:
    imported = only(
        f"""
        from airflow.sdk import Asset
        from mine.operators import Own
        with DAG("d"):
            train = SageMakerTrainingOperator(task_id="train", config=request())
            train >> {task}
        """
    )
    assert "var.value" not in spec_text(imported)
    assert any(note.startswith(f"line {line}: ") for note in imported.notes), imported.notes


def test_a_variable_between_templates_is_a_template_itself() -> None:
    text, notes = output('"s3://{{ ds }}/" + Variable.get("n") + "/{{ ts }}/"')
    assert 'output: "s3://{{ ds }}/{{ var.value.n }}/{{ ts }}/"' in text
    assert notes == ()
