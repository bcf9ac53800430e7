"""A `distribution` that can start only Python programs, with a shell script as the entry.

`torchrun` and PyTorch/XLA start a Python program. If the entry is a shell script, the toolkit in the container fails.

https://github.com/aws/sagemaker-training-toolkit/blob/v5.1.0/src/sagemaker_training/torch_distributed.py
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.distribution import distribution_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS766", "a distribution that can start only Python programs, with a shell script as the entry")

BAD = """
image: null
framework: {name: pytorch, version: "2.3", python: py311}
region: us-east-1
source: {entry: train.sh, dir: s3://my-bucket/code/sourcedir.tar.gz}
resources: {instance_type: ml.g5.12xlarge, volume_size: null}
distribution: torchrun
"""

GOOD = """
image: null
framework: {name: pytorch, version: "2.3", python: py311}
region: us-east-1
source: {entry: train.py, dir: s3://my-bucket/code/sourcedir.tar.gz}
resources: {instance_type: ml.g5.12xlarge, volume_size: null}
distribution: torchrun
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the entry."""
    found = distribution_of(job)
    if found is None or found.name not in ("torchrun", "xla"):
        return
    entry = (job.fields.get("source") or {}).get("entry")
    if isinstance(entry, str) and entry.endswith(".sh"):
        message = f"`{found.name}` starts a Python program, but `{entry}` is a shell script"
        yield Found(("source", "entry"), message, "set `source.entry` to a .py file, or remove `distribution`")
