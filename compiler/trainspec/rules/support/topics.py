"""Topics: what the name of a rule's module begins with. The rules of one are loaded only for jobs that it concerns.

A rule of a topic finds nothing in a job that the topic does not concern, and nothing about a spec as a whole.
"""

from collections.abc import Callable, Mapping
from typing import Final

from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.view import JobView

_DEBUGGED = ("DebugHookConfig", "DebugRuleConfigurations", "ProfilerConfig", "ProfilerRuleConfigurations")

TOPICS: Final[Mapping[str, Callable[[JobView], bool]]] = {
    "algorithm_": lambda job: built_in(job) is not None,
    "debugger_": lambda job: any(job.member(name) is not None for name in _DEBUGGED),
    "distribution_": lambda job: job.fields.get("distribution") is not None,
    "gate_": lambda job: job.fields.get("proceed_if") is not None,
    "profiler_": lambda job: job.member("ProfilerConfig") is not None,
    "spot_": lambda job: job.is_on("EnableManagedSpotTraining"),
    "tuning_": lambda job: bool(job.tuning),
}
"""Each topic, and whether it concerns a job."""


def topic_of(module: str) -> str | None:
    """The topic of a rule, by its module's name."""
    return next((topic for topic in TOPICS if module.startswith(topic)), None)


def topics_of(job: JobView) -> frozenset[str]:
    """The topics that concern a job."""
    return frozenset(topic for topic, concerns in TOPICS.items() if concerns(job))
