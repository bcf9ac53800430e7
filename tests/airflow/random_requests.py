"""Training requests with more or fewer members."""

import random
from typing import Any


def random_request(chance: random.Random, name: str) -> dict[str, Any]:
    """A request that SageMaker accepts."""
    made: dict[str, Any] = {
        "TrainingJobName": f"{name}-{{{{ ts_nodash }}}}",
        "RoleArn": "arn:aws:iam::111122223333:role/Train",
        "AlgorithmSpecification": {
            "TrainingImage": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:4",
            "TrainingInputMode": chance.choice(["File", "FastFile"]),
        },
        "OutputDataConfig": {"S3OutputPath": f"s3://acme-models/{name}/"},
        "ResourceConfig": {
            "InstanceType": chance.choice(["ml.m5.large", "ml.m5.4xlarge", "ml.c5.xlarge"]),
            "InstanceCount": chance.randint(1, 4),
            "VolumeSizeInGB": chance.randint(10, 90),
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": chance.randint(1, 9) * 1200},
    }
    more: dict[str, Any] = {
        "HyperParameters": {"eta": "0.2", "max_depth": str(chance.randint(2, 9)), "objective": "reg:squarederror"},
        "Environment": {"STAGE": "prod", "DAY": "{{ ds }}"},
        "Tags": [{"Key": "team", "Value": "risk"}, {"Key": "stage", "Value": "prod"}],
        "EnableNetworkIsolation": True,
        "InputDataConfig": [
            {
                "ChannelName": channel,
                "ContentType": "text/csv",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": f"s3://acme-data/{name}/{{{{ ds }}}}/{channel}/",
                        "S3DataDistributionType": "FullyReplicated",
                    }
                },
            }
            for channel in chance.sample(["train", "validation", "test"], 2)
        ],
        "VpcConfig": {"Subnets": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"]},
    }
    return made | {key: more[key] for key in chance.sample(sorted(more), chance.randint(0, 3))}
