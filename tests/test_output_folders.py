"""Output folders that are full, read-only, links, mounts, or shared with others; and two runs at once."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpers import Run

SPEC = """\
trainspec: 1
dag: {description: %s}
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
needs_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount")


def write_specs(project: Path, version: str, count: int = 5) -> None:
    for number in range(count):
        (project / "specs" / f"spec{number}.yaml").write_text(SPEC % version)


@pytest.fixture
def output(project: Path, trainspec: Run) -> Path:
    """The output folder with the old version's files, and specs of the new version."""
    write_specs(project, "old")
    assert trainspec("compile").returncode == 0
    write_specs(project, "new")
    return project / "generated_dags"


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def is_new(folder: Path) -> bool:
    return all(('description="new"' in (folder / f"spec{number}.py").read_text()) for number in range(5))


def nothing_left(project: Path) -> bool:
    return not [path for path in project.rglob("*") if "trainspec-" in path.name]


def in_child(run: Callable[[], int]) -> int:
    """The exit code of `run` in a separate process."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = run()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def test_several_files_change_and_the_folder_stays_the_same(output: Path, project: Path, trainspec: Run) -> None:
    folder, mode = output.stat().st_ino, 0o640
    (output / "spec0.py").chmod(mode)
    (output / "below").mkdir(mode=0o500)
    (output / "mine.py").write_text("x = 1\n")
    (output / "link.py").symlink_to("mine.py")
    (output / "to_folder").symlink_to("below")
    os.mkfifo(output / "pipe.py")
    mine = (output / "mine.py").stat()
    assert trainspec("compile").returncode == 0
    assert is_new(output)
    assert nothing_left(project)
    assert output.stat().st_ino == folder
    assert (output / "spec0.py").stat().st_mode & 0o7777 == mode
    assert (output / "mine.py").stat().st_ino == mine.st_ino
    assert (output / "mine.py").stat().st_nlink == 1
    assert (output / "below").stat().st_mode & 0o7777 == 0o500
    assert (output / "link.py").readlink() == Path("mine.py")
    assert (output / "pipe.py").is_fifo()


@needs_root
def test_owners_stay(output: Path, trainspec: Run) -> None:
    os.chown(output / "spec1.py", 1234, 4321)
    os.chown(output, 1235, 4322)
    assert trainspec("compile").returncode == 0
    owners = [(path.stat().st_uid, path.stat().st_gid) for path in (output / "spec1.py", output, output / "spec2.py")]
    assert owners == [(1234, 4321), (1235, 4322), (os.geteuid(), os.getegid())]


def test_a_process_that_stands_in_the_folder_sees_the_new_files(output: Path, trainspec: Run) -> None:
    held = os.open(output, os.O_RDONLY)
    try:
        assert trainspec("compile").returncode == 0
        with os.fdopen(os.open("spec0.py", os.O_RDONLY, dir_fd=held)) as file:
            assert 'description="new"' in file.read()
    finally:
        os.close(held)


def test_what_a_killed_run_left_is_cleared_and_other_peoples_files_are_kept(
    output: Path, project: Path, trainspec: Run
) -> None:
    in_making = project / ".generated_dags.trainspec-1"
    in_making.mkdir()
    (in_making / "half.json").write_text("{")
    old_folder = project / ".generated_dags.tmp"
    old_folder.mkdir()
    (old_folder / "made_meanwhile.txt").write_text("mine")
    (old_folder / "spec9.py").write_text((output / "spec0.py").read_text())
    old_folder.rename(project / f".generated_dags.trainspec-{old_folder.stat().st_ino}")
    (output / ".trainspec-new").write_text("half a fi")
    assert trainspec("compile").returncode == 0
    assert nothing_left(project)
    assert (output / "made_meanwhile.txt").read_text() == "mine"
    assert not (output / "half.json").exists()
    assert not (output / "spec9.py").exists()


def test_a_link_in_the_project_is_followed(output: Path, project: Path, trainspec: Run) -> None:
    output.rename(project / "elsewhere")
    output.symlink_to("elsewhere")
    assert trainspec("compile").returncode == 0
    assert output.is_symlink()
    assert is_new(project / "elsewhere")
    assert nothing_left(project)


@pytest.mark.parametrize("how", ["link", "settings"])
def test_a_folder_outside_the_project_must_be_named(how: str, output: Path, project: Path, trainspec: Run) -> None:
    outside = project.parent / f"outside_{how}"
    output.rename(outside)
    if how == "link":
        output.symlink_to(outside)
    else:
        (project / "trainspec.toml").write_text('output = "../outside_settings"\n')
    refused = trainspec("compile")
    assert refused.returncode == 2
    assert "leaves the project" in refused.stderr
    assert not is_new(outside)
    assert trainspec("compile", "--output", str(outside)).returncode == 0
    assert is_new(outside)


def test_a_link_that_leads_in_a_circle(project: Path, trainspec: Run) -> None:
    write_specs(project, "new")
    (project / "generated_dags").symlink_to("generated_dags")
    failed = trainspec("compile")
    assert failed.returncode == 2
    assert "cannot write" in failed.stderr


def test_a_folder_in_the_place_of_a_file(output: Path, project: Path, trainspec: Run) -> None:
    (output / "spec3.py").unlink()
    (output / "spec3.py").mkdir()
    before = contents(output)
    assert trainspec("compile").returncode == 1
    forced = trainspec("compile", "--force")
    assert forced.returncode == 2
    assert "spec3.py: Is a directory" in forced.stderr
    assert contents(output) == before
    assert nothing_left(project)


def test_requests_within_the_folder_of_the_dags(output: Path, project: Path, trainspec: Run) -> None:
    for version in ("old", "new"):
        write_specs(project, version)
        assert trainspec("compile", "--requests", "generated_dags/requests").returncode == 0
        assert len(contents(output)) == 10
    assert is_new(output)
    assert trainspec("compile", "--requests", "generated_dags/requests", "--check").returncode == 0


@pytest.mark.parametrize("changed", [1, 5])
def test_a_full_disk_is_one_clear_error(
    changed: int, output: Path, project: Path, trainspec: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    write_specs(project, "old")
    write_specs(project, "new" * 300, changed)
    before = contents(output)

    def run() -> int:
        from trainspec.cli import main

        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
        return main(["compile"])

    assert in_child(run) == 2
    said = capfd.readouterr()
    assert said.err.count("cannot write") == 1
    assert "Traceback" not in said.err
    assert said.out == ""
    assert contents(output) == before
    assert nothing_left(project)


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mounts a small file system in memory."""
    mounted: list[Path] = []

    def mount(path: Path, size: str) -> Path:
        path.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
        if subprocess.run(command, check=False, capture_output=True).returncode != 0:
            pytest.skip("this process may not mount")
        mounted.append(path)
        return path

    yield mount
    os.chdir("/")
    for path in mounted:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


