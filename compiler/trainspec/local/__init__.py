"""`trainspec run`: the jobs of one spec, run from this machine by the runtime's engine, without Airflow."""
