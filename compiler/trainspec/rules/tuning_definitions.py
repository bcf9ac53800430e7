"""A tuning job has several training job definitions.

SageMaker can tune several algorithms in one tuning job (TrainingJobDefinitions). A spec does not support this yet:
the fields of a job describe one definition. Write one job with `tuning` for each algorithm, and compare their
results.

https://docs.aws.amazon.com/sagemaker/latest/dg/multiple-algorithm-hpo.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import CONFIG, DEFINITION, OTHER_DEFINITIONS
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS792", "several training job definitions")

BAD = """
tuning:
  limits: {jobs: 20}
request:
  TrainingJobDefinition: {TuningObjective: {MetricName: auc, Type: Maximize}}
"""

GOOD = """
tuning:
  objective: {metric: auc, goal: Maximize}
  limits: {jobs: 20}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look for the members that only several definitions have."""
    several, *of_each = OTHER_DEFINITIONS
    for place in ((several,), *((DEFINITION, name) for name in of_each)):
        if job.tuned(*place) is not None:
            message = f"{place[-1]} is for tuning jobs with several definitions, which specs do not support yet"
            advice = f"write a job with `tuning` for each definition; {CONFIG} has the objective and the ranges of one"
            yield Found(job.tuning_origin(*place), message, advice, on_key=True)
