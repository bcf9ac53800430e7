"""Two jobs that share most of their config, in the style of a team's helper-free DAG."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.models.baseoperator import chain
from airflow.operators.empty import EmptyOperator
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator as _Operator  # noqa: F401
from airflow.providers.amazon.aws.operators import sagemaker

REGION = "eu-west-1"
ACCOUNT = 123456789012
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/ranker:7"
HOUR = 60 * 60

SMALL = {
    "TrainingJobName": "ranker-small-{{ ds_nodash }}",
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/Ranker",
    "AlgorithmSpecification": dict(TrainingImage=IMAGE, TrainingInputMode="FastFile"),
    "OutputDataConfig": {"S3OutputPath": "s3://ranker/models/"},
    "ResourceConfig": {"InstanceType": "ml.m5.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
    "StoppingCondition": {"MaxRuntimeInSeconds": 2 * HOUR},
    "HyperParameters": {"depth": "4", "eta": "0.30"},
    "Tags": [{"Key": "team", "Value": "search"}],
}
LARGE = {
    **SMALL,
    "TrainingJobName": "ranker-large-{{ ds_nodash }}",
    "ResourceConfig": {"InstanceType": "ml.m5.12xlarge", "InstanceCount": 2, "VolumeSizeInGB": 200},
    "HyperParameters": {"depth": "12", "eta": "0.05"},
}

with DAG(
    dag_id="ranker",
    schedule="0 3 * * 1",
    start_date=datetime(2025, 2, 3),
    catchup=False,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=10), "email_on_failure": False},
    dagrun_timeout=timedelta(hours=12),
):
    begin = EmptyOperator(task_id="begin")
    small = sagemaker.SageMakerTrainingOperator(
        task_id="small", config=SMALL, aws_conn_id="aws_default", check_interval=30, max_attempts=300
    )
    large = sagemaker.SageMakerTrainingOperator(
        task_id="large", config=LARGE, trigger_rule="all_success", check_interval=30, max_attempts=300
    )
    chain(begin, small, large)
