"""`trainspec compile` and `compile --check`: what is written, what is rejected, what is reported."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from trainspec.diagnostics.formats import FORMATS

from helpers import ROOT, Run

SPEC = """\
trainspec: 1
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""


@pytest.fixture
def spec(project: Path) -> Path:
    path = project / "specs" / "one.yaml"
    path.write_text(SPEC)
    return path


@pytest.fixture
def dag(project: Path, spec: Path, trainspec: Run) -> Path:
    assert trainspec("compile").returncode == 0
    return project / "generated_dags" / "one.py"


def test_second_run_writes_nothing(dag: Path, trainspec: Run) -> None:
    before = dag.stat()
    again = trainspec("compile")
    assert (again.returncode, again.stdout) == (0, "")
    assert "0 written, 0 removed, 1 unchanged" in again.stderr
    assert (dag.stat().st_mtime_ns, dag.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert trainspec("compile", "--check").returncode == 0


def _edit_spec(spec: Path, dag: Path) -> None:
    spec.write_text(SPEC.replace("30m", "20m"))


def _edit_generated(spec: Path, dag: Path) -> None:
    dag.write_text(dag.read_text().replace("1800", "60"))


def _edit_header(spec: Path, dag: Path) -> None:
    dag.write_text(dag.read_text().replace("specs/one.yaml", "specs/two.yaml"))


def _delete_generated(spec: Path, dag: Path) -> None:
    dag.unlink()


def _rename_dag(spec: Path, dag: Path) -> None:
    spec.write_text(SPEC + "dag: {id: renamed}\n")


def _add_orphan(spec: Path, dag: Path) -> None:
    (dag.parent / "orphan.py").write_text(dag.read_text())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_edit_spec, "one.py` is stale"),
        (_edit_generated, "one.py` is stale"),
        (_edit_header, "one.py` is stale"),
        (_delete_generated, "one.py` is missing"),
        (_rename_dag, "one.py` is orphaned"),
        (_add_orphan, "orphan.py` is orphaned"),
    ],
)
def test_check_finds(
    change: Callable[[Path, Path], None], said: str, spec: Path, dag: Path, trainspec: Run, project: Path
) -> None:
    change(spec, dag)
    before = {path: path.read_bytes() for path in project.rglob("*.py")}
    checked = trainspec("compile", "--check")
    assert checked.returncode == 1
    assert said in checked.stderr
    assert checked.stdout.startswith("---") is ("stale" in said), "what is missing or orphaned is said in a line"
    assert {path: path.read_bytes() for path in project.rglob("*.py")} == before


@pytest.mark.parametrize(
    "change", [_edit_spec, _edit_generated, _edit_header, _delete_generated, _rename_dag, _add_orphan]
)
def test_compile_brings_up_to_date(change: Callable[[Path, Path], None], spec: Path, dag: Path, trainspec: Run) -> None:
    change(spec, dag)
    assert trainspec("compile").returncode == 0
    assert trainspec("compile", "--check").returncode == 0
    assert len(list(dag.parent.iterdir())) == 1


@pytest.mark.parametrize("above", ["", "# mine\n"])
def test_files_without_our_header_are_kept_without_force(above: str, spec: Path, dag: Path, trainspec: Run) -> None:
    dag.write_text(above + dag.read_text() if above else "print('mine')\n")
    mine = dag.read_text()
    spec.write_text(SPEC.replace("30m", "20m"))
    refused = trainspec("compile")
    assert refused.returncode == 1
    assert "Nothing was written" in refused.stderr
    assert dag.read_text() == mine
    assert trainspec("compile", "--force").returncode == 0
    assert "1200" in dag.read_text()


def test_foreign_files_beside_are_left_alone(dag: Path, trainspec: Run) -> None:
    other = dag.parent / "hand_written.py"
    other.write_text("x = 1\n")
    assert trainspec("compile", "--check").returncode == 0
    assert trainspec("compile").returncode == 0
    assert other.read_text() == "x = 1\n"


def test_one_bad_spec_and_nothing_is_written(project: Path, spec: Path, trainspec: Run) -> None:
    (project / "specs" / "bad.yaml").write_text(SPEC.replace("ml.m5.large", "ml.m5.huge"))
    failed = trainspec("compile")
    assert failed.returncode == 1
    assert "TS104" in failed.stderr
    assert failed.stdout == ""
    assert not (project / "generated_dags").exists()


def test_partial_run_leaves_other_specs_files(project: Path, dag: Path, trainspec: Run) -> None:
    (project / "specs" / "two.yaml").write_text(SPEC)
    assert trainspec("compile", "specs/two.yaml").returncode == 0
    assert sorted(path.name for path in dag.parent.iterdir()) == ["one.py", "two.py"]


def test_two_specs_of_one_dag(project: Path, spec: Path, trainspec: Run) -> None:
    (project / "specs" / "two.yaml").write_text(SPEC + "dag: {id: ONE}\n")
    failed = trainspec("compile")
    assert failed.returncode == 1
    assert "TS605" in failed.stderr
    assert "specs/one.yaml" in failed.stderr


def test_fragments_are_not_compiled(project: Path, spec: Path, trainspec: Run) -> None:
    (project / "specs" / "base.yaml").write_text("defaults: {role: x}\n")
    compiled = trainspec("compile")
    assert compiled.returncode == 0
    assert "specs/base.yaml: a fragment" in compiled.stderr
    assert [path.name for path in (project / "generated_dags").iterdir()] == ["one.py"]


