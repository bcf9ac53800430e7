"""Rules of an organisation: what they find and where, what silences them, and errors in their files."""

import json
import re
import textwrap
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from trainspec.diagnostics.formats import FORMATS
from trainspec.policies.expressions import fault, found, matched
from trainspec.policies.schema import compiled
from trainspec.policies.values import UNKNOWN
from trainspec.schema.patterns import TooSlowError

from cpu_time import cpu_seconds, slowness
from helpers import ROOT, Run, tried

SPEC = """\
trainspec: 1
extends: base.yaml
vars: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/team/algo:1}
dag: {id: d, start_date: 2025-04-01, schedule: "@daily", catchup: false}
environments:
  prod: {jobs: {train: {stopping: {max_runtime: 5d}}}}
jobs:
  train:
    name: "a-{{ ts_nodash }}"
    image: ${vars.image}
    output: s3://my-bucket/out/
    stopping: {max_runtime: 1h}
"""
BASE = """\
defaults:
  role: arn:aws:iam::123456789012:role/R
  resources: {instance_type: ml.p4d.24xlarge, instance_count: 1}
"""
MACHINES = {"properties": {"ResourceConfig": {"properties": {"InstanceType": {"pattern": "^ml[.]m5"}}}}}
RUNTIME = {"properties": {"StoppingCondition": {"properties": {"MaxRuntimeInSeconds": {"maximum": 86400}}}}}


