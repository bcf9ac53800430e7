"""A checkpoint prefix that is another one at each try is never found again.

`checkpoint.s3` is where an interrupted or repeated job looks for what it has saved. With the clock, chance or the
number of the try in it, each try looks into a new and empty place.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.clock import changes_with_each_try
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS533", "a checkpoint prefix that is another one at each try", Severity.WARNING)

BAD = """
checkpoint: s3://my-bucket/checkpoints/{{ macros.uuid.uuid4() }}/
"""

GOOD = """
checkpoint: s3://my-bucket/checkpoints/my-model/
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find prefixes with a clock, a random number or a try's number in them."""
    culprit = changes_with_each_try(job.member("CheckpointConfig", "S3Uri"))
    if culprit:
        message = f"`{culprit}` makes another prefix at each try, so a retry never finds the checkpoint"
        advice = "use a fixed prefix, or what the run fixes, such as `{{ ds_nodash }}`"
        yield Found(job.origin("CheckpointConfig", "S3Uri"), message, advice)