def test_a_folder_that_cannot_be_written_is_one_clear_error(project: Path, spec: Path, trainspec: Run) -> None:
    (project / "generated_dags").write_text("a file, not a folder")
    failed = trainspec("compile")
    assert failed.returncode == 2
    assert "cannot write" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_requests_are_written_and_checked(project: Path, spec: Path, trainspec: Run) -> None:
    assert trainspec("compile", "--requests", "requests").returncode == 0
    request = project / "requests" / "one.train.json"
    assert '"TrainingJobName": "job-{{ ts_nodash }}"' in request.read_text()
    assert trainspec("compile", "--requests", "requests", "--check").returncode == 0
    request.unlink()
    assert trainspec("compile", "--requests", "requests", "--check").returncode == 1


def test_works_from_a_folder_below(dag: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("specs")
    checked = trainspec("compile", "one.yaml", "--check")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_python_dash_m(project: Path, spec: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "trainspec", "lint"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "1 file checked, nothing found." in done.stderr


def test_checked_in_files_are_up_to_date(trainspec: Run, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    monkeypatch.chdir(ROOT)
    from trainspec.cli import main

    assert main(["compile", "--check"]) == 0


CODES: dict[Callable[[Path, Path], None], tuple[str, str, int]] = {
    _edit_spec: ("TS701", "generated_dags/one.py", 32),
    _edit_generated: ("TS701", "generated_dags/one.py", 32),
    _edit_header: ("TS701", "generated_dags/one.py", 2),
    _delete_generated: ("TS702", "specs/one.yaml", 1),
    _add_orphan: ("TS703", "generated_dags/orphan.py", 2),
}


@pytest.mark.parametrize("change", CODES)
@pytest.mark.parametrize("form", FORMATS)
def test_check_tells_its_findings(
    change: Callable[[Path, Path], None], form: str, spec: Path, dag: Path, trainspec: Run
) -> None:
    change(spec, dag)
    code, path, line = CODES[change]
    checked = trainspec("compile", "--check", "--format", form)
    assert checked.returncode == 1
    assert code in checked.stdout
    assert path in checked.stdout
    assert "+++" not in checked.stdout, "no diff among the findings"
    if form == "json":
        (found,) = json.loads(checked.stdout)
        assert (found["code"], found["path"], found["line"]) == (code, path, line)


def test_check_tells_the_reports_of_good_files_too(dag: Path, trainspec: Run) -> None:
    assert json.loads(trainspec("compile", "--check", "--format", "json").stdout) == []
    assert 'failures="0"' in trainspec("compile", "--check", "--format", "junit").stdout


def test_format_goes_with_check(dag: Path, trainspec: Run) -> None:
    refused = trainspec("compile", "--format", "json")
    assert refused.returncode == 2
    assert "--format requires --check" in refused.stderr


@pytest.mark.parametrize(("settings", "arguments"), [("strict = true\n", []), ("", ["--strict"])])
def test_strict_writes_nothing_for_a_warning(
    settings: str, arguments: list[str], project: Path, spec: Path, trainspec: Run
) -> None:
    spec.write_text(SPEC + "    inputs: {train: s3://my-bucket//train/}\n")
    assert trainspec("compile", "--check").returncode == 1
    (project / "trainspec.toml").write_text(settings)
    refused = trainspec("compile", *arguments)
    assert refused.returncode == 1
    assert "warning[TS550]" in refused.stderr
    assert "warnings count" in refused.stderr
    assert not (project / "generated_dags").exists()


def test_requests_of_jobs_that_are_gone(spec: Path, dag: Path, project: Path, trainspec: Run) -> None:
    (project / "specs" / "one.other.yaml").write_text(SPEC)  # a DAG whose id begins like the other DAG's
    folder = project / "requests"
    assert trainspec("compile", "--requests", "requests").returncode == 0
    mine = folder / "one.notes.json"
    mine.write_text('{"notes": 1}\n')
    before = {path.name for path in folder.iterdir()}
    spec.write_text(SPEC.replace("  train:", "  again:"))
    checked = trainspec("compile", "--check", "--requests", "requests")
    assert checked.returncode == 1
    assert "`requests/one.train.json` is orphaned: no job produces it any more" in checked.stderr
    assert "run `trainspec compile --requests requests`: it removes the file" in checked.stderr
    assert {path.name for path in folder.iterdir()} == before
    assert trainspec("compile", "--requests", "requests", str(spec)).returncode == 0
    assert {path.name for path in folder.iterdir()} == {
        "one.again.json", "one.notes.json", "one.other.train.json",
    }  # fmt: skip
    spec.unlink()
    assert trainspec("compile", "--requests", "requests").returncode == 0
    assert {path.name for path in folder.iterdir()} == {"one.notes.json", "one.other.train.json"}


def test_the_last_spec_is_gone(spec: Path, dag: Path, trainspec: Run) -> None:
    spec.unlink()
    spec.parent.rmdir()  # as git does
    assert "one.py` is orphaned" in trainspec("compile", "--check").stderr
    assert trainspec("compile").returncode == 0
    assert not dag.exists()
    again = trainspec("compile")
    assert again.returncode == 2
    assert "there are no specs in `specs`" in again.stderr


def test_advice_repeats_the_options(spec: Path, trainspec: Run) -> None:
    spec.write_text(f"vars: {{secret: x}}\nenvironments: {{dev: {{}}}}\n{SPEC}    tags: {{a: '${{vars.secret}}'}}\n")
    checked = trainspec(
        "compile", "--check", "--env", "dev", "--airflow", "2", "-o", "o u t", "--var", "secret=hunter2"
    )
    assert "run `trainspec compile --env dev --airflow 2.11 --output 'o u t' --var secret=...`" in checked.stderr
    assert "hunter2" not in checked.stderr


def test_check_of_a_folder_that_cannot_be_listed(dag: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    dag.unlink()
    monkeypatch.setattr("os.listdir", refused)
    checked = trainspec("compile", "--check")
    assert checked.returncode == 1
    assert "`generated_dags/one.py` is missing" in checked.stderr
