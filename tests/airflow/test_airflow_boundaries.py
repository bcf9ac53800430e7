"""What compiles, Airflow loads: one field of the language at a boundary in each of some thousands of specs.

It takes minutes, and so is a run of its own:
`TRAINSPEC_BOUNDARIES=1 uv run pytest tests/airflow/test_airflow_boundaries.py`.
"""

import json
import os
from pathlib import Path

import pytest
from boundaries import compiled
from environment import Airflow

MODULES = {
    "__init__.py": "",
    "alerts.py": "def call(*given, **named):\n    return call\n",
    "ops.py": """from airflow.providers.common.compat.sdk import BaseOperator


class Work(BaseOperator):
    def __init__(self, *, task_id, **given):
        super().__init__(task_id=task_id)
""",
}


@pytest.mark.skipif("TRAINSPEC_BOUNDARIES" not in os.environ, reason="a run of its own, see above")
def test_what_compiles_loads(airflow: Airflow, tmp_path: Path) -> None:
    files = compiled(airflow.version)
    for name, (_, text) in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "acme").mkdir()
    for name, text in MODULES.items():
        (tmp_path / "acme" / name).write_text(text)
    output = airflow.python(str(Path(__file__).with_name("inside.py")), "load", str(tmp_path))
    found = json.loads(next(line for line in output.splitlines() if line.startswith('{"unserializable')))
    wrong = {files[Path(path).name][0]: why.splitlines()[-1] for path, why in found["import_errors"].items()}
    unknown = ("my.Operator", "No module named", "cannot import name")  # what a user's own module would hold
    assert {shows: why for shows, why in wrong.items() if not any(each in why for each in unknown)} == {}
    assert found["unserializable"] == {}
    assert len(found["tasks"]) > 500
