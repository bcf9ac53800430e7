"""Two jobs of a spec have the same name.

A training job's name can never be reused. If two jobs of one run have the same name, SageMaker rejects the second
request (`ResourceInUse`), and its task fails under the default, `action_if_job_exists: fail`.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, SpecView

CODE = Code("TS868", "two jobs of a spec with the same name", Severity.WARNING)

BAD = """
trainspec: 1
dag: {id: example}
defaults:
  name: job-{{ ts_nodash }}
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  role: arn:aws:iam::123456789012:role/SageMakerRole
  output: s3://my-bucket/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 30m}
jobs:
  first: {}
  second: {}
"""

GOOD = """
trainspec: 1
dag: {id: example}
defaults:
  name: ${job.id}-{{ ts_nodash }}
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  role: arn:aws:iam::123456789012:role/SageMakerRole
  output: s3://my-bucket/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 30m}
jobs:
  first: {}
  second: {}
"""


def check_spec(spec: SpecView) -> Iterator[Found]:
    """Compare the names of all jobs; those of branches, of which one runs, may be the same."""
    tasks = spec.data.get("tasks")
    operators = [str(each.get("operator")) for each in tasks.values() if isinstance(each, dict)] if tasks else []
    if any("Branch" in each or "ShortCircuit" in each for each in operators):
        return
    seen: dict[tuple[str, str | None], str] = {}
    for job in spec.jobs:
        name = job.member("TrainingJobName")
        is_same = isinstance(name, str) and not re.search(
            r"\b(?:task|ti|task_instance|task_instance_key_str|params)\b", name
        )
        if not is_same or job.operator.get("action_if_job_exists", "fail") != "fail" or "proceed_if" in job.fields:
            continue
        first = seen.setdefault((name, job.region), job.name)
        matrix, _, point = job.name.partition(".")
        if first != job.name and not (point and first.startswith(f"{matrix}.")):  # of one matrix: an error already
            message = f"`{first}` and `{job.name}` have the same name, so SageMaker rejects the second request"
            yield Found(("jobs", job.name, "name"), message, "add `${job.id}` to the name")
