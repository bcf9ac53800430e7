from airflow.sdk import DAG, Asset
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=[
        Asset("s3://bucket/a"),
        Asset("s3://bucket/b"),
    ],
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "job-{{ dag_run.run_after | ds }}",
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
