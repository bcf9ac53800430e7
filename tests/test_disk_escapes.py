"""More ways out of a project, invented by somebody who read SECURITY.md and did not believe it."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers import Run, sampled

CANARY = "canary-in-another-cage"
HEAD = "trainspec: 1\n"
JOB = """\
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
SPEC = HEAD + JOB
CODE = f"{HEAD}{JOB}    framework: {{name: pytorch, version: '2.3', python: py311}}\n".replace(
    "    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1\n", ""
)
COMMANDS = (
    ("lint",), ("lint", "--format", "sarif"), ("lint", "--fix"), ("lint", "specs/../specs"), ("fmt",),
    ("fmt", "--diff"), ("compile", "--check"), ("compile",), ("compile", "--requests", "requests"),
    ("compile", "-o", "./generated_dags/."), ("compile", "--force"), ("graph", "specs/x.yaml", "-o", "specs/x.svg"),
    ("request", "specs/x.yaml", "--origin"),
    ("diff", "HEAD"), ("diff", "HEAD", "HEAD"), ("diff", "specs", "specs/x.yaml"), ("iam", "specs/x.yaml"),
    ("import", "x.json", "-o", "specs"), ("import", "x.py"), ("push", "--dry-run"), ("init", "specs"),
)  # fmt: skip
NEWER_COMMANDS = (
    ("ls",), ("ls", "--json", "--select", "state:modified"), ("graph",), ("graph", "-o", "site/all.svg"),
    ("cost",), ("cost", "--format", "json"), ("cost", "--against", "HEAD"), ("docs",), ("docs", "--title", "x"),
    ("lint", "--diff"), ("lint", "--format", "junit"), ("metrics", "specs/x.yaml", "--log", "specs/x.yaml"),
    ("run", "specs/x.yaml", "--local"), ("run", "specs/x.yaml", "--simulate", "--phase-seconds", "0"),
    ("completion", "bash"), ("explain", "TS540"),
)  # fmt: skip


