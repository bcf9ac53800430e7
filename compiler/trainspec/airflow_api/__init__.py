"""Facts about Airflow's released packages: the names of each minor version, and the operators.

They are parsed, never imported.

`python -m trainspec.airflow_api` downloads the packages, reads them and rewrites the tables next to this file.
"""
