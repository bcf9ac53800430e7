"""A hyperparameter enables a launcher that the image does not have.

The toolkit of AWS's framework images starts the script with a distributed launcher if a hyperparameter such as
`sagemaker_torch_distributed_enabled` is true. Each framework supports its own launchers, in certain versions. For any
other, the job fails, or the script runs once on each instance.

https://github.com/aws/sagemaker-python-sdk/blob/v2.257.7/src/sagemaker/fw_utils.py
"""

import re
from collections.abc import Iterator
from typing import Final

from trainspec.diagnostics import Code, Severity
from trainspec.request.distribution import KINDS
from trainspec.request.images import known_registry
from trainspec.rules.distribution_of_version import VERSIONS
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS848", "a launcher that the image does not have", Severity.WARNING)

BAD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
  sagemaker_parameter_server_enabled: true
"""

GOOD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
  sagemaker_torch_distributed_enabled: true
"""

_IMAGE: Final = re.compile(
    r"[^/]+/(?:sagemaker-)?(?P<repository>pytorch-training|tensorflow-training|xgboost|scikit-learn)"
    r":(?P<version>[0-9]+(?:\.[0-9]+)*)"
)
_FRAMEWORKS: Final = {
    "pytorch-training": "pytorch",
    "tensorflow-training": "tensorflow",
    "xgboost": "xgboost",
    "scikit-learn": "sklearn",
}

ONLY_WITH = tuple(kind.enabled for kind in KINDS.values())


def check_job(job: JobView) -> Iterator[Found]:
    """Look up each switch that is on; `distribution` has rules of its own."""
    given = job.member("HyperParameters")
    if "distribution" in job.fields or not isinstance(given, dict):
        return
    on = [
        (name, kind)
        for name, kind in KINDS.items()
        if kind.enabled in given and str(given[kind.enabled]).strip('"').lower() == "true"
    ]
    text = job.text(*PLACE) or ""
    image = _IMAGE.match(text) if on and known_registry(text) else None
    for name, kind in on if image else ():
        framework = _FRAMEWORKS[image["repository"]] if image else ""
        place = ("HyperParameters", kind.enabled)
        if framework not in kind.frameworks:
            others = [f"`{each.enabled}`" for each in KINDS.values() if framework in each.frameworks]
            advice = (
                f"it supports {', '.join(others)}"
                if others
                else "remove it: the image starts one process on each instance"
            )
            yield Found(job.origin(*place), f"AWS's image of {framework} does not read `{kind.enabled}`", advice)
        elif image and (name, framework) in VERSIONS:
            first, last = VERSIONS[name, framework]
            minor = tuple(map(int, image["version"].split(".")[:2]))
            shown = f"{framework} {image['version']} does not read `{kind.enabled}`"
            if minor < first:
                advice = "use a later version, or another launcher"
                yield Found(job.origin(*place), f"{shown}: {_text(first)} was the first version that does", advice)
            elif last is not None and minor > last:
                instead = "torchrun" if framework == "pytorch" else "mwms"
                advice = f"set `{KINDS[instead].enabled}`, or use an earlier version"
                yield Found(job.origin(*place), f"{shown}: {_text(last)} was the last version that does", advice)


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
