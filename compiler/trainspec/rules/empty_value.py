"""An empty text stands where a name, a key or an address belongs.

`kms_key: ""` is what is left when a variable was not set. The API's model takes it; what SageMaker makes of it is not
what the author meant: no key of yours, no content type.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.leftovers import FREE_TEXT, is_accepted
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS581", "an empty string in place of a value", Severity.WARNING)

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
            yield Found(job.origin(*leaf.path), f"the value is empty ({name})", "write a value, or remove the line")
