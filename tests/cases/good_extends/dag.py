import pendulum
from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="churn",
    schedule=None,
    start_date=pendulum.datetime(2025, 4, 1, tz="UTC"),
):
    # spec.yaml: jobs.train
    train = TrainingJobOperator(
        task_id="train",
        config={
            "TrainingJobName": "churn-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
            "HyperParameters": {
                "epochs": "20",
            },
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": "s3://team-bucket/train/",
                            "S3DataType": "S3Prefix",
                        },
                    },
                },
            ],
            "OutputDataConfig": {
                "S3OutputPath": "s3://team-bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.xlarge",
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

    # spec.yaml: jobs.evaluate
    evaluate = TrainingJobOperator(
        task_id="evaluate",
        config={
            "TrainingJobName": "churn-evaluation-{{ ts_nodash }}",
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
            "HyperParameters": {
                "epochs": "10",
                "patience": "3",
            },
            "OutputDataConfig": {
                "S3OutputPath": "s3://team-bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.xlarge",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 1800,
            },
            "VpcConfig": {
                "SecurityGroupIds": [
                    "sg-0123456789abcdef0",
                ],
                "Subnets": [
                    "subnet-0123456789abcdef0",
                ],
            },
        },
        max_attempts=None,
        spec="spec.yaml: jobs.evaluate",
    )

    train.set_downstream(evaluate)
