"""Nothing outside a project is read, whatever its files say; and no size or kind of file can hang a run."""

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from trainspec.disk.globs import literal_folder, matches
from trainspec.disk.reading import DiskTree, OutsideError, UnreadableError, read_typed

from helpers import Run

CANARY = "canary-of-another-place"
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
COMMANDS = (
    ("lint",), ("lint", "--format", "json"), ("lint", "--fix"), ("lint", "--diff"), ("fmt",), ("fmt", "--diff"),
    ("compile", "--check"), ("compile",), ("lint", "specs"), ("lint", "specs/x.yaml"), ("lint", "specs/*.yaml"),
    ("graph", "specs/x.yaml"), ("request", "specs/x.yaml"), ("iam", "specs/x.yaml"),
    ("diff", "specs/x.yaml", "specs/x.yaml@prod"), ("run", "specs/x.yaml", "--simulate"),
)  # fmt: skip


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that no file of the project may lead to."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "key").write_text(f"{CANARY}: [\n")
    (folder / "x.yaml").write_text(
        f"# {CANARY}\ntrainspec: 1\nvars: {{a: {CANARY}}}\njobs:   {{a: {{nmae: {CANARY}}}}}\n"
    )
    (folder / "a.py").write_text(f"# {CANARY}\n")
    (folder / "t.toml").write_text(f'{CANARY} = "x"\n')
    return folder


def _linked_file(project: Path, outside: Path) -> None:
    (project / "specs" / "x.yaml").symlink_to(outside / "key")


def _linked_spec(project: Path, outside: Path) -> None:
    (project / "specs" / "x.yaml").symlink_to(outside / "x.yaml")


def _linked_by_two_steps(project: Path, outside: Path) -> None:
    (project / "hop").symlink_to(outside)
    (project / "specs" / "x.yaml").symlink_to("../hop/x.yaml")


def _linked_folder(project: Path, outside: Path) -> None:
    (project / "specs").rmdir()
    (project / "specs").symlink_to(outside)


def _settings_above(project: Path, outside: Path) -> None:
    (project / "trainspec.toml").write_text(f'paths = ["{os.path.relpath(outside, project)}"]\n')


def _settings_absolute(project: Path, outside: Path) -> None:
    (project / "trainspec.toml").write_text(f'paths = ["{outside}/**/*.yaml"]\n')


def _settings_by_a_link(project: Path, outside: Path) -> None:
    (project / "in").symlink_to(outside)
    (project / "trainspec.toml").write_text('paths = ["in", "in/*.yaml"]\n')


def _settings_are_a_link(project: Path, outside: Path) -> None:
    (project / "trainspec.toml").symlink_to(outside / "t.toml")


def _settings_of_pyproject_are_a_link(project: Path, outside: Path) -> None:
    (project / "pyproject.toml").symlink_to(outside / "t.toml")


def _extends_a_link(project: Path, outside: Path) -> None:
    (project / "base.yaml").symlink_to(outside / "x.yaml")
    (project / "specs" / "x.yaml").write_text(f"extends: ../base.yaml\n{SPEC}")


def _extends_through_a_linked_folder(project: Path, outside: Path) -> None:
    (project / "in").symlink_to(outside)
    (project / "specs" / "x.yaml").write_text(f"extends: ../in/x.yaml\n{SPEC}")


def _extends_upwards(project: Path, outside: Path) -> None:
    above = os.path.relpath(outside / "x.yaml", project / "specs")
    (project / "specs" / "x.yaml").write_text(f"extends: {above}\n{SPEC}")


def _generated_file_is_a_link(project: Path, outside: Path) -> None:
    (project / "specs" / "x.yaml").write_text(SPEC)
    (project / "generated_dags").mkdir()
    (project / "generated_dags" / "x.py").symlink_to(outside / "a.py")


def _output_folder_is_a_link(project: Path, outside: Path) -> None:
    (project / "specs" / "x.yaml").write_text(SPEC)
    (outside / "x.py").write_text(f"# {CANARY}\n")
    (project / "generated_dags").symlink_to(outside)


ESCAPES: tuple[Callable[[Path, Path], None], ...] = (
    _linked_file, _linked_spec, _linked_by_two_steps, _linked_folder, _settings_above, _settings_absolute,
    _settings_by_a_link, _settings_are_a_link, _settings_of_pyproject_are_a_link, _extends_a_link,
    _extends_through_a_linked_folder, _extends_upwards, _generated_file_is_a_link, _output_folder_is_a_link,
)  # fmt: skip


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("escape", ESCAPES, ids=lambda escape: escape.__name__.strip("_"))
def test_no_command_reads_shows_or_writes_outside(
    escape: Callable[[Path, Path], None], project: Path, outside: Path, trainspec: Run
) -> None:
    escape(project, outside)
    before = _bytes(outside)
    for command in COMMANDS:
        ran = trainspec(*command)
        assert ran.returncode in (0, 1, 2), (command, ran)
        assert CANARY not in ran.stdout + ran.stderr, command
        assert _bytes(outside) == before, command


def test_a_path_that_the_user_typed_may_lie_outside(project: Path, outside: Path, trainspec: Run) -> None:
    (outside / "good.yaml").write_text(SPEC)
    assert trainspec("lint", str(outside / "good.yaml")).returncode == 0
    assert trainspec("lint", os.path.relpath(outside / "good.yaml", project)).returncode == 0
    (outside / "x.yaml").unlink()
    assert trainspec("lint", str(outside)).returncode == 0


def test_a_typed_path_leads_no_farther_than_its_own_project(
    project: Path, outside: Path, tmp_path_factory: pytest.TempPathFactory, trainspec: Run
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / ".git").mkdir()
    (other / "x.yaml").symlink_to(outside / "x.yaml")
    (other / "y.yaml").write_text(f"extends: x.yaml\n{SPEC}")
    (other / "base.yaml").write_text("vars: {a: 1}\n")
    (other / "z.yaml").write_text(f"extends: base.yaml\n{SPEC}")
    for name in ("x.yaml", "y.yaml"):
        ran = trainspec("lint", str(other / name))
        assert "is a link that leaves the project" in ran.stdout
        assert CANARY not in ran.stdout
    assert trainspec("lint", str(other / "z.yaml")).returncode == 0


def test_links_inside_of_the_project_are_followed(project: Path, trainspec: Run) -> None:
    (project / "shared").mkdir()
    (project / "shared" / "real.yaml").write_text(SPEC)
    (project / "specs" / "x.yaml").symlink_to("../shared/real.yaml")
    (project / "specs" / "there").symlink_to("../shared")
    assert trainspec("lint", "specs/x.yaml", "specs/there", "specs/there/real.yaml").returncode == 0


@pytest.mark.parametrize("file", ["trainspec.toml", "pyproject.toml", "specs/x.yaml", "base.yaml"])
@pytest.mark.parametrize("what", ["pipe", "folder", "sparse", "circle", "device"])
def test_what_is_not_a_file_is_refused_at_once(file: str, what: str, project: Path, trainspec: Run) -> None:
    (project / "specs" / "x.yaml").write_text(f"extends: ../base.yaml\n{SPEC}")
    (project / "base.yaml").write_text("vars: {a: 1}\n")
    path = project / file
    path.unlink(missing_ok=True)
    match what:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "sparse":
            with path.open("wb") as sparse:
                sparse.truncate(3 * 1024**3)
        case "circle":
            path.symlink_to(path.name)
        case "device":
            path.symlink_to("/dev/zero")
    ran = trainspec("lint")
    assert ran.returncode in (1, 2)
    assert file in ran.stdout + ran.stderr or (what == "folder" and "there are no specs in" in ran.stderr)


def test_settings_may_be_a_link_within_the_repository(
    project: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "team.toml").write_text('paths = ["."]\n')
    part = project / "part"
    part.mkdir()
    (part / "trainspec.toml").symlink_to("../team.toml")
    (part / "a.yaml").write_text(SPEC)
    monkeypatch.chdir(part)
    assert trainspec("lint").returncode == 0


def test_folders_below_folders_without_end(project: Path, trainspec: Run) -> None:
    os.chdir(project / "specs")
    for _ in range(1500):
        os.mkdir("d")  # noqa: PTH102
        os.chdir("d")
    os.chdir(project)
    (project / "specs" / "x.yaml").write_text(SPEC)
    try:
        assert trainspec("lint").returncode == 0
    finally:
        subprocess.run(["rm", "-rf", "specs/d"], check=True)  # Python itself cannot remove it


def test_links_in_circles_are_not_entered(project: Path, trainspec: Run) -> None:
    (project / "specs" / "x.yaml").write_text(SPEC)
    for name in "abcdef":
        (project / "specs" / name).symlink_to(".")
    for pattern in ("specs", "specs/**/*.yaml", "**/**/**/**/**/x.yaml"):
        assert trainspec("lint", pattern).returncode == 0


def test_a_file_that_grows_while_it_is_read(tmp_path: Path) -> None:
    """A file whose size the system does not know, such as those in /proc."""
    assert read_typed(Path("/proc/self/status"), 1 << 20).startswith(b"Name:")
    with pytest.raises(UnreadableError, match="more than 10 bytes"):
        read_typed(Path("/proc/self/status"), 10)


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "a//b", "", "a\0b"])
def test_names_that_are_none_of_the_tree(name: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(UnreadableError):
        DiskTree(tmp_path).read(name, 100)


def test_a_folder_that_becomes_a_link_is_not_followed(tmp_path: Path, outside: Path) -> None:
    tree = DiskTree(tmp_path)
    (tmp_path / "d").symlink_to(outside)
    with pytest.raises(OutsideError):
        tree.read("d/key", 100)
    assert list(tree.names("")) == ["d"]
    assert tree.kind("d") == "outside"


GLOBS = [
    ("specs/*.yaml", "specs/a.yaml", True), ("specs/*.yaml", "specs/b/a.yaml", False), ("**/a.yaml", "a.yaml", True),
    ("specs/**/*.yaml", "specs/a.yaml", True), ("specs/**/*.yaml", "specs/b/c/a.yaml", True), ("*", ".a", False),
    ("specs/?.yaml", "specs/a.yaml", True), ("specs/[a-c].yaml", "specs/b.yaml", True), ("a*b*c", "aXbYbc", True),
    ("specs/[*].yaml", "specs/*.yaml", True), ("specs/[*].yaml", "specs/b.yaml", False), (".*", ".a", True),
    ("[?]", "a", False), ("**", "a/b/c", True), ("a/**/b/**/c", "a/x/b/b/y/c", True), ("a/**/b", "a/c", False),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "name", "fits"), GLOBS)
