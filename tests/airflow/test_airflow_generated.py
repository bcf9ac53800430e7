"""What compiles, loads: hundreds of specs with all of Airflow's fields, in each minor; and the operators' tables."""

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from environment import Airflow
from trainspec.airflow_api.operators import everywhere, find, since
from trainspec.options import Options
from trainspec.pipeline import analyse, generate
from trainspec.text.source import Source

SPECS = 500
PROVIDERS = ("airflow.providers.amazon.", "airflow.providers.standard.", "airflow.operators.", "airflow.sensors.")
JOB: Mapping[str, Any] = {
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
    "role": "arn:aws:iam::123456789012:role/SageMakerRole",
    "output": "s3://my-bucket/models/",
    "resources": {"instance_type": "ml.m5.large", "instance_count": 1, "volume_size": 10},
    "stopping": {"max_runtime": "30m"},
}
Draw = Callable[[random.Random], Any]


def _one_of(*values: Any) -> Draw:
    return lambda chance: chance.choice(values)


WATCHED: Mapping[str, Any] = {
    "name": "arrivals",
    "watchers": [
        {
            "name": "folder",
            "trigger": "airflow.providers.standard.triggers.file.FileDeleteTrigger",
            "arguments": {"filepath": "/data/arrived"},
        }
    ],
}
ASSETS = _one_of(
    "s3://a/b", ["s3://a/b", "s3://c/d"], [{"uri": "s3://a/b", "extra": {"k": 1}}], [{"name": "prices"}], [WATCHED]
)
DAG: Mapping[str, Draw] = {
    "schedule": _one_of(
        None, "@daily", "@once", "6h", "0 3 * * 1-5", ["0 3 * * *", "0 9 * * 6"], {"assets": ["s3://a/b"]},
        {"assets": {"any": ["s3://a/b", {"all": ["s3://c/d", {"uri": "s3://e/f"}]}]}, "time": "@weekly"},
        {"assets": [WATCHED]},
    ),
    "partitions": _one_of("time", "same", "day"),
    "deadline": _one_of(
        {"after": "queued", "within": "2h", "call": "asyncio.sleep"},
        [{"after": after, "within": 60, "call": {"path": "asyncio.sleep", "arguments": {"delay": 1}}}
         for after in ("logical_date", "2030-01-01", "average(5)")],
    ),
    "start_date": _one_of("2025-04-01", "2025-04-01T06:00", "2025-04-01T06:00+02:00"),
    "end_date": _one_of("2030-04-01"),
    "timezone": _one_of("Europe/Berlin", "UTC"),
    "catchup": _one_of(True, False),
    "description": _one_of("It's a \"DAG\"", "\\n\n{{ x }}"),
    "doc": _one_of("# Title"),
    "tags": _one_of(["a", "b"]),
    "max_active_runs": _one_of(1, 3),
    "max_active_tasks": _one_of(2),
    "dagrun_timeout": _one_of("2h"),
    "is_paused_upon_creation": _one_of(True, False),
    "render_template_as_native_obj": _one_of(True),
    "params": _one_of({"n": 1}, {"mode": {"default": "fast", "enum": ["fast", "slow"]}}),
    "max_consecutive_failed_dag_runs": _one_of(0, 3),
    "fail_fast": _one_of(True, False),
    "dag_display_name": _one_of("A name"),
    "owner_links": _one_of({"airflow": "https://example.com"}),
    "template_searchpath": _one_of("/opt/sql", ["/opt/sql"]),
    "allowed_run_types": _one_of(["manual", "scheduled", "asset_triggered"]),
    "disable_bundle_versioning": _one_of(True),
    "rerun_with_latest_version": _one_of(True),
    "on_failure_callback": _one_of("os.getcwd", {"path": "types.SimpleNamespace", "arguments": {"text": "x"}}),
}  # fmt: skip
TASK: Mapping[str, Draw] = {
    "owner": _one_of("me"),
    "retries": _one_of(0, 2),
    "retry_delay": _one_of("30s", 60),
    "retry_exponential_backoff": _one_of(True, False, 2, 1.5),
    "max_retry_delay": _one_of("1h"),
    "execution_timeout": _one_of("6h"),
    "pool": _one_of("default_pool"),
    "pool_slots": _one_of(2),
    "queue": _one_of("gpu"),
    "priority_weight": _one_of(-1, 5),
    "weight_rule": _one_of("upstream", "absolute", "downstream"),
    "trigger_rule": _one_of("all_done", "none_failed", "all_done_min_one_success", "all_done_setup_success"),
    "depends_on_past": _one_of(True),
    "wait_for_downstream": _one_of(True),
    "max_active_tis_per_dag": _one_of(1),
    "max_active_tis_per_dagrun": _one_of(1),
    "do_xcom_push": _one_of(False, True),
    "run_as_user": _one_of("ml"),
    "start_date": _one_of("2025-05-01"),
    "params": _one_of({"k": "v"}),
    "inlets": ASSETS,
    "outlets": ASSETS,
    "on_success_callback": _one_of(["os.getcwd", "os.getpid"]),
    "on_skipped_callback": _one_of("os.getcwd"),
    "task_display_name": _one_of("shown"),
    "doc_json": _one_of("{}"),
    "logger_name": _one_of("own"),
}
SENSORS: tuple[Mapping[str, Any], ...] = (
    {"s3": "s3://my-bucket/raw/*.csv", "timeout": "6h", "mode": "reschedule"},
    {"s3": ["s3://my-bucket/a", "s3://my-bucket/b"], "poke_interval": "1m"},
    {"dag": "other", "task": "publish", "execution_delta": "1h", "failed_states": ["failed"]},
    {"dag": "other", "group": "etl", "soft_fail": True, "poke_interval": 30},
)
TASKS: tuple[Mapping[str, Any], ...] = (
    {"operator": "airflow.operators.bash.BashOperator", "arguments": {"bash_command": "echo {{ run_id }}"}},
    {
        "operator": "airflow.operators.python.PythonOperator",
        "arguments": {"python_callable": "os.getcwd", "op_args": [1, "{{ run_id }}"]},
    },
    {"operator": "airflow.operators.empty.EmptyOperator"},
    {"operator": "airflow.sensors.time_delta.TimeDeltaSensor", "arguments": {"delta": "30m"}},
    {
        "operator": "airflow.providers.amazon.aws.operators.sagemaker.SageMakerModelOperator",
        "arguments": {"config": {"ModelName": "m", "ExecutionRoleArn": "SageMakerRole"}},
    },
    {
        "operator": "airflow.providers.amazon.aws.operators.sns.SnsPublishOperator",
        "arguments": {"target_arn": "arn:aws:sns:us-east-1:123456789012:x", "message": "{{ run_id }}"},
    },
)
APPROVALS: tuple[Mapping[str, Any], ...] = (
    {"subject": "Release {{ run_id }}?", "timeout": "2d", "default": "approve", "params": {"why": ""}},
    {"subject": "Release?", "timeout": 60, "on_reject": "fail", "notify": "os.getcwd"},
    {"subject": "Release?", "on_reject": "skip_all", "assigned": [{"id": "1", "name": "alice"}], "body": "# Now"},
)
TRIGGERS: tuple[Mapping[str, Any], ...] = (
    {"dag": "deploy", "job": "train", "conf": {"stage": "prod"}},
    {"dag": "deploy", "wait": True, "poke_interval": "1m", "states": ["success"], "deferrable": True},
)


