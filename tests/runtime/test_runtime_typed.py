"""Templated members get the type that the API gives them, and nothing else changes."""

from collections.abc import Iterator
from typing import Any

import pytest
from trainspec.request.api.model import TRAINING, model
from trainspec.request.check import as_read
from trainspec.runtime.engine.casting import TYPED_MEMBERS, typed
from trainspec.runtime.engine.problems import Kind, TrainingProblem
from trainspec.runtime.engine.tuning import TUNING_MEMBERS


def _scalars(node: dict[str, Any], path: str = "", operation: str = TRAINING) -> Iterator[tuple[str, str]]:
    """Every member of the request of an operation that is an integer, a number or a boolean."""
    if "$ref" in node:
        node = model(operation)["$defs"][node["$ref"].rpartition("/")[2]]
    if node.get("type") in ("integer", "number", "boolean"):
        yield path, node["type"]
    for name, member in node.get("properties", {}).items():
        yield from _scalars(member, f"{path}.{name}" if path else name, operation)
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield from _scalars(node[key], f"{path}[]" if key == "items" else f"{path}.*", operation)


def test_the_table_holds_every_integer_and_boolean_of_the_api() -> None:
    assert dict(_scalars(model(TRAINING))) == TYPED_MEMBERS


def test_so_does_that_of_tuning_jobs() -> None:
    operation = "CreateHyperParameterTuningJob"
    assert dict(_scalars(model(operation), operation=operation)) == TUNING_MEMBERS


@pytest.mark.parametrize(("text", "value"), [("0.9", 0.9), ("1e-3", 0.001), (" 1 ", 1.0), (".5", 0.5)])
def test_number(text: str, value: float) -> None:
    path = "HyperParameterTuningJobConfig", "TuningJobCompletionCriteria", "TargetObjectiveMetricValue"
    request = {path[0]: {path[1]: {path[2]: text}}}
    assert typed(request, TUNING_MEMBERS) == {path[0]: {path[1]: {path[2]: value}}}
    with pytest.raises(TrainingProblem, match="must be a number"):
        typed({path[0]: {path[1]: {path[2]: "much"}}}, TUNING_MEMBERS)


@pytest.mark.parametrize(("text", "value"), [("3", 3), (" 12\n", 12), ("1800.0", 1800), ("-1", -1), ("+7", 7), (3, 3)])
def test_integer(text: Any, value: int) -> None:
    request = typed({"ResourceConfig": {"InstanceCount": text, "InstanceGroups": [{"InstanceCount": text}]}})
    assert request == {"ResourceConfig": {"InstanceCount": value, "InstanceGroups": [{"InstanceCount": value}]}}
    assert type(request["ResourceConfig"]["InstanceCount"]) is int


@pytest.mark.parametrize(("text", "value"), [("True", True), ("true", True), ("False", False), (" false ", False)])
def test_boolean(text: str, value: bool) -> None:
    assert typed({"EnableManagedSpotTraining": text}) == {"EnableManagedSpotTraining": value}


@pytest.mark.parametrize(
    "text",
    ["3", " 12\n", "1800.0", "1800.50", "-1", "+7", "1.", ".5", "1e3", "٣", "1_0", "", " ", "0" * 30 + "7",
     "0" * 4000 + "7", "9" * 4000, "True", " false ", "yes", "1", "0x10", "- 1", "inf", "nan"],
)  # fmt: skip
@pytest.mark.parametrize("member", ["MaxRuntimeInSeconds", "EnableNetworkIsolation"])
def test_checks_read_a_string_as_the_operator_does(text: str, member: str) -> None:
    path = ("StoppingCondition", member) if member.startswith("Max") else (member,)
    request: Any = {path[0]: {member: text}} if len(path) == 2 else {member: text}
    read = as_read(text, path)
    try:
        given: Any = typed(request)
    except TrainingProblem:
        assert read == text
        return
    value = given[path[0]][member] if len(path) == 2 else given[member]
    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize("text", ["", "three", "1.5", "1_000", "0x10", "None", "٣", "1e3"])
def test_no_integer(text: str) -> None:
    with pytest.raises(TrainingProblem) as raised:
        typed({"ProfilerRuleConfigurations": [{"VolumeSizeInGB": 1}, {"VolumeSizeInGB": text}]})
    assert raised.value.kind is Kind.FATAL
    assert "ProfilerRuleConfigurations[].VolumeSizeInGB must be an integer, but rendered to" in raised.value.text


@pytest.mark.parametrize("text", ["", "yes", "1", "on", "None"])
def test_no_boolean(text: str) -> None:
    with pytest.raises(TrainingProblem, match=r"EnableNetworkIsolation must be true or false"):
        typed({"EnableNetworkIsolation": text})


def test_what_is_text_to_the_api_stays_text() -> None:
    request = {
        "HyperParameters": {"epochs": "10", "InstanceCount": "3", "flag": "True", "lr": "0.20"},
        "Environment": {"MaxRuntimeInSeconds": "3600"},
        "TrainingJobName": "12",
        "ContainerArguments": ["1", "true"],
    }
    assert typed(request) == request