class Project:
    """A folder with one spec, its base and policies."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self.run = folder, run
        (folder / "specs").mkdir()
        (folder / "policies").mkdir()
        self.spec(SPEC)
        (folder / "specs/base.yaml").write_text(BASE)
        self.settings()

    def settings(self, more: str = "") -> None:
        (self.folder / "trainspec.toml").write_text(f'policies = ["policies/*.yaml"]\n{more}')

    def spec(self, text: str) -> None:
        (self.folder / "specs/d.yaml").write_text(text)

    def policy(self, must: Any, name: str = "one", **more: Any) -> None:
        said = {"id": "ORG001", "message": "as the house wants it", "must": must, **more}
        (self.folder / f"policies/{name}.yaml").write_text(json.dumps(said))

    def findings(self, *arguments: str, command: str = "lint") -> list[dict[str, Any]]:
        ran = self.run(*command.split(), *arguments, "--format", "json")
        assert ran.returncode in (0, 1), ran.stderr
        found: list[dict[str, Any]] = json.loads(ran.stdout)
        return [each for each in found if not each["code"].startswith("TS") or "TS706" <= each["code"] <= "TS729"]

    def places(self, *arguments: str) -> list[tuple[str, str, int, int]]:
        return [(each["code"], each["path"], each["line"], each["column"]) for each in self.findings(*arguments)]


@pytest.fixture
def house(tmp_path: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "house").mkdir()
    monkeypatch.chdir(tmp_path / "house")
    return Project(tmp_path / "house", trainspec)


# ---------------------------------------------------------------------- where findings stand


def test_a_value_of_a_base_is_found_in_the_base(house: Project) -> None:
    house.policy(MACHINES)
    (one,) = house.findings()
    assert (one["code"], one["path"], one["line"], one["column"]) == ("ORG001", "specs/base.yaml", 3, 30)
    assert one["member"] == "ResourceConfig.InstanceType"
    assert one["labels"][0]["path"] == "specs/d.yaml"


def test_a_value_of_a_variable_is_found_at_the_variable(house: Project) -> None:
    must = {"properties": {"AlgorithmSpecification": {"properties": {"TrainingImage": {"pattern": "^9"}}}}}
    house.policy(must)
    assert house.places() == [("ORG001", "specs/d.yaml", 3, 15)]


def test_what_is_missing_is_found_at_the_job(house: Project) -> None:
    house.policy({"required": ["VpcConfig"]})
    (one,) = house.findings()
    assert (one["path"], one["line"], one["column"]) == ("specs/d.yaml", 8, 3)
    assert "`vpc` is missing" in one["message"]


def test_a_patch_of_an_environment_is_found_there(house: Project) -> None:
    house.policy(RUNTIME)
    (one,) = house.findings()
    assert (one["line"], one["message"]) == (6, "as the house wants it (in `prod`)")


def test_a_point_of_a_matrix_is_found_at_its_value(house: Project) -> None:
    job = '    matrix: {machine: [ml.m5.large, ml.p4d.24xlarge]}\n    resources: {instance_type: "${matrix.machine}"}\n'
    house.spec(SPEC.replace("a-{{", "a-${matrix.index}-{{").replace("${matrix.index}-", "") + job)
    house.policy(MACHINES)
    assert ("ORG001", "specs/d.yaml", 13, 37) in house.places()


def test_the_job_and_the_dag_are_targets(house: Project) -> None:
    house.policy({"properties": {"image": {"pattern": "^9"}}}, "job", target="job")
    house.policy({"required": ["default_args"]}, "dag", target="dag", id="ORG002")
    house.policy({"properties": {"schedule": {"const": "@weekly"}}}, "dag2", target="dag", id="ORG003")
    assert house.places() == [
        ("ORG001", "specs/d.yaml", 3, 15),
        ("ORG002", "specs/d.yaml", 4, 1),
        ("ORG003", "specs/d.yaml", 4, 48),
    ]


# ---------------------------------------------------------------------- what they are about


@pytest.mark.parametrize(
    ("scope", "number"),
    [
        ({"environment": "prod"}, 1),
        ({"environment": ["prod", "default"]}, 1),
        ({"environment": "dev"}, 0),
        ({"path": "specs/*.yaml"}, 1),
        ({"path": "specs/**"}, 1),
        ({"path": "other/**"}, 0),
    ],
)
def test_scope(house: Project, scope: dict[str, Any], number: int) -> None:
    house.policy(MACHINES, scope=scope)
    assert len(house.findings("specs")) == number


@pytest.mark.parametrize(
    ("scope", "advice"),
    [
        ({"environment": "prd"}, "did you mean `prod`?"),
        ({"environment": ["prod", "stage"]}, "available environments: default, prod"),
        ({"path": "spec/**"}, "did you mean `specs/**`?"),
        ({"path": "specs/*.yml"}, "paths are relative to the root of the project: `specs/team/**`"),
    ],
)
def test_a_scope_that_nothing_is_in(house: Project, scope: dict[str, Any], advice: str) -> None:
    house.policy({"required": ["RoleArn"]}, scope=scope)
    (one,) = house.findings()
    assert (one["code"], one["severity"], one["path"], one["advice"]) == (
        "TS715",
        "warning",
        "policies/one.yaml",
        advice,
    )
    assert house.findings("specs/d.yaml") == []  # other specs may have it
    assert "TS715" in house.run("compile", "--check").stderr


def test_when(house: Project) -> None:
    house.policy(MACHINES, when={"required": ["VpcConfig"]})
    assert house.findings() == []
    house.policy(MACHINES, when={"required": ["StoppingCondition"]})
    assert len(house.findings()) == 1


def test_a_template_that_is_known_is_rendered(house: Project) -> None:
    house.policy({"properties": {"TrainingJobName": {"pattern": "^a-[0-9T]+$"}}})
    assert house.findings() == []


def test_a_template_that_only_the_run_knows_is_a_note_unless_the_policy_is_locked(house: Project) -> None:
    (house.folder / "specs/base.yaml").write_text(BASE.replace("ml.p4d.24xlarge", '"{{ dag_run.conf.machine }}"'))
    for locked, severity in ((False, "note"), (True, "error")):
        house.policy(MACHINES, locked=locked)
        (one,) = house.findings()
        assert one["severity"] == severity
        assert "only known when the task runs" in one["message"]


PARAMS = """\
  params:
    any: ml.m5.large
    some: {default: ml.m5.large, enum: [ml.m5.large, ml.m5.xlarge]}
    wide: {default: ml.m5.large, enum: [ml.m5.large, ml.p4d.24xlarge]}
    is_large: {default: false, type: boolean}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "finding"),
    [
        ("ml.m5.{{ 'large' }}", None),
        ("{{ params.some }}", None),
        ("{{ params['some'] | default('ml.p4d.24xlarge') }}", None),
        ("{{ params.wide }}", "sure"),
        ("{{ 'ml.m5.large' if params.is_large else 'ml.m5.xlarge' }}", None),
        ("{{ 'ml.p4d.24xlarge' if params.is_large else 'ml.m5.xlarge' }}", "sure"),
        ("{{ params.any }}", "doubt"),
        ("{{ params.get('any', 'ml.m5.large') }}", "doubt"),
        ("{{ 'ml.m5.large' if params.any == 'x' else 'ml.p4d.24xlarge' }}", "doubt"),
        ("{{ dag_run.conf.get('x', 'ml.m5.large') }}", "doubt"),
        ("{{ 'ml.p4d.24xlarge' if ds > '2026' else 'ml.m5.large' }}", "doubt"),
        ("{% if logical_date.day == 3 %}ml.p4d.24xlarge{% else %}ml.m5.large{% endif %}", "doubt"),
        ("{{ ['ml.m5.large', 'ml.p4d.24xlarge'][logical_date.day % 2] }}", "doubt"),
        ("{{ 'ml.p4d.24xlarge' if ti.try_number > 1 else 'ml.m5.large' }}", "doubt"),
        ("{{ ds | replace('2025-04-09', 'ml.m5.large') }}", "doubt"),
        ("{{ 'ml.m5.large' if ds | length == 10 else 'x' }}", "doubt"),
        ("{% set d = ds ~ 'x' %}{{ 'ml.m5.large' if d < '9' else 'ml.p4d.24xlarge' }}", "doubt"),
        ("ml.m{{ logical_date.strftime('%-d') }}.large", "doubt"),
        ("{{ run_id }}", "doubt"),
        ("{{ ds }}", "sure"),
    ],
)
def test_no_template_gets_around_a_locked_policy(house: Project, template: str, finding: str | None) -> None:
    (house.folder / "specs/base.yaml").write_text(BASE.replace("ml.p4d.24xlarge", f'"{template}"'))
    dag = "dag:\n  id: d\n  start_date: 2025-04-01\n  schedule: '@daily'\n  catchup: false\n" + PARAMS
    house.spec(SPEC.replace(SPEC.splitlines()[3] + "\n", dag))
    house.policy(MACHINES, locked=True)
    found = house.findings()
    assert [each["severity"] for each in found] == (["error"] if finding else [])
    if finding:
        assert ("the policy is locked" in found[0]["message"]) == (finding == "doubt")
        is_part = "%-d" in template
        assert ("`enum`" in (found[0]["advice"] or "")) == (finding == "doubt" and not is_part)
        assert ("write the whole date" in (found[0]["advice"] or "")) == is_part


