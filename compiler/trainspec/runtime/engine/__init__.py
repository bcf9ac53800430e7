"""The runtime's half that knows no Airflow: the life of one training job."""
