"""The models of `tuning`, which turns a job into a tuning job.

A field here says what may be written; the request member that it becomes is a row of `trainspec.request.tuning`.
"""

from typing import Annotated, Any, TypeAlias

from pydantic import Field
from trainspec.language.forms import Duration, Integer, Number, Size, Text, WrittenScalar
from trainspec.language.parts import Model


class Objective(Model):
    """What the tuning job optimizes."""

    metric: Text | None = Field(
        None, description="Name of the metric to optimize, as in `metrics` or as the algorithm defines it."
    )
    goal: Text | None = Field(None, description="Maximize or Minimize.")


class Range(Model):
    """The values that a hyperparameter may take: real numbers, integers (`int`), or values near a hint (`auto`)."""

    min: WrittenScalar | None = Field(None, description="The minimum of a range of real numbers.")
    max: WrittenScalar | None = Field(None, description="The maximum of a range of real numbers.")
    int: (
        Annotated[
            list[WrittenScalar],
            Field(min_length=2, max_length=2, json_schema_extra={"x-form": "a list of a minimum and a maximum"}),
        ]
        | None
    ) = Field(None, description="The minimum and the maximum of a range of integers.")
    scale: Text | None = Field(None, description="The scale on which the range is searched; default: Auto.")
    auto: WrittenScalar | None = Field(
        None, description="With `autotune`: an example value, from which SageMaker chooses the range."
    )


class NamedRange(Range):
    """A range in a list of ranges."""

    name: Text | None = Field(None, description="Name of the hyperparameter.")
    values: list[WrittenScalar] | None = Field(None, description="The values of a categorical hyperparameter.")


_VALUES: Any = Field(json_schema_extra={"x-form": "a map with `min` and `max` or `int`, or a list of values"})
RangeOrValues: TypeAlias = Annotated[Range | list[WrittenScalar], _VALUES]


class TuningLimits(Model):
    """Limits of the tuning job."""

    jobs: Integer | None = Field(None, description="The maximum number of training jobs.")
    parallel: Integer | None = Field(None, description="The maximum number of training jobs that run at once.")
    runtime: Duration | None = Field(
        None,
        description="The longest time that the tuning job may run. Its result is then the best training job so far.",
    )


class Completion(Model):
    """When the tuning job may end before its limits."""

    target: Number | None = Field(None, description="A value of the objective metric that is good enough to stop at.")
    not_improving: Integer | None = Field(
        None, description="The number of training jobs in a row without an improvement after which the tuning job ends."
    )
    convergence: Text | None = Field(
        None, description="Enabled ends the tuning job when SageMaker detects that it has converged."
    )


class WarmStart(Model):
    """Earlier tuning jobs whose results this one starts from."""

    parents: list[Text] | None = Field(None, description="Names of the earlier tuning jobs.")
    type: Text | None = Field(None, description="What has changed since the earlier jobs.")


class Hyperband(Model):
    """The limits of the Hyperband strategy."""

    min_resource: Integer | None = Field(
        None, description="The minimum resources (such as epochs) that a training job uses."
    )
    max_resource: Integer | None = Field(
        None, description="The maximum resources (such as epochs) that a training job uses."
    )


class TuningMachine(Model):
    """One instance type that the training jobs may run on."""

    instance_type: Text | None = Field(None, description="Instance type.")
    instance_count: Integer | None = Field(None, description="Number of instances.")
    volume_size: Size | None = Field(None, description="Storage volume of each instance.")


class TuningResources(TuningMachine):
    """Instead of `resources`: the instances of the training jobs, of one type or of several in order of preference."""

    volume_kms_key: Text | None = Field(None, description="KMS key that encrypts the storage volume.")
    allocation: Text | None = Field(None, description="How SageMaker chooses from `instances`: Prioritized.")
    instances: list[TuningMachine] | None = Field(None, description="Instance types, in order of preference.")


class Tuning(Model):
    """Makes a job a tuning job; the other fields describe its training jobs."""

    strategy: Text | None = Field(None, description="How the values for the next training job are chosen.")
    objective: Objective | None = Field(None, description="What the tuning job optimizes.")
    ranges: (
        Annotated[
            dict[str, RangeOrValues] | list[NamedRange],
            Field(json_schema_extra={"x-form": "a map of ranges by the hyperparameter's name"}),
        ]
        | None
    ) = Field(
        None,
        description="The hyperparameters to tune: `{min, max, scale}` for real numbers, `{int: [2, 8]}` for "
        "integers, a list for categorical values. All others keep their values in "
        "`hyperparameters`.",
    )
    limits: TuningLimits | None = Field(None, description="How many training jobs to run, at once and in total.")
    early_stopping: Text | None = Field(
        None, description="Auto stops training jobs early if they are unlikely to beat the earlier ones."
    )
    hyperband: Hyperband | None = Field(None, description="The limits of the Hyperband strategy.")
    completion: Completion | None = Field(None, description="When the tuning job may end before its limits.")
    warm_start: WarmStart | None = Field(None, description="Earlier tuning jobs to start from.")
    autotune: Text | None = Field(
        None, description="Enabled lets SageMaker choose the ranges, strategy and limits that are not set."
    )
    seed: Integer | None = Field(None, description="Random seed for choosing values, to make a tuning job repeatable.")
    resources: TuningResources | None = Field(
        None, description="Instead of the job's `resources`: instances of several types, in order of preference."
    )
    definition: Text | None = Field(None, description="Name of the training job definition.")
