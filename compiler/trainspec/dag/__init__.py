"""From the spec model and its requests to a DAG file. Knows Airflow's names, and only writes them down."""
