from sagemaker.inputs import TrainingInput
from sagemaker.xgboost import XGBoost

estimator = XGBoost(
    entry_point="train.py",
    source_dir="src",
    code_location="s3://my-bucket/code",
    role="arn:aws:iam::123456789012:role/SageMakerRole",
    framework_version="1.7-1",
    instance_type="ml.m5.xlarge",
    instance_count=2,
    use_spot_instances=True,
    max_run=3600,
    max_wait=7200,
    checkpoint_s3_uri="s3://my-bucket/checkpoints/churn/",
    output_path="s3://my-bucket/models/",
    hyperparameters={"num_round": 100, "eta": 0.2, "objective": "binary:logistic"},
)
train = TrainingInput("s3://my-bucket/train/", distribution="ShardedByS3Key", content_type="text/csv")
estimator.fit({"train": train}, wait=False)
