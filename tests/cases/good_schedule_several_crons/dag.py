import pendulum
from airflow.sdk import DAG
from airflow.timetables.trigger import MultipleCronTriggerTimetable
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=MultipleCronTriggerTimetable(
        "0 3 * * 1-5",
        "0 9 * * 6",
        timezone="Europe/Berlin",
    ),
    start_date=pendulum.datetime(2025, 4, 1, tz="Europe/Berlin"),
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
