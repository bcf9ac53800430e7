"""The DAG run times out before one of its jobs must have ended.

`dagrun_timeout` limits the whole run. If it is shorter than a single job may take, Airflow can fail the run and stop
a job that is running normally.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dag-run.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, SpecView
from trainspec.units import seconds

CODE = Code("TS545", "a run that may time out before its job ends", Severity.WARNING)

BAD = """
trainspec: 1
dag: {id: example, dagrun_timeout: 10m}
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/SageMakerRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""

GOOD = """
trainspec: 1
dag: {id: example, dagrun_timeout: 1h}
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/SageMakerRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""


def check_spec(spec: SpecView) -> Iterator[Found]:
    """Compare `dagrun_timeout` with the longest time that any job may take."""
    timeout = seconds((spec.data.get("dag") or {}).get("dagrun_timeout", ""))
    waiting = [job for job in spec.jobs if job.operator.get("wait_for_completion") is not False]
    longest = max(waiting, key=lambda job: job.longest or 0, default=None)
    if isinstance(timeout, int) and longest is not None and longest.longest is not None and timeout < longest.longest:
        message = f"a run times out after {timeout:,} s, but job `{longest.name}` may take {longest.longest:,} s"
        advice = f"set `dagrun_timeout` above {longest.longest:,} s, and leave time for the other tasks"
        yield Found(("dag", "dagrun_timeout"), message, advice)
