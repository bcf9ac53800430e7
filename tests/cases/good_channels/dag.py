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
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "InputDataConfig": [
                {
                    "ChannelName": "short",
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": "s3://bucket/short/",
                            "S3DataType": "S3Prefix",
                        },
                    },
                },
                {
                    "ChannelName": "full",
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": "s3://bucket/full/",
                            "S3DataType": "S3Prefix",
                            "S3DataDistributionType": "ShardedByS3Key",
                        },
                    },
                    "ContentType": "application/x-recordio",
                    "CompressionType": "Gzip",
                    "RecordWrapperType": "RecordIO",
                    "InputMode": "Pipe",
                },
                {
                    "ChannelName": "listed",
                    "DataSource": {
                        "S3DataSource": {
                            "S3Uri": "s3://bucket/list.json",
                            "S3DataType": "ManifestFile",
                        },
                    },
                    "InputMode": "File",
                },
            ],
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/models/",
            },
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 2,
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 3600,
            },
        },
        max_attempts=None,
        spec="spec.yaml: jobs.train",
    )
