"""Runs in Airflow's own environment: DagBag's time for a folder, when Airflow and the modules named are loaded already.

Prints the processor's and the wall's seconds, the number of DAGs, and the errors.
"""

import gc
import importlib
import json
import sys
import time

from airflow.dag_processing.dagbag import DagBag

for module in sys.argv[2:]:
    importlib.import_module(module)
gc.collect()  # whether a full collection falls into the time that is measured would be chance
cpu, wall = time.process_time(), time.perf_counter()
bag = DagBag(sys.argv[1])
figures = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
sys.stdout.write(
    "\n" + json.dumps({**figures, "dags": len(bag.dags), "errors": list(bag.import_errors.values())[:3]}) + "\n"
)
