"""What a DAG says of assets, parameters and callbacks."""

import my_team.alerts
from airflow.providers.amazon.aws.notifications.sns import SnsNotifier
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from airflow.sdk import DAG, Asset, Param
from other_team.alerts import page as call_them


def local(context):
    print(context)


with DAG(
    dag_id="dag_level",
    schedule=(Asset("s3://bucket/a/") | (Asset("s3://bucket/b/") & Asset(name="prices", uri="s3://bucket/prices/"))),
    params={"epochs": 10, "mode": Param("fast", enum=["fast", "slow"], description="How"), "grid": {"a": 1}},
    on_success_callback=local,
    on_failure_callback=[my_team.alerts.page, call_them, SnsNotifier(target_arn="arn:aws:sns:us-east-1:1:ml", message="x")],
    owner_links={"ml": "https://example.com"},
    max_consecutive_failed_dag_runs=3,
):
    SageMakerTrainingOperator(
        task_id="train",
        config={
            "TrainingJobName": "train-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        },
        outlets=[Asset("s3://bucket/models/")],
        on_retry_callback=call_them,
    )
