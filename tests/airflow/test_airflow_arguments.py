"""Every argument that Airflow's DAGs and tasks take is a field of the language, or left out for a reason."""

import json
from pathlib import Path
from typing import Any

import pytest
from environment import Airflow as Real
from trainspec.airflow_api.model import EVENT_TRIGGER
from trainspec.airflow_api.operators import TRIGGERS, modules
from trainspec.airflow_api.table import absent, having
from trainspec.dag import arguments
from trainspec.dag.airflow import MINORS
from trainspec.language.removed import GONE
from trainspec.language.suggestions import OTHER_NAMES
from trainspec.language.task import TRIGGER_RULES

OF_PYTHON = "an object of Python's, no data"
LEFT_OUT_OF_A_DAG = {
    "self": "no argument",
    "dag_id": "the field is called `id`",
    "schedule": "built from several fields",
    "default_args": "built from its fields",
    "template_undefined": OF_PYTHON,
    "user_defined_macros": OF_PYTHON,
    "user_defined_filters": OF_PYTHON,
    "deadline": OF_PYTHON,
    "task_group": OF_PYTHON,
    "timetable": OF_PYTHON,
    "jinja_environment_kwargs": "a request must be rendered as Jinja's defaults have it",
    "auto_register": "a generated DAG is there to be registered",
    "partial": "a state of Airflow 3.0's own",
    "last_loaded": "a state of Airflow 3.0's own",
}
LEFT_OUT_OF_A_TASK = {
    "self": "no argument",
    "task_id": "the key of the task",
    "kwargs": "no argument",
    "default_args": "those of the DAG",
    "dag": OF_PYTHON,
    "task_group": OF_PYTHON,
    "pre_execute": OF_PYTHON,
    "post_execute": OF_PYTHON,
    "retry_policy": OF_PYTHON,
    "executor_config": "its values are objects of Kubernetes' client",
    "resources": "Airflow itself reads it no longer",
    "map_index_template": "for mapped tasks, which a spec has none of",
    "multiple_outputs": "for tasks that return maps: the operators here say themselves what they return",
    "allow_nested_operators": "for operators that call operators",
    "render_template_as_native_obj": "said of the DAG",
    "doc": "the spec's `doc` is Markdown, `doc_md`",
    "doc_md": "the spec's `doc`",
}


def _signatures(airflow: Real) -> dict[str, Any]:
    output = airflow.python(str(Path(__file__).with_name("inside.py")), "signatures")
    found: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def signatures(airflow: Real) -> dict[str, Any]:
    return _signatures(airflow)


def test_every_argument_of_a_dag_is_known(airflow: Real, signatures: dict[str, Any]) -> None:
    minor = MINORS[airflow.version]
    fields = {arguments.DAG.renamed.get(name, name) for name in arguments.names(arguments.DAG)}
    ours = {minor.renamed.get(name, name) for name in fields}
    lacking = {name for name in ours if absent("dag", name, airflow.version)}
    assert (
        set(signatures["DAG"]) - ours - LEFT_OUT_OF_A_DAG.keys() - GONE["schedule"].keys() - OTHER_NAMES.keys() == set()
    )
    assert ours - lacking <= set(signatures["DAG"])
    assert lacking.isdisjoint(signatures["DAG"])


def test_every_argument_of_a_task_is_known(airflow: Real, signatures: dict[str, Any]) -> None:
    ours = {name for name in arguments.names(arguments.TASK) if not absent("task", name, airflow.version)}
    found = set(signatures["BaseOperator"])
    if found == {"self", "kwargs"}:  # Airflow 3.0 hides the signature; its source has it
        found = set(having("task", airflow.version))
    assert found - ours - LEFT_OUT_OF_A_TASK.keys() - GONE["retries"].keys() - OTHER_NAMES.keys() == set()
    assert ours <= found


def test_trigger_rules(airflow: Real, signatures: dict[str, Any]) -> None:
    lacking = {rule for rule in TRIGGER_RULES if absent("trigger_rule", rule, airflow.version)}
    # Airflow 2 keeps two old names for others.
    assert set(signatures["TriggerRule"]) - {"dummy", "none_failed_or_skipped"} == set(TRIGGER_RULES) - lacking


def test_triggers_that_can_watch_an_asset(airflow: Real, tmp_path: Path) -> None:
    """Airflow rejects exactly the triggers that are not event triggers in the table."""
    if airflow.version.startswith("2."):
        pytest.skip("Airflow 2 has no watchers")
    roots = {
        f"{module}.{name}": each["root"]
        for module, row in modules(TRIGGERS).items()
        for name, each in row["classes"].items()
    }
    (tmp_path / "asked.json").write_text(json.dumps(sorted(roots)))
    output = airflow.python(str(Path(__file__).with_name("inside.py")), "watchers", str(tmp_path / "asked.json"))
    said = json.loads(next(line for line in output.splitlines() if line.startswith('{"watchers')))["watchers"]
    assert len(said) > 80
    assert {path for path, why in said.items() if why is None} == {
        path for path in said if roots[path] == EVENT_TRIGGER
    }
    assert {why for why in said.values() if why} == {"Asset watcher trigger must inherit BaseEventTrigger"}
