"""What is compared, each in an environment of its own under .cache/benchmarks, installed on first use by uv.

trainspec is measured as its users have it: as a wheel, built from this checkout.
"""

import hashlib
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".cache" / "benchmarks"
SCHEMA = ROOT / "schemas" / "trainspec.schema.json"

PEERS = {
    "check-jsonschema": ("check-jsonschema==0.39.0",),
    "pre-commit": ("pre-commit==4.7.0",),
    "dag-factory": (
        "apache-airflow==3.3.2",
        "apache-airflow-providers-amazon[aiobotocore]==9.39.0",
        "dag-factory==1.1.0",
    ),
}


@cache
def peer(name: str) -> Path:
    """The folder of programs of a peer's environment."""
    return _environment(name, PEERS[name])


@cache
def trainspec() -> Path:
    """The folder of programs of an environment with the base package, as it is in this checkout."""
    wheel = _wheel()
    return _environment("trainspec", (str(wheel),), hashlib.sha256(wheel.read_bytes()).hexdigest())


@cache
def trainspec_for_editors() -> Path:
    """The folder of programs of an environment with the language server, as it is in this checkout."""
    wheel = _wheel()
    return _environment("trainspec-lsp", (f"{wheel}[lsp]",), hashlib.sha256(wheel.read_bytes()).hexdigest())


@cache
def trainspec_beside() -> Path:
    """A folder that holds this checkout's package and nothing that it needs, for the path of another environment."""
    folder = HOME / "beside"
    shutil.rmtree(folder, ignore_errors=True)
    _uv("pip", "install", "--quiet", "--no-deps", "--compile-bytecode", "--target", str(folder), str(_wheel()))
    return folder


@cache
def _wheel() -> Path:
    built = HOME / "wheel"
    shutil.rmtree(built, ignore_errors=True)
    _uv("build", "--quiet", "--wheel", "--out-dir", str(built), str(ROOT))
    (wheel,) = built.glob("*.whl")
    return wheel


def packages(programs: Path) -> Path:
    """Where the packages of an environment lie."""
    (folder,) = programs.parent.glob("lib/python*/site-packages")
    return folder


def versions() -> str:
    """The versions of what was used in this run."""
    used = [each for name in PEERS if (HOME / name).exists() for each in PEERS[name]]
    return f"Python {sys.version.split()[0]}, {', '.join(used)}"


def _environment(name: str, wanted: tuple[str, ...], stamp: str = "") -> Path:
    folder = HOME / name
    mark, said = folder / "installed", "\n".join((sys.version, *wanted, stamp))
    if not mark.exists() or mark.read_text() != said:
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        _uv("pip", "install", "--quiet", "--compile-bytecode", "--python", str(folder / "bin" / "python"), *wanted)
        mark.write_text(said)
    return folder / "bin"


def _uv(*arguments: str) -> None:
    subprocess.run(["uv", *arguments], check=True)
