"""How an editor with the real yaml-language-server uses the schema: completion, hover, diagnostics."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from language_server import LanguageServer, installed

from helpers import ROOT

SCHEMA = ROOT / "schemas" / "trainspec.schema.json"
NAMES = (ROOT / "specs" / f"in_the_editor_{number}.yaml" for number in count())  # no file is written
MODELINE = "# yaml-language-server: $schema=../schemas/trainspec.schema.json\n"
GOOD = """\
trainspec: 1
vars: {n: 1}
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    command = installed()
    if not command:
        pytest.fail("needs Node.js and npm")
    # No network: the schema catalogue is not fetched.
    yaml = {"schemaStore": {"enable": False}, "validate": True, "completion": True, "hover": True}
    server = LanguageServer(command, {"yaml": yaml})
    yield server
    server.stop()


def place(text: str) -> tuple[str, int, int]:
    """A text without its `|`, and the position of that."""
    before, _, after = text.partition("|")
    return before + after, before.count("\n"), len(before) - before.rfind("\n") - 1


def completions(server: LanguageServer, marked: str) -> dict[str, dict[str, Any]]:
    text, line, character = place(MODELINE + marked)
    server.open(path := next(NAMES), text)
    answer = server.at("completion", path, line, character)
    return {item["label"]: item for item in answer["items"]}


def hover(server: LanguageServer, marked: str) -> str:
    text, line, character = place(MODELINE + marked)
    server.open(path := next(NAMES), text)
    answer = server.at("hover", path, line, character)
    return str(answer["contents"]["value"]).replace("\\", "")


def test_keys_inside_resources(server: LanguageServer) -> None:
    offered = completions(
        server, GOOD.replace("{instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}", "\n      |")
    )
    assert {"instance_type", "instance_count", "volume_size", "keep_alive", "groups"} <= set(offered)
    assert "ResourceConfig.InstanceType" in str(offered["instance_type"]["documentation"])


def test_keys_of_a_job(server: LanguageServer) -> None:
    offered = completions(server, GOOD + "    |\n")
    assert {"hyperparameters", "inputs", "spot", "vpc", "retries"} <= set(offered)


def test_keys_of_a_spec(server: LanguageServer) -> None:
    assert {"dag", "defaults"} <= set(completions(server, GOOD + "|\n"))


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            GOOD.replace(
                "{instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}", "\n      instance_type: |"
            ),
            "ml.m5.large",
        ),
        (GOOD + "    input_mode: |\n", "FastFile"),
        (GOOD + "    operator:\n      action_if_job_exists: |\n", "increment"),
        (GOOD + "    spot: |\n", "true"),
    ],
)
def test_values(server: LanguageServer, marked: str, expected: str) -> None:
    assert expected in completions(server, marked)


IMAGE = "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1"
XGBOOST = GOOD.replace(IMAGE, "algorithm: xgboost@1.7-1")
OF_AWS = "image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


@pytest.mark.parametrize(
    ("marked", "expected", "others"),
    [
        (XGBOOST + "    hyperparameters:\n      |\n", {"num_round", "objective", "max_depth"}, {"k", "vector_dim"}),
        (XGBOOST + "    hyperparameters:\n      num_round: 9\n      |\n", {"eta", "tree_method"}, {"num_round"}),
        (XGBOOST.replace("xgboost@1.7-1", "kmeans") + "    hyperparameters:\n      |\n", {"k", "init_method"}, {"eta"}),
        (GOOD.replace(IMAGE, OF_AWS) + "    hyperparameters:\n      |\n", {"num_round", "eta"}, {"k"}),
        (GOOD + "    hyperparameters:\n      |\n", set(), {"num_round", "k"}),
        (XGBOOST + "    inputs:\n      |\n", {"train", "validation"}, {"vocab"}),
        ("defaults:\n  algorithm: xgboost@1.7-1\n  hyperparameters:\n    |\n", {"num_round", "eta"}, {"k"}),
    ],
    ids=["xgboost", "the rest", "kmeans", "by its image", "an image of one's own", "channels", "defaults"],
)
def test_keys_of_the_algorithm_that_a_job_names(
    server: LanguageServer, marked: str, expected: set[str], others: set[str]
) -> None:
    offered = set(completions(server, marked))
    assert expected <= offered
    assert not others & offered


def test_values_of_the_algorithm_that_a_job_names(server: LanguageServer) -> None:
    job = XGBOOST + "    hyperparameters:\n      objective: |\n"
    assert {"binary:logistic", "multi:softmax"} <= set(completions(server, job))
    assert "kmeans@1" in completions(server, GOOD.replace(IMAGE, "algorithm: |"))
    assert "required, an integer of 1 or more" in hover(server, XGBOOST + "    hyperparameters: {num_ro|und: 9}\n")


