"""There is one door to the disk and to git: no other module opens, writes, moves or removes a file, or runs a program.

Whatever a repository contains is untrusted, so a new way to the disk is a decision: it goes through `disk/`, or is
listed here with the reason why it only meets trainspec's own files, or the user's.
"""

import ast
from collections.abc import Iterator

import pytest

from helpers import ROOT

PACKAGE = ROOT / "compiler" / "trainspec"
CALLS = frozenset({
    "open", "fdopen", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "rmdir", "mkdir", "makedirs",
    "rmtree", "copytree", "copyfile", "copy2", "move", "rename", "renames", "symlink_to", "symlink", "hardlink_to",
    "link", "touch", "mkfifo", "truncate", "chmod", "chown", "utime", "mkdtemp", "mkstemp", "TemporaryDirectory",
    "NamedTemporaryFile", "Popen", "run", "call", "check_call", "check_output", "system", "popen", "execv", "execvp",
    "spawnv", "fork", "walk", "fwalk", "iterdir", "rglob", "glob", "iglob", "listdir", "scandir", "exec", "eval",
    "import_module", "__import__",
})  # fmt: skip
OF_A_MODULE = frozenset({
    "run", "call", "move", "link", "walk", "glob", "exec", "copy2", "system", "touch", "rename", "symlink",
})  # fmt: skip
"""Names that others have, too: they count after a module of the standard library, or with nothing before them."""
MODULES = frozenset({"os", "shutil", "subprocess", "glob", "io", "pathlib", "tempfile", "codecs", "tarfile", "zipfile"})

ALLOWED = {
    "disk": "the door itself",
    "runtime": "imports nothing of the rest, and reads no file of a repository",
    "output/swap.py": "relative to folders that are held open (`disk.writing.Folder`)",
    "output/turns.py": "locks a folder that `disk.writing.Folder` opened",
    "output/journal.py": "its record lies in the user's cache",
    "output/changes.py": "lists the output folder, whose files are read by `disk.reading.DiskTree`",
    "output/write.py": "removes folders that it made itself",
    "batch/cache.py": "looks at trainspec's own files",
    "batch/entries.py": "the user's cache",
    "cli/docs.py": "its `open` is that of the user's browser",
    "cli/target.py": "lists the output folder",
    "cli/completion.py": "the command line's own modules by the names of its commands",
    "policies/expressions.py": "Python's own parser of regular expressions",
    "cli/main.py": "its own modules by the names of its commands; standard output",
    "cli/import.py": "its `read_text` is the importers', and takes text",
    "cli/schema.py": "trainspec's own schemas",
    "cli/starter.py": "the installed package's own metadata",
    "cli/init.py": "reads trainspec's own schema",
    "schema/patterns.py": "a part of Python itself",
    "rules/support/expressions.py": "a part of Python itself",
    "schema/files.py": "trainspec's own schemas",
    "diagnostics/formats.py": "its own modules by the names of the formats",
    "rules/support/registry.py": "its own modules, the rules",
    "request/algorithms": "trainspec's own tables",
    "request/api": "trainspec's own tables, and botocore's",
    "request/images": "trainspec's own tables, and sagemaker-core's",
    "request/machines": "trainspec's own table, and moto's",
    "airflow_api": "trainspec's own tables, and released packages, read as syntax",
    "reference": "trainspec's own pages",
    "site/render.py": "trainspec's own templates",
    "packing": "lists and reads below folders that it holds to the project, link by link",
    "importers/load": "runs the Airflow of the user, who asked for it, on files of its own in a temporary folder",
    "container": "a tree of its own for the user's script, which the user asked to run here",
    "cli/running_here.py": "the same",
    "cli/metrics.py": "a log that the user typed",
    "lsp/server.py": "a folder of its own, for the requests that it shows",
    "local": "runs what the user asked to run",
    "recording": "runs what the user asked to run, and unpacks what it uploaded into a new folder that the user named",
    "simulator": "serves on this machine; writes what the user named",
}


def _calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in CALLS - (OF_A_MODULE - {"exec"}):
            yield node.lineno, node.func.id
        elif isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            before = node.func.value
            is_module = isinstance(before, ast.Name) and before.id in MODULES
            if is_module or node.func.attr not in OF_A_MODULE:
                yield node.lineno, ast.unparse(node.func)


def _is_allowed(name: str) -> bool:
    return any(name == each or name.startswith(f"{each}/") for each in ALLOWED)


def test_nobody_goes_around_the_doors() -> None:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not _is_allowed(name):
            found += [f"{name}:{line}: {call}" for line, call in _calls(ast.parse(path.read_text()))]
    assert not found, "go through `trainspec.disk`, or say in ALLOWED why not"


def test_every_exception_is_one() -> None:
    for name in ALLOWED:
        assert (PACKAGE / name).exists(), name


@pytest.mark.parametrize(
    "code",
    ["open('x')", "path.read_text()", "os.open('x', 0)", "subprocess.run(['git'])", "Path('x').open()", "x.rglob('*')"],
)
def test_the_test_sees(code: str) -> None:
    assert list(_calls(ast.parse(code)))
