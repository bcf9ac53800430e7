"""The models of a tuning job: what `tuning` beside a job's fields makes of it.

A field here says what may be written; the request member that it becomes is a row of `trainspec.request.tuning`.
"""

from typing import Annotated, Any, TypeAlias

from pydantic import Field
from trainspec.language.forms import Duration, Integer, Number, Size, Text, WrittenScalar
from trainspec.language.parts import Model


class Objective(Model):
    """What the tuning job looks for."""

    metric: Text | None = Field(None, description="Name of the metric that decides, as `metrics` or the algorithm has.")
    goal: Text | None = Field(None, description="Maximize or Minimize.")


class Range(Model):
    """The values that a hyperparameter may take: real numbers, or whole ones (`int`), or what is near a hint."""

    min: WrittenScalar | None = Field(None, description="The least value, of a range of real numbers.")
    max: WrittenScalar | None = Field(None, description="The greatest value, of a range of real numbers.")
    int: (
        Annotated[
            list[WrittenScalar],
            Field(min_length=2, max_length=2, json_schema_extra={"x-form": "a list of the least and the greatest"}),
        ]
        | None
    ) = Field(None, description="The least and the greatest value, of a range of whole numbers.")
    scale: Text | None = Field(None, description="How the range is searched; Auto if not given.")
    auto: WrittenScalar | None = Field(
        None, description="With `autotune`: an example value, from which SageMaker chooses the range itself."
    )


class NamedRange(Range):
    """A range in a list of ranges."""

    name: Text | None = Field(None, description="Name of the hyperparameter.")
    values: list[WrittenScalar] | None = Field(None, description="The values, of a hyperparameter without numbers.")


_VALUES: Any = Field(json_schema_extra={"x-form": "a map with `min` and `max` or `int`, or a list of values"})
RangeOrValues: TypeAlias = Annotated[Range | list[WrittenScalar], _VALUES]


class TuningLimits(Model):
    """How much the tuning job may do."""

    jobs: Integer | None = Field(None, description="The maximum number of training jobs.")
    parallel: Integer | None = Field(None, description="The maximum number of training jobs at once.")
    runtime: Duration | None = Field(
        None, description="The longest that the tuning job may run; the best so far is its result then."
    )


class Completion(Model):
    """When the tuning job may end before its limits."""

    target: Number | None = Field(None, description="The value of the objective that is good enough.")
    not_improving: Integer | None = Field(
        None, description="The number of training jobs in a row that bring nothing better."
    )
    convergence: Text | None = Field(
        None, description="Enabled ends it where SageMaker finds that nothing better is to be expected."
    )


class WarmStart(Model):
    """Earlier tuning jobs whose results this one begins with."""

    parents: list[Text] | None = Field(None, description="Names of the earlier tuning jobs.")
    type: Text | None = Field(None, description="What has changed since.")


class Hyperband(Model):
    """The bounds of the Hyperband strategy."""

    min_resource: Integer | None = Field(None, description="The least resources (epochs) of a training job.")
    max_resource: Integer | None = Field(None, description="The most resources (epochs) of a training job.")


class TuningMachine(Model):
    """One machine type that the training jobs may run on."""

    instance_type: Text | None = Field(None, description="Machine type.")
    instance_count: Integer | None = Field(None, description="How many machines.")
    volume_size: Size | None = Field(None, description="Storage of each machine.")


class TuningResources(TuningMachine):
    """In place of `resources`: the machines of the training jobs, also of several types in order of preference."""

    volume_kms_key: Text | None = Field(None, description="KMS key that encrypts the storage.")
    allocation: Text | None = Field(None, description="How `instances` are chosen from: Prioritized.")
    instances: list[TuningMachine] | None = Field(None, description="Machine types, the preferred one first.")


class Tuning(Model):
    """What makes a job a tuning job, whose training jobs the other fields describe."""

    strategy: Text | None = Field(None, description="How the next values are chosen.")
    objective: Objective | None = Field(None, description="What the tuning job looks for.")
    ranges: (
        Annotated[
            dict[str, RangeOrValues] | list[NamedRange],
            Field(json_schema_extra={"x-form": "a map of ranges by the hyperparameter's name"}),
        ]
        | None
    ) = Field(
        None,
        description="The hyperparameters that are tuned: `{min, max, scale}` for real numbers, `{int: [2, 8]}` for "
        "whole ones, a list for values. All others stay as `hyperparameters` has them.",
    )
    limits: TuningLimits | None = Field(None, description="How many training jobs, at once and in all.")
    early_stopping: Text | None = Field(
        None, description="Auto stops training jobs that are unlikely to become better than those before."
    )
    hyperband: Hyperband | None = Field(None, description="The bounds of the strategy Hyperband.")
    completion: Completion | None = Field(None, description="When the tuning job may end before its limits.")
    warm_start: WarmStart | None = Field(None, description="Earlier tuning jobs to begin with.")
    autotune: Text | None = Field(
        None, description="Enabled lets SageMaker choose ranges, strategy and limits as far as they are not given."
    )
    seed: Integer | None = Field(None, description="Seed with which values are chosen, to make a run like another.")
    resources: TuningResources | None = Field(
        None, description="In place of the job's `resources`: machines of several types, in order of preference."
    )
    definition: Text | None = Field(None, description="Name of the definition of the training jobs.")