@needs_root
def test_a_disk_without_room(
    mount: Callable[..., Path], tmp_path: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = mount(tmp_path / "small", "160k")
    (project / "specs").mkdir()
    (project / ".git").mkdir()
    monkeypatch.chdir(project)
    write_specs(project, "old")
    assert trainspec("compile").returncode == 0
    write_specs(project, "new")
    before = contents(project / "generated_dags")
    filler = project / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    failed = trainspec("compile")
    assert failed.returncode == 2
    assert failed.stderr.endswith("No space left on device\n")
    assert contents(project / "generated_dags") == before
    filler.unlink()
    assert nothing_left(project)
    assert trainspec("compile").returncode == 0
    assert is_new(project / "generated_dags")


@needs_root
def test_a_mounted_folder(mount: Callable[..., Path], output: Path, project: Path, trainspec: Run) -> None:
    mount(output, "1m")
    write_specs(project, "old")
    assert trainspec("compile").returncode == 0
    write_specs(project, "new")
    assert trainspec("compile").returncode == 0
    assert is_new(output)
    assert nothing_left(project)


@pytest.mark.parametrize("where", ["folder", "parent"])
def test_read_only(where: str, output: Path, project: Path, trainspec: Run, capfd: pytest.CaptureFixture[str]) -> None:
    """The folder itself is enough to reject; the one that contains it is not needed."""
    for path in (project, *project.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, 65534, 65534)
    for path in (project, *project.parents):
        if path.stat().st_mode & 0o005 != 0o005 and path.stat().st_uid == os.geteuid():
            path.chmod(path.stat().st_mode | 0o055)
    before = contents(output)
    (output if where == "folder" else project).chmod(0o555)

    def run() -> int:
        from trainspec.cli import main

        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        return main(["compile"])

    code = in_child(run)
    (output if where == "folder" else project).chmod(0o755)
    said = capfd.readouterr().err
    if where == "parent":
        assert (code, is_new(output)) == (0, True)
    else:
        assert code == 2
        assert said.endswith("Permission denied\n")
        assert contents(output) == before
    assert nothing_left(project)


def test_runs_take_turns(project: Path, trainspec: Run, capfd: pytest.CaptureFixture[str]) -> None:
    from trainspec.cli import main

    write_specs(project, "old", 12)
    main(["compile", "-o", str(project / "warm")])
    children = []
    for number in range(12):
        child = os.fork()
        if child == 0:
            code = 99
            try:
                code = max(main(["compile", f"specs/spec{number}.yaml", "specs/spec0.yaml"]) for _ in range(5))
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 12
    assert trainspec("compile", "--check").returncode == 0
    assert len(contents(project / "generated_dags")) == 12
    assert nothing_left(project)


def test_waiting_for_another_run_has_an_end(
    output: Path, project: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainspec.output import turns

    monkeypatch.setattr(turns, "WAIT", 0.1)
    with turns.turn([output]):
        waited = trainspec("compile")
    assert waited.returncode == 2
    assert f"cannot write {project}: another run of trainspec is writing there" in waited.stderr
    assert trainspec("compile").returncode == 0
