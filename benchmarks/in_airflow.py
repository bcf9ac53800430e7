"""Scripts of `inside/`, run in an Airflow that has the peers and trainspec beside it."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measure import Bench, environment
from peers import peer, trainspec_beside

_INSIDE = Path(__file__).parent / "inside"


def said_inside(bench: Bench, script: str, *arguments: str) -> Any:
    """What a script of `inside/` prints as its last line, as JSON. Raises SystemExit where it fails."""
    around = {
        **environment(),
        "PYTHONPATH": str(trainspec_beside()),
        "AIRFLOW_HOME": str(bench.folder()),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "3600",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    command = [str(peer("dag-factory") / "python"), str(_INSIDE / script), *arguments]
    done = subprocess.run(command, env=around, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{script}: exit {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def bagged(bench: Bench, folder: Path, count: int, loaded: Sequence[str] = ()) -> tuple[float, float]:
    """The seconds of the processor and of the wall that DagBag takes for `count` DAGs, with `loaded` loaded already."""
    said = said_inside(bench, "dagbag.py", str(folder), *loaded)
    if said["dags"] != count:
        raise SystemExit(f"{said['dags']} of {count} DAGs were loaded: {said['errors']}")
    return said["cpu"], said["wall"]
