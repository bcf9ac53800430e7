"""Composition as the commands show it: fragments, environments, variables, points of a matrix, provenance."""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trainspec.compose.extend import MAX_FILES
from trainspec.compose.matrix import MAX_ID
from trainspec.compose.references import NOT_RENDERED
from trainspec.diagnostics import Diagnostic, Span, codes
from trainspec.language.job import Job
from trainspec.language.task import TaskArguments
from trainspec.pipeline import Analysis, Options, analyse
from trainspec.request.fields import members
from trainspec.text.source import Source

from helpers import ROOT, Run, tried

BASE = """\
vars: {bucket: dev-bucket}
defaults:
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  role: arn:aws:iam::123456789012:role/MyRole
  output: s3://${vars.bucket}/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 30m}
"""
SPEC = """\
trainspec: 1
extends: base/base.yaml
jobs:
  train: {name: "job-{{ ts_nodash }}"}
"""
ENVIRONMENTS = """\
environments:
  dev: {}
  prod: {vars: {bucket: prod-bucket}, defaults: {resources: {instance_type: ml.m5.4xlarge}}}
"""


@pytest.fixture
def files(project: Path) -> Path:
    folder = project / "specs"
    (folder / "base").mkdir()
    (folder / "base" / "base.yaml").write_text(BASE)
    (folder / "one.yaml").write_text(SPEC)
    return folder


def _analyse(files: dict[str, str], name: str = "spec.yaml", options: Options | None = None) -> Analysis:
    def read(wanted: str) -> Source | Diagnostic:
        if wanted in files:
            return Source(wanted, files[wanted])
        return Diagnostic(codes.UNREADABLE, Span(wanted, 1, 1, 1, 1), f"{wanted} does not exist")

    return analyse(Source(name, files[name]), options or Options(), read)


def _type(analysis: Analysis) -> str:
    kind: str = analysis.requests["train"].members["ResourceConfig"]["InstanceType"]
    return kind


# ---------------------------------------------------------------------- extends


def test_a_file_that_is_extended_twice_counts_once() -> None:
    """Both a and b extend base; b does not bring back what a overrode."""
    analysis = _analyse(
        {
            "spec.yaml": SPEC.replace("base/base.yaml", "[a.yaml, b.yaml]"),
            "a.yaml": "extends: base.yaml\ndefaults: {resources: {instance_type: ml.m5.xlarge}}\n",
            "b.yaml": "extends: base.yaml\ndefaults: {stopping: {max_runtime: 10m}}\n",
            "base.yaml": BASE,
        }
    )
    assert not analysis.findings
    assert _type(analysis) == "ml.m5.xlarge"
    assert sorted(analysis.files) == ["a.yaml", "b.yaml", "base.yaml", "spec.yaml"]


def test_null_removes_at_every_level() -> None:
    analysis = _analyse(
        {
            "spec.yaml": SPEC.replace('"}', '", tags: null, spot: null}'),
            "base/base.yaml": BASE + "  tags: {a: b}\njobs: {train: {spot: true, tags: {c: d}}, other: {name: x}}\n",
        }
    )
    assert "Tags" not in analysis.requests["train"].members
    assert "EnableManagedSpotTraining" not in analysis.requests["train"].members


def test_the_number_of_files_is_bounded() -> None:
    files = {f"{n}.yaml": f"extends: {n + 1}.yaml\n" for n in range(MAX_FILES + 50)}
    analysis = _analyse(files | {"spec.yaml": SPEC.replace("base/base.yaml", "0.yaml")})
    assert any(f"more than {MAX_FILES} files" in found.message for found in analysis.findings)


