import pendulum
from airflow.sdk import DAG
from trainspec.runtime import MetricGate, TrainingJobOperator, TuningJobOperator

with DAG(
    dag_id="tune_dag",
    schedule="@daily",
    start_date=pendulum.datetime(2025, 4, 1, tz="UTC"),
    catchup=False,
):
    # spec.yaml: jobs.tune
    tune = TuningJobOperator(
        task_id="tune",
        config={
            "HyperParameterTuningJobName": "tune-{{ ds_nodash }}",
            "HyperParameterTuningJobConfig": {
                "Strategy": "Bayesian",
                "HyperParameterTuningJobObjective": {
                    "MetricName": "validation:rmse",
                    "Type": "Minimize",
                },
                "ParameterRanges": {
                    "ContinuousParameterRanges": [
                        {
                            "Name": "eta",
                            "MinValue": "1e-1",
                            "MaxValue": "0.30",
                            "ScalingType": "Logarithmic",
                        },
                    ],
                    "IntegerParameterRanges": [
                        {
                            "Name": "max_depth",
                            "MinValue": "2",
                            "MaxValue": "8",
                        },
                    ],
                },
                "ResourceLimits": {
                    "MaxNumberOfTrainingJobs": 6,
                    "MaxParallelTrainingJobs": 3,
                    "MaxRuntimeInSeconds": 21600,
                },
            },
            "TrainingJobDefinition": {
                "AlgorithmSpecification": {
                    "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
                "StaticHyperParameters": {
                    "num_round": "100",
                },
                "InputDataConfig": [
                    {
                        "ChannelName": "train",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "s3://my-bucket/train/",
                                "S3DataType": "S3Prefix",
                            },
                        },
                        "ContentType": "text/csv",
                    },
                    {
                        "ChannelName": "validation",
                        "DataSource": {
                            "S3DataSource": {
                                "S3Uri": "s3://my-bucket/validation/",
                                "S3DataType": "S3Prefix",
                            },
                        },
                        "ContentType": "text/csv",
                    },
                ],
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
            "Tags": [
                {
                    "Key": "team",
                    "Value": "ml",
                },
            ],
        },
        region_name="us-east-1",
        max_attempts=None,
        spec="spec.yaml: jobs.tune",
    )

    # spec.yaml: jobs.tune.proceed_if
    tune_gate = MetricGate(
        task_id="tune.gate",
        training_task_id="tune",
        conditions=[
            {
                "metric": "validation:rmse",
                "at_most": 10,
            },
        ],
    )

    # spec.yaml: jobs.final
    final = TrainingJobOperator(
        task_id="final",
        config={
            "TrainingJobName": "final-{{ ds_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "HyperParameters": {
                "eta": "{{ ti.xcom_pull(task_ids='tune', key='best')['hyperparameters']['eta'] }}",
                "max_depth": "{{ ti.xcom_pull(task_ids='tune', key='best')['hyperparameters']['max_depth'] }}",
                "num_round": "{{ ti.xcom_pull(task_ids='tune', key='best')['hyperparameters']['num_round'] }}",
            },
            "Environment": {
                "BEST": "{{ ti.xcom_pull(task_ids='tune', key='best')['objective'] }}",
                "ETA": "{{ ti.xcom_pull(task_ids='tune', key='best')['hyperparameters']['eta'] }}",
                "TUNED": "{{ ti.xcom_pull(task_ids='tune', key='best')['name'] }}",
            },
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": "s3://my-bucket/all/",
                            "S3DataType": "S3Prefix",
                        },
                    },
                    "ContentType": "text/csv",
                },
            ],
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
        region_name="us-east-1",
        max_attempts=None,
        spec="spec.yaml: jobs.final",
    )

    tune.set_downstream(tune_gate)
    tune_gate.set_downstream(final)
