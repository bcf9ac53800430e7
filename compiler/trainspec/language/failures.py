"""The model of what becomes of a task whose job failed, by the kind of the failure."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field
from trainspec.language.forms import FixedDuration
from trainspec.language.parts import Model


class RetryLater(Model):
    """Another try, and not at once."""

    retry_after: FixedDuration = Field(description="The shortest time before the next try, such as 30m.")


Action: TypeAlias = Annotated[
    Literal["fail", "retry"] | RetryLater,
    Field(json_schema_extra={"x-form": "fail, retry or {retry_after: a duration}"}),
]


class OnFailure(Model):
    """What to do for each kind of failure; `retry`, as the task's `retries` say, for those not named."""

    algorithm: Action | None = Field(None, description="The training code failed (AlgorithmError).")
    capacity: Action | None = Field(None, description="AWS had no machines (CapacityError, or no capacity in time).")
    timeout: Action | None = Field(None, description="The job ran or waited longer than `stopping` allows.")
    interrupted: Action | None = Field(None, description="Spot capacity was taken away.")
    stopped: Action | None = Field(None, description="Somebody stopped the job.")
    internal: Action | None = Field(None, description="SageMaker itself failed (InternalServerError).")
