"""An entry script that the framework container cannot run.

The training toolkit runs a Python file or a shell script in the source folder. For anything else, such as a URI or a
notebook, it fails with `Unsupported entry script`.

https://github.com/aws/sagemaker-training-toolkit
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS831", "an entry script that the container cannot run", Severity.WARNING)
ONLY_WITH = ("sagemaker_program",)

BAD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
source: {entry: train.ipynb, dir: s3://my-bucket/code/source.tar.gz}
"""

GOOD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
source: {entry: train.py, dir: s3://my-bucket/code/source.tar.gz}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the end of `sagemaker_program`."""
    place = ("HyperParameters", "sagemaker_program")
    entry = (job.text(*place) or "").strip('"')
    if "://" in entry:
        message = f"`{entry}` is a URI, but the entry script is a file inside the source archive"
        yield Found(job.origin(*place), message, f"write `{entry.rpartition('/')[2]}`")
    elif entry.endswith("/"):
        message = f"`{entry}` is a folder, but the entry script must be a file"
        yield Found(job.origin(*place), message, f"write, for example, `{entry}train.py`")
    elif re.search(r"\.[A-Za-z0-9]+$", entry) and not entry.endswith((".py", ".sh")):
        message = f"`{entry}` is neither a Python file nor a shell script"
        yield Found(job.origin(*place), message, "use a file that ends in `.py` or `.sh`")
    elif entry.endswith(".py") and entry.startswith("/") and not entry.startswith("/opt/ml/"):
        message = f"`{entry}` is an absolute path, but the entry script is expected inside the source archive"
        yield Found(job.origin(*place), message, f"write `{entry.rpartition('/')[2]}`")
