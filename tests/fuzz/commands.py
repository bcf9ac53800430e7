"""The commands for one input: exit codes, no traceback, and no file anywhere except in the output folders."""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from trainspec.cli import main

OUTPUTS = ("generated_dags", "requests")


def run_commands(content: bytes, project: Path) -> None:
    """Lint and compile `content` in `project`, and assert what must hold for output and files."""
    spec = project / "specs" / "x.yaml"
    spec.write_bytes(content)
    before = _files(project)
    linted, said = _run("lint", "--no-cache")
    assert linted in (0, 1), said
    assert _files(project) == before, "lint writes nothing"
    compiled, more = _run("compile", "--no-cache", "--requests", "requests")
    assert compiled == linted, (said, more)
    made = _files(project) - before
    assert bool(made) == (compiled == 0 and "a fragment" not in more), made
    assert all(path.split("/")[0] in OUTPUTS and path.count("/") == 1 for path in made), made
    for words in (said, more):
        assert "Traceback" not in words
        assert "internal error" not in words
    for path in made:
        (project / path).unlink()


@contextlib.contextmanager
def project_of_its_own() -> Iterator[Path]:
    """A project in its own folder, which is the working directory inside the context; nothing may appear next to it."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "around", "project")
        for name in (".git", "specs"):
            (project / name).mkdir(parents=True)
        os.chdir(project)
        try:
            yield project
            beside = [str(path) for path in Path(folder).rglob("*") if not path.is_relative_to(project)]
            assert beside == [str(project.parent)], beside
        finally:
            os.chdir(before)


def _files(project: Path) -> frozenset[str]:
    return frozenset(path.relative_to(project).as_posix() for path in project.rglob("*") if not path.is_dir())


def _run(*arguments: str) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(arguments)
    return code, said.getvalue()
