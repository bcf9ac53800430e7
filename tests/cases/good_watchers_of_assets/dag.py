from airflow.providers.amazon.aws.triggers.sqs import SqsSensorTrigger
from airflow.providers.standard.triggers.file import FileDeleteTrigger
from airflow.sdk import DAG, Asset, AssetAny, AssetWatcher
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=AssetAny(
        Asset("s3://my-bucket/features/"),
        Asset(
            name="arrivals",
            watchers=[
                AssetWatcher(
                    name="queue",
                    trigger=SqsSensorTrigger(
                        sqs_queue="https://sqs.us-east-1.amazonaws.com/123456789012/arrivals",
                    ),
                ),
                AssetWatcher(
                    name="upload",
                    trigger=FileDeleteTrigger(filepath="/data/ready", poke_interval=30),
                ),
            ],
        ),
    ),
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "t-{{ dag_run.run_after | ts_nodash }}",
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