def test_links_are_followed_inside_the_project_only(
    files: Path, trainspec: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "outside.yaml"
    outside.write_text(BASE)
    (files / "base" / "link.yaml").symlink_to(files / "base" / "base.yaml")
    (files / "one.yaml").write_text(SPEC.replace("base/base.yaml", "base/link.yaml"))
    assert trainspec("lint", "--strict").returncode == 0
    (files / "base" / "link.yaml").unlink()
    (files / "base" / "link.yaml").symlink_to(outside)
    failed = trainspec("lint", "specs/one.yaml")
    assert failed.returncode == 1
    assert "leaves the project" in failed.stdout


def test_a_file_that_extends_itself_by_a_link_is_a_cycle(files: Path, trainspec: Run) -> None:
    (files / "again").symlink_to(files)
    (files / "base" / "base.yaml").write_text("extends: ../again/base/base.yaml\n" + BASE)
    failed = trainspec("lint", "specs/one.yaml")
    assert "specs/base/base.yaml → specs/base/base.yaml" in failed.stdout


def test_a_fragment_brings_in_the_specs_that_extend_it(files: Path, trainspec: Run) -> None:
    (files / "other.yaml").write_text(SPEC.replace("extends: base/base.yaml\n", ""))
    (files / "base" / "base.yaml").write_text(BASE.replace("30m", "soon").replace(":role/", ":user/"))
    failed = trainspec("lint", "specs/base/base.yaml")
    assert failed.returncode == 1
    assert failed.stdout.count("--> specs/base/base.yaml:7:27") == 1  # reported by the fragment and by the spec
    assert "--> specs/base/base.yaml:4:9" in failed.stdout  # only a spec has a request to check
    assert "other.yaml" not in failed.stdout
    (files / "base" / "above.yaml").write_text("extends: base.yaml\n")
    assert trainspec("lint", "specs").stdout.count("--> specs/base/base.yaml:7:27") == 1
    (files / "base" / "base.yaml").write_text(BASE)
    compiled = trainspec("compile", "specs/base/base.yaml")
    assert compiled.stdout.splitlines() == ["wrote generated_dags/one.py"]


def test_a_change_of_an_extended_file_makes_stale_what_it_means(files: Path, trainspec: Run) -> None:
    assert trainspec("compile").returncode == 0
    (files / "base" / "base.yaml").write_text("# a comment\n" + BASE)
    assert trainspec("compile", "--check").returncode == 0
    (files / "base" / "base.yaml").write_text(BASE.replace("30m", "20m"))
    assert trainspec("compile", "--check").returncode == 1


def test_fragments_are_linted_as_far_as_they_go() -> None:
    fragment = "defaults: {framework: {version: '2.3'}, vpc: null, stoping: {}, stopping: {max_runtime: soon}}\n"
    analysis = _analyse({"spec.yaml": fragment})
    assert not analysis.is_spec
    assert [found.code.id for found in analysis.findings] == ["TS101", "TS105"]


def test_comments_of_extended_files_silence_what_is_found_in_them() -> None:
    files = {"spec.yaml": SPEC, "base/base.yaml": BASE.replace("30m}", "30m}\n  checkpoint: s3://B/x")}
    said = {found.code.id for found in _analyse(files).findings}
    files["base/base.yaml"] = files["base/base.yaml"].replace("s3://B/x", f"s3://B/x  # trainspec: ignore[{min(said)}]")
    assert said
    assert {found.code.id for found in _analyse(files).findings} < said


# ---------------------------------------------------------------------- environments and variables


def test_environments(files: Path, trainspec: Run) -> None:
    (files / "one.yaml").write_text(SPEC + ENVIRONMENTS)
    (files / "two.yaml").write_text(SPEC)
    assert trainspec("compile", "--env", "prod").returncode == 0
    dags = files.parent / "generated_dags"
    one, two = (dags / "one.py").read_text(), (dags / "two.py").read_text()
    assert "rebuild: trainspec compile --env prod specs/one.yaml" in one
    assert "s3://prod-bucket/models/" in one
    assert "ml.m5.4xlarge" in one
    assert "rebuild: trainspec compile --env prod specs/two.yaml" in two
    assert trainspec("compile", "--check", "--env", "prod").returncode == 0
    assert trainspec("compile", "--check").returncode == 1
    printed = json.loads(trainspec("request", "specs/one.yaml", "--env", "prod").stdout)
    assert printed["ResourceConfig"]["InstanceType"] == "ml.m5.4xlarge"


def test_unknown_environments_and_variables_are_bad_usage(files: Path, trainspec: Run) -> None:
    (files / "one.yaml").write_text(SPEC + ENVIRONMENTS)
    (files / "two.yaml").write_text(SPEC + "environments: {stage: {}}\n")
    for command in (["lint"], ["compile"], ["request", "specs/one.yaml"]):
        failed = trainspec(*command, "--env", "prdo")
        assert failed.returncode == 2
        assert "no environment `prdo`; did you mean `prod`?" in failed.stderr
        failed = trainspec(*command, "--var", "bukcet=x")
        assert failed.returncode == 2
        assert "did you mean `bucket`?" in failed.stderr
    failed = trainspec("lint", "--env", "stage")
    assert failed.returncode == 1
    assert "--> specs/one.yaml:5:1" in failed.stdout
    assert trainspec("lint", "--env", "stage", "--all-envs").returncode == 2


def test_all_environments_name_where_a_finding_is_from(files: Path, trainspec: Run) -> None:
    misspelt = "jobs: {train: {name: 'train-{{ dss }}'}}"  # only known to be wrong once the patch is merged onto it
    faults = ENVIRONMENTS.replace("defaults: {resources: {instance_type: ml.m5.4xlarge}}", misspelt)
    faults += "  stage: {vars: {bucket: B}}\n"
    (files / "one.yaml").write_text(SPEC + faults)
    (files / "two.yaml").write_text(SPEC.replace("train:", "_train:").replace("ts_nodash", "tss"))
    failed = trainspec("lint")
    assert failed == trainspec("lint", "--all-envs")
    said = [line for line in failed.stdout.splitlines() if line.startswith("error")]
    assert failed.returncode == 1
    assert sum(line.endswith("(in `prod`)") for line in said) == 1
    assert sum("tss" in line and "(in" not in line for line in said) == 1


# ---------------------------------------------------------------------- matrix


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ("[-1, 1, 1e-5]", ["x--1", "x-1", "x-1e-5"]),
        ('["s3://bucket/a b", "s3://bucket/a_b"]', ["x-s3-bucket-a-b", "x-s3-bucket-a_b"]),
        ('["ä", "ö"]', ["x-", "x--[0-9a-f]{8}"]),
        (f"[{'a' * 300}, {'a' * 299}b]", ["x-a{228}a*-[0-9a-f]{8}"] * 2),
    ],
)
def test_ids_of_points(values: str, ids: list[str]) -> None:
    spec = f'trainspec: 1\njobs: {{train: {{name: "${{matrix.id}}", matrix: {{x: {values}}}}}}}\n'
    analysis = _analyse({"spec.yaml": spec})
    (points,) = analysis.groups.values()
    assert len(set(points)) == len(ids)
    assert all(len(point) <= MAX_ID for point in points)
    assert all(re.fullmatch(rf"train\.{id_}", point) for id_, point in zip(ids, points, strict=True))
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", point) for point in points)


