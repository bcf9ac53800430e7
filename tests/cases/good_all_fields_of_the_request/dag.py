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
                        "Regex": "loss=(.*)",
                    },
                ],
                "TrainingInputMode": "Pipe",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "HyperParameters": {
                "epochs": "3",
            },
            "Environment": {
                "LOG": "debug",
            },
            "InputDataConfig": [
                {
                    "ChannelName": "train",
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": "s3://bucket/train/",
                            "S3DataType": "S3Prefix",
                        },
                    },
                },
            ],
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 1024,
                "VolumeKmsKeyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
                "KeepAlivePeriodInSeconds": 1800,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 5400,
                "MaxWaitTimeInSeconds": 86400,
                "MaxPendingTimeInSeconds": 7200,
            },
            "EnableManagedSpotTraining": True,
            "CheckpointConfig": {
                "S3Uri": "s3://bucket/checkpoints/",
            },
            "VpcConfig": {
                "SecurityGroupIds": [
                    "sg-1",
                    "sg-2",
                ],
                "Subnets": [
                    "subnet-1",
                ],
            },
            "EnableNetworkIsolation": False,
            "EnableInterContainerTrafficEncryption": True,
            "Tags": [
                {
                    "Key": "team",
                    "Value": "ml",
                },
            ],
        },
        max_attempts=None,
        spec="spec.yaml: jobs.train",
    )
