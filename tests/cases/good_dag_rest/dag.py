import pendulum
from airflow.sdk import DAG, Asset
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
    start_date=pendulum.datetime(
        2025,
        10,
        26,
        2,
        30,
        tz="Europe/Berlin",
        fold=0,
    ),
    end_date=pendulum.datetime(2025, 10, 26, 2, 30, tz="Europe/Berlin"),
    dag_display_name="The case",
    max_consecutive_failed_dag_runs=3,
    fail_fast=True,
    template_searchpath="/opt/templates",
    allowed_run_types=[
        "manual",
        "backfill",
    ],
    disable_bundle_versioning=True,
    rerun_with_latest_version=False,
    owner_links={
        "ml": "https://example.com/ml",
        "ops": "mailto:ops@example.com",
    },
    default_args={
        "owner": "ml",
        "start_date": pendulum.datetime(2025, 4, 1, tz="Europe/Berlin"),
        "params": {
            "kind": "full",
        },
        "outlets": [
            Asset("s3://bucket/all/"),
        ],
    },
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "job-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 3600,
            },
        },
        max_attempts=None,
        retry_exponential_backoff=1.5,
        executor="LocalExecutor",
        run_as_user="ml",
        depends_on_past=True,
        ignore_first_depends_on_past=True,
        wait_for_past_depends_before_skipping=True,
        max_active_tis_per_dagrun=2,
        task_display_name="Train it",
        logger_name="ml.train",
        doc_json='{"a": 1}',
        doc_yaml="a: 1",
        doc_rst="*Text*",
        start_date=pendulum.datetime(2025, 5, 1, tz="Europe/Berlin"),
        end_date=pendulum.datetime(2026, 5, 1, 12, tz="Europe/Berlin"),
        spec="spec.yaml: jobs.train",
    )
