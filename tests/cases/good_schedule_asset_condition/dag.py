import pendulum
from airflow.sdk import DAG, Asset, AssetAny
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=AssetAny(
        Asset("s3://bucket/a/"),
        Asset("s3://bucket/b/"),
    ),
    start_date=pendulum.datetime(2025, 4, 1, tz="UTC"),
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "job-{{ dag_run.run_after | ts_nodash }}",
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
        spec="spec.yaml: jobs.train",
    )