@pytest.mark.parametrize(
    "name",
    [
        "{{ ds_nodash }}",
        "{{ logical_date | ts_nodash }}",
        "{{ macros.ds_add(ds, -1) }}",
        "{{ logical_date.strftime('%Y/%m/%d') }}",
        "{{ ts[:10] }}",
        "{{ (logical_date + macros.timedelta(days=1)) | ds }}",
        "{{ data_interval_end.add(days=1) | ds }}",
        "{{ dag.dag_id }}-{{ ds }}",
    ],
)
def test_dates_in_texts_are_fine_for_a_locked_policy(house: Project, name: str) -> None:
    house.spec(
        SPEC.replace("s3://my-bucket/out/", f"s3://my-bucket/out/{name}/").replace(
            "a-{{ ts_nodash }}", "a-{{ ds_nodash }}"
        )
    )
    must = {
        "properties": {
            "OutputDataConfig": {"properties": {"S3OutputPath": {"pattern": "^s3://my-bucket/[a-z0-9/T-]+$"}}}
        }
    }
    house.policy(must, locked=True)
    assert house.findings() == []


@pytest.mark.parametrize(
    ("value", "must"),
    [
        ("{{ run_id[:9] }}", {"const": "scheduled"}),
        ("{{ run_id }}", {"pattern": "^scheduled__"}),
        ("{{ dag_run.run_id }}", {"pattern": "^scheduled__"}),
        ("{{ ti.try_number }}", {"const": "1"}),
        ("{{ ds[5:] }}", {"not": {"const": "12-25"}}),
        ("{{ (logical_date | ds)[5:] }}", {"not": {"const": "12-25"}}),
        ("{{ logical_date.strftime('%H:%M') }}", {"not": {"const": "12:00"}}),
        ("{{ logical_date.strftime('%f') }}", {"const": "000000"}),
        ("{{ logical_date.hour }}", {"not": {"const": "12"}}),
        ("{{ macros.ds_format(ds, '%Y-%m-%d', '%m') }}", {"not": {"const": "99"}}),
        ("{{ ts }}", {"pattern": "^[0-9T:-]+[+]00:00$"}),  # a run by hand has microseconds
    ],
)
def test_a_locked_policy_takes_ids_attempts_and_parts_of_dates_for_anything(
    house: Project, value: str, must: Any
) -> None:
    house.spec(f'{SPEC}    environment: {{X: "{value}"}}\n')
    house.policy({"properties": {"Environment": {"properties": {"X": must}}}}, locked=True)
    (one,) = house.findings()
    assert (one["severity"], one["line"]) == ("error", 13)


def test_when_is_decided_for_a_locked_policy(house: Project) -> None:
    (house.folder / "specs/base.yaml").write_text(BASE.replace("ml.p4d.24xlarge", '"{{ dag_run.conf.machine }}"'))
    when = {"properties": {"ResourceConfig": {"properties": {"InstanceType": {"pattern": "^ml[.]p"}}}}}
    house.policy({"required": ["VpcConfig"]}, when=when, locked=True)
    (one,) = house.findings()
    assert (one["severity"], "the policy is locked" in one["message"]) == ("error", True)
    house.policy({"required": ["VpcConfig"]}, when=when)
    assert [each["severity"] for each in house.findings()] == ["note"]


def test_hours_that_are_not_known_are_too_many_for_a_locked_policy(house: Project) -> None:
    house.spec(SPEC.replace("max_runtime: 1h", 'max_runtime: "{{ params.hours }}"'))
    house.policy({"max_hours": 5})
    assert {each["code"] for each in house.findings()} == {"ORG001", "TS710"}  # prod says five days
    house.policy({"max_hours": 5}, locked=True)
    findings = house.findings()
    assert {each["code"] for each in findings} == {"ORG001"}
    (one,) = (each for each in findings if "policy is locked" in each["message"])
    assert one["message"].startswith("as the house wants it; the machine hours are not known")
    assert "stopping.max_runtime" in one["advice"]


def test_a_member_that_could_not_be_read_is_not_missing(house: Project) -> None:
    house.spec(SPEC.replace("max_runtime: 1h", "max_runtime: soon"))
    house.policy({"required": ["StoppingCondition"]})
    assert house.findings() == []


# ---------------------------------------------------------------------- what silences them


def test_a_comment_silences_a_policy_and_not_a_locked_one(house: Project) -> None:
    house.policy({"required": ["VpcConfig"]})
    house.spec(SPEC.replace("  train:\n", "  train:  # trainspec: ignore[ORG001] there is no VPC yet\n"))
    assert house.findings() == []
    house.policy({"required": ["VpcConfig"]}, locked=True)
    assert {each["code"] for each in house.findings()} == {"ORG001"}
    assert "ORG001 cannot be ignored" in house.run("lint").stdout


