"""A secret in plain text.

Anyone who can describe a training job can read its environment, hyperparameters, arguments and tags, and both the
spec and the generated DAG are in git. AWS advises against putting secrets there.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.secrets import form_of, places
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS570", "a secret in plain text", Severity.WARNING, is_secret=True)

BAD = """
environment: {ACCESS: AKIAIOSFODNN7EXAMPLE}
"""

GOOD = """
environment: {CREDENTIALS: "arn:aws:secretsmanager:us-east-1:123456789012:secret:my-app"}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find what has the form of a secret."""
    for name, text, place in places(job):
        form = form_of(text)
        if form:
            message = (
                f"{f'`{name}`' if name else 'an argument'} contains {form}: anyone who can call "
                "DescribeTrainingJob can read it"
            )
            advice = "revoke it; let the container fetch it from AWS Secrets Manager with the job's role"
            yield Found(job.origin(*place), message, advice, on_key=True)
