from sagemaker.instance_group import InstanceGroup
from sagemaker.pytorch import PyTorch

gpu = InstanceGroup("gpu", "ml.p4d.24xlarge", 2)
cpu = InstanceGroup("cpu", "ml.c5.4xlarge", 1)
estimator = PyTorch(
    entry_point="train.py",
    source_dir="src",
    code_location="s3://my-bucket/code",
    role="arn:aws:iam::123456789012:role/SageMakerRole",
    framework_version="2.2.0",
    py_version="py310",
    instance_groups=[gpu, cpu],
    distribution={"mpi": {"enabled": True, "processes_per_host": 8}, "instance_groups": [gpu]},
    output_path="s3://my-bucket/models/",
    max_run=3600,
    subnets=["subnet-0123456789abcdef0"],
    security_group_ids=["sg-0123456789abcdef0"],
    encrypt_inter_container_traffic=True,
    tags=[{"Key": "team", "Value": "ml"}],
)
estimator.fit({"train": "s3://my-bucket/train/"}, wait=False)