@pytest.mark.parametrize(
    "field",
    [
        "stopping: {max_runtime: '{{ 90000 }}'}",
        "stopping: {max_runtime: '{{ 90000.0 }}'}",
        "stopping: {max_runtime: '{{ 45000.0 * 2 }}'}",
        "stopping: {max_runtime: ' {{ 90000 }} '}",
        "stopping: {max_runtime: '000000000000000000000000{{ 90000 }}'}",
        "request: {StoppingCondition: {MaxRuntimeInSeconds: '90000'}}",
        "request: {StoppingCondition: {MaxRuntimeInSeconds: ' 90000.0 '}}",
    ],
)
def test_no_spelling_of_a_number_gets_around_a_locked_policy(house: Project, field: str) -> None:
    """The operator converts numbers in strings, so silencing the API's finding about the string must not help."""
    spec, _, _ = SPEC.partition("    stopping:")
    house.spec(f"{spec}    {field}  # trainspec: ignore[TS403]\n".replace("5d", "1h"))
    house.policy(RUNTIME, locked=True)
    assert {each["code"] for each in house.findings()} == {"ORG001"}
    house.spec((house.folder / "specs/d.yaml").read_text().replace("90000", "9000").replace("45000", "4500"))
    assert house.findings() == []


def test_settings_silence_and_weigh_a_policy(house: Project) -> None:
    house.policy(MACHINES)
    house.settings('ignore = ["ORG001"]')
    assert house.findings() == []
    house.settings('severity = {ORG001 = "note"}')
    assert [each["severity"] for each in house.findings()] == ["note"]
    house.settings("[per-path]\n'specs/*' = ['ORG']")
    assert house.findings() == []
    house.settings()
    assert house.findings("--ignore", "ORG001") == []
    assert len(house.findings("--select", "ORG")) == 1


@pytest.mark.parametrize("setting", ['ignore = ["ORG001"]', 'severity = {ORG001 = "warning"}'])
def test_settings_cannot_silence_a_locked_policy(house: Project, setting: str) -> None:
    house.policy(MACHINES, locked=True)
    house.settings(setting)
    ran = house.run("lint")
    assert (ran.returncode, "its policy is locked" in ran.stderr) == (2, True)


def test_settings_with_a_code_that_there_is_not(house: Project) -> None:
    house.policy(MACHINES)
    house.settings('ignore = ["ORG002"]')
    ran = house.run("lint")
    assert ran.returncode == 2
    assert "there is no code `ORG002`" in ran.stderr


def test_an_exception_ends(house: Project) -> None:
    today = datetime.now(timezone.utc).date()
    for days, codes in ((0, []), (30, []), (-1, ["ORG001", "TS708"])):
        until = (today + timedelta(days=days)).isoformat()
        exception = {"path": "specs/d.yaml", "until": until, "reason": "a move"}
        house.policy(MACHINES, exceptions=[exception])
        assert sorted(each["code"] for each in house.findings()) == codes
    house.policy(MACHINES, exceptions=[{"job": "train*", "until": "9999-12-31"}])
    assert house.findings() == []
    house.policy(MACHINES, exceptions=[{"job": "other", "until": "9999-12-31"}])
    assert len(house.findings()) == 1


# ---------------------------------------------------------------------- tuning jobs

TUNING = """\
    metrics: {"validation:auc": "auc=([0-9.]+)"}
    tuning:
      strategy: Bayesian
      objective: {metric: "validation:auc", goal: Maximize}
      ranges: {eta: {min: 0.1, max: 0.5}}
      limits: {jobs: 10, parallel: 2}
"""
IN_ORDER = """\
      resources:
        volume_size: 10GB
        instances:
          - {instance_type: ml.m5.large, instance_count: 1}
          - {instance_type: ml.p4d.24xlarge, instance_count: 1}
"""


def test_a_policy_is_about_the_training_jobs_of_a_tuning_job(house: Project) -> None:
    house.spec(SPEC.replace("a-{{ ts_nodash }}", "a-{{ ds_nodash }}") + TUNING)
    house.policy(MACHINES, locked=True)
    house.policy({"required": ["VpcConfig", "RoleArn"]}, "vpc", id="ORG002")
    machine, vpc = house.findings()
    assert (machine["code"], machine["path"], machine["line"]) == ("ORG001", "specs/base.yaml", 3)
    assert machine["member"] == "TrainingJobDefinition.ResourceConfig.InstanceType"
    assert (vpc["code"], vpc["line"], "`vpc` is missing" in vpc["message"]) == ("ORG002", 8, True)


def test_each_machine_that_a_tuning_job_may_take_is_seen(house: Project) -> None:
    (house.folder / "specs/base.yaml").write_text(BASE[: BASE.index("  resources")])
    house.spec(SPEC + TUNING + IN_ORDER)
    house.policy(MACHINES)
    (one,) = house.findings()
    assert (one["path"], one["line"], one["column"]) == ("specs/d.yaml", 23, 29)


def test_each_definition_of_a_tuning_job_is_seen(house: Project) -> None:
    resources = "{InstanceType: ml.p4d.24xlarge, InstanceCount: 1, VolumeSizeInGB: 1}"
    several = f"    request:\n      TrainingJobDefinitions:\n        - ResourceConfig: {resources}\n"
    (house.folder / "specs/base.yaml").write_text(BASE[: BASE.index("  resources")])
    house.spec(SPEC + TUNING + several)
    house.policy(MACHINES)
    (one,) = house.findings()
    assert one["member"] == "TrainingJobDefinitions[0].ResourceConfig.InstanceType"
    assert (one["path"], one["line"]) == ("specs/d.yaml", 21)


