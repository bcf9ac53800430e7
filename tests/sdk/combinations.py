"""The kinds of distribution, each with every framework and machine: the inputs for the SDK and for trainspec."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

KINDS: dict[str, dict[str, Any]] = {
    "torchrun": {"torch_distributed": {"enabled": True}},
    "pytorchddp": {"pytorchddp": {"enabled": True}},
    "smddp": {"smdistributed": {"dataparallel": {"enabled": True}}},
    "smddp options": {"smdistributed": {"dataparallel": {"enabled": True, "custom_mpi_options": "-verbose"}}},
    "mpi": {"mpi": {"enabled": True}},
    "mpi options": {"mpi": {"enabled": True, "processes_per_host": 4, "custom_mpi_options": "-x NCCL_DEBUG=INFO"}},
    "parameter_server": {"parameter_server": {"enabled": True}},
    "mwms": {"multi_worker_mirrored_strategy": {"enabled": True}},
    "xla": {"pytorchxla": {"enabled": True}},
}
"""The SDK's `distribution` for each of ours; `options` are those of OURS."""
OURS: dict[str, Any] = {
    "smddp options": {"type": "smddp", "options": "-verbose"},
    "mpi options": {"type": "mpi", "processes_per_host": 4, "options": "-x NCCL_DEBUG=INFO"},
}
FRAMEWORKS: tuple[dict[str, str], ...] = (
    {"name": "pytorch", "version": "1.9.1", "python": "py38"},
    {"name": "pytorch", "version": "1.12.1", "python": "py38"},
    {"name": "pytorch", "version": "1.13.1", "python": "py39"},
    {"name": "pytorch", "version": "2.0.1", "python": "py310"},
    {"name": "pytorch", "version": "2.2.0", "python": "py310"},
    {"name": "pytorch", "version": "2.3.0", "python": "py311"},
    {"name": "pytorch", "version": "2.5.1", "python": "py311"},
    {"name": "tensorflow", "version": "2.8.0", "python": "py39"},
    {"name": "tensorflow", "version": "2.11.0", "python": "py39"},
    {"name": "tensorflow", "version": "2.13.0", "python": "py310"},
    {"name": "huggingface", "version": "4.17.0", "pytorch": "1.10.2", "python": "py38"},
    {"name": "huggingface", "version": "4.36.0", "pytorch": "2.1.0", "python": "py310"},
    {"name": "huggingface", "version": "4.26.0", "tensorflow": "2.11.0", "python": "py39"},
    {"name": "mxnet", "version": "1.9.0", "python": "py38"},
)
MACHINES = (
    "ml.m5.xlarge",
    "ml.g4dn.12xlarge",
    "ml.p3.16xlarge",
    "ml.p4d.24xlarge",
    "ml.p5.48xlarge",
    "ml.trn1.32xlarge",
)


@dataclass(frozen=True)
class Combination:
    """One combination. `groups` are instance groups by name, instead of the one machine."""

    kind: str
    framework: dict[str, str]
    machine: str
    groups: tuple[tuple[str, str], ...] = ()
    named: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name in the record."""
        framework = " ".join(value for key, value in self.framework.items() if key != "python")
        machines = "+".join(f"{name}={each}" for name, each in self.groups) or self.machine
        return " | ".join((self.kind, framework, machines, *self.named))


def combinations() -> Iterator[Combination]:
    """All combinations, in order."""
    for kind in KINDS:
        for framework in FRAMEWORKS:
            for machine in MACHINES:
                yield Combination(kind, framework, machine)
    one = (("gpu", "ml.p4d.24xlarge"),)
    two = (*one, ("cpu", "ml.c5.4xlarge"))
    pytorch, tensorflow = FRAMEWORKS[4], FRAMEWORKS[8]
    for kind in KINDS:
        for framework in (pytorch, tensorflow):
            for groups, named in ((one, ()), (one, ("gpu",)), (two, ()), (two, ("gpu",)), (two, ("gpu", "cpu"))):
                yield Combination(kind, framework, "", groups, named)
