"""SageMaker's built-in algorithms as data: a table for each in `tables/`, read only if a job runs that algorithm."""

from trainspec.request.algorithms.model import Algorithm, Channel, Condition, Hyperparameter
from trainspec.request.algorithms.table import by_name, by_repository, names
from trainspec.request.algorithms.values import problem_of, range_in_words

__all__ = [
    "Algorithm",
    "Channel",
    "Condition",
    "Hyperparameter",
    "by_name",
    "by_repository",
    "names",
    "problem_of",
    "range_in_words",
]
