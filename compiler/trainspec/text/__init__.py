"""YAML text → located tree, and what a scalar means. Knows nothing of SageMaker or Airflow."""