def _some(fields: Mapping[str, Draw], chance: random.Random, most: int) -> dict[str, Any]:
    return {name: fields[name](chance) for name in chance.sample(sorted(fields), chance.randrange(most))}


def _spec(number: int, chance: random.Random) -> dict[str, Any]:
    """One spec; not all of them are valid."""
    dag = {"id": f"generated_{number}", "start_date": "2025-04-01", **_some(DAG, chance, 8)}
    if "partitions" in dag:
        dag["schedule"] = "@daily" if dag["partitions"] == "time" else {"assets": ["s3://a/b", WATCHED]}
    if chance.random() < 0.5:
        dag["default_args"] = _some(TASK, chance, 4)
    job = {"name": "t-{{ dag.dag_id | replace('_', '-') }}", **JOB, **_some(TASK, chance, 8)}
    spec: dict[str, Any] = {"trainspec": 1, "dag": dag, "jobs": {"train": job}}
    if chance.random() < 0.3:
        job |= {"name": "t-${matrix.lr}-{{ dag.dag_id | replace('_', '-') }}"}
        job["matrix"] = {"lr": [1, 2, 3], "max_parallel": 2}
    elif chance.random() < 0.3:
        job |= {"metrics": {"loss": "loss=([0-9.]+)"}, "proceed_if": {"metric": "loss", "below": 1}}
    job["operator"] = {"max_attempts": None, "deferrable": chance.random() < 0.5}
    for section, known in (("sensors", SENSORS), ("tasks", TASKS), ("approvals", APPROVALS), ("triggers", TRIGGERS)):
        if chance.random() < 0.5:
            given = {**chance.choice(known), **_some(TASK, chance, 4)}
            if "matrix" in job:
                given.pop("job", None)
            if section == "sensors":
                job["depends_on"] = section
            else:
                given["depends_on"] = "train"
            spec[section] = {section: given}
    return spec


