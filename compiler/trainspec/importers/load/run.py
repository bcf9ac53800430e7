"""Runs the Python of a user's Airflow on a DAG file: the only place where `import` runs a user's code.

That Python gets a single archive, which is built from the modules in `inside/`.
"""

import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from trainspec.importers.load.shape import ShapeError, check_found
from trainspec.importers.model import CannotImportError, UnavailableError

INSIDE: Final = Path(__file__).with_name("inside")
_PACKAGE: Final = "trainspec_inside"
_MAIN: Final = (
    f"import sys\nfrom {_PACKAGE}.read import main\nsys.path[:] = [p for p in sys.path if p != sys.argv[0]]\n"
)
VARIABLES: Final = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACKS": "True",
    "AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACK_DEPTH": "60",  # reaches the DAG file above a library's calls
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    "PYTHONDONTWRITEBYTECODE": "1",
}
_LARGEST: Final = 16_000_000
_SAID: Final = 4_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What Airflow found in a file: now, and with a clock that is ahead (None if that failed)."""

    found: Any
    later: Any


def load(file: Path, python: str, timeout: float) -> Loaded:
    """Let the Airflow of `python` load `file` in a separate process, for at most `timeout` seconds.

    Raises UnavailableError if Airflow fails before it loads the file, CannotImportError if loading the file takes
    longer or ends the process.
    """
    executable = shutil.which(python)
    if executable is None:
        raise UnavailableError(f"--airflow-python: no such program: {python}")
    with tempfile.TemporaryDirectory(prefix="trainspec-load-") as folder:
        archive, output = Path(folder, "read_dags.pyz"), Path(folder, "found.json")
        write_archive(archive)
        with _process([executable, str(archive), str(file), str(output)]) as (process, said):
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                raise _fault(output)(
                    f"loading it takes longer than {timeout:g} seconds; increase the limit with --load-timeout"
                ) from None
        found = read_found(output)
        if found is None:
            raise _fault(output)(_why(said.text(), code))
        return Loaded(found, read_found(Path(f"{output}.later")))


def write_archive(path: Path) -> None:
    """Write the program that Airflow's Python runs."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__main__.py", f"{_MAIN}main(*sys.argv[1:])\n")
        for module in sorted(INSIDE.glob("*.py")):
            archive.writestr(f"{_PACKAGE}/{module.name}", module.read_bytes())


@contextmanager
def _process(command: list[str]) -> Iterator[tuple["subprocess.Popen[bytes]", "_Said"]]:
    """The process, and the end of its output. No process that it started is left afterwards."""
    variables = {**os.environ, **VARIABLES}
    process = subprocess.Popen(  # noqa: S603 - the user's own Airflow, which they asked to run
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=variables,
    )
    said = _Said(process.stdout)
    try:
        yield process, said
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        said.close()


class _Said:
    """The end of a process's output; the rest is read, so that the process can continue, and dropped."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._last = stream, b""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(OSError, ValueError):
            while part := os.read(self._stream.fileno(), 65_536):
                self._last = (self._last + part)[-_SAID:]

    def close(self) -> None:
        """Read the rest, or abandon the output of a process that got away."""
        self._thread.join(2)
        if not self._thread.is_alive():
            self._stream.close()

    def text(self) -> str:
        """The end of the output."""
        return self._last.decode(errors="replace")


def read_found(path: Path) -> Any:
    """The JSON of a file; None if there is no file. Raises CannotImportError if `inside/` did not write it."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return None
            text = stream.read(_LARGEST + 1)
    except OSError:
        return None
    if len(text) > _LARGEST:
        raise CannotImportError("the content of the file is larger than that of any DAG file")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    try:
        check_found(found)
    except ShapeError as error:
        raise CannotImportError(f"loading it produced something other than DAGs: {error}") from None
    return found


def _fault(output: Path) -> type[CannotImportError]:
    """Whose fault it is: the file's once Airflow has begun to load it, which creates an empty output file."""
    return CannotImportError if os.path.lexists(output) else UnavailableError


def _why(said: str, code: int) -> str:
    """The last line of the process's output."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = lines[-1][:500] if lines else ""
    if "No module named 'airflow'" in last:
        return "--load: there is no Airflow in this Python; pass the Python of your Airflow with --airflow-python"
    return f"Airflow's Python ended with {code}" + (f": {last}" if last else "")
