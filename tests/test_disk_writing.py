"""Nothing outside a project is written, moved or removed, whatever a repository contains."""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from trainspec.disk.user_cache import user_cache
from trainspec.disk.writing import Folder, place, write_new, write_over
from trainspec.output import journal

from helpers import Run

SPEC = """\
trainspec: 1
jobs:
     train:
          name: job-{{ ts_nodash }}
          image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
          role: arn:aws:iam::123456789012:role/MyRole
          outptu: s3://my-bucket/models/
          resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
          stopping: {max_runtime: 30m}
"""
GOOD = SPEC.replace("outptu", "output")
COMMANDS = (
    ("compile",), ("compile", "--requests", "requests"), ("compile", "--requests", "generated_dags/requests"),
    ("compile", "-o", "generated_dags"), ("compile", "-o", "generated_dags/sub", "--force"), ("fmt",), ("fmt", "specs"),
    ("lint", "--fix"), ("graph", "specs/a.yaml", "-o", "out.svg"), ("graph", "specs/a.yaml", "-o", "pictures/out.svg"),
    ("import", "job.json", "-o", "imported.yaml"), ("import", "job.json", "-o", "imported"), ("init", "."),
    ("init", "sub"), ("init", "pictures"),
)  # fmt: skip


@pytest.fixture
def project(lone_project: Path) -> Path:
    return lone_project


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's files."""
    folder = tmp_path_factory.mktemp("home")
    for name in ("a.py", "b.py", "a.yaml", "id_ed25519", "settings.json", "out.svg", "a.train.json"):
        (folder / name).write_text(f"{name} of somebody\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "note.txt").write_text("mine")
    return folder


def state(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()} | {
        str(path.relative_to(folder)): "folder" for path in folder.rglob("*") if path.is_dir()
    }


def link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def _planted_journal(project: Path, home: Path) -> None:
    for folder in ("generated_dags", "specs"):
        for name in (".trainspec-commit", ".trainspec-staged", ".trainspec-staged-0011223344556677"):
            link(project / folder / name / "gone", home)
            link(project / folder / name / "new", home)


def _journal_is_a_link(project: Path, home: Path) -> None:
    for folder in ("generated_dags", "specs"):
        for name in (".trainspec-commit", ".trainspec-staged", ".trainspec-staged-1", ".trainspec-new"):
            link(project / folder / name, home)


def _copies_beside(project: Path, home: Path) -> None:
    for number in range(200):
        link(project / f".generated_dags.trainspec-{number}", home)
    link(project / ".generated_dags.tmp", home)
    inode = (project / ".generated_dags.tmp").lstat().st_ino
    (project / ".generated_dags.tmp").rename(project / f".generated_dags.trainspec-{inode}")
    (project / "generated_dags").mkdir()


def _files_are_links(project: Path, home: Path) -> None:
    for name in ("generated_dags/a.py", "requests/a.train.json", "generated_dags/requests/a.train.json"):
        link(project / name, home / Path(name).name)
    for name in ("out.svg", "pictures/out.svg", "imported.yaml", "imported/imported.yaml", "sub/trainspec.toml"):
        link(project / name, home / "out.svg")
    link(project / ".pre-commit-config.yaml", home / "a.yaml")


def _folders_are_links(project: Path, home: Path) -> None:
    for name in ("generated_dags", "requests", "pictures", "imported", ".vscode", ".github", "schemas", "sub/specs"):
        link(project / name, home)


def _folders_below_are_links(project: Path, home: Path) -> None:
    for name in ("generated_dags/requests", "generated_dags/sub", "generated_dags/below", "sub/.vscode"):
        link(project / name, home)
    (project / "generated_dags" / "real").mkdir()


def _the_spec_is_a_link(project: Path, home: Path) -> None:
    (project / "specs" / "a.yaml").unlink()
    (home / "a.yaml").write_text(SPEC)
    link(project / "specs" / "a.yaml", home / "a.yaml")


def _specs_are_a_linked_folder(project: Path, home: Path) -> None:
    (home / "a.yaml").write_text(SPEC)
    (project / "specs").rename(project / "moved")
    link(project / "specs", home)


def _output_leads_away(project: Path, home: Path) -> None:
    (project / "trainspec.toml").write_text(f'output = "{os.path.relpath(home, project)}"\n')


def _output_is_absolute(project: Path, home: Path) -> None:
    (project / "trainspec.toml").write_text(f'output = "{home}"\n')


def _dangling(project: Path, home: Path) -> None:
    for name in ("out.svg", "generated_dags/a.py", "imported.yaml", "trainspec.toml", "requests/a.train.json"):
        link(project / name, home / "new-file")
    link(project / "pictures", home / "new-folder")
    link(project / "imported", home / "new-folder")


PLANTS: tuple[Callable[[Path, Path], None], ...] = (
    _planted_journal, _journal_is_a_link, _copies_beside, _files_are_links, _folders_are_links,
    _folders_below_are_links, _the_spec_is_a_link, _specs_are_a_linked_folder, _output_leads_away, _output_is_absolute,
    _dangling,
)  # fmt: skip


@pytest.mark.parametrize("spec", [SPEC, GOOD], ids=["faulty", "good"])
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__.strip("_"))
def test_no_command_writes_outside(
    plant: Callable[[Path, Path], None], spec: str, project: Path, home: Path, trainspec: Run
) -> None:
    (project / "specs" / "a.yaml").write_text(spec)
    (project / "specs" / "b.yaml").write_text(GOOD)
    (project / "job.json").write_text('{"TrainingJobName": "a", "RoleArn": "arn:aws:iam::123456789012:role/R"}')
    plant(project, home)
    before = state(home)
    for command in COMMANDS:
        ran = trainspec(*command)
        assert ran.returncode in (0, 1, 2), (command, ran)
        assert state(home) == before, command
        assert "of somebody" not in ran.stdout + ran.stderr, command


