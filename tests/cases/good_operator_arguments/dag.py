from datetime import timedelta

import pendulum
from airflow.providers.amazon.aws.notifications.sns import SnsNotifier
from airflow.providers.amazon.aws.operators.sns import SnsPublishOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.sdk import DAG
from my_team.features import build
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule="@daily",
    start_date=pendulum.datetime(2025, 4, 1, tz="Europe/Berlin"),
    on_failure_callback=SnsNotifier(
        message="{{ dag.dag_id }} failed.",
        target_arn="arn:aws:sns:us-east-1:123456789012:alerts",
    ),
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "t-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": "s3://my-bucket/train/",
                            "S3DataType": "S3Prefix",
                        },
                    },
                },
            ],
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

    # spec.yaml: tasks.features
    PythonOperator(
        task_id="features",
        op_kwargs={
            "day": "{{ ds }}",
        },
        python_callable=build,
        doc_md="Compiled from `spec.yaml: tasks.features`.",
    )

    # spec.yaml: tasks.message
    SnsPublishOperator(
        task_id="message",
        message="{{ ds }}",
        region_name="us-east-1",
        target_arn="arn:aws:sns:us-east-1:123456789012:news",
        doc_md="Compiled from `spec.yaml: tasks.message`.",
    )

    # spec.yaml: tasks.pause
    TimeDeltaSensor(
        task_id="pause",
        delta=timedelta(minutes=90),
        mode="reschedule",
        poke_interval=60,
        doc_md="Compiled from `spec.yaml: tasks.pause`.",
    )

    # spec.yaml: tasks.report
    BashOperator(
        task_id="report",
        append_env=True,
        bash_command="echo {{ ds }}",
        env={
            "DAY": "{{ ds }}",
        },
        skip_on_exit_code=[
            99,
            100,
        ],
        doc_md="Compiled from `spec.yaml: tasks.report`.",
    )
