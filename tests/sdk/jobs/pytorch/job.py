from sagemaker.pytorch import PyTorch

estimator = PyTorch(
    entry_point="train.py",
    source_dir="src",
    code_location="s3://my-bucket/code",
    role="arn:aws:iam::123456789012:role/SageMakerRole",
    framework_version="2.3.0",
    py_version="py311",
    instance_type="ml.g5.xlarge",
    instance_count=1,
    output_path="s3://my-bucket/models/",
    max_run=3600,
    hyperparameters={"epochs": 10, "learning-rate": 0.001, "optimizer": "adam", "nesterov": True},
    metric_definitions=[{"Name": "validation:accuracy", "Regex": "accuracy=([0-9.]+)"}],
)
estimator.fit({"train": "s3://my-bucket/train/", "test": "s3://my-bucket/test/"}, wait=False)