def test_what_a_tuning_job_chooses_is_not_known(house: Project) -> None:
    house.spec(SPEC + TUNING)
    house.policy({"properties": {"HyperParameters": {"properties": {"eta": {"const": "0.2"}}}}})
    (one,) = house.findings()
    assert (one["severity"], one["line"]) == ("note", 17)
    assert "only known when the task runs" in one["message"]
    house.policy({"properties": {"HyperParameters": {"properties": {"eta": {"const": "0.2"}}}}}, locked=True)
    (one,) = house.findings()
    assert (one["severity"], "instead of tuning it" in one["advice"], "`enum`" in one["advice"]) == (
        "error",
        True,
        False,
    )


def test_the_tuning_job_itself_is_a_target(house: Project) -> None:
    limits = {"properties": {"MaxNumberOfTrainingJobs": {"maximum": 5}}}
    must = {"properties": {"HyperParameterTuningJobConfig": {"properties": {"ResourceLimits": limits}}}}
    house.policy(must, target="tuning")
    assert house.findings() == []
    house.spec(SPEC + TUNING)
    (one,) = house.findings()
    assert (one["line"], one["column"]) == (18, 22)
    assert one["member"] == "HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs"


def test_a_condition_and_hours_see_training_jobs_of_a_tuning_job(house: Project) -> None:
    house.spec(SPEC + TUNING)
    when = {"properties": {"ResourceConfig": {"properties": {"InstanceType": {"pattern": "^ml[.]p4d"}}}}}
    house.policy({"max_hours": 5}, when={**when, "required": ["ResourceConfig"]})
    assert "up to 10 machine hours; at most 5" in house.findings()[0]["message"]


# ---------------------------------------------------------------------- hours and money


def test_hours_are_counted_with_matrix_and_retries(house: Project) -> None:
    spec = SPEC[: SPEC.index("environments")] + SPEC[SPEC.index("jobs:\n") :]
    spec = spec.replace("    stopping", "    retries: 1\n    matrix: {lr: [1, 2, 3]}\n    stopping")
    house.spec(spec.replace('"a-{{', '"a-${matrix.lr}-{{'))
    house.policy({"max_hours": 6})
    assert house.findings() == []
    house.policy({"max_hours": 5.5})
    assert "up to 6 machine hours; at most 5.5" in house.findings()[0]["message"]


def test_a_condition_that_takes_too_long_leaves_the_bound_in_force(house: Project) -> None:
    long = f"    hyperparameters: {{a: {'a' * 2400}}}\n    stopping: {{max_runtime: 9h}}"
    house.spec(SPEC.replace("    stopping: {max_runtime: 1h}", long))
    when = {"properties": {"HyperParameters": {"additionalProperties": {"pattern": "(?=.*[^ac])a"}}}}
    house.policy({"max_hours": 5}, when=when)
    assert "ORG001" in [each["code"] for each in house.findings()]


def test_money_needs_a_price_table(house: Project) -> None:
    house.policy({"max_cost": "10 USD"})
    (one, *_) = house.findings()
    assert (one["code"], one["severity"]) == ("TS710", "note")
    assert "there is no price table" in one["message"]
    table = {"date": "2026-11-01", "currency": "USD", "prices": {"us-east-1": {"ml.p4d.24xlarge": 20}}}
    (house.folder / "prices.json").write_text(json.dumps(table))
    house.settings('prices = "prices.json"')
    messages = [each["message"] for each in house.findings()]
    assert any("up to 20.00 USD; at most 10" in each for each in messages)
    house.policy({"max_cost": "10 EUR"})
    assert "its limit is in EUR, but the price table is in USD" in house.findings()[0]["message"]


# ---------------------------------------------------------------------- the run


def test_a_change_of_a_policy_is_noticed_by_the_cache(house: Project) -> None:
    house.policy({"required": ["VpcConfig"]})
    assert len(house.findings()) == 1
    house.policy({"required": ["RoleArn"]})
    assert house.findings() == []


def test_compile_writes_nothing_against_a_policy(house: Project) -> None:
    house.policy(MACHINES)
    ran = house.run("compile")
    assert ran.returncode == 1
    assert "ORG001" in ran.stderr
    assert not (house.folder / "generated_dags").exists()


def test_compile_writes_nothing_while_a_policy_cannot_be_followed(house: Project) -> None:
    house.policy({"requird": ["VpcConfig"]})
    ran = house.run("compile")
    assert ran.returncode == 1
    assert "TS707" in ran.stderr
    assert "did you mean `required`?" in ran.stderr


def test_policies_below_the_specs_are_no_specs(house: Project) -> None:
    (house.folder / "policies").rename(house.folder / "specs/policies")
    (house.folder / "trainspec.toml").write_text('policies = ["specs/policies/*.yaml"]')
    said = {"id": "ORG001", "message": "x", "must": {"required": ["RoleArn"]}}
    (house.folder / "specs/policies/one.yaml").write_text(json.dumps(said))
    assert house.findings() == []
    ran = house.run("compile")
    assert ran.returncode == 0, ran.stderr
    assert "policies" not in ran.stderr


