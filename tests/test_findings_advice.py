"""Wrong advice is worse than none: writing what `help` says makes the finding disappear."""

import json
import re
from pathlib import Path

import pytest

from helpers import Run

SPEC = """\
trainspec: 1
dag: {id: example}
vars: {bucket: my-bucket}
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://${vars.bucket}/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
    metrics: {auc: "auc=([0-9.]+)"}
"""
HERE = "{max_runtime: 30m}"
MISTAKES: dict[str, tuple[str, str]] = {
    "a gate as an expression": (HERE, HERE + "\n    proceed_if: auc > 0.8"),
    "a gate as an expression, at least": (HERE, HERE + "\n    proceed_if: auc>=0.8"),
    "subnets without brackets": (
        HERE,
        HERE + "\n    vpc: {subnets: subnet-0123456789abcdef0, security_groups: [sg-0123456789abcdef0]}",
    ),
    "a clock's time": (HERE, "{max_runtime: '02:00:00'}"),
    "hours in words": (HERE, "{max_runtime: 2 hours}"),
    "megabytes": ("10GB", "512MB"),
    "gibibytes": ("10GB", "30Gi"),
    "an availability zone": (HERE, HERE + "\n    region: us-east-1a"),
    "a dag by its name": ("{id: example}", "example"),
    "a class by its name": ("jobs:", "tasks: {before: {operator: EmptyOperator}}\njobs:"),
    "a machine without ml.": ("ml.m5.large", "m5.large"),
    "a key without a space": ("output: s3", "output:s3"),
    "a key without a colon": ("output: s3", "output s3"),
    "a key with an equals sign": ("    output: s3", "    output = s3"),
    "a variable without vars": ("${vars.bucket}", "${bucket}"),
    "a misspelt variable": ("${vars.bucket}", "${vars.bukcet}"),
    "a bound of a gate": (HERE, HERE + "\n    proceed_if: {metric: auc, min: 0.8}"),
    "another version": ("trainspec: 1", "trainspec: 2"),
}


def _found(trainspec: Run) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(trainspec("lint", "--format", "json").stdout)
    return [each for each in found if each["severity"] == "error"]


def _applied(text: str, found: dict[str, object]) -> str:
    """The text with what the finding's help says to write, in its place."""
    advice = re.search(r"(?:write|did you mean) `(.+?)`(?:$|[?;,])", str(found["advice"])) or re.fullmatch(
        "write (1)", str(found["advice"])
    )
    assert advice, found["advice"]
    lines = text.splitlines(keepends=True)
    line, column, end = (int(str(found[key])) for key in ("line", "column", "end_column"))
    there = lines[line - 1]
    wanted, old = advice[1], there[column - 1 : end - 1]
    if wanted.startswith("dag: "):
        column = 1
    elif wanted.startswith("vars."):
        wanted = re.sub(r"\$\{.*?\}", f"${{{wanted}}}", old)
    lines[line - 1] = there[: column - 1] + wanted + there[end - 1 :]
    return "".join(lines)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_help_says_is_right(mistake: str, project: Path, trainspec: Run) -> None:
    old, new = MISTAKES[mistake]
    assert old in SPEC
    spec = project / "specs" / "one.yaml"
    spec.write_text(SPEC.replace(old, new, 1))
    found = _found(trainspec)
    assert len(found) == 1, [each["message"] for each in found]
    spec.write_text(_applied(spec.read_text(), found[0]))
    assert _found(trainspec) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    role", "\u00a0   role", "ordinary spaces"),
        ("trainspec: 1", "trainspec: 1\nextends: https://example.com/base.yaml", None),
        ("trainspec: 1", "trainspec: 1\nextends: ../base.yaml", "are relative to the folder of specs/one.yaml"),
        ("${vars.bucket}", "${vars.bucket:-x}", "does not support defaults"),
        ("${vars.bucket}", "${env.BUCKET}", "environment variables are not read"),
        ("${vars.bucket}", "${env:BUCKET}", "environment variables are not read"),
        ("${vars.bucket}", "${vars.account}", "declare it under `vars`"),
        ("${vars.bucket}", "${zzz}", "declare `zzz` under `vars` and write `${vars.zzz}`"),
        ("    stopping", "    max_parallel: 4\n    stopping", "write it in `matrix`"),
        ("    stopping", "    inputs: [s3://my-bucket/train/]\n    stopping", "`inputs: {train: s3://…}`"),
        ("    stopping", "    tags: [team-ml]\n    stopping", "`tags: {NAME: VALUE}`"),
        ("    stopping", "    AlgorithmSpecification: {TrainingImage: x}\n    stopping", "write `image`"),
        ("trainspec: 1", "trainspec: 1\nTrainingJobName: x", "`trainspec import FILE`"),
        ("jobs:", "tasks: {a: {operator: my.Op, bash_command: x}}\njobs:", "`arguments: {bash_command: …}`"),
        ("trainspec: 1", "version: 1", "write `trainspec: 1`"),
        ("trainspec: 1", "trainspec: 1\nenvironments: {dev: {account: '1'}}", "or under `defaults`"),
    ],
)
def test_what_help_speaks_of(old: str, new: str, said: str | None, project: Path, trainspec: Run) -> None:
    assert old in SPEC
    (project / "specs" / "one.yaml").write_text(SPEC.replace(old, new, 1))
    advice = [str(each["advice"]) for each in _found(trainspec)]
    assert advice
    assert said is None or any(said in each for each in advice), advice


@pytest.mark.parametrize("name", ["train.py", "request.json", "notes.md"])
def test_a_file_that_is_no_yaml(name: str, project: Path, trainspec: Run) -> None:
    (project / name).write_text("{}")
    refused = trainspec("lint", name)
    assert refused.returncode == 2
    assert f"{name} is not a YAML file" in refused.stderr
