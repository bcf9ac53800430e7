from sagemaker.tensorflow import TensorFlow

estimator = TensorFlow(
    entry_point="train.py",
    source_dir="src",
    code_location="s3://my-bucket/code",
    role="arn:aws:iam::123456789012:role/SageMakerRole",
    framework_version="2.13",
    py_version="py310",
    instance_type="ml.p3.8xlarge",
    instance_count=2,
    distribution={"multi_worker_mirrored_strategy": {"enabled": True}},
    output_path="s3://my-bucket/models/",
    model_dir="s3://my-bucket/checkpoints/",
    max_run=3600,
    hyperparameters={"epochs": 10, "layers": [64, 32]},
)
estimator.fit({"train": "s3://my-bucket/train/"}, wait=False)