@pytest.fixture(scope="module")
def files(airflow: Airflow, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the DAG files of `SPECS` specs that compile for this minor."""
    folder, chance, made = tmp_path_factory.mktemp("generated"), random.Random(13), 0  # noqa: S311
    options = Options(airflow=airflow.version)
    for number in range(20 * SPECS):
        analysis = analyse(Source("specs/generated.yaml", json.dumps(_spec(number, chance))), options)
        if not any(found.severity == "error" for found in analysis.findings):
            (folder / f"generated_{number}.py").write_text(generate(analysis, options))
            made += 1
        if made == SPECS:
            return folder
    raise AssertionError(f"only {made} specs are sound")


def test_what_compiles_loads(airflow: Airflow, files: Path) -> None:
    output = airflow.python(str(Path(__file__).with_name("inside.py")), "load", str(files))
    line = next(line for line in output.splitlines() if line.startswith('{"unserializable'))
    found: dict[str, Any] = json.loads(line)
    assert {Path(name).stem: text.splitlines()[-1] for name, text in found["import_errors"].items()} == {}
    assert found["unserializable"] == {}
    assert len(found["tasks"]) == SPECS


def test_the_tables_are_what_the_classes_say(airflow: Airflow, tmp_path: Path) -> None:
    """For the classes that this Airflow can import: their own arguments, which are required, which are rendered."""
    if airflow.version == "3.0":
        pytest.skip("the tables are of a newer release of the Amazon provider than goes with 3.0.6")
    asked = [f"{module}.{name}" for module, name in everywhere(airflow.version) if module.startswith(PROVIDERS)]
    asked = [path for path in asked if since(path.rpartition(".")[0], airflow.version) is None]
    if airflow.version == "2.11":  # its own operators replace the provider `standard`, which it does not need
        asked = [path for path in asked if not path.startswith("airflow.providers.standard.")]
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    output = airflow.python(str(Path(__file__).with_name("inside.py")), "operators", str(tmp_path / "asked.json"))
    real: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    assert len(real) > 0.9 * len(asked)
    wrong = {}
    for path, (arguments, required, rendered) in real.items():
        module, _, name = path.rpartition(".")
        known = find(module, name, airflow.version)
        assert known
        said = (
            sorted(set(arguments) - known.arguments.keys()),
            sorted(name for name in required if not known.arguments[name].required),
            sorted(set(rendered) - set(known.renders or rendered)),
        )
        if said != ([], [], []):
            wrong[path] = said
    assert wrong == {}
