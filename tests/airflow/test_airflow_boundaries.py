"""Airflow loads what compiles: the fields of the language at their boundaries, alone and in pairs.

It takes many minutes, and so has its own command, as long as its number of pairs says:
`TRAINSPEC_BOUNDARIES=20000 uv run pytest tests/airflow/test_airflow_boundaries.py --airflow 3.3 --airflow 2.11`.
"""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from boundaries import grown, is_of_airflow
from environment import Airflow
from trainspec.language.dag import Dag
from trainspec.language.task import Operator, TaskArguments
from trainspec.reference.fields import all_fields

AT_A_TIME = 2_000
MODULES = {
    "alerts.py": """def call(*given, **named):
    return call


page = well_done = again = skipped = began = call


async def late(*given, **named):
    return None


class Notify:
    def __init__(self, **named):
        pass

    def __call__(self, context):
        return None


Pager = Notify
""",
    "ops.py": """from airflow.providers.common.compat.sdk import BaseOperator


class Work(BaseOperator):
    def __init__(self, *, task_id, **given):
        super().__init__(task_id=task_id)


ReportOperator = Work
""",
}
OUTSIDE = (
    "No module named", "cannot import name", "has no attribute",  # a module
    "UnknownExecutorException",  # an executor of the configuration
    "is not awaitable", "must inherit BaseEventTrigger", "missing 1 required keyword-only argument: 'task_id'",
    "AirflowDagDuplicatedIdException",  # files in one folder
)  # fmt: skip
"""Airflow's errors for something of the user's that is missing here, or is of another kind."""


@pytest.mark.skipif("TRAINSPEC_BOUNDARIES" not in os.environ, reason="a run of its own, see above")
def test_what_compiles_loads(airflow: Airflow, tmp_path: Path) -> None:
    tried = grown(airflow.version, int(os.environ["TRAINSPEC_BOUNDARIES"]))
    if airflow.version == "3.3":
        assert [path for path in _of_airflow() if path not in tried.fields] == []
    wrong: dict[str, str] = {}
    names = list(tried.found)
    for start in range(0, len(names), AT_A_TIME):
        part = names[start : start + AT_A_TIME]
        for name, why in _refused(airflow, tmp_path / str(start), {each: tried.found[each][1] for each in part}):
            wrong[f"{tried.found[name][0]} ({name})"] = why
    print(f"\nAirflow {airflow.version}: {tried.tried} tried, {tried.compiled} compiled, {len(names)} files loaded")  # noqa: T201
    assert not wrong, "\n".join(f"{name}: {why}" for name, why in sorted(wrong.items(), key=lambda each: each[1])[:500])
    assert len(names) > 2_000


def _of_airflow() -> Sequence[str]:
    """The documented fields that are about the DAG and its tasks."""
    known = [path for path in all_fields() if is_of_airflow(path)]
    assert {f"operator.{name}" for name in Operator.model_fields} <= {*known}
    assert {*TaskArguments.model_fields, *(f"dag.{name}" for name in Dag.model_fields)} <= {*known}
    return known


def _refused(airflow: Airflow, folder: Path, files: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The files that Airflow does not load, or cannot store, and why."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    for team in ("acme", "my_team"):
        (folder / team).mkdir()
        (folder / team / "__init__.py").touch()
        for name, text in MODULES.items():
            (folder / team / name).write_text(text)
        (folder / team / "operators.py").write_text(MODULES["ops.py"])
    output = airflow.python(str(Path(__file__).with_name("inside.py")), "load", str(folder))
    found = json.loads(next(line for line in output.splitlines() if line.startswith('{"unserializable')))
    for path, why in found["import_errors"].items():
        if not any(each in why for each in OUTSIDE):
            yield Path(path).name, why.splitlines()[-1]
    yield from (("dag " + dag_id, why) for dag_id, why in found["unserializable"].items())
    assert len(found["tasks"]) > len(files) // 2
