"""A placeholder that was not replaced with a value.

Examples are `<your-bucket>`, `{region}`, `XXXX`, `...`, `CHANGEME`, or the word `None` as a KMS key. Nothing
replaces them before the job starts. The API's model accepts many of them, because a key, an image or a path can be
almost any string.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.leftovers import placeholder
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS580", "a leftover placeholder", Severity.WARNING)

BAD = """
image: 123456789012.dkr.ecr.{region}.amazonaws.com/my-algo:1
"""

GOOD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find placeholders in all texts of the request."""
    for leaf in job.leaves:
        found = placeholder(leaf)
        if found:
            message = f"`{found}` looks like a leftover placeholder"
            advice = "write the value; in a spec, `${vars.NAME}` is filled in at compile time and `{{ … }}` by Airflow"
            if found in ("None", "null", "NULL"):
                message, advice = (
                    f"`{found}` is treated as a plain string here",
                    "remove the line if there is no value",
                )
            yield Found(job.origin(*leaf.path), message, advice)