def test_a_job_may_be_one_point(files: Path, trainspec: Run) -> None:
    matrix = 'train: {name: "job-${matrix.id}-{{ ts_nodash }}", matrix: {depth: [4, 6]}}'
    (files / "one.yaml").write_text(SPEC.replace('train: {name: "job-{{ ts_nodash }}"}', matrix))
    printed = json.loads(trainspec("request", "specs/one.yaml", "--job", "train.depth-6").stdout)
    assert printed["TrainingJobName"] == "job-depth-6-{{ ts_nodash }}"
    assert trainspec("compile", "--requests", "requests").returncode == 0
    assert (files.parent / "requests" / "one.train.depth-4.json").exists()


# ---------------------------------------------------------------------- provenance


def test_origins(files: Path, trainspec: Run) -> None:
    (files / "one.yaml").write_text(SPEC + ENVIRONMENTS)
    shown = trainspec("request", "specs/one.yaml", "--env", "prod", "--origin").stdout.splitlines()
    (machine,) = (line for line in shown if line.startswith("ResourceConfig.InstanceType "))
    assert machine.split()[1:] == [
        '"ml.m5.4xlarge"',
        "specs/one.yaml:7",
        "specs/base/base.yaml:6",
        '"ml.m5.large"',
    ]
    printed = trainspec("request", "specs/one.yaml", "--env", "prod", "--origin", "--format", "json").stdout
    (name,) = (row for row in json.loads(printed) if row["member"] == "TrainingJobName")
    assert name == {
        "member": "TrainingJobName",
        "value": "job-{{ ts_nodash }}",
        "field": "name",
        "from": "specs/one.yaml:4",
        "used_in": None,
        "implied": False,
        "overrode": [],
    }


# ---------------------------------------------------------------------- references between jobs


def test_fields_that_airflow_does_not_render() -> None:
    """All that a task takes in addition to its request, which the table of fields covers."""
    known = {field.split(".")[0] for field, _ in members()} | {"hyperparameters", "request", "proceed_if", "tuning"}
    assert frozenset(TaskArguments.model_fields) <= NOT_RENDERED
    assert frozenset(Job.model_fields) - NOT_RENDERED <= known | {
        "source",
        "framework",
        "algorithm",
        "image",
        "proceed_if",
        "tuning",
        "on_failure",
    }


# ---------------------------------------------------------------------- the example


