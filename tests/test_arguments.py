"""No field is lost between the spec and the DAG file: each model field is an argument, or left out for a reason."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from trainspec.dag.airflow import MINORS
from trainspec.dag.arguments import DAG, OPERATOR, PARAM, TASK, Fields, Setting, arguments_of, names
from trainspec.dag.other_tasks import CONDITION, SENSOR, TRIGGER
from trainspec.importers.call_arguments import DURATIONS as OF_TASKS
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.other_tasks import DURATIONS as OF_OTHER_TASKS
from trainspec.language.dag import Dag
from trainspec.language.other_tasks import Condition, Sensor, Trigger
from trainspec.language.params import Param
from trainspec.language.task import Operator, TaskArguments
from trainspec.options import Options
from trainspec.pipeline import analyse, generate
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.text.source import Source

OF_EVERY_TASK = dict.fromkeys(TaskArguments.model_fields, "an argument of every task")
OF_THE_PLAN = {
    "depends_on": "the tasks before it",
    "task_group": "the group around it",
    "doc": "joined with the place in the spec",
}
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
    callbacks = {name for name in fields.converts if name.endswith("_callback")}  # some belong to tasks only
    assert (fields.converts.keys() - callbacks) | fields.renamed.keys() | fields.left_out <= known


@pytest.mark.parametrize(("fields", "model", "left_out"), CALLS, ids=lambda each: getattr(each, "model", None))
def test_a_duration_is_never_written_as_a_string(
    fields: Fields, model: type[BaseModel], left_out: dict[str, str]
) -> None:
    properties = load_schema(SPEC_SCHEMA)["$defs"][fields.model]["properties"]
    durations = {name for name in names(fields) if properties[name].get("x-form", "").startswith("a duration")}
    assert durations <= fields.converts.keys()


# ---------------------------------------------------------------------- the operator, read as syntax

OF_THE_COMPILER = {"config", "region_name", "on_failure", "spec", "doc_md"}
"""Parameters of the operator that come from other parts of a spec."""
NEEDS_AIRFLOW = {"aws_conn_id": "the user's own credentials", "deferrable": "no triggerer"}
"""Arguments that have no meaning for `trainspec run`, and what replaces them."""


def _module(path: str) -> ast.Module:
    return ast.parse((PACKAGE / path).read_text(encoding="utf-8"))


def _function(name: str) -> ast.FunctionDef:
    functions = (each for each in ast.walk(_module("runtime/operator.py")) if isinstance(each, ast.FunctionDef))
    return next(each for each in functions if each.name == name)


def _attributes(node: ast.AST, owners: tuple[str, ...], context: type[ast.expr_context]) -> set[str]:
    """The attributes of the names `owners` that `node` reads or sets; `operator` includes `self.operator`."""
    found = (each for each in ast.walk(node) if isinstance(each, ast.Attribute) and isinstance(each.ctx, context))
    return {each.attr for each in found if ast.unparse(each.value).removeprefix("self.") in owners}


def test_the_operator_takes_what_a_spec_says_of_it() -> None:
    parameters = {each.arg for each in _function("__init__").args.kwonlyargs}
    assert set(Operator.model_fields) == parameters - OF_THE_COMPILER, (
        "a field of Operator in language/task.py and a parameter in runtime/operator.py are one argument"
    )


def test_the_operator_keeps_and_describes_its_arguments() -> None:
    kept = _attributes(_function("__init__"), ("self",), ast.Store)
    assert set(Operator.model_fields) - kept == set(), "set self.NAME in __init__ of runtime/operator.py"
    (operator,) = (each for each in _module("runtime/operator.py").body if isinstance(each, ast.ClassDef))
    described = set(re.findall(r":param (\w+):", ast.get_docstring(operator) or ""))
    assert set(Operator.model_fields) - described == set(), "add a `:param NAME:` to the operator's docstring"


def test_the_operator_uses_its_arguments() -> None:
    modules = {path for path in PACKAGE.glob("runtime/*.py") if path.name != "operator.py"}
    read = set().union(
        *(_attributes(_module(f"runtime/{path.name}"), ("operator", "arguments"), ast.Load) for path in modules)
    )
    assert set(Operator.model_fields) - read == set(), "no module of runtime/ reads this argument"


def _types(schema: dict[str, Any]) -> set[str]:
    """The types that a schema accepts without any further condition."""
    arms = schema.get("anyOf", [schema])
    return {each["type"] for each in arms if "type" in each and each.keys().isdisjoint({"enum", "pattern", "minimum"})}


def test_the_operator_checks_its_arguments() -> None:
    """Types other than any string, or true or false, have invalid values, to be found when a DAG file is loaded."""
    properties = load_schema(SPEC_SCHEMA)["$defs"]["Operator"]["properties"]
    free = {name for name, each in properties.items() if "string" in _types(each) or "boolean" in _types(each)}
    checked = _attributes(_function("_check_arguments"), ("self",), ast.Load)
    assert set(Operator.model_fields) - free - checked == set(), "check it in _check_arguments of runtime/operator.py"


def test_a_run_without_airflow_does_what_the_operator_does() -> None:
    words = {
        each.value
        for path in PACKAGE.glob("local/*.py")
        for each in ast.walk(_module(f"local/{path.name}"))
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }
    lacking = set(Operator.model_fields) - words - NEEDS_AIRFLOW.keys()
    assert lacking == set(), "heed it in local/, or say in NEEDS_AIRFLOW why `trainspec run` has no use for it"


def test_the_language_page_shows_each_argument_of_the_operator() -> None:
    page = (PACKAGE.parents[1] / "docs/language.md").read_text(encoding="utf-8")
    assert {name for name in Operator.model_fields if name not in page} == set()


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
    assert said.keys() == Operator.model_fields.keys(), "add the argument to SPEC above"
    (imported,) = import_dag_file(generate(analysis, Options()))
    assert imported.jobs[0].fields["operator"] == said


@pytest.mark.parametrize("model", ["TaskArguments", "Dag", "Sensor", "Trigger"])
def test_the_importer_knows_every_duration(model: str) -> None:
    properties = load_schema(SPEC_SCHEMA)["$defs"][model]["properties"]
    durations = {name for name, each in properties.items() if each.get("x-form", "").startswith("a duration")}
    lacking = durations - {*OF_TASKS, *OF_OTHER_TASKS}
    assert lacking == set(), (
        "name it in DURATIONS of importers/call_arguments.py, or in that of importers/other_tasks.py"
    )


@pytest.mark.parametrize("doc", ["/etc/hostname.md", "notes.md", "Read notes.md"])
def test_docs_are_never_a_files_name(doc: str) -> None:
    """Airflow opens the file that `doc_md` names, if it ends in `.md`, wherever it is."""
    spec = SPEC[: SPEC.index("dag:")] + f"dag: {{id: a, doc: {doc}}}\n" + SPEC[SPEC.index("jobs:") :]
    text = generate(analyse(Source("specs/a.yaml", spec), Options()), Options())
    (call,) = (
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and "DAG" in ast.dump(node.func)
    )
    (value,) = (ast.literal_eval(each.value) for each in call.keywords if each.arg == "doc_md")
    assert value == f"{doc}\n"
