"""What SageMaker rejects although the API's model accepts it: the rules with severity error, in AWS's words.

Where a public answer of AWS's is known it is given verbatim. A bound is worded as the API words those of its model,
an id as EC2 words it, a key as KMS does; members that exclude each other in the sentence of the API's reference.
Elsewhere it is a ValidationException with the rule's own sentence.
"""

import re
from collections.abc import Mapping
from typing import Any

from trainspec.request.api.model import TUNING
from trainspec.request.lower import Request
from trainspec.rules.support.limits import LIMITS
from trainspec.rules.support.members import places
from trainspec.rules.support.view import JobView
from trainspec.simulator.errors import ApiError, validation_error
from trainspec.simulator.validation import complaint, member_path, validation_failure

_WORDS = {
    "TS503": "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds",
    "TS504": "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds",
    "TS505": "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true",
    "TS508": "You can specify either AlgorithmName or TrainingImage, but not both.",
    "TS510": "InstancePreferences is mutually exclusive with InstanceType, InstanceGroups, InstancePlacementConfig, "
    "and EnableManagedSpotTraining, and InstanceCount must be set on every preference or in ResourceConfig alone.",
    "TS513": "AugmentedManifestFile can only be used if the Channel's input mode is Pipe.",
    "TS792": "Tuning jobs with several training job definitions cannot be simulated. Provide one "
    "TrainingJobDefinition, and the objective and the ranges in HyperParameterTuningJobConfig.",
    "TS806": "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the request "
    "without specifying metric definitions.",
    "TS807": "MaxWaitTimeInSeconds above 3600 is not supported for the given algorithm.",
    "TS820": "Invalid training image. Please provide a valid Amazon Elastic Container Registry path.",
    "TS823": "Invalid training image. TrainingImageConfig with TrainingRepositoryAccessMode set to VPC must be "
    "provided.",
    "TS840": "Some channels have assigned instance groups while others not.",
    "TS850": "InstancePlacementConfig is only applicable for UltraServer capacity.",
}
"""Code → what AWS answers: in public threads, in the API reference, or in a form put together from these."""

_FORMS = (
    (r"`(.*)` is .*the id of a security group", 'Invalid id: "{}" (expecting "sg-...")'),
    (r"`(.*)` is .*the id of a subnet", 'Invalid id: "{}" (expecting "subnet-...")'),
    (r"`(.*)` is .*KMS key", "Invalid keyId '{}'"),
    (r"`(aws:.*)` is not a key that users may set", "aws: prefixed tag key names are not allowed for external use: {}"),
)
"""What a finding of TS860 says of a value → how EC2, KMS and the tagging of AWS's services put it."""

_LEFT_OPEN = frozenset({"TS501", "TS502", "TS590"})
"""Rules about what only a spec is without, or what SageMaker never sees."""


def refuse(request: Mapping[str, Any]) -> None:
    """Raise the ApiError that AWS answers to a request that the rules call an error."""
    _refuse(JobView(str(request.get("TrainingJobName", "")), {}, request, {}))


def refuse_tuning(request: Mapping[str, Any]) -> None:
    """The same of a CreateHyperParameterTuningJob request."""
    from trainspec.request.tuning import as_training

    whole = Request(dict(request), {}, frozenset(), (), TUNING)
    training = as_training(whole)
    name = str(request.get("HyperParameterTuningJobName", ""))
    _refuse(JobView(name, {}, training.members, {}, lowered=training, whole=whole))


def _refuse(job: JobView) -> None:
    from trainspec.diagnostics import Severity
    from trainspec.rules.support.registry import all_rules

    for rule in all_rules():
        if rule.check_job is None or rule.code.severity is not Severity.ERROR or rule.code.id in _LEFT_OPEN:
            continue
        for found in rule.check_job(job):
            raise _beyond_limits(job) if rule.code.id == "TS863" else refusal(rule.code.id, found.message, job)


def refusal(code: str, message: str, job: JobView | None = None) -> ApiError:
    """The answer for one finding."""
    if code == "TS821" and job is not None:
        image = job.text("AlgorithmSpecification", "TrainingImage") or ""
        account, _, rest = image.partition(".dkr.ecr.")
        repository = re.split("[:@]", rest.partition("/")[2])[0]
        return validation_error(f"Access denied for repository: {repository} in registry ID: {account}.")
    if code == "TS860":
        for pattern, words in _FORMS:
            if found := re.match(pattern, message):
                return validation_error(words.format(found[1]))
    plain = message.replace("`", "'")
    return validation_error(_WORDS.get(code) or plain[:1].upper() + plain[1:])


def _beyond_limits(job: JobView) -> ApiError:
    """The error for numbers outside the limits in AWS's prose: worded like the limits of its model."""
    complaints = []
    for limit in LIMITS:
        for place, value in places(job, limit.members) if limit.kind == "refused" else ():
            path = member_path([int(step) if isinstance(step, int) else str(step) for step in place])
            if limit.most is not None and value > limit.most:
                complaints.append(complaint(value, path, "maximum", limit.most))
            elif limit.least is not None and value < limit.least:
                complaints.append(complaint(value, path, "minimum", limit.least))
    return validation_failure(complaints)
