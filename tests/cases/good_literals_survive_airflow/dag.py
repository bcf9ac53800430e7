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
                "MetricDefinitions": [
                    {
                        "Name": "loss",
                        "Regex": "loss \\{{ '{#' }}([0-9.]+)#\\}",
                    },
                ],
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "Environment": {
                "BRACES": "{{ '{{' }} x }}",
                "COMMENT": "a {{ '{#' }} b",
                "DOLLAR": "${HOME}/$HOME",
                "MIXED": "{{ ds }} {{ '{#' }} {{ '{%' }}{{ '\\n' }}",
                "QUOTES": "'\"\\",
                "RETURN": "a{{ '\\r' }}\nb",
                "STATEMENT": "a {{ '{%' }} b",
                "TRAILING": "ends{{ '\\n' }}",
                "TWO": "ends\n{{ '\\n' }}",
                "UNICODE": "é\u200b😀",
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
