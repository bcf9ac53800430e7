"""The tree below `/opt/ml`, and the files in it that say what the job is.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one host; `base` stands for `/opt/ml`."""

    base: Path

    @property
    def code(self) -> Path:
        """Where the toolkit unpacks the source."""
        return self.base / "code"

    @property
    def model(self) -> Path:
        """What becomes model.tar.gz."""
        return self.base / "model"

    @property
    def config(self) -> Path:
        """Where the files that describe the job are."""
        return self.base / "input" / "config"

    @property
    def output(self) -> Path:
        """Where `failure` is written; its `data` becomes output.tar.gz."""
        return self.base / "output"

    @property
    def checkpoints(self) -> Path:
        """Where checkpoints are kept if the job does not say otherwise."""
        return self.base / "checkpoints"

    @property
    def log(self) -> Path:
        """What the container has said, which SageMaker keeps in CloudWatch."""
        return self.base / "log.txt"

    def channel(self, name: str) -> Path:
        """Where the data of a channel are."""
        return self.base / "input" / "data" / name

    def make(self) -> None:
        """Make the folders."""
        for folder in (self.code, self.model, self.config, self.output / "data", self.output / "intermediate"):
            folder.mkdir(parents=True, exist_ok=True)
        (self.base / "input" / "data").mkdir(exist_ok=True)
        self.checkpoints.mkdir(exist_ok=True)

    def describe(self, request: Mapping[str, Any], host: str, hosts: Sequence[str]) -> None:
        """Write the files that describe its job to a container, for `host`, one of `hosts`."""
        files = {
            "hyperparameters.json": request.get("HyperParameters") or {},
            "inputdataconfig.json": input_data_config(request),
            "resourceconfig.json": resource_config(request, host, hosts),
        }
        for name, content in files.items():
            (self.config / name).write_text(json.dumps(content), encoding="utf-8")

    def failure(self) -> str | None:
        """What the container wrote to `output/failure`, if it did: the first 1,024 characters, as SageMaker reads."""
        path = self.output / "failure"
        if not path.is_file():
            return None
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(1024).strip() or None


def input_data_config(request: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """inputdataconfig.json: the channels by name."""
    found = {}
    for channel in request.get("InputDataConfig") or ():
        source = channel.get("DataSource", {}).get("S3DataSource", {})
        given = {
            "TrainingInputMode": channel.get("InputMode") or _input_mode(request),
            "ContentType": channel.get("ContentType"),
            "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        }
        found[channel["ChannelName"]] = {key: value for key, value in given.items() if value}
    return found


def resource_config(request: Mapping[str, Any], host: str, hosts: Sequence[str]) -> dict[str, Any]:
    """resourceconfig.json: the hosts, and the groups that they belong to."""
    groups = instance_groups(request, hosts)
    own = next((group for group in groups if host in group["hosts"]), groups[0])
    return {
        "current_host": host,
        "current_instance_type": own["instance_type"],
        "current_group_name": own["instance_group_name"],
        "hosts": list(hosts),
        "instance_groups": groups,
        "network_interface_name": "lo",
    }


def instance_groups(request: Mapping[str, Any], hosts: Sequence[str]) -> list[dict[str, Any]]:
    """The groups of hosts; one called homogeneousCluster if the job names none."""
    resources = request.get("ResourceConfig") or {}
    left = list(hosts)
    named = resources.get("InstanceGroups") or ()
    found = []
    for group in named:
        count = int(group.get("InstanceCount") or 1)
        own, left = left[:count], left[count:]
        if own:
            found.append(_group(group["InstanceGroupName"], group["InstanceType"], own))
    preferred = (resources.get("InstancePreferences") or [resources])[0]
    return found or [_group("homogeneousCluster", preferred.get("InstanceType", "local"), list(hosts))]


def _group(name: str, instance_type: str, hosts: list[str]) -> dict[str, Any]:
    return {"instance_group_name": name, "instance_type": instance_type, "hosts": hosts}


def _input_mode(request: Mapping[str, Any]) -> str:
    mode: str = (request.get("AlgorithmSpecification") or {}).get("TrainingInputMode", "File")
    return mode
