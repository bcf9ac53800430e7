"""How a job's container fails if the rules are certain that it does: for `--strict-containers`.

SageMaker takes such a request; the machines start, and the job ends as Failed. FailureReason is of AWS's form:
`ClientError: …, exit code: 2` for what AWS's own algorithms say of their input, `AlgorithmError: …, exit code: 1` for a
script that does not run, and an image that is not there ends the job before its container starts.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from trainspec.rules.support.view import Found, JobView
from trainspec.simulator.outcomes import Chooser, Outcome, Phase


class End(NamedTuple):
    """How a container ends for one rule: its reason, with `{said}` for the container's words, and in which phase.

    All findings of the rule end it, or, unless `always`, only those that name what it fails with.
    """

    code: str
    reason: str
    phase: Phase = "Training"
    always: bool = False


_OWN = "ClientError: {said}, exit code: 2"
ENDS = (
    End("TS822", "ClientError: Requested image {image} not found.", "Downloading"),
    End("TS800", _OWN, always=True),
    End("TS801", _OWN, always=True),
    End("TS802", _OWN, always=True),
    End("TS803", _OWN, always=True),
    End("TS553", _OWN, always=True),
    End("TS808", _OWN, always=True),
    End("TS804", _OWN, always=True),
    End(
        "TS813",
        "AlgorithmError: XGB train call failed with exception: No visible GPU is found for XGBoost, exit code: 1",
    ),
    End(
        "TS830",
        "AlgorithmError: framework error: An error occurred (404) when calling the HeadObject operation: Not Found, "
        "exit code: 1",
    ),
    End("TS831", "AlgorithmError: framework error: Unsupported entry script: {said}, exit code: 1", always=True),
    End("TS832", "AlgorithmError: , exit code: 2"),
    End("TS833", "AlgorithmError: , exit code: 2"),
)
"""In the order in which a container notices: the image, its hyperparameters, its channels, the data, the script."""


def strict(plan: Chooser) -> Chooser:
    """A plan whose jobs also fail where their containers would; a failure in the plan has priority."""

    def choose(name: str, request: Mapping[str, Any]) -> Outcome:
        outcome = plan(name, request)
        end = None if outcome.failure is not None else failure_of(request)
        return outcome if end is None else replace(outcome, failure=end[0], fails_in=end[1])

    return choose


def failure_of(request: Mapping[str, Any]) -> tuple[str, Phase] | None:
    """FailureReason, and the phase that it ends; None for a job whose container may well train."""
    from trainspec.rules.support.registry import all_rules

    job = JobView(str(request.get("TrainingJobName", "")), {}, request, {})
    rules = {rule.code.id: rule for rule in all_rules()}
    for end in ENDS:
        check = rules[end.code].check_job
        for found in check(job) if check else ():
            if end.always or found.fails_with is not None:
                image = job.text("AlgorithmSpecification", "TrainingImage") or ""
                return end.reason.format(said=_words(found), image=image), end.phase
    return None


def _words(found: Found) -> str:
    """The container's message, if the rule knows it; else the rule's."""
    return found.fails_with or found.message.replace("`", "'")
