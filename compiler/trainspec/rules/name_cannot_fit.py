"""A name whose fixed part alone is too long, regardless of what its templates render to.

SageMaker rejects a job name longer than 63 characters, and a tuning job name longer than 32. Only the text around the
templates, and templates whose length is known, are counted here.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import LONGEST, Found, JobView
from trainspec.templates import has_template, render

CODE = Code("TS867", "a name whose fixed part is too long")

BAD = """
name: a-name-that-goes-on-and-on-and-leaves-no-room-for-the-date-at-its-end-{{ params.x }}
"""

GOOD = """
name: a-name-{{ params.x }}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Count what is not a template in TrainingJobName, where its renderings are not known."""
    name = job.member("TrainingJobName")
    if not isinstance(name, str) or not has_template(name) or len(name) > LONGEST or job.renderings("TrainingJobName"):
        return
    if "{%" in name:
        return
    sample = job.samples[0].context()
    fixed = re.sub(r"\{\{.*?\}\}|\{#.*?#\}", lambda found: render(found.group(), sample).text or "", name)
    if len(fixed) > job.longest_name:
        message = (
            f"the fixed part of the name alone has {len(fixed)} characters, but a name may have only {job.longest_name}"
        )
        yield Found(job.origin("TrainingJobName"), message, "shorten the name")
