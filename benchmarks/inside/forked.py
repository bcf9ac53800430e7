"""Runs in Airflow's own environment: what its DAG processor takes for a file, in a child that it forks.

Takes how often, and the files, which take turns. As Airflow does, the parent imports ahead what a file imports of
`airflow.*`. Prints the seconds of the processor and of the wall, time by time, of each file.
"""

import json
import os
import sys
import time
from pathlib import Path

import structlog  # type: ignore[import-not-found]  # Airflow brings it
from airflow.dag_processing import processor

_LOG = structlog.get_logger()


def forked(path: str) -> tuple[float, float]:
    processor._pre_import_airflow_modules(path, _LOG)
    wall = time.perf_counter()
    child = os.fork()
    if not child:
        code = 1
        try:
            code = _parsed(path)
        finally:
            os._exit(code)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - wall
    if status:
        raise SystemExit(f"{path}: not loaded")
    return usage.ru_utime + usage.ru_stime, wall


def _parsed(path: str) -> int:
    os.environ["_AIRFLOW_PROCESS_CONTEXT"] = "client"
    request = processor.DagFileParseRequest(
        file=path, bundle_path=Path(path).parent, bundle_name="benchmark", callback_requests=[]
    )
    found = processor._parse_file(request, _LOG)
    return 0 if found and found.serialized_dags and not found.import_errors else 1


def main() -> None:
    times, files = int(sys.argv[1]), sys.argv[2:]
    for path in files:
        forked(path)
    figures: dict[str, list[tuple[float, float]]] = {path: [] for path in files}
    for _ in range(times):
        for path in files:
            figures[path].append(forked(path))
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


main()