@pytest.mark.parametrize("can_swap", [True, False])
def test_a_journal_that_this_machine_did_not_write_is_not_carried_out(
    can_swap: bool, project: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_swap:
        monkeypatch.setattr("trainspec.output.swap._exchange_call", _no_such_call)
    output = project / "generated_dags"
    for name in ("a", "b"):
        (project / "specs" / f"{name}.yaml").write_text(GOOD)
    for staged in (".trainspec-commit", ".trainspec-staged", ".trainspec-staged-00"):
        (output / staged / "new").mkdir(parents=True)
        (output / staged / "gone").mkdir()
        (output / staged / "new" / "mine.py").write_text("# theirs\n")
        (output / staged / "mine.py").write_text("# theirs\n")
        (output / staged / "gone" / "other.py").touch()
    for name in ("mine.py", "other.py"):
        (output / name).write_text("# by hand\n")
    assert trainspec("compile").returncode == 0
    assert (output / "mine.py").read_text() == (output / "other.py").read_text() == "# by hand\n"


def _no_such_call() -> None:
    raise OSError(22, "no such call here")


def _record(folder: Path, **changed: object) -> Path:
    """The record of an unfinished run for a folder, as this program writes it, with something changed."""
    cache = user_cache(folder)
    assert cache is not None
    cache.mkdir(parents=True)
    digest = hashlib.sha256(b"new\n").hexdigest()
    record = {"staged": ".trainspec-staged-1", "new": {"a.py": digest}, "gone": ["b.py"], **changed}
    (cache / "unfinished").write_text(json.dumps(record))
    return cache / "unfinished"


def _unfinished(folder: Path) -> None:
    (folder / ".trainspec-staged-1").mkdir(parents=True)
    (folder / ".trainspec-staged-1" / "a.py").write_text("new\n")
    for name in ("a.py", "b.py"):
        (folder / name).write_text("old\n")


def test_a_run_that_was_killed_here_is_finished(tmp_path: Path) -> None:
    _unfinished(tmp_path)
    record = _record(tmp_path)
    with Folder(tmp_path) as folder:
        journal.recover(folder)
    assert (tmp_path / "a.py").read_text() == "new\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]
    assert not record.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"new": {"../a.py": "0" * 64}},
        {"new": {"a.py": "0" * 64}, "gone": []},
        {"gone": ["../b.py"]},
        {"gone": ["/etc/passwd"]},
        {"staged": ".."},
        {"staged": "sub"},
        {"staged": 1},
        {"new": []},
        {"gone": {"a": 1}},
        {"more": 1},
    ],
)
def test_a_damaged_record_moves_nothing(changed: dict[str, object], tmp_path: Path) -> None:
    _unfinished(tmp_path)
    _record(tmp_path, **changed)
    with Folder(tmp_path) as folder:
        journal.recover(folder)
    assert (tmp_path / "a.py").read_text() == "old\n"
    assert (tmp_path / "b.py").read_text() == "old\n"


@pytest.mark.parametrize("content", ["[]", "null", "[" * 100_000, "{}", "\xff"])
def test_a_record_that_is_none(content: str, tmp_path: Path) -> None:
    _unfinished(tmp_path)
    _record(tmp_path).write_text(content, encoding="latin-1")
    with Folder(tmp_path) as folder:
        journal.recover(folder)
    assert (tmp_path / "a.py").read_text() == "old\n"


