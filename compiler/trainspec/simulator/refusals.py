"""What SageMaker refuses although the API's model takes it: the rules of severity error, in AWS's words.

Where a public answer of AWS's is known it is given to the letter; elsewhere it is a ValidationException with the rule's
own sentence.
"""

from collections.abc import Mapping
from typing import Any

from trainspec.simulator.errors import ApiError, validation_error

_WORDS = {
    "TS505": "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true",
    "TS503": "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds",
    "TS504": "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds",
    "TS806": "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the request "
    "without specifying metric definitions.",
    "TS807": "MaxWaitTimeInSeconds above 3600 is not supported for the given algorithm.",
    "TS820": "Invalid training image. Please provide a valid Amazon Elastic Container Registry path.",
    "TS823": "Invalid training image. TrainingImageConfig with TrainingRepositoryAccessMode set to VPC must be "
    "provided.",
    "TS840": "Some channels have assigned instance groups while others not.",
}
"""Code → what AWS answers, from public threads; each rule's module names the source."""

_LEFT_OPEN = frozenset({"TS501", "TS502", "TS590"})
"""Rules about what only a spec is without, or what SageMaker never sees."""


def refuse(request: Mapping[str, Any]) -> None:
    """Raise the ApiError that AWS answers to a request that the rules call an error."""
    from trainspec.diagnostics import Severity
    from trainspec.rules.support.registry import all_rules
    from trainspec.rules.support.view import JobView

    job = JobView(str(request.get("TrainingJobName", "")), {}, request, {})
    for rule in all_rules():
        if rule.check_job is None or rule.code.severity is not Severity.ERROR or rule.code.id in _LEFT_OPEN:
            continue
        for found in rule.check_job(job):
            raise refusal(rule.code.id, found.message)


def refusal(code: str, message: str) -> ApiError:
    """The answer for one finding."""
    plain = message.replace("`", "'")
    return validation_error(_WORDS.get(code) or plain[:1].upper() + plain[1:])
