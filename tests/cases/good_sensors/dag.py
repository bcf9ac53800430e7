from datetime import timedelta

from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml: sensors.features
    features = ExternalTaskSensor(
        task_id="features",
        external_dag_id="feature_store",
        execution_delta=timedelta(hours=1),
        doc_md="Compiled from `spec.yaml: sensors.features`.",
    )

    # spec.yaml: sensors.labels
    labels = S3KeySensor(
        task_id="labels",
        bucket_key=[
            "s3://bucket/labels[1].csv",
            "s3://bucket/{{ ds }}/what?.csv",
        ],
        aws_conn_id="labels",
        region_name="us-east-1",
        deferrable=True,
        soft_fail=True,
        doc_md="Compiled from `spec.yaml: sensors.labels`.",
    )

    # spec.yaml: sensors.marker
    marker = S3KeySensor(
        task_id="marker",
        bucket_key="s3://bucket/marker-{{ params['day'] }}",
        doc_md="Compiled from `spec.yaml: sensors.marker`.",
    )

    # spec.yaml: sensors.raw
    raw = S3KeySensor(
        task_id="raw",
        bucket_key="s3://bucket/raw/{{ ds }}/*.csv",
        wildcard_match=True,
        poke_interval=300,
        timeout=21600,
        mode="reschedule",
        doc_md="Compiled from `spec.yaml: sensors.raw`.",
    )

    # spec.yaml: sensors.report
    report = ExternalTaskSensor(
        task_id="report",
        external_dag_id="report",
        external_task_group_id="publishing",
        execution_timeout=timedelta(days=1),
        doc_md="Waits for the **report**.\n\nCompiled from `spec.yaml: sensors.report`.",
    )

    # spec.yaml: sensors.tables
    tables = ExternalTaskSensor(
        task_id="tables",
        external_dag_id="feature_store",
        external_task_ids=[
            "publish",
            "validate",
        ],
        allowed_states=[
            "success",
            "skipped",
        ],
        failed_states=[
            "failed",
            "upstream_failed",
        ],
        check_existence=True,
        doc_md="Compiled from `spec.yaml: sensors.tables`.",
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

    raw.set_downstream(features)
    features.set_downstream(train)
    labels.set_downstream(train)
    marker.set_downstream(train)
    report.set_downstream(train)
    tables.set_downstream(train)