def test_a_policy_that_is_named_is_checked_as_one(house: Project) -> None:
    house.policy({"requird": []})
    assert {each["code"] for each in house.findings("policies/one.yaml")} == {"TS707"}


def test_a_pattern_of_the_settings_that_names_nothing(house: Project) -> None:
    ran = house.run("lint")
    assert ran.returncode == 2
    assert "`policies/*.yaml` does not match any YAML file" in ran.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_all_formats(house: Project, form: str) -> None:
    house.policy(MACHINES, advice="use ml.m5.large", url="https://example.com/machines")
    ran = house.run("lint", "--format", form)
    assert ran.returncode == 1
    assert "ORG001" in ran.stdout
    if form in ("json", "sarif"):
        assert "https://example.com/machines" in ran.stdout


def test_explain(house: Project) -> None:
    house.policy(MACHINES, locked=True, url="https://example.com/machines")
    ran = house.run("explain", "ORG001")
    assert ran.returncode == 0
    assert ran.stdout.startswith("ORG001 (error): as the house wants it")
    assert "It cannot be silenced." in ran.stdout
    assert house.run("explain", "ORG002").returncode == 2


def test_policies_of_an_installed_package(house: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    site = house.folder / "site"
    (site / "acme_rules").mkdir(parents=True)
    (site / "acme_rules/__init__.py").write_text("raise RuntimeError('no code of the package runs')\n")
    said = {"id": "ACME7", "message": "machines of ours", "must": MACHINES}
    (site / "acme_rules/machines.yaml").write_text(json.dumps(said))
    (site / "acme-1.0.dist-info").mkdir()
    (site / "acme-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (site / "acme-1.0.dist-info/entry_points.txt").write_text("[trainspec.policies]\nacme = acme_rules\n")
    monkeypatch.syspath_prepend(str(site))
    (house.folder / "trainspec.toml").write_text('policy-packages = ["acme"]')
    assert [each["code"] for each in house.findings()] == ["ACME7"]
    (house.folder / "trainspec.toml").write_text('policy-packages = ["other"]')
    ran = house.run("lint")
    assert ran.returncode == 2
    assert "no installed package provides policies as `other`; available: acme" in ran.stderr


# ---------------------------------------------------------------------- files and examples

WRONG = {
    "must: {}\nid: x1\nmessage: y": "`x1` cannot be the code of a policy",
    "must: {}\nid: TS101\nmessage: y": "`TS101` cannot be the code of a policy",
    "must: {}\nid: ORG1": "`message` is missing",
    "must: {}\nid: ORG1\nmessage: y\nscop: {}": "did you mean `scope`?",
    "must: {}\nid: ORG1\nmessage: y\nseverity: fatal": "`severity` cannot be `fatal`",
    "must: {}\nid: ORG1\nmessage: y\nlocked: 'yes'": "`locked` must be true or false",
    "must: {format: date}\nid: ORG1\nmessage: y": "`format` does not check anything in JSON Schema",
    "must: {type: text}\nid: ORG1\nmessage: y": "is not a JSON Schema",
    "must: {$ref: 'https://example.com/x'}\nid: ORG1\nmessage: y": "`$ref` must refer to a schema",
    "must: {$ref: '#/$defs/a', $defs: {a: {not: {$ref: '#/$defs/a'}}}}\nid: ORG1\nmessage: y": "refers to itself",
    "must: {pattern: '('}\nid: ORG1\nmessage: y": "is not a regular expression",
    "must: {pattern: '(a*)*$'}\nid: ORG1\nmessage: y": "may take forever",
    "must: {pattern: '(a)\\1'}\nid: ORG1\nmessage: y": "refers to one of its groups",
    "must: {max_hours: many}\nid: ORG1\nmessage: y": "must be a number of machine hours",
    "must: {max_hours: 1}\nid: ORG1\nmessage: y\ntarget: dag": "applies only to training jobs",
    "must: 7\nid: ORG1\nmessage: y": "must be a JSON Schema",
    "must: {}\nid: ORG1\nmessage: y\nexceptions: [{path: x}]": "`until` is missing",
    "must: {}\nid: ORG1\nmessage: y\nexceptions: [{until: 2026-12-31}]": "must set what it applies to",
    "must: {}\nid: ORG1\nmessage: y\nexceptions: [{path: x, until: soon}]": "`soon` is not a date",
}


def test_an_expression_that_later_versions_read_otherwise_is_a_finding(
    house: Project, recwarn: pytest.WarningsRecorder
) -> None:
    (house.folder / "policies/p.yaml").write_text("must: {pattern: '[[a]:/-z]+'}\nid: ORG1\nmessage: y")
    ran = house.run("policy", "test", "--format", "concise")
    assert (ran.returncode, ran.stdout.count("TS707")) == (1, 1)
    assert "possible nested set at position 1" in ran.stdout
    assert [str(each.message) for each in recwarn if each.category is FutureWarning] == []


def test_one_fault_of_a_schema_is_told_once(house: Project) -> None:
    house.policy({"items": [True]})
    assert house.run("policy", "test", "--format", "concise").stdout.count("TS707") == 1


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_with_a_file_is_found_at_its_line(house: Project, text: str) -> None:
    (house.folder / "policies/p.yaml").write_text(text)
    ran = house.run("policy", "test", "--format", "concise")
    assert ran.returncode == 1
    assert WRONG[text] in ran.stdout
    assert re.search(r"^policies/p.yaml:\d+:\d+: TS(013|706|707)", ran.stdout, re.MULTILINE)


def test_two_policies_with_one_code(house: Project) -> None:
    house.policy({}, "a")
    house.policy({}, "b")
    assert "TS709" in house.run("policy", "test").stdout


def test_the_command_alone(house: Project) -> None:
    house.policy({})
    ran = house.run("policy")
    assert (ran.returncode, "`trainspec policy test` tests" in ran.stderr) == (2, True)


def test_examples_are_tried(house: Project) -> None:
    house.policy({"required": ["a"]}, good=[{"a": 1}, {}], bad=[{}, {"a": 1}])
    findings = house.findings(command="policy test")
    assert [(each["code"], each["message"]) for each in findings] == [
        ("TS711", "ORG001 rejects this good example"),
        ("TS711", "ORG001 accepts this bad example"),
    ]
    house.policy({"required": ["a"]})
    ran = house.run("policy", "test")
    assert (ran.returncode, ran.stdout.count("TS712")) == (0, 3)


@pytest.mark.parametrize(
    ("example", "why"),
    [
        ({"ResourceConfig": 5}, "`ResourceConfig` must be a mapping"),
        ({"StoppingCondition": 3600}, "`StoppingCondition` must be a mapping"),
        ({"ResourceConfig": {"InstanceGroups": [5]}}, "`ResourceConfig.InstanceGroups[0]` must be a mapping"),
        ({"HyperParameterTuningJobConfig": 5}, "there is no member `HyperParameterTuningJobConfig`"),
    ],
)
def test_an_example_whose_hours_cannot_be_counted(house: Project, example: Any, why: str) -> None:
    house.policy({"max_hours": 5}, good=[example], bad=[example])
    found = house.findings(command="policy test")
    assert [(each["code"], each["message"]) for each in found] == [
        ("TS711", f"this example is not a request: {why}")
    ] * 2


@pytest.mark.parametrize("number", [".inf", "-.inf", ".nan", "1" * 400])
def test_numbers_beyond_all_bounds(house: Project, number: str) -> None:
    house.spec(SPEC.replace("catchup: false", f"catchup: false, params: {{x: {number}}}"))
    must = {"properties": {"params": {"properties": {"x": {"type": "integer", "multipleOf": 2}}}}}
    house.policy(must, target="dag")
    assert [each["code"] for each in house.findings()] == ["ORG001"]  # .inf is not an integer, and 111 is odd
    (house.folder / "policies/one.yaml").write_text(
        f"{{id: ORG001, message: y, must: {{multipleOf: 2}}, good: [{number}], bad: [3]}}"
    )
    assert [each["code"] for each in house.findings(command="policy test")] == ["TS711"]


def test_the_examples_of_specs(trainspec: Run) -> None:
    ran = trainspec("policy", "test", str(ROOT / "specs/policies"))
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stdout
    assert "12 policies tested" in ran.stderr


# ---------------------------------------------------------------------- schemas and expressions

_KEYS = st.sampled_from("ab")
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["", "a", "ab", 1.0, 2.5]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=2),
    max_leaves=6,
)
_TYPES = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(inner, min_size=1, max_size=2)
    named = st.dictionaries(_KEYS, inner, min_size=1, max_size=2)
    count = st.integers(0, 2)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": _TYPES | st.lists(_TYPES, min_size=1, max_size=2, unique=True),
        "enum": st.lists(_VALUES, min_size=1, max_size=3),
        "const": _VALUES,
        "minimum": count,
        "maximum": count,
        "exclusiveMinimum": count,
        "exclusiveMaximum": count,
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "minLength": count,
        "maxLength": count,
        "pattern": st.sampled_from(["^a", "b$", "^a*$"]),
        "minItems": count,
        "maxItems": count,
        "uniqueItems": st.booleans(),
        "items": inner,
        "prefixItems": few,
        "contains": inner,
        "minContains": count,
        "maxContains": count,
        "required": st.lists(_KEYS, max_size=2, unique=True),
        "properties": named,
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "b"]), inner, min_size=1, max_size=2),
        "additionalProperties": inner,
        "propertyNames": inner,
        "minProperties": count,
        "maxProperties": count,
        "dependentRequired": st.dictionaries(_KEYS, st.lists(_KEYS, max_size=1), min_size=1, max_size=1),
        "dependentSchemas": named,
        "allOf": few,
        "anyOf": few,
        "oneOf": few,
        "not": inner,
        "if": inner,
        "then": inner,
        "else": inner,
    }
    return st.fixed_dictionaries({}, optional=keywords).map(
        lambda said: {key: said[key] for key in list(said)[:4]}  # most of them together allow nothing
    )


