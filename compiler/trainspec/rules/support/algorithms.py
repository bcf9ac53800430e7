"""Which of SageMaker's built-in algorithms a job runs, and what its hyperparameters say."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from trainspec.request.images import known_registry
from trainspec.rules.support.view import JobView, once_a_job
from trainspec.templates import has_template

if TYPE_CHECKING:  # read only where a job runs a built-in algorithm
    from trainspec.request.algorithms.model import Algorithm

PLACE = ("AlgorithmSpecification", "TrainingImage")


class BuiltIn(NamedTuple):
    """A built-in algorithm as a job runs it: its repository, its table and the version that the image's tag says."""

    name: str
    algorithm: Algorithm
    version: str | None


def built_in(job: JobView) -> BuiltIn | None:
    """The built-in algorithm that a job runs; None if it runs something else, also a script in that image."""
    found = first_party(job)
    return None if found is None or runs_script(job) else found


def first_party(job: JobView) -> BuiltIn | None:
    """The built-in algorithm whose image a job runs, even with a script of its own."""
    return _first_party(job)[0]


@once_a_job
def _first_party(job: JobView) -> tuple[BuiltIn | None]:
    image = job.text(*PLACE)
    return (_of_image(image) if image else None,)


def runs_script(job: JobView) -> bool:
    """Whether the job names a script or a command of its own."""
    return (
        job.member("HyperParameters", "sagemaker_program") is not None
        or job.member("Environment", "SAGEMAKER_PROGRAM") is not None
        or job.member("AlgorithmSpecification", "ContainerEntrypoint") is not None
    )


@lru_cache(maxsize=256)
def _of_image(image: str) -> BuiltIn | None:
    registry = known_registry(image)
    if registry is None:
        return None
    from trainspec.request.algorithms.table import by_repository

    repository = registry.image.repository
    algorithm = by_repository(repository)
    version = (registry.image.tag or "").removesuffix("-cpu-py3").removesuffix("-gpu-py3") or None
    return BuiltIn(repository, algorithm, version) if algorithm else None


def hyperparameter(job: JobView, name: str) -> str | None:
    """The value of a hyperparameter; None if it is not set, or a template that nobody knows before the run."""
    value = job.member("HyperParameters", name)
    if not isinstance(value, str):
        return None
    if not has_template(value):
        return value
    known = set(job.renderings("HyperParameters", name))
    return known.pop() if len(known) == 1 else None


def is_set(job: JobView, name: str) -> bool:
    """Whether a hyperparameter has any value, be it a template."""
    return job.member("HyperParameters", name) is not None


def are_known(job: JobView) -> bool:
    """Whether all hyperparameters of the job are known by name."""
    values = job.member("HyperParameters")
    return "hyperparameters" not in job.invalid_fields and (values is None or isinstance(values, dict))


def writes_checkpoints(found: BuiltIn) -> bool:
    """Whether an algorithm, in this version of its image, writes checkpoints."""
    from trainspec.request.algorithms.model import is_in

    table = found.algorithm
    is_old = table.checkpoints_since is not None and found.name not in table.repositories[:1]  # `xgboost:1` is 0.72
    return table.checkpoints and not is_old and is_in(found.version, table.checkpoints_since, None)
