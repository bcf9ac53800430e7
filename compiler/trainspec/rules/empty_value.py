"""An empty string instead of a name, a key or an address.

`kms_key: ""` is typically the result of an unset variable. The API's model accepts it, but SageMaker does not do what
was intended: the job runs without your key, or without a content type.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.leftovers import FREE_TEXT, is_accepted
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS581", "an empty string instead of a value", Severity.WARNING)

BAD = """
output: {s3: s3://my-bucket/models/, kms_key: ""}
"""

GOOD = """
output: {s3: s3://my-bucket/models/}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find empty texts that the API's model accepts, outside of what the container reads."""
    for leaf in job.leaves:
        if leaf.text == "" and leaf.shape not in FREE_TEXT and is_accepted(leaf):
            name = str(leaf.path[-1])
            yield Found(job.origin(*leaf.path), f"the value of {name} is empty", "set a value, or remove the line")
