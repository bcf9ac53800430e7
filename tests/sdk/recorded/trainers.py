# /// script
# requires-python = ">=3.10"
# dependencies = ["sagemaker==3.27.0"]
# ///
"""Version 3 of the SDK: a trainer with its own code, and one with an image only; the program waits for each."""

from pathlib import Path

from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, OutputDataConfig, SourceCode, StoppingCondition

ROLE = "arn:aws:iam::111122223333:role/Train"
IMAGE = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1"
Path("code").mkdir()
Path("code", "train.py").write_text("print('trained')\n")
DATA = [InputData(channel_name="train", data_source="s3://acme-data/train/")]

ModelTrainer(
    training_image=IMAGE,
    role=ROLE,
    source_code=SourceCode(source_dir="code", entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=30),
    hyperparameters={"epochs": 3, "optimizer": "adam"},
    output_data_config=OutputDataConfig(s3_output_path="s3://acme-models/churn/"),
    stopping_condition=StoppingCondition(max_runtime_in_seconds=3600),
    base_job_name="churn",
).train(input_data_config=DATA, wait=True, logs=True)

ModelTrainer(
    training_image=IMAGE,
    role=ROLE,
    compute=Compute(instance_type="ml.m5.xlarge", instance_count=2, volume_size_in_gb=50),
    output_data_config=OutputDataConfig(s3_output_path="s3://acme-models/plain/"),
    stopping_condition=StoppingCondition(max_runtime_in_seconds=7200),
    base_job_name="plain",
    environment={"STAGE": "test"},
).train(input_data_config=DATA, wait=True, logs=False)
