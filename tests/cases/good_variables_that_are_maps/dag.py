from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="spec",
    schedule=None,
):
    # spec.yaml: jobs.below
    TrainingJobOperator(
        task_id="below",
        config={
            "TrainingJobName": "below-{{ ts_nodash }}",
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
                "VolumeSizeInGB": 20,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 1800,
            },
            "Tags": [
                {
                    "Key": "team",
                    "Value": "churn",
                },
                {
                    "Key": "stage",
                    "Value": "test",
                },
                {
                    "Key": "own",
                    "Value": "yes",
                },
            ],
        },
        max_attempts=None,
        spec="spec.yaml: jobs.below",
    )

    # spec.yaml: jobs.above
    TrainingJobOperator(
        task_id="above",
        config={
            "TrainingJobName": "above-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.4xlarge",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 1800,
            },
        },
        max_attempts=None,
        spec="spec.yaml: jobs.above",
    )
