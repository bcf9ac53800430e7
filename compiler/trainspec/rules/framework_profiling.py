"""Framework profiling is enabled for a framework version that does not support it.

Debugger can profile PyTorch from 1.6 up to, but not including, 2.0, and TensorFlow from 2.3.1 up to, but not including,
2.11. Newer images have no hook for it, and only the instance is profiled.

https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-configure-framework-profiling.html
"""

import re
from collections.abc import Iterator
from typing import Final

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import known_registry
from trainspec.rules.profiler_parameters import FRAMEWORK, PLACE
from trainspec.rules.support.algorithms import PLACE as IMAGE
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS839", "framework profiling that the image does not support", Severity.WARNING)
ONLY_WITH = ("ProfilingParameters",)

BAD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
source: {entry: train.py, dir: s3://my-bucket/source.tar.gz}
profiler: {s3: s3://my-bucket/p/, parameters: {PythonProfilingConfig: '{"StartStep": 5, "NumSteps": 1}'}}
"""

GOOD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
source: {entry: train.py, dir: s3://my-bucket/source.tar.gz}
profiler: {s3: s3://my-bucket/p/}
"""

_ENDED: Final = {"pytorch": ("PyTorch", (2, 0), "1.13"), "tensorflow": ("TensorFlow", (2, 11), "2.10")}
"""The first version without it, and the last one with it."""
_IMAGE: Final = re.compile(r"[^/]+/(?P<framework>pytorch|tensorflow)-training:(?P<major>[0-9]+)\.(?P<minor>[0-9]+)")


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the version of AWS's image with the last that has framework profiling."""
    asked = {each.lower() for each in FRAMEWORK}
    for place, _value in places(job, PLACE):
        text = job.text(*IMAGE) or ""
        image = _IMAGE.match(text) if str(place[-1]).lower() in asked and known_registry(text) else None
        if image:
            name, ended, last = _ENDED[image["framework"]]
            if (int(image["major"]), int(image["minor"])) >= ended:
                version = f"{image['major']}.{image['minor']}"
                message = f"{name} {version} does not support framework profiling: {last} was the last version that did"
                yield Found(job.origin(*place), message, "remove it, or use SageMaker Profiler in the script")
                return
