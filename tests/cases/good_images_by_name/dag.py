from airflow.sdk import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(
    dag_id="case",
    schedule=None,
):
    # spec.yaml: jobs.built_in
    TrainingJobOperator(
        task_id="built_in",
        config={
            "TrainingJobName": "built-in-{{ ds }}",
            "AlgorithmSpecification": {
                "TrainingImage": "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "HyperParameters": {
                "num_round": "100",
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
                    "ContentType": "text/csv",
                },
            ],
            "OutputDataConfig": {
                "S3OutputPath": "s3://bucket/models/",
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
        region_name="eu-west-1",
        max_attempts=None,
        spec="spec.yaml: jobs.built_in",
    )

    # spec.yaml: jobs.on_cpu
    TrainingJobOperator(
        task_id="on_cpu",
        config={
            "TrainingJobName": "on-cpu-{{ ds }}",
            "AlgorithmSpecification": {
                "TrainingImage": "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.3-cpu-py311",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
            "HyperParameters": {
                "sagemaker_program": "train.py",
                "sagemaker_submit_directory": "s3://bucket/code.tar.gz",
                "sagemaker_region": "eu-west-1",
                "sagemaker_job_name": "on-cpu-{{ ds }}",
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
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 1800,
            },
        },
        region_name="eu-west-1",
        max_attempts=None,
        spec="spec.yaml: jobs.on_cpu",
    )

    # spec.yaml: jobs.on_gpu_in_china
    TrainingJobOperator(
        task_id="on_gpu_in_china",
        config={
            "TrainingJobName": "on-gpu-{{ ds }}",
            "AlgorithmSpecification": {
                "TrainingImage": "727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/pytorch-training:2.3-gpu-py311",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws-cn:iam::123456789012:role/SageMakerRole",
            "HyperParameters": {
                "sagemaker_program": "train.py",
                "sagemaker_submit_directory": "s3://bucket/code.tar.gz",
                "sagemaker_region": "cn-north-1",
                "sagemaker_job_name": "on-gpu-{{ ds }}",
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
                "InstanceType": "ml.g4dn.xlarge",
                "InstanceCount": 1,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 1800,
            },
        },
        region_name="cn-north-1",
        max_attempts=None,
        spec="spec.yaml: jobs.on_gpu_in_china",
    )

    # spec.yaml: jobs.by_name
    TrainingJobOperator(
        task_id="by_name",
        config={
            "TrainingJobName": "by-name-{{ ds }}",
            "AlgorithmSpecification": {
                "AlgorithmName": "arn:aws:sagemaker:eu-west-1:123456789012:algorithm/mine",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
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
                "VolumeSizeInGB": 10,
            },
            "StoppingCondition": {
                "MaxRuntimeInSeconds": 1800,
            },
        },
        region_name="eu-west-1",
        max_attempts=None,
        spec="spec.yaml: jobs.by_name",
    )
