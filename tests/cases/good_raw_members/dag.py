from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "job-{{ ds }}",
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
            "EnableNetworkIsolation": True,
            "HyperParameters": {
                "account": "012345678901",
                "epochs": "10",
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 1800,
            },
            "Tags": [
                {
                    "Key": "team",
                    "Value": "ml",
                },
            ],
        },
        max_attempts=None,
        spec="spec.yaml: jobs.train",
    )
