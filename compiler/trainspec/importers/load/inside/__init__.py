"""What is handed to the Python of somebody's Airflow, as one archive; it needs nothing but Airflow 2.11 or 3.x.

It runs the DAG file: that is what it is for. It keeps to Python 3.9, which Airflow 2.11 still takes.
"""
