"""SageMaker's distributed data parallel library on an instance type that it does not support.

SMDDP supports only certain instance types with several GPUs, and refuses to run on others.

https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-data-parallel-support.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS838", "SMDDP on an instance type that it does not support", Severity.WARNING)
ONLY_WITH = ("sagemaker_distributed_dataparallel_enabled",)

BAD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker
resources: {instance_type: ml.g5.12xlarge, volume_size: null}
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
  sagemaker_distributed_dataparallel_enabled: true
"""

GOOD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker
resources: {instance_type: ml.p4d.24xlarge, volume_size: null}
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
  sagemaker_distributed_dataparallel_enabled: true
"""

MACHINES = ("ml.p3.16xlarge", "ml.p3dn.24xlarge", "ml.p4d.24xlarge", "ml.p4de.24xlarge", "ml.p5.48xlarge")
"""From the package sagemaker 2.257.7, and the developer guide's page (P5 since 2024)."""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the machines where SMDDP is on."""
    if "distribution" in job.fields:
        return  # TS762
    value = job.member("HyperParameters", "sagemaker_distributed_dataparallel_enabled")
    if str(value).strip('"').lower() != "true":
        return
    for name, place in instance_types(job):
        if name not in MACHINES:
            message = f"SMDDP does not support {name}"
            yield Found(job.origin(*place), message, f"use {', '.join(MACHINES[:4])}, or `torchrun` or `mpi`")
