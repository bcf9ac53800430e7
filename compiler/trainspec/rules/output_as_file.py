"""An output path that looks like a file.

SageMaker writes to OUTPUT/JOB_NAME/output/model.tar.gz: the path is a prefix, so a file name at its end becomes a
folder.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS836", "an output path that looks like a file", Severity.NOTE)

BAD = """
output: s3://my-bucket/models/model.tar.gz
"""

GOOD = """
output: s3://my-bucket/models/
"""

_ENDS = r"tar\.gz|tgz|gz|zip|pkl|pt|pth|ckpt|joblib|json|csv|parquet|h5|onnx|bin|safetensors"


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the end of S3OutputPath, and at that of the checkpoints' place."""
    for place, written in (
        (("OutputDataConfig", "S3OutputPath"), "SageMaker writes to OUTPUT/JOB_NAME/output/model.tar.gz"),
        (("CheckpointConfig", "S3Uri"), "SageMaker keeps the files of the local folder below it"),
    ):
        found = re.search(rf"/([^/{{}}]+\.(?:{_ENDS}))/?$", job.text(*place) or "")
        if found:
            yield Found(job.origin(*place), f"`{found[1]}` becomes a folder: {written}", "remove the file name")
