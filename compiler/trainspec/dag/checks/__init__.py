"""The checks of a DAG before it is written."""
