"""A DAG with tasks around the training: those that can be told without running the file are carried over."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.dummy import DummyOperator
from airflow.operators.python import PythonOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.amazon.aws.operators import sagemaker
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.sensors.external_task import ExternalTaskSensor

BUCKET = "churn-data"


def clean(**context):
    print(context["ds"])


with DAG("around", schedule="@daily", start_date=datetime(2025, 4, 1), catchup=False) as dag:
    start = DummyOperator(task_id="start")
    raw = S3KeySensor(
        task_id="raw",
        bucket_name=BUCKET,
        bucket_key="raw/{{ ds }}/*.csv",
        wildcard_match=True,
        poke_interval=300,
        timeout=6 * 3600,
        mode="reschedule",
    )
    exact = S3KeySensor(task_id="exact", bucket_key=f"s3://{BUCKET}/labels[1].csv", aws_conn_id="labels")
    big = S3KeySensor(task_id="big", bucket_key=f"s3://{BUCKET}/big", check_fn=lambda files: len(files) > 1)
    features = ExternalTaskSensor(
        task_id="features",
        external_dag_id="feature_store",
        external_task_id="publish",
        execution_delta=timedelta(hours=1),
        failed_states=["failed", "upstream_failed"],
    )
    prepare = BashOperator(
        task_id="prepare",
        bash_command="echo ${HOME} {{ ds }}",
        env={"ACCOUNT": "012345678901", "SWITCH": "on", "DEPTH": "4"},
        append_env=True,
        retries=2,
        retry_delay=timedelta(minutes=1),
        on_failure_callback=clean,
    )
    python = PythonOperator(task_id="python", python_callable=clean)
    train = SageMakerTrainingOperator(
        task_id="train",
        config={
            "TrainingJobName": "churn-{{ ds_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "OutputDataConfig": {"S3OutputPath": "s3://churn-models/"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        },
    )
    model = sagemaker.SageMakerModelOperator(
        task_id="model",
        config={
            "ModelName": "churn-{{ ds_nodash }}",
            "PrimaryContainer": {
                "Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "ModelDataUrl": "s3://churn-models/churn-{{ ds_nodash }}/output/model.tar.gz",
            },
            "ExecutionRoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
        },
        trigger_rule="all_success",
    )
    deploy = TriggerDagRunOperator(
        task_id="deploy", trigger_dag_id="deploy_churn", conf={"day": "{{ ds }}", "limit": 10}, poke_interval=30
    )
    release = ApprovalOperator(
        task_id="release",
        subject="Release churn-{{ ds_nodash }}?",
        response_timeout=timedelta(days=2),
        defaults=["Reject"],
        assigned_users=[{"id": "1", "name": "alice"}],
        fail_on_reject=True,
    )
    ask = ApprovalOperator(task_id="ask", subject="Ready?", notifiers=[], defaults="Approve")
    report = TriggerDagRunOperator(
        task_id="report", trigger_dag_id="report", wait_for_completion=True, poke_interval=30, doc_md="Waits for it."
    )

    start >> [raw, exact, big, features] >> python >> prepare >> train >> model >> release >> [deploy, report]
    ask >> deploy
