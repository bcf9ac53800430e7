import pendulum
from airflow.sdk import DAG, Asset, AssetAll, AssetAny
from airflow.timetables.assets import AssetOrTimeSchedule
from airflow.timetables.trigger import CronTriggerTimetable
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("@daily", timezone="Europe/Berlin"),
        assets=AssetAny(
            Asset("s3://bucket/a/"),
            AssetAll(
                Asset(
                    name="prices",
                    uri="s3://bucket/prices/",
                    group="market",
                    extra={
                        "owner": "finance",
                        "rows": 10,
                    },
                ),
                Asset(
                    "s3://bucket/c/",
                    extra={
                        "kept": "30d",
                    },
                ),
            ),
        ),
    ),
    start_date=pendulum.datetime(2025, 4, 1, tz="Europe/Berlin"),
):
    # spec.yaml: jobs.train
    TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "job-{{ dag_run.run_after | ts_nodash }}",
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
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 3600,
            },
        },
        max_attempts=None,
        inlets=[
            Asset("s3://bucket/a/"),
        ],
        outlets=[
            Asset("s3://bucket/models/"),
            Asset(name="churn model"),
        ],
        spec="spec.yaml: jobs.train",
    )
