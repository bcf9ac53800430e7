"""`trainspec import` of DAG files with task groups: each is carried over, or noted with its line."""

import textwrap
from typing import Any

import pytest
from trainspec.importers.dag_file import import_dag_file, import_straight
from trainspec.importers.load.run import Loaded
from trainspec.importers.load.shape import ShapeError, check_found
from trainspec.importers.load.straight import straight_of
from trainspec.importers.model import Imported
from trainspec.importers.write import spec_text
from trainspec.options import Options
from trainspec.pipeline import analyse, generate
from trainspec.text.source import Source

HEAD = """
from airflow.sdk import DAG, TaskGroup, task_group
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.providers.standard.operators.bash import BashOperator
from elsewhere import read
def job(name, **more):
    config = {"TrainingJobName": "n-{{ ts_nodash }}", "RoleArn": "arn:aws:iam::111122223333:role/R",
              "OutputDataConfig": {"S3OutputPath": "s3://models/out/"}}
    return SageMakerTrainingOperator(task_id=name, config=config, **more)
"""


def only(body: str) -> Imported:
    (imported,) = import_dag_file(HEAD + textwrap.dedent(body))
    return imported


def fields(imported: Imported) -> dict[str, Any]:
    """The fields of each task."""
    found: dict[str, Any] = {each.task_id: each.fields for each in imported.jobs}
    return found | {each.task_id: each.fields for each in imported.other_tasks}


def groups(imported: Imported) -> dict[str, str]:
    return {name: each["task_group"] for name, each in fields(imported).items() if "task_group" in each}


def line_of(text: str, body: str) -> int:
    whole = HEAD + textwrap.dedent(body)
    return whole[: whole.index(text)].count("\n") + 1


KEPT: dict[str, tuple[str, dict[str, str]]] = {
    "one": ("with TaskGroup('g'):\n    job('t')", {"g.t": "g"}),
    "in another": (
        "with TaskGroup('g'):\n    with TaskGroup('h', prefix_group_id=False):\n        job('t')\n    job('u')",
        {"t": "g.h", "g.u": "g"},
    ),
    "by the task": ("g = TaskGroup('g')\njob('t', task_group=g)", {"g.t": "g"}),
    "by the parent": (
        "g = TaskGroup('g')\nh = TaskGroup('h', parent_group=g)\nwith h:\n    job('t')",
        {"g.h.t": "g.h"},
    ),
    "a function": ("@task_group\ndef g():\n    job('t')\ng()", {"g.t": "g"}),
    "a function with an id": ("@task_group(group_id='h')\ndef g():\n    job('t')\ng()", {"h.t": "h"}),
    "a function twice": ("@task_group\ndef g():\n    job('t')\ng()\ng()", {"g.t": "g", "g__1.t": "g__1"}),
    "a function overridden": (
        "@task_group(prefix_group_id=False)\ndef g():\n    job('t')\ng.override(group_id='h')()",
        {"t": "h"},
    ),
    "of one name in two": (
        "for name in ['eu', 'us']:\n    with TaskGroup(name):\n        with TaskGroup('train'):\n            job('t')",
        {"eu.train.t": "eu.train", "us.train.t": "us.train"},
    ),
    "with what Airflow takes anyway": (
        "with TaskGroup('g', tooltip='', ui_color='CornflowerBlue'):\n    job('t')",
        {"g.t": "g"},
    ),
}


@pytest.mark.parametrize("kind", KEPT)
def test_a_group_comes_over(kind: str) -> None:
    body, expected = KEPT[kind]
    imported = only("with DAG('d'):\n" + textwrap.indent(body, "    "))
    assert groups(imported) == expected
    assert not imported.notes


