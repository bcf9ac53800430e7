"""A `distribution` that the instance type cannot run.

Trainium supports only `torchrun`. SageMaker's data parallel library needs certain instance types with eight GPUs, and
PyTorch/XLA needs several GPUs.

https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-data-parallel-support.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.images import processor_of_instance
from trainspec.rules.distributed_machines import MACHINES
from trainspec.rules.support.distribution import Distribution, distribution_of
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS762", "a distribution that the instance type cannot run")

BAD = """
resources: {instance_type: ml.g5.12xlarge, volume_size: null}
distribution: smddp
"""

GOOD = """
resources: {instance_type: ml.p4d.24xlarge, volume_size: null}
distribution: smddp
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the machines that take part; those of other instance groups may be of any kind."""
    found = distribution_of(job)
    if found is None:
        return
    groups = found.options.get("instance_groups") or ()
    for name, place in instance_types(job):
        if groups and job.text(*place[:-1], "InstanceGroupName") not in groups:
            continue
        if said := _refused(found, name):
            yield Found(job.origin(*place), *said)


def _refused(found: Distribution, machine: str) -> tuple[str, str] | None:
    """What is wrong, and what to do."""
    processor = processor_of_instance(machine)
    if processor == "neuron" and found.name != "torchrun":
        return f"`{found.name}` does not run on {machine}: Trainium supports only `torchrun`", "use `torchrun`"
    if found.name == "smddp" and processor in ("cpu", "gpu") and machine not in MACHINES:
        return f"`smddp` does not run on {machine}", f"use {', '.join(MACHINES[:4])}, or `torchrun` or `mpi`"
    if found.name == "xla" and processor == "cpu":
        return f"`xla` does not run on {machine}, which has no GPU", "use an instance type with several GPUs"
    return None
