"""A folder of the container that SageMaker uses itself.

A checkpoint in /opt/ml/model is uploaded together with the model. TensorBoard's output must not be below /opt/ml,
/tmp or /usr/local/nvidia, except for /opt/ml/output/tensorboard. The other folders below /opt/ml are for the data,
the model and the results.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS835", "a folder of the container that SageMaker uses itself", Severity.WARNING)
ONLY_WITH = ("LocalPath",)

BAD = """
checkpoint: {s3: s3://my-bucket/checkpoints/, local_path: /opt/ml/model}
"""

GOOD = """
checkpoint: {s3: s3://my-bucket/checkpoints/, local_path: /opt/ml/checkpoints}
"""

TAKEN = (
    "/opt/ml", "/opt/ml/model", "/opt/ml/input", "/opt/ml/output", "/opt/ml/code", "/opt/ml/failure",
    "/opt/ml/sagemaker",
)  # fmt: skip


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the local paths of checkpoints, tensors and TensorBoard."""
    place = ("CheckpointConfig", "LocalPath")
    path = (job.text(*place) or "").rstrip("/")
    if path in TAKEN or path.startswith(tuple(f"{each}/" for each in TAKEN if each != "/opt/ml")):
        message = f"`{path}` is a folder that SageMaker uses itself"
        yield Found(job.origin(*place), message, "write `/opt/ml/checkpoints`, or remove the line")
    place = ("DebugHookConfig", "LocalPath")
    path = (job.text(*place) or "").rstrip("/")
    if re.match(r"/opt/ml/(?:model|input|code)(?:/|$)|/opt/ml$", path):
        message = f"`{path}` is a folder that SageMaker uses itself"
        yield Found(job.origin(*place), message, "write `/opt/ml/output/tensors`, or remove the line")
    place = ("TensorBoardOutputConfig", "LocalPath")
    path = (job.text(*place) or "").rstrip("/")
    is_default = path == "/opt/ml/output/tensorboard"
    if not is_default and re.match(r"(?:/opt/ml|/tmp|/usr/local/nvidia)(?:/|$)", path):
        message = f"SageMaker rejects `{path}`: /opt/ml, /tmp and /usr/local/nvidia are reserved"
        yield Found(job.origin(*place), message, "remove the line, or use another folder")
