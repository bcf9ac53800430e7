"""What changes in the requests and the DAGs from one state of the specs to another."""

from trainspec.diff.compare import compare
from trainspec.diff.model import Change, Compiled, DagDifference, Status, TaskDifference

__all__ = ["Change", "Compiled", "DagDifference", "Status", "TaskDifference", "compare"]
