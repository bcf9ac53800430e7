"""A framework image needs a script to run.

The images of PyTorch, TensorFlow, scikit-learn and other frameworks contain no training code. They run the script
given by the hyperparameters `sagemaker_program` and `sagemaker_submit_directory`, or an `entrypoint`. Without one,
the container fails immediately.

https://docs.aws.amazon.com/sagemaker/latest/dg/adapt-training-container.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import algorithms, known_registry
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS564", "a framework image without a script", Severity.WARNING)

BAD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
"""

GOOD = """
image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker
hyperparameters:
  sagemaker_program: train.py
  sagemaker_submit_directory: s3://my-bucket/code/source.tar.gz
"""

PLACE = ("AlgorithmSpecification", "TrainingImage")
HOW = (
    ("HyperParameters", "sagemaker_program"),
    ("Environment", "SAGEMAKER_PROGRAM"),
    ("AlgorithmSpecification", "ContainerEntrypoint"),
    ("AlgorithmSpecification", "ContainerArguments"),
)


def check_job(job: JobView) -> Iterator[Found]:
    """Find AWS's framework images with nothing that says what to run."""
    if any(job.member(*place) is not None for place in HOW) or job.invalid_fields & {"hyperparameters", "environment"}:
        return
    registry = known_registry(job.text(*PLACE) or "")
    if registry and registry.names and not set(registry.names) & set(algorithms()):
        message = f"the {registry.names[0]} image needs a script to run, but the job does not set one"
        advice = "add the hyperparameters `sagemaker_program` and `sagemaker_submit_directory`"
        yield Found(job.origin(*PLACE), message, advice)
