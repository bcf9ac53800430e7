"""What is remembered between runs: it never changes a result, whatever has happened to the cache."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from trainspec.batch import cache, dag_ids
from trainspec.batch.entries import digest_of
from trainspec.batch.outcome import Outcome, Wanted
from trainspec.batch.pool import Look
from trainspec.disk.user_cache import user_cache
from trainspec.options import Options
from trainspec.project.project import Project, find_project
from trainspec.reporting.select import Selection

from helpers import ROOT, Run, sampled

SPEC = """\
trainspec: 1
extends: ../base.yaml
dag: {id: a, schedule: "@daily", start_date: 2025-04-01, catchup: false}
vars: {bucket: s3://my-own-bucket}
jobs:
  train:
    name: job-{{ ds }}
    output: "${vars.bucket}/models/"
"""
BASE = """\
defaults:
  role: arn:aws:iam::123456789012:role/SageMakerRole
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 1h}
  operator: {max_attempts: 240}
"""
CASES = sorted(path.parent for path in (ROOT / "tests" / "cases").glob("*/spec.yaml"))


@pytest.fixture
def spec(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec without findings, and the base that it extends."""
    monkeypatch.delenv("TRAINSPEC_NO_CACHE", raising=False)
    (project / "base.yaml").write_text(BASE)
    (project / "specs" / "a.yaml").write_text(SPEC)
    return project / "specs" / "a.yaml"


def known(spec: Path, chosen: Options | None = None, **settings: Any) -> Outcome | None:
    """What a new process finds in the cache."""
    cache.program_digest.cache_clear()
    project = Project(spec.parents[1], selection=Selection(**settings))
    return Look(project, chosen or Options(), Wanted()).known(spec)


def cache_of(project: Path) -> Path:
    folder = user_cache(project)
    assert folder is not None
    return folder


def entries(project: Path) -> list[Path]:
    return [path for path in cache_of(project).glob("*/??/*") if path.is_file()]


@pytest.mark.parametrize("case", sampled(CASES, 3), ids=lambda case: case.name)
def test_every_case_gives_the_same_cold_and_warm(case: Path, project: Path, trainspec: Run) -> None:
    shutil.copytree(case, project, dirs_exist_ok=True)
    for command in ("lint", "compile"):
        without = trainspec(command, "--no-cache", "spec.yaml")
        shutil.rmtree(project / "generated_dags", ignore_errors=True)
        cold = trainspec(command, "spec.yaml")
        assert cold == without
        warm = trainspec(command, "spec.yaml")
        assert warm.returncode == cold.returncode
        if command == "lint" or cold.returncode:
            assert warm == cold
        else:
            assert trainspec("compile", "--check", "--no-cache", "spec.yaml").returncode == 0


def test_what_is_known_is_what_was_found(spec: Path) -> None:
    look = Look(find_project(spec.parent), Options(), Wanted())
    found = look.at(spec)
    assert Look(find_project(spec.parent), Options(), Wanted()).known(spec) == found


CHANGES: dict[str, Callable[[Path], object]] = {
    "the spec": lambda spec: spec.write_text(SPEC.replace("train:", "trian:")),
    "a comment in the spec": lambda spec: spec.write_text(SPEC + "# trainspec: ignore[TS540]\n"),
    "the base": lambda spec: (spec.parents[1] / "base.yaml").write_text(BASE.replace("1h", "2h")),
    "the base is gone": lambda spec: (spec.parents[1] / "base.yaml").unlink(),
    "the base is a link": lambda spec: _to_link(spec.parents[1] / "base.yaml"),
}


def _to_link(path: Path) -> None:
    path.rename(path.with_name("other.yaml"))
    path.symlink_to("other.yaml")


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_text_is_looked_at(change: str, spec: Path, trainspec: Run) -> None:
    trainspec("lint")
    assert known(spec) is not None
    CHANGES[change](spec)
    assert known(spec) is None
    assert trainspec("lint") == trainspec("lint", "--no-cache")


def test_other_options_and_settings_are_others(spec: Path, trainspec: Run) -> None:
    trainspec("lint")
    assert known(spec) is not None
    for options in (Options({"bucket": "s3://x"}), Options(airflow="2.11"), Options(environment="prod")):
        assert known(spec, options) is None
    assert known(spec, ignore=("TS540",)) is None


