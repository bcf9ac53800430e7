"""Running the Python of somebody's Airflow on a DAG file: the one place where `import` runs a user's code.

That Python is handed one archive, which is made of the modules in `inside/`.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from trainspec.importers.model import CannotImportError

INSIDE: Final = Path(__file__).with_name("inside")
_PACKAGE: Final = "trainspec_inside"
_MAIN: Final = (
    f"import sys\nfrom {_PACKAGE}.read import main\nsys.path[:] = [p for p in sys.path if p != sys.argv[0]]\n"
)
_LARGEST: Final = 64_000_000
_SAID: Final = 4_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What Airflow found in a file: now, and with a clock that was ahead (None where that failed)."""

    found: Any
    later: Any


def load(file: Path, python: str, timeout: float) -> Loaded:
    """Let the Airflow of `python` load `file` in a process of its own, for `timeout` seconds at most.

    Raises CannotImportError where it cannot be run, takes longer, or ends otherwise.
    """
    executable = shutil.which(python)
    if executable is None:
        raise CannotImportError(f"--airflow-python: there is no program {python}")
    with tempfile.TemporaryDirectory(prefix="trainspec-load-") as folder:
        archive, output, said = (Path(folder, name) for name in ("read_dags.pyz", "found.json", "said.txt"))
        _write_archive(archive)
        with said.open("wb") as stream, _process([executable, str(archive), str(file), str(output)], stream) as process:
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                raise CannotImportError(
                    f"loading it takes longer than {timeout:g} seconds; --load-timeout allows more"
                ) from None
        found = _read(output)
        if found is None:
            raise CannotImportError(_why(said, code))
        return Loaded(found, _read(Path(f"{output}.later")))


def _write_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__main__.py", f"{_MAIN}main(*sys.argv[1:])\n")
        for module in sorted(INSIDE.glob("*.py")):
            archive.writestr(f"{_PACKAGE}/{module.name}", module.read_bytes())


@contextmanager
def _process(command: list[str], said: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """The process, and whatever it started: none of it is left afterwards."""
    variables = {**os.environ, "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(  # noqa: S603 - the user's own Airflow, which they asked to run
        command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True, env=variables
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _read(path: Path) -> Any:
    """The JSON of a file; None where there is none."""
    try:
        if path.stat().st_size > _LARGEST:
            raise CannotImportError("what the file holds is larger than any DAG file's")
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _why(said: Path, code: int) -> str:
    """The last line of what the process said."""
    with said.open("rb") as stream:
        stream.seek(max(0, said.stat().st_size - _SAID))
        text = stream.read().decode(errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = lines[-1] if lines else f"it ended with {code}"
    if "No module named 'airflow'" in last:
        return "--load: there is no Airflow in this Python; name the one of your Airflow with --airflow-python"
    return f"Airflow's Python cannot load it: {last[:500]}"
