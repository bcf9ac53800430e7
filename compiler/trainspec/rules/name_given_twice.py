"""Entries of a list that have the same name but must have unique names.

Channels, tags, instance groups, instance preferences, and Debugger and profiler rules are identified by their names.
SageMaker rejects a request with duplicates.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS861", "entries of a list with the same name")

BAD = """
tags: [{key: team, value: a}, {key: team, value: b}]
"""

GOOD = """
tags: [{key: team, value: a}, {key: owner, value: b}]
"""

UNIQUE = (
    (("InputDataConfig.*.ChannelName",), "channel"),
    (("Tags.*.Key",), "tag"),
    (("ResourceConfig.InstanceGroups.*.InstanceGroupName",), "group"),
    (("ResourceConfig.InstancePreferences.*.InstanceType",), "instance type"),
    (("DebugHookConfig.CollectionConfigurations.*.CollectionName",), "collection"),
    (
        (
            "DebugRuleConfigurations.*.RuleConfigurationName",
            "ProfilerRuleConfigurations.*.RuleConfigurationName",
        ),
        "rule",
    ),
)
"""Members that must differ, and what they name."""


def check_job(job: JobView) -> Iterator[Found]:
    """Find the second one of each name."""
    for patterns, kind in UNIQUE:
        seen: set[str] = set()
        for place, value in (each for pattern in patterns for each in places(job, pattern)):
            if isinstance(value, str) and "{{" not in value:
                if value in seen:
                    message = f"duplicate {kind} `{value}`"
                    yield Found(job.origin(*place), message, "remove or rename one of them")
                seen.add(value)
