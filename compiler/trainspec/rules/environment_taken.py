"""An environment variable that SageMaker sets itself, or that replaces the image's own value.

SageMaker sets `TRAINING_JOB_NAME` and `TRAINING_JOB_ARN`, and its toolkit sets `SM_*`; your values are overwritten.
`PATH` replaces the image's value, and the container no longer finds its programs.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.channels import channel_names
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS834", "a reserved environment variable", Severity.WARNING)

BAD = """
environment: {SM_MODEL_DIR: /tmp/model}
"""

GOOD = """
environment: {MODEL_DIR: /tmp/model}
"""

_TOOLKIT = (
    r"SM_(?:MODEL_DIR|OUTPUT_DIR|OUTPUT_DATA_DIR|OUTPUT_INTERMEDIATE_DIR|INPUT_DIR|INPUT_CONFIG_DIR|CHANNELS?|CHANNEL_.+"
    r"|HPS?|HP_.+|HOSTS|CURRENT_HOST|NUM_GPUS|NUM_CPUS|NUM_NEURONS|MODULE_DIR|MODULE_NAME|USER_ARGS|USER_ENTRY_POINT"
    r"|TRAINING_ENV|RESOURCE_CONFIG|INPUT_DATA_CONFIG|FRAMEWORK_MODULE|FRAMEWORK_PARAMS|MASTER_ADDR"
    r"|NETWORK_INTERFACE_NAME|CURRENT_INSTANCE_TYPE|CURRENT_INSTANCE_GROUP|INSTANCE_GROUPS.*)"
)


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the names of the variables."""
    for place, value in places(job, "Environment.*"):
        name = str(place[-1])
        if name in ("TRAINING_JOB_NAME", "TRAINING_JOB_ARN") or re.fullmatch(_TOOLKIT, name):
            message = f"SageMaker sets `{name}` itself and overwrites this value"
            yield Found(job.origin(*place), message, "use another name", on_key=True)
        elif (
            name in ("PATH", "LD_LIBRARY_PATH") and isinstance(value, str) and "/usr" not in value and "{" not in value
        ):
            message = f"`{name}` replaces the image's own value, so the container no longer finds its programs"
            yield Found(job.origin(*place), message, f"set `{name}` in the image", on_key=True)
        elif name == "SageMakerGatedModelS3Uri" and value and "model" in (channel_names(job) or ()):
            message = "SageMaker creates the channel `model` for a gated model, but the job already has one"
            yield Found(job.origin(*place), message, "remove the channel, or the variable", on_key=True)
