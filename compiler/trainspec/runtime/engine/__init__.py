"""The part of the runtime that does not depend on Airflow: the life of one training job."""
