"""What a crafted commit, or a crafted repository, can do to `trainspec diff`: nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from trainspec.disk import git as door
from trainspec.disk.reading import UnreadableError

from cpu_time import cpu_seconds
from helpers import Run

SPEC = """\
trainspec: 1
dag: {id: %s}
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
Entry = tuple[str, bytes, str]
"""Mode, name and id of an entry of a tree."""


def git(*arguments: str, given: bytes | None = None) -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    done = subprocess.run(["git", *who, *arguments], input=given, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "replace").strip()


def blob(content: bytes) -> str:
    return git("hash-object", "-w", "--stdin", given=content)


def tree(*entries: Entry) -> str:
    """A tree with these entries, even if git itself would reject their names."""
    content = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(id_) for mode, name, id_ in entries)
    return git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=content)


def commit(top: str) -> str:
    return git("commit-tree", top, "-m", "x")


@pytest.fixture
def project(lone_project: Path) -> Path:
    return lone_project


@pytest.fixture
def repository(project: Path) -> Path:
    """A repository with a single commit that contains one spec."""
    (project / ".git").rmdir()
    (project / "specs" / "a.yaml").write_text(SPEC % "a")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    return project


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if ".git" not in path.parts}


STEPS = [b"..", b".", b"", b".git", b"a/../..", b"/etc"]


@pytest.mark.parametrize("step", STEPS)
def test_names_that_lead_away_are_no_files(
    step: bytes, repository: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(repository / "tmp"))
    (repository / "tmp").mkdir()
    before = everything(repository.parent)
    spec = blob((SPEC % "a").encode())
    evil = tree(
        ("100644", b"evil.yaml", blob(b"owned: true\n")), ("100644", b"trainspec.toml", blob(b"strict = true\n"))
    )
    top = tree(("40000", step, tree(("40000", step, evil))), ("40000", b"specs", tree(("100644", b"a.yaml", spec))))
    ran = trainspec("diff", commit(top))
    assert ran.returncode in (0, 2), ran.stderr  # git itself rejects an empty name
    assert everything(repository.parent) == before


