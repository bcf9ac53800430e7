from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml:4
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
                "rate": "1e-5",
                "share": "0.20",
                "count": "1_000",
                "account": "012345678901",
                "day": "2025-04-01",
                "switch": "on",
                "flag": "True",
                "word": "10",
                "octal": "0o17",
                "padded": " x ",
                "layers": '[64,0.20,1e-5,true,null,"7","no"]',
                "nested": '{"a":{"b":[1,"x"]},"c":"é"}',
                "empty": "",
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
        spec="spec.yaml:4",
    )