_ANY_SCHEMA = st.recursive(st.booleans() | _schemas(st.booleans()), _schemas, max_leaves=4)


@tried(100)
@given(_ANY_SCHEMA, _VALUES)
def test_schemas_mean_what_jsonschema_says(schema: Any, value: Any) -> None:
    assert (compiled(json.dumps(schema))(value, ()) == []) == Draft202012Validator(schema).is_valid(value)


@tried(100)
@given(_ANY_SCHEMA, _VALUES)
def test_what_is_sure_of_an_unknown_value_is_so_for_each(schema: Any, value: Any) -> None:
    failures = compiled(json.dumps(schema))(UNKNOWN, ())
    is_valid = Draft202012Validator(schema).is_valid(value)
    if not failures:
        assert is_valid
    elif not all(each.in_doubt for each in failures):
        assert not is_valid


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(a|a)*b", "(x+x+)+y", "^(([a-z])+.)+[A-Z]$", "(.*)*=.*", r"(a)\1"])
def test_an_expression_that_can_take_forever_is_refused(pattern: str) -> None:
    assert fault(pattern) is not None


@pytest.mark.parametrize("depth", [13, 80, 180])
def test_nested_repetitions_are_refused_soon(depth: int) -> None:
    with cpu_seconds(at_most=1):
        assert "nested repetitions" in (fault("(?:" * depth + "a" + ")*" * depth) or "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    [
        "(?:" * 12 + "a" + ")*" * 12,
        "(?:(?:(?:(?:^){100}){100}){100}){100}",
        "(?:(?:(?:(?:){100}){100}){100}){1000000000}",
        "(?:){0,1000000000}",
        "(?:(?:(?:(?:(?:(?:(?:a{20}){20}){20}){20}){20}){20}){20}){20}",
        "((a{0,30}){0,30}){0,30}b",
        "a*" * 2000 + "b",
        "(" * 3000 + ")" * 3000,
        "x" * 6000,
        "^(a+)+$",
        "(?=.*b.*c)x",
    ],
)
def test_no_expression_hangs(pattern: str) -> None:
    """Neither where it is read nor where it is matched, accepted or not."""
    with cpu_seconds(at_most=30):  # nearer to one
        why = fault(pattern)
        for text in () if why and "forever" not in why else ("a" * 2500, "ab-" * 800 + "!", ""):
            with suppress(TooSlowError):
                found(pattern, text)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^ml\.(m5|c5)\.",
        "^[a-z]+(-[a-z0-9]+)*$",
        r"^arn:aws:iam::[0-9]{12}:role/.+$",
        "^s3://acme-[a-z-]+/.*",
        "(?i)^a|b$",
        ".*-prod",
        "[0-9]+GB",
        "a+$",
        r"\w+@corp\.com",
        r"^(?!ml\.p5)",
        r"^(?=.*-prod)(?!.*test).*$",
        ".*team.*prod.*",
        r"\d+\.\d+\.\d+",
        r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/(team|ml)/[^:@]+(:[\w.-]+|@sha256:[0-9a-f]{64})$",
    ],
)
def test_usual_expressions_are_taken(pattern: str) -> None:
    assert fault(pattern) is None


