from airflow.sdk import (
    DAG,
    Asset,
    AssetAll,
    PartitionedAssetTimetable,
    StartOfDayMapper,
)
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=PartitionedAssetTimetable(
        assets=AssetAll(
            Asset("s3://my-bucket/features/"),
            Asset(name="labels"),
        ),
        default_partition_mapper=StartOfDayMapper(),
    ),
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "t-{{ dag_run.run_after | ts_nodash }}-{{ dag_run.partition_key }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "OutputDataConfig": {
                "S3OutputPath": "s3://my-bucket/models/",
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
