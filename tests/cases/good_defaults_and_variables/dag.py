from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml: jobs.a
    TrainingJobOperator(
        task_id="a",
        config={
            "TrainingJobName": "case-a-{{ ds }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::012345678901:role/SageMakerRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/nested/a/",
                "CompressionType": "NONE",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 2,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 5400,
            },
            "EnableManagedSpotTraining": True,
            "Tags": [
                {
                    "Key": "team",
                    "Value": "ml",
                },
                {
                    "Key": "number",
                    "Value": "0047",
                },
            ],
        },
        max_attempts=None,
        spec="spec.yaml: jobs.a",
    )

    # spec.yaml: jobs.b
    TrainingJobOperator(
        task_id="b",
        config={
            "TrainingJobName": "case-b-{{ ds }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::012345678901:role/SageMakerRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/nested/b/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 5400,
            },
            "Tags": [
                {
                    "Key": "team",
                    "Value": "ml",
                },
                {
                    "Key": "number",
                    "Value": "0047",
                },
            ],
        },
        max_attempts=None,
        spec="spec.yaml: jobs.b",
    )
