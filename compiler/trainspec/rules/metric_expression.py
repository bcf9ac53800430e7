r"""The regular expression of a metric never finds a number in the log.

SageMaker searches each log line for the expression and uses the match of its first capturing group as the metric's
value. If the expression cannot be compiled, has no group, or its first group never matches a number, the metric is
never reported, and a gate on it fails after the training.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.members import places
from trainspec.rules.support.view import LONGEST, Found, JobView
from trainspec.safety.unwarned import expression
from trainspec.templates import has_template

CODE = Code("TS880", "a metric whose expression finds no number", Severity.WARNING)
ONLY_WITH = ("MetricDefinitions",)

BAD = r"""
metrics: {auc: "auc=[0-9.]+"}
"""

GOOD = r"""
metrics: {auc: "auc=([0-9.]+)"}
"""

_JAVA = r"\\[pPQEhHRX]|[*+?}]\+|\(\?<[A-Za-z]"
"""What Java's expressions have and Python's spell otherwise: nothing is said of those."""


def check_job(job: JobView) -> Iterator[Found]:
    """Compile each expression, and count its groups."""
    for place, text in places(job, "AlgorithmSpecification.MetricDefinitions.*.Regex"):
        if not isinstance(text, str) or len(text) > LONGEST or has_template(text) or re.search(_JAVA, text):
            continue
        try:
            groups = expression(text).groups
        except (re.error, RecursionError, OverflowError) as error:
            message = f"`{text}` is not a regular expression: {error}"
            yield Found(
                job.origin(*place), message, "close every bracket, and escape literal characters with a backslash"
            )
            continue
        if groups == 0:
            message = f"`{text}` has no capturing group, but SageMaker takes the metric's value from the first one"
            yield Found(job.origin(*place), message, "put parentheses around the number: `loss=([0-9.]+)`")
            continue
        from trainspec.rules.support.expressions import number_of, parts

        found = parts(text)
        example = number_of(found) if found else None
        if found and example is not None and not _is_number(example):
            message = f"the first group of `{text}` matches, for example, `{example}`, which is not a number"
            yield Found(
                job.origin(*place),
                message,
                "make the first group the one around the number, and put only the number in it",
            )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
