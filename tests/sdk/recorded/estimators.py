# /// script
# requires-python = ">=3.10"
# dependencies = ["sagemaker==2.257.7"]
# ///
"""Version 2 of the SDK: an estimator of a framework, one of an image, and a tuner; the program waits for each."""

from pathlib import Path

from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.pytorch import PyTorch
from sagemaker.tuner import ContinuousParameter, HyperparameterTuner, IntegerParameter

ROLE = "arn:aws:iam::111122223333:role/Train"
Path("code").mkdir()
Path("code", "train.py").write_text("print('trained')\n")

framework = PyTorch(
    entry_point="train.py",
    source_dir="code",
    role=ROLE,
    framework_version="2.3",
    py_version="py311",
    instance_type="ml.m5.large",
    instance_count=1,
    hyperparameters={"epochs": 3, "optimizer": "adam"},
    output_path="s3://acme-models/churn/",
    base_job_name="churn",
    max_run=3600,
    metric_definitions=[{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
    tags=[{"Key": "team", "Value": "risk"}],
)
framework.fit({"train": TrainingInput("s3://acme-data/train/", content_type="text/csv")}, wait=True)
assert framework.model_data.startswith("s3://acme-models/churn/churn-")

image = Estimator(
    image_uri="111122223333.dkr.ecr.eu-west-1.amazonaws.com/boost:1",
    role=ROLE,
    instance_type="ml.m5.xlarge",
    instance_count=2,
    output_path="s3://acme-models/boost/",
    hyperparameters={"num_round": 10},
    use_spot_instances=True,
    max_run=3600,
    max_wait=7200,
    checkpoint_s3_uri="s3://acme-models/checkpoints/",
    environment={"STAGE": "test"},
)
image.fit("s3://acme-data/boost/", job_name="boost", wait=True)

tuner = HyperparameterTuner(
    image,
    "validation:auc",
    {"eta": ContinuousParameter(0.1, 0.5), "max_depth": IntegerParameter(2, 8)},
    metric_definitions=[{"Name": "validation:auc", "Regex": "auc=([0-9.]+)"}],
    max_jobs=4,
    max_parallel_jobs=2,
    base_tuning_job_name="tune",
)
tuner.fit({"train": "s3://acme-data/boost/"}, wait=True)
assert tuner.best_training_job().startswith("tune-")
