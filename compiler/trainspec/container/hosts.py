"""The hosts of a job on this machine: only the first, or all of them with torchrun, connected over loopback.

https://github.com/aws/sagemaker-training-toolkit/blob/v5.1.0/src/sagemaker_training/torch_distributed.py
"""

import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

MOST: Final = 8
"""The most processes of torchrun, of all hosts together, that run on one machine."""
_TORCHRUN: Final = "sagemaker_torch_distributed_enabled"
_PROCESSES: Final = "sagemaker_mpi_num_of_processes_per_host"
_LOOPBACK: Final = "127.0.0.1"
_SECONDS_TO_IMPORT: Final = 120


@dataclass(frozen=True, slots=True)
class Process:
    """What runs on one host: its words, its folder of code, its variables."""

    host: str
    argv: Sequence[str]
    folder: Path
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosts that run here, whether torchrun starts the script on each, and what a reader of the log should know."""

    names: Sequence[str]
    has_torchrun: bool = False
    processes: int = 1
    notes: Sequence[str] = ()


def hosts_of(request: Mapping[str, Any], values: Mapping[str, Any], python: str, variables: Mapping[str, str]) -> Hosts:
    """Which hosts of a job run here; `values` are its decoded hyperparameters.

    If they use torchrun, `python` is started with the environment `variables` to check whether it has torch.
    """
    count = _count(request)
    wants_torchrun = values.get(_TORCHRUN) is True
    has_torch = wants_torchrun and _has_torch(python, tuple(variables.items()))
    if count == 1:
        lacks = [f"{python} has no torch: the script runs without torchrun"] if wants_torchrun and not has_torch else []
        return _with_processes(["algo-1"], values) if has_torch else Hosts(["algo-1"], notes=lacks)
    if not wants_torchrun:
        why = "the others have no machine here"
    elif not has_torch:
        why = f"{python} has no torch, which would connect the others"
    elif (request.get("ResourceConfig") or {}).get("InstanceGroups"):
        why = "groups of instances are not connected here"
    elif count > MOST:
        why = f"at most {MOST} hosts run on one machine"
    else:
        found = _with_processes([f"algo-{number}" for number in range(1, count + 1)], values)
        notes = [f"Running all {count} hosts here: torchrun connects them", *_not_divided(request), *found.notes]
        return replace(found, notes=notes)
    return Hosts(["algo-1"], notes=[f"Running the first of {count} hosts: {why}"])


def _with_processes(names: Sequence[str], values: Mapping[str, Any]) -> Hosts:
    """Hosts under torchrun, with as many processes as the job requests, if this machine allows as many."""
    asked = values.get(_PROCESSES)
    if asked is None:
        return Hosts(names, True, 1, ["Running one process on each host: SageMaker runs one for each GPU"])
    if type(asked) is int and 0 < asked <= MOST // len(names):
        return Hosts(names, True, asked)
    possible = MOST // len(names)
    note = f"Running {possible} of {asked} processes on each host: at most {MOST} run on one machine"
    return Hosts(names, True, possible, [note])


def under_torchrun(argv: Sequence[str], rank: int, hosts: Hosts, port: int) -> list[str]:
    """The words that start a Python script, as the toolkit's torchrun starts it on the host of this rank."""
    python, *script = argv
    return [
        python,
        *("-m", "torch.distributed.run"),
        *("--nnodes", str(len(hosts.names))),
        *("--nproc_per_node", str(hosts.processes)),
        *("--node_rank", str(rank)),
        *("--master_addr", _LOOPBACK, "--master_port", str(port)),
        *script,
    ]


def free_port() -> int:
    """A port of the loopback on which nothing listens now."""
    with socket.create_server((_LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _count(request: Mapping[str, Any]) -> int:
    resources = request.get("ResourceConfig") or {}
    groups = resources.get("InstanceGroups") or (resources.get("InstancePreferences") or [resources])[:1]
    return max(sum(int(group.get("InstanceCount") or 1) for group in groups), 1)


@cache
def _has_torch(python: str, variables: tuple[tuple[str, str], ...]) -> bool:
    """Whether a Python has torch, checked outside the caller's folder, which may have something with that name."""
    words = [python, "-c", "import torch.distributed.run"]
    away, given = tempfile.gettempdir(), dict(variables)
    try:
        done = subprocess.run(  # noqa: S603 - the Python that the user named
            words,
            cwd=away,
            env=given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS_TO_IMPORT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _not_divided(request: Mapping[str, Any]) -> list[str]:
    """The channels of which SageMaker gives each host a part, while each has all of it here."""
    return [
        f"Each host gets the whole channel {channel['ChannelName']} here; SageMaker divides it (ShardedByS3Key)"
        for channel in request.get("InputDataConfig") or ()
        if (channel.get("DataSource", {}).get("S3DataSource") or {}).get("S3DataDistributionType") == "ShardedByS3Key"
    ]
