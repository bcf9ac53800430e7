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
            levels=[
                "info",
                {
                    "deep": True,
                },
            ],
            retries=3,
            text="{{ ds }} is done",
        ),
    ],
    on_failure_callback=page,
    default_args={
        "on_retry_callback": pendulum,
    },
):
    # spec.yaml: jobs.page
    task_page = TrainingJobOperator(
        task_id="page",
        config={
            "TrainingJobName": "page-{{ ts_nodash }}",
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
        execution_timeout=timedelta(hours=2),
        on_execute_callback=page,
        on_failure_callback=SnsNotifier(
            message="{{ task }} failed",
            target_arn="arn:aws:sns:us-east-1:123456789012:ml",
        ),
        on_skipped_callback=alerts_timedelta,
        spec="spec.yaml: jobs.page",
    )

    # spec.yaml: jobs.next
    next = TrainingJobOperator(
        task_id="next",
        config={
            "TrainingJobName": "next-{{ ts_nodash }}",
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
        on_success_callback=[],
        spec="spec.yaml: jobs.next",
    )

    task_page.set_downstream(next)
