"""A limit on waiting for capacity that has no effect on CPU instances.

`stopping.max_pending` works for instances with accelerators (the families p, g and trn). SageMaker ignores it for CPU
instances.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import processor_of_instance
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS544", "a limit on waiting for CPU instances", Severity.NOTE)
ONLY_WITH = ("MaxPendingTimeInSeconds",)

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
        message = f"`max_pending` has no effect on {types[0]}: SageMaker limits only the wait for accelerators"
        yield Found(job.origin(*place), message, "remove `max_pending`", on_key=True)
