"""Several runs of the DAG get the same name.

A date in the name distinguishes runs on different days. A DAG that runs every hour uses the same name 24 times a day:
under the default, `action_if_job_exists: fail`, the first run of a day succeeds and the others fail.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.ticks import two_runs
from trainspec.rules.support.view import Found, JobView
from trainspec.templates import render

CODE = Code("TS535", "a name that several runs share", Severity.WARNING)

BAD = """
trainspec: 1
dag: {id: example, schedule: "@hourly", start_date: 2025-04-01, catchup: false}
jobs:
  train:
    name: job-{{ ds_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/SageMakerRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""

GOOD = """
trainspec: 1
dag: {id: example, schedule: "@hourly", start_date: 2025-04-01, catchup: false}
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/SageMakerRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Render the name for consecutive runs of the schedule, and compare."""
    name = job.member("TrainingJobName")
    fails = job.operator.get("action_if_job_exists", "fail") == "fail"
    if not fails or len(set(job.renderings("TrainingJobName"))) < 2 or "{{ ts" in name:
        return
    runs = two_runs(job.dag.get("schedule"))
    names = [render(name, job.samples[0]._replace(logical_date=run).context()).text for run in runs]
    if len(set(names)) == 1 and names[0] is not None:
        message = f"two runs (`schedule: {job.dag['schedule']}`) get the same name, `{names[0]}`: the second fails"
        advice = f"add `{job.time_of_run}` to the name, or set `operator: {{action_if_job_exists: increment}}`"
        yield Found(job.origin("TrainingJobName"), message, advice)
