"""A name that begins or ends with a space.

The container looks for `epochs` but gets `epochs `, which is a different name, so the value is silently ignored.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Iterator, Mapping

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS554", "a name that begins or ends with a space", Severity.WARNING)

BAD = """
hyperparameters: {"epochs ": 10}
"""

GOOD = """
hyperparameters: {"epochs": 10}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the names of hyperparameters and tags; those of variables are held to a pattern by the API."""
    hyperparameters = job.member("HyperParameters")
    named = [(key, ("HyperParameters", key)) for key in hyperparameters] if isinstance(hyperparameters, Mapping) else []
    tags = [(job.member(*tag, "Key"), (*tag, "Key")) for tag in job.places("Tags")]
    for name, place in (*named, *tags):
        if isinstance(name, str) and name != name.strip():
            message = f'the name "{name}" begins or ends with a space'
            yield Found(job.origin(*place), message, f'write "{name.strip()}"', on_key=True, fix=name.strip())
