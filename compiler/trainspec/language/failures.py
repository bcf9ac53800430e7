"""The model of `on_failure`: what a task does when its job fails, by the kind of failure."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field
from trainspec.language.forms import FixedDuration
from trainspec.language.parts import Model


class RetryLater(Model):
    """Another try, after a delay."""

    retry_after: FixedDuration = Field(description="The minimum delay before the next try, such as 30m.")


Action: TypeAlias = Annotated[
    Literal["fail", "retry"] | RetryLater,
    Field(json_schema_extra={"x-form": "fail, retry or {retry_after: a duration}"}),
]


class OnFailure(Model):
    """What to do for each kind of failure. The default is `retry`, up to the task's `retries`."""

    algorithm: Action | None = Field(None, description="The training code failed (AlgorithmError).")
    capacity: Action | None = Field(
        None, description="AWS had no capacity (CapacityError, or none became available in time)."
    )
    timeout: Action | None = Field(None, description="The job ran or waited longer than `stopping` allows.")
    interrupted: Action | None = Field(None, description="Spot capacity was interrupted.")
    stopped: Action | None = Field(None, description="Someone stopped the job.")
    internal: Action | None = Field(None, description="SageMaker itself failed (InternalServerError).")
