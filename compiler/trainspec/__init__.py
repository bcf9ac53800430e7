"""A declarative compiler for Amazon SageMaker training on Apache Airflow."""

__version__ = "0.1.0"
