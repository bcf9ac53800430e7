"""The machines of training jobs as data: `machines.json`, derived by `python -m trainspec.request.machines`."""

from trainspec.request.machines.table import Gpu, Machine, as_of, machine, machines, regions_of

__all__ = ["Gpu", "Machine", "as_of", "machine", "machines", "regions_of"]
