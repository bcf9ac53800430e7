"""What is reported about tuning jobs: in the spec's words, at the spec's places, one finding for a mistake."""

from copy import deepcopy
from typing import Any

import pytest
import yaml
from trainspec.diagnostics import Diagnostic, Severity
from trainspec.pipeline import Options, analyse
from trainspec.text.source import Source

from helpers import sampled

SPEC: dict[str, Any] = yaml.safe_load("""
trainspec: 1
dag: {id: x, schedule: "@daily", start_date: 2025-04-01}
defaults:
  role: arn:aws:iam::111122223333:role/R
  output: s3://my-bucket/out/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 30m}
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  metrics: {auc: "auc=([0-9.]+)"}
jobs:
  tune:
    name: tune-{{ ts_nodash }}
    tuning:
      strategy: Hyperband
      objective: {metric: auc, goal: Maximize}
      ranges: {eta: {min: 3, max: 7, scale: Linear}, depth: {int: [3, 9]}, mode: [a, b]}
      limits: {jobs: 20, parallel: 4, runtime: 2h}
      hyperband: {min_resource: 1, max_resource: 27}
      completion: {target: 0.9, not_improving: 5, convergence: Enabled}
      warm_start: {parents: [earlier], type: TransferLearning}
      seed: 3
      early_stopping: "Off"
      definition: one
  train:
    name: train-{{ ts_nodash }}
    hyperparameters: {eta: "${jobs.tune.best.hyperparameters.eta}"}
    depends_on: ok
approvals:
  ok: {subject: Good enough, depends_on: tune}
""")
REQUEST = {"TrainingJobDefinition": {"StaticHyperParameters": {"rounds": "100"}}}


def found_in(spec: dict[str, Any]) -> list[Diagnostic]:
    text = yaml.safe_dump(spec, sort_keys=False)
    findings = analyse(Source("a.yaml", text), Options()).findings
    return [each for each in findings if each.code.severity is not Severity.NOTE]


def spec_of(**tuning: Any) -> dict[str, Any]:
    """The spec with these fields of `tuning`; None removes one."""
    spec = deepcopy(SPEC)
    fields = {**spec["jobs"]["tune"]["tuning"], **tuning}
    spec["jobs"]["tune"]["tuning"] = {name: value for name, value in fields.items() if value is not None}
    return spec


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(each for key, inner in below for each in paths(inner, (*path, key)))]


PLACES = [each for each in paths(SPEC) if each[:3] == ("jobs", "tune", "tuning") or each[0] == "approvals"]


def test_the_spec_is_sound() -> None:
    assert found_in(SPEC) == []


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("value", sampled([[], {}, "word", True, None, [1], {"zz": 1}, 3.5, -1], 2), ids=repr)
def test_a_value_of_another_type_is_one_finding(path: tuple[Any, ...], value: Any) -> None:
    spec = deepcopy(SPEC)
    node: Any = spec
    for step in path[:-1]:
        node = node[step]
    if type(node[path[-1]]) is type(value):
        return
    node[path[-1]] = value
    assert len(found_in(spec)) <= 1, [each.message for each in found_in(spec)]


MISSING = {
    "strategy": (spec_of(strategy=None, hyperband=None), "`jobs.tune.tuning.strategy` is missing"),
    "goal": (spec_of(objective={"metric": "auc"}), "`jobs.tune.tuning.objective.goal` is missing"),
    "parallel": (spec_of(limits={"jobs": 20}), "`jobs.tune.tuning.limits.parallel` is missing"),
    "type": (spec_of(warm_start={"parents": ["a"]}), "`jobs.tune.tuning.warm_start.type` is missing"),
    "max": (spec_of(ranges={"eta": {"min": 3}}), "`jobs.tune.tuning.ranges.eta.max` is missing"),
    "a range": (spec_of(ranges={"eta": {}}), "`jobs.tune.tuning.ranges.eta.min` is missing"),
    "in a list": (spec_of(ranges=[{"name": "eta", "max": 3}]), "`jobs.tune.tuning.ranges[0].min` is missing"),
}


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_is_named_by_the_field(name: str) -> None:
    spec, message = MISSING[name]
    (found,) = found_in(spec)
    assert found.message.startswith(message)
    if "ranges" in message:
        assert found.advice == "write `{min: …, max: …}`, `{int: [least, greatest]}`, or a list of values"


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ({"int": [3, 90], "min": 3}, ("int", "min")),
        ({"auto": 3, "max": 3}, ("auto", "max")),
        ({"auto": 3, "scale": "Auto"}, ("auto", "scale")),
        ({"int": [3, 9], "auto": 4}, ("auto", "int")),
    ],
)
def test_a_range_has_one_form(given: dict[str, Any], keys: tuple[str, str]) -> None:
    (found,) = found_in(spec_of(ranges={"eta": given}, autotune="Enabled"))
    assert found.code.id == "TS107"
    assert f"`tuning.ranges.eta` has `{keys[0]}` and `{keys[1]}`" in found.message