LOST: dict[str, tuple[str, str, dict[str, str]]] = {
    "a tooltip": ("with TaskGroup('g', tooltip='Models'):\n    job('t')", "argument `tooltip`", {"g.t": "g"}),
    "a colour": ("with TaskGroup('g', ui_color='#abc'):\n    job('t')", "argument `ui_color`", {"g.t": "g"}),
    "a name": (
        "with TaskGroup('g', group_display_name='Models'):\n    job('t')",
        "argument `group_display_name`",
        {"g.t": "g"},
    ),
    "default arguments that cannot be read": (
        "with TaskGroup('g', default_args=read()):\n    job('t')",
        "argument `default_args`",
        {"g.t": "g"},
    ),
    "an id that a spec cannot have": (
        "with TaskGroup('My models', prefix_group_id=False):\n    job('t')",
        "`My models` is not carried over",
        {},
    ),
    "an id with a dot, as Airflow 2 takes it": (
        "with TaskGroup('a.b', prefix_group_id=False):\n    job('t')",
        "`a.b` is not carried over",
        {},
    ),
    "the id of a task": (
        "with TaskGroup('g'):\n    job('t')\n    with TaskGroup('h'):\n        job('u')\njob('g-h')",
        "`g.h` is not carried over: `g-h` is the id of a task",
        {"g.t": "g", "g.h.u": "g"},
    ),
    "the id of another group": (
        "with TaskGroup('g'):\n    with TaskGroup('h'):\n        job('u')\nwith TaskGroup('g-h'):\n    job('t')",
        "`g.h` is not carried over: `g-h` is the id of a task or of another group",
        {"g.h.u": "g", "g-h.t": "g-h"},
    ),
    "no task": ("job('t')\nTaskGroup('empty')", "`empty` is not carried over: none of its tasks is", {}),
    "a group that nobody knows": ("job('t', task_group=read())", "`task_group` of the task", {}),
    "what is added afterwards": (
        "g = TaskGroup('g')\nt = job('t')\ng.add(t)",
        "`g.add(t)` is not carried over",
        {},
    ),
    "arguments of `override` that cannot be read": (
        "@task_group\ndef g():\n    job('t')\ng.override(**read())()",
        "`read()` of `override` is not carried over",
        {"g.t": "g"},
    ),
    "a mapped one": (
        "job('u')\n@task_group\ndef g(x):\n    job('t')\ng.expand(x=[1, 2])",
        "it is a mapped task group",
        {},
    ),
}


@pytest.mark.parametrize("kind", LOST)
def test_what_does_not_come_over_is_named_with_its_line(kind: str) -> None:
    body, said, expected = LOST[kind]
    imported = only("with DAG('d'):\n" + textwrap.indent(body, "    "))
    assert groups(imported) == expected
    assert any(said in note and note.startswith("line ") for note in imported.notes), imported.notes


def test_what_a_function_of_a_group_returns_has_the_edges() -> None:
    """As in Airflow: `g()` is the task that it returns, and the group only if it returns nothing."""
    body = """
    with DAG("d"):
        @task_group(group_id="g")
        def made(returns):
            a, b = job("a"), job("b")
            if returns:
                return a
        made(True) >> job("t")
        made.override(group_id="h")(False) >> job("u")
    """
    found = fields(only(body))
    assert found["t"]["depends_on"] == "g.a"
    assert found["u"]["depends_on"] == ["h.a", "h.b"]


def test_default_arguments_of_a_group_are_its_tasks() -> None:
    """The innermost group wins, except over what the task itself sets; an operator takes only arguments that it has."""
    imported = only(
        """
        with DAG("d", default_args={"retries": 1, "owner": "ml"}):
            with TaskGroup("g", default_args={"retries": 2, "pool": "gpu", "aws_conn_id": "a", "mode": "reschedule"}):
                job("t")
                S3KeySensor(task_id="s", bucket_key="s3://b/k")
                with TaskGroup("h", default_args={"retries": 3}):
                    job("u")
                    job("v", retries=4)
                    BashOperator(task_id="w", bash_command="w")
            job("x")
        """
    )
    assert not imported.notes
    found = fields(imported)
    assert {name: (each.get("retries"), each.get("pool")) for name, each in found.items()} == {
        "g.t": (2, "gpu"),
        "g.s": (2, "gpu"),
        "g.h.u": (3, "gpu"),
        "g.h.v": (4, "gpu"),
        "g.h.w": (3, "gpu"),
        "x": (None, None),
    }
    assert found["g.t"]["operator"]["aws_conn_id"] == "a"
    assert "aws_conn_id" not in found["x"]["operator"]
    assert (found["g.s"]["mode"], found["g.s"]["aws_conn_id"]) == ("reschedule", "a")
    assert found["g.h.w"]["arguments"] == {"bash_command": "w"}


