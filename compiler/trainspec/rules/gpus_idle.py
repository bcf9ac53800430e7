"""More GPUs than processes that use them.

A PyTorch script runs as one process on each instance, and a process normally uses one GPU, unless `distribution`
starts more processes. The other GPUs are paid for but stay idle.

https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-training.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.distribution import SWITCHES
from trainspec.request.machines.table import machine
from trainspec.rules.support.distribution import distribution_of
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS763", "more GPUs than processes", Severity.WARNING)

BAD = """
image: null
framework: {name: pytorch, version: "2.3", python: py311}
region: us-east-1
source: {entry: train.py, dir: s3://my-bucket/code/sourcedir.tar.gz}
resources: {instance_type: ml.p4d.24xlarge, volume_size: null}
"""

GOOD = """
image: null
framework: {name: pytorch, version: "2.3", python: py311}
region: us-east-1
source: {entry: train.py, dir: s3://my-bucket/code/sourcedir.tar.gz}
resources: {instance_type: ml.p4d.24xlarge, volume_size: null}
distribution: torchrun
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the processes on a host with its GPUs. Machines that differ or are not known say nothing."""
    types = instance_types(job)
    if len(types) != 1:
        return
    name, place = types[0]
    processes = _processes(job)
    if processes is None:
        return
    known = machine(name)
    if known is None or known.gpu is None or known.accelerators <= processes:
        return
    idle = known.accelerators - processes
    count = "one process runs" if processes == 1 else f"{processes} processes run"
    message = f"{count} on {name}, which has {known.accelerators} GPUs: {idle} stay{'s' if idle == 1 else ''} idle"
    found = distribution_of(job)
    if found is not None and "processes_per_host" in found.options:
        advice = f"set `processes_per_host: {known.accelerators}`, or remove the line"
        yield Found(("distribution", "processes_per_host"), message, advice)
    elif found is not None:
        yield Found(found.at, message, "use an instance type with one GPU, or `mwms`")
    else:
        yield Found(job.origin(*place), message, "add `distribution: torchrun`, or use an instance type with one GPU")


def _processes(job: JobView) -> int | None:
    """How many processes a host runs, where it is certain; None if as many as there are GPUs, or nobody knows."""
    found = distribution_of(job)
    if found is not None:
        given = found.options.get("processes_per_host")
        if found.kind.takes_processes and isinstance(given, int):
            return given
        return 1 if found.name == "parameter_server" else None
    framework, source = job.fields.get("framework") or {}, job.fields.get("source") or {}
    entry = source.get("entry")
    if "distribution" in job.invalid_fields or framework.get("name") != "pytorch" or not str(entry).endswith(".py"):
        return None  # TensorFlow and Hugging Face share a process's work out among its GPUs
    given = job.member("HyperParameters") or {}
    return None if SWITCHES & given.keys() or "mp_parameters" in given else 1
