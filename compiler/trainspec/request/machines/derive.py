"""The table of machines, derived from what two packages ship.

botocore's model of SageMaker lists the instance types of training jobs (`TrainingInstanceType`). moto (Apache-2.0)
ships snapshots of EC2's answers to DescribeInstanceTypes and DescribeInstanceTypeOfferings: processors, memory,
accelerators, network, disks and regions. An `ml.` type is the EC2 type of its name. What neither has is written down
here, with its source. The shape of the table:

    source, as_of   the packages with their versions, and the date of moto's files
    gpus            {name: {capability, cuda: the first that knows it, last_cuda: the last, if there is one}}
    machines        {type: {vcpus, memory (GiB), accelerators, accelerator, gpu_memory (GiB, of all), efa (interfaces),
                            disks (GB), architecture (if not x86_64), spot (if not), regions: an index}}}
    regions         [[region, …], …], each once; `regions` of a machine only where its offer is settled
    all_regions     those that moto has answers of
"""

import gzip
import json
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGE = "moto"
_FOLDER = "moto/ec2/resources"

GPUS: dict[str, dict[str, str]] = {
    "M60": {"capability": "5.2", "cuda": "6.5", "last_cuda": "12.9"},
    "K80": {"capability": "3.7", "cuda": "6.5", "last_cuda": "11.8"},
    "V100": {"capability": "7.0", "cuda": "9.0", "last_cuda": "12.9"},
    "T4": {"capability": "7.5", "cuda": "10.0"},
    "A100": {"capability": "8.0", "cuda": "11.0"},
    "A10G": {"capability": "8.6", "cuda": "11.1"},
    "L4": {"capability": "8.9", "cuda": "11.8"},
    "L40S": {"capability": "8.9", "cuda": "11.8"},
    "H100": {"capability": "9.0", "cuda": "11.8"},
    "H200": {"capability": "9.0", "cuda": "11.8"},
    "B200": {"capability": "10.0", "cuda": "12.8"},
    "GB200": {"capability": "10.0", "cuda": "12.8"},
    "B300": {"capability": "10.3", "cuda": "12.9"},
    "RTX PRO Server 6000": {"capability": "12.0", "cuda": "12.8"},
    "RTX PRO 4500": {"capability": "12.0", "cuda": "12.8"},
}
"""https://developer.nvidia.com/cuda-gpus and the release notes of the CUDA toolkit, read on 2026-11-28."""

RUNS_AS = {"A10G": "11.0", "L4": "11.0", "L40S": "11.0"}
"""GPUs that also run an older CUDA's code for sm_80, by NVIDIA's rule of binary compatibility."""

OTHERS: dict[str, dict[str, Any]] = {
    "p2.xlarge": {"vcpus": 4, "memory": 61, "accelerators": 1, "accelerator": "K80", "gpu_memory": 12},
    "p2.8xlarge": {"vcpus": 32, "memory": 488, "accelerators": 8, "accelerator": "K80", "gpu_memory": 96},
    "p2.16xlarge": {"vcpus": 64, "memory": 732, "accelerators": 16, "accelerator": "K80", "gpu_memory": 192},
    "p3.2xlarge": {"vcpus": 8, "memory": 61, "accelerators": 1, "accelerator": "V100", "gpu_memory": 16},
    "p3.8xlarge": {"vcpus": 32, "memory": 244, "accelerators": 4, "accelerator": "V100", "gpu_memory": 64},
    "p3.16xlarge": {"vcpus": 64, "memory": 488, "accelerators": 8, "accelerator": "V100", "gpu_memory": 128},
    "p6e-gb200.36xlarge": {
        "vcpus": 144, "memory": 960, "accelerators": 4, "accelerator": "GB200", "gpu_memory": 740, "efa": 17,
        "disks": 22500, "architecture": "arm64", "spot": False,
    },
}  # fmt: skip
"""Types that EC2 no longer lists, or only to those who reserved them (EC2's instance types pages, 2026-11-28)."""

SETTLED = frozenset({
    "m4", "c4", "m5", "c5", "c5n", "r5", "r5d", "m6i", "c6i", "t3", "g4dn", "g5", "p3dn", "p4d", "p4de", "p5", "trn1",
    "trn1n",
})  # fmt: skip
"""Families whose regions have long been what they are. Newer ones come to other regions every month."""


