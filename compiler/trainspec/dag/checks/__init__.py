"""What is checked of a DAG before it is written."""
