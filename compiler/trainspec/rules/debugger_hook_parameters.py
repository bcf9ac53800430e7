"""A parameter of Debugger's hook is misspelled.

The hook ignores unknown parameters and uses its defaults. Scripts may read their own parameters there, so only names
that are close to one of the hook's are reported.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DebugHookConfig.html
"""

from collections.abc import Iterator
from typing import Final

from trainspec.diagnostics import Code, Severity, the_one
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS846", "a misspelled parameter of Debugger's hook", Severity.WARNING)

BAD = """
debugger: {s3: s3://my-bucket/t/, parameters: {save_intervall: 100}}
"""

GOOD = """
debugger: {s3: s3://my-bucket/t/, parameters: {save_interval: 100}}
"""

_BASE: Final = ("save_interval", "save_steps", "start_step", "end_step")
_KNOWN: Final = (
    *_BASE,
    *(f"{phase}.{each}" for phase in ("train", "eval", "predict", "global") for each in _BASE),
    "include_regex",
    "include_workers",
    "reductions",
    "save_all",
    "save_raw_tensor",
    "export_tensorboard",
    "tensorboard_dir",
)


def check_job(job: JobView) -> Iterator[Found]:
    """Look for names that differ from one of the hook's by a letter or two."""
    for place, _value in places(job, "DebugHookConfig.HookParameters.*"):
        name = str(place[-1])
        meant = the_one(name, _KNOWN) if name not in _KNOWN else None
        if meant:
            at = job.origin(*place)
            yield Found(at, f"the hook has no parameter `{name}`", f"did you mean `{meant}`?", on_key=True, fix=meant)
