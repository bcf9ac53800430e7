from datetime import timedelta

import pendulum
from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=timedelta(hours=6),
    start_date=pendulum.datetime(2025, 4, 1, 0, 30, tz="America/New_York"),
    end_date=pendulum.datetime(2026, 1, 1, tz="America/New_York"),
    description='It\'s "quoted"',
    doc_md="# Title\n\nText with {{ braces }}.\n",
    catchup=True,
    max_active_runs=2,
    max_active_tasks=4,
    dagrun_timeout=timedelta(minutes=90),
    is_paused_upon_creation=False,
    render_template_as_native_obj=True,
    tags=[
        "a",
        "b",
    ],
    default_args={
        "owner": "ml",
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(hours=1),
        "execution_timeout": timedelta(days=2),
        "pool": "gpus",
    },
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "job-{{ ds }}",
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
        aws_conn_id="other",
        wait_for_completion=False,
        check_interval=90,
        max_attempts=None,
        action_if_job_exists="timestamp",
        on_timeout="leave",
        print_log=False,
        deferrable=True,
        retries=0,
        priority_weight=-5,
        trigger_rule="all_done",
        doc_md="About the *task*.",
        spec="spec.yaml: jobs.train",
    )
