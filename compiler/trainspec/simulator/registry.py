"""The model registry, as far as the tasks after the training need it: groups of model packages, and their versions.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trainspec.simulator.clock import Clock
from trainspec.simulator.errors import validation_error


@dataclass
class Registry:
    """The model packages of an account: by region and group, each group's versions in order."""

    clock: Clock
    _groups: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def create_group(self, region: str, name: str, arn: str) -> None:
        """Create an empty group. Raises ApiError if there is one with that name."""
        with self._lock:
            if (region, name) in self._groups:
                raise validation_error(f"Model Package Group already exists: {arn}")
            self._groups[region, name] = []

    def create_package(self, region: str, request: Mapping[str, Any], prefix: str) -> str:
        """Add a version to a group and return its ARN, which is `prefix`, the group and the version.

        The same ClientToken gives the same version. Raises ApiError if there is no such group.
        """
        group = str(request["ModelPackageGroupName"])
        with self._lock:
            versions = self._versions(region, group)
            token = request.get("ClientToken")
            if known := next((each for each in versions if token and each.get("ClientToken") == token), None):
                return str(known["ModelPackageArn"])
            arn = f"{prefix}/{group}/{len(versions) + 1}"
            status = request.get("ModelApprovalStatus", "PendingManualApproval")
            versions.append(
                {
                    **request,
                    "ModelPackageArn": arn,
                    "ModelPackageVersion": len(versions) + 1,
                    "ModelApprovalStatus": status,
                    "ModelPackageStatus": "Completed",
                    "CreationTime": self.clock.now(),
                }
            )
            return arn

    def packages(self, region: str, group: str) -> list[dict[str, Any]]:
        """Return the versions of a group, the newest last. Raises ApiError if there is no such group."""
        with self._lock:
            return list(self._versions(region, group))

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._groups.clear()

    def _versions(self, region: str, group: str) -> list[dict[str, Any]]:
        if (region, group) not in self._groups:
            raise validation_error(f"Model Package Group does not exist: {group}")
        return self._groups[region, group]
