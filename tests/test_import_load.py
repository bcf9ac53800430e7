"""`trainspec import --load`, as far as it works without Airflow: the output of the archive becomes a spec."""

import ast
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from trainspec.importers.dag_file import import_straight
from trainspec.importers.load.inside.reads import Reads
from trainspec.importers.load.inside.record import Record
from trainspec.importers.load.run import INSIDE, Loaded, load
from trainspec.importers.load.shape import ShapeError, check_found
from trainspec.importers.load.straight import straight_of
from trainspec.importers.model import CannotImportError, Imported
from trainspec.importers.write import spec_text
from trainspec.language.data import TaskData

from helpers import Run

STOCK = "airflow.providers.amazon.aws.operators.sagemaker.SageMakerTrainingOperator"
BASH = "airflow.providers.standard.operators.bash.BashOperator"
CONFIG = {
    "map": [
        ["TrainingJobName", "n-{{ ts_nodash }}"],
        ["RoleArn", "arn:aws:iam::111122223333:role/R"],
        ["OutputDataConfig", {"map": [["S3OutputPath", "s3://models/out/"]]}],
    ]
}


def task(name: str, path: str = STOCK, upstream: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    arguments = {"config": CONFIG} if path == STOCK else {}
    told = {"id": name, "line": 7, "class": path, "upstream": list(upstream), "kind": "", "lost": None}
    return {**told, "arguments": arguments, **more}


def file_of(*tasks: dict[str, Any], errors: tuple[str, ...] = (), **arguments: Any) -> dict[str, Any]:
    dag = {"line": 3, "arguments": {"dag_id": "d", **arguments}, "groups": [], "tasks": list(tasks)}
    return {"airflow": "3.3.2", "errors": list(errors), "dags": [dag]}


@pytest.mark.parametrize(
    ("value", "message"),
    [({"moment": "soon"}, "a value is not a date"), ({"seconds": "six"}, "a value is not a number")],
)
def test_what_is_no_value_of_an_archive_is_said_in_words(value: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=f"^{message}$"):
        check_found(file_of(schedule=value))


def only(found: dict[str, Any], later: dict[str, Any] | None = None) -> Imported:
    (imported,) = import_straight(straight_of(Loaded(found, later or found)))
    return imported


SCHEDULES: dict[str, tuple[Any, Any]] = {
    "cron": ("0 5 * * *", "0 5 * * *"),
    "none": (None, None),
    "interval": ({"seconds": 21600.0}, "6h"),
    "trigger": ({"call": "CronTriggerTimetable", "arguments": ["0 5 * * *", "UTC"], "named": {}}, "0 5 * * *"),
    "asset": (
        {"list": [{"call": "Asset", "arguments": [], "named": {"uri": "s3://a/"}}]},
        {"assets": ["s3://a/"]},
    ),
    "any asset": (
        {
            "call": "AssetAny",
            "arguments": [{"call": "Asset", "arguments": [], "named": {"name": "p", "uri": "s3://a/"}}],
            "named": {},
        },
        {"assets": {"any": [{"name": "p", "uri": "s3://a/"}]}},
    ),
    "assets and times": (
        {
            "call": "AssetOrTimeSchedule",
            "arguments": [],
            "named": {
                "timetable": {"call": "CronTriggerTimetable", "arguments": ["@daily", "UTC"], "named": {}},
                "assets": {"call": "AssetAll", "arguments": [{"call": "Asset", "arguments": [], "named": {"uri": "u"}}],
                           "named": {}},
            },
        },
        {"assets": {"all": ["u"]}, "time": "@daily"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SCHEDULES)
def test_schedules(kind: str) -> None:
    given, expected = SCHEDULES[kind]
    imported = only(file_of(task("t"), schedule=given))
    assert imported.dag["schedule"] == expected
    assert not imported.notes


def test_a_timetable_that_a_spec_has_no_word_for_is_named() -> None:
    imported = only(file_of(task("t"), schedule={"unknown": "an object of `acme.Lunar`"}))
    assert imported.notes == ("line 3: schedule is not a literal: an object of `acme.Lunar`",)


def test_dates_and_default_args() -> None:
    defaults = {"map": [["retries", 2], ["aws_conn_id", "aws_ml"], ["on_failure_callback", {"path": "acme.page"}]]}
    callbacks = {"on_failure_callback": {"list": [{"path": "acme.page"}]}}
    arguments = {"config": CONFIG, "retries": 2, "aws_conn_id": "aws_ml", **callbacks}
    start = {"moment": "2025-03-01T00:00:00", "zone": "Europe/Berlin"}
    imported = only(file_of(task("t", arguments=arguments), default_args=defaults, start_date=start))
    assert imported.dag == {
        "id": "d",
        "default_args": {"retries": 2, "on_failure_callback": "acme.page"},
        "start_date": "2025-03-01",
        "timezone": "Europe/Berlin",
    }
    assert imported.jobs[0].fields == {"operator": {"action_if_job_exists": "timestamp", "aws_conn_id": "aws_ml"}}
    assert not imported.notes


def test_edges_go_around_what_is_lost() -> None:
    lost = task("f", upstream=("a",), lost="it is the Python function `f`")
    bash = task("a", BASH, arguments={"bash_command": "echo"})
    imported = only(file_of(bash, lost, task("t", upstream=("f",))))
    assert imported.jobs[0].fields["depends_on"] == "a"
    assert imported.notes == ("line 7: the task `f` is not carried over: it is the Python function `f`",)


def test_a_mapped_task_is_written_as_several() -> None:
    points = [{"config": CONFIG}, {"config": CONFIG}]
    mapped = {key: value for key, value in task("t", mapped=points).items() if key != "arguments"}
    imported = only(file_of(mapped, task("t_0"), task("end", BASH, ("t",))))
    assert [job.task_id for job in imported.jobs] == ["t_0_", "t_1", "t_0"]
    assert imported.other_tasks[0].fields["depends_on"] == ["t_0_", "t_1"]
    assert imported.remarks == ("the mapped task `t` is written as 2 tasks: `t_0_` to `t_1`",)


def test_a_function_of_a_module_is_named() -> None:
    path = "airflow.providers.standard.operators.python.PythonOperator"
    python = task("p", path, arguments={"python_callable": {"path": "acme.build"}})
    imported = only(file_of(python, task("t")))
    assert cast("TaskData", imported.other_tasks[0].fields)["arguments"] == {"python_callable": "acme.build"}


def test_a_value_that_depends_on_the_clock_is_named() -> None:
    then = {"map": [["TrainingJobName", "n-2026"], *CONFIG["map"][1:]]}
    imported = only(file_of(task("t")), file_of(task("t", arguments={"config": then})))
    (note,) = imported.notes
    assert note.startswith("line 7: `config.TrainingJobName` of the task `t` depends on when the file is read")


def test_errors_of_the_file() -> None:
    trace = 'Traceback:\n  File "/d.py", line 4, in <module>\nKeyError: 1'
    with pytest.raises(CannotImportError, match=r"Airflow 3\.3\.2 cannot load it: line 4: KeyError: 1"):
        straight_of(Loaded({"airflow": "3.3.2", "errors": [trace], "dags": []}, None))


def test_what_is_read_while_the_file_is_loaded_is_named() -> None:
    reads = [
        {"line": 4, "call": "Variable.get", "key": "bucket"},
        {"line": 4, "call": "Variable.get", "key": "bucket"},
        {"line": 5, "call": "BaseHook.get_connection", "key": "aws_ml"},
        {"line": 6, "call": "os.environ", "key": "STAGE"},
    ]
    said = "is read when the file is loaded; the spec has its current value"
    assert only({**file_of(task("t")), "reads": reads}).notes == (
        f"line 4: `Variable.get('bucket')` {said}: `{{{{ var.value.bucket }}}}` reads it in each run",
        f"line 5: `BaseHook.get_connection('aws_ml')` {said}",
        f"line 6: the environment variable `STAGE` {said}",
    )


class Variable:
    @classmethod
    def get(cls, key: str, default_var: Any = None) -> Any:
        return default_var

    @staticmethod
    def get_connection(conn_id: str) -> Any:
        return Variable.get(conn_id)


def run_watched(file: Path, text: str) -> None:
    file.write_text(text)
    exec(compile(text, str(file), "exec"), {"Variable": Variable})  # noqa: S102 - as Airflow does


def test_the_key_of_a_read_is_found_wherever_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = Reads(Record(str(tmp_path / "d.py")))
    for name in ("get", "get_connection"):
        monkeypatch.setattr(Variable, name, getattr(Variable, name))  # restores the method at the end
        reads.watch_call(Variable, name)
    text = """
assert Variable.get(default_var="hunter2", key="bucket") == "hunter2"
Variable.get("team", "hunter2")
Variable.get_connection(conn_id="aws_ml")  # which calls `get`
Variable.get("last")
"""
    run_watched(tmp_path / "d.py", text)
    assert [(each["line"], each["call"], each["key"]) for each in reads.calls] == [
        (2, "Variable.get", "bucket"),
        (3, "Variable.get", "team"),
        (4, "Variable.get_connection", "aws_ml"),
        (5, "Variable.get", "last"),
    ]


def test_an_environment_variable_is_named_where_the_file_reads_what_the_spec_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"LAKE": "acme-lake", "SIZE": "3", "STAGE": "prod", "SHORT": "a", "OTHER": "acme"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(type(os.environ), "__getitem__", type(os.environ).__getitem__)  # restores it at the end
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "settings_beside.py").write_text("import os\nSIZE = int(os.environ.get('SIZE'))\n")
    text = """
import os
os.getenv("LAKE")
import settings_beside
os.environ["STAGE"], os.environ["SHORT"], os.getenv("ABSENT", "acme")
"""
    reads = Reads(Record(str(tmp_path / "d.py")))
    reads.watch_environment()
    run_watched(tmp_path / "d.py", text)
    os.environ["OTHER"]  # not read by the file
    arguments = {"config": {"map": [["S3Uri", "s3://acme-lake/a"], ["InstanceCount", 3]]}}
    found = [{"line": 5, "arguments": {"dag_id": "d"}, "tasks": [{"class": "prod", "arguments": arguments}]}]
    assert reads.of_environment(found) == [
        {"line": 3, "call": "os.environ", "key": "LAKE"},
        {"line": 4, "call": "os.environ", "key": "SIZE"},
    ]


def test_no_connection_is_named() -> None:
    arguments = {"config": CONFIG, "aws_conn_id": None}
    sensor = task("s", "airflow.providers.amazon.aws.sensors.s3.S3KeySensor", arguments={
        "bucket_key": "s3://a/b", "aws_conn_id": None})  # fmt: skip
    imported = only(file_of(task("t", arguments=arguments), sensor))
    assert imported.notes == (
        "line 7: `aws_conn_id=None` is not carried over: a job always uses a connection, aws_default",
    )
    (other,) = imported.other_tasks
    assert (other.section, cast("TaskData", other.fields)["arguments"]["aws_conn_id"]) == ("tasks", None)


def test_an_error_of_several_lines_and_one_without_a_place() -> None:
    trace = 'Traceback:\n  File "/d.py", line 4, in <module>\n    f()\nTypeError: no such:\n**kwargs: {}'
    placed = '  File "/d.py", line 3\nCycle: a'
    for error, said in [
        (trace, "line 4: TypeError: no such: \\*\\*kwargs: {}"),
        (placed, "line 3: Cycle: a"),
        ("It is: odd", "It is: odd"),
    ]:
        with pytest.raises(CannotImportError, match=f"cannot load it: {said}$"):
            straight_of(Loaded({"airflow": "3.3.2", "errors": [error], "dags": []}, None))


def test_hostile_names_stay_data() -> None:
    name = "t'); import os #"
    imported = only(file_of(task(name, arguments={"config": CONFIG, "pool": "{{ x }}"})))
    assert imported.jobs[0].task_id == name
    assert "import os" in spec_text(imported)


def test_what_is_handed_over_is_python_3_9() -> None:
    for module in INSIDE.glob("*.py"):
        ast.parse(module.read_text(), feature_version=(3, 9))


def test_a_python_without_airflow(tmp_path: Path) -> None:
    (tmp_path / "d.py").write_text("")
    with pytest.raises(CannotImportError, match="there is no Airflow in this Python"):
        load(tmp_path / "d.py", sys.executable, 300)
    with pytest.raises(CannotImportError, match="no such program: nothing-such"):
        load(tmp_path / "d.py", "nothing-such", 300)


def test_whose_fault_it_is(trainspec: Run, project: Path, tmp_path: Path) -> None:
    (project / "d.py").write_text("")

    def code(script: str) -> int:
        python = program(tmp_path, script)
        return trainspec("import", "d.py", "--load", "--airflow-python", python, "--load-timeout", "2").returncode

    before, loading = "exit 3", 'touch "$3"; exit 3'
    assert (code(before), code(loading)) == (2, 1)
    assert (code("sleep 60"), code('touch "$3"; sleep 60')) == (2, 1)
    assert trainspec("import", "--load", "--airflow-python", sys.executable, "d.py").returncode == 2


def test_a_source_that_is_refused_does_not_keep_others_out(trainspec: Run, project: Path) -> None:
    (project / "d.py").write_text("x = (\n")
    (project / "r.json").write_text('{"TrainingJobName": "n", "RoleArn": "r"}')
    ran = trainspec("import", "d.py", "r.json")
    assert ran.returncode == 1
    assert "d.py: line 1: not Python: '(' was never closed\n" in ran.stderr
    assert "name: n\n" in ran.stdout


def test_a_python_that_takes_too_long(tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nsleep 600\n")
    slow.chmod(0o755)
    with pytest.raises(CannotImportError, match=r"longer than 0\.2 seconds; increase the limit with --load-timeout"):
        load(tmp_path / "d.py", str(slow), 0.2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-"], "--load needs a file, not standard input"),
        (["absent.py"], "no such file"),
        (["request.json"], "--load is for DAG files"),
        (["d.py", "--load-timeout", "0"], "--load-timeout"),
    ],
)
def test_wrong_uses(trainspec: Run, project: Path, arguments: list[str], said: str) -> None:
    ran = trainspec("import", "--load", *arguments)
    assert ran.returncode == 2
    assert said in ran.stderr


def broken(change: str) -> Any:
    found = file_of(task("t"))
    dag = found["dags"][0]
    changes: dict[str, Callable[[], Any]] = {
        "no map": list,
        "no DAGs": lambda: found.pop("dags"),
        "a DAG that is text": lambda: found.update(dags=["x"]),
        "no id": lambda: dag["arguments"].pop("dag_id"),
        "a task without a class": lambda: dag["tasks"][0].pop("class"),
        "a line of text": lambda: dag["tasks"][0].update(line="7"),
        "an unknown kind": lambda: dag["arguments"].update(x={"code": "import os"}),
        "a plain list": lambda: dag["arguments"].update(x=[1]),
        "no pairs": lambda: dag["arguments"].update(x={"map": [[1]]}),
        "no date": lambda: dag["arguments"].update(x={"moment": "soon"}),
        "an endless time": lambda: dag["arguments"].update(x={"seconds": 1e300}),
        "half a character": lambda: dag["arguments"].update(x="\ud800"),
        "deep": lambda: dag["arguments"].update(x=nested(200)),
        "a call of a list": lambda: dag["arguments"].update(x={"call": [], "arguments": [], "named": {}}),
    }
    made = changes[change]()
    return made if change == "no map" else found


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"list": [value]}
    return value


BROKEN = ("no map", "no DAGs", "a DAG that is text", "no id", "a task without a class", "a line of text",
          "an unknown kind", "a plain list", "no pairs", "no date", "an endless time", "half a character", "deep",
          "a call of a list")  # fmt: skip


def program(tmp_path: Path, script: str) -> str:
    """A program that takes the place of Airflow's Python: it gets the archive, the DAG file and the output."""
    made = tmp_path / "airflow-python"
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)
    return str(made)


