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
            "HyperParameters": {
                "account": "012345678901",
                "count": "1_000",
                "day": "2025-04-01",
                "empty": "",
                "flag": "True",
                "layers": '[64,0.20,1e-5,true,null,"7","no"]',
                "nested": '{"a":{"b":[1,"x"]},"c":"é"}',
                "octal": "0o17",
                "padded": " x ",
                "rate": "1e-5",
                "share": "0.20",
                "switch": "on",
                "word": "10",
            },
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
