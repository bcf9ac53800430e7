"""A gate on a small number that the metric's regular expression cuts off.

Logs show numbers below 0.0001 with an exponent: `1e-05`. From that, `lr=([0-9.]+)` captures only `1`, which is what
the gate then compares. The expression must match numbers with exponents, too.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS819", "a gate on a small number that the metric's regular expression cuts off", Severity.WARNING)

BAD = """
metrics: {mse: "mse=([0-9.]+)"}
proceed_if: {metric: mse, at_most: 0.00001}
"""

GOOD = """
metrics: {mse: "mse=([0-9.eE+-]+)"}
proceed_if: {metric: mse, at_most: 0.00001}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Try the expression of each gate's metric on its own bound."""
    given = job.fields.get("proceed_if")
    if given is None:
        return
    from trainspec.rules.support.expressions import parts, takes

    places = {job.member(*each, "Name"): each for each in job.places("AlgorithmSpecification", "MetricDefinitions")}
    for condition in [given] if isinstance(given, dict) else given:
        place = places.get(condition.get("metric")) if isinstance(condition.get("metric"), str) else None
        found = parts(job.member(*place, "Regex")) if place else None
        shown = next((text for text in map(_with_exponent, condition.values()) if text), None)
        if place and found and shown and takes(found, shown[0]) and not takes(found, shown):
            message = f"a log shows {shown} with an exponent, but the regular expression captures only `{shown[0]}`"
            advice = "allow exponents in the group: `([0-9.eE+-]+)`"
            yield Found(job.origin(*place, "Regex"), message, advice)


def _with_exponent(value: object) -> str | None:
    """A bound as a log shows it, where that has an exponent."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    text = repr(abs(number))
    return text if "e-" in text else None
