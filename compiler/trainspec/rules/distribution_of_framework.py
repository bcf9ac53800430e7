"""A `distribution` that the framework's toolkit does not support.

The toolkit in AWS's images reads the hyperparameters that `distribution` sets. PyTorch's supports torchrun;
TensorFlow's supports MultiWorkerMirroredStrategy and parameter servers. A toolkit ignores what it does not support,
and the script runs as a single process on each host.

https://docs.aws.amazon.com/sagemaker/latest/dg/distributed-training.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.distribution import KINDS
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS760", "a distribution that the framework does not support")

BAD = """
image: null
framework: {name: tensorflow, version: "2.19", python: py312}
region: us-east-1
source: {entry: train.py, dir: s3://my-bucket/code/sourcedir.tar.gz}
distribution: torchrun
"""

GOOD = """
image: null
framework: {name: tensorflow, version: "2.19", python: py312}
region: us-east-1
source: {entry: train.py, dir: s3://my-bucket/code/sourcedir.tar.gz}
distribution: mwms
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find kinds of distribution under frameworks whose toolkit does not read them."""
    given, framework = job.fields.get("distribution"), job.fields.get("framework")
    name = given if isinstance(given, str) else (given or {}).get("type")
    kind = KINDS.get(name or "")
    if kind is None:
        return
    at = ("distribution",) if isinstance(given, str) else ("distribution", "type")
    known = (framework or {}).get("name")
    if known in _FRAMEWORKS and known not in kind.frameworks:
        others = [other for other, each in KINDS.items() if known in each.frameworks]
        advice = f"{known} supports {', '.join(others)}" if others else "remove `distribution`"
        yield Found(at, f"the toolkit of {known} does not support `{name}`", advice)


_FRAMEWORKS = frozenset({"pytorch", "tensorflow", "huggingface", "mxnet", "chainer", "sklearn", "xgboost"})