@pytest.fixture
def cage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place that must not be reached."""
    folder = tmp_path_factory.mktemp("cage")
    for name in (
        "x.yaml", "x.py", "x.json", "config", "train.py", "requirements.txt", "trainspec.toml", "x.svg", "prices.json",
        "index.html",
    ):  # fmt: skip
        (folder / name).write_text(f"# {CANARY}\n{CANARY}: 1\n")
    return folder


@pytest.fixture
def project(lone_project: Path) -> Path:
    return lone_project


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def beside(project: Path) -> set[str]:
    """What is next to the project."""
    return {path.name for path in project.parent.iterdir()}


def git(project: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", "-C", str(project), *who, *arguments], check=True, capture_output=True)


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def link(path: Path, target: Path | str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def settings(text: str) -> Callable[[Path, Path], None]:
    return lambda project, cage: put(project / "trainspec.toml", text.replace("CAGE", str(cage)))


def source(value: str) -> Callable[[Path, Path], None]:
    def plant(project: Path, cage: Path) -> None:
        up = os.path.relpath(cage, project / "specs")
        put(project / "specs" / "x.yaml", f"{CODE}    source: {value}\n".replace("CAGE", str(cage)).replace("UP", up))
        put(project / "code" / "train.py", "print()\n")

    return plant


def source_with(name: str, target: str, value: str = "dir: ../code, ") -> Callable[[Path, Path], None]:
    def plant(project: Path, cage: Path) -> None:
        source(f"{{{value}entry: train.py, upload: s3://my-bucket/code/}}")(project, cage)
        link(project / name, target.replace("CAGE", str(cage)))

    return plant


def extends(value: str) -> Callable[[Path, Path], None]:
    def plant(project: Path, cage: Path) -> None:
        up = os.path.relpath(cage, project / "specs")
        text = value.replace("CAGE", str(cage)).replace("UP", up)
        put(project / "specs" / "x.yaml", f"extends: {text}\n{SPEC}")

    return plant


def links(*pairs: tuple[str, str]) -> Callable[[Path, Path], None]:
    def plant(project: Path, cage: Path) -> None:
        for name, target in pairs:
            link(project / name, target.replace("CAGE", str(cage)))

    return plant


def _git_config(project: Path, _: Path) -> None:
    with (project / ".git" / "config").open("a") as config:
        config.write(f'[http]\n\textraheader = "AUTHORIZATION: {CANARY}"\n')


def _spec_of_git(project: Path, cage: Path) -> None:
    _git_config(project, cage)
    link(project / "specs" / "x.yaml", "../.git/config")
    link(project / "specs" / "y.yaml", "../.GIT/config")
    put(project / "specs" / "z.yaml", f"extends: ../.git/config\n{SPEC}")


def _git_by_settings(project: Path, cage: Path) -> None:
    _git_config(project, cage)
    put(project / "trainspec.toml", 'paths = [".git", ".git/conf*", ".git/**/*"]\noutput = ".git/hooks"\n')


def _git_by_a_folder(project: Path, cage: Path) -> None:
    _git_config(project, cage)
    link(project / "g", ".git")
    put(project / "trainspec.toml", 'paths = ["g", "g/config"]\noutput = "g/hooks"\n')


def _git_as_a_source(project: Path, cage: Path) -> None:
    _git_config(project, cage)
    source("{dir: ../.git, entry: config, upload: s3://my-bucket/code/}")(project, cage)


def _git_config_includes(project: Path, cage: Path) -> None:
    with (project / ".git" / "config").open("a") as config:
        config.write(f"[include]\n\tpath = {cage}/config\n[core]\n\tworktree = {cage}\n")


def _alternates(project: Path, cage: Path) -> None:
    put(project / ".git" / "objects" / "info" / "alternates", f"{cage}\n/dev/zero\n")


def _fifo_everywhere(project: Path, _: Path) -> None:
    for name in ("specs/y.yaml", "generated_dags/x.py", "requests/x.train.json", "trainspec.toml", "code/train.py"):
        (project / name).parent.mkdir(exist_ok=True)
        os.mkfifo(project / name)


def _header_is_a_lie(project: Path, cage: Path) -> None:
    first = "# Generated by trainspec. Do not edit: change the spec and compile it again."
    lie = f"{first}\n#   spec:    {{}}\n#   rebuild: x\n\n"
    for number, spec in enumerate(
        (cage / "gone.yaml", "../../../etc/gone", "x\0y", "y" * 5000, ".git/gone", "\x1b[2J")
    ):
        put(project / "generated_dags" / f"h{number}.py", lie.format(spec))


def _hard_names(project: Path, _: Path) -> None:
    for name in (
        "..yaml",
        "...yaml",
        "-o.yaml",
        "~.yaml",
        "$(id).yaml",
        "a;b.yaml",
        "*.yaml",
        "[x].yaml",
        "@prod.yaml",
    ):
        put(project / "specs" / name, SPEC)


def _chain_of_links(project: Path, cage: Path) -> None:
    for number in range(60):
        link(project / f"l{number}", f"l{number + 1}")
    link(project / "l60", cage)
    link(project / "specs" / "y.yaml", "../l0/x.yaml")
    link(project / "specs" / "z.yaml", "../l50/x.yaml")


def _dots(project: Path, cage: Path) -> None:
    link(project / "specs" / "d", cage)
    up = os.path.relpath(cage, project / "specs" / "d")
    put(project / "specs" / "x.yaml", f"extends: [d/x.yaml, d/../specs/d/x.yaml, ./d/./x.yaml, d/{up}/x.yaml]\n{SPEC}")


def _prices_by_a_link(project: Path, cage: Path) -> None:
    put(project / "trainspec.toml", 'prices = "prices.json"\n')
    link(project / "prices.json", cage / "prices.json")


PLANTS: dict[str, Callable[[Path, Path], None]] = {
    "a spec that is a link to git's configuration": _spec_of_git,
    "git's folder by the settings": _git_by_settings,
    "git's folder by a link": _git_by_a_folder,
    "git's folder as a source": _git_as_a_source,
    "a git configuration that includes": _git_config_includes,
    "objects of another place": _alternates,
    "pipes everywhere": _fifo_everywhere,
    "headers that lie": _header_is_a_lie,
    "names for a shell": _hard_names,
    "a chain of sixty links": _chain_of_links,
    "dots behind a link": _dots,
    "paths with a back slash": settings("paths = ['..\\..\\CAGE', 'a\\..\\..\\x']\n"),
    "paths of a home": settings('paths = ["~", "~root", "$HOME", "%USERPROFILE%"]\n'),
    "paths of a drive": settings('paths = ["C:/x", "C:x", "//server/share", "file:///etc"]\n'),
    "paths with characters of control": settings('paths = ["a\\u0000b", "\\u001b[2J", "a\\nb"]\n'),
    "paths that are nothing": settings('paths = ["", ".", "./", "specs//", "specs/."]\n'),
    "an output of a drive": settings('output = "C:\\\\x"\n'),
    "an output with dots": settings('output = "generated_dags/../../CAGE/../cage"\n'),
    "an output that is the specs": settings('output = "specs"\n'),
    "an environment that climbs": settings('[environments."../../../evil"]\noutput = "dags"\n'),
    "an environment elsewhere": settings('[environments.prod]\noutput = "CAGE"\n'),
    "an environment by two": settings('[environments.prod]\noutput = "../CAGE"\n[environments.dev]\noutput = ".git"\n'),
    "operators of another place": settings('operator-sources = ["CAGE", "../x", "~"]\n'),
    "settings in a table of tools": settings('[tool.trainspec]\npaths = ["CAGE"]\n'),
    "settings of an array": settings("[[paths]]\nx = 1\n"),
    "a link to the settings": links(("trainspec.toml", "CAGE/trainspec.toml"), ("pyproject.toml", "/dev/zero")),
    "settings by a link in the repository": links(("a.toml", "CAGE/trainspec.toml"), ("trainspec.toml", "a.toml")),
    "a base by its whole path": extends("CAGE/x.yaml"),
    "a base upwards": extends("UP/x.yaml"),
    "a base by three slashes": extends('"///CAGE/x.yaml"'),
    "a base of a drive": extends('"C:\\\\x.yaml"'),
    "a base of another system": extends('"..\\\\..\\\\x.yaml"'),
    "a base by an address": extends('"file://CAGE/x.yaml"'),
    "a base of a process": extends("/proc/self/environ"),
    "a base by encoded dots": extends('"%2e%2e/%2e%2e/x.yaml"'),
    "a base with a NUL": extends('"x.yaml\\0.yaml"'),
    "a source by its whole path": source("{dir: CAGE, entry: train.py, upload: s3://my-bucket/code/}"),
    "a source upwards": source("{dir: UP, entry: train.py, upload: s3://my-bucket/code/}"),
    "a source with dependencies elsewhere": source(
        "{dir: ../code, dependencies: [UP, CAGE], entry: train.py, upload: s3://my-bucket/code/}"
    ),
    "a source with requirements elsewhere": source(
        "{dir: ../code, requirements: UP/requirements.txt, entry: train.py, upload: s3://my-bucket/code/}"
    ),
    "a source that is the root": source("{dir: .., entry: code/train.py, upload: s3://my-bucket/code/}"),
    "a script that is a link": source_with("code/more.py", "CAGE/train.py"),
    "an entry that is a link": source_with("code/train.py", "CAGE/train.py"),
    "a source that is a link": source_with("away", "CAGE", "dir: ../away, "),
    "rules for git by a link": source_with("code/.gitignore", "CAGE/config"),
    "requirements by a link": source_with("code/requirements.txt", "CAGE/requirements.txt"),
    "files of the output by links": links(
        ("generated_dags/x.py", "CAGE/x.py"), ("requests/x.train.json", "CAGE/x.json"), ("specs/x.svg", "CAGE/x.svg")
    ),
    "passing files by links": links(
        ("generated_dags/.trainspec-new", "CAGE/x.py"), ("specs/.trainspec-new", "CAGE/x.yaml"),
        ("generated_dags/.trainspec-staged-1", "CAGE"), (".generated_dags.trainspec-1", "CAGE"),
    ),
    "folders of the starter by links": links(
        ("specs/specs", "CAGE"), ("specs/.vscode", "CAGE"), ("specs/.github", "CAGE"), ("specs/schemas", "CAGE")
    ),
    "what is imported by links": links(("x.json", "CAGE/x.json"), ("specs/imported.yaml", "CAGE/new.yaml")),
    "prices by their whole path": settings('prices = "CAGE/prices.json"\n'),
    "prices upwards": settings('prices = "../CAGE/prices.json"\n'),
    "prices by a link": _prices_by_a_link,
    "prices of git": settings('prices = ".git/config"\n'),
    "prices of a device": settings('prices = "/dev/zero"\n'),
    "a site by links": links(
        ("site/index.html", "CAGE/index.html"), ("site/dags", "CAGE"), ("site/style.css", "CAGE/new.css")
    ),
    "a picture by links": links(("site/all.svg", "CAGE/x.svg")),
    "a site elsewhere": links(("site", "CAGE")),
    "a cache by links": links((".trainspec_cache", "CAGE"), (".cache", "CAGE")),
}  # fmt: skip
TYPED = {"what is imported by links"}
"""Here a link is what the user typed: `import x.json` reads the file that it points to."""


@pytest.mark.parametrize("name", sampled(PLANTS, 3))
def test_nothing_gets_out(name: str, project: Path, cage: Path, trainspec: Run) -> None:
    _hold(name, project, cage, trainspec, COMMANDS)


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTS)
def test_nothing_gets_out_by_the_newer_commands(name: str, project: Path, cage: Path, trainspec: Run) -> None:
    _hold(name, project, cage, trainspec, NEWER_COMMANDS)


def _hold(name: str, project: Path, cage: Path, trainspec: Run, commands: tuple[tuple[str, ...], ...]) -> None:
    """Nothing in a repository leads a command out of it."""
    (project / ".git").rmdir()
    put(project / "specs" / "x.yaml", SPEC)
    put(project / "x.py", "from airflow import DAG\n")
    put(project / "x.json", '{"TrainingJobName": "a", "RoleArn": "arn:aws:iam::123456789012:role/R"}')
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "x")
    hooks = state(project / ".git" / "hooks")
    around = beside(project)
    PLANTS[name](project, cage)
    config, before = (project / ".git" / "config").read_bytes(), state(cage)
    for command in commands:
        ran = trainspec(*command)
        assert ran.returncode in (0, 1, 2), (command, ran)
        shown = ran.stdout + ran.stderr
        assert CANARY not in shown or name in TYPED, (command, ran)
        assert "\x1b" not in shown, command
        assert state(cage) == before, command
        assert (project / ".git" / "config").read_bytes() == config, command
        assert state(project / ".git" / "hooks") == hooks, command
        assert beside(project) == around, command