def test_globs(pattern: str, name: str, fits: bool) -> None:
    assert matches(pattern, name) is fits


def test_no_glob_takes_long() -> None:
    long = "a" * 3000
    assert not matches("*a" * 200 + "b", long)
    assert not matches("**/a/" * 200 + "b", "/".join("a" * 500))
    assert literal_folder("specs/a/*/b.yaml") == "specs/a"


@pytest.fixture
def folders(tmp_path: Path) -> DiskTree:
    """A tree of four folders with a file each, which holds the folder's name."""
    for name in "abcd":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text(name)
    return DiskTree(tmp_path)


def _open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def test_a_tree_at_rest_holds_one_folder_at_most(folders: DiskTree) -> None:
    before = _open_files()
    with folders.at_rest():
        assert [folders.read(f"{name}/x", 9) for name in "aabba"] == [b"a", b"a", b"b", b"b", b"a"]
        with pytest.raises(UnreadableError):
            folders.read("a/missing", 9)
        with pytest.raises(UnreadableError):
            folders.read("missing/x", 9)
        assert folders.read("a/x", 9) == b"a"
        assert _open_files() <= before + 1
    assert _open_files() == before


def test_a_tree_that_is_sent_to_another_process_opens_its_own_folders(folders: DiskTree) -> None:
    with folders.at_rest(), ProcessPoolExecutor(1, get_context("spawn")) as processes:
        folders.read("a/x", 9)
        assert processes.submit(folders.read, "a/x", 9).result() == b"a"


def test_threads_may_share_a_tree(folders: DiskTree) -> None:
    def read(name: str) -> set[bytes]:
        return {folders.read(f"{name}/x", 9) for _ in range(300)}

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(read, "abcd")) == [{b"a"}, {b"b"}, {b"c"}, {b"d"}]
