"""The table of machines compared with its sources, and with well-known facts about a few machines.

With moto (`uv run --with moto==5.2.5 pytest tests/request_machines`) the table is derived again and compared.
"""

import json
from importlib import metadata
from typing import Any

import pytest
from botocore.loaders import Loader
from trainspec.request.images.processors import processor_of_instance
from trainspec.request.machines import as_of, machine, machines, regions_of
from trainspec.request.machines.__main__ import main
from trainspec.request.machines.derive import GPUS, PACKAGE, derive_table, table_text
from trainspec.request.machines.table import TABLE

SOURCE = json.loads(TABLE.read_text(encoding="utf-8"))
IS_INSTALLED = any(each.version == SOURCE["source"][PACKAGE] for each in metadata.distributions(name=PACKAGE))
with_moto = pytest.mark.skipif(
    not IS_INSTALLED, reason=f"uv run --with {PACKAGE}=={SOURCE['source'][PACKAGE]} pytest tests/request_machines"
)


@with_moto
def test_table_is_what_the_packages_say() -> None:
    made = derive_table(SOURCE["as_of"])
    made["source"]["botocore"] = SOURCE["source"]["botocore"]  # a newer botocore may list more types: see below
    assert {name: made["machines"].get(name) for name in SOURCE["machines"]} == SOURCE["machines"]
    assert (made["gpus"], made["regions"]) == (SOURCE["gpus"], SOURCE["regions"])


@with_moto
def test_command_writes_the_same_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    copy = tmp_path / TABLE.name
    copy.write_text(TABLE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr("trainspec.request.machines.__main__.TABLE", copy)
    assert main([]) == 0
    assert json.loads(copy.read_text(encoding="utf-8"))["as_of"] == SOURCE["as_of"]


def test_command_without_moto_says_how(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr("trainspec.request.machines.__main__.version", missing)
    assert main([]) == 2
    assert "uv run --with moto python -m trainspec.request.machines" in capsys.readouterr().err


def test_file_is_written_as_the_command_writes_it() -> None:
    assert TABLE.read_text(encoding="utf-8") == table_text(SOURCE)


def test_types_are_those_of_the_model() -> None:
    listed = Loader().load_service_model("sagemaker", "service-2")["shapes"]["TrainingInstanceType"]["enum"]
    unknown = set(machines()) - set(listed)
    missing = set(listed) - set(machines())
    assert (unknown, missing) == (set(), set()), "uv run --with moto python -m trainspec.request.machines"


@pytest.mark.parametrize("name", machines())
def test_accelerators_are_those_of_the_family(name: str) -> None:
    known = machine(name)
    assert known is not None
    processor = processor_of_instance(name)
    assert (processor == "cpu") == (known.accelerators == 0)
    assert (processor == "gpu") == (known.gpu is not None), f"{known.accelerator} is missing in GPUS"
    assert known.memory > 0
    assert known.vcpus > 0


def test_known_machines() -> None:
    known = {
        name: machine(f"ml.{name}") for name in ("p5.48xlarge", "g5.xlarge", "trn1.32xlarge", "p6e-gb200.36xlarge")
    }
    shown = {
        name: (each.accelerators, each.accelerator, each.efa > 0, each.disks > 0, each.architecture)
        for name, each in known.items()
        if each
    }
    assert shown == {
        "p5.48xlarge": (8, "H100", True, True, "x86_64"),
        "g5.xlarge": (1, "A10G", False, True, "x86_64"),
        "trn1.32xlarge": (16, "Trainium", True, True, "x86_64"),
        "p6e-gb200.36xlarge": (4, "GB200", True, True, "arm64"),
    }
    assert machine("ml.x1.large") is None
    assert machine("p5.48xlarge") is None


def test_regions_are_known_of_settled_machines_alone() -> None:
    offered = regions_of("ml.p3dn.24xlarge")
    assert offered is not None
    assert "us-east-1" in offered[0]
    assert "eu-central-1" in offered[1] - offered[0]
    assert regions_of("ml.p6-b200.48xlarge") is None
    assert as_of() == SOURCE["as_of"][:7]


def test_gpus_have_a_last_cuda_after_their_first() -> None:
    for name, facts in GPUS.items():
        first, last = facts["cuda"], facts.get("last_cuda", "99.0")
        assert tuple(map(int, first.split("."))) < tuple(map(int, last.split("."))), name
