"""A second fuzzer: documents from a grammar, and good files with tokens swapped, through every command.

`structures.py` swaps values in a tree, so its output is always YAML in one style. Here the example specs, their
fragments and settings are cut into tokens (words, signs, indentation, line ends), and tokens are dropped, doubled,
moved between files, or replaced by ones that have a meaning in YAML, Jinja, a shell or a terminal. Every other input is
a document that `grammar.py` generates from the schema, some with generated settings.

Two runs with different PYTHONHASHSEED print the same digest. Commands that call AWS or start a server are not included:
they are tested with their own rooms.

    uv run python tests/fuzz/token_fuzz.py --inputs 100000 --seed 1
"""

import argparse
import contextlib
import hashlib
import io
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grammar
from trainspec.cli import main
from trainspec.diagnostics.formats import FORMATS

sys.path.insert(0, str(Path(__file__).parents[1]))  # where this runs as a program

from cpu_time import is_within

SPECS = Path(__file__).parents[2] / "specs"
SECONDS = 5.0
"""CPU seconds that one input may take in all commands together."""
SETTINGS = (
    'paths = ["specs"]\noutput = "generated_dags"\nairflow = "3.3"\nignore = ["TS540"]\n'
    '[per-path]\n"specs/**" = ["TS5"]\n[environments.prod]\noutput = "dags/prod"\nregion = "eu-west-1"\n'
)
SMALL = "trainspec: 1\njobs:\n  y: {image: 'a:1', role: r, output: s3://b/y/}\n"
TOKENS = (
    "", " ", "  ", "\n", "\n  ", "\t", ":", ": ", "- ", "? ", "{", "}", "[", "]", ",", "&a ", "*a", "<<: *a", "!x ",
    "|", ">", "%",
    "'", '"', "#", "---", "...", "null", "~", "true", "0", "-1", "0x1f", "1e400", ".nan", "9" * 400, "2025-02-30",
    "1h", "${",
    "${vars.x}", "$${", "{{", "}}", "{{ ds }}", "{% if %}", "{#", "__debug__", "../../x", "/etc/passwd", "\0",
    "\x1b[31m", "\u202e",
    "\ufeff", "\ud800", "é", "\U0001f600", "trainspec: 1", "extends: [x.yaml]", "environments:",
    "matrix: {a: [1, 2]}", "::error::",
    "]]>", "</script>", "|--|", "`", "```", "\\", "a" * 300, "xoxb-123456789012-abc",
)  # fmt: skip
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("lint", "--no-cache"),
    ("lint", "--no-cache", "--format", "json"),
    ("compile", "--no-cache"),
    ("compile", "--no-cache", "--check"),
    ("fmt", "--check"),
    ("lint", "--no-cache", "--diff"),
    ("request", "specs/x.yaml"),
    ("request", "specs/x.yaml", "--origin"),
    ("graph", "specs/x.yaml", "--format", "svg"),
    ("graph", "specs/x.yaml", "--format", "mermaid"),
    ("iam", "specs/x.yaml"),
    ("diff", "specs/x.yaml", "specs/y.yaml"),
    ("import", "specs/x.yaml"),
    *(("lint", "--no-cache", "--format", form) for form in FORMATS if form not in ("text", "concise", "json")),
    ("lint", "--no-cache", "--format", "concise", "--env", "prod"),
    ("lint", "--no-cache", "--fix"),
    ("compile", "--no-cache", "--requests", "requests", "--env", "prod"),
    ("compile", "--no-cache", "--airflow", "2"),
    ("fmt",),
    ("diff", "--format", "markdown", "specs/x.yaml", "specs/y.yaml"),
    ("diff", "--format", "json", "specs/x.yaml", "specs/y.yaml@prod"),
    ("graph",),
    ("ls",),
    ("ls", "--json", "--select", "tag:nightly"),
    ("metrics", "specs/x.yaml", "--log", "trainspec.toml"),
    ("push", "--dry-run"),
    ("run", "specs/x.yaml", "--simulate", "--phase-seconds", "0", "--at", "2025-04-09"),
    ("import", "specs/x.yaml", "-o", "imported"),
    ("explain", "TS540"),
)
_TOKEN = re.compile(r"\n[ ]*|[ \t]+|\w+|[^\w\s]")


