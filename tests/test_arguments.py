"""No field is lost between the spec and the DAG file: what a model has is an argument, or left out for a reason."""

import ast
from pathlib import Path

import pytest
from pydantic import BaseModel
from trainspec.dag.airflow import MINORS
from trainspec.dag.arguments import DAG, OPERATOR, PARAM, TASK, Fields, Setting, arguments_of, names
from trainspec.dag.other_tasks import CONDITION, SENSOR, TRIGGER
from trainspec.importers.dag_file import import_dag_file
from trainspec.language.dag import Dag
from trainspec.language.other_tasks import Condition, Sensor, Trigger
from trainspec.language.params import Param
from trainspec.language.task import Operator, TaskArguments
from trainspec.options import Options
from trainspec.pipeline import analyse, generate
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.text.source import Source

OF_EVERY_TASK = dict.fromkeys(TaskArguments.model_fields, "an argument of every task")
OF_THE_PLAN = {"depends_on": "the tasks before it", "doc": "joined with the place in the spec"}
CALLS: list[tuple[Fields, type[BaseModel], dict[str, str]]] = [
    (OPERATOR, Operator, {}),
    (TASK, TaskArguments, {}),
    (
        DAG,
        Dag,
        {
            "id": "`dag_id`",
            "timezone": "part of each date and timetable",
            "schedule": "written always, built from several fields",
            "partitions": "a part of `schedule`",
            "default_args": "a call of its own",
        },
    ),
    (PARAM, Param, {"default": "the first argument, which has no name"}),
    (SENSOR, Sensor, {**OF_EVERY_TASK, **OF_THE_PLAN, "wildcard": "`wildcard_match`, where there is a wildcard"}),
    (TRIGGER, Trigger, {**OF_EVERY_TASK, **OF_THE_PLAN, "job": "a part of `conf`"}),
    (CONDITION, Condition, {}),
]
PACKAGE = Path(__file__).parents[1] / "compiler/trainspec"
SETTING = Setting(MINORS["3.3"], "UTC")


@pytest.mark.parametrize(("fields", "model", "left_out"), CALLS, ids=lambda each: getattr(each, "model", None))
def test_every_field_is_an_argument(fields: Fields, model: type[BaseModel], left_out: dict[str, str]) -> None:
    of_the_model = {info.alias or name for name, info in model.model_fields.items()}
    assert set(names(fields)) == of_the_model - left_out.keys()
    given = dict.fromkeys(of_the_model)
    assert len(arguments_of(given, fields, SETTING)) == len(of_the_model - left_out.keys())


@pytest.mark.parametrize(("fields", "model", "left_out"), CALLS, ids=lambda each: getattr(each, "model", None))
def test_what_is_listed_is_a_field(fields: Fields, model: type[BaseModel], left_out: dict[str, str]) -> None:
    known = {info.alias or name for name, info in model.model_fields.items()}
    callbacks = {name for name in fields.converts if name.endswith("_callback")}  # some are those of tasks alone
    assert (fields.converts.keys() - callbacks) | fields.renamed.keys() | fields.left_out <= known


@pytest.mark.parametrize(("fields", "model", "left_out"), CALLS, ids=lambda each: getattr(each, "model", None))
def test_a_duration_is_never_written_as_a_string(
    fields: Fields, model: type[BaseModel], left_out: dict[str, str]
) -> None:
    properties = load_schema(SPEC_SCHEMA)["$defs"][fields.model]["properties"]
    durations = {name for name in names(fields) if properties[name].get("x-form", "").startswith("a duration")}
    assert durations <= fields.converts.keys()


def test_the_operator_takes_what_a_spec_says_of_it() -> None:
    module = ast.parse((PACKAGE / "runtime/operator.py").read_text())
    init = next(each for each in ast.walk(module) if isinstance(each, ast.FunctionDef) and each.name == "__init__")
    assert Operator.model_fields.keys() <= {each.arg for each in init.args.kwonlyargs}


SPEC = """\
trainspec: 1
dag: {id: all}
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/SageMakerRole
    output: s3://my-ci-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
    operator:
      aws_conn_id: aws_ml
      wait_for_completion: true
      check_interval: 90s
      max_attempts: 90
      action_if_job_exists: increment
      on_timeout: leave
      print_log: false
      deferrable: false
"""


def test_the_importer_carries_over_what_the_operator_takes() -> None:
    analysis = analyse(Source("all.yaml", SPEC), Options())
    said = analysis.data["jobs"]["train"]["operator"]
    assert said.keys() == Operator.model_fields.keys()
    (imported,) = import_dag_file(generate(analysis, Options()))
    assert imported.jobs[0].fields["operator"] == said


@pytest.mark.parametrize("doc", ["/etc/hostname.md", "notes.md", "Read notes.md"])
def test_docs_are_never_a_files_name(doc: str) -> None:
    """Airflow opens what `doc_md` names, if it ends in `.md`, wherever it lies."""
    spec = SPEC[: SPEC.index("dag:")] + f"dag: {{id: a, doc: {doc}}}\n" + SPEC[SPEC.index("jobs:") :]
    text = generate(analyse(Source("specs/a.yaml", spec), Options()), Options())
    (call,) = (
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and "DAG" in ast.dump(node.func)
    )
    (value,) = (ast.literal_eval(each.value) for each in call.keywords if each.arg == "doc_md")
    assert value == f"{doc}\n"
