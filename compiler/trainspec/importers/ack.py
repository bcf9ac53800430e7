"""A `TrainingJob` or `HyperParameterTuningJob` manifest of the AWS controllers for Kubernetes.

The request is the same, in camel case with some irregular capitals: `s3URI`, `kmsKeyID`.
https://aws-controllers-k8s.github.io/community/reference/sagemaker/v1alpha1/trainingjob/
"""

from collections.abc import Mapping
from typing import Any

from trainspec.importers.model import Imported, ImportedJob, task_id_for
from trainspec.importers.request import dotted_member, known_members, name_of
from trainspec.request.api.check import member_schema
from trainspec.request.api.model import TRAINING, TUNING

GROUP = "sagemaker.services.k8s.aws/"
KINDS = {"TrainingJob": TRAINING, "HyperParameterTuningJob": TUNING}


def is_manifest(data: Any) -> bool:
    """Whether `data` is such a manifest."""
    return (
        isinstance(data, Mapping)
        and str(data.get("apiVersion", "")).startswith(GROUP)
        and data.get("kind") in KINDS
        and isinstance(data.get("spec"), Mapping)
    )


def import_manifest(data: Mapping[str, Any]) -> Imported:
    """The job of a manifest."""
    notes: list[str] = []
    operation = KINDS[data["kind"]]
    request = known_members(renamed(data["spec"], (), notes, operation), notes, operation)
    metadata = data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    task_id = task_id_for(str(name or name_of(request)))
    return Imported((ImportedJob(task_id, request),), notes=tuple(notes))


def renamed(value: Any, path: tuple[str | int, ...], notes: list[str], operation: str = TRAINING) -> Any:
    """`value` with its members in the API's own spelling, however they are capitalized."""
    if isinstance(value, list):
        return [renamed(each, (*path, index), notes, operation) for index, each in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    members = (member_schema(path, operation) or {}).get("properties")
    if members is None:
        return dict(value)
    by_folded = {name.lower(): name for name in members}
    found = {}
    for key, below in value.items():
        name = by_folded.get(str(key).lower())
        if name is None:
            notes.append(f"{dotted_member((*path, str(key)))} is not a member of {operation}, so it was left out")
        else:
            found[name] = renamed(below, (*path, name), notes, operation)
    return found
