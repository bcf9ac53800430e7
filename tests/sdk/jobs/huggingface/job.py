from sagemaker.huggingface import HuggingFace

estimator = HuggingFace(
    entry_point="train.py",
    source_dir="src",
    code_location="s3://my-bucket/code",
    role="arn:aws:iam::123456789012:role/SageMakerRole",
    transformers_version="4.36.0",
    pytorch_version="2.1.0",
    py_version="py310",
    instance_type="ml.p4d.24xlarge",
    instance_count=2,
    distribution={"torch_distributed": {"enabled": True}},
    environment={"HF_HUB_OFFLINE": "1"},
    output_path="s3://my-bucket/models/",
    max_run=3600,
    hyperparameters={"model_name": "bert-base-cased", "epochs": 3},
    debugger_hook_config=False,
    disable_profiler=True,
)
estimator.fit({"train": "s3://my-bucket/train/"}, wait=False)
