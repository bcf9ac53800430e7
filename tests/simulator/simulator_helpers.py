"""A request that the simulator accepts, and the form of boto3's errors."""

import copy
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

REQUEST: dict[str, Any] = {
    "TrainingJobName": "churn",
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "AlgorithmSpecification": {
        "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:1",
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
    },
    "HyperParameters": {"epochs": "10"},
    "OutputDataConfig": {"S3OutputPath": "s3://models/churn/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "Tags": [{"Key": "team", "Value": "growth"}],
}


def request(name: str = "churn", **members: Any) -> dict[str, Any]:
    """REQUEST with another name and other members."""
    return {**copy.deepcopy(REQUEST), "TrainingJobName": name, **members}


def refusal(call: Callable[..., Any], **params: Any) -> tuple[str, str]:
    """The code and the message with which `call` is rejected; ("", "") if it is not."""
    try:
        call(**params)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return "", ""