def test_a_folder_that_is_held_open_stays_the_same(tmp_path: Path, home: Path) -> None:
    (tmp_path / "d").mkdir()
    with Folder(tmp_path / "d") as folder:
        (tmp_path / "d").rename(tmp_path / "e")
        (tmp_path / "d").symlink_to(home)
        folder.create("x", "text")
        folder.unlink("a.py")
    assert (tmp_path / "e" / "x").read_text() == "text"
    assert (home / "a.py").exists()
    with pytest.raises(OSError, match=r"directory|symbolic"):
        Folder(tmp_path / "d")


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "/etc/x", "a\0"])
def test_names_that_are_none(name: str, tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        for call in (folder.unlink, folder.below, folder.status, folder.rmdir, lambda each: folder.create(each, "")):
            with pytest.raises(OSError, match="name"):
                call(name)


def test_removing_follows_no_link_and_knows_no_depth(tmp_path: Path, home: Path) -> None:
    before = state(home)
    here = tmp_path / "left"
    here.mkdir()
    link(here / "link", home)
    (here / "closed").mkdir()
    (here / "closed" / "x").touch()
    (here / "closed").chmod(0o500)
    os.chdir(here)
    for _ in range(1500):
        os.mkdir("d")  # noqa: PTH102
        os.chdir("d")
    os.symlink(home, "link")  # noqa: PTH211
    os.chdir(tmp_path)
    with Folder(tmp_path) as folder:
        folder.remove("left")
    is_left = here.exists()
    subprocess.run(["rm", "-rf", "left"], check=True)
    assert not is_left
    assert state(home) == before


def test_an_output_folder_with_folders_without_end(project: Path, trainspec: Run) -> None:
    (project / "generated_dags").mkdir()
    os.chdir(project / "generated_dags")
    for _ in range(1500):
        os.mkdir("d")  # noqa: PTH102
        os.chdir("d")
    os.chdir(project)
    for name in ("a", "b"):
        (project / "specs" / f"{name}.yaml").write_text(GOOD)
    try:
        assert trainspec("compile").returncode == 0
        assert (project / "generated_dags" / "b.py").exists()
    finally:
        subprocess.run(["rm", "-rf", "generated_dags"], check=True)


def test_one_file_over_another(tmp_path: Path, home: Path) -> None:
    write_over(tmp_path / "x", "one\n", tmp_path)
    (tmp_path / "x").chmod(0o640)
    write_over(tmp_path / "x", "two\n", tmp_path)
    assert (tmp_path / "x").read_text() == "two\n"
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o640
    (tmp_path / "inside").symlink_to("x")
    write_over(tmp_path / "inside", "three\n", tmp_path)
    assert (tmp_path / "x").read_text() == "three\n"
    (tmp_path / "away").symlink_to(home / "a.py")
    with pytest.raises(PermissionError, match="leaves the project"):
        write_over(tmp_path / "away", "four\n", tmp_path)
    with pytest.raises(PermissionError, match="leaves the project"):
        write_new(tmp_path / "away" / "x", "four\n", tmp_path)
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "away", "four\n", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["away", "inside", "x"]


def test_what_the_user_names_elsewhere_is_written(tmp_path: Path, project: Path, home: Path) -> None:
    link(home / "link.svg", home / "out.svg")
    write_over(home / "link.svg", "picture\n", project)
    assert (home / "out.svg").read_text() == "picture\n"
    write_over(Path("/dev/null"), "picture\n", project)
    assert not Path("/dev/null").is_file()
    assert place(home / "sub", project) == home / "sub"


IDS = ["../../escaped", "/tmp/absolute", "..", "a\nb", "a/b", "", "con", "x" * 5000, "\x1b[2J", "a\\b", "~", "-o"]  # noqa: S108


@pytest.mark.parametrize("dag_id", IDS)
def test_import_writes_into_its_folder_only(dag_id: str, project: Path, trainspec: Run) -> None:
    (project / "out").mkdir()
    (project / "dag.py").write_text(
        "from airflow import DAG\n"
        "from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator\n"
        f"with DAG(dag_id={dag_id!r}):\n"
        "    SageMakerTrainingOperator(task_id='t', config={'TrainingJobName': 'a', 'RoleArn': 'arn'})\n"
    )
    before = {path for path in project.parent.rglob("*") if "out" not in path.parts}
    ran = trainspec("import", "dag.py", "-o", "out")
    assert ran.returncode in (0, 1)
    (made,) = (project / "out").iterdir()
    assert made.suffix == ".yaml"
    assert made.name.isprintable()
    assert {path for path in project.parent.rglob("*") if "out" not in path.parts} == before
