"""A script that the framework container cannot fetch.

The training toolkit downloads `sagemaker_submit_directory`, which is either an archive (`.tar.gz`) in S3, or a folder
in the image or a channel. A prefix fails with `HeadObject 404`; a local folder does not exist in the container; and
without the hyperparameter the entry script is expected in /opt/ml/code.

https://github.com/aws/sagemaker-training-toolkit
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import known_registry
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS830", "a script that the container cannot fetch", Severity.WARNING)

BAD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/
"""

_PROGRAMS = (("HyperParameters", "sagemaker_program"), ("Environment", "SAGEMAKER_PROGRAM"))
ONLY_WITH = ("sagemaker_submit_directory", *(name for _above, name in _PROGRAMS))
_OTHER_ARCHIVE = re.compile(r"\.(?:zip|tar|tar\.bz2|tbz2?|tar\.xz|txz|tar\.zst|7z|whl|py)$", re.IGNORECASE)
_PACKED = ("source", "dir")
"""A folder there is packed, or what keeps it from being so has been reported."""

GOOD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at what `sagemaker_submit_directory` names."""
    program = next(
        (each for each in _PROGRAMS if job.member(*each) is not None),
        _PROGRAMS[0],
    )
    place = ("HyperParameters", "sagemaker_submit_directory")
    folder = (job.text(*place) or "").strip('"')
    if job.member(*place) is None and job.member("Environment", "SAGEMAKER_SUBMIT_DIRECTORY") is None:
        is_ours = known_registry(job.text("AlgorithmSpecification", "TrainingImage") or "") is not None
        has_own = job.member("AlgorithmSpecification", "ContainerEntrypoint") is not None
        if (
            job.member(*program) is not None
            and is_ours
            and not has_own
            and not {"hyperparameters", "source"} & job.invalid_fields
        ):
            message = f"`{program[-1]}` names a script, but its location is not set"
            advice = "add `sagemaker_submit_directory`, the archive in S3 that contains it"
            yield Found(job.origin(*program), message, advice)
    elif folder.startswith("s3://") and (other := _OTHER_ARCHIVE.search(folder)):
        message = f"the container unpacks a `.tar.gz`, and `{folder}` is a `{other[0]}`: it fails when it starts"
        yield Found(job.origin(*place), message, "pack the folder with `tar czf sourcedir.tar.gz -C FOLDER .`")
    elif folder.startswith("s3://") and not folder.lower().endswith((".gz", ".tgz")):
        message = f"the container downloads one archive, but `{folder}` is a prefix: it would fail with HeadObject 404"
        advice = f"use the archive, for example `{folder.rstrip('/')}/sourcedir.tar.gz`"
        yield Found(job.origin(*place), message, advice, fails_with="")
    elif folder and "{" not in folder and _is_here(folder) and job.origin(*place) != _PACKED:
        message = f"`{folder}` is a local folder, which the container does not have"
        yield Found(job.origin(*place), message, "upload an archive of it to S3 and use its URI")
    elif "://" in folder and not folder.startswith("s3://") and "{" not in folder:
        message = f"`{folder}` is not an S3 URI, but the container downloads its archive from S3"
        yield Found(job.origin(*place), message, "upload the archive to S3 and use its URI")


def _is_here(folder: str) -> bool:
    """Whether a folder is one of this machine: a relative one, or below somebody's home."""
    return "://" not in folder and (not folder.startswith("/") or folder.startswith(("/home/", "/Users/", "/mnt/c/")))
