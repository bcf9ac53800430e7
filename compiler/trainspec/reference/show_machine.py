"""What is known about an instance type, as `trainspec explain ml.p5.48xlarge` shows it."""

import textwrap
from collections.abc import Iterator

from trainspec.request.machines import Machine, as_of, regions_of

WIDTH = 78


def show_machine(machine: Machine) -> Iterator[str]:
    """The lines about a machine: what it has, and the regions that offer it if that is settled."""
    yield f"ml.{machine.name}, an instance type for training (as of {as_of()}):"
    yield ""
    for title, words in _facts(machine):
        lines = textwrap.wrap(words, WIDTH, break_on_hyphens=False)
        yield f"  {title:<14} {lines[0]}"
        yield from (f"  {'':<14} {line}" for line in lines[1:])
    yield ""
    yield "From botocore's model of SageMaker and EC2's answers in moto; SageMaker may offer less than EC2."
    yield "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-types.html"


def _facts(machine: Machine) -> Iterator[tuple[str, str]]:
    yield "processors", f"{machine.vcpus} vCPUs, {machine.architecture}"
    yield "memory", f"{machine.memory:,g} GiB"
    if machine.accelerators:
        memory = f", {machine.gpu_memory:,g} GiB in all" if machine.gpu_memory else ""
        yield "accelerators", f"{machine.accelerators} x {machine.accelerator}{memory}"
    if machine.gpu:
        first, last = machine.gpu.first_cuda, machine.gpu.last_cuda
        until = f" to {last[0]}.{last[1]}" if last else " or later"
        yield "CUDA", f"{first[0]}.{first[1]}{until} (compute capability {machine.gpu.capability})"
    yield "EFA", f"{machine.efa} interface{'s' if machine.efa > 1 else ''}" if machine.efa else "none"
    own = f"{machine.disks:,} GB of its own: SageMaker adds no volume, and takes no `volume_kms_key`"
    yield "storage", own if machine.disks else "none of its own: set `volume_size`"
    yield "spot", "yes" if machine.spot else "not on EC2"
    offered = regions_of(f"ml.{machine.name}")
    yield "regions", ", ".join(sorted(offered[0])) if offered else "not settled: see AWS's price list"
