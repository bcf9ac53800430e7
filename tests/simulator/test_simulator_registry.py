"""The simulated model registry, through boto3."""

import pytest
from botocore.exceptions import ClientError
from trainspec.simulator import Simulator

CONTAINER = {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:1", "ModelDataUrl": "s3://b/model.tar.gz"}
INFERENCE = {
    "Containers": [CONTAINER],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


def test_versions_of_a_group() -> None:
    with Simulator() as simulator:
        client = simulator.client()
        group = client.create_model_package_group(ModelPackageGroupName="churn", ModelPackageGroupDescription="")
        assert group["ModelPackageGroupArn"] == "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/churn"
        for version in (1, 2):
            package = client.create_model_package(ModelPackageGroupName="churn", InferenceSpecification=INFERENCE)
            assert package["ModelPackageArn"].endswith(f":model-package/churn/{version}")
        again = {"ModelPackageGroupName": "churn", "InferenceSpecification": INFERENCE, "ClientToken": "a" * 32}
        assert len({client.create_model_package(**again)["ModelPackageArn"] for _ in range(2)}) == 1
        listed = client.list_model_packages(ModelPackageGroupName="churn")["ModelPackageSummaryList"]
        assert [(each["ModelPackageVersion"], each["ModelApprovalStatus"]) for each in listed] == [
            (1, "PendingManualApproval"),
            (2, "PendingManualApproval"),
            (3, "PendingManualApproval"),
        ]


def test_refusals_are_those_that_the_amazon_provider_looks_for() -> None:
    with Simulator() as simulator:
        client = simulator.client()
        client.create_model_package_group(ModelPackageGroupName="churn")
        with pytest.raises(ClientError, match="Model Package Group already exists") as taken:
            client.create_model_package_group(ModelPackageGroupName="churn")
        with pytest.raises(ClientError, match="does not exist"):
            client.create_model_package(ModelPackageGroupName="fraud", InferenceSpecification=INFERENCE)
        assert taken.value.response["Error"]["Code"] == "ValidationException"
        assert taken.value.response["Error"]["Message"].startswith("Model Package Group already exists")
        simulator.reset()
        client.create_model_package_group(ModelPackageGroupName="churn")
