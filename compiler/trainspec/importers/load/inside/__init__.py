"""What the Python of a user's Airflow runs, as one archive; it needs nothing but Airflow 2.11 or 3.x.

It runs the DAG file: that is its purpose. It keeps to Python 3.9, which Airflow 2.11 still supports.
"""