def test_raw_members_leave_the_best_known() -> None:
    spec = deepcopy(SPEC)
    spec["jobs"]["tune"]["request"] = REQUEST
    assert found_in(spec) == []
    spec["jobs"]["train"]["hyperparameters"] = {"rounds": "${jobs.tune.best.hyperparameters.rounds}"}
    assert found_in(spec) == []
    spec["jobs"]["train"]["hyperparameters"] = {"rounds": "${jobs.tune.best.hyperparameters.round}"}
    (found,) = found_in(spec)
    assert found.advice == "did you mean `rounds`?"
    spec["jobs"]["train"]["hyperparameters"] = "${jobs.tune.best.hyperparameters}"
    assert found_in(spec) == []


def test_autotune_may_choose_what_is_tuned() -> None:
    spec = spec_of(autotune="Enabled", ranges=None)
    assert found_in(spec) == []


@pytest.mark.parametrize(
    ("named", "advice"),
    [
        ("best.metrics.auc", "write `${jobs.tune.metrics.auc}`"),
        ("best.hyperparameters.zz", "it has `eta`, `depth`, `mode`: add it to `tuning.ranges` or to `hyperparameters`"),
        ("metrics.aucc", "did you mean `auc`?"),
    ],
)
def test_advice_on_the_best(named: str, advice: str) -> None:
    spec = deepcopy(SPEC)
    spec["jobs"]["train"]["environment"] = {"A": "${jobs.tune." + named + "}"}
    (found,) = found_in(spec)
    assert found.advice == advice


@pytest.mark.parametrize(("metric", "codes"), [("validation:rmse", []), ("validation:rmze", ["TS410"])])
def test_the_best_of_a_matrix_by_a_metric_of_the_algorithm(metric: str, codes: list[str]) -> None:
    spec = deepcopy(SPEC)
    data = {"s3": "s3://my-bucket/a/", "content_type": "text/csv"}
    of_aws = {
        "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        "metrics": None,
        "inputs": {"train": data, "validation": data},
        "hyperparameters": {"num_round": 10, "eta": "${matrix.eta}"},
    }
    name = "${job.id}-${matrix.id}-{{ ts_nodash }}"
    best = "${jobs.sweep.best(" + metric + ", min).model}"
    spec["jobs"] = {
        "sweep": {**of_aws, "name": name, "matrix": {"eta": [0.1, 0.2]}},
        "train": {
            "name": "train-{{ ts_nodash }}",
            "inputs": {"model": best},
        },
    }
    del spec["approvals"]
    assert [each.code.id for each in found_in(spec)] == codes


def only_job(**fields: Any) -> dict[str, Any]:
    """The spec with these fields of its tuning job, as the only job; None removes one."""
    spec = deepcopy(SPEC)
    job = {**spec["jobs"]["tune"], **fields}
    return {**{key: spec[key] for key in ("trainspec", "dag", "defaults")}, "jobs": {"tune": job}}


def ranges(given: Any, **tuning: Any) -> dict[str, Any]:
    return spec_of(ranges={"eta": given}, **tuning)


GRID = {"strategy": "Grid", "hyperband": None}
LONG = int("9" * 401)
ONE_MISTAKE = {
    "no limit to the run time": (only_job(stopping={"max_runtime": None}), "TS520"),
    "three keys of two kinds": (ranges({"min": 1, "max": 2, "int": [1, 2]}), "TS107"),
    "a hint and bounds": (ranges({"auto": 1, "min": 1, "max": 2}, autotune="Enabled"), "TS107"),
    "bounds that are not whole": (ranges({"int": [1.5, 2.5]}), "TS786"),
    "a value twice": (ranges(["x", "y", "x"]), "TS786"),
    "a value twice in a grid": (ranges(["x", "y", "x"], **GRID), "TS786"),
    "a bound of many digits": (ranges({"min": 1, "max": LONG}), "TS406"),
    "a whole bound of many digits": (ranges({"int": [1, LONG]}), "TS406"),
    "fewer jobs than one": (spec_of(limits={"jobs": -1, "parallel": 1}), "TS407"),
    "fewer jobs than one in a grid": (ranges(["x", "y"], limits={"jobs": -1, "parallel": 1}, **GRID), "TS407"),
    "a definition of several": (only_job(request={"TrainingJobDefinitions": [{"DefinitionName": "a"}]}), "TS792"),
    "no definition of several": (only_job(request={"TrainingJobDefinitions": []}), "TS792"),
    "machines of another type": (
        only_job(request={
            "TrainingJobDefinition": {"HyperParameterTuningResourceConfig": {"InstanceConfigs": {"a": "b"}}}
        }),
        "TS403",
    ),
    "too many parents": (spec_of(warm_start={"parents": [*"abcdef"], "type": "TransferLearning"}), "TS408"),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_MISTAKE)
