"""A collection parameter that Debugger does not have.

The debugger hook ignores unknown parameters and saves at its default intervals.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CollectionConfiguration.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity, did_you_mean, the_one
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS871", "a collection with an unknown parameter", Severity.WARNING)

BAD = """
debugger: {s3: s3://my-bucket/t/, collections: {losses: {parameters: {save_intervall: 100}}}}
"""

GOOD = """
debugger: {s3: s3://my-bucket/t/, collections: {losses: {parameters: {save_interval: 100}}}}
"""

_WORDS = (
    "save_interval", "save_steps", "start_step", "end_step", "include_regex", "tensor_names", "reductions",
    "save_histogram", "save_raw_tensor", "abs_reductions", "norms", "abs_norms", "save_shape",
)  # fmt: skip
_KNOWN = rf"(?:(?:train|eval|predict|global)\.)?(?:{'|'.join(_WORDS)})"


def check_job(job: JobView) -> Iterator[Found]:
    """Look up each of CollectionParameters."""
    for place, _value in places(job, "DebugHookConfig.CollectionConfigurations.*.CollectionParameters.*"):
        name = str(place[-1])
        if not re.fullmatch(_KNOWN, name):
            near = did_you_mean(name, _WORDS) or f"they have {', '.join(f'`{each}`' for each in _WORDS[:6])}, …"
            at = job.origin(*place)
            yield Found(
                at, f"Debugger collections have no parameter `{name}`", near, on_key=True, fix=the_one(name, _WORDS)
            )
