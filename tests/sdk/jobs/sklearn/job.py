from sagemaker.sklearn import SKLearn

estimator = SKLearn(
    entry_point="train.py",
    source_dir="src",
    code_location="s3://my-bucket/code",
    role="arn:aws:iam::123456789012:role/SageMakerRole",
    framework_version="1.2-1",
    instance_type="ml.m5.large",
    output_path="s3://my-bucket/models/",
    max_run=3600,
    hyperparameters={"n-estimators": 100, "criterion": "gini"},
)
estimator.fit({"train": "s3://my-bucket/train/"}, wait=False)