def test_the_spec_has_the_groups_and_compiles_to_them() -> None:
    """Ids of tasks stay, so that templates still read their XComs."""
    body = """
    with DAG("d", start_date=None):
        with TaskGroup("models"):
            with TaskGroup("risk"):
                t = job("t")
            b = BashOperator(task_id="b", bash_command="echo {{ ti.xcom_pull(task_ids='models.risk.t') }}")
            t >> b
    """
    imported = only(body)
    line = line_of('TaskGroup("risk")', body)
    said = "the task group `models.risk` has the id `models-risk` in the spec's DAG"
    assert imported.remarks == (f"line {line}: {said}, by which sensors of other DAGs must name it",)
    text = spec_text(imported)
    assert "  models.risk.t:\n" in text
    assert "    task_group: models.risk\n" in text
    made = generate(analyse(Source("d.yaml", text), Options()), Options())
    assert 'group_id="models-risk",' in made
    assert 'task_id="models.risk.t",' in made
    assert "ti.xcom_pull(task_ids='models.risk.t')" in made


# ---------------------------------------------------------------------- what Airflow loaded

_JOB = {
    "id": "g.t",
    "line": 9,
    "class": "airflow.providers.amazon.aws.operators.sagemaker.SageMakerTrainingOperator",
    "upstream": [],
    "kind": "",
    "lost": None,
    "arguments": {
        "config": {
            "map": [
                ["TrainingJobName", "n"],
                ["RoleArn", "arn:aws:iam::111122223333:role/R"],
                ["OutputDataConfig", {"map": [["S3OutputPath", "s3://models/out/"]]}],
            ]
        }
    },
}


def loaded(*found: dict[str, Any]) -> dict[str, Any]:
    dag = {"line": 3, "arguments": {"dag_id": "d"}, "groups": list(found), "tasks": [_JOB]}
    return {"airflow": "3.3.2", "errors": [], "dags": [dag]}


def group(*names: str, tasks: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    told = {"line": 5, "id": ".".join(names), "names": list(names), "tasks": list(tasks), "shown": {}}
    return {**told, "docstring": False, **more}


def by_loading(*found: dict[str, Any]) -> Imported:
    held = loaded(*found)
    check_found(held)
    (imported,) = import_straight(straight_of(Loaded(held, held)))
    return imported


def test_loaded_groups_come_over() -> None:
    imported = by_loading(group("g"), group("g", "h", tasks=("g.t",)))
    assert groups(imported) == {"g.t": "g.h"}
    assert not imported.notes
    (remark,) = imported.remarks
    assert remark.startswith("line 5: the task group `g.h` has the id `g-h` in the spec's DAG")


def test_what_is_lost_of_loaded_groups_is_named() -> None:
    shown = {"tooltip": "Models", "ui_color": "CornflowerBlue"}
    imported = by_loading(group("g", tasks=("g.t",), shown=shown), group("none"))
    assert imported.notes == (
        "line 5: the argument `tooltip` of the task group is not carried over",
        "line 5: the task group `none` is not carried over: none of its tasks is",
    )


def test_a_docstring_is_a_remark() -> None:
    body = "@task_group\ndef g():\n    'Models.'\n    job('t')\nwith DAG('d'):\n    g()"
    read, found = only(body), by_loading(group("g", tasks=("g.t",), docstring=True))
    assert not read.notes
    assert not found.notes
    assert read.remarks == (f"line {line_of('def g', body)}: the docstring of `g` is a tooltip in Airflow",)
    assert found.remarks == ("line 5: the docstring of `g` is a tooltip in Airflow",)


@pytest.mark.parametrize(
    "change", [{"names": []}, {"names": [1]}, {"id": ""}, {"line": -1}, {"shown": []}, {"docstring": 1}]
)
def test_what_is_no_group_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ShapeError):
        check_found(loaded({**group("g"), **change}))


def test_an_edge_of_too_many_tasks_is_left_out_soon() -> None:
    body = """
    with DAG("d"):
        with TaskGroup("g") as g:
            for each in range(200):
                job(f"t{each}")
        with TaskGroup("h") as h:
            for each in range(200):
                BashOperator(task_id=f"b{each}", bash_command="x")
        g >> h
    """
    imported = only(body)
    assert not any("depends_on" in each for each in fields(imported).values())
    (note,) = imported.notes
    why = "with it, the file has more than 25,000 edges between tasks, too many for a spec"
    assert note == f"line {line_of('g >> h', body)}: the edge `g >> h` is not carried over completely: {why}"
