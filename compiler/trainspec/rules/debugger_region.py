"""Debugger or the profiler in a region that does not support it.

The SDK turns both off in these regions. A request that contains them is rejected: `ProfilerConfig is currently not
supported`.

https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-supported-frameworks.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.regions import region_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS872", "Debugger in a region that does not support it", Severity.WARNING)

BAD = """
region: me-central-1
image: 123456789012.dkr.ecr.me-central-1.amazonaws.com/my-algo:1
debugger: {s3: s3://my-bucket/t/}
"""

GOOD = """
region: eu-west-1
image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-algo:1
debugger: {s3: s3://my-bucket/t/}
"""

WITHOUT = frozenset({
    "us-iso-east-1", "us-isob-east-1", "ap-southeast-3", "ap-southeast-4", "eu-south-2", "me-central-1", "ap-south-2",
    "eu-central-2", "us-gov-east-1",
})  # fmt: skip
"""DEBUGGER_UNSUPPORTED_REGIONS of the package sagemaker 2.257.7."""
_MEMBERS = ("DebugHookConfig", "DebugRuleConfigurations", "ProfilerConfig", "ProfilerRuleConfigurations")


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the job's region."""
    found = region_of(job) if any(job.member(name) for name in _MEMBERS) else None
    if found is None or found[0] not in WITHOUT:
        return
    for name in _MEMBERS:
        if job.member(name) and job.member(name) != {"DisableProfiler": True}:
            field = "debugger" if name.startswith("Debug") else "profiler"
            message = f"SageMaker Debugger is not available in {found[0]} (as of SDK 2.257, 2026-11)"
            yield Found((field,), message, f"remove `{field}`", on_key=True)
            return
