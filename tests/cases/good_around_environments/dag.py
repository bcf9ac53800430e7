from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.sdk import DAG
from my_team.operators import ReportOperator
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml: sensors.raw
    raw = S3KeySensor(
        task_id="raw",
        bucket_key="s3://bucket/raw/data.csv",
        timeout=600,
        doc_md="Compiled from `spec.yaml: sensors.raw`.",
    )

    # spec.yaml: jobs.train
    train = TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "train-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/models/",
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

    # spec.yaml: tasks.report
    report = ReportOperator(
        task_id="report",
        lines=[
            "{{ ti.xcom_pull(task_ids='train') }}",
        ],
        to="dev@example.com",
        doc_md="Compiled from `spec.yaml: tasks.report`.",
    )

    raw.set_downstream(train)
    train.set_downstream(report)