NAMES = {
    "300 bytes": b"x" * 300 + b".yaml", "not UTF-8": b"\xff\xfe.yaml", "a newline": b"a\nb.yaml",
    "an escape": b"\x1b]0;owned\x07.yaml", "bidirectional": "a\u202eb.yaml".encode(), "a tab": b"a\tb.yaml",
    "an option": b"--output=x.yaml", "a NUL's neighbour": b"\x01.yaml", "only the ending": b".yaml",
    "longer than any path": b"y" * 70_000 + b".yaml",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_any_kind(name: str, repository: Path, trainspec: Run) -> None:
    entries = sorted([(b"a.yaml", blob((SPEC % "a").encode())), (NAMES[name], blob((SPEC % "b").encode()))])
    top = tree(("40000", b"specs", tree(*(("100644", each, id_) for each, id_ in entries))))
    ran = trainspec("diff", commit(top))
    assert ran.returncode in (0, 1), ran.stderr
    assert "\x1b" not in ran.stdout + ran.stderr
    assert "\u202e" not in ran.stdout + ran.stderr


def test_links_and_submodules_are_left_out(repository: Path, trainspec: Run) -> None:
    spec = blob((SPEC % "a").encode())
    entries = (
        ("100644", b"a.yaml", spec),
        ("120000", b"link.yaml", blob(b"../../../../../etc/passwd")),
        ("160000", b"sub.yaml", "1" * 40),
    )
    assert trainspec("diff", commit(tree(("40000", b"specs", tree(*entries))))).stdout == "No differences.\n"


def test_a_blob_that_is_not_there(repository: Path, trainspec: Run) -> None:
    ran = trainspec("diff", commit(tree(("40000", b"specs", tree(("100644", b"a.yaml", "2" * 40))))))
    assert ran.returncode == 1
    assert "cannot be read: git does not have it" in ran.stderr


def test_a_tree_in_a_files_place(repository: Path, trainspec: Run) -> None:
    inner = tree(("100644", b"x", blob(b"x")))
    ran = trainspec("diff", commit(tree(("40000", b"specs", tree(("100644", b"a.yaml", inner))))))
    assert ran.returncode == 1
    assert "cannot be read" in ran.stderr


@pytest.mark.slow
def test_a_blob_is_not_read_beyond_a_files_bound(repository: Path) -> None:
    (repository / "specs" / "big.yaml").write_bytes(b" " * (64 << 20))
    (repository / "other").mkdir()
    (repository / "other" / "big.yaml").write_bytes(b"#" * (64 << 20))
    git("add", ".")
    git("commit", "-q", "-m", "big")
    script = (
        "import resource, sys; from trainspec.cli import main; code = main(['diff', 'HEAD~1', 'HEAD'])\n"
        "print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    # The shell in between keeps this process's own memory out of the child's figures.
    command = ["/bin/sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", script]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    code, kilobytes = ran.stdout.split()[-2:]
    assert code == "1"
    assert "specs/big.yaml has 67,108,864 bytes" in ran.stderr
    assert int(kilobytes) < 200_000


@pytest.mark.slow
def test_a_tree_with_more_files_than_anybody_has(repository: Path, trainspec: Run) -> None:
    """Ten levels of ten folders, each level the same tree: 10,000,000,000 files of a few kilobytes."""
    id_ = tree(*(("100644", b"f%d.yaml" % number, blob(b"a: 1\n")) for number in range(10)))
    for _ in range(10):
        id_ = tree(*(("40000", b"d%d" % number, id_) for number in range(10)))
    with cpu_seconds(at_most=10):
        ran = trainspec("diff", commit(id_))
    assert ran.returncode == 2
    assert "the names of the commit's files have more than" in ran.stderr or "more than 1,000,000 files" in ran.stderr


def test_no_more_names_than_bound(repository: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MAX_ENTRIES", 1)
    (repository / "specs" / "b.yaml").write_text(SPEC % "b")
    git("add", ".")
    git("commit", "-q", "-m", "two")
    assert "more than 1 files" in trainspec("diff", "HEAD").stderr


CONFIGS = {
    "lazy fetch": '[core]\n\trepositoryformatversion = 1\n\tsshCommand = "{touch}; false"\n[extensions]\n'
    '\tpartialClone = origin\n[remote "origin"]\n\turl = ssh://x/y\n\tpromisor = true\n',
    "remote helper": "[extensions]\n\tpartialClone = origin\n[core]\n\trepositoryformatversion = 1\n"
    '[remote "origin"]\n\turl = "ext::sh -c {touch}"\n\tpromisor = true\n[protocol "ext"]\n\tallow = always\n',
    "file system monitor": '[core]\n\tfsmonitor = "{touch}"\n',
    "hooks": "[core]\n\thooksPath = .\n",
    "pager": '[core]\n\tpager = "{touch}"\n[pager]\n\trev-parse = true\n\tls-tree = true\n\tcat-file = true\n',
    "aliases": '[alias]\n\tls-tree = "!{touch}"\n\tcat-file = "!{touch}"\n\trev-parse = "!{touch}"\n',
    "external diff": '[diff]\n\texternal = "{touch}"\n[diff "x"]\n\ttextconv = "{touch}"\n\tcommand = "{touch}"\n',
    "filters": '[filter "x"]\n\tsmudge = "{touch}"\n\tclean = "{touch}"\n\tprocess = "{touch}"\n',
    "credentials": '[credential]\n\thelper = "!{touch}"\n[core]\n\taskPass = "{touch}"\n\teditor = "{touch}"\n',
}


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("is_bare", [True, False])
def test_no_program_of_a_repositorys_configuration_runs(
    name: str, is_bare: bool, repository: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned = repository / "owned"
    folder = repository / ".git"
    if is_bare:  # a folder of a clone can be one: it needs no .git
        folder = repository / "sub"
        for below in ("objects", "refs/heads", "specs"):
            (folder / below).mkdir(parents=True)
        (folder / "HEAD").write_text("ref: refs/heads/main\n")
        (folder / "refs" / "heads" / "main").write_text("1" * 40 + "\n")
        (folder / "specs" / "a.yaml").write_text(SPEC % "a")
        monkeypatch.chdir(folder)
    (repository / ".gitattributes").write_text("*.yaml filter=x diff=x\n")
    with (folder / "config").open("a") as config:
        config.write(CONFIGS[name].replace("{touch}", f"touch {owned}"))
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        (folder / hook).write_text(f"#!/bin/sh\ntouch {owned}\n")
        (folder / hook).chmod(0o755)
    for revision in ("main", "HEAD", "1" * 40, "@{upstream}"):
        assert trainspec("diff", revision).returncode in (0, 1, 2)
    assert not owned.exists()


def test_a_bare_repository_is_refused_by_old_gits_too(repository: Path) -> None:
    bare = repository / "sub"
    for name in ("objects", "refs"):
        (bare / name).mkdir(parents=True)
    (bare / "HEAD").touch()
    with pytest.raises(door.GitError, match="bare"):
        door.ask(bare, "rev-parse", "HEAD")


def test_revisions_that_look_like_options(repository: Path, trainspec: Run) -> None:
    for name in ("--output=owned", "-h", "--git-dir=/", "main\n", "\x1b[2J"):
        ran = trainspec("diff", "--", name)
        assert ran.returncode == 2
        assert "\x1b" not in ran.stderr
    assert not (repository / "owned").exists()


def test_settings_and_paths_are_those_of_the_commit(repository: Path, trainspec: Run) -> None:
    (repository / "ml" / "jobs").mkdir(parents=True)
    (repository / "ml" / "trainspec.toml").write_text('paths = ["jobs"]\n')
    (repository / "ml" / "jobs" / "b.yaml").write_text(SPEC % "b")
    git("add", ".")
    git("commit", "-q", "-m", "two")
    (repository / "ml" / "trainspec.toml").write_text('paths = ["work"]\n')
    (repository / "ml" / "jobs").rename(repository / "ml" / "work")
    os.chdir(repository / "ml")
    assert trainspec("diff", "HEAD").stdout == "No differences.\n"
    assert trainspec("diff", "HEAD:jobs/b.yaml", "work/b.yaml").stdout == "No differences.\n"
    assert trainspec("diff", "HEAD:../../x.yaml").returncode == 2
    assert trainspec("diff", "HEAD:../specs", "../specs").returncode in (0, 2)


def test_what_is_left_of_git_when_it_ends(repository: Path) -> None:
    found = door.CommitTree.of("main", repository, (".yaml",))
    assert found.read("specs/a.yaml", 1 << 20).decode() == SPEC % "a"
    assert found.read("specs/a.yaml", 1 << 20).decode() == SPEC % "a"
    with pytest.raises(UnreadableError, match="does not exist"):
        found.read("specs/b.yaml", 100)
    with pytest.raises(UnreadableError, match="the limit is 10"):
        found.read("specs/a.yaml", 10)
    processes = [process for _, process in found._objects._asked.values()]
    del found
    assert all(process.poll() is not None for process in processes)
