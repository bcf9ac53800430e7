from datetime import timedelta

import pendulum
from airflow.sdk import DAG
from trainspec.runtime import TuningJobOperator

with DAG(
    dag_id="tuning_times_out",
    schedule="@daily",
    start_date=pendulum.datetime(2025, 4, 1, tz="UTC"),
    catchup=False,
    dagrun_timeout=timedelta(hours=4),
):
    # spec.yaml: jobs.rounds
    TuningJobOperator(
        task_id="rounds",
        config={
            "HyperParameterTuningJobName": "rounds-{{ ds_nodash }}",
            "HyperParameterTuningJobConfig": {
                "Strategy": "Random",
                "HyperParameterTuningJobObjective": {
                    "MetricName": "auc",
                    "Type": "Maximize",
                },
                "ParameterRanges": {
                    "ContinuousParameterRanges": [
                        {
                            "Name": "eta",
                            "MinValue": "0.1",
                            "MaxValue": "0.5",
                        },
                    ],
                },
                "ResourceLimits": {
                    "MaxNumberOfTrainingJobs": 20,
                    "MaxParallelTrainingJobs": 4,
                },
            },
            "TrainingJobDefinition": {
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "MetricDefinitions": [
                        {
                            "Name": "auc",
                            "Regex": "auc=([0-9.]+)",
                        },
                    ],
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
                    "MaxRuntimeInSeconds": 3600,
                },
            },
        },
        max_attempts=240,
        execution_timeout=timedelta(hours=2),
        spec="spec.yaml: jobs.rounds",
    )

    # spec.yaml: jobs.limited
    TuningJobOperator(
        task_id="limited",
        config={
            "HyperParameterTuningJobName": "limited-{{ ds_nodash }}",
            "HyperParameterTuningJobConfig": {
                "Strategy": "Random",
                "HyperParameterTuningJobObjective": {
                    "MetricName": "auc",
                    "Type": "Maximize",
                },
                "ParameterRanges": {
                    "ContinuousParameterRanges": [
                        {
                            "Name": "eta",
                            "MinValue": "0.1",
                            "MaxValue": "0.5",
                        },
                    ],
                },
                "ResourceLimits": {
                    "MaxNumberOfTrainingJobs": 20,
                    "MaxParallelTrainingJobs": 4,
                    "MaxRuntimeInSeconds": 5400,
                },
            },
            "TrainingJobDefinition": {
                "AlgorithmSpecification": {
                    "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                    "MetricDefinitions": [
                        {
                            "Name": "auc",
                            "Regex": "auc=([0-9.]+)",
                        },
                    ],
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
                    "MaxRuntimeInSeconds": 3600,
                },
            },
        },
        max_attempts=None,
        execution_timeout=timedelta(hours=2),
        spec="spec.yaml: jobs.limited",
    )