@cache
def texts() -> tuple[str, ...]:
    """The example specs and the fragments that they extend."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(SPECS.rglob("*.yaml")))


@cache
def base() -> dict[str, str]:
    """What the example specs extend."""
    return {f"specs/base/{path.name}": path.read_text(encoding="utf-8") for path in sorted(SPECS.glob("base/*.yaml"))}


def mutated(chance: random.Random, text: str) -> str:
    """`text` with a few tokens swapped."""
    tokens = _TOKEN.findall(text)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(tokens))
        kind = chance.randrange(6)
        if kind == 0:
            del tokens[at : at + chance.choice((1, 1, 5))]
        elif kind == 1:
            tokens[at:at] = tokens[at : at + chance.choice((1, 10, 40))]
        elif kind == 2:
            other = _TOKEN.findall(chance.choice(texts()))
            start = chance.randrange(len(other))
            tokens[at:at] = other[start : start + chance.choice((1, 5, 30))]
        else:
            tokens[at : at + chance.randrange(2)] = [chance.choice(TOKENS)]
        tokens = tokens or [""]
    return "".join(tokens)


def put(chance: random.Random, project: Path) -> None:
    """A project of two specs and settings; usually one of the files is wrong."""
    whole, part = chance.choice(texts()), chance.choice(texts()) if chance.random() < 0.3 else SMALL
    files = {"specs/x.yaml": whole, "specs/y.yaml": part, "trainspec.toml": SETTINGS}
    if chance.random() < 0.5:
        files["specs/x.yaml"] = grammar.document(chance)
        if chance.random() < 0.2:
            files["trainspec.toml"] = grammar.settings(chance)
    else:
        broken = chance.choices(list(files), (6, 2, 1))[0]
        files[broken] = mutated(chance, files[broken])
    if any("base/" in text for text in files.values()):
        files |= base()
    of_before = {project / made for made in ("generated_dags", "requests", "imported", "dags", "specs/base")}
    for made in filter(Path.exists, sorted(of_before)):
        shutil.rmtree(made) if made.is_dir() else made.unlink()  # `import -o` writes a single spec as a file
    Path(project, "specs/base").mkdir()
    for name, text in files.items():
        (project / name).write_bytes(text.encode("utf-8", "surrogatepass"))


def try_one(seed: int, project: Path, commands: int = 3) -> tuple[Counter[int], str]:
    """Exit codes of some commands for the input of a seed, and a digest of their output. Raises for a fault."""
    chance = random.Random(seed)  # noqa: S311
    put(chance, project)
    codes: Counter[int] = Counter()
    digest = hashlib.sha256()
    start = time.process_time()
    chosen = [COMMANDS[0]] if commands > 1 or chance.random() < 0.3 else []
    chosen += chance.sample(COMMANDS[1:], commands - len(chosen))
    for command in chosen:
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = main(command)
        text = said.getvalue().replace(str(project), ".")
        assert code in (0, 1, 2), f"seed {seed}, {command}: {text[-500:]}"
        assert "Traceback" not in text, f"seed {seed}, {command}"
        assert "\x1b" not in text, f"seed {seed}, {command}: an escape sequence"
        codes[code] += 1
        digest.update(str(code).encode() if command[0] == "run" else text.encode("utf-8", "surrogatepass"))
    took = time.process_time() - start
    assert is_within(SECONDS, took), f"seed {seed}: {took:.1f} s"
    return codes, digest.hexdigest()


@contextlib.contextmanager
def project() -> Iterator[Path]:
    """A project in its own folder, which is the working directory inside the context."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "project")
        (made / "specs").mkdir(parents=True)
        (made / ".git").mkdir()
        os.chdir(made)
        try:
            yield made
        finally:
            os.chdir(before)


def run() -> int:
    """Try many inputs, and print the results: the digest is the same whatever PYTHONHASHSEED is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0, help="the first of them")
    parser.add_argument("--commands", type=int, default=3, help="how many commands each goes through")
    given = parser.parse_args()
    codes: Counter[int] = Counter()
    whole, faults = hashlib.sha256(), []
    with project() as folder:
        for seed in range(given.seed, given.seed + given.inputs):
            try:
                found, digest = try_one(seed, folder, given.commands)
            except AssertionError as error:
                faults.append(str(error))
                continue
            codes += found
            whole.update(digest.encode())
    seen = f"exits {json.dumps(dict(sorted(codes.items())))}, {len(faults)} faults, {whole.hexdigest()[:16]}"
    print(f"{given.inputs:,} inputs from {given.seed}: {seen}")  # noqa: T201
    print(*faults[:10], sep="\n")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(run())
