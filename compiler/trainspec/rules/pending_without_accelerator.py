"""A bound on waiting for machines that are there at once.

`stopping.max_pending` works for machines with accelerators (the families p, g and trn). For CPU machines SageMaker does
not look at it.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import processor_of_instance
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS544", "a bound on waiting for CPU machines", Severity.NOTE)

BAD = """
stopping: {max_pending: 2h}
"""

GOOD = """
stopping: {max_pending: 2h}
resources: {instance_type: ml.p3.2xlarge}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find MaxPendingTimeInSeconds where no machine has an accelerator."""
    place = ("StoppingCondition", "MaxPendingTimeInSeconds")
    types = [name for name, _place in instance_types(job)]
    if job.number(*place) and types and all(processor_of_instance(name) == "cpu" for name in types):
        message = f"`max_pending` has no effect on {types[0]}: SageMaker bounds the wait for accelerators alone"
        yield Found(job.origin(*place), message, "remove `max_pending`", on_key=True)