def test_one_mistake_is_one_finding(name: str) -> None:
    spec, code = ONE_MISTAKE[name]
    assert [each.code.id for each in found_in(spec)] == [code]


def test_machines_without_members_are_machines() -> None:
    tuning = {**SPEC["jobs"]["tune"]["tuning"], "resources": {"instances": [{}]}}
    found = found_in(only_job(resources=None, tuning=tuning))
    assert [each.code.id for each in found] == ["TS401"] * 3
    tuning["resources"] = {}
    assert "TS502" in [each.code.id for each in found_in(only_job(resources=None, tuning=tuning))]


def test_a_range_of_what_the_algorithm_has_not() -> None:
    data = {"s3": "s3://my-bucket/a/", "content_type": "text/csv"}
    of_aws = {
        "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        "metrics": None,
        "inputs": {"train": data, "validation": data},
        "hyperparameters": {"num_round": 10},
    }
    tuning = {
        **SPEC["jobs"]["tune"]["tuning"],
        "objective": {"metric": "validation:auc", "goal": "Maximize"},
        "ranges": {"nope": {"min": 0.1, "max": 1}},
    }
    assert [each.code.id for each in found_in(only_job(tuning=tuning, **of_aws))] == ["TS790"]


def test_a_missing_raw_member_is_named() -> None:
    (found,) = found_in(only_job(request={"WarmStartConfig": {"WarmStartType": "TransferLearning"}}, tuning={
        **{key: value for key, value in SPEC["jobs"]["tune"]["tuning"].items() if key != "warm_start"}
    }))  # fmt: skip
    assert "`jobs.tune.request.WarmStartConfig.ParentHyperParameterTuningJobs` is missing" in found.message


@pytest.mark.parametrize(
    ("spec", "message", "advice"),
    [
        (
            ranges({"min": 1, "max": 2, "int": [1, 2]}),
            "`tuning.ranges.eta` has `int`, `min` and `max`, which belong to different kinds of ranges",
            "remove `min` and `max`, or `int`",
        ),
        (
            spec_of(warm_start={"parents": [*"abcdef"], "type": "TransferLearning"}),
            "`jobs.tune.tuning.warm_start.parents` has 6 entries; SageMaker accepts at most 5",
            None,
        ),
        (ranges({"int": "1-9"}), None, "write `[1, 9]`"),
        (ranges({"int": "many"}), None, "write `[least, greatest]`"),
        (ranges("1-9"), None, "write `{int: [1, 9]}`"),
        (ranges("0.1 to 0.9"), None, "write `{min: 0.1, max: 0.9}`"),
        (ranges({"mim": 0.1, "max": 1}), None, "did you mean `min`?"),
        (ranges({"int": [1]}), "`jobs.tune.tuning.ranges.eta.int` must have at least 2 entries", None),
        (ranges({"int": [1, 2, 3]}), "`jobs.tune.tuning.ranges.eta.int` must have at most 2 entries", None),
        (ranges(["a"]), "the ranges have 1 combination, but `limits.jobs` is 20", None),
        (ranges(["a"], **GRID), "the Grid strategy tries the only combination", "remove `jobs`"),
    ],
)
def test_words(spec: dict[str, Any], message: str | None, advice: str | None) -> None:
    (found,) = found_in(spec)
    assert message is None or found.message.startswith(message)
    assert advice is None or found.advice == advice


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"min": 3, "max": 7}, "TS784"),
        ({"min": 7, "max": 3}, "TS784"),
        ({"min": 3, "max": "x"}, "TS784"),
        ({"min": 0, "max": 7, "scale": "Logarithmic"}, "TS784"),
        ({"auto": 3}, "TS784"),
        ({"min": 3}, "TS401"),
        ({"min": 3, "max": 7, "int": [1, 2]}, "TS107"),
        ([3, 3], "TS786"),
    ],
)
def test_a_range_of_a_grid_is_one_finding(wrong: Any, code: str) -> None:
    spec = spec_of(strategy="Grid", hyperband=None, ranges={"eta": wrong, "mode": ["a", "b"]}, limits={"parallel": 2})
    assert [found.code.id for found in found_in(spec)] == [code]