_ATOMS = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", r"\w", "^", "$", r"\b", "(?=a)", "(?!b)", "(?<=a)", "(?<!b)", ""]
)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeats = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0}", "*?"])
    return (
        st.builds("(?:{}){}".format, inner, repeats)
        | st.builds("(?:{}|{})".format, inner, inner)
        | st.builds("{}{}".format, inner, inner)
        | st.builds("(?={})".format, inner)
    )


@given(st.recursive(_ATOMS, _compound, max_leaves=6), st.text("ab\n-", max_size=10))
def test_expressions_mean_what_re_says(pattern: str, text: str) -> None:
    expected = bool(re.search(pattern, text))
    assert found(pattern, text) == expected
    assert matched(pattern, text) == expected


@pytest.mark.slow
def test_a_hundred_policies_and_a_thousand_jobs(house: Project) -> None:
    """What policies add to a run, within two seconds of CPU; by the ratio to the run without, it is far less."""
    for number in range(100):
        must = {
            "properties": {
                "RoleArn": {"pattern": f"^arn:aws:iam::[0-9]{{12}}:role/.{{0,{number + 10}}}$"},
                **MACHINES["properties"],
            }
        }
        house.policy(must, f"p{number}", id=f"ORG{number:03}")
    job = textwrap.indent(SPEC[SPEC.index("  train:\n") :], "")
    (house.folder / "specs/base.yaml").write_text(
        BASE.replace("ml.p4d.24xlarge", "ml.m5.large").replace("count: 1", "count: 1, volume_size: 10GB")
    )
    for spec in range(50):
        jobs = "".join(job.replace("train:", f"train{number}:").replace('"a-', f'"a{number}-') for number in range(20))
        head = SPEC[: SPEC.index("environments:")].replace("id: d", f"id: d{spec}")
        (house.folder / f"specs/s{spec}.yaml").write_text(f"{head}jobs:\n{jobs}")
    (house.folder / "specs/d.yaml").unlink()

    def seconds() -> float:
        begun = time.process_time()
        assert house.run("lint", "--no-cache").returncode == 0
        return time.process_time() - begun

    before = slowness()
    with_policies = seconds()
    (house.folder / "trainspec.toml").write_text("")
    more = with_policies - seconds()
    assert more / max(before, slowness()) < 2