def derive_table(as_of: str) -> dict[str, Any]:
    """Make the table from the installed moto and botocore; `as_of` is the day of moto's release.

    PackageNotFoundError if one of them is missing.
    """
    package = metadata.distribution(PACKAGE)
    types = _read(package, "instance_types.json.gz")
    regions = {
        path.name.partition(".")[0]: {each["InstanceType"] for each in _json(Path(path.locate()).read_bytes())}
        for path in package.files or ()
        if "/instance_type_offerings/region/" in str(path)
    }
    offers: list[list[str]] = []
    machines = {}
    for name in _training_types():
        row = dict(OTHERS[name]) if name in OTHERS else _row(types[name]) if name in types else None
        if row is None:
            continue
        if name.partition(".")[0] in SETTLED and name in types:
            offered = sorted(region for region, there in regions.items() if name in there)
            if offered not in offers:
                offers.append(offered)
            row["regions"] = offers.index(offered)
        machines[name] = row
    used = {row["accelerator"] for row in machines.values() if "accelerator" in row}
    return {
        "source": {name: metadata.version(name) for name in (PACKAGE, "botocore")},
        "as_of": as_of,
        "gpus": {
            name: {**facts, **({"cuda": RUNS_AS[name]} if name in RUNS_AS else {})}
            for name, facts in GPUS.items()
            if name in used
        },
        "machines": machines,
        "regions": offers,
        "all_regions": sorted(regions),
    }


def table_text(table: Mapping[str, Any]) -> str:
    """The table as it is kept: one machine a line."""
    head = {key: value for key, value in table.items() if key not in ("machines", "regions", "gpus")}
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for key in ("gpus", "machines"):
        rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in table[key].items())
        lines.append(f' "{key}": {{\n{rows}\n }}')
    rows = ",\n".join(f"  {json.dumps(row)}" for row in table["regions"])
    lines.append(f' "regions": [\n{rows}\n ]')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _training_types() -> list[str]:
    """The types of training jobs, as EC2 calls them, in the order of botocore's list."""
    from botocore.loaders import Loader

    model = Loader().load_service_model("sagemaker", "service-2")
    return [name.removeprefix("ml.") for name in model["shapes"]["TrainingInstanceType"]["enum"]]


def _row(said: Mapping[str, Any]) -> dict[str, Any]:
    """A machine from EC2's description of it."""
    row: dict[str, Any] = {
        "vcpus": said["VCpuInfo"]["DefaultVCpus"],
        "memory": _gib(said["MemoryInfo"]["SizeInMiB"]),
    }
    for gpu in said.get("GpuInfo", {}).get("Gpus", ())[:1]:
        row |= {"accelerators": gpu["Count"], "accelerator": gpu["Name"]}
        row["gpu_memory"] = _gib(said["GpuInfo"]["TotalGpuMemoryInMiB"])
    for device in said.get("NeuronInfo", {}).get("NeuronDevices", ())[:1]:
        row |= {"accelerators": device["Count"], "accelerator": device["Name"]}
    row["efa"] = said["NetworkInfo"].get("EfaInfo", {}).get("MaximumEfaInterfaces", 0)
    row["disks"] = said.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0)
    architecture = said["ProcessorInfo"]["SupportedArchitectures"][0]
    row["architecture"] = "x86_64" if "x86_64" in said["ProcessorInfo"]["SupportedArchitectures"] else architecture
    row["spot"] = "spot" in said["SupportedUsageClasses"]
    usual = {"efa": 0, "disks": 0, "architecture": "x86_64", "spot": True}
    return {key: value for key, value in row.items() if key not in usual or value != usual[key]}


def _gib(mib: int) -> float:
    size = mib / 1024
    return int(size) if size == int(size) else round(size, 1)


def _read(package: metadata.Distribution, name: str) -> Any:
    path = next(each for each in package.files or () if str(each) == f"{_FOLDER}/{name}")
    return _json(Path(path.locate()).read_bytes())


def _json(data: bytes) -> Any:
    return json.loads(gzip.decompress(data))
