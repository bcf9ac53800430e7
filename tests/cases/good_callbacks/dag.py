from datetime import timedelta

from airflow.providers.amazon.aws.notifications.sns import SnsNotifier
from airflow.sdk import DAG
from my_team.alerts import DAG as alerts_DAG
from my_team.alerts import page, pendulum
from my_team.alerts import timedelta as alerts_timedelta
from other_team.alerts import page as alerts_page
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
    on_success_callback=[
        alerts_DAG,
        alerts_page(
            channel="#ml",
            retries=3,
            levels=[
                "info",
                {
                    "deep": True,
                },
            ],
            text="{{ ds }} is done",
        ),
    ],
    on_failure_callback=page,
    default_args={
        "on_retry_callback": pendulum,
    },
):
    # spec.yaml:12
    task_page = TrainingJobOperator(
        task_id="page",
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
        execution_timeout=timedelta(hours=2),
        on_execute_callback=page,
        on_failure_callback=SnsNotifier(
            target_arn="arn:aws:sns:us-east-1:123456789012:ml",
            message="{{ task }} failed",
        ),
        on_skipped_callback=alerts_timedelta,
        spec="spec.yaml:12",
    )

    # spec.yaml:23
    next = TrainingJobOperator(
        task_id="next",
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
        on_success_callback=[],
        spec="spec.yaml:23",
    )

    task_page.set_downstream(next)
