"""The table of machines, read when one is first needed."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

TABLE = Path(__file__).with_name("machines.json")

Version = tuple[int, int]


class Gpu(NamedTuple):
    """A GPU: its compute capability, and the first and the last CUDA that has code for it (None: no end in sight)."""

    name: str
    capability: str
    first_cuda: Version
    last_cuda: Version | None


class Machine(NamedTuple):
    """One instance type without its `ml.`.

    `memory` and `gpu_memory` (of all GPUs) are in GiB, `disks` is the local storage in GB (0: a volume is needed),
    `accelerators` counts GPUs or Neuron devices, `efa` the interfaces. `spot` says whether EC2 has spot capacity of it.
    """

    name: str
    vcpus: int
    memory: float
    accelerators: int
    accelerator: str | None
    gpu: Gpu | None
    gpu_memory: float
    efa: int
    disks: int
    architecture: str
    spot: bool


@cache
def _table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return found


def as_of() -> str:
    """The date of the facts, as a message shows it: `2026-10`."""
    return str(_table()["as_of"])[:7]


@cache
def machines() -> tuple[str, ...]:
    """The instance types of the table, such as `ml.m5.xlarge`."""
    return tuple(f"ml.{name}" for name in _table()["machines"])


@cache
def machine(instance_type: str) -> Machine | None:
    """What is known of an instance type; None for one that the table does not have."""
    name = instance_type.removeprefix("ml.")
    row = _table()["machines"].get(name)
    if row is None or name == instance_type:
        return None
    gpu = _table()["gpus"].get(row.get("accelerator"))
    return Machine(
        name,
        row["vcpus"],
        row["memory"],
        row.get("accelerators", 0),
        row.get("accelerator"),
        Gpu(row["accelerator"], gpu["capability"], _version(gpu["cuda"]), _last(gpu)) if gpu else None,
        row.get("gpu_memory", 0),
        row.get("efa", 0),
        row.get("disks", 0),
        row.get("architecture", "x86_64"),
        row.get("spot", True),
    )


def regions_of(instance_type: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """The regions that offer an instance type, and all regions that the table knows; None if it is not settled."""
    index = _table()["machines"].get(instance_type.removeprefix("ml."), {}).get("regions")
    if index is None:
        return None
    return frozenset(_table()["regions"][index]), frozenset(_table()["all_regions"])


def _version(text: str) -> Version:
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def _last(gpu: Mapping[str, Any]) -> Version | None:
    return _version(gpu["last_cuda"]) if "last_cuda" in gpu else None
