"""What Airflow's released packages hold, read as syntax and never imported: its words by minor, its operators.

`python -m trainspec.airflow_api` downloads the packages, reads them and rewrites the tables beside this file.
"""
