"""Every parse of every DAG file imports the runtime: it is independent and light."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[2] / "compiler" / "trainspec" / "runtime"
ENGINE = sorted(f"engine.{path.stem}" for path in (RUNTIME / "engine").glob("*.py") if path.stem != "__init__")
MODULES = sorted(path.stem for path in RUNTIME.glob("*.py") if path.stem != "__init__")
NEED_AIRFLOW = {
    *("airflow_compat", "airflow_inside", "attempt", "best", "gate", "installation", "links", "operator", "plugin"),
    *("rendering", "sensor", "sweep_operator", "task_run", "trigger"),
    *("tuning_attempt", "tuning_operator", "tuning_sensor", "tuning_trigger"),
}
ONLY_IN_THE_TRIGGERER = {"engine.poller"}
HEAVY = {"boto3", "botocore", "jinja2", "jsonschema", "pydantic", "ruamel", "airflow", "asyncio"}


@pytest.mark.parametrize("module", [*ENGINE, *(name for name in MODULES if name not in NEED_AIRFLOW)])
def test_importing_a_module_of_the_engine_brings_nothing_heavy(module: str) -> None:
    code = f"import sys, trainspec.runtime.{module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert (HEAVY - {"asyncio"} if module in ONLY_IN_THE_TRIGGERER else HEAVY).isdisjoint(loaded)
    own = {name for name in loaded if name.startswith("trainspec.")}
    assert own
    assert {name for name in own if not name.startswith("trainspec.runtime")} == set()


def test_one_door_knows_the_versions_of_airflow() -> None:
    asks = re.compile(r"AIRFLOW_[23]\b|airflow import __version__|hasattr\(Base|except ImportError|version_info")
    found = {path.stem for path in RUNTIME.rglob("*.py") if asks.search(path.read_text(encoding="utf-8"))}
    assert found == {"airflow_compat"}
