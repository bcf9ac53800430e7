"""The codec of `distribution`: the hyperparameters by which AWS's toolkits start a script on many machines.

The names and values are those that the SageMaker SDK's estimators send, to the letter: JSON, quotes included.
https://github.com/aws/sagemaker-python-sdk/blob/v2.257.7/src/sagemaker/estimator.py
https://github.com/aws/sagemaker-python-sdk/blob/v2.257.7/src/sagemaker/pytorch/estimator.py
https://github.com/aws/sagemaker-training-toolkit/blob/v5.1.0/src/sagemaker_training/runner.py
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from trainspec.diagnostics import codes
from trainspec.request.codecs import Assignment, Lowered, ToText
from trainspec.request.special import instance_type
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import JobData

PROCESSES: Final = "sagemaker_mpi_num_of_processes_per_host"
GROUPS: Final = "sagemaker_distribution_instance_groups"
INSTANCE_TYPE: Final = "sagemaker_instance_type"


class Kind(NamedTuple):
    """One way to distribute. `enabled` is the hyperparameter that turns it on, `options` the one of its MPI options.

    `frameworks` are those whose toolkit knows it; `names_machine` says that the machine's type is sent along, and
    `takes_processes` that the number of processes on a host can be set.
    """

    enabled: str
    frameworks: frozenset[str]
    options: str | None = None
    names_machine: bool = False
    takes_processes: bool = False
    takes_groups: bool = False


_TORCH: Final = frozenset({"pytorch", "huggingface"})
_TENSORFLOW: Final = frozenset({"tensorflow"})
_ALL: Final = frozenset({"pytorch", "tensorflow", "huggingface", "mxnet", "chainer"})

KINDS: Final[Mapping[str, Kind]] = {
    "torchrun": Kind("sagemaker_torch_distributed_enabled", _TORCH, names_machine=True, takes_processes=True),
    "pytorchddp": Kind("sagemaker_pytorch_ddp_enabled", _TORCH, names_machine=True),
    "smddp": Kind(
        "sagemaker_distributed_dataparallel_enabled",
        frozenset({"pytorch", "tensorflow", "huggingface"}),
        options="sagemaker_distributed_dataparallel_custom_mpi_options",
        names_machine=True,
        takes_groups=True,
    ),
    "mpi": Kind(
        "sagemaker_mpi_enabled",
        _ALL,
        options="sagemaker_mpi_custom_mpi_options",
        takes_processes=True,
        takes_groups=True,
    ),
    "parameter_server": Kind("sagemaker_parameter_server_enabled", frozenset({"tensorflow", "mxnet"})),
    "mwms": Kind("sagemaker_multi_worker_mirrored_strategy_enabled", _TENSORFLOW),
    "xla": Kind("sagemaker_pytorch_xla_multi_worker_enabled", _TORCH),
}
SWITCHES: Final = frozenset(kind.enabled for kind in KINDS.values())
"""The hyperparameters that distribute, whoever sets them."""


class Distribution:
    """`distribution: torchrun`, or a map with its options."""

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """A hyperparameter for each thing that is said."""
        given = {"type": value} if isinstance(value, str) else value
        kind = KINDS.get(given.get("type", ""))
        if kind is None:
            return  # the language's schema has reported it
        taken = job.get("hyperparameters") or {}
        for name, each, key in _said(kind, _with_one_group(kind, given, job), _machine(job)):
            if name in taken:
                message = f"`distribution` sets the hyperparameter `{name}`, and `hyperparameters` does too"
                yield Fault(codes.CONFLICT, field, message, "keep one")
            else:
                at = (*field, key) if key and key in given and isinstance(value, Mapping) else field
                yield Assignment(("HyperParameters", name), json.dumps(each), at)

    def lift(self, value: Any, as_text: ToText) -> None:
        """Nothing: `trainspec.importers.script` reads several hyperparameters at once."""


def _groups(job: "JobData") -> Any:
    return (job.get("resources") or {}).get("groups") or ()


def _machine(job: "JobData") -> str | None:
    """The instance type, as the SDK's estimators know it: they have none if there are instance groups."""
    return None if _groups(job) else instance_type(job)


def _with_one_group(kind: Kind, given: Mapping[str, Any], job: "JobData") -> Mapping[str, Any]:
    """`given` with the only instance group, which the SDK also names."""
    groups = _groups(job)
    if not kind.takes_groups or given.get("instance_groups") or len(groups) != 1:
        return given
    names = list(groups) if isinstance(groups, Mapping) else [each.get("name") for each in groups]
    return {**given, "instance_groups": names}


def _said(kind: Kind, given: Mapping[str, Any], machine: str | None) -> list[tuple[str, Any, str | None]]:
    """The hyperparameters: name, value, and the key of the field that says so."""
    said: list[tuple[str, Any, str | None]] = []
    if given.get("instance_groups"):
        said.append((GROUPS, list(given["instance_groups"]), "instance_groups"))
    said.append((kind.enabled, True, "type"))
    if kind.takes_processes and given.get("processes_per_host"):
        said.append((PROCESSES, given["processes_per_host"], "processes_per_host"))
    if kind.options:
        said.append((kind.options, given.get("options", ""), "options"))
    if kind.names_machine and machine:
        said.append((INSTANCE_TYPE, machine, None))
    return said
