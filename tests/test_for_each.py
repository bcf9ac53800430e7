"""`for_each`: one spec as several DAGs."""

import json
from pathlib import Path

import pytest
from trainspec import api

from helpers import ROOT, Run

SPEC = """\
trainspec: 1
for_each: {team: [growth, risk]}
dag: {id: "churn_${for_each.team}"}
jobs:
  train:
    name: churn-${for_each.id}-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://${for_each.team}-models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""


def write(project: Path, text: str, name: str = "each.yaml") -> None:
    (project / "specs" / name).write_text(text)


def found(trainspec: Run, *arguments: str) -> list[tuple[str, str, int, int]]:
    listed = json.loads(trainspec("lint", "--format", "json", *arguments).stdout)
    return [(each["code"], each["message"], each["line"], each["column"]) for each in listed]


def dags(project: Path) -> list[str]:
    return sorted(path.name for path in (project / "generated_dags").glob("*.py"))


FAULTS = {
    "one_id": (
        ('"churn_${for_each.team}"', "churn"),
        ("TS605", "the combinations `team=growth` and `team=risk` of `for_each` both produce the DAG `churn`", 3, 11),
    ),
    "one_spelling": (
        ("[growth, risk]", "[1, '1']"),
        ("TS605", "two combinations `team=1` of `for_each` produce the DAG `churn_1` (for `team=1`)", 3, 11),
    ),
    "unknown_name": (
        ("-${for_each.id}", "-${for_each.tema}"),
        ("TS201", "`${for_each.tema}` is not defined", 6, 11),
    ),
    "no_list": (
        ("{team: [growth, risk]}", "{team: growth}"),
        ("TS103", "`for_each.team` must be a list of values", 2, 18),
    ),
    "no_map": (
        ("{team: [growth, risk]}", "[growth, risk]"),
        ("TS103", "`for_each` must be a map of lists, but is a list", 2, 11),
    ),
    "duplicate": (
        ("[growth, risk]", "[growth, risk, risk]"),
        ("TS107", "`risk` is a duplicate in `for_each.team`", 2, 33),
    ),
    "too_many": (
        ("{team: [growth, risk]}", f"{{team: {list(range(65))}}}"),
        ("TS106", "`for_each` has 65 combinations, more than 64", 2, 11),
    ),
    "nothing_left": (
        ("{team: [growth, risk]}", "{team: [a], exclude: [{team: a}]}"),
        ("TS106", "`for_each` has no combinations", 2, 11),
    ),
    "excludes_nothing": (
        ("{team: [growth, risk]}", "{team: [growth, risk], exclude: [{team: rsk}]}"),
        ("TS104", "no combination has {team: rsk}", 2, 44),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_one_finding_at_their_place(project: Path, trainspec: Run, name: str) -> None:
    (old, new), expected = FAULTS[name]
    assert old in SPEC
    write(project, SPEC.replace(old, new))
    assert found(trainspec) == [expected]


def test_a_finding_says_in_which_combinations(project: Path, trainspec: Run) -> None:
    spec = SPEC.replace("[growth, risk]", "[growth, risk, Risk_2]")
    write(project, spec.replace("name: churn-${for_each.id}", "name: churn-${for_each.team}"))
    shown = found(trainspec)
    assert {each[2] for each in shown} == {6, 9}
    assert all("(for `team=Risk_2`)" in each[1] for each in shown)
    write(project, SPEC.replace("ml.m5.large", "ml.m5.lrage"))
    ((_, message, line, _),) = found(trainspec)
    assert line == 10
    assert "(for" not in message


def test_each_combination_is_a_file(project: Path, trainspec: Run) -> None:
    write(project, SPEC)
    assert trainspec("compile").returncode == 0
    assert dags(project) == ["churn_growth.py", "churn_risk.py"]
    assert trainspec("compile", "--check").returncode == 0
    assert "s3://risk-models/" in (project / "generated_dags" / "churn_risk.py").read_text()
    write(project, SPEC.replace("risk", "ops"))
    checked = trainspec("compile", "--check", "--format", "concise")
    assert checked.returncode == 1
    assert "`generated_dags/churn_ops.py` is missing" in checked.stdout
    assert "`generated_dags/churn_risk.py` is orphaned" in checked.stdout
    assert trainspec("compile").returncode == 0
    assert dags(project) == ["churn_growth.py", "churn_ops.py"]
    assert trainspec("compile").stderr.startswith("0 written, 0 removed, 2 unchanged")
    write(project, SPEC.replace("risk", "ops").replace("30m", "40m"))
    assert trainspec("compile").stderr.startswith("2 written, 0 removed, 0 unchanged")


def test_a_second_run_knows_them(project: Path, trainspec: Run) -> None:
    write(project, SPEC.replace("ml.m5.large", "ml.m5.lrage"))
    assert found(trainspec) == found(trainspec) == found(trainspec, "--no-cache")


def test_environments_and_combinations(project: Path, trainspec: Run) -> None:
    write(
        project,
        SPEC.replace("-models/", "-models-${env}/")
        + "environments:\n  dev: {for_each: {team: [growth]}}\n  prod: {jobs: {train: {volume: 1}}}\n",
    )
    ((code, message, *_),) = found(trainspec)
    assert code == "TS101"
    assert "volume" in message
    write(project, SPEC.replace("-models/", "-models-${env}/"))
    (project / "trainspec.toml").write_text(
        "[environments.dev]\noutput = 'dags/dev'\n[environments.prod]\noutput = 'dags/prod'\n"
    )
    assert trainspec("compile").returncode == 0
    made = sorted(path.relative_to(project).as_posix() for path in project.glob("dags/*/*.py"))
    assert made == [f"dags/{env}/churn_{team}.py" for env in ("dev", "prod") for team in ("growth", "risk")]
    assert trainspec("compile", "--check").returncode == 0


def test_another_spec_makes_one_of_the_dags(project: Path, trainspec: Run) -> None:
    write(project, SPEC)
    other = SPEC.replace("for_each: {team: [growth, risk]}\n", "").replace("${for_each.team}", "risk")
    write(project, other.replace("${for_each.id}", "risk"), "other.yaml")
    assert [each[0] for each in found(trainspec)] == ["TS605"]
    assert [each[0] for each in found(trainspec, "specs/other.yaml")] == ["TS605"]
    assert [each[0] for each in found(trainspec, "specs/each.yaml")] == ["TS605"]


def test_what_all_dags_name_is_reported_once(project: Path, trainspec: Run) -> None:
    write(project, SPEC + "triggers: {next: {dag: nowhere, depends_on: train}}\n")
    assert [each[0] for each in found(trainspec)] == ["TS606"]


def test_many_rich_dags_are_within_the_budget(project: Path, trainspec: Run) -> None:
    text = (ROOT / "specs" / "train_gate_register.yaml").read_text()
    teams = ", ".join(f"t{number}" for number in range(64))
    text = text.replace("trainspec: 1\n", f"trainspec: 1\nfor_each: {{team: [{teams}]}}\n", 1)
    write(project, text.replace("id: train_gate_register", "id: register_${for_each.team}"))
    assert {each[0] for each in found(trainspec)} <= {"TS606"}


def test_one_is_chosen(project: Path, trainspec: Run) -> None:
    write(project, SPEC)
    for command in (("request",), ("graph",), ("run", "--simulate")):
        asked = trainspec(*command, "specs/each.yaml")
        assert asked.returncode == 2
        assert "defines 2 DAGs; choose one with --each NAME=VALUE: team=growth, team=risk" in asked.stderr
    request = json.loads(trainspec("request", "specs/each.yaml", "--each", "team=risk", "--at", "2025-04-09").stdout)
    assert request["TrainingJobName"] == "churn-team-risk-20250409T000000"
    wrong = trainspec("request", "specs/each.yaml", "--each", "team=ops")
    assert wrong.returncode == 2
    assert "has no such combination; there are team=growth, team=risk" in wrong.stderr
    listed = json.loads(trainspec("ls", "--json").stdout)
    assert [each["dag"] for each in listed] == ["churn_growth", "churn_risk"]
    buckets = trainspec("iam", "--for", "execution").stdout
    assert "growth-models" in buckets
    assert "risk-models" in buckets


def test_a_difference_is_that_of_each_dag(project: Path, trainspec: Run) -> None:
    write(project, SPEC)
    write(project, SPEC.replace("30m", "40m"), "other.yaml")
    shown = trainspec("diff", "specs/each.yaml", "specs/other.yaml").stdout
    assert shown.count("MaxRuntimeInSeconds") == 2


def test_from_python(project: Path) -> None:
    write(project, SPEC)
    path = project / "specs" / "each.yaml"
    assert api.load(path, each={"team": "risk"}).dag_id == "churn_risk"
    assert "churn_risk" in api.compile(api.load(path, each={"team": "risk"}))
    with pytest.raises(ValueError, match="must choose one DAG"):
        api.load(path, each={"team": "ops"})
    loaded = api.load(path)
    assert loaded.combinations == ("team=growth", "team=risk")
    assert api.lint(loaded) == ()
    with pytest.raises(ValueError, match="defines several DAGs"):
        api.compile(loaded)
    write(project, SPEC.replace("[growth, risk]", "[growth, Risk_2]"))
    (finding, *_) = api.lint(path)
    assert finding.message.endswith("(for `team=Risk_2`)")


@pytest.mark.parametrize("each", ["[]", "growth", "[growth, growth]", "[[growth]]"])
def test_nothing_is_said_of_a_value_that_nobody_wrote(project: Path, trainspec: Run, each: str) -> None:
    text = SPEC.replace("[growth, risk]", each).replace("    image", "    region: ${for_each.team}\n    image")
    write(project, text)
    assert [line for _, _, line, _ in found(trainspec)] == [2]