def test_the_rules_and_not_the_editor_judge_hyperparameters(server: LanguageServer) -> None:
    job = (
        XGBOOST
        + "    hyperparameters: {num_round: many, objective: '{{ params.x }}', other: [1], booster: '${vars.b}'}\n"
    )
    assert server.open(next(NAMES), MODELINE + job) == []


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        (GOOD.replace("stopping", "stop|ping"), "StoppingCondition"),
        (GOOD.replace("max_runtime", "max_run|time"), "StoppingCondition.MaxRuntimeInSeconds"),
        (GOOD.replace("name: job", "na|me: job"), "TrainingJobName"),
        (GOOD.replace("    resources", "    res|ources"), "ResourceConfig"),
    ],
)
def test_hover(server: LanguageServer, marked: str, said: str) -> None:
    assert said in hover(server, marked)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (GOOD.replace("stopping", "stoping"), 11, "stoping"),
        (GOOD.replace("ml.m5.large", "ml.m5.lrage"), 10, "ml.m5.large"),
        (GOOD.replace("instance_count: 1", "instance_count: many"), 10, "integer"),
        (GOOD + "    spot: maybe\n", 12, "boolean"),
        (GOOD + "dag: {catchup: 1}\n", 12, "boolean"),
    ],
)
def test_mistakes_are_marked(server: LanguageServer, text: str, line: int, said: str) -> None:
    found = server.open(next(NAMES), MODELINE + text)
    assert any(said in each["message"] and each["range"]["start"]["line"] + 1 == line for each in found), found


EXAMPLES = sorted(path for path in (ROOT / "specs").rglob("*.yaml") if path.parent.name != "policies")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_clean(server: LanguageServer, path: Any) -> None:
    assert "yaml-language-server" in path.read_text().partition("\n")[0]
    assert server.open(path, path.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("instance_count: 1", "instance_count: '${vars.n}'"),
        GOOD.replace("instance_count: 1", "instance_count: '{{ params.count }}'"),
        GOOD.replace("ml.m5.large", "'${vars.machine}'").replace("30m", "'${vars.time}'").replace("10GB", "'{{ x }}'"),
        GOOD + "    spot: ${vars.spot}\n    vpc: ${vars.vpc}\n    inputs: ${vars.inputs}\n    retries: ${vars.n}\n",
        GOOD + "    hyperparameters: {a: 1e-5, b: [1, {c: true}], d: '{{ ds }}', e: 2025-04-01}\n",
        GOOD.replace("30m", "90").replace("10GB", "10"),
    ],
)
def test_values_for_later_are_clean(server: LanguageServer, text: str) -> None:
    assert server.open(next(NAMES), MODELINE + text) == []


FRAGMENT = """\
defaults:
  source: {dir: s3://bucket/source.tar.gz}
  stopping: {max_runtime: 30m}
tasks: {report: {arguments: {bash_command: "make report"}}}
"""
EXTENDING = """\
trainspec: 1
extends: base/company.yaml
dag: {catchup: null}
sensors: {raw: null}
triggers: {deploy: {conf: {a: 1}}}
jobs: {train: {framework: {version: "2.3"}, vpc: null, stopping: {max_runtime: 1h}}}
"""
ABOVE_DEFAULTS = GOOD + "    framework: {version: '2.3'}\ndefaults: {framework: {name: pytorch}}\n"


@pytest.mark.parametrize("text", [FRAGMENT, EXTENDING, ABOVE_DEFAULTS], ids=["fragment", "extending", "defaults"])
def test_what_other_places_may_say_is_not_missed(server: LanguageServer, text: str) -> None:
    assert server.open(next(NAMES), MODELINE + text) == []


def test_what_nothing_else_can_say_is_missed(server: LanguageServer) -> None:
    text = GOOD + "    framework: {version: '2.3'}\ntasks: {report: {arguments: {a: 1}}}\n"
    said = [found["message"] for found in server.open(next(NAMES), MODELINE + text)]
    assert [each for each in said if '"name"' in each], said
    assert [each for each in said if '"operator"' in each], said


@pytest.mark.parametrize("text", [FRAGMENT, EXTENDING, ABOVE_DEFAULTS], ids=["fragment", "extending", "defaults"])
def test_parts_are_helped_with_as_well(server: LanguageServer, text: str) -> None:
    found = server.open(next(NAMES), MODELINE + text.replace("max_runtime", "max_runtim"))
    assert any("max_runtim" in each["message"] for each in found), found
    found = server.open(next(NAMES), MODELINE + text + "job: {}\n")
    assert any("job" in each["message"] for each in found), found
    assert "StoppingCondition.MaxRuntimeInSeconds" in hover(server, text.replace("max_runtime", "max_run|time"))
    place = text.partition("stopping")[0]
    indented = place.rpartition("\n")[2]
    if not indented.strip():
        assert "hyperparameters" in completions(server, f"{place}|\n")
