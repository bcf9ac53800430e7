"""`trainspec run`: the jobs of one spec, run from here by the runtime's engine, without Airflow."""