@pytest.mark.parametrize("change", BROKEN)
def test_what_a_dag_file_writes_in_our_place_is_checked(tmp_path: Path, change: str) -> None:
    (tmp_path / "found.json").write_text(json.dumps(broken(change)))
    with pytest.raises(CannotImportError, match="something other than DAGs"):
        load(tmp_path / "d.py", program(tmp_path, f'cp {tmp_path}/found.json "$3"'), 300)


def test_what_is_whole_passes(tmp_path: Path) -> None:
    (tmp_path / "found.json").write_text(json.dumps(file_of(task("t"))))
    assert load(tmp_path / "d.py", program(tmp_path, f'cp {tmp_path}/found.json "$3"'), 300).later is None


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('head -c 20000000 /dev/zero > "$3"', "larger than that of any DAG file"),
        ('mkfifo "$3"', "ended with 0"),
        ('ln -s /etc/hostname "$3"', "ended with 0"),
        ("head -c 50000000 /dev/zero; echo; echo it went wrong; exit 1", "it went wrong"),
    ],
)
def test_output_is_bounded(tmp_path: Path, script: str, said: str) -> None:
    with pytest.raises(CannotImportError, match=said):
        load(tmp_path / "d.py", program(tmp_path, script), 300)


@pytest.mark.parametrize("option", ["--airflow-python", "--load-timeout"])
def test_options_of_loading_need_it(trainspec: Run, project: Path, option: str) -> None:
    ran = trainspec("import", "d.py", option, "9")
    assert ran.returncode == 2
    assert f"{option} is for --load, which runs the DAG file; add --load" in ran.stderr


def test_edges_beyond_those_of_a_spec_are_noted() -> None:
    before = [f"t{each}" for each in range(160)]
    found = file_of(*map(task, before), *(task(f"b{each}", BASH, tuple(before)) for each in range(160)))
    imported = only(found)
    assert sum("depends_on" in each.fields for each in imported.other_tasks) == 156
    (note,) = (each for each in imported.notes if "edges" in each)
    assert note.startswith("line 7: what `b156` waits for is not carried over, nor what the tasks after it wait for: ")
    assert note.endswith("more than 25,000 edges between tasks, too many for a spec")


def test_a_dollar_with_a_brace_is_no_variable_of_the_spec() -> None:
    job = task("t", arguments={"config": CONFIG, "doc_md": "${vars.y}", "pool": "${vars.y}"})
    text = spec_text(only(file_of(job, doc_md="${vars.y}", tags={"list": ["${vars.y}"]})))
    assert text.count("${vars.y}") == text.count("$${vars.y}") == 4, text
