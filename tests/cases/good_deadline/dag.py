from datetime import timedelta

import pendulum
from airflow.sdk import DAG, AsyncCallback, DeadlineAlert, DeadlineReference
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule="@daily",
    start_date=pendulum.datetime(2025, 4, 1, tz="Europe/Berlin"),
    deadline=[
        DeadlineAlert(
            reference=DeadlineReference.DAGRUN_QUEUED_AT,
            interval=timedelta(hours=2),
            callback=AsyncCallback(
                "my_team.alerts.late",
                kwargs={
                    "text": "late: {{ dag_run.dag_id }}",
                },
            ),
        ),
        DeadlineAlert(
            reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
            interval=timedelta(minutes=90),
            callback=AsyncCallback("my_team.alerts.late"),
        ),
        DeadlineAlert(
            reference=DeadlineReference.FIXED_DATETIME(
                pendulum.datetime(2025, 5, 1, 6, tz="Europe/Berlin"),
            ),
            interval=timedelta(days=1),
            callback=AsyncCallback("my_team.alerts.late"),
        ),
    ],
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "t-{{ dag_run.run_after | ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://my-bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 1800,
            },
        },
        max_attempts=None,
        spec="spec.yaml: jobs.train",
    )
