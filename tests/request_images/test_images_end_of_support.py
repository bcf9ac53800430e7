"""The table of the days until which AWS patches images, and the command that generates it."""

import json
from datetime import date
from pathlib import Path

import pytest
from trainspec.request.images.derive_end_of_support import derive, differences
from trainspec.request.images.end_of_support import TABLE, ended, last_patched

from helpers import Run


def _write(checkout: Path, name: str, text: str) -> None:
    (checkout / name).parent.mkdir(parents=True, exist_ok=True)
    (checkout / name).write_text(text)


def test_the_table_is_derived_from_a_checkout(tmp_path: Path) -> None:
    images = "docs/src/data/pytorch-training"
    _write(tmp_path, f"{images}/9.1-cpu-sagemaker.yml", 'version: "9.1.0"\nga: "2031-01-01"\neop: "2032-01-01"\n')
    _write(tmp_path, f"{images}/9.1-gpu-sagemaker.yml", 'version: "9.1"\nga: "2031-01-01"\neop: "2032-03-01"\n')
    _write(tmp_path, f"{images}/9.10-gpu-sagemaker.yml", 'version: "9.10"\nga: "2033-01-01"\neop: "2034-01-01"\n')
    _write(tmp_path, f"{images}/9.1-gpu-ec2.yml", 'version: "9.1"\neop: "2040-01-01"\n')
    _write(tmp_path, "docs/src/data/autogluon-training/1-gpu-sagemaker.yml", 'version: "1.4"\n')
    older = (
        'pytorch: [{version: "8.9", ga: "2029-01-01", eop: "2030-01-01"}]\nbase: [{version: "1.0", eop: "2020-01-01"}]'
    )
    _write(tmp_path, "docs/src/legacy/legacy_support.yml", older)
    found = derive(tmp_path)
    assert found == {"pytorch-training": {"8.9": "2030-01-01", "9.1": "2032-03-01", "9.10": "2034-01-01"}}
    assert next(iter(differences({}, found))) == "pytorch-training 8.9: not there -> 2030-01-01"
    assert not list(differences(found, found))


def test_the_table_says_its_source_and_its_day() -> None:
    table = json.loads(TABLE.read_text())
    assert table["source"].startswith("https://")
    assert date.fromisoformat(table["as_of"])
    days = [day for versions in table["end_of_patch"].values() for day in versions.values()]
    assert days
    assert all(date.fromisoformat(day) for day in days)


@pytest.mark.parametrize(
    ("repository", "version", "since"),
    [
        ("pytorch-training", "2.1.0", "2024-10-04"),
        ("pytorch-training", "1.5.1", None),
        ("tensorflow-training", "2.14.1", "2024-09-26"),
    ],
)
def test_what_has_ended(repository: str, version: str, since: str | None) -> None:
    over = ended(repository, version)
    assert over is not None
    assert over.since == since


@pytest.mark.parametrize(
    ("repository", "version"),
    [("pytorch-training", "2.10.0"), ("pytorch-training", "99.1"), ("my-algo", "1.0"), ("pytorch-training", "latest")],
)
def test_what_has_not(repository: str, version: str) -> None:
    assert ended(repository, version) is None


def test_explain_shows_the_dates(trainspec: Run) -> None:
    shown = trainspec("explain", "framework.pytorch").stdout
    assert last_patched("pytorch", "2.9.0") == "2026-10-15"
    assert "2026-10-15" in shown
    assert "as of " in shown
