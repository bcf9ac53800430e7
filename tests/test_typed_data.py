"""The types of a spec's data: generated from the models, and strict about keys."""

import ast
import subprocess
import sys
from pathlib import Path

from trainspec.language import data, typed

ROOT = Path(__file__).parents[1]

MISSPELT = """
from trainspec.language.data import JobData, SpecData


def right(spec: SpecData, job: JobData) -> object:
    return spec.get("dag", {}).get("schedule"), job.get("resources", {}).get("instance_type"), job["image"]


def wrong(spec: SpecData, job: JobData) -> object:
    first = spec.get("dag", {}).get("shedule")
    second = job["imge"]
    if job.get("resource"):
        return first
    return second
"""


def test_the_types_are_those_of_the_models() -> None:
    """`trainspec schema --rebuild` writes them."""
    assert Path(data.__file__).read_text(encoding="utf-8") == typed.typed_dicts()


def test_a_misspelt_key_is_a_type_error(tmp_path: Path) -> None:
    source = tmp_path / "misspelt.py"
    source.write_text(MISSPELT, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", "--cache-dir", str(tmp_path / "cache")]
    ended = subprocess.run([*command, str(source)], cwd=ROOT, capture_output=True, text=True, check=False)
    found = [line for line in ended.stdout.splitlines() if ": error:" in line]
    assert [line.split(":")[1] for line in found] == ["10", "11", "12"], ended.stdout + ended.stderr
    assert [key for key in ("shedule", "imge", "resource") if any(f'"{key}"' in line for line in found)] == [
        "shedule",
        "imge",
        "resource",
    ]


def test_nothing_imports_the_types_at_run_time() -> None:
    """They cost nothing: each import is below `if TYPE_CHECKING`."""
    package = Path(data.__file__).parents[1]
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "trainspec.language.data" not in text:
            continue
        tree = ast.parse(text)
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        assert not [node for node in imports if node.module == "trainspec.language.data"], path
