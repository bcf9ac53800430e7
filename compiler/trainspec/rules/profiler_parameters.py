"""A parameter of the profiler is unknown, or its value cannot be read.

The values of `DetailedProfilingConfig` and similar parameters are maps, each written as one string. The profiler
ignores parameters that it does not know or cannot read.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProfilerConfig.html
"""

import re
from collections.abc import Iterator
from typing import Final

from trainspec.diagnostics import Code, Severity, did_you_mean, the_one
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView
from trainspec.templates import has_template

CODE = Code("TS829", "a parameter that the profiler does not know or cannot read", Severity.WARNING)

BAD = """
profiler: {s3: s3://my-bucket/p/, parameters: {DetailedProfilingConfig: "StartStep=5"}}
"""

GOOD = """
profiler: {s3: s3://my-bucket/p/, parameters: {DetailedProfilingConfig: '{"StartStep": 5, "NumSteps": 1}'}}
"""

PLACE: Final = "ProfilerConfig.ProfilingParameters.*"
FRAMEWORK: Final = (
    "DetailedProfilingConfig",
    "PythonProfilingConfig",
    "DataloaderProfilingConfig",
    "HorovodProfilingConfig",
    "SMDataParallelProfilingConfig",
)
"""Those that profile the framework, each with a map for a value. Capitals do not count: AWS's reference has
`DataLoader…`, its SDK `Dataloader…`."""
_OTHERS: Final = (
    "ProfilerEnabled",
    "LocalPath",
    "RotateMaxFileSizeInBytes",
    "RotateFileCloseIntervalInSeconds",
    "FileOpenFailThreshold",
)
_KNOWN: Final = (*FRAMEWORK, *_OTHERS)
_MAP: Final = re.compile(r"\s*\{.*\}\s*", re.DOTALL)
"""The profiler reads Python's maps as well as JSON's; AWS's own examples have a comma before the brace."""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up each of ProfilingParameters, and look whether a value that must be a map is one."""
    known = {each.lower(): each for each in _KNOWN}
    for place, value in places(job, PLACE):
        name = str(place[-1])
        if has_template(name):
            continue
        if name.lower() not in known:
            near = did_you_mean(name, _KNOWN)
            if near or name.lower().endswith("profilingconfig"):  # others may be read by the user's own hook
                advice = near or f"it has {', '.join(f'`{each}`' for each in _KNOWN[:3])}, …"
                message = f"the profiler has no parameter `{name}`"
                yield Found(job.origin(*place), message, advice, on_key=True, fix=the_one(name, _KNOWN))
        elif known[name.lower()] in FRAMEWORK and _is_no_map(value):
            message = f"`{name}` is not a map, such as a JSON object, so the profiler ignores it"
            yield Found(job.origin(*place), message, 'write, for example, \'{"StartStep": 5, "NumSteps": 1}\'')


def _is_no_map(value: object) -> bool:
    """Whether a value is a string, without a template, that is not a map."""
    return isinstance(value, str) and value != "" and not has_template(value) and not _MAP.fullmatch(value)
