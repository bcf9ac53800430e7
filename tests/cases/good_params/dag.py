from airflow.sdk import DAG, Param
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
    params={
        "epochs": 10,
        "grid": Param(
            {
                "lr": [
                    0.1,
                    0.01,
                ],
            },
            type="object",
            additionalProperties={
                "items": {
                    "type": "number",
                },
                "type": "array",
            },
        ),
        "machines": Param(
            2,
            title="Machines",
            description="How many there are.",
            type="integer",
            minimum=1,
            maximum=8,
        ),
        "mode": Param(
            "fast",
            enum=[
                "fast",
                "slow",
            ],
            section="Training",
            values_display={
                "fast": "Quick",
                "slow": "Thorough",
            },
        ),
        "note": None,
        "run_name": Param(
            None,
            type=[
                "string",
                "null",
            ],
            pattern="^[a-z]+$",
            maxLength=20,
            description_md="*Mine*",
        ),
        "tables": [
            "a",
            "b",
        ],
    },
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "job-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "HyperParameters": {
                "depth": "{{ params.depth }}",
                "epochs": "{{ params.epochs }}",
                "lr": "{{ params.grid.lr[0] }}",
                "mode": "{{ params['mode'] }}",
                "other": "{{ params.get('other', 1) }}",
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
        params={
            "depth": 4,
        },
        spec="spec.yaml: jobs.train",
    )
