"""A metric that takes the numbers of another one.

SageMaker searches every line of the log for every expression. `loss=([0-9.]+)` is found in `val_loss=0.5`, too: the
metric `loss` then holds the numbers of both, and its last one, which a gate looks at, may be of either.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

from collections.abc import Iterator
from itertools import permutations

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS817", "a metric that takes the numbers of another one", Severity.WARNING)

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
            message = f"`{name}` takes the numbers of `{other_name}` as well: its expression is found in `{line}`"
            advice = "begin it with what comes before it in the log, such as a blank or the beginning of the line (`^`)"
            yield Found(job.origin(*place, "Regex"), message, advice)
