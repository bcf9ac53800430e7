import pendulum
from airflow.sdk import DAG, Asset, CronPartitionTimetable
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=CronPartitionTimetable(
        "0 3 * * *",
        timezone="Europe/Berlin",
    ),
    start_date=pendulum.datetime(2025, 4, 1, tz="Europe/Berlin"),
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
        outlets=[
            Asset("s3://my-bucket/models/"),
        ],
        spec="spec.yaml: jobs.train",
    )
