"""Airflow loads what every good case and every example spec compiles to, without a warning that we cause."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from environment import REPOSITORY, Airflow
from trainspec.diagnostics import Diagnostic
from trainspec.options import DEFAULT_AIRFLOW
from trainspec.pipeline import Options, analyse, generate
from trainspec.text.source import Source, read_source

CASES = REPOSITORY / "tests" / "cases"
CALLBACKS = """
def _call(*args, **kwargs):
    return None

DAG = pendulum = timedelta = asked = _call

async def late(*args, **kwargs):
    return None

class Notify:
    def __init__(self, **arguments):
        self.arguments = arguments

    def __call__(self, context):
        return None
"""
OPERATORS = """
import inspect

from airflow.providers.common.compat.sdk import BaseOperator

class BashOperator(BaseOperator):
    def __init__(self, **arguments):
        known = inspect.signature(BaseOperator.__init__).parameters
        super().__init__(**{name: value for name, value in arguments.items() if name in known})

class PickOperator(BashOperator): ...
class RegisterOperator(BashOperator): ...
class ReportOperator(BashOperator): ...
"""
PAGE = {"my_team": "page = _call", "other_team": "page = Notify"}


def _read(case: Path, name: str) -> Source | Diagnostic:
    return read_source(case / name, name)


def _generated(minor: str) -> Iterator[tuple[str, str]]:
    """The DAG files of the good cases that this minor supports, by the case's name."""
    for case in sorted(CASES.glob("good_*")):
        source = read_source(case / "spec.yaml", "spec.yaml")
        assert isinstance(source, Source)
        environment = case / "env.txt"
        chosen = environment.read_text(encoding="utf-8").strip() if environment.exists() else None
        options = Options(airflow=minor, environment=chosen)
        analysis = analyse(source, options, partial(_read, case))
        errors = (found.code.id for found in analysis.findings if found.severity == "error")
        wrong = {code for code in errors if not code.startswith("TS5")}  # rules: test_rules.py
        if wrong:
            assert minor != DEFAULT_AIRFLOW, case.name
            assert wrong <= {"TS610", "TS102"}, case.name  # what it lacks; 2.11 needs a start date for assets, too
            continue
        text = generate(analysis, options)
        assert f'dag_id="{analysis.dag_id}"' in text
        yield case.name, text.replace(f'dag_id="{analysis.dag_id}"', f'dag_id="{case.name}"')


@pytest.fixture(scope="module")
def loaded(airflow: Airflow, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("cases")
    for team, page in PAGE.items():
        (folder / team).mkdir()
        (folder / team / "__init__.py").touch()
        (folder / team / "operators.py").write_text(OPERATORS)
        (folder / team / "features.py").write_text("def build(day):\n    return day\n")
        (folder / team / "alerts.py").write_text(f"{CALLBACKS}\n{page}\n")
    names = []
    for name, text in _generated(airflow.version):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
        names.append(name)
    output = airflow.python(str(Path(__file__).with_name("inside.py")), "load", str(folder))
    line = next(line for line in output.splitlines() if line.startswith('{"unserializable'))
    found: dict[str, Any] = json.loads(line)
    return {**found, "folder": str(folder), "names": names}


def test_every_case_loads(loaded: dict[str, Any]) -> None:
    assert loaded["import_errors"] == {}
    assert sorted(loaded["tasks"]) == sorted(loaded["names"])
    assert len(loaded["names"]) > 20


def test_every_case_can_be_kept_by_the_scheduler(loaded: dict[str, Any]) -> None:
    assert loaded["unserializable"] == {}


def test_no_case_warns(loaded: dict[str, Any]) -> None:
    """Airflow reports warnings by the file that was loaded; warnings between its own modules are not ours."""
    ours = (loaded["folder"], str(REPOSITORY / "compiler"))
    reported = [warning for warnings in loaded["warnings"].values() for warning in warnings]
    assert [warning for warning in reported if warning.startswith(ours)] == []
