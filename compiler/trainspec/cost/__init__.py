"""What specs cost at most: machine hours from the requests and the schedule, money from a price table."""

from trainspec.cost.count import dag_cost
from trainspec.cost.model import DagCost, JobCost, Machine, Prices

__all__ = ["DagCost", "JobCost", "Machine", "Prices", "dag_cost"]
