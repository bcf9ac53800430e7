"""Faults in a real Airflow, by their own command: `pytest tests/airflow/faults [--airflow 2.11] [--stock]`."""

from pathlib import Path

import pytest
from environment import VERSIONS
from job_kinds import KINDS, TRAINING
from play import Key, Played, keys, play
from record import write_record

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--stock", action="store_true", help="play all with the Amazon provider's operator, too")
    parser.addoption("--resumable", action="store_true", help="and with it on 3.3's ResumableJobMixin")
    parser.addoption("--record", type=Path, help="a folder for what was counted: a JSON file for each Airflow")
    parser.addoption("--kind", action="append", choices=KINDS, help="kind of jobs (training); may be repeated")
    parser.addoption(
        "--event", action="append", help="play this event alone; KIND:EVENT whatever --kind says; may be repeated"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in asked) else True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "key" in metafunc.fixturenames:
        options = metafunc.config.option
        cases = [
            (version, key)
            for version in options.airflow or VERSIONS[:1]
            for kind in KINDS.values()
            for key in keys(version, kind, stock=options.stock, resumable=options.resumable)
            if _is_asked(key, options.kind or [TRAINING.name], options.event)
        ]
        ids = [f"{version}-{'-'.join(key.words)}" for version, key in cases]
        metafunc.parametrize(("version", "key"), cases, ids=ids)


def _is_asked(key: Key, kinds: list[str], events: list[str] | None) -> bool:
    if events is None:
        return key.kind in kinds
    return key.asked_as in events or (key.kind in kinds and key.event in events)


@pytest.fixture(scope="session")
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[Key, Played]]:
    """The results of the selected tests' events, by Airflow's version; all of a version are played in one Airflow."""
    chosen: dict[str, list[Key]] = {}
    for item in request.session.items:
        if callspec := getattr(item, "callspec", None):
            chosen.setdefault(callspec.params["version"], []).append(callspec.params["key"])
    found = {version: play(version, tmp_path_factory.mktemp("airflow"), wanted) for version, wanted in chosen.items()}
    if folder := request.config.option.record:
        command = " ".join(["pytest", *map(str, request.config.invocation_params.args)])
        for version, results in found.items():
            write_record(folder, version, results, command)
    return found
