"""A value that is probably a secret in plain text, judging by its name and its randomness.

Anyone who can describe a training job can read its environment, hyperparameters and tags, and both the spec and the
generated DAG are in git.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.secrets import form_of, is_secret_by_name, places
from trainspec.rules.support.view import Found, JobView
from trainspec.templates import has_template

CODE = Code("TS571", "a possible secret in plain text", Severity.WARNING, is_secret=True)

BAD = """
environment: {DB_PASSWORD: correct-horse-battery-staple}
"""

GOOD = """
environment: {DB_PASSWORD_SECRET: "arn:aws:secretsmanager:us-east-1:123456789012:secret:my-db"}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find texts that their names, and what they are made of, give away."""
    for name, text, place in places(job):
        if is_secret_by_name(name, text) and not form_of(text) and not has_template(text):
            message = f"`{name}` may be a secret: anyone who can call DescribeTrainingJob can read it"
            advice = "let the container fetch it from AWS Secrets Manager; if it is not a secret, ignore this finding"
            yield Found(job.origin(*place), message, advice, on_key=True)