def test_the_example_is_sound_in_every_environment(trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for options in (["--all-envs"], []):
        ran = trainspec("lint", "--strict", "--format", "json", *options, "specs/base", "specs/platform")
        assert {(each["code"], each["severity"]) for each in json.loads(ran.stdout)} == {("TS626", "note")}
        assert ran.returncode == 0


def test_files_of_another_repository_extend_their_own(files: Path, trainspec: Run, tmp_path: Path) -> None:
    other = tmp_path.with_name(f"{tmp_path.name}-other")
    (other / ".git").mkdir(parents=True)
    shutil.copytree(files, other / "specs")
    spec = other / "specs" / "one.yaml"
    assert trainspec("lint", str(spec)).returncode == 0
    assert json.loads(trainspec("request", str(spec)).stdout)["RoleArn"].endswith("role/MyRole")
    inside = os.path.relpath(files / "base" / "base.yaml", spec.parent)
    for target in (inside, os.path.relpath(os.devnull, spec.parent)):
        spec.write_text(SPEC.replace("base/base.yaml", target))
        said = trainspec("lint", "--format", "concise", str(spec)).stdout
        assert ("is outside the project" in said) == (target != inside), said
    (other / ".git").rmdir()  # then it may only read its own folder
    spec.write_text(SPEC)
    assert trainspec("lint", str(spec)).returncode == 0
    spec.write_text(SPEC.replace("base/base.yaml", "../base.yaml"))
    shutil.copy(files / "base" / "base.yaml", other)
    assert "is outside the project" in trainspec("lint", "--format", "concise", str(spec)).stdout


LAYERS = ("base defaults", "base job", "own defaults", "own job", "patched defaults", "patched job")
TAGS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", "null"]), max_size=3)


@tried(150)
@given(
    st.tuples(*(st.none() | st.sampled_from(["null", "[]"]) | TAGS for _ in LAYERS)), st.sets(st.sampled_from(LAYERS))
)
def test_a_variable_that_is_a_map_is_that_map(layers: tuple[Any, ...], by_variable: set[str]) -> None:
    tags = dict(zip(LAYERS, layers, strict=True))
    written = {name: _flow(each) for name, each in tags.items()}
    declared = [f"v{LAYERS.index(name)}: {written[name]}" for name in LAYERS if isinstance(tags[name], dict)]

    def made(through: set[str]) -> tuple[Any, list[str]]:
        put = {
            name: f"'${{vars.v{LAYERS.index(name)}}}'" if name in through and isinstance(tags[name], dict) else text
            for name, text in written.items()
        }
        field = {name: f", tags: {text}" if text else "" for name, text in put.items()}
        base = f"{BASE}  retries: 1{_block(put['base defaults'], 2)}\njobs: {{t: {{retries: 2{field['base job']}}}}}\n"
        spec = (
            "trainspec: 1\nextends: base.yaml\nenvironments:\n  e:\n"
            f"    defaults: {{retries: 3{field['patched defaults']}}}\n"
            f"    jobs: {{t: {{retries: 4{field['patched job']}}}}}\n"
            f"vars: {{x: 1, {', '.join(declared)}}}\ndefaults: {{retries: 5{field['own defaults']}}}\n"
            f"jobs: {{t: {{name: 'job-{{{{ ts_nodash }}}}'{field['own job']}}}}}\n"
        )
        found = _analyse({"base.yaml": base, "spec.yaml": spec}, options=Options(environment="e"))
        return found.requests["t"].members, sorted(each.code.id for each in found.findings if each.code.id != "TS204")

    assert made(by_variable) == made(set())


def _flow(tags: Any) -> str:
    if tags is None or isinstance(tags, str):
        return tags or ""
    return "{" + ", ".join(f"{key}: {value}" for key, value in tags.items()) + "}"


def _block(text: str, indent: int) -> str:
    return f"\n{' ' * indent}tags: {text}" if text else ""


def test_a_value_of_the_command_line_is_told_where_it_is_used(files: Path, trainspec: Run) -> None:
    more = "vars: {name: x, stage: y}\ndefaults: {tags: {a: '${vars.stage}'}}\n"
    (files / "one.yaml").write_text(SPEC.replace("job-", "${vars.name}-") + more)
    found = json.loads(trainspec("lint", "--format", "json", "--var", "stage=#").stdout)
    places = [(each["path"], each["line"], each["column"], each["code"]) for each in found]
    assert places == [("specs/one.yaml", 6, 22, "TS405")]
    assert "(`--var stage`)" in found[0]["message"]
    rows = json.loads(trainspec("request", "specs/one.yaml", "--origin", "--format", "json", "--var", "stage=z").stdout)
    reported = next(row for row in rows if row["value"] == "z")
    assert (reported["from"], reported["used_in"]) == ("--var stage", "specs/one.yaml:6")
