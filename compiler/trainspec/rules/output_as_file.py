"""An output path that ends like a file.

SageMaker writes to OUTPUT/JOB_NAME/output/model.tar.gz: the path is a prefix, and a file's name in it becomes a folder.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS836", "an output path that ends like a file", Severity.NOTE)

BAD = """
output: s3://my-bucket/models/model.tar.gz
"""

GOOD = """
output: s3://my-bucket/models/
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the end of S3OutputPath."""
    place = ("OutputDataConfig", "S3OutputPath")
    found = re.search(
        r"/([^/{}]+\.(?:tar\.gz|tgz|gz|zip|pkl|pt|pth|joblib|json|csv|parquet|h5|onnx|bin))/?$", job.text(*place) or ""
    )
    if found:
        message = f"`{found[1]}` becomes a folder: SageMaker writes to OUTPUT/JOB_NAME/output/model.tar.gz"
        yield Found(job.origin(*place), message, "name the folder alone")
