"""What labels call an Airflow: its name, or an id derived from its addresses."""

from collections.abc import Mapping
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from trainspec.runtime import installation as module

Conf = Mapping[tuple[str, str], str]

API = ("core", "execution_api_server_url")
EXECUTOR = ("core", "executor")
DATABASE = ("database", "sql_alchemy_conn")
NAME = ("trainspec", "installation")


def _id(patch: pytest.MonkeyPatch, conf: Conf, *, airflow_2: bool = False, host: str = "a", home: str = "/h") -> str:
    patch.setattr(module, "conf", SimpleNamespace(get=lambda *key, fallback="": conf.get(key, fallback)))
    patch.setattr(module, "HAS_DATABASE", airflow_2)
    patch.setattr("socket.gethostname", lambda: host)
    patch.setenv("AIRFLOW_HOME", home)
    return module.installation()


def test_a_name_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _id(monkeypatch, {NAME: "prod-eu"}) == "prod-eu"
    assert module.is_here("prod-eu")
    assert not module.is_here("staging")


@pytest.mark.parametrize("name", ["@0123456789ab", "two words", "x" * 41, "a/b"])
def test_what_is_not_a_name_is_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(ValueError, match="installation must be up to 40 letters"):
        _id(monkeypatch, {NAME: name})


@pytest.mark.parametrize(
    ("airflow_2", "one", "other", "same"),
    [
        (
            True,
            {DATABASE: "postgresql://u:p@db:5432/airflow"},
            {DATABASE: "postgresql://v@db:5432/airflow"},
            True,
        ),
        (True, {DATABASE: "postgresql://u:p@db:5432/airflow"}, {DATABASE: "postgresql://u:p@db2:5432/airflow"}, False),
        (True, {DATABASE: "sqlite:////h/airflow.db"}, {DATABASE: "sqlite:////g/airflow.db"}, False),
        (False, {API: "http://api:8080/execution/"}, {API: "http://api:8080/execution"}, True),
        (False, {API: "http://api:8080/execution/"}, {API: "http://green:8080/execution/"}, False),
        (False, {("api", "base_url"): "http://api:8080"}, {API: "http://api:8080/execution/"}, True),
    ],
)
def test_addresses(monkeypatch: pytest.MonkeyPatch, airflow_2: bool, one: Conf, other: Conf, same: bool) -> None:
    found = _id(monkeypatch, one, airflow_2=airflow_2)
    assert found.startswith("@")
    assert (_id(monkeypatch, other, airflow_2=airflow_2) == found) is same


@pytest.mark.parametrize(
    ("airflow_2", "conf", "counts"),
    [
        (True, {DATABASE: "sqlite:////h/airflow.db"}, True),
        (True, {DATABASE: "postgresql://u@127.0.0.1/airflow"}, False),  # a proxy next to each worker
        (False, {EXECUTOR: "LocalExecutor"}, True),
        (False, {EXECUTOR: "CeleryExecutor"}, False),
        (False, {EXECUTOR: "LocalExecutor", API: "http://api:8080/execution/"}, False),
    ],
)
def test_the_machine(monkeypatch: pytest.MonkeyPatch, airflow_2: bool, conf: Conf, counts: bool) -> None:
    found = _id(monkeypatch, conf, airflow_2=airflow_2)
    assert (_id(monkeypatch, conf, airflow_2=airflow_2, host="b") != found) is counts


def test_a_run_that_starts_at_its_logical_date_is_of_one_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    date = datetime(2025, 4, 9, tzinfo=timezone.utc)
    tested = SimpleNamespace(start_date=date, logical_date=date)
    scheduled = SimpleNamespace(start_date=date.replace(second=1), logical_date=date)
    _id(monkeypatch, {NAME: "prod"})
    here = module.installation_of(tested)
    assert module.installation_of(scheduled) == "prod"
    assert here.startswith("@")
    assert module.is_here(here)
    _id(monkeypatch, {NAME: "prod"}, host="b")
    assert module.installation_of(tested) != here
