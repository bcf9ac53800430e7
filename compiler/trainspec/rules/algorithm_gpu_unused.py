"""XGBoost that leaves the GPUs of its instance idle, or expects GPUs that the instance does not have.

XGBoost trains on the CPU unless you set `tree_method: gpu_hist` (up to 1.7) or `device: cuda` (3.0). It uses one GPU
of one instance unless `use_dask_gpu_training` is on. With `gpu_hist` on a CPU instance, the container fails
immediately.

https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import processor_of_instance
from trainspec.rules.support.algorithms import built_in, hyperparameter, is_set
from trainspec.rules.support.machines import instance_count, instance_types
from trainspec.rules.support.view import Found, JobView

if TYPE_CHECKING:
    from trainspec.request.algorithms.model import Machines

CODE = Code(
    "TS813", "a built-in algorithm that leaves its GPUs idle, or expects GPUs that are missing", Severity.WARNING
)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100, tree_method: gpu_hist}
resources: {instance_type: ml.m5.xlarge}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100, tree_method: gpu_hist}
resources: {instance_type: ml.g5.2xlarge, volume_size: null}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare what the hyperparameters ask for with the machines."""
    found = built_in(job)
    machines = found.algorithm.machines if found else None
    if found is None or machines is None or not machines.gpu_needs:
        return
    asked = _asks_for_gpu(job, machines)
    processors = [(name, place, processor_of_instance(name)) for name, place in instance_types(job)]
    for name, place, processor in processors[:1]:
        if asked and processor == "cpu":
            value = hyperparameter(job, asked)
            message = f"`{asked}: {value}` trains on a GPU, but {name} has none"
            advice = "use, for example, ml.g5.2xlarge, or `tree_method: hist`"
            yield Found(job.origin("HyperParameters", asked), message, advice, fails_with="")
        elif asked is None and processor == "gpu" and not _is_open(job, machines):
            shown = " or ".join(f"`{key}: {words[0]}`" for key, words in machines.gpu_needs.items())
            message = f"{found.name} leaves the GPU of {name} idle: the job does not set {shown}"
            yield Found(
                job.origin(*place), message, "add it to `hyperparameters`, or use an instance type without a GPU"
            )
        elif asked and processor == "gpu" and machines.gpu_machines_need:
            count = instance_count(job)
            dask = machines.gpu_machines_need
            if count is not None and count > 1 and not is_set(job, dask):
                message = f"{found.name} trains on the GPU of one instance only, but the job has {count} instances"
                advice = (
                    f"add `{dask}: true` (1.5-1 or later, with CSV or Parquet, FullyReplicated), or use one instance"
                )
                yield Found(job.origin("HyperParameters", asked), message, advice)


def _asks_for_gpu(job: JobView, machines: Machines) -> str | None:
    """The hyperparameter that asks for a GPU."""
    for name, words in machines.gpu_needs.items():
        if (hyperparameter(job, name) or "").startswith(words):
            return name
    return None


def _is_open(job: JobView, machines: Machines) -> bool:
    """Whether a template decides."""
    return any(is_set(job, name) and hyperparameter(job, name) is None for name in machines.gpu_needs)
