"""A metric whose regular expression also matches another metric's values.

SageMaker searches every line of the log for every expression. `loss=([0-9.]+)` also matches in `val_loss=0.5`: the
metric `loss` then contains the values of both, and its last value, which a gate uses, may come from either.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

from collections.abc import Iterator
from itertools import permutations

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS817", "a metric whose expression also matches another metric's values", Severity.WARNING)
ONLY_WITH = ("MetricDefinitions",)

BAD = """
metrics:
  loss: "loss=([0-9.]+)"
  val_loss: "val_loss=([0-9.]+)"
"""

GOOD = """
metrics:
  loss: " loss=([0-9.]+)"
  val_loss: "val_loss=([0-9.]+)"
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Hold each expression against a line that each other one matches."""
    places = list(job.places("AlgorithmSpecification", "MetricDefinitions"))
    if len(places) < 2:
        return
    from trainspec.rules.support.expressions import also_reads, parts

    known = [(place, str(job.member(*place, "Name")), parts(job.member(*place, "Regex"))) for place in places]
    reported = set()
    for (place, name, one), (_place, other_name, other) in permutations(known, 2):
        line = also_reads(one, other) if one and other and one != other and place not in reported else None
        if line:
            reported.add(place)
            message = f"`{name}` also captures the values of `{other_name}`: its expression matches in `{line}`"
            advice = "begin it with what precedes it in the log, such as a space or the beginning of the line (`^`)"
            yield Found(job.origin(*place, "Regex"), message, advice)