def test_another_version_of_anything_is_another_program(
    spec: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    trainspec("lint")
    with monkeypatch.context() as patch:
        patch.setattr(cache, "__version__", "99.0")
        assert known(spec) is None
    packages = tmp_path_factory.mktemp("packages")
    (packages / "pyyaml-99.0.dist-info").mkdir()
    with monkeypatch.context() as patch:
        patch.syspath_prepend(packages)
        assert known(spec) is None
    installed = tmp_path_factory.mktemp("package")
    (installed / "rule.py").write_text("x = 1\n")
    with monkeypatch.context() as patch:
        patch.setattr(cache, "_PACKAGE", installed)
        cache.program_digest.cache_clear()
        trainspec("lint")
        assert known(spec) is not None
        (installed / "rule.py").write_text("x = 2  # changed\n")
        assert known(spec) is None
    assert known(spec) is not None


@pytest.mark.slow
def test_a_damaged_entry_is_none(spec: Path, trainspec: Run) -> None:
    trainspec("lint")
    (entry,) = entries(spec.parents[1])
    whole = entry.read_bytes()
    for length in range(0, len(whole), 7):
        entry.write_bytes(whole[:length])
        assert known(spec) is None
    for place in range(0, len(whole), 3):
        entry.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        assert known(spec) is None
    for other in (b"", b"\n", b"\xff\xfe", whole + b"x", b"0" * 64 + b"\n" + whole.split(b"\n", 1)[1]):
        entry.write_bytes(other)
        assert known(spec) is None
    entry.unlink()
    entry.mkdir()
    assert known(spec) is None
    assert trainspec("lint").returncode == 0


def test_another_specs_entry_is_none(spec: Path, trainspec: Run) -> None:
    trainspec("lint")
    (entry,) = entries(spec.parents[1])
    (spec.parent / "b.yaml").write_text(SPEC.replace("id: a", "id: b"))
    trainspec("lint", "specs/b.yaml")
    (other,) = set(entries(spec.parents[1])) - {entry}
    shutil.copy(entry, other)
    assert known(spec.parent / "b.yaml") is None


def test_secrets_and_values_are_not_stored(project: Path, spec: Path, trainspec: Run) -> None:
    for name, line in {
        "warning": "    operator: {max_attempts: 1}\n",
        "secret": "    environment: {DB_PASSWORD: correct-horse-battery-staple}\n",
        "silenced": "    environment: {DB_PASSWORD: correct-horse-battery}  # trainspec: ignore[TS500]\n",
    }.items():
        (project / "specs" / f"{name}.yaml").write_text(SPEC.replace("id: a", f"id: {name}") + line)
    for _ in range(2):
        trainspec("compile")
    assert known(spec) is not None
    assert [each for each in ("warning", "secret", "silenced") if known(project / "specs" / f"{each}.yaml")] == [
        "warning"
    ]
    stored = b"".join(path.read_bytes() for path in entries(project))
    for value in (b"correct-horse", b"my-own-bucket", b"SageMakerRole", b"my-algo"):
        assert value not in stored


def test_findings_are_remembered(project: Path, spec: Path, trainspec: Run) -> None:
    line = (
        "    operator: {max_attempts: 1}\n    inputs: {train: s3://my-own-bucket//train/}  # trainspec: ignore[TS550]\n"
    )
    spec.write_text(SPEC + line + "triggers:\n  again: {dag: nobodys}\n")
    (project / "specs" / "wrong.yaml").write_text(
        SPEC.replace("id: a", "id: b") + "    resources: {instance_type: ml.m5.lrage}\n"
    )
    first = {form: trainspec("lint", "--format", form) for form in ("text", "json", "sarif")}
    found = known(spec)
    assert found is not None
    assert "TS540" in {each.code.id for each in found.findings}
    assert {form: trainspec("lint", "--format", form) for form in first} == first
    assert {"TS540", "TS606", "TS104"} <= {each["code"] for each in json.loads(first["json"].stdout)}
    fixed = trainspec("lint", "--fix")
    assert "ml.m5.large}" in (project / "specs" / "wrong.yaml").read_text(), fixed.stderr


@pytest.mark.parametrize(
    ("call", "number"), [("write_text", errno.ENOSPC), ("replace", errno.EIO), ("mkdir", errno.EROFS)]
)
def test_where_nothing_can_be_written_nothing_is_remembered(
    call: str, number: int, project: Path, spec: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(Path, call, refuse)
        assert trainspec("lint").returncode == 0
    assert entries(project) == []
    assert known(spec) is None


def test_a_file_in_its_place(project: Path, spec: Path, trainspec: Run) -> None:
    cache_of(project).parent.write_text("a file")
    assert trainspec("lint").returncode == 0
    assert trainspec("lint").returncode == 0
    assert known(spec) is None


def _poisoned(spec: Path, trainspec: Run, **changed: Any) -> str:
    """What an entry of the user's own cache would have to contain to be trusted, with something changed."""
    trainspec("compile")
    (entry,) = entries(spec.parents[1])
    text = json.dumps({**json.loads(entry.read_text().split("\n", 1)[1]), **changed})
    return f"{digest_of(text)}\n{text}"


def test_what_a_repository_brings_along_is_not_believed(project: Path, spec: Path, trainspec: Run) -> None:
    output = project / "generated_dags" / "a.py"
    trainspec("compile")
    evil = "import os\nos.system('true')\n"
    content = _poisoned(spec, trainspec, output=digest_of(evil))
    (entry,) = entries(project)
    for folder in (".trainspec_cache", ".cache/trainspec", "cache"):
        planted = project / folder / entry.relative_to(cache_of(project).parent)
        planted.parent.mkdir(parents=True)
        planted.write_text(content)
        beside = project / folder / Path(*entry.parts[-3:])
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(content)
    output.write_text(evil)
    assert trainspec("compile", "--check").returncode == 1
    spec.write_text(SPEC.replace("output:", "outptu:"))
    assert trainspec("lint").returncode == 1


@pytest.mark.parametrize("name", ["TRAINSPEC_CACHE_DIR", "XDG_CACHE_HOME", "HOME"])
def test_a_cache_in_the_repository_is_not_used(
    name: str, project: Path, spec: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("TRAINSPEC_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, str(project / "here"))
    assert user_cache(project) is None
    assert trainspec("lint").returncode == 0
    assert not (project / "here").exists()
    (project / "ml").mkdir()
    assert user_cache(project / "ml") is None


def test_a_cache_that_others_write_to_is_not_used(spec: Path, trainspec: Run) -> None:
    trainspec("lint")
    assert known(spec) is not None
    base = cache_of(spec.parents[1]).parent
    base.chmod(0o777)
    assert known(spec) is None
    base.chmod(0o700)
    assert known(spec) is not None


def test_where_the_cache_lies(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.delenv("TRAINSPEC_CACHE_DIR")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_of(project).parent == home / ".cache" / "trainspec"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "xdg"))
    assert cache_of(project).parent == home / "xdg" / "trainspec"
    monkeypatch.setenv("TRAINSPEC_CACHE_DIR", "relative")
    assert user_cache(project) is None


STRANGE = {
    "a list": "[]", "null": "null", "nothing": "{}", "a number": "1", "deep": "[" * 100_000 + "]" * 100_000,
    "deep maps": '{"a":' * 50_000 + "1" + "}" * 50_000, "NaN": "NaN", "a huge number": "9" * 100_000, "a string": '"x"',
    "half": '{"run": 1', "lists for maps": '{"run": [], "texts": {}, "facts": [], "output": {}}',
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("is_summed", [True, False])
def test_entries_of_any_form(name: str, is_summed: bool, spec: Path, trainspec: Run) -> None:
    trainspec("lint")
    text = STRANGE[name]
    for entry in (*entries(spec.parents[1]), cache_of(spec.parents[1]) / "x" / "glances"):
        entry.parent.mkdir(exist_ok=True)
        entry.write_text(f"{digest_of(text)}\n{text}" if is_summed else text)
    assert known(spec) is None
    assert trainspec("lint").returncode == 0


CHANGED: list[dict[str, Any]] = [
    {"texts": []}, {"texts": None}, {"texts": [["a"]]}, {"texts": [[1, 2, 3]]}, {"facts": None}, {"facts": {"no": 1}},
    {"facts": {"id_span": [1]}}, {"facts": {"id_span": ["x", 1, 1, 1, True]}}, {"facts": {"dag_id": 1}},
    {"facts": {"environments": "abc"}}, {"facts": {"variables": [1]}}, {"facts": {"is_spec": "no"}}, {"run": None},
    {"output": 1}, {"output": ["x"]},
]  # fmt: skip


@pytest.mark.parametrize("changed", CHANGED, ids=str)
def test_entries_with_anything_in_them(changed: dict[str, Any], spec: Path, trainspec: Run) -> None:
    content = _poisoned(spec, trainspec, **changed)
    (entry,) = entries(spec.parents[1])
    entry.write_text(content)
    assert known(spec) is None
    assert trainspec("lint").returncode == 0


def test_a_pipe_in_an_entrys_place(spec: Path, trainspec: Run) -> None:
    trainspec("lint")
    (entry,) = entries(spec.parents[1])
    entry.unlink()
    os.mkfifo(entry)
    assert known(spec) is None
    assert trainspec("lint").returncode == 0


def test_no_cache_neither_reads_nor_writes(project: Path, spec: Path, trainspec: Run) -> None:
    trainspec("lint", "--no-cache")
    assert not cache_of(project).exists()


def test_the_environment_switches_it_off(
    project: Path, spec: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAINSPEC_NO_CACHE", "1")
    trainspec("lint")
    assert not cache_of(project).exists()


def test_backups_leave_it_out_and_only_the_user_reads_it(project: Path, spec: Path, trainspec: Run) -> None:
    trainspec("lint")
    base = cache_of(project).parent
    assert (base / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert base.stat().st_mode & 0o777 == 0o700
    assert not list(project.glob(".trainspec*"))


def test_entries_that_nobody_uses_go(project: Path, spec: Path, trainspec: Run) -> None:
    old, young = (cache_of(project) / name for name in ("0" * 16, "1" * 16))
    for folder in (old, young):
        (folder / "ab").mkdir(parents=True)
    os.utime(old, (0, 0))
    trainspec("lint")
    assert not old.exists()
    assert young.exists()


@pytest.mark.slow
def test_runs_at_the_same_time(project: Path, trainspec: Run) -> None:
    (project / "base.yaml").write_text(BASE)
    for number in range(30):
        (project / "specs" / f"s{number}.yaml").write_text(SPEC.replace("id: a", f"id: s{number}"))
    (project / "specs" / "bad.yaml").write_text(SPEC.replace("id: a", "id: bad").replace("output:", "outptu:"))
    command = [sys.executable, "-m", "trainspec", "lint", "--format", "concise"]
    runs = [
        subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    outputs = {(run.communicate()[0], run.returncode) for run in runs}
    without = trainspec("lint", "--no-cache", "--format", "concise")
    assert outputs == {(without.stdout, 1)}
    assert len(entries(project)) == 31
    assert all(known(project / "specs" / f"s{number}.yaml") for number in range(30))


def test_nothing_heavy_is_loaded_for_what_has_not_changed(project: Path, spec: Path, trainspec: Run) -> None:
    trainspec("compile")
    heavy = ("yaml", "jsonschema", "pydantic", "jinja2", "ruamel", "croniter", "trainspec.pipeline", "trainspec.rules")
    code = (
        "import json, sys; from trainspec.cli import main; code = main(sys.argv[1:]); "
        f"print(json.dumps([code, [name for name in {heavy!r} if name in sys.modules]]))"
    )
    for command in ("lint", "compile"):
        done = subprocess.run([sys.executable, "-c", code, command], cwd=project, capture_output=True, check=True)
        assert json.loads(done.stdout) == [0, []]


# ------------------------------------------------------------------ compile


def test_compile_makes_again_what_is_gone_or_edited(project: Path, spec: Path, trainspec: Run) -> None:
    output = project / "generated_dags" / "a.py"
    trainspec("compile")
    whole = output.read_text()
    assert trainspec("compile").stderr == "0 written, 0 removed, 1 unchanged in generated_dags/\n"
    output.unlink()
    assert trainspec("compile").stderr == "1 written, 0 removed, 0 unchanged in generated_dags/\n"
    assert output.read_text() == whole
    output.write_text(whole + "# mine\n")
    assert trainspec("compile", "--check").returncode == 1
    assert trainspec("compile").returncode == 0
    assert output.read_text() == whole


def test_lint_first_then_compile(project: Path, spec: Path, trainspec: Run) -> None:
    trainspec("lint")
    assert (
        trainspec("compile", "--requests", "requests").stderr
        == "2 written, 0 removed, 0 unchanged in generated_dags/\n"
    )
    assert (project / "requests" / "a.train.json").exists()


# ------------------------------------------------------------------ the project's other specs


@pytest.fixture
def many(project: Path, spec: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three specs, one of which a run analyses; of the others, only the DAG ids have been read."""
    monkeypatch.setattr(dag_ids, "_SETTLED", -(10**12))  # as if they had not changed for a while
    for name in ("b", "c"):
        (project / "specs" / f"{name}.yaml").write_text(SPEC.replace("id: a", f"id: {name}"))
    assert trainspec("lint", "specs/a.yaml").returncode == 0
    return project / "specs"


def _to_link_of_a(path: Path) -> None:
    path.unlink()
    path.symlink_to("a.yaml")


OTHERS: dict[str, Callable[[Path], object]] = {
    "another takes the id": lambda specs: (specs / "b.yaml").write_text(SPEC),
    "a link takes it": lambda specs: _to_link_of_a(specs / "b.yaml"),
    "a new one takes it": lambda specs: (specs / "d.yaml").write_text(SPEC),
    "by way of the base": lambda specs: (
        (specs.parent / "base.yaml").write_text(BASE + "dag: {id: x}\n"),
        (specs / "b.yaml").write_text(SPEC.replace("{id: a, ", "{")),
        (specs / "a.yaml").write_text(SPEC.replace("id: a", "id: x")),
    ),
    "one is gone": lambda specs: (specs / "b.yaml").unlink(),
    "one is no spec any more": lambda specs: (specs / "b.yaml").write_text("jobs: {}\n"),
    "nothing": lambda specs: None,
}


@pytest.mark.parametrize("change", OTHERS)
@pytest.mark.parametrize("twice", [False, True])
def test_other_specs_are_known_as_they_are(change: str, twice: bool, many: Path, trainspec: Run) -> None:
    OTHERS[change](many)
    for _ in range(1 + twice):
        assert trainspec("lint", "specs/a.yaml") == trainspec("lint", "--no-cache", "specs/a.yaml")
    assert ("also defines the DAG" in trainspec("lint", "specs/a.yaml").stdout) is ("take" in change or "way" in change)


def test_a_damaged_list_of_others_is_none(many: Path, trainspec: Run) -> None:
    (listed,) = cache_of(many.parent).glob("*/glances")
    whole = listed.read_bytes()
    (many / "b.yaml").write_text(SPEC)
    without = trainspec("lint", "--no-cache", "specs/a.yaml")
    assert without.returncode == 1
    for place in range(0, len(whole), 97):
        listed.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert trainspec("lint", "specs/a.yaml") == without
    listed.write_bytes(whole[: len(whole) // 2])
    assert trainspec("lint", "specs/a.yaml") == without


def test_what_changed_just_now_is_glanced_at_again(many: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (listed,) = cache_of(many.parent).glob("*/glances")
    assert set(json.loads(listed.read_text().split("\n", 1)[1])["files"]) == {"specs/b.yaml", "specs/c.yaml"}
    monkeypatch.setattr(dag_ids, "_SETTLED", 10**12)
    trainspec("lint", "specs/a.yaml")
    assert json.loads(listed.read_text().split("\n", 1)[1])["files"] == {}


@pytest.mark.parametrize(
    ("command", "heavy"),
    [("lint", ("pydantic", "jsonschema", "ruamel", "jinja2")), ("compile", ("pydantic", "jsonschema", "ruamel"))],
)
def test_a_sound_spec_needs_neither_models_nor_jsonschema(
    command: str, heavy: tuple[str, ...], project: Path, spec: Path
) -> None:
    code = (
        f"import sys; from trainspec.cli import main; code = main(['{command}', '--no-cache']); "
        f"print(code, [name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
