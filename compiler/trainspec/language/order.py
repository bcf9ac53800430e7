"""The order in which a spec's keys are written: that of the language's schema, but for the maps in `LEADING`."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.schema.walk import Schema, named_arms

Place: TypeAlias = tuple[str, Schema]
"""A schema with the name of its definition, if it has one."""

LEADING: Mapping[str, Sequence[str]] = {
    "Spec": (
        "trainspec", "extends", "for_each", "dag", "vars", "defaults", "sensors", "jobs", "tasks", "approvals",
        "triggers", "environments",
    ),
    "Dag": ("id", "description", "doc"),
    "Operator": ("aws_conn_id", "wait_for_completion", "deferrable"),
    "Job": (
        "depends_on", "task_group", "matrix",
        "name", "region", "account", "image", "framework", "algorithm", "image_access", "role",
        "source", "distribution", "entrypoint", "arguments",
        "input_mode", "inputs", "output", "checkpoint",
        "resources", "spot", "stopping", "retry",
        "tuning", "hyperparameters", "hyperparameter_encoding", "environment",
        "metrics", "metrics_time_series",
        "vpc", "network_isolation", "encrypt_inter_container_traffic", "tags",
        "debugger", "profiler", "tensorboard", "experiment", "mlflow", "model_package", "serverless",
        "remote_debug", "infra_check", "session_tag_chaining",
        "request", "operator", "on_failure", "proceed_if", "doc",
    ),
}  # fmt: skip
"""The keys that come first, by map: what a job is, then what it does, then how it runs. Airflow's follow."""


@cache
def document() -> tuple[Place, ...]:
    """The place of a complete document."""
    return (("Spec", load_schema(SPEC_SCHEMA)),)


def below(places: tuple[Place, ...], key: str | None) -> tuple[Place, ...]:
    """The places of what is under `key` of a map at `places`; with None, of a list's items."""
    found: list[Place] = []
    for name, schema in _arms(places):
        if key is None:
            found += [("", schema["items"])] if "items" in schema else []
        elif name == "Environment" and key in schema["properties"]:
            found.append(("", document()[0][1]["properties"].get(key, {})))  # a patch is merged onto that section
        elif key in schema.get("properties", {}):
            found.append(("", schema["properties"][key]))
        elif isinstance(schema.get("additionalProperties"), dict):
            found.append(("", schema["additionalProperties"]))
    return tuple(found)


def ranks(places: tuple[Place, ...]) -> Mapping[str, int]:
    """The places of a map's keys in the order; none if the map's keys are the author's own."""
    names: dict[str, None] = {}
    for name, schema in _arms(places):
        known = schema.get("properties", {})
        names |= dict.fromkeys(each for each in LEADING.get(name, ()) if each in known)
        names |= dict.fromkeys(known)
    return {name: index for index, name in enumerate(names)}


def _arms(places: tuple[Place, ...]) -> Iterator[Place]:
    definitions = document()[0][1]["$defs"]
    return (arm for name, schema in places for arm in named_arms(schema, definitions, name))
