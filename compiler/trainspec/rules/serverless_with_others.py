"""A serverless job does not specify its own instances or algorithm.

With `serverless`, SageMaker chooses the container, the instances and their storage. It rejects a request that also
sets them.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ServerlessJobConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.fields import JOB
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS511", "a serverless job with settings that it excludes")
ONLY_WITH = ("ServerlessJobConfig",)

BAD = """
image: null
serverless:
  job_type: FineTuning
  base_model: arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/my-model/1.0.0
  technique: SFT
"""

GOOD = """
image: null
resources: null
serverless:
  job_type: FineTuning
  base_model: arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/my-model/1.0.0
  technique: SFT
"""

EXCLUDED = (
    "AlgorithmSpecification", "ResourceConfig", "EnableManagedSpotTraining", "Environment", "RetryStrategy",
    "CheckpointConfig", "DebugHookConfig", "ExperimentConfig", "ProfilerConfig",
    "ProfilerRuleConfigurations", "TensorBoardOutputConfig",
)  # fmt: skip
_ALGORITHM = tuple(row.field for row in JOB if row.member.startswith("AlgorithmSpecification."))


def check_job(job: JobView) -> Iterator[Found]:
    """Find the members that a serverless job may not have."""
    for name in EXCLUDED if job.is_serverless else ():
        if job.member(name) not in (None, False):
            field = job.origin(name) or next(((each,) for each in _ALGORITHM if each in job.fields), ())
            shown = ".".join(map(str, field)) or name
            message = f"a serverless job cannot have `{shown}`: SageMaker provides the algorithm and the instances"
            yield Found(field, message, f"remove `{shown}`, or `serverless`", on_key=True)
