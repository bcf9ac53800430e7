"""DAG files that Airflow itself loads: `import --load`."""
