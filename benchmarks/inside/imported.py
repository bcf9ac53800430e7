"""Runs in Airflow's own environment: what it takes to import operators, the arguments, once `airflow.sdk` is there.

Prints the seconds of the processor and of the wall, and the modules that came with it.
"""

import json
import sys
import time

import airflow.sdk  # noqa: F401

before = set(sys.modules)
cpu, wall = time.process_time(), time.perf_counter()
from trainspec import runtime  # noqa: E402

for operator in sys.argv[1:]:
    getattr(runtime, operator)

figures = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
sys.stdout.write("\n" + json.dumps({**figures, "modules": sorted(set(sys.modules) - before)}) + "\n")
